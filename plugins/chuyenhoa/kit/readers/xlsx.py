"""Opens a checked workbook: values with true addresses, and what a reader of values alone would lose."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from lxml import etree
from python_calamine import CalamineWorkbook

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.readers.appearance import show_runs
from chuyenhoa.kit.readers.book import Book, FileFlaw, FlawReporter, Sheet, report_beyond
from chuyenhoa.kit.readers.formulas import calls_program, mark_results
from chuyenhoa.kit.readers.markup import is_readers, pass_on_memory, report_error
from chuyenhoa.kit.readers.number_formats import find_all_shown, hide_zeros
from chuyenhoa.kit.readers.package import Package
from chuyenhoa.kit.readers.xlsx_notes import find_hidden_columns, hides_zeros, read_notes
from chuyenhoa.kit.readers.xlsx_scan import Area, SheetScan, scan_sheet
from chuyenhoa.kit.readers.xlsx_styles import read_styles
from chuyenhoa.kit.vietnamese_text.normal_form import strip_marks

BOOK, LINKS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
TEXTS = "xl/sharedStrings.xml"
READ_PARTS = ("[Content_Types].xml", "_rels/.rels", BOOK, LINKS, STYLES, TEXTS)
"""What a reader of values opens beside the sheets."""
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
PROPERTIES = "docProps/app.xml"
# Not the author of docProps/core.xml: Excel leaves it as it was when it saves such a file, computed.
WRITERS = re.compile(r"Apache POI|SheetJS|Excelize|openpyxl|XlsxWriter|ExcelJS", re.IGNORECASE)
"""Libraries that write workbooks and compute nothing; an office program writes its own name instead."""
MAX_SHEETS = 100


class BrokenWorkbookError(ValueError):
    """A part that the workbook names is missing or is no valid XML."""


@dataclass(frozen=True)
class _Location:
    """Where a sheet's content stands in the archive."""

    name: str
    hidden: bool
    number: int
    """Its place among all sheets of the workbook, from 0."""
    part: str


def open_workbook(
    package: Package, flaws: FlawReporter, form: Collection[str] = (), extras: Collection[str] = ()
) -> Book | None:
    """The sheets of a workbook; those named in `extras` are left out when all of `form` are there.

    Returns:
        None when the workbook is broken or a table reaches beyond the limits; `flaws` says which. The
        limits are checked before any value is read: one cell in the last corner of a sheet would otherwise
        take all memory and end the process.
    """
    try:
        places = _needed(_locate_sheets(package), form, extras)
        package = _with_runs(package, [TEXTS, *(place.part for place in places)])
        styles = read_styles(package.parts.get(STYLES, b""))
        scans = [scan_sheet(package.parts[place.part], styles) for place in places]
        notes = [read_notes(package.parts, place.part) for place in places]
    except (etree.XMLSyntaxError, ValueError) as error:
        pass_on_memory(error)
        report_error(error, flaws)
        return None
    for place, scan in zip(places, scans, strict=True):
        if scan.beyond:
            report_beyond(flaws, place.name, scan.beyond)
            return None
    book = _read_values(package, places, scans, flaws)
    if book is None:
        return None
    sheets = zip(book.sheets, places, notes, strict=True)
    return replace(
        book,
        sheets=tuple(
            replace(
                sheet,
                notes=told,
                hidden_columns=find_hidden_columns(package.parts[place.part]),
                shown=hide_zeros(sheet.rows, sheet.shown, hidden=hides_zeros(package.parts[place.part])),
            )
            for sheet, place, told in sheets
        ),
    )


def _with_runs(package: Package, names: Sequence[str]) -> Package:
    """The package with raised and struck pieces of texts made visible in some of its parts."""
    shown = {name: show_runs(package.parts[name]) for name in names if name in package.parts}
    return Package({**package.parts, **shown})


def _locate_sheets(package: Package) -> list[_Location]:
    """The parts of the worksheets, in their order; charts and dialogs hold no cells."""
    targets = {}
    for relation in parse_xml(package.parts.get(LINKS, b"")).iter("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/xl", str(relation.get("Target")))).lstrip("/")
        targets[str(relation.get("Id"))] = (target, str(relation.get("Type")))
    found = []
    for number, entry in enumerate(parse_xml(package.parts[BOOK]).iterfind("{*}sheets/{*}sheet")):
        name = str(entry.get("name"))
        part, kind = targets.get(str(entry.get(RELATION) or entry.get(STRICT_RELATION)), ("", ""))
        # Charts and dialogs are sheets without cells.
        if kind and not kind.endswith("/worksheet"):
            continue
        if part not in package.parts:
            raise BrokenWorkbookError(f"sheet “{name}” không có nội dung")
        found.append(_Location(name, entry.get("state", "visible") != "visible", number, part))
    if not found or len(found) > MAX_SHEETS:
        raise BrokenWorkbookError(f"{len(found)} sheet")
    return found


def _needed(places: Sequence[_Location], form: Collection[str], extras: Collection[str]) -> list[_Location]:
    """All sheets, or without the extras when every sheet of the form is there, however it is spelt."""
    names = {place.name: strip_marks(place.name) for place in places}
    # Another file may hold figures on a sheet of such a name; beside the whole form it holds none.
    if not set(names.values()) >= set(map(strip_marks, form)):
        return list(places)
    skipped = set(map(strip_marks, extras))
    return [place for place in places if names[place.name] not in skipped]


def _read_values(
    package: Package, places: Sequence[_Location], scans: Sequence[SheetScan], flaws: FlawReporter
) -> Book | None:
    """The values of the located sheets."""
    try:
        # A new archive of checked parts only: calamine can see nothing else (decision 0016).
        content = package.repack([*READ_PARTS, *dict.fromkeys(place.part for place in places)])
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        sheets = [_make_sheet(workbook, place, scan) for place, scan in zip(places, scans, strict=True)]
    except BaseException as error:
        if not is_readers(error):
            raise
        report_error(error, flaws)
        return None
    formulas = [scan.formulas for scan in scans]
    if any(calls_program(text) for found in formulas for text in found.values()):
        flaws.report(FileFlaw.COMMANDS)
    is_uncertain = any(formulas) and _is_uncertain(package)
    return Book("xlsx", mark_results(sheets, formulas, is_uncertain=is_uncertain))


def _is_uncertain(package: Package) -> bool:
    """Whether the results of formulas may be old, or may never have been computed."""
    setting = parse_xml(package.parts[BOOK]).find("{*}calcPr")
    if setting is not None and (
        setting.get("calcMode") == "manual" or setting.get("fullCalcOnLoad") in {"1", "true"}
    ):
        return True
    return WRITERS.search(package.parts.get(PROPERTIES, b"").decode("utf-8", "replace")) is not None


def _make_sheet(workbook: CalamineWorkbook, place: _Location, scan: SheetScan) -> Sheet:
    """One sheet with the values that calamine reads and the flaws that it does not show."""
    rows = workbook.get_sheet_by_index(place.number).to_python(skip_empty_area=False)
    width = max(map(len, rows), default=0)
    return Sheet(
        name=place.name,
        hidden=place.hidden,
        rows=list(rows),
        marks=scan.marks,
        hidden_rows=frozenset(scan.hidden),
        fonts=scan.fonts,
        merges=_clip(scan.merges, len(rows), width),
        shown=find_all_shown(rows, scan.formats),
    )


def _clip(merges: Sequence[Area], height: int, width: int) -> tuple[Area, ...]:
    """Merged areas as far as the sheet is used, so that walking over one is never long."""
    return tuple(
        (top, left, min(bottom, height - 1), min(right, width - 1))
        for top, left, bottom, right in merges
        if top < height and left < width
    )
