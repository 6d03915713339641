"""From frozen figures to issued Word documents.

Runs once for each milestone of the plans (partition key `2021-6t`, `2021-nam`), at 08:00 on the day after
the last day on time: freezes the figures, renders and checks the drafts, waits until the office decides on
them (*Required Actions*) and issues what it approved. Rerun, backfill and clearing any task are safe: all is
bound to the sha256 of the frozen figures. To report at another time, trigger it with a `milestone`.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import DAG, Param, TriggerRule, task, task_group

from chuyenhoa.orchestration import approval
from chuyenhoa.orchestration.failures import task_defaults
from chuyenhoa.orchestration.timetable import MilestoneTimetable, read_milestones, select_milestone


@task
def resolve_milestone(dag_run: Any = None, params: dict[str, str] | None = None) -> str:
    """Find which milestone the run is about: its partition key, else the parameter of a manual run."""
    known = [milestone.id for milestone in read_milestones()]
    return select_milestone(dag_run.partition_key, (params or {}).get("milestone"), known)


@task
def assess_milestone(milestone_id: str) -> str:
    """Apply every criterion to the figures as they stand; the id of the assessment."""
    from chuyenhoa.pipeline.assess.assessing import assess_milestone

    return assess_milestone(milestone_id)


@task
def freeze_snapshot(milestone_id: str) -> str:
    """Freeze figures and results; the sha256 of the snapshot."""
    from chuyenhoa.pipeline.publish.rendering import freeze_snapshot

    return freeze_snapshot(milestone_id)


@task
def render_drafts(snapshot_id: str) -> list[str]:
    """Render the Word drafts from the snapshot and nothing else; their document ids."""
    from chuyenhoa.pipeline.publish.rendering import render_drafts

    return render_drafts(snapshot_id)


@task
def check_drafts(document_ids: list[str]) -> list[str]:
    """Check the drafts before anybody is asked to read them."""
    from chuyenhoa.pipeline.publish.rendering import check_drafts

    return check_drafts(document_ids)


@task
def check_completeness(snapshot_id: str, document_ids: list[str]) -> int:
    """Turn the run red when a document that should exist is missing; the others are asked about meanwhile."""
    from chuyenhoa.pipeline.publish.rendering import check_completeness

    return check_completeness(snapshot_id, document_ids)


@task
def list_for_office(document_ids: list[str]) -> list[list[str]]:
    """List the documents that the office decides on: one question each."""
    from chuyenhoa.pipeline.publish.drafts import list_for_office

    return list_for_office(document_ids)


@task(trigger_rule=TriggerRule.NONE_FAILED)
def issue_documents(documents: list[str]) -> list[str]:
    """Issue what is approved; skipped when the office sent it back."""
    from chuyenhoa.pipeline.publish.issuing import issue_documents

    return approval.require_any(issue_documents(documents), "The office sent the draft back.")


@task(trigger_rule=TriggerRule.NONE_FAILED)
def publish_handover(milestone_id: str) -> str:
    """Pack what is issued with all that proves it, and queue the letters to its recipients."""
    from chuyenhoa.pipeline.publish.handover import write_handover
    from chuyenhoa.pipeline.publish.issuing import list_issued

    approval.require_any(list_issued(milestone_id), "Nothing of this milestone is issued.")
    return write_handover(milestone_id)


@task_group(prefix_group_id=False)
def decide(documents: list[str]) -> None:
    """Ask about one document and issue it as soon as it is approved, whatever becomes of the others."""
    await_approval = approval.OfficeApproval(
        task_id="await_approval", documents=documents, **approval.approval_form()
    )
    await_approval >> issue_documents(documents)


with DAG(
    "milestone_report",
    schedule=MilestoneTimetable.of_plans(),
    start_date=pendulum.datetime(2021, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=True,
    description=__doc__.splitlines()[0],
    doc_md=__doc__,
    tags=["chuyenhoa", "bao-cao"],
    params={"milestone": Param("", type=["null", "string"], title="Mốc, ví dụ 2021-6t")},
    default_args=task_defaults(),
):
    milestone = resolve_milestone()
    snapshot = freeze_snapshot(milestone)
    assess_milestone(milestone) >> snapshot
    checked = check_drafts(render_drafts(snapshot))
    check_completeness(snapshot, checked)
    decide.expand(documents=list_for_office(checked)) >> publish_handover(milestone)
