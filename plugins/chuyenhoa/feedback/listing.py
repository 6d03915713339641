"""The sheet "Cần sửa": every finding with a link to its cell and, hidden, how marked cells looked before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.feedback import labels
from chuyenhoa.feedback.grouping import drop_name, mask_personal, name_locality, places_of, split_message
from chuyenhoa.kit.ooxml.xlsx_book import StyleBook
from chuyenhoa.kit.ooxml.xlsx_cells import CellAddress, column_letters, parse_address
from chuyenhoa.kit.ooxml.xlsx_package import SPACE, main_tag, new_root
from chuyenhoa.model.shown import show_plainly
from chuyenhoa.model.submissions import Finding, Severity

_WIDTHS = (5, 14, 12, 9, 22, 14, 46, 40, 10)
_HEAD_ROW = 5
# First of three hidden columns: sheet, address, and a cell that stands in the marked cell's former style.
#
# A style has no lasting name: Excel and LibreOffice renumber styles on every save. A cell that has the style
# keeps it, whatever its number becomes.
MEMORY_COLUMN = 11


@dataclass(frozen=True)
class Painted:
    """A cell that was coloured, and the style it had."""

    sheet: str
    ref: CellAddress
    style: int


@dataclass(frozen=True)
class ListedChange:
    """A change of what was in force, in the words of the receipt."""

    sheet: str
    cell: str
    locality: str
    what: str
    old: str
    new: str
    """Empty for a withdrawal."""


def build_listing(
    findings: Sequence[Finding],
    linked: frozenset[tuple[str, str]],
    painted: Sequence[Painted],
    locality_names: Mapping[str, str],
    styles: StyleBook,
    changes: Sequence[ListedChange] = (),
) -> etree._Element:
    """Build the sheet.

    Args:
        findings: errors and warnings, in the order in which they are to be listed.
        linked: sheet name and address of cells that are there to be jumped to.
        painted: the cells that were coloured, with their former styles.
        locality_names: names by locality code.
        styles: the workbook's styles, to which those of this sheet are added.
        changes: what the file changed of what was in force, listed behind the findings.

    Returns:
        The root of a worksheet part.
    """
    root = _frame()
    data = etree.SubElement(root, main_tag("sheetData"))
    rows: dict[int, list[tuple[int, str, int]]] = {}
    _write_head(rows, findings, styles)
    links = _write_findings(rows, findings, linked, locality_names, styles)
    for number, change in enumerate(changes, start=len(findings) + 1):
        rows[_HEAD_ROW + number] = _change_row(number, change, styles)
    for number, entry in enumerate(painted, start=1):
        memory = (entry.sheet, entry.ref.address, labels.LISTING_NAME)
        # The third cell says nothing: the style that it has is what is remembered (see `MEMORY_COLUMN`).
        for offset, text in enumerate(memory):
            rows.setdefault(number, []).append(
                (MEMORY_COLUMN + offset, text, entry.style if offset == 2 else 0)
            )
    for number in sorted(rows):
        _write_row(data, number, rows[number])
    _write_tail(root, links, max(rows))
    return root


def read_memory(root: etree._Element, shared_strings: Sequence[str]) -> Iterable[Painted]:
    """What an earlier listing remembers of the cells that it had coloured (see `MEMORY_COLUMN`)."""
    sheet_column, cell_column, style_column = (column_letters(MEMORY_COLUMN + offset) for offset in range(3))
    for row in root.iter(main_tag("row")):
        cells = {cell.get("r", "").rstrip("0123456789"): cell for cell in row.iterchildren(main_tag("c"))}
        if {sheet_column, cell_column, style_column} <= cells.keys():
            ref = parse_address(_text_of(cells[cell_column], shared_strings))
            if ref is not None:
                style = int(cells[style_column].get("s", "0"))
                yield Painted(_text_of(cells[sheet_column], shared_strings), ref, style)


def _frame() -> etree._Element:
    root = new_root("worksheet")
    properties = etree.SubElement(root, main_tag("sheetPr"))
    etree.SubElement(properties, main_tag("tabColor"), rgb="FFC00000")
    etree.SubElement(properties, main_tag("pageSetUpPr"), fitToPage="1")
    views = etree.SubElement(root, main_tag("sheetViews"))
    view = etree.SubElement(
        views, main_tag("sheetView"), showGridLines="0", tabSelected="1", workbookViewId="0"
    )
    etree.SubElement(
        view,
        main_tag("pane"),
        ySplit=str(_HEAD_ROW),
        topLeftCell=f"A{_HEAD_ROW + 1}",
        activePane="bottomLeft",
        state="frozen",
    )
    etree.SubElement(root, main_tag("sheetFormatPr"), defaultRowHeight="15")
    columns = etree.SubElement(root, main_tag("cols"))
    for number, width in enumerate(_WIDTHS, start=1):
        etree.SubElement(
            columns, main_tag("col"), min=str(number), max=str(number), width=str(width), customWidth="1"
        )
    last = str(MEMORY_COLUMN + 2)
    etree.SubElement(
        columns, main_tag("col"), min=str(MEMORY_COLUMN), max=last, width="9", hidden="1", customWidth="1"
    )
    return root


def _write_head(
    rows: dict[int, list[tuple[int, str, int]]], findings: Sequence[Finding], styles: StyleBook
) -> None:
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    summary = labels.SUMMARY.format(errors=errors, warnings=len(findings) - errors)
    rows[1] = [(1, labels.TITLE, styles.text_style(bold=True, size=14))]
    line = styles.text_style(size=12)
    for number, text in enumerate((summary, *labels.HOW_TO), start=2):
        rows[number] = [(1, text, line)]
    head = styles.text_style(bold=True, colour="FFDDE3E6", border=True)
    rows[_HEAD_ROW] = [(column, text, head) for column, text in enumerate(labels.HEADERS, start=1)]


def _write_findings(
    rows: dict[int, list[tuple[int, str, int]]],
    findings: Sequence[Finding],
    linked: frozenset[tuple[str, str]],
    locality_names: Mapping[str, str],
    styles: StyleBook,
) -> list[tuple[str, str]]:
    """One row per finding; returns the links as (cell of this sheet, target)."""
    plain, link = styles.text_style(border=True), styles.text_style(link=True, border=True)
    red = styles.text_style(bold=True, colour=labels.RED, border=True)
    yellow = styles.text_style(bold=True, colour=labels.YELLOW, border=True)
    links = []
    for number, finding in enumerate(findings, start=1):
        row = _HEAD_ROW + number
        problem, remedy = split_message(finding)
        places = list(places_of(finding))
        sheet = places[0][0] if places else finding.sheet
        is_link = bool(places) and places[0] in linked
        problem = _with_other_cells(drop_name(problem, locality_names.get(finding.locality, "")), finding)
        value = mask_personal(finding.value) or (labels.BLANK if places else "")
        texts = (
            str(number),
            _level(finding),
            sheet,
            finding.cell,
            _locality(finding, locality_names),
            value,
            problem,
            remedy,
            finding.rule_id,
        )
        chosen = {2: red if finding.severity is Severity.ERROR else yellow, 4: link if is_link else plain}
        rows[row] = [(column, text, chosen.get(column, plain)) for column, text in enumerate(texts, start=1)]
        if is_link:
            # In a reference a quote inside a sheet's name is doubled: 'Cùng ''kỳ'!E8.
            quoted = sheet.replace("'", "''")
            links.append((f"D{row}", f"'{quoted}'!{places[0][1]}"))
    return links


def _change_row(number: int, change: ListedChange, styles: StyleBook) -> list[tuple[int, str, int]]:
    texts = (
        str(number),
        labels.CHANGE_LEVEL,
        change.sheet,
        change.cell,
        change.locality,
        change.new or labels.WITHDRAWN,
        labels.CHANGED.format(what=change.what, old=change.old),
        labels.CHANGE_REMEDY,
        "",
    )
    plain = styles.text_style(border=True)
    return [(column, text, plain) for column, text in enumerate(texts, start=1)]


def _locality(finding: Finding, locality_names: Mapping[str, str]) -> str:
    if finding.locality in locality_names:
        return labels.LOCALITY.format(name=locality_names[finding.locality], code=finding.locality)
    return name_locality(finding, locality_names) or labels.WHOLE_FILE


def _level(finding: Finding) -> str:
    if finding.severity is Severity.ERROR:
        return labels.ERROR_LEVEL
    return labels.REASON_LEVEL if finding.needs_reason else labels.CHECK_LEVEL


def _with_other_cells(problem: str, finding: Finding) -> str:
    """`problem`, with the cells beside the first where the text does not name them itself."""
    others = [cell for cell in finding.cells[1:] if cell not in problem]
    return labels.OTHER_CELLS.format(problem=problem, others=", ".join(others)) if others else problem


def _write_row(data: etree._Element, number: int, cells: Sequence[tuple[int, str, int]]) -> None:
    row = etree.SubElement(data, main_tag("row"), r=str(number))
    # Excel fits the heights of wrapped rows on opening, LibreOffice does not: so they are set. Excel takes no
    # row above 409 points, hence at most 26 lines of 15.
    if number > _HEAD_ROW:
        lines = max(_lines(column, text) for column, text, _ in cells)
        row.attrib.update({"ht": str(3 + 15 * min(lines, 26)), "customHeight": "1"})
    for column, text, style in cells:
        address = CellAddress(number, column).address
        cell = etree.SubElement(row, main_tag("c"), r=address, s=str(style))
        if not text:
            continue
        cell.set("t", "inlineStr")
        node = etree.SubElement(etree.SubElement(cell, main_tag("is")), main_tag("t"))
        node.set(SPACE, "preserve")
        # The hidden columns must name a sheet exactly as it is named, signs that do not show included.
        node.text = printable(text if column >= MEMORY_COLUMN else show_plainly(text))


def _lines(column: int, text: str) -> int:
    """About how many lines a text takes in its column; hidden columns do not count."""
    return 1 + len(text) * 10 // (_WIDTHS[column - 1] * 11) if column <= len(_WIDTHS) else 1


def _write_tail(root: etree._Element, links: Sequence[tuple[str, str]], last_row: int) -> None:
    if links:
        parent = etree.SubElement(root, main_tag("hyperlinks"))
        for cell, target in links:
            etree.SubElement(parent, main_tag("hyperlink"), ref=cell, location=target, display=target)
    etree.SubElement(
        root,
        main_tag("pageMargins"),
        left="0.5",
        right="0.5",
        top="0.6",
        bottom="0.6",
        header="0.3",
        footer="0.3",
    )
    etree.SubElement(root, main_tag("pageSetup"), paperSize="9", orientation="landscape", fitToHeight="0")
    ignored = etree.SubElement(root, main_tag("ignoredErrors"))
    etree.SubElement(ignored, main_tag("ignoredError"), sqref=f"A1:M{last_row}", numberStoredAsText="1")


def printable(text: str) -> str:
    """`text` without the characters that XML cannot hold, and within Excel's 32,767 characters for a cell."""
    kept = "".join(
        letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff")
    )
    return "".join(letter for letter in kept if not "\ud800" <= letter <= "\udfff")[:32_000]


def _text_of(cell: etree._Element, shared_strings: Sequence[str]) -> str:
    if cell.get("t") == "s":
        index = int(cell.findtext(main_tag("v"), "0"))
        return shared_strings[index] if index < len(shared_strings) else ""
    return "".join(node.text or "" for node in cell.iter(main_tag("t"))) or cell.findtext(main_tag("v"), "")
