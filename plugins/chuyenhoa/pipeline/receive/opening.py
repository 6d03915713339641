"""Hands out blank workbooks when a period opens."""

from __future__ import annotations

from pathlib import Path

from chuyenhoa import clock
from chuyenhoa.model.plan import Period, Submitter
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.workbooks import write_workbook


def form_name(period: Period, submitter: Submitter) -> str:
    """The name of a blank workbook, as in `BIEU-MAU-2021-6t-899-rach-gia.xlsx`."""
    return f"BIEU-MAU-{period.id}-{submitter.folder}.xlsx"


def _form_path(ctx: Context, period: Period, submitter: Submitter) -> Path:
    return ctx.settings.outbox / submitter.folder / form_name(period, submitter)


def periods_opening() -> list[str]:
    """Ids of the periods that are open today and for which a blank workbook is still missing."""
    ctx = open_context()
    today = clock.today()
    return [
        period.id
        for plan in ctx.plans.values()
        for period in plan.periods
        if period.opens is not None
        and period.opens <= today <= period.deadline
        and any(not _form_path(ctx, period, submitter).exists() for submitter in plan.submitters)
    ]


def open_period(period_id: str) -> list[str]:
    """Write the blank workbooks that are missing and make every inbox folder.

    Returns:
        The paths of all blank workbooks of the period, relative to the data folder.
    """
    ctx = open_context()
    plan, period = ctx.plan_of(period_id), ctx.period(period_id)
    paths = []
    for submitter in plan.submitters:
        (ctx.settings.inbox / submitter.folder).mkdir(parents=True, exist_ok=True)
        path = _form_path(ctx, period, submitter)
        if not path.exists():
            rules = ctx.rules_of(plan, period)
            write_file(path, write_workbook(plan, period, submitter, rules, clock.now()))
        paths.append(path.relative_to(ctx.settings.data).as_posix())
    return paths
