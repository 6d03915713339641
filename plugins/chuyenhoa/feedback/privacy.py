"""Masks what looks like personal data, so that no answer of ours ever repeats it."""

from __future__ import annotations

import re

from chuyenhoa.model import personal
from chuyenhoa.model.personal import MASK

_EMAIL = re.compile(r"(?<![^\s<>])[^\s@<>]{1,80}@[^\s@<>]{1,80}\.[A-Za-z]{2,}")


def mask_personal(text: str) -> str:
    """`text` with every telephone, CCCD, CMND number and e-mail address replaced by a notice.

    The reader masks such cells before anything else sees them; this is the second lock on the same door,
    since a file name or a message could still carry it.
    """
    return _EMAIL.sub(MASK, personal.mask_personal(text))
