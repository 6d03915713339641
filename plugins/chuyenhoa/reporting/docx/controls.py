"""Figures in a filled part of a document become content controls: unseen in print, found by their tags."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable
from functools import lru_cache
from itertools import count

from chuyenhoa.reporting.docx.charts import CHART
from chuyenhoa.reporting.wording.provenance import MARK, OPEN

PREFIX = "f:"
_FIRST_ID = 700_000_001
_TEXT = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)</w:t>")
_RUN = re.compile(r"<w:r(?: [^>]*)?>")
_PROPERTIES = re.compile(r"\s*(<w:rPr>.*?</w:rPr>|<w:rPr/>)", re.DOTALL)
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_ROOT = re.compile(r"<w:[^>]*>")
_IGNORABLE = re.compile(r'mc:Ignorable="([^"]*)"')
_KEPT = '<w:t xml:space="preserve">'
"""Without it Word drops the blank at the cut: `bắt` and `07` would print as `bắt07`."""


@lru_cache(maxsize=65536)
def tag_figure(expression: str) -> str:
    """The tag of a figure, `f:` and 16 letters: the same expression has the same tag in every document."""
    digest = hashlib.sha256(expression.upper().encode("utf-8")).digest()
    return PREFIX + b32encode(digest)[:16].decode("ascii").lower()


def control_figures(xml: str, draw: Callable[[str], str] = str) -> str:
    """The part with a run-level content control around every marked figure, and its charts drawn.

    The text of the part stays as it is; a mark inside anything but the text of a run gives way to its text.

    Args:
        xml: a filled part.
        draw: the run that shows the chart of a name.
    """
    if OPEN not in xml:
        return xml
    ids = count(_FIRST_ID)
    # "</w:r>" is always the end of a run: Jinja escaped the texts, where it would read "&lt;/w:r&gt;".
    pieces = []
    for chunk in xml.split("</w:r>"):
        pieces.append(_control_run(chunk, ids, draw) if OPEN in chunk else f"{chunk}</w:r>")
    written = "".join(pieces).removesuffix("</w:r>")
    # A mark may stand where no run is, as in the alternative text of a drawing: there its text must do.
    return _declare(MARK.sub(r"\2", written))


def _control_run(chunk: str, ids: count[int], draw: Callable[[str], str]) -> str:
    """The text up to the end of a run that holds marks, with that run cut into several.

    ⟦ | ⟧ stand for the three signs of a mark:

        <w:r><w:rPr><w:b/></w:rPr><w:t>bắt ⟦C=XHD:C:1|07⟧ vụ</w:t></w:r>
        <w:r>…<w:t>bắt </w:t></w:r><w:sdt>…<w:r>…<w:t>07</w:t></w:r></w:sdt><w:r>…<w:t> vụ</w:t></w:r>

    A control may stand beside runs but not in one; each piece repeats `w:rPr`, to look like the whole.
    """
    starts = list(_RUN.finditer(chunk))
    if not starts:
        return f"{chunk}</w:r>"
    # The chunk ends with the run; what was before it (its paragraph, tables) may hold other openings.
    start = starts[-1]
    head, opening, body = chunk[: start.start()], start[0], chunk[start.end() :]
    found = _PROPERTIES.match(body)
    look = found[1] if found else ""
    rest = body[found.end() :] if found else body

    def run(content: str) -> str:
        return f"{opening}{look}{content}</w:r>" if content else ""

    pieces: list[str] = []
    open_run, at = "", 0
    for text in _TEXT.finditer(rest):
        # <w:t>no figure</w:t> stays in the open run as it is, with the tabs and breaks around it.
        if OPEN not in text[2]:
            continue
        open_run += rest[at : text.start()]
        at = text.end()
        done = 0
        for figure in MARK.finditer(text[2]):
            open_run += _text(text[2][done : figure.start()])
            if figure[1].startswith(CHART):
                pieces += [run(open_run), draw(figure[1].removeprefix(CHART))]
            else:
                pieces += [run(open_run), _control(figure[1], run(_text(figure[2])), next(ids))]
            open_run, done = "", figure.end()
        open_run += _text(text[2][done:])
    return head + "".join(pieces) + run(open_run + rest[at:])


def _text(text: str) -> str:
    return f"{_KEPT}{text}</w:t>" if text else ""


def _control(expression: str, run: str, number: int) -> str:
    return (
        f'<w:sdt><w:sdtPr><w:tag w:val="{tag_figure(expression)}"/><w:id w:val="{number}"/>'
        f'<w15:appearance w15:val="hidden"/></w:sdtPr><w:sdtContent>{run}</w:sdtContent></w:sdt>'
    )


def _declare(xml: str) -> str:
    """Declare the name space of hidden controls, which older programs may ignore.

        <w:document xmlns:w="…">
        <w:document xmlns:w="…" xmlns:w15="…" xmlns:mc="…" mc:Ignorable="w15">

    A program that does not know w15 refuses the file unless `mc:Ignorable` names it.
    """
    found = _ROOT.search(xml)
    if found is None:
        return xml
    root = found[0]
    if f'="{_W15}"' not in root:
        root = root.replace(">", f' xmlns:w15="{_W15}">', 1)
    if f'="{_MC}"' not in root:
        root = root.replace(">", f' xmlns:mc="{_MC}">', 1)
    names = _IGNORABLE.search(root)
    if names is None:
        root = root.replace(">", ' mc:Ignorable="w15">', 1)
    elif "w15" not in names[1].split():
        root = root.replace(names[0], f'mc:Ignorable="{names[1]} w15"')
    return xml[: found.start()] + root + xml[found.end() :]
