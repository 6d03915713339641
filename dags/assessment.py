"""Criterion results and verdicts from stored figures.

Follows the asset `observations`, and looks at the ledger every hour in any case. Assesses each milestone
whose figures are newer than its last assessment; it can run again at any time with the same outcome.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, task

from chuyenhoa.orchestration.failures import task_defaults
from chuyenhoa.orchestration.trigger import OBSERVATIONS


@task
def find_milestones() -> list[str]:
    """Find the milestones whose figures are newer than their last assessment."""
    from chuyenhoa.pipeline.assess.assessing import milestones_to_assess

    return milestones_to_assess()


@task(map_index_template="{{ task.op_kwargs['milestone_id'] }}")
def assess_milestone(milestone_id: str) -> str:
    """Apply every criterion of the plan to every locality; the id of the assessment."""
    from chuyenhoa.pipeline.assess.assessing import assess_milestone

    return assess_milestone(milestone_id)


with DAG(
    "assessment",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("50 * * * *", timezone="Asia/Ho_Chi_Minh"), assets=[OBSERVATIONS]
    ),
    start_date=pendulum.datetime(2021, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=4,
    description=__doc__.splitlines()[0],
    doc_md=__doc__,
    tags=["chuyenhoa", "danh-gia"],
    default_args=task_defaults(),
):
    assess_milestone.expand(milestone_id=find_milestones())
