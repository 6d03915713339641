"""Opens a checked workbook: values with true addresses, and what a reader of values alone would lose."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

from lxml import etree
from python_calamine import CalamineWorkbook

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.safety import Package
from chuyenhoa.intake.scan import (
    MOST_COLUMNS,
    MOST_ROWS,
    Mark,
    SheetScan,
    find_percent_styles,
    parse,
    scan_sheet,
)
from chuyenhoa.intake.words import strip_marks
from chuyenhoa.model import form

CellValue = str | float | int | bool | date | datetime | time | timedelta
"""What a cell holds; a blank one is ""."""

KNOWN_SHEETS = (*form.HEAD_ROWS, form.META_SHEET)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class Sheet:
    """One sheet; rows and columns are counted from 0, `A1` is (0, 0)."""

    name: str
    hidden: bool
    rows: list[list[CellValue]]
    marks: Mapping[tuple[int, int], Mark]
    hidden_rows: frozenset[int]

    def value(self, row: int, column: int) -> CellValue:
        """What a cell holds; "" for a blank cell and outside of the used area."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def is_blank(self, row: int, column: int) -> bool:
        """Whether a cell shows nothing at all: no value, no error, no formula without a result."""
        return (row, column) not in self.marks and not str(self.value(row, column)).strip()


class BrokenWorkbookError(ValueError):
    """A part that the workbook names is missing or is no valid XML."""


def open_sheets(package: Package, findings: FindingList) -> Mapping[str, Sheet] | None:
    """The sheets of the form by their official names; other sheets are left alone.

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
) -> Mapping[str, Sheet] | None:
    """The values of the located sheets."""
    sheets = {}
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
    return sheets


def _describe(error: BaseException) -> str:
    """What a reader says about a broken file, for those who look after the pipeline as well."""
    return " ".join(str(error).split())[:120] or type(error).__name__
