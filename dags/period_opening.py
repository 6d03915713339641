"""Blank workbooks into the outboxes, when a period opens.

Looks every morning at 06:00 (Asia/Ho_Chi_Minh) for periods that open, and puts the blank workbook of each
submitter into its outbox. A workbook that is there already is left alone. To hand out the forms of one
period at another time, trigger the DAG with the parameter `period`, like `2021-t05`.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG, CronTriggerTimetable, Param, task

from chuyenhoa.orchestration.failures import task_defaults


@task
def find_periods(params: dict[str, str] | None = None) -> list[str]:
    """Find the periods to open: the one that the run names, else those that are due."""
    from chuyenhoa.pipeline.receive.workbooks import periods_opening

    named = ((params or {}).get("period") or "").strip()
    return [named] if named else periods_opening()


@task(map_index_template="{{ task.op_kwargs['period_id'] }}")
def open_period(period_id: str) -> list[str]:
    """Write the missing blank workbooks of one period; their paths below the data folder."""
    from chuyenhoa.pipeline.receive.workbooks import open_period

    return open_period(period_id)


with DAG(
    "period_opening",
    schedule=CronTriggerTimetable("0 6 * * *", timezone="Asia/Ho_Chi_Minh"),
    start_date=pendulum.datetime(2021, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    description=__doc__.splitlines()[0],
    doc_md=__doc__,
    tags=["chuyenhoa", "bieu-mau"],
    params={
        "period": Param(
            "",
            type=["null", "string"],
            title="Kỳ báo cáo",
            description="Để trống: kỳ đến hạn",
        )
    },
    default_args=task_defaults(),
):
    open_period.expand(period_id=find_periods())
