"""How tasks fail: what is tried again, and what their owner is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

logger = logging.getLogger(__name__)

RETRIES = 2
RETRY_DELAY = timedelta(seconds=20)
_INTAKE = (
    "The files are kept and the next run takes them up again, at the latest in 15 minutes. If that fails "
    "too: read the error above, fix its cause (disk, store, plan data), then trigger intake. A file that "
    "failed three times is set aside: 'chuyenhoa status' names it, 'chuyenhoa retry' has it tried again. No "
    "resubmission is needed."
)
_ASSESSMENT = (
    "No figure is lost: results are recomputed from the store. Read the error above; `chuyenhoa plan "
    "check` shows whether the plan's data is at fault. Then clear this task with everything after it."
)
_DRAFTS = (
    "Sound documents go to the office meanwhile. `chuyenhoa templates check` and `chuyenhoa layout check` "
    "name what is wrong with a template or draft; fix it, then clear render_drafts with all that follows it."
)
_FORMS = (
    "Submitters may be without their form. Read the error above (an unknown period, a full disk), fix "
    "it, then clear this task: forms that were written already stay as they are."
)
WHAT_TO_DO = {
    "claim_drops": _INTAKE,
    "process_batch": _INTAKE,
    "summarise_intake": (
        "Every file has its place: this names those that our own fault holds up, as its batch or the "
        "error above says. Fix the disk or its rights, then trigger intake."
    ),
    "publish_observations": (
        "All files are answered; the assessment looks at the ledger by itself every hour."
    ),
    "send_letters": (
        "The answers lie in the outbox, and no letter is lost. Correct the mail server's description "
        "(connection smtp_default or CHUYENHOA_SMTP) or the template that the error names; the next run "
        "sends them."
    ),
    "record_forms": (
        "The approval form stays in office/inbox/ and is taken by the next run, once the cause above is "
        "fixed. Files of submitters are not concerned."
    ),
    "find_milestones": _ASSESSMENT,
    "assess_milestone": _ASSESSMENT,
    "resolve_milestone": (
        "Nothing was done. Trigger the DAG again with a milestone that the plans have, like 2021-6t; "
        "`chuyenhoa plan check` shows whether a plan's data is at fault."
    ),
    "freeze_snapshot": _ASSESSMENT,
    "render_drafts": _DRAFTS,
    "check_drafts": _DRAFTS,
    "check_completeness": _DRAFTS,
    "list_for_office": (
        "The drafts are sound, and nobody was asked yet. Fix the store, then clear this task with "
        "everything after it."
    ),
    "await_approval": (
        "Nothing was issued. The draft was changed or replaced after the office was asked: clear "
        "render_drafts with everything after it, and the office is asked about the new draft."
    ),
    "issue_documents": (
        "The office has approved, and nothing is half issued. Fix the cause above and clear this task; "
        "figures or a template that changed after the approval need a new draft: clear freeze_snapshot "
        "with everything after it."
    ),
    "publish_handover": (
        "What is issued stays issued. Restore the issued file that the error names (from a backup), or "
        "free the disk, then clear this task."
    ),
    "find_periods": _FORMS,
    "open_period": _FORMS,
}
"""What an engineer does about a task that failed, by its id."""


def task_defaults() -> dict[str, Any]:
    """What all our tasks have in common: a disk or store that is away for a moment turns no run red."""
    return {
        "owner": "engineer",
        "retries": RETRIES,
        "retry_delay": RETRY_DELAY,
        "on_failure_callback": explain_failure,
    }


@contextmanager
def fail_at_once() -> Iterator[None]:
    """End a task red without another try, on an error that says of itself that it `is_final`.

    A second try would find a file set aside, end green, and nobody would look.
    """
    try:
        yield
    except Exception as error:
        if getattr(error, "is_final", False):
            raise AirflowFailException(str(error)) from error
        raise


def explain_failure(context: Mapping[str, Any]) -> None:
    """Log owner, task, run, error and what to do as one line of the failed task's log."""
    task, run = context["task"], context["dag_run"]
    logger.error(
        "FAILED %s.%s in run %s. Owner: %s. Error: %s. What to do: %s",
        run.dag_id,
        task.task_id,
        run.run_id,
        task.owner,
        str(context.get("exception") or "none given").rstrip("."),
        WHAT_TO_DO[task.task_id],
    )
