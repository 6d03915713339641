"""Airflow's scheduler with the libraries of our tasks loaded before it forks the processes that run them.

The local executor forks a process for every task. Without this each of them would load its libraries again:
1 to 3 seconds for a small task, 5 and more where Great Expectations is needed. The local launcher's only.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from time import sleep
from urllib.error import URLError
from urllib.request import urlopen

LIBRARIES = (
    "airflow.executors.local_executor",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.hitl",
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "airflow.dag_processing.dagbag",
    "great_expectations",
    "docxtpl",
    "xlsxwriter",
    "chuyenhoa.pipeline.receive.answer",
    "chuyenhoa.pipeline.assess.assessing",
    "chuyenhoa.pipeline.publish.issuing",
    "chuyenhoa.pipeline.receive.workbooks",
    "chuyenhoa.pipeline.publish.rendering",
    "chuyenhoa.pipeline.receive.batches",
    "chuyenhoa.orchestration.timetable",
)
"""Named, not imported by statement: they are only loaded here, and used in the rooms they belong to."""


def main() -> None:
    """Load the libraries, wait for the API (a task that is queued before it listens fails), then schedule."""
    for name in LIBRARIES:
        import_module(name)
    _await_api(os.environ["AIRFLOW__API__BASE_URL"])
    from airflow.__main__ import main as run_airflow

    sys.argv = ["airflow", "scheduler", "--skip-serve-logs"]
    run_airflow()  # type: ignore[no-untyped-call]


def _await_api(base_url: str) -> None:
    while True:
        try:
            with urlopen(f"{base_url}/api/v2/monitor/health", timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            sleep(0.3)


if __name__ == "__main__":
    main()
