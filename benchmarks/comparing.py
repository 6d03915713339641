"""Random scenes through real workbooks, intake and `chuyenhoa assess`, against a second opinion."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml
from python_calamine import load_workbook as load_raw
from sqlalchemy import select

from benchmarks.national import UNIT_COLUMNS
from benchmarks.scenes import YEARS, Edge, File, Scene, Size, make_scene
from benchmarks.second_opinion import Figure, Opinion, Said
from chuyenhoa import clock, settings
from chuyenhoa.cli import main as run_command
from chuyenhoa.kit.readers.book import name_cell
from chuyenhoa.model import form
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.receive.batches import batch, claim_drops, process_batch
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store import migrate_store
from chuyenhoa.store.tables import SubmissionLocalityRow, SubmissionRow
from chuyenhoa.workbooks import write_workbook
from tests.homes import add_next_year, copy_home

MILESTONES = tuple(f"{year}-{part}" for year in YEARS for part in ("6t", "nam"))
BLANK_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"/>')
REASON = "Công an xã đã xem lại từng hồ sơ gốc; mùa khô năm trước mưa nhiều nên khác hẳn"
SHEETS = {"current": form.FIGURES_SHEET, "baseline": form.BASELINE_SHEET}
FIXED = "khoi_diem"
MORE_CRITERIA = Path(__file__).with_name("more_criteria.yaml")
COMMON = {
    "title": "thử",
    "short": "thử",
    "legal_basis": "thử",
    "status": "unverified",
    "applies_to_types": [1, 2, 3, 4],
}
SUCCESSION_COLUMNS = (
    "from_code",
    "from_valid_from",
    "to_code",
    "to_valid_from",
    "kind",
    "extent",
    "legal_basis",
    "status",
)
TYPES = ("1", "1", "2", "4", "1;4", "2;4")


@dataclass
class Comparison:
    """How many criterion results were compared, and every difference as a line."""

    results: int = 0
    differences: list[str] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def compare_scene(root: Path, folder: Path, seed: int, size: Size) -> Comparison:
    """Play the scene of a seed in a folder, and compare every milestone with the second opinion."""
    started = time.perf_counter()
    scene = make_scene(seed, size)
    home, data = copy_home(root, folder / "home"), folder / "data"
    _write_plans(home / "plans", scene)
    changes = {
        "CHUYENHOA_HOME": str(home),
        "CHUYENHOA_DATA": str(data),
        "CHUYENHOA_SETTLE_SECONDS": "0",
        "CHUYENHOA_NOW": "2022-12-20T08:00:00+07:00",
    }
    found = Comparison()
    with _environment(changes):
        migrate_store(settings.load().store_url)
        _send(scene, _Press(home, scene), data)
        found.differences += _compare_taken(scene)
        opinion = Opinion(home / "plans", scene.accepted)
        for milestone in MILESTONES:
            _compare_milestone(opinion, milestone, found)
    found.seconds = time.perf_counter() - started
    return found


@contextlib.contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    kept = dict(os.environ)
    os.environ.pop("CHUYENHOA_STORE", None)
    os.environ.pop("CHUYENHOA_PLAN", None)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _write_plans(plans: Path, scene: Scene) -> None:
    """Both years with the scene's boards and units; criteria of every kind."""
    criteria = plans / YEARS[0] / "criteria.yaml"
    known = yaml.safe_load(criteria.read_text(encoding="utf-8"))
    more = yaml.safe_load(MORE_CRITERIA.read_text(encoding="utf-8"))
    known["criteria"] += [COMMON | entry for entry in more]
    criteria.write_text(yaml.safe_dump(known, allow_unicode=True, sort_keys=False), encoding="utf-8")
    add_next_year(plans)
    _write_units(plans / "units", scene)
    for year in YEARS:
        _write_lists(plans / year, year, scene)


def _write_units(folder: Path, scene: Scene) -> None:
    """What the boards' localities are, and what became of those that end with the first year."""
    begin = {edge.target for edge in scene.edges}
    end = {edge.source for edge in scene.edges}
    board_of = {code: b.code for b in scene.boards for codes in b.localities.values() for code in codes}
    board_of |= {edge.target: board_of[edge.source] for edge in scene.edges}
    units = []
    for code, board in board_of.items():
        dates = ("2022-01-01" if code in begin else "", "2021-12-31" if code in end else "")
        units.append((code, f"Xã {code}", "xã", board, f"Huyện {board}", *dates, "thử"))
    _write(folder / "units.csv", UNIT_COLUMNS, units)
    edges = [
        (e.source, "", e.target, "2022-01-01", _kind_of(e, scene), "whole" if e.whole else "part", "thử")
        for e in scene.edges
    ]
    _write(folder / "successions.csv", SUCCESSION_COLUMNS, [(*edge, "unverified") for edge in edges])


def _write_lists(folder: Path, year: str, scene: Scene) -> None:
    places = [(code, board) for board in scene.boards for code in board.localities[year]]
    localities = [(c, f"Xã {c}", b.code, TYPES[int(c) % len(TYPES)], "unverified") for c, b in places]
    _write(folder / "localities.csv", ("code", "name", "submitter", "types", "status"), localities)
    boards = [
        (b.code, f"Ban Chỉ đạo {b.code}", "district_board", b.folder, "a@b.example") for b in scene.boards
    ]
    _write(folder / "submitters.csv", ("code", "name", "kind", "folder", "email"), boards)
    fixed = [(FIXED, c, "TTXH_XR", str(int(c) % 9), "thử") for c, _ in places]
    _write(folder / "baselines.csv", ("name", "locality", "indicator", "value", "legal_basis"), fixed)


def _kind_of(edge: Edge, scene: Scene) -> str:
    if not edge.whole:
        return "split"
    return "merge" if sum(other.target == edge.target for other in scene.edges) > 1 else "rename"


def _write(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


class _Press:
    """Fills the form that `chuyenhoa workbook` writes, cell by cell in its XML."""

    def __init__(self, home: Path, scene: Scene) -> None:
        self.plans = {year: load_plan(home / "plans", year) for year in YEARS}
        self.rules = {year: load_rules(home / "expectations", plan) for year, plan in self.plans.items()}
        self.warnings = [rule.rule_id for rule in self.rules[YEARS[0]] if rule.rule_id.startswith("W")]
        self._blank = cache(self._make_blank)

    def _make_blank(
        self, period: str, submitter: str
    ) -> tuple[dict[str, str], Mapping[tuple[str, ...], str]]:
        """The parts of a blank form, and where in it each figure, answer and reason belongs."""
        plan = self.plans[period[:4]]
        written = datetime(2022, 12, 1, 8, tzinfo=clock.ZONE)
        blank = write_workbook(
            plan, plan.period_by_id[period], plan.submitter_by_code[submitter], self.rules[plan.id], written
        )
        with zipfile.ZipFile(io.BytesIO(blank)) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        return parts, dict(_places(blank))

    def fill(self, file: File) -> bytes:
        """The workbook of a file."""
        parts, places = self._blank(file.period, file.submitter)
        typed: dict[str, dict[str, str]] = {}

        def put(text: str, sheet: str, *place: str) -> None:
            if text:
                typed.setdefault(sheet, {})[places[(sheet, *place)]] = text

        for (locality, sheet, code), text in file.cells.items():
            put(text, SHEETS[sheet], locality, code)
        for (locality, criterion), said in file.answers.items():
            for column, text in zip(
                (form.ANSWER, form.DOCUMENT_NUMBER, form.DOCUMENT_DATE), _words(said), strict=True
            ):
                put(text, form.DECLARATIONS_SHEET, locality, criterion, column)
        lines = [(rule, "", REASON) for rule in self.warnings]
        lines = [(form.WITHDRAWAL_RULE, code, REASON) for code in sorted(file.taken_back)] + lines
        for number, line in enumerate(lines):
            for column, text in zip(form.JUSTIFICATION_COLUMNS, line, strict=True):
                put(text, form.JUSTIFICATION_SHEET, str(number), column)
        return _pack(parts, typed)


def _words(said: Said) -> tuple[str, str, str]:
    return said.answer, said.number, said.day


def _places(blank: bytes) -> Iterator[tuple[tuple[str, ...], str]]:
    """The address of every cell to fill in, by sheet and codes; on that of reasons by the row's number."""
    book = load_raw(io.BytesIO(blank))
    for sheet in form.HEAD_ROWS:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        keys = (form.LOCALITY_CODE, form.RULE_CODE, form.ITEM_CODE)
        top = next(number for number, row in enumerate(rows) if set(keys) & set(row))
        column = {str(code): at for at, code in enumerate(rows[top]) if code}
        for number, row in enumerate(rows[top + 1 :] or (), top + 1):
            named = [
                str(row[column[key]]) for key in (form.LOCALITY_CODE, form.CRITERION_CODE) if key in column
            ]
            for code, at in column.items():
                yield (sheet, *named, code), name_cell(number, at)
        if sheet == form.JUSTIFICATION_SHEET:
            for number in range(60):
                for code, at in column.items():
                    yield (sheet, str(number), code), name_cell(top + 1 + number, at)


def _pack(parts: Mapping[str, str], typed: Mapping[str, Mapping[str, str]]) -> bytes:
    """The form with texts in place of blank cells; numbers are numbers."""
    buffer = io.BytesIO()
    names = list(form.HEAD_ROWS)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            number = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", name)
            sheet = names[int(number[1]) - 1] if number and int(number[1]) <= len(names) else ""
            archive.writestr(name, _put(data, typed.get(sheet, {})) if sheet else data)
    return buffer.getvalue()


def _put(data: str, typed: Mapping[str, str]) -> str:
    """A sheet with texts in its blank cells; what there is no cell for comes in rows below the last one."""
    left = dict(typed)

    def fill(match: re.Match[str]) -> str:
        text = left.pop(match[1], None)
        return match[0] if text is None else _cell(match[1], f' s="{match[2]}"', text)

    filled = BLANK_CELL.sub(fill, data)
    below: dict[int, list[str]] = {}
    for address, text in sorted(left.items()):
        row = int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        below.setdefault(row, []).append(_cell(address, "", text))
    rows = "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in sorted(below.items()))
    return filled.replace("</sheetData>", f"{rows}</sheetData>")


def _cell(address: str, style: str, text: str) -> str:
    start = f'<c r="{address}"{style}'
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return f"{start}><v>{text}</v></c>"
    return f'{start} t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _send(scene: Scene, press: _Press, data: Path) -> None:
    """Drop and take in one pass after the other."""
    made: dict[str, bytes] = {}
    for files in scene.passes:
        for file in files:
            made[file.name] = made[file.repeats] if file.repeats else press.fill(file)
            inbox = data / "inbox" / file.submitter.lower()
            inbox.mkdir(parents=True, exist_ok=True)
            (inbox / file.name).write_bytes(made[file.name])
        for members in batch(claim_drops()):
            process_batch(members)


def _compare_taken(scene: Scene) -> Iterator[str]:
    """The localities that each file was taken for, against those that it has no error on."""
    with open_context().store.reading() as session:
        numbers = {row.file_name: row for row in session.scalars(select(SubmissionRow))}
        taken: dict[int, dict[str, bool]] = {}
        for listed in session.scalars(select(SubmissionLocalityRow)):
            taken.setdefault(listed.submission, {})[listed.locality] = listed.taken
        for file in (file for files in scene.passes for file in files):
            row = numbers.get(file.name)
            if row is None or (row.status == "duplicate") != bool(file.repeats):
                yield f"{file.name}: {row.status if row else 'never answered'}"
                continue
            held = {code for code, is_taken in taken.get(row.number, {}).items() if not is_taken}
            if held != file.held and not file.repeats:
                yield f"{file.name}: held {sorted(held)}, and there is an error on {sorted(file.held)}"


def _compare_milestone(opinion: Opinion, milestone: str, found: Comparison) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if run_command(["assess", "--milestone", milestone, "--json"]) != 0:
            raise RuntimeError(f"assess --milestone {milestone} failed")
    assessed = {entry["locality"]: entry for entry in json.loads(printed.getvalue())["localities"]}
    for locality, verdicts, figures in opinion.judge(milestone):
        entry = assessed.pop(locality)
        where = f"{milestone} {locality}"
        theirs = {
            **{result["criterion"]: result["verdict"] for result in entry["criteria"]},
            **{group["group"]: group["verdict"] for group in entry["groups"]},
            "all": entry["verdict"],
        }
        for code in sorted(verdicts.keys() | theirs.keys()):
            if verdicts.get(code) != theirs.get(code):
                said = f"{theirs.get(code)}, and {verdicts.get(code)} by the second opinion"
                found.differences.append(f"{where} {code}: {said}")
        found.differences += _compare_inputs(where, entry["criteria"], figures)
        found.results += len(entry["criteria"])
        for result in entry["criteria"]:
            found.verdicts[result["verdict"]] = found.verdicts.get(result["verdict"], 0) + 1
    found.differences += [f"{milestone} {code}: assessed, and no locality" for code in assessed]


NOT_COVERED = ("not_submitted", "held_by_findings", "gap_in_window", "conflicting_sources")
"""Reasons for which a result shows nothing of what is known."""


def _compare_inputs(
    where: str, results: Sequence[Mapping[str, Any]], figures: Mapping[str, Figure]
) -> Iterator[str]:
    """The figures that results rest on, against those of the second opinion."""
    seen: dict[str, Mapping[str, Any]] = {}
    for result in results:
        if result["reason"] not in NOT_COVERED:
            seen |= {entry["name"]: entry for entry in result["inputs"]}
    for name, figure in figures.items():
        if name in seen:
            value, low = seen[name]["value"], seen[name]["low"]
            shown = None if value is None else Fraction(value)
            if shown != figure.value or (value is None and Fraction(low or 0) != figure.low):
                yield f"{where} {name}: {value} (at least {low}), and {figure} by the second opinion"


SCENES = 1
SIZE = Size(boards=30, localities=8)
KEPT = Path("var/bench")
"""Where the seeds of scenes that differ are kept."""


def bench_comparison(root: Path, folder: Path, first: int = 1, scenes: int = SCENES) -> None:
    """Compare some scenes, one data folder each; ends the benchmark where one differs."""
    results, differences, seconds = 0, list[str](), 0.0
    verdicts: dict[str, int] = {}
    for seed in range(first, first + scenes):
        found = compare_scene(root, folder / f"scene-{seed}", seed, SIZE)
        shutil.rmtree(folder / f"scene-{seed}")
        results += found.results
        seconds += found.seconds
        differences += [f"seed {seed}: {line}" for line in found.differences]
        for verdict, count in found.verdicts.items():
            verdicts[verdict] = verdicts.get(verdict, 0) + count
    print(f"\nrandom comparison: {results:,} results, {len(differences)} differences")
    print(f"  {seconds:.0f} s in {scenes} data folders; {dict(sorted(verdicts.items()))}")
    if differences:
        KEPT.mkdir(parents=True, exist_ok=True)
        kept = KEPT / "differences.txt"
        kept.write_text("\n".join(differences) + "\n", encoding="utf-8")
        raise SystemExit("\n".join([*differences[:20], f"All of them, with their seeds, are in {kept}."]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="chuyenhoa-compare-") as made:
        bench_comparison(settings.load().home, Path(made))
