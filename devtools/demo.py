"""`make demo`: the main job on a real Airflow, from blank workbooks to issued Word documents."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import sleep
from types import FrameType
from typing import TypeVar

from chuyenhoa import clock, settings
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan import load_plan
from devtools.airflow_api import ENDED, AirflowApi, AirflowApiError, Question
from devtools.demo_check import (
    RECEIPTS,
    check_milestone,
    check_runs,
    count_runs,
    explain_run,
    look_at,
    store_url,
    summarise,
)
from devtools.launcher import DAG_IDS, Airflow, AirflowError
from devtools.sample import SampleError, Scenario, load_sample, load_scenario
from devtools.sample_files import SampleFiles

TIMEOUT_S = 180.0
REST_S = 1.5
"""How long after a run ended the run that its asset event starts may take to appear."""
"""How long one step may take before the demo gives up."""
POLL_S = 0.5
DEMO_PLAN = "2021"
QUICK_MILESTONES = 1
BUSY_TRIES = 5

T = TypeVar("T")


class DemoError(RuntimeError):
    """A step of the demo did not happen."""


class Demo:
    """Plays the scenarios of one plan on a running Airflow and prints what happens."""

    def __init__(self, airflow: Airflow, plan: Plan, samples: Path, scenarios: Sequence[Scenario]) -> None:
        """`samples` holds a folder a milestone, `scenarios` are played in their order."""
        self.airflow = airflow
        self.plan = plan
        self.samples = samples
        self.scenarios = tuple(scenarios)
        self.data = airflow.folders.data
        self.timings: list[tuple[str, float]] = []
        self._start = clock.monotonic()
        self._receipts = 0

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Print the stage and how long it took; the timings are printed again at the end."""
        begin = clock.monotonic()
        print(f"[{begin - self._start:6.1f} s] {title}", flush=True)
        yield
        self.timings.append((title, clock.monotonic() - begin))

    def play(self) -> None:
        """Everything from the first blank workbook to the last issued document."""
        for scenario in self.scenarios:
            self._open_period(scenario)
            self._drop_files(scenario)
            self._report(scenario)
        with self.stage("Waiting until every run has ended"):
            self.airflow.api().wait_for_idle(DAG_IDS, TIMEOUT_S)

    def check(self) -> tuple[list[str], list[str]]:
        """What is missing of all that the scenarios expect, and the DAG runs counted by state."""
        api = self.airflow.api()
        found = look_at(self.data, self.plan.id)
        problems = [
            problem for entry in self.scenarios for problem in check_milestone(self.plan, entry, found)
        ]
        problems += check_runs(api, [entry.period for entry in self.scenarios], DAG_IDS)
        return problems, [count_runs(api, dag_id) for dag_id in DAG_IDS]

    def _open_period(self, scenario: Scenario) -> None:
        with self.stage(f"{scenario.period}: blank workbooks for {len(self.plan.submitters)} submitters"):
            self.airflow.set_time(scenario.forms_at, ask_timetable=False)
            self._await_rest()
            api = self.airflow.api()
            run = _persist(lambda: api.trigger("period_opening"))
            self._require_success(api, "period_opening", run.run_id)

    def _drop_files(self, scenario: Scenario) -> None:
        sample = load_sample(self.samples / scenario.period)
        files = SampleFiles(self.plan, scenario, sample, self.data)
        for wave in scenario.waves:
            with self.stage(f"{scenario.period}: {len(wave.drops)} files come on {wave.at:%d/%m/%Y %H:%M}"):
                self.airflow.set_time(wave.at, ask_timetable=False)
                for drop in wave.drops:
                    path = files.drop(drop)
                    print(f"           {path.relative_to(self.data)}", flush=True)
                self._receipts += len(wave.drops)
                self._await_receipts()
        with self.stage(f"{scenario.period}: assessment"):
            self._await_rest()

    def _report(self, scenario: Scenario) -> None:
        with self.stage(f"{scenario.period}: milestone report of {scenario.report_at:%d/%m/%Y %H:%M}"):
            _persist(lambda: self.airflow.set_time(scenario.report_at))
            question = self._await_question(scenario)
        with self.stage(
            f"{scenario.period}: the office approves, numbers from {scenario.decision['number']}"
        ):
            self._answer_all(scenario, question)
            self._require_success(self.airflow.api(), question.dag_id, question.run_id)

    def _answer_all(self, scenario: Scenario, first: Question) -> None:
        """Approve document by document, each with a number of its own, until the run has ended."""
        api, office = self.airflow.api(), self.airflow.api("office")
        end = clock.monotonic() + TIMEOUT_S
        while api.run(first.dag_id, first.run_id).state not in ENDED:
            for question in api.questions(first.dag_id):
                if question.run_id != first.run_id:
                    continue
                fields = {**scenario.decision, "comment": "", "returns": ""}
                option = fields.pop("option")
                # Who signs stands in the form already: it is the signatory of whoever issues the document.
                fields["signer"] = question.fields.get("signer") or self.plan.board.signatory.name
                fields["number"] = str(int(scenario.decision["number"]) + max(question.map_index, 0))
                print(f"           {question.subject}: number {fields['number']}", flush=True)
                _persist(partial(office.answer, question, option, fields))
            self._pause(end, "the office's answers to be recorded")

    def _await_rest(self) -> None:
        """Wait until nothing runs and nothing follows: an asset event starts its run a moment later."""
        for _ in range(2):
            sleep(REST_S)
            self.airflow.api().wait_for_idle(DAG_IDS, TIMEOUT_S)

    def _await_receipts(self) -> None:
        shown = -1
        end = clock.monotonic() + TIMEOUT_S
        while True:
            answered = sum(1 for _ in (self.data / "outbox").glob(f"*/{RECEIPTS}"))
            if answered != shown:
                print(f"           receipts: {answered} of {self._receipts}", flush=True)
                shown = answered
            if answered >= self._receipts:
                return
            self._pause(end, f"{self._receipts} receipts (there are {answered})")

    def _await_question(self, scenario: Scenario) -> Question:
        api = self.airflow.api()
        end = clock.monotonic() + TIMEOUT_S
        while True:
            runs = [run for run in api.runs("milestone_report") if run.partition_key == scenario.period]
            for run in runs:
                if run.state == "failed":
                    raise DemoError(explain_run(api, run.dag_id, run.run_id))
            ids = {run.run_id for run in runs}
            for question in api.questions("milestone_report"):
                if question.run_id in ids:
                    return question
            self._pause(end, f"the run of milestone {scenario.period} to ask the office")

    def _require_success(self, api: AirflowApi, dag_id: str, run_id: str) -> None:
        run = api.wait_for_run(dag_id, run_id, TIMEOUT_S)
        if run.state != "success":
            raise DemoError(explain_run(api, dag_id, run_id))

    def _pause(self, end: float, what: str) -> None:
        self.airflow.check_alive()
        if clock.monotonic() > end:
            raise DemoError(
                f"Waited {TIMEOUT_S:.0f} s for {what}, in vain; logs: {self.airflow.folders.logs}"
            )
        sleep(POLL_S)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play and print what was produced where; 0 when all that is expected is there, 1, or 3 on our fault."""
    parser = argparse.ArgumentParser(prog="make demo", description="The main job on an embedded Airflow.")
    parser.add_argument("--quick", action="store_true", help="one milestone, a third of the submitters")
    parser.add_argument("--folder", type=Path, help="where everything goes (default: var/demo)")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return run_demo(options.folder or settings.load().home / "var" / "demo", quick=options.quick)
    except (AirflowError, AirflowApiError, DemoError, SampleError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\nThe demo was stopped.", file=sys.stderr)
        return 130


def run_demo(folder: Path, *, quick: bool) -> int:
    """Play the demo in `folder` (made new); the exit code: 0, or 1 when something expected is missing."""
    start = clock.monotonic()
    demo = prepare_demo(folder, quick=quick)
    try:
        with demo.stage("Starting Airflow"):
            demo.airflow.start()
        demo.play()
        problems, run_lines = demo.check()
    finally:
        with demo.stage("Stopping Airflow"):
            demo.airflow.stop()
    _print_outcome(demo, run_lines)
    for problem in problems:
        print(f"MISSING: {problem}", file=sys.stderr)
    verdict = "Not all is there" if problems else "All that was expected is there"
    print(f"\n{verdict} ({clock.monotonic() - start:.0f} s).")
    return 1 if problems else 0


def prepare_demo(folder: Path, *, quick: bool) -> Demo:
    """A demo with an Airflow that is not started yet; what an earlier demo left in `folder` is removed."""
    folders = settings.load()
    plan = load_plan(folders.plans, DEMO_PLAN)
    samples = folders.home / "demo" / plan.id
    names = [milestone.id for milestone in plan.milestones][: QUICK_MILESTONES if quick else None]
    scenarios = [load_scenario(samples / name, quick=quick) for name in names]
    _make_anew(folder)
    now = folder / "clock"
    now.write_text(scenarios[0].forms_at.isoformat(), encoding="utf-8")
    environment = {
        "CHUYENHOA_NOW": f"@{now.absolute()}",
        "CHUYENHOA_STORE": store_url(folder.absolute() / "data"),
    }
    airflow = Airflow(folder / "airflow", folder / "data", environment, tell=_tell)
    return Demo(airflow, plan, samples, scenarios)


def _persist(call: Callable[[], T]) -> T:
    """Make a call to Airflow again while its database (SQLite) is busy; such a call changed nothing."""
    for _ in range(BUSY_TRIES - 1):
        try:
            return call()
        except AirflowApiError as error:
            if "Database error" not in str(error):
                raise
            sleep(POLL_S)
    return call()


def _print_outcome(demo: Demo, run_lines: Sequence[str]) -> None:
    found = look_at(demo.data, demo.plan.id)
    print("\nTime of each stage")
    for title, seconds in demo.timings:
        print(f"  {seconds:6.1f} s  {title}")
    for scenario in demo.scenarios:
        print(f"\nMilestone {scenario.period}")
        for line in summarise(demo.plan, scenario, found):
            print(f"  {line}")
    print("\nDAG runs")
    for line in run_lines:
        print(f"  {line}")
    data = _short(demo.data)
    print(f"\nWhere it is\n  forms, receipts, marked workbooks  {data}/outbox/<folder>/")
    print(f"  issued documents                   {data}/office/issued/")
    print(f"  what validation ran and found      {data}/data_docs/")


def _make_anew(folder: Path) -> None:
    """Remove what an earlier demo left, unless its Airflow still runs."""
    lock = folder / "airflow" / "lock"
    if lock.exists():
        with lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DemoError(f"{folder}: another demo runs here; stop it first.") from error
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)


def _short(path: Path) -> str:
    return os.path.relpath(path)


def _tell(line: str) -> None:
    print(f"           {line}", flush=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
