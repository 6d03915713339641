"""From frozen figures to issued Word documents.

Runs once for each milestone of the plans (partition key `2021-6t`, `2021-nam`), at 08:00 on the day after
the last day on time: freezes the figures, renders and checks the drafts, waits until the office approves
them or sends them back (*Required Actions*), records the decision and issues what was approved. Rerun,
backfill and clearing any task are safe: every step is bound to the sha256 of the frozen figures, and nobody
is asked twice about an approved document. To report at another time, trigger it with a `milestone`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DAG, Param, TriggerRule, task

from chuyenhoa import settings
from chuyenhoa.orchestration import approval
from chuyenhoa.orchestration.failures import explain_failure
from chuyenhoa.orchestration.timetable import MilestoneTimetable, read_milestones, select_milestone

WHAT_TO_DO = (
    "Nothing was issued that was not approved. Read the error above; mend figures, plan or template "
    "(`chuyenhoa plan check`, `chuyenhoa templates check`) and clear this task with everything after it."
)


@task
def resolve_milestone(dag_run: Any = None, params: dict[str, str] | None = None) -> str:
    """Tell which milestone the run is about: its partition key, else the parameter of a manual run."""
    known = [milestone.id for milestone in read_milestones(settings.load().plans)]
    return select_milestone(dag_run.partition_key, (params or {}).get("milestone"), known)


@task
def assess_milestone(milestone_id: str) -> str:
    """Apply every criterion to the figures as they stand; the id of the assessment."""
    from chuyenhoa import pipeline

    return pipeline.assess_milestone(milestone_id)


@task
def freeze_snapshot(milestone_id: str) -> str:
    """Freeze figures and results; the sha256 of the snapshot."""
    from chuyenhoa import pipeline

    return pipeline.freeze_snapshot(milestone_id)


@task
def render_drafts(snapshot_id: str) -> list[str]:
    """Render the Word drafts from the snapshot and nothing else; their document ids."""
    from chuyenhoa import pipeline

    return pipeline.render_drafts(snapshot_id)


@task
def check_drafts(document_ids: list[str]) -> list[str]:
    """Check the drafts before anybody is asked to read them."""
    from chuyenhoa import pipeline

    return pipeline.check_drafts(document_ids)


@task
def find_awaiting(document_ids: list[str]) -> list[str]:
    """Find the documents that are neither approved nor issued yet."""
    from chuyenhoa import pipeline

    return pipeline.documents_awaiting(document_ids)


@task
def describe_drafts(document_ids: list[str]) -> str:
    """Write what the office is asked to approve; skipped, with the question, when all is approved."""
    from chuyenhoa import pipeline

    return pipeline.describe_drafts(approval.require_any(document_ids, "Every document is approved already."))


@task
def record_decision(document_ids: list[str], answer: dict[str, Any]) -> list[str]:
    """Record approval or return in our own store; the approved documents."""
    from chuyenhoa import pipeline

    return pipeline.record_decision(document_ids, approval.decision_of(answer))


@task(trigger_rule=TriggerRule.NONE_FAILED, retries=2, retry_delay=timedelta(seconds=20))
def issue_documents(drafts: list[str], awaiting: list[str], approved: list[str] | None) -> list[str]:
    """Issue what is approved; skipped when the office sent everything back."""
    from chuyenhoa import pipeline

    issuable = approval.select_issuable(drafts, awaiting, approved)
    return pipeline.issue_documents(approval.require_any(issuable, "The office sent the drafts back."))


with DAG(
    "milestone_report",
    schedule=MilestoneTimetable.of_plans(settings.load().plans),
    start_date=pendulum.datetime(2021, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=True,
    doc_md=__doc__,
    tags=["chuyenhoa", "bao-cao"],
    params={"milestone": Param("", type=["null", "string"], title="Mốc, ví dụ 2021-6t")},
    default_args={"owner": "engineer", "retries": 0, "on_failure_callback": explain_failure(WHAT_TO_DO)},
):
    milestone = resolve_milestone()
    snapshot = freeze_snapshot(milestone)
    assess_milestone(milestone) >> snapshot
    checked = check_drafts(render_drafts(snapshot))
    awaiting = find_awaiting(checked)
    await_approval = approval.OfficeApproval(
        task_id="await_approval", documents=awaiting, **approval.approval_form("describe_drafts")
    )
    describe_drafts(awaiting) >> await_approval
    issue_documents(checked, awaiting, record_decision(awaiting, await_approval.output))
