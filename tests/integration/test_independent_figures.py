"""The issued documents show the figures that a second calculation gives from the dropped workbooks."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.table import Table, _Cell

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import ACCEPTING, SubmissionStatus
from devtools.demo_check import check_milestone, look_at, summarise
from tests.integration.independent import (
    CRITERIA,
    INSUFFICIENT,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    LocalityFigures,
    judge,
    read_workbook,
    totals,
)
from tests.integration.rehearsal import MILESTONES, Played, play_year, report, run_intake
from tests.stores import new_data

HAS_GUIDANCE = {"2021-6t": False, "2021-nam": True}
"""The letter on group VI is dated 01/11/2021."""
MARKS = {MET: "Đ", NOT_MET: "KĐ", INSUFFICIENT: "CSL", NOT_APPLICABLE: "KAD"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder of this module's own, with a clock that `year` moves."""
    folder = new_data(tmp_path_factory.mktemp("year") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUYENHOA_DATA", str(folder))
        patch.setenv("CHUYENHOA_SETTLE_SECONDS", "0")
        patch.delenv("CHUYENHOA_STORE", raising=False)
        patch.setenv("CHUYENHOA_NOW", "2021-10-01T08:00:00+07:00")
        yield folder


@pytest.fixture(scope="module")
def year(root: Path, plan: Plan, data: Path) -> dict[str, Played]:
    """Both milestones of the sample, played once for all tests of this module."""

    def set_time(moment: datetime) -> None:
        patch.setenv("CHUYENHOA_NOW", moment.isoformat())

    with pytest.MonkeyPatch.context() as patch:
        return play_year(root, plan, data, set_time)


def figures_in_force(played: Played) -> dict[str, LocalityFigures]:
    """By hand: the last accepted workbook of each submitter counts."""
    found: dict[str, LocalityFigures] = {}
    for drop in played.scenario.drops:
        if drop.status in ACCEPTING and drop.status != "partly_accepted":
            counts = played.scenario.drop_named(drop.explains) if drop.explains else drop
            found.update(read_workbook(played.path_of(counts)))
    return found


OPENING = ("NGHIEN_DAU", "TGTB_TON")
"""Stocks at the beginning of a window; both milestones begin on 15/4."""


def figures_at(year: dict[str, Played], milestone: str) -> dict[str, LocalityFigures]:
    """By hand as well: what the year's report leaves blank of its first day, the six months' report tells."""
    found = figures_in_force(year[milestone])
    for code, earlier in figures_in_force(year[MILESTONES[0]]).items():
        own = found.setdefault(code, LocalityFigures())
        for told, known in ((earlier.current, own.current), (earlier.baseline, own.baseline)):
            known.update({name: told.get(name) for name in OPENING if known.get(name) is None})
    return found


def assessed(data: Path, milestone: str) -> dict[str, dict[str, str]]:
    """What the pipeline stored: per locality the verdicts on criteria, groups and (key "all") as a whole."""
    from chuyenhoa.store import open_store
    from chuyenhoa.store.documents import latest_assessment
    from chuyenhoa.store.results import load_results

    with open_store(f"sqlite:///{data / 'chuyenhoa.db'}").reading() as session:
        row = latest_assessment(session, milestone)
        assert row is not None
        localities = list(load_results(session, row.id))
    return {
        entry["locality"]: {
            **{result["criterion"]: result["verdict"] for result in entry["criteria"]},
            **{group["group"]: group["verdict"] for group in entry["groups"]},
            "all": entry["verdict"],
        }
        for entry in localities
    }


def tables_of(path: Path) -> list[list[list[str]]]:
    """The tables of a document as rows of cell texts; a merged cell is repeated."""
    return [_rows(table) for table in docx.Document(str(path)).tables]


def _rows(table: Table) -> list[list[str]]:
    return [[_text(cell) for cell in row.cells] for row in table.rows]


def _text(cell: _Cell) -> str:
    """The text of a cell, that inside content controls included, which python-docx leaves out."""
    return "".join(node.text or "" for node in cell._tc.iter(qn("w:t"))).strip()


def report_of(played: Played) -> Path:
    """The milestone's main report among its issued documents."""
    (found,) = [path for path in played.issued if re.search("bao_cao_(so|tong)_ket", path.name)]
    return found


def number_in(text: str) -> Fraction:
    """A number as official Vietnamese writes it: 1.234,5."""
    return Fraction(text.replace(".", "").replace(",", ".").replace("+", "").replace("−", "-"))


def test_everything_that_the_scenario_expects_is_there(
    plan: Plan, data: Path, year: dict[str, Played]
) -> None:
    found = look_at(data, plan.id)
    problems = [line for played in year.values() for line in check_milestone(plan, played.scenario, found)]
    assert problems == []
    assert len(found.submissions) == sum(len(played.scenario.drops) for played in year.values())


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_verdict_equals_the_second_calculation(
    plan: Plan, data: Path, year: dict[str, Played], milestone: str
) -> None:
    figures = figures_in_force(year[milestone])
    expected = {
        entry.code: judge(figures.get(entry.code), has_guidance=HAS_GUIDANCE[milestone])
        for entry in plan.localities
    }
    assert assessed(data, milestone) == expected
    counts = Counter(verdicts["all"] for verdicts in expected.values())
    assert dict(counts) == {name: n for name, n in year[milestone].scenario.verdicts.items() if n}


@pytest.mark.parametrize("milestone", MILESTONES)
def test_annex_ii_shows_the_totals_of_the_workbooks(
    plan: Plan, year: dict[str, Played], milestone: str
) -> None:
    localities = figures_at(year, milestone).values()
    document = report_of(year[milestone])
    shown: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for row in comparison_table(document):
        if row[0].isdigit():
            shown.setdefault(row[1], []).append((number_in(row[3]), number_in(row[4])))
    expected: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for indicator in plan.indicators:
        expected.setdefault(indicator.label, []).append(totals(localities, indicator.code))
    assert {label: sorted(pairs) for label, pairs in shown.items()} == {
        label: sorted(pairs) for label, pairs in expected.items()
    }


def comparison_table(document: Path) -> list[list[str]]:
    """The table with a row an indicator: the longest one that compares two windows."""
    return max((table for table in tables_of(document) if "Cùng kỳ" in table[0]), key=len)


@pytest.mark.parametrize("milestone", MILESTONES)
def test_annex_iv_shows_every_verdict(plan: Plan, year: dict[str, Played], milestone: str) -> None:
    figures = figures_in_force(year[milestone])
    document = report_of(year[milestone])
    (matrix,) = [
        table for table in tables_of(document) if set(CRITERIA) <= {text for row in table for text in row}
    ]
    header = next(row for row in matrix if set(CRITERIA) <= set(row))
    rows = {row[1]: dict(zip(header, row, strict=True)) for row in matrix if row[0].isdigit()}
    assert set(rows) == {entry.name for entry in plan.localities}
    for entry in plan.localities:
        verdicts = judge(figures.get(entry.code), has_guidance=HAS_GUIDANCE[milestone])
        assert {code: rows[entry.name][code] for code in CRITERIA} == {
            code: MARKS[verdicts[code]] for code in CRITERIA
        }, entry.name


def test_playing_on_changes_nothing(
    plan: Plan, data: Path, year: dict[str, Played], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-12-31T08:00:00+07:00")
    before = look_at(data, plan.id)
    assert run_intake() == []
    for played in year.values():
        again = report(plan, played.scenario)
        assert [data / path for path in again] == list(played.issued)
    after = look_at(data, plan.id)
    assert [row.id for row in after.documents] == [row.id for row in before.documents]
    assert [row.issued_sha256 for row in after.documents] == [row.issued_sha256 for row in before.documents]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (
            "outbox/899-rach-gia/PHIEU-TIEP-NHAN-*.html",
            "Báo cáo 6 tháng TP Rạch Giá.xlsx: receipt",
        ),
        (
            "outbox/906-giong-rieng/CAN-SUA-*.xlsx",
            "Giồng Riềng - số liệu sơ kết.xlsx: marked",
        ),
        ("outbox/903-hon-dat/BIEU-MAU-2021-6t-*.xlsx", "2021-6t: blank workbook of 903"),
        ("office/issued/2021-6t/*.docx", "2021-6t: file office/issued"),
    ],
)
def test_the_demo_names_a_file_that_is_missing(
    plan: Plan, data: Path, year: dict[str, Played], tmp_path: Path, pattern: str, told: str
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    gone = list(copy.glob(pattern))
    assert gone
    for path in gone:
        path.unlink()
    problems = check_milestone(plan, year["2021-6t"].scenario, look_at(copy, plan.id))
    assert any(told in problem for problem in problems), problems


def test_the_demo_names_an_answer_that_is_another(plan: Plan, data: Path, year: dict[str, Played]) -> None:
    scenario = year["2021-6t"].scenario
    first = scenario.waves[0].drops[0]
    wrong = replace(first, status=SubmissionStatus.RETURNED, is_late=True)
    lost = replace(first, file="lost.xlsx")
    expected = replace(
        scenario,
        waves=(replace(scenario.waves[0], drops=(wrong, lost)),),
        verdicts={"met": 16},
        decision={**scenario.decision, "number": "1"},
    )
    found = look_at(data, plan.id)
    problems = "\n".join(check_milestone(plan, expected, found))
    for told in (
        "status returned",
        "late True",
        "lost.xlsx: not in the ledger",
        "verdicts {'met': 16}",
        "number 1,",
    ):
        assert told in problems
    unknown = replace(scenario, period="2021-t05", waves=(), verdicts={})
    assert "2021-t05: issued document" in check_milestone(plan, unknown, found)


def test_the_demo_shows_what_came_of_a_milestone(plan: Plan, data: Path, year: dict[str, Played]) -> None:
    shown = "\n".join(summarise(plan, year["2021-nam"].scenario, look_at(data, plan.id)))
    for told in ("15 of 15 submitters", "late: 1", "10 met", "Ban Chỉ đạo huyện An Minh", "issued, No. 172"):
        assert told in shown
