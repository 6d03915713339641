"""Takes personal data out of all that goes back to a submitter: texts of answers, and whole workbooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from chuyenhoa.kit.ooxml.xlsx_cells import Grid
from chuyenhoa.kit.ooxml.xlsx_package import SPACE, Package, WorkbookError, main_tag, parse_part
from chuyenhoa.model import form, personal
from chuyenhoa.model.personal import MASK, find_personal, is_personal_number

_EMAIL = re.compile(r"(?<![^\s<>])[^\s@<>]{1,80}@[^\s@<>]{1,80}\.[A-Za-z]{2,}")
# How the names of parts begin that hold words beside those of cells.
_TEXT_PARTS = (
    *("xl/comments", "xl/threadedComments", "xl/persons", "xl/drawings/drawing", "xl/drawings/vmlDrawing"),
    *("xl/charts/chart", "docProps/"),
)
# What divides a header: `&C0912345678` is a number in the middle, and no word.
_HEADER_CODE = re.compile("(&[A-Z])")


def mask_personal(text: str) -> str:
    """`text` with every telephone, CCCD, CMND number and e-mail address replaced by a notice.

    The reader masks such cells before anything else sees them; this is the second lock on the same door,
    since a file name or a message could still carry it.
    """
    return _EMAIL.sub(MASK, personal.mask_personal(text))


def withhold_personal(package: Package, grids: Mapping[str, Grid]) -> None:
    """Replace every personal number in cells, comments, headers, text boxes and properties by a notice.

    The words around it stay, so that the submitter finds the place again; so does the sheet of guidance,
    which names whom to call. Where there is no such number, no part changes.

    Args:
        package: the workbook.
        grids: its worksheets by name.

    Raises:
        WorkbookError: one stands in the name of a sheet, which formulas may use.
    """
    # Renaming a sheet would break every formula and link that names it, so such a file goes back as the form.
    if any(map(find_personal, grids)):
        raise WorkbookError("the name of a sheet holds personal data.")
    shown = [grid for name, grid in grids.items() if name != form.GUIDE_SHEET]
    for part in package.names():
        if part.endswith("sharedStrings.xml"):
            _mask_shared(package, part, shown)
        elif part.startswith(_TEXT_PARTS) and part.endswith((".xml", ".vml")):
            _mask_words(package, part)
    for grid in shown:
        for cell in filter(_is_personal, grid.root.iter(main_tag("c"))):
            _put_text(cell)
        for node in grid.root.iterfind(f"{main_tag('headerFooter')}/*"):
            node.text = "".join(map(personal.mask_personal, _HEADER_CODE.split(node.text or "")))


def _mask_shared(package: Package, part: str, grids: Iterable[Grid]) -> None:
    """Mask the texts that cells of some sheets share."""
    texts = [_text_of(item) for item in parse_part(package.read(part), part)]
    found = {str(number) for number, text in enumerate(texts) if find_personal(text)}
    if not found:
        return
    used = {
        cell.findtext(main_tag("v"))
        for grid in grids
        for cell in grid.root.iter(main_tag("c"))
        if cell.get("t") == "s"
    }
    # Texts that only the guidance uses stay: it names the office's own telephone.
    for number in sorted(map(int, found & used)):
        _put_plain(package.tree(part)[number], personal.mask_personal(texts[number]))


def _mask_words(package: Package, part: str) -> None:
    """Mask all texts of a part, if any of them needs it; otherwise it stays as it came, byte for byte."""
    if not any(map(find_personal, _all_texts(parse_part(package.read(part), part)))):
        return
    for node in package.tree(part).iter(etree.Element):
        node.text = personal.mask_personal(node.text) if node.text else node.text
        node.tail = personal.mask_personal(node.tail) if node.tail else node.tail


def _all_texts(root: etree._Element) -> Iterator[str]:
    return (str(text) for text in root.itertext())


def _text_of(item: etree._Element) -> str:
    """The text of a cell or shared text, whatever runs it is made of."""
    return "".join(node.text or "" for node in item.iter(main_tag("t")))


def _put_plain(item: etree._Element, text: str) -> None:
    for child in list(item):
        item.remove(child)
    node = etree.SubElement(item, main_tag("t"))
    node.text = text
    node.set(SPACE, "preserve")


def _is_personal(cell: etree._Element) -> bool:
    """Whether a cell holds a personal number itself: typed, calculated, or written into its formula."""
    formula, value = cell.findtext(main_tag("f")) or "", cell.findtext(main_tag("v")) or ""
    kind = cell.get("t", "n")
    if find_personal(formula):
        return True
    if kind in {"n", ""} and value:
        try:
            return is_personal_number(float(value))
        except (ValueError, OverflowError):
            return bool(find_personal(value))
    return kind != "s" and bool(find_personal(value) or find_personal(_text_of(cell)))


def _put_text(cell: etree._Element) -> None:
    """Leave the words of a text and a notice of a number; a formula that gives one away goes."""
    text = personal.mask_personal(_text_of(cell)) if cell.get("t") == "inlineStr" else MASK
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    _put_plain(etree.SubElement(cell, main_tag("is")), text)
