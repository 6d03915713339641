"""A milestone is assessed once on its way to every document, and whatever changes meanwhile is noticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from chuyenhoa.assessment import verdicts
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.cli import main
from chuyenhoa.model.lifecycle import State
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import Assessment
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.assess.lifecycle import Act, record_states
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.approval_forms import ask_office
from chuyenhoa.pipeline.publish.drafts import DraftError, list_for_office
from chuyenhoa.pipeline.publish.handover import write_handover
from chuyenhoa.pipeline.publish.issuing import check_decision, issue_documents, record_decision
from chuyenhoa.pipeline.publish.rendering import (
    check_drafts,
    freeze_snapshot,
    hash_snapshot_inputs,
    render_drafts,
)
from chuyenhoa.store.documents import latest_assessment
from chuyenhoa.store.tables import AssessmentRow, SnapshotRow
from tests.homes import copy_home
from tests.integration.test_office_decisions import APPROVAL, draft, send_more

__all__ = ["draft"]
AFTER_THE_DEADLINE = "2021-12-20T09:00:00+07:00"


@pytest.fixture
def assessed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The milestones that were assessed, each as often as it was."""
    calls: list[str] = []

    def counted(plan: Plan, milestone: Period, *others: Any) -> Assessment:
        calls.append(milestone.id)
        return assess(plan, milestone, *others)

    monkeypatch.setattr(verdicts, "assess", counted)
    return calls


def issue_all(milestone: str) -> list[str]:
    """A milestone's way from frozen figures to issued documents, as its DAG goes it."""
    issued: list[str] = []
    documents = list_for_office(check_drafts(render_drafts(freeze_snapshot(milestone))))
    for number, asked in enumerate(documents, start=41):
        ask_office(asked)
        decision = {**APPROVAL, "number": str(number), "date": "25/12/2021"}
        if ".cong_van" in asked[0]:
            decision["signer"] = "Nguyễn Văn C"
        check_decision(asked, decision)
        issued += issue_documents(record_decision(asked, decision))
    write_handover(milestone)
    return issued


def test_a_milestone_is_assessed_once_for_all_its_documents(
    draft: str, assessed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", AFTER_THE_DEADLINE)
    assessing.assess_milestone("2021-nam")
    issued = issue_all("2021-nam")
    assert len(issued) == 3
    assert assessed == ["2021-nam"]
    assert main(["report", "--verify", "--milestone", "2021-nam"]) == 0
    assert main(["audit"]) == 0


def test_without_an_assessment_freezing_makes_and_stores_one(draft: str, assessed: list[str]) -> None:
    freeze_snapshot("2021-nam")
    freeze_snapshot("2021-nam")
    assert assessed == ["2021-nam"]
    with open_context().store.reading() as session:
        stored = latest_assessment(session, "2021-nam")
    assert stored is not None
    assert str(stored.id) == assessing.assess_milestone("2021-nam")


def test_what_was_stored_before_inputs_were_noted_is_approved_and_issued(
    draft: str, assessed: list[str]
) -> None:
    with open_context().store.writing() as session:
        for table in (AssessmentRow, SnapshotRow):
            session.execute(update(table).values(inputs_sha256=""))
    assert record_decision([draft], APPROVAL) == [draft]
    assert len(issue_documents([draft])) == 1
    assert assessed == ["2021-6t"]
    assert main(["report", "--verify"]) == 0


@pytest.fixture
def home(root: Path, tmp_path: Path) -> Path:
    """A copy of the project's data, to be changed: as the office's next process finds it."""
    return copy_home(root, tmp_path / "home")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def change_the_plan(home: Path) -> None:
    """A threshold: 80 % of solved cases become 79 %."""
    edit(home / "plans" / "2021" / "criteria.yaml", "value: 80", "value: 79")


def change_a_phrase(home: Path) -> None:
    """The word for a verdict."""
    edit(home / "templates" / "messages" / "report.yaml", "met: Đạt", "met: Đã đạt")


def change_the_list_of_documents(home: Path) -> None:
    """The title of a kind."""
    path = home / "templates" / "documents" / "documents.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: Bản "), encoding="utf-8")


@pytest.mark.parametrize("change", [change_the_plan, change_a_phrase, change_the_list_of_documents])
def test_what_people_edit_between_approval_and_issue_is_noticed(
    draft: str, home: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    record_decision([draft], APPROVAL)
    change(home)
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    with pytest.raises(DraftError, match="figures changed after approval"):
        issue_documents([draft])


def test_a_file_between_approval_and_issue_is_noticed(draft: str, data_folder: Path) -> None:
    record_decision([draft], APPROVAL)
    send_more(data_folder)
    with pytest.raises(DraftError, match="figures changed after approval"):
        issue_documents([draft])


def test_a_record_on_a_locality_between_approval_and_issue_is_noticed(draft: str) -> None:
    record_decision([draft], APPROVAL)
    record_states("2021", [Act("30745", State.SELECTED, "72/KH-BCĐ", date(2021, 4, 15))], "VP")
    with pytest.raises(DraftError, match="figures changed after approval"):
        issue_documents([draft])


def test_the_last_day_on_time_between_approval_and_issue_is_noticed(
    draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_decision([draft], APPROVAL)
    monkeypatch.setenv("CHUYENHOA_NOW", AFTER_THE_DEADLINE)
    with pytest.raises(DraftError, match="figures changed after approval"):
        issue_documents([draft])


def test_a_day_counts_as_the_data_show_it(data_folder: Path) -> None:
    """The deadline of 2021-6t is 17/10/2021; on 01/07/2025 its wards and communes went into new ones."""
    ctx = open_context()
    milestone = ctx.milestone("2021-6t")
    days = [date(2021, 10, 1), milestone.deadline, date(2025, 6, 29), date(2025, 6, 30), date(2025, 7, 1)]
    with ctx.store.reading() as session:
        early, last, late, before, after = (
            hash_snapshot_inputs(ctx, session, milestone, day) for day in days
        )
    assert early == last
    assert late == before
    assert len({last, late, after}) == 3


def test_what_changes_no_figure_blocks_nothing(
    draft: str, home: Path, assessed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A remark in a plan's file is another content of the file, and the same data."""
    record_decision([draft], APPROVAL)
    path = home / "plans" / "2021" / "criteria.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# checked by the office\n", encoding="utf-8")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    assert len(issue_documents([draft])) == 1
