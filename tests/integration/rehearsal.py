"""Plays the whole sample year through the pipeline's functions, without Airflow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.assess.assessing import assess_milestone, milestones_to_assess
from chuyenhoa.pipeline.publish.drafts import list_for_office
from chuyenhoa.pipeline.publish.issuing import issue_documents, record_decision
from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
from chuyenhoa.pipeline.receive.batches import batch, claim_drops, process_batch
from chuyenhoa.pipeline.receive.workbooks import open_period, periods_opening
from devtools.sample import Drop, Scenario, load_sample, load_scenario
from devtools.sample_files import SampleFiles
from tests.integration.prepared import once

SetTime = Callable[[datetime], None]
MILESTONES = ("2021-6t", "2021-nam")


@dataclass(frozen=True)
class Played:
    """One milestone after it was played: what was dropped and what was issued."""

    scenario: Scenario
    dropped: Path
    """Copies of the dropped files, a folder a submitter code."""
    issued: tuple[Path, ...]

    def path_of(self, drop: Drop) -> Path:
        """The copy of a dropped file."""
        return self.dropped / drop.submitter / drop.file


def play_milestone(plan: Plan, folder: Path, data: Path, copies: Path, set_time: SetTime) -> Played:
    """Forms, drops, answers, assessment, report, approval and issue of one milestone.

    `folder` holds the milestone's sample; `set_time` moves the pipeline's clock.
    """
    scenario = load_scenario(folder)
    files = SampleFiles(plan, scenario, load_sample(folder), data)
    set_time(scenario.forms_at)
    for period in periods_opening():
        open_period(period)
    for wave in scenario.waves:
        set_time(wave.at)
        for drop in wave.drops:
            copy = copies / scenario.period / drop.submitter / drop.file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(files.drop(drop).read_bytes())
        run_intake()
        for milestone in milestones_to_assess():
            assess_milestone(milestone)
    set_time(scenario.report_at)
    issued = report(plan, scenario)
    return Played(scenario, copies / scenario.period, tuple(data / path for path in issued))


def play_year(root: Path, plan: Plan, data: Path, set_time: SetTime) -> dict[str, Played]:
    """Both milestones of the sample year in a new data folder, by name; played once a run.

    Copies of the dropped files lie beside `data`; the clock is left at the last report.
    """
    folders = {name: root / "demo" / "2021" / name for name in MILESTONES}
    scenarios = {name: load_scenario(folder) for name, folder in folders.items()}
    copies, beside = data / "copies", data.parent / "copies"

    def make() -> dict[str, tuple[str, ...]]:
        played = {
            name: play_milestone(plan, folder, data, copies, set_time) for name, folder in folders.items()
        }
        return {
            name: tuple(path.relative_to(data).as_posix() for path in one.issued)
            for name, one in played.items()
        }

    set_time(scenarios[MILESTONES[0]].forms_at)
    issued = once(data, "sample year", make)
    shutil.move(copies, beside)
    set_time(scenarios[MILESTONES[-1]].report_at)
    return {
        name: Played(scenario, beside / scenario.period, tuple(data / path for path in issued[name]))
        for name, scenario in scenarios.items()
    }


def run_intake() -> list[str]:
    """One pass over the inbox; the ids that were answered."""
    ids = claim_drops()
    return [answered for part in batch(ids) for answered in process_batch(part)]


def report(plan: Plan, scenario: Scenario) -> list[str]:
    """Freeze, render, check, approve and issue; paths below the data folder."""
    drafts = render_drafts(freeze_snapshot(scenario.period))
    issued: list[str] = []
    for count, documents in enumerate(list_for_office(check_drafts(drafts))):
        decision: dict[str, object] = {
            **scenario.decision,
            "number": str(int(scenario.decision["number"]) + count),
            "chosen": "approve",
            "signer": plan.board.signatory.name,
            "by": "office",
        }
        issued += issue_documents(record_decision(documents, decision))
    return issued
