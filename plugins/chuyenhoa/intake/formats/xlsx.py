"""Opens a checked workbook: values with true addresses, and what a reader of values alone would lose."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from python_calamine import CalamineWorkbook

from chuyenhoa.intake.book import MOST_COLUMNS, MOST_ROWS, Book, Sheet
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.formats.package import Package
from chuyenhoa.intake.formats.xlsx_scan import SheetScan, find_percent_styles, parse, scan_sheet
from chuyenhoa.intake.words import strip_marks
from chuyenhoa.model import form

KNOWN_SHEETS = (*form.HEAD_ROWS, form.META_SHEET)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class BrokenWorkbookError(ValueError):
    """A part that the workbook names is missing or is no valid XML."""


def open_workbook(package: Package, findings: FindingList) -> Book | None:
    """The sheets of the form; other sheets are left alone.

    Returns:
        None when the workbook is broken or a table reaches beyond the limits; `findings` says which. The
        limits are checked before any value is read: one cell in the last corner of a sheet would otherwise
        take all memory and end the process.
    """
    try:
        places = _locate_sheets(package)
        percents = find_percent_styles(package.parts.get("xl/styles.xml", b""))
        scans = {name: scan_sheet(package.parts[place.part], percents) for name, place in places.items()}
    except (etree.XMLSyntaxError, BrokenWorkbookError, ValueError) as error:
        findings.add("D05", detail=_describe(error))
        return None
    for name, scan in scans.items():
        if scan.beyond:
            findings.add(
                "D08", sheet=places[name].name, cells=(scan.beyond,), rows=MOST_ROWS, columns=MOST_COLUMNS
            )
            return None
    return _read_values(package, places, scans, findings)


@dataclass(frozen=True)
class _Location:
    """Where a sheet's content stands in the archive."""

    name: str
    hidden: bool
    part: str


def _locate_sheets(package: Package) -> dict[str, _Location]:
    """The parts of the known sheets; of two spellings of one name the first counts."""
    targets = {}
    for relation in parse(package.parts.get("xl/_rels/workbook.xml.rels", b"")).iter("{*}Relationship"):
        target = str(relation.get("Target"))
        targets[str(relation.get("Id"))] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    known = {strip_marks(name): name for name in KNOWN_SHEETS}
    found: dict[str, _Location] = {}
    for entry in parse(package.parts["xl/workbook.xml"]).iter("{*}sheet"):
        name = str(entry.get("name"))
        official = known.get(strip_marks(name))
        if official is None or official in found:
            continue
        part = targets.get(str(entry.get(RELATION) or entry.get(STRICT_RELATION)), "")
        if part not in package.parts:
            raise BrokenWorkbookError(f"sheet “{name}” không có nội dung")
        found[official] = _Location(name, entry.get("state", "visible") != "visible", part)
    return found


def _read_values(
    package: Package, places: Mapping[str, _Location], scans: Mapping[str, SheetScan], findings: FindingList
) -> Book | None:
    """The values of the located sheets."""
    sheets: dict[str, Sheet] = {}
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(package.repack()))
        for official, place in places.items():
            rows = workbook.get_sheet_by_name(place.name).to_python(skip_empty_area=False)
            scan = scans[official]
            sheets[official] = Sheet(place.name, place.hidden, list(rows), scan.marks, scan.hidden_rows)
    except BaseException as error:
        # A panic of the reader is no Exception; anything else that is none (an interrupt) is passed on.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        findings.add("D05", detail=_describe(error))
        return None
    for official, sheet in sheets.items():
        if sheet.hidden and official != form.META_SHEET:
            findings.add("D53", sheet=sheet.name)
    return Book("xlsx", tuple(sheets.values()))


def _describe(error: BaseException) -> str:
    """What a reader says about a broken file, for those who look after the pipeline as well."""
    return " ".join(str(error).split())[:120] or type(error).__name__
