"""`export`: figures in force and verdicts of the sample year, read back as another system would."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from chuyenhoa.assessment.windows import finer_periods
from chuyenhoa.cli import main
from chuyenhoa.kit.csvw import METADATA, unguard_text
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.store.documents import latest_assessment
from chuyenhoa.store.evidence import load_evidence
from chuyenhoa.store.results import load_assessment
from tests.integration.cli.conftest import Call, Form
from tests.integration.rehearsal import MILESTONES, play_year
from tests.stores import new_data

HEADERS = {
    "localities.csv": "locality,locality_name,submitter,submitter_name",
    "figures.csv": "milestone,locality,locality_name,indicator,indicator_label,unit,window,from,to,value,"
    "submission,file_name,sheet,cell",
    "declarations.csv": "milestone,locality,locality_name,criterion,criterion_title,from,to,answer,"
    "document_number,document_date,note,submission,file_name,sheet,cell",
    "verdicts.csv": "milestone,locality,group,criterion,verdict,reason,as_of,assessment,assessment_sha256",
}
PARSERS: dict[str, Callable[[str], object]] = {
    "string": str,
    "decimal": Decimal,
    "integer": int,
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def year(root: Path, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of the whole sample year."""
    folder = new_data(tmp_path_factory.mktemp("year") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUYENHOA_DATA", str(folder))
        patch.setenv("CHUYENHOA_SETTLE_SECONDS", "0")
        patch.delenv("CHUYENHOA_STORE", raising=False)
        patch.setenv("CHUYENHOA_NOW", "2021-10-01T08:00:00+07:00")
        play_year(root, plan, folder, lambda moment: patch.setenv("CHUYENHOA_NOW", moment.isoformat()))
        yield folder


@pytest.fixture(params=MILESTONES)
def milestone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def exported(year: Path, milestone: str, tmp_path: Path) -> Path:
    """What was exported of a milestone."""
    assert main(["export", "--milestone", milestone, "-o", str(tmp_path / "ra")]) == 0
    return tmp_path / "ra"


def read(path: Path) -> Rows:
    content = path.read_bytes().decode("utf-8")
    return list(csv.DictReader(io.StringIO(content, newline=""), strict=True))


def in_force(plan: Plan, milestone: str) -> list[tuple[Period, LocalityEvidence]]:
    """What the store holds in force for the periods that a milestone rests on."""
    period = plan.period_by_id[milestone]
    with open_context().store.reading() as session:
        return [
            (one, evidence)
            for one in (period, *finer_periods(plan, period))
            for evidence in load_evidence(session, plan, one.id).values()
        ]


def test_the_figures_are_those_in_force(plan: Plan, milestone: str, exported: Path) -> None:
    expected = Counter(
        (
            *(evidence.locality, code, basis.value),
            *((p.window if basis.value == "current" else p.baseline).start.isoformat(),),
            *((p.window if basis.value == "current" else p.baseline).end.isoformat(),),
            *(figure.value, figure.source.submission, figure.source.file_name, figure.source.cell),
        )
        for p, evidence in in_force(plan, milestone)
        for (code, basis), figure in evidence.figures.items()
        if figure.value is not None
    )
    rows = read(exported / "figures.csv")
    names = ("locality", "indicator", "window", "from", "to", "value", "submission", "file_name", "cell")
    found = Counter(
        tuple(Decimal(row[n]) if n == "value" else unguard_text(row[n]) for n in names) for row in rows
    )
    assert len(rows) > 500
    assert found == expected
    assert {row["milestone"] for row in rows} == {milestone}
    assert all(row["locality_name"] == plan.locality_names[row["locality"]] for row in rows)
    assert all(row["unit"] == plan.indicator_by_code[row["indicator"]].unit for row in rows)


def test_pandas_reads_the_same_sums(plan: Plan, milestone: str, exported: Path) -> None:
    frame = pd.read_csv(exported / "figures.csv", dtype={"value": str, "locality": str})
    own = frame[(frame["to"] == plan.period_by_id[milestone].window.end.isoformat())]
    current = own[(own["window"] == "current") & (own["indicator"] == "TTXH_XR")]
    counted = {
        row.locality: Decimal(str(row.value))
        for row in current[
            current["from"] == plan.period_by_id[milestone].window.start.isoformat()
        ].itertuples()
    }
    period, expected = plan.period_by_id[milestone], {}
    for one, evidence in in_force(plan, milestone):
        for (code, basis), figure in evidence.figures.items():
            if (one.id, code, basis.value) == (period.id, "TTXH_XR", "current") and figure.value is not None:
                expected[evidence.locality] = figure.value
    assert counted == expected
    assert counted


def test_the_declarations_are_those_in_force(plan: Plan, milestone: str, exported: Path) -> None:
    expected = Counter(
        (evidence.locality, code, p.window.end.isoformat(), told.answer.value, told.document_number)
        for p, evidence in in_force(plan, milestone)
        for code, told in evidence.declarations.items()
        if told.answer is not None
    )
    names = ("locality", "criterion", "to", "answer", "document_number")
    rows = read(exported / "declarations.csv")
    assert rows
    assert Counter(tuple(unguard_text(row[name]) for name in names) for row in rows) == expected


def test_the_verdicts_are_those_of_the_stored_assessment(milestone: str, exported: Path) -> None:
    with open_context().store.reading() as session:
        stored = latest_assessment(session, milestone)
        assert stored is not None
        assessment = load_assessment(session, stored)
    expected = Counter[tuple[str, ...]]()
    for locality in assessment.localities:
        expected[locality.locality, "", "", locality.verdict.value, ""] += 1
        for group in locality.groups:
            expected[locality.locality, group.group, "", group.verdict.value, ""] += 1
        for result in locality.criteria:
            group_code = result.criterion.split(".")[0]
            reason = result.reason.value if result.reason else ""
            expected[locality.locality, group_code, result.criterion, result.verdict.value, reason] += 1
    rows = read(exported / "verdicts.csv")
    names = ("locality", "group", "criterion", "verdict", "reason")
    assert Counter(tuple(row[name] for name in names) for row in rows) == expected
    tails = {(row["as_of"], row["assessment"], row["assessment_sha256"]) for row in rows}
    assert tails == {(stored.assessed_at, str(stored.id), stored.sha256)}


def check_cell(column: dict[str, Any], text: str) -> None:
    """One value against what the description says of its column."""
    datatype = column["datatype"]
    if not text:
        assert not column["required"], column["name"]
    elif isinstance(datatype, dict):
        assert re.fullmatch(datatype["format"], text), (column["name"], text)
    else:
        PARSERS[datatype](text)


def test_the_description_tells_of_every_column_value_and_key(plan: Plan, exported: Path) -> None:
    described = json.loads((exported / METADATA).read_text("utf-8"))
    assert described["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "vi"}]
    assert described["dc:title"].startswith("Số liệu có hiệu lực và kết quả: ")
    tables = {table["url"]: table for table in described["tables"]}
    assert set(tables) == set(HEADERS) == {path.name for path in exported.iterdir()} - {METADATA}
    for name, table in tables.items():
        content = (exported / name).read_bytes()
        assert content.startswith(f"{HEADERS[name]}\r\n".encode())
        assert table["schema:sha256"] == hashlib.sha256(content).hexdigest()
        schema = table["tableSchema"]
        assert [column["name"] for column in schema["columns"]] == HEADERS[name].split(",")
        assert all(column["titles"][0] == column["name"] for column in schema["columns"])
        rows = read(exported / name)
        for row in rows:
            for column in schema["columns"]:
                check_cell(column, row[column["name"]])
        keys = [tuple(row[part] for part in schema["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)
        for key in schema.get("foreignKeys", ()):
            (own,) = key["columnReference"]
            (other,) = key["reference"]["columnReference"]
            named = [row[other] for row in read(exported / key["reference"]["resource"])]
            assert {row[own] for row in rows} <= set(named)
    assert len(read(exported / "localities.csv")) == len(plan.localities)


def test_equal_data_are_equal_bytes(
    year: Path, milestone: str, exported: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2022-03-01T08:00:00+07:00")
    assert main(["export", "--milestone", milestone, "-o", str(tmp_path / "lai")]) == 0
    for path in exported.iterdir():
        assert (tmp_path / "lai" / path.name).read_bytes() == path.read_bytes(), path.name


def test_programs_get_paths_and_counts(call: Call, data_folder: Path, plan: Plan) -> None:
    answer = call("export", "--milestone", "2021-6t", "--json")
    assert (answer.code, answer.json["milestone"]) == (0, "2021-6t")
    for file in answer.json["files"]:
        path = Path(file["path"])
        assert path.parent == data_folder / "office" / "export" / "2021-6t"
        assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        rows = len(HEADERS) if path.name == METADATA else len(read(path))
        assert file["rows"] == rows
    assert {Path(file["path"]).name for file in answer.json["files"]} == {*HEADERS, METADATA}
    assert "figures.csv" in call("export", "--milestone", "2021-6t").out


def test_what_was_typed_is_no_formula_and_names_nobody(call: Call, form: Form, data_folder: Path) -> None:
    inbox = data_folder / "inbox" / "899-rach-gia"
    inbox.mkdir(parents=True)
    (inbox / "=cmd 0912345678.xlsx").write_bytes(form().read_bytes())
    assert call("intake").code == 0
    assert call("export", "--milestone", "2021-6t").code == 0
    folder = data_folder / "office" / "export" / "2021-6t"
    (name,) = {row["file_name"] for row in read(folder / "figures.csv")}
    assert name.startswith("'=cmd [đã che")
    assert all("0912345678" not in path.read_text("utf-8") for path in folder.iterdir())


def test_a_later_file_is_in_figures_and_verdicts_alike(
    call: Call, form: Form, send: Callable[[Path], None], data_folder: Path
) -> None:
    folder = data_folder / "office" / "export" / "2021-6t"
    found = []
    for name, solved in (("lan 1.xlsx", 3), ("lan 2.xlsx", 17)):
        send(form(name, {("30745", "TTXH_KP"): solved}))
        assert call("export", "--milestone", "2021-6t").code == 0
        (figure,) = (
            row["value"]
            for row in read(folder / "figures.csv")
            if (row["locality"], row["indicator"], row["window"]) == ("30745", "TTXH_KP", "current")
        )
        (verdict,) = (
            row["verdict"]
            for row in read(folder / "verdicts.csv")
            if (row["locality"], row["criterion"]) == ("30745", "II.2")
        )
        found.append((figure, verdict))
    assert found == [("3", "not_met"), ("17", "met")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--milestone", "2021-xx"), "no plan has a period '2021-xx'"),
        (("--milestone", "2021-t05"), "is no milestone"),
    ],
)
def test_no_milestone_is_a_wrong_call(call: Call, arguments: tuple[str, ...], said: str) -> None:
    answer = call("export", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_file_in_the_way_is_a_wrong_call(call: Call, tmp_path: Path) -> None:
    (tmp_path / "ra").write_text("x")
    answer = call("export", "--milestone", "2021-6t", "-o", tmp_path / "ra")
    assert (answer.code, answer.out) == (2, "")
    assert "is no folder" in answer.err
