"""Assessments and snapshots of the sample year: recomputed from their own JSON, and explained however old."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from chuyenhoa.cli import main
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.assess.assessing import assess_milestone
from chuyenhoa.pipeline.assess.results import read_assessment, read_snapshot
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.rendering import freeze_snapshot
from chuyenhoa.store.results import iterate_content
from chuyenhoa.store.tables import AssessmentRow, SnapshotRow
from tests.integration.rehearsal import MILESTONES, play_year
from tests.stores import new_data
from tests.unit.assessment.recompute import faults_of


@pytest.fixture(scope="module")
def year(root: Path, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample year: assessed after every wave of files, and each milestone's snapshot frozen."""
    data = new_data(tmp_path_factory.mktemp("year") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUYENHOA_DATA", str(data))
        patch.setenv("CHUYENHOA_SETTLE_SECONDS", "0")
        patch.delenv("CHUYENHOA_STORE", raising=False)
        play_year(root, plan, data, lambda moment: patch.setenv("CHUYENHOA_NOW", moment.isoformat()))
        yield data


def stored_content(number: int) -> Any:
    """The whole JSON of an assessment, put together from its rows."""
    with open_context().store.reading() as session:
        head = session.get_one(AssessmentRow, number).content
        return json.loads("".join(iterate_content(session, number, head)))


Ask = Callable[..., Any]


@pytest.fixture
def ask(year: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """`chuyenhoa explain --json` of one criterion in one locality."""

    def run(*of: object, locality: str = "30754", criterion: str = "II.2") -> Any:
        capsys.readouterr()
        arguments = [*map(str, of), "--locality", locality, "--criterion", criterion, "--json"]
        assert main(["explain", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_every_stored_result_follows_from_its_explanation(year: Path) -> None:
    ctx = open_context()
    with ctx.store.reading() as session:
        assessments = list(session.scalars(select(AssessmentRow)))
        contents = [stored_content(row.id) for row in assessments]
        snapshots = list(session.scalars(select(SnapshotRow)))
    assert {row.milestone for row in assessments} == {row.milestone for row in snapshots} == set(MILESTONES)
    assert len(assessments) > 2
    for content in contents:
        assert faults_of(content) == []
    for frozen in snapshots:
        stored = read_snapshot(ctx, frozen.id)
        assert stored.is_complete
        assert faults_of({"localities": stored.localities, "explanation": stored.explanation}) == []


def test_the_newest_assessment_and_its_snapshot_say_the_same(year: Path) -> None:
    ctx = open_context()
    snapshot = read_snapshot(ctx, freeze_snapshot("2021-nam"))
    newest = read_assessment(ctx, int(assess_milestone("2021-nam")))
    assert snapshot.explanation == newest.explanation
    plain = json.loads(json.dumps(snapshot.localities))
    assert plain == list(newest.localities)


def _pairs(old: AssessmentRow, new: AssessmentRow) -> list[tuple[Any, Any]]:
    """The localities of two assessments."""
    stored = (stored_content(row.id)["localities"] for row in (old, new))
    return list(zip(*stored, strict=True))


def test_an_old_assessment_is_explained_as_it_was_stored(ask: Ask) -> None:
    with open_context().store.reading() as session:
        query = select(AssessmentRow).where(AssessmentRow.milestone == "2021-6t").order_by(AssessmentRow.id)
        old, *_, new = session.scalars(query)
    code, criterion = next(
        (now["locality"], result["criterion"])
        for then, now in _pairs(old, new)
        for earlier, result in zip(then["criteria"], now["criteria"], strict=True)
        if earlier != result
    )
    of = {"locality": code, "criterion": criterion}
    first, last = (ask("--assessment", row.id, **of) for row in (old, new))
    today = ask("--milestone", "2021-6t", **of)
    assert first["explanation"]["origin"] == {
        "assessment": old.id,
        "sha256": old.sha256,
        "at": old.assessed_at,
    }
    assert first["explanation"]["stored"] is True
    assert first["criteria"] != last["criteria"]
    assert last["criteria"] == today["criteria"]
    share = ask("--assessment", new.id)
    rule = share["explanation"]["rules"]["II.2"]
    assert rule["measure"]["threshold"] == {
        "value": "80",
        "unit": "percent",
        "direction": "at_least",
        "legal_basis": "",
    }
    (result,) = share["criteria"]
    assert {entry["name"] for entry in result["inputs"]} == {"TTXH_KP", "TTXH_XR"}
    assert all(len(e["sha256"]) == 64 and e["cell"] and e["file_name"] for e in result["inputs"])


def test_a_snapshot_is_explained_by_the_first_characters_of_its_id(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen = freeze_snapshot("2021-nam")
    found = ask("--snapshot", frozen[:10])
    assert found["explanation"]["origin"]["snapshot"] == frozen
    assert found["milestone"] == "2021-nam"
    assert main(["explain", "--snapshot", frozen, "--locality", "30754"]) == 0
    assert f"Nguồn: số liệu chốt {frozen[:12]}, kế hoạch ấn bản 2021.1" in capsys.readouterr().out
    for wrong in ("", "zz"):
        assert main(["explain", "--snapshot", wrong, "--locality", "30754"]) == 2
    assert main(["explain", "--assessment", "999", "--locality", "30754"]) == 2
    assert "no assessment 999; there are: 1, " in capsys.readouterr().err
    assert main(["explain", "--snapshot", frozen, "--locality", "00000"]) == 2
    assert main(["explain", "--snapshot", frozen, "--locality", "30754", "--criterion", "X"]) == 2


def test_one_stored_before_rules_were_kept_says_so(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    with open_context().store.reading() as session:
        row = session.get_one(AssessmentRow, 1)
    old = {name: value for name, value in json.loads(row.content).items() if name != "explanation"}
    with open_context().store.engine.begin() as connection:
        change = text("UPDATE assessments SET content = :content WHERE id = 1")
        connection.execute(change, {"content": json.dumps(old)})
    assert ask("--assessment", 1)["explanation"]["stored"] is False
    assert main(["explain", "--assessment", "1", "--locality", "30754"]) == 0
    assert "quy tắc lấy theo kế hoạch hiện hành" in capsys.readouterr().out
