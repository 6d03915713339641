"""Tells the owner of a failed task what happened and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)


def explain_failure(what_to_do: str) -> Callable[[Mapping[str, Any]], None]:
    """A failure callback that logs owner, task, run, error and `what_to_do` as one line of the task's log."""

    def report_to_owner(context: Mapping[str, Any]) -> None:
        task, run = context["task"], context["dag_run"]
        logger.error(
            "FAILED %s.%s in run %s. Owner: %s. Error: %s. What to do: %s",
            run.dag_id,
            task.task_id,
            run.run_id,
            task.owner,
            str(context.get("exception") or "none given").rstrip("."),
            what_to_do,
        )

    return report_to_owner
