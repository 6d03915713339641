"""A national load: a plan of 63 provinces with 705 or more districts, and a filled workbook of each."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from python_calamine import load_workbook as load_raw

from chuyenhoa import clock
from chuyenhoa.kit.readers.book import name_cell
from chuyenhoa.model import form
from chuyenhoa.model.figures import Answer, Basis, CellRef, Declaration, Observation
from chuyenhoa.model.plan import Plan, Submitter
from chuyenhoa.model.submissions import Reading
from chuyenhoa.pipeline.context import Context, write_file
from chuyenhoa.pipeline.receive.decide import decide_file
from chuyenhoa.pipeline.receive.read import Part
from chuyenhoa.pipeline.receive.store import store_answer
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store.archive import archive_bytes
from chuyenhoa.store.claims import Claim, add_claims
from chuyenhoa.store.ledger import mark_answered
from chuyenhoa.store.tables import SubmissionRow
from chuyenhoa.workbooks import write_workbook

PROVINCES = 63
DISTRICTS = 705
LOCALITIES = 3
"""Localities under transformation in each district."""
PERIOD = "2021-nam"
WRITTEN = datetime(2021, 12, 1, 8, tzinfo=clock.ZONE)
PATTERN = 9999
"""The number of the district whose blank form is the pattern of all others."""
FIGURES: Mapping[str, float] = {
    "TTXH_XR": 20, "TTXH_KP": 17, "TTXH_LRC": 1, "TTXH_DT": 30, "TTXH_RNT_XR": 2, "TTXH_RNT_KP": 2,
    "TTXH_DBNT_XR": 0, "TTXH_DBNT_KP": 0, "XHD": 0, "NGHIEN_DAU": 30, "NGHIEN_MOI": 2, "NGHIEN_GIAM": 4,
    "NGHIEN_CUOI": 28, "DIEM_MT": 0, "TGTB_TON": 2, "TGTB_MOI": 20, "TGTB_CHUYEN": 1, "TGTB_GQ": 20,
    "TGTB_KT": 12, "TGTB_KKT": 6, "TGTB_TDC": 2, "TGTB_CON": 1, "TNGT_VU": 3, "TNGT_CHET": 1, "TNGT_BTH": 2,
    "CHAY_VU": 0, "CHAY_CHET": 0, "CHAY_BTH": 0, "CHAY_TS": 0, "DIEM_NONG": 0, "THT": 20, "THT_TP": 1,
    "MH_TONG": 3, "MH_MOI": 1, "MH_CC": 1, "MH_HQ": 2, "HO_TONG": 3000, "HO_TT": 3000, "KDC_TONG": 8,
    "KDC_ATANTT": 7, "TTXH_TS": 150.5,
}  # fmt: skip
"""Figures that break no rule, and neither do their multiples."""
OTHER_FIGURE = 2
UNIT_COLUMNS = (
    "code",
    "name",
    "kind",
    "district_code",
    "district_name",
    "valid_from",
    "valid_to",
    "legal_basis",
)
MARK = re.compile(r"@([A-Z_]+)\*([0-9]+)@")
BLANK_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)" s="([0-9]+)"/>')
FAULTS: Mapping[int, tuple[str, str]] = {
    3: ("TTXH_KP", "<v>abc</v>"),
    7: ("TTXH_KP", "<v>500</v>"),
    11: ("CB_VU", "<v>90</v>"),
    15: ("NGHIEN_CUOI", "<v>1</v>"),
}
"""By the district's number modulo 20: a word, a broken rule, a jump, a wrong balance; one file in five."""


class National:
    """The plan of `districts` districts in a home of its own, and the workbooks that they send."""

    def __init__(self, root: Path, home: Path, districts: int) -> None:
        self.districts = districts
        self.home = home
        for folder in ("plans", "expectations", "templates"):
            shutil.copytree(root / folder, home / folder)
        self._write_plan()
        self.plan: Plan = load_plan(home / "plans", "2021")
        self.rules = load_rules(home / "expectations", self.plan)

    def _write_plan(self) -> None:
        submitters, localities, units = [], [], []
        for number in (*range(self.districts), PATTERN):
            code = f"H{number:04}"
            name = f"Ban Chỉ đạo huyện Thử {number:04}"
            folder = folder_of(number)
            submitters.append(
                (code, name, "district_board", folder, f"{folder}@tinh{number % PROVINCES}.example")
            )
            for commune in communes_of(number):
                localities.append((commune, f"Xã Thử {commune}", code, "1", "unverified"))
                units.append(
                    (commune, f"Xã Thử {commune}", "xã", code, f"Huyện Thử {number:04}", "", "", "thử")
                )
        plan = self.home / "plans" / "2021"
        _write_csv(plan / "submitters.csv", ("code", "name", "kind", "folder", "email"), submitters)
        _write_csv(plan / "localities.csv", ("code", "name", "submitter", "types", "status"), localities)
        _write_csv(self.home / "plans" / "units" / "units.csv", UNIT_COLUMNS, units)
        successions = self.home / "plans" / "units" / "successions.csv"
        if successions.exists():  # of real communes; these here have no past
            successions.write_text(successions.read_text(encoding="utf-8").splitlines()[0] + "\n")

    @cached_property
    def _pattern(self) -> dict[str, str]:
        """The parts of one blank form with a mark of its own in every cell that is to be filled."""
        whose: Submitter = self.plan.submitter_by_code[f"H{PATTERN}"]
        blank = write_workbook(self.plan, self.plan.period_by_id[PERIOD], whose, self.rules, WRITTEN)
        with zipfile.ZipFile(io.BytesIO(blank)) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        names = list(form.HEAD_ROWS)
        codes = {name_cell(0, at + 2)[:-1]: entry.code for at, entry in enumerate(self.plan.indicators)}

        def fill(match: re.Match[str]) -> str:
            column, row, style = match.groups()
            start = f'<c r="{column}{row}" s="{style}"'
            if int(row) <= code_row:
                return match[0]
            if sheet == form.DECLARATIONS_SHEET:
                text = {"E": "Có", "F": f"{row}/KH-UBND", "G": "05/05/2021"}.get(column)
                return f'{start} t="inlineStr"><is><t>{text}</t></is></c>' if text else match[0]
            if column not in codes:
                return match[0]
            # Every place its own figures, and others than a year before: copies are warned of (D145, D146).
            times = int(row) - code_row + (LOCALITIES if sheet == form.BASELINE_SHEET else 0)
            return f"{start}>@{codes[column]}*{times}@</c>"

        raw = load_raw(io.BytesIO(blank))
        for sheet in (form.FIGURES_SHEET, form.BASELINE_SHEET, form.DECLARATIONS_SHEET):
            rows = raw.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            code_row = next(number for number, row in enumerate(rows, 1) if form.LOCALITY_CODE in row)
            part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
            parts[part] = BLANK_CELL.sub(fill, parts[part])
        return parts

    def store_reports(self, ctx: Context) -> None:
        """Enter a report of every district into the store, as intake does once files are read and checked."""
        at = WRITTEN + timedelta(days=14)
        with ctx.store.writing() as session:
            for number in range(self.districts):
                content = f"báo cáo của huyện {number}".encode()
                sha256, size = archive_bytes(ctx.settings.archive, content)
                name = f"{number}.xlsx"
                claim = Claim(sha256, size, folder_of(number), name, f"{name}|{size}|1", at)
                (row,) = add_claims(session, [claim])
                row.removed_from_inbox = True
                part = Part([row], 0, readings={row.number: self._reading(row, number)})
                store_answer(session, row, decide_file(ctx, session, part, row), at)
                receipt = f"outbox/{folder_of(number)}/PHIEU-{number}.html"
                write_file(ctx.settings.data / receipt, b"-")
                mark_answered(session, row, at, receipt, "")

    def _reading(self, row: SubmissionRow, number: int) -> Reading:
        """What is read of a district's report: every figure and declaration, with blanks in every tenth."""
        codes = communes_of(number)
        spot = CellRef(form.FIGURES_SHEET, "C8")
        factor = 1 + number % 3
        values = {
            entry.code: Decimal(f"{FIGURES.get(entry.code, OTHER_FIGURE) * factor:g}")
            for entry in self.plan.indicators
        }
        blank = "TTXH_KP" if number % 10 == 0 else ""
        figures = [
            Observation(code, name, basis, None if name == blank else value, spot)
            for code in codes
            for name, value in values.items()
            for basis in Basis
        ]
        said = [
            Declaration(code, entry.code, Answer.YES, "12/KH-UBND", WRITTEN.date(), "", spot)
            for code in codes
            for entry in self.plan.declared_criteria
        ]
        return Reading(
            row.sha256,
            row.file_name,
            plan=self.plan.id,
            period=PERIOD,
            submitter=f"H{number:04}",
            localities=tuple(codes),
            observations=tuple(figures),
            declarations=tuple(said),
        )

    def workbook(self, number: int) -> bytes:
        """The filled workbook of one district; the same for the same number."""
        new = dict(zip(communes_of(PATTERN), communes_of(number), strict=True))
        factor = 1 + number % 3
        values = {
            entry.code: FIGURES.get(entry.code, OTHER_FIGURE) * factor for entry in self.plan.indicators
        }
        wrong, text = FAULTS.get(number % 20, ("", ""))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, pattern in self._pattern.items():
                data = pattern
                if wrong and name.endswith("/sheet1.xml"):
                    data = data.replace(f">@{wrong}*1@", _shown(text), 1)
                data = MARK.sub(lambda match: f"<v>{values[match[1]] * int(match[2]):g}</v>", data)
                if not name.endswith(("styles.xml", "theme1.xml")):
                    for old, commune in new.items():
                        data = data.replace(old, commune)
                    data = data.replace(str(PATTERN), f"{number:04}")
                archive.writestr(name, data)
        return buffer.getvalue()


def _shown(value: str) -> str:
    """A value element behind the start of its cell; a word is a text cell."""
    return f">{value}" if "abc" not in value else ' t="str">' + value


def communes_of(number: int) -> list[str]:
    """The codes of a district's localities."""
    first = 99_991 if number == PATTERN else 10_000 + LOCALITIES * number
    return [str(first + at) for at in range(LOCALITIES)]


def folder_of(number: int) -> str:
    """A district's inbox folder."""
    return f"{number:04}-huyen-thu"


def _write_csv(path: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
