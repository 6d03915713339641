"""Fills official workbooks as districts do and drops them into the inbox."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

from chuyenhoa.model import form
from devtools.sample import Drop, Figure, Sample, SampleError, Scenario

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from chuyenhoa.model.plan import Plan, Submitter

MARKED_PREFIX = "CAN-SUA"
Row = dict[str, int]
"""Column number by code, for the table of one sheet."""


class SampleFiles:
    """Makes the files of a scenario from the official workbooks that lie in the outbox."""

    def __init__(self, plan: Plan, scenario: Scenario, sample: Sample, data: Path) -> None:
        """`data` is the folder that holds `inbox/` and `outbox/`."""
        self.plan = plan
        self.scenario = scenario
        self.sample = sample
        self.data = data
        self._contents: dict[str, bytes] = {}

    def make(self, drop: Drop) -> bytes:
        """The content of a dropped file.

        Raises:
            SampleError: the outbox lacks the workbook to fill in or to correct.
        """
        submitter = self.plan.submitter_by_code[drop.submitter]
        if drop.same_as:
            content = self._contents[drop.same_as]
        elif drop.corrects:
            marked = self._find_workbook(submitter, marked=True)
            content = mend_workbook(marked.read_bytes(), self.scenario.drop_named(drop.corrects), self.sample)
        elif drop.explains:
            blank = self._find_workbook(submitter, marked=False)
            content = explain_in_workbook(blank.read_bytes(), drop)
        else:
            blank = self._find_workbook(submitter, marked=False)
            content = fill_workbook(blank.read_bytes(), self.plan, self.sample, drop)
        if drop.writer == "libreoffice":
            content = save_with_libreoffice(content)
        self._contents[drop.file] = content
        return content

    def drop(self, drop: Drop) -> Path:
        """Put a file into its submitter's inbox, under a temporary name first; its path."""
        folder = self.data / "inbox" / self.plan.submitter_by_code[drop.submitter].folder
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / drop.file
        part = target.with_name(target.name + ".part")
        part.write_bytes(self.make(drop))
        return part.rename(target)

    def _find_workbook(self, submitter: Submitter, *, marked: bool) -> Path:
        folder = self.data / "outbox" / submitter.folder
        found = [
            path
            for path in sorted(folder.glob("*.xlsx"), key=lambda path: path.stat().st_mtime_ns)
            if path.name.startswith(MARKED_PREFIX) == marked and period_of(path) == self.scenario.period
        ]
        if not found:
            kind = "marked workbook" if marked else "blank workbook"
            raise SampleError(f"{folder}: no {kind} of period {self.scenario.period}")
        return found[-1]


def period_of(path: Path) -> str:
    """The period that the hidden sheet `_meta` of a workbook states; empty when there is none."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        if form.META_SHEET not in book.sheetnames:
            return ""
        pairs = {
            str(row[0]): row[1] for row in book[form.META_SHEET].iter_rows(values_only=True) if len(row) > 1
        }
        return str(pairs.get("period") or "")
    finally:
        book.close()


def fill_workbook(blank: bytes, plan: Plan, sample: Sample, drop: Drop) -> bytes:
    """A blank workbook with a submitter's figures, texts and reasons, and the mistakes of `drop`."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    values: dict[Figure, Decimal | int | str | None] = dict(sample.figures)
    values.update({change.figure: change.value for change in drop.changes})
    own = {entry.code for entry in plan.localities if entry.submitter == drop.submitter}
    _fill_figures(book, {figure: value for figure, value in values.items() if figure[1] in own})
    _fill_declarations(book, sample, own)
    texts = sample.narratives.get(drop.submitter, {})
    sheet = book[form.NARRATIVE_SHEET]
    columns, first = _find_table(sheet, "MA_MUC")
    for number in _rows_below(sheet, first):
        item = sheet.cell(number, columns["MA_MUC"]).value
        if item in texts:
            sheet.cell(number, columns["NOI_DUNG"]).value = texts[str(item)]
    _fill_explanations(book[form.JUSTIFICATION_SHEET], drop)
    return _saved(book)


def explain_in_workbook(blank: bytes, drop: Drop) -> bytes:
    """A blank workbook in which only reasons for warnings are typed."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    _fill_explanations(book[form.JUSTIFICATION_SHEET], drop)
    return _saved(book)


def mend_workbook(marked: bytes, wrong: Drop, sample: Sample) -> bytes:
    """A marked workbook with the right figures in the cells that were wrong, all else as it came back."""
    book = openpyxl.load_workbook(io.BytesIO(marked))
    _fill_figures(book, {change.figure: sample.figures[change.figure] for change in wrong.changes})
    return _saved(book)


def save_with_libreoffice(content: bytes) -> bytes:
    """The workbook as LibreOffice writes it; unchanged where LibreOffice is not installed.

    Raises:
        SampleError: LibreOffice is there and wrote nothing.
    """
    office = shutil.which("soffice")
    if office is None:
        return content
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source, out = work / "in.xlsx", work / "out"
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(source)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)  # noqa: S603 (fixed arguments)
        if not (out / source.name).is_file():
            raise SampleError(f"LibreOffice wrote no workbook: {done.stderr.decode(errors='replace')}")
        return (out / source.name).read_bytes()


def _fill_figures(book: Workbook, values: Mapping[Figure, Decimal | int | str | None]) -> None:
    for basis, name in form.SHEET_OF_BASIS.items():
        wanted = {figure: value for figure, value in values.items() if figure[0] is basis}
        if not wanted:
            continue
        sheet = book[name]
        columns, first = _find_table(sheet, "MA_DIA_BAN")
        rows = {
            str(sheet.cell(number, columns["MA_DIA_BAN"]).value): number
            for number in _rows_below(sheet, first)
        }
        for (_, locality, code), value in wanted.items():
            sheet.cell(rows[locality], columns[code]).value = value


def _fill_declarations(book: Workbook, sample: Sample, own: set[str]) -> None:
    sheet = book[form.DECLARATIONS_SHEET]
    columns, first = _find_table(sheet, "MA_TIEU_CHI")
    known = {(entry.locality, entry.criterion): entry for entry in sample.declarations}
    for number in _rows_below(sheet, first):
        key = (
            str(sheet.cell(number, columns["MA_DIA_BAN"]).value),
            str(sheet.cell(number, columns["MA_TIEU_CHI"]).value),
        )
        entry = known.get(key)
        if entry is None or key[0] not in own:
            continue
        sheet.cell(number, columns["KET_QUA"]).value = entry.answer or None
        sheet.cell(number, columns["SO_VAN_BAN"]).value = entry.number or None
        sheet.cell(number, columns["NGAY_VAN_BAN"]).value = entry.day
        sheet.cell(number, columns["GHI_CHU"]).value = entry.note or None


def _fill_explanations(sheet: Worksheet, drop: Drop) -> None:
    columns, first = _find_table(sheet, "MA_QUY_TAC")
    for number, entry in enumerate(drop.explanations, start=first):
        sheet.cell(number, columns["MA_QUY_TAC"]).value = entry.rule
        sheet.cell(number, columns["MA_DIA_BAN"]).value = entry.locality
        sheet.cell(number, columns["LY_DO"]).value = entry.reason


def _find_table(sheet: Worksheet, code: str) -> tuple[Row, int]:
    """The columns of the code row that holds `code`, and the number of the row below it."""
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        columns = {str(value): column for column, value in enumerate(values, start=1) if value is not None}
        if code in columns:
            return columns, number + 1
    raise SampleError(f"Sheet {sheet.title!r} has no row of codes with {code}")


def _rows_below(sheet: Worksheet, first: int) -> Iterator[int]:
    return iter(range(first, sheet.max_row + 1))


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
