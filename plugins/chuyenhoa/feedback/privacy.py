"""Masks what looks like personal data, so that no answer of ours ever repeats it."""

from __future__ import annotations

import re

from chuyenhoa.feedback.words import MASK

_PERSONAL = re.compile(
    r"""(?<![\w.,/])(?:
        (?:\+?84|0)[ .\-]?\d{2,3}[ .\-]?\d{3}[ .\-]?\d{3,4}   # telephone
      | \d{12} | \d{3}\ \d{3}\ \d{3}\ \d{3}                   # CCCD
      | \d{9}  | \d{3}\ \d{3}\ \d{3}                          # CMND
      | [^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}                     # e-mail
    )(?![\w/])""",
    re.VERBOSE,
)


def mask_personal(text: str) -> str:
    """`text` with every telephone, CCCD, CMND number and e-mail address replaced by a notice.

    Validation refuses such cells and leaves their text out; this is the second lock on the same door, since a
    file name, a message or a normalised value could still carry it.
    """
    return _PERSONAL.sub(MASK, text)
