"""Files of the submitters in, receipts out.

Wakes when files lie still in the inbox, and every 15 minutes in any case, because an event can be lost.
What is new is decided by the ledger, never by the event: running twice changes nothing. A file with
mistakes is answered with a receipt and leaves the run green; a red run is our own fault, and the file is
kept for the next run.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from chuyenhoa.orchestration.failures import fail_at_once, task_defaults
from chuyenhoa.orchestration.trigger import INBOX, OBSERVATIONS, files_seen_still

# One slot: two runs never work on the inbox at once. max_active_runs=1 would leave events stuck (#56050).
POOL = "intake"


@task(pool=POOL)
def claim_drops(triggering_asset_events: Any = None) -> list[list[str]]:
    """Take the files that stand still into the archive and the ledger; their submission ids in batches."""
    from chuyenhoa.pipeline.receive import batches

    # One task a file would cost more than the work, and a task of its own to cut them costs a second.
    return batches.batch(batches.claim_drops(files_seen_still(triggering_asset_events)))


@task(pool=POOL, map_index_template="lô {{ ti.map_index + 1 }}: {{ task.op_kwargs['ids'] | length }} tệp")
def process_batch(ids: list[str]) -> list[str]:
    """Check, store and answer every file of a batch."""
    from chuyenhoa.pipeline.receive.batches import process_batch

    with fail_at_once():
        return process_batch(ids)


# Not ALL_DONE_MIN_ONE_SUCCESS: a cleared run finds no batch any more, and would end red without a fault.
@task(outlets=[OBSERVATIONS], trigger_rule=TriggerRule.ALL_DONE)
def publish_observations(answered: list[list[str]] | None) -> int:
    """Tell the assessment that figures may have changed, when at least one file was answered."""
    count = sum(len(ids) for ids in answered or ())
    if not count:
        raise AirflowSkipException("No file was answered: there is nothing to assess.")
    return count


@task(trigger_rule=TriggerRule.ALL_DONE, execution_timeout=timedelta(minutes=10))
def send_letters() -> dict[str, int]:
    """Mail the answers, if a mail server is set up; one that is down makes letters wait, nothing fails."""
    from chuyenhoa.orchestration.mail_connection import find_mail_server
    from chuyenhoa.pipeline.notify.mailing import send_letters

    return send_letters(find_mail_server())


@task(execution_timeout=timedelta(minutes=10))
def record_forms() -> int:
    """Record the approval forms that the office dropped, issue what they approve; how many were taken."""
    from chuyenhoa.pipeline.publish.approval_forms import take_forms

    return len(take_forms())


@task
def summarise_intake(claimed: list[list[str]]) -> dict[str, int]:
    """Count the answers by status; fails with its batches, so that a run with our fault is red."""
    from chuyenhoa.pipeline.receive.batches import summarise_intake

    with fail_at_once():
        return summarise_intake([name for ids in claimed for name in ids])


with DAG(
    "intake",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("*/15 * * * *", timezone="Asia/Ho_Chi_Minh"), assets=[INBOX]
    ),
    start_date=pendulum.datetime(2021, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=4,
    description=__doc__.splitlines()[0],
    doc_md=__doc__,
    tags=["chuyenhoa", "tiep-nhan"],
    default_args=task_defaults(),
):
    record_forms()
    claimed = claim_drops()
    answered = process_batch.expand(ids=claimed)
    publish_observations(answered)
    answered >> [summarise_intake(claimed), send_letters()]
