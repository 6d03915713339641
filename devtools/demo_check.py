"""What a demo must have produced, and whether it did: receipts, statuses, verdicts, documents, green runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import ACCEPTING
from chuyenhoa.store import open_store
from chuyenhoa.store.documents import DocumentState, latest_assessment, list_documents
from chuyenhoa.store.justifications import released_by
from chuyenhoa.store.results import load_verdicts
from chuyenhoa.store.tables import DocumentRow, SubmissionRow
from devtools.sample import Drop, Scenario
from devtools.sample_files import MARKED_PREFIX, period_of

if TYPE_CHECKING:
    from devtools.airflow_api import AirflowApi

RECEIPTS = "PHIEU-TIEP-NHAN-*.html"


@dataclass(frozen=True)
class Found:
    """What lies in the data folder and in the store."""

    data: Path
    plan_id: str
    submissions: tuple[SubmissionRow, ...]
    documents: tuple[DocumentRow, ...]

    def verdicts(self, milestone: str) -> dict[str, int]:
        """How many localities have which verdict by the newest assessment; empty when there is none."""
        with open_store(store_url(self.data)).reading() as session:
            row = latest_assessment(session, milestone)
        if row is None:
            return {}
        return dict(Counter(load_verdicts(session, row.id).values()))


def store_url(data: Path) -> str:
    """The demo's own store, whatever CHUYENHOA_STORE says elsewhere."""
    return f"sqlite:///{data / 'chuyenhoa.db'}"


def look_at(data: Path, plan_id: str) -> Found:
    """The state of a demo's data folder and store."""
    with open_store(store_url(data)).reading() as session:
        submissions = tuple(session.scalars(select(SubmissionRow).order_by(SubmissionRow.number)))
        documents = tuple(list_documents(session))
    return Found(data, plan_id, submissions, documents)


def check_milestone(plan: Plan, scenario: Scenario, found: Found) -> list[str]:
    """Everything that the scenario expects and that is not there, in words."""
    rows = {(row.folder, row.file_name): row for row in found.submissions}
    problems = _check_forms(plan, scenario, found)
    for drop in scenario.drops:
        folder = plan.submitter_by_code[drop.submitter].folder
        problems += _check_drop(drop, folder, rows.get((folder, drop.file)), found.data)
    verdicts = found.verdicts(scenario.period)
    wanted = {name: count for name, count in scenario.verdicts.items() if count}
    if verdicts != wanted:
        problems.append(f"{scenario.period}: verdicts {wanted}, and they are {verdicts}")
    return problems + _check_document(scenario, found)


def check_runs(api: AirflowApi, milestones: Iterable[str], dag_ids: Sequence[str]) -> list[str]:
    """Every run that did not succeed, and every milestone without a scheduled run of its own."""
    problems = [
        f"{dag_id}: run {run.run_id} is {run.state}"
        for dag_id in dag_ids
        for run in api.runs(dag_id)
        if run.state != "success"
    ]
    scheduled = {run.partition_key for run in api.runs("milestone_report") if run.run_type == "scheduled"}
    problems += [
        f"milestone_report: no scheduled run for {name}" for name in milestones if name not in scheduled
    ]
    problems += [f"{dag_id}: no run at all" for dag_id in dag_ids if not api.runs(dag_id)]
    return problems


def summarise(plan: Plan, scenario: Scenario, found: Found) -> list[str]:
    """What a milestone produced and where, as lines of a table."""
    names = {(plan.submitter_by_code[drop.submitter].folder, drop.file) for drop in scenario.drops}
    rows = [row for row in found.submissions if (row.folder, row.file_name) in names]
    statuses = Counter(row.status for row in rows)
    late = sum(row.is_late for row in rows)
    verdicts = found.verdicts(scenario.period)
    lines = [
        f"blank workbooks   {len(_forms(plan, scenario, found))} of {len(plan.submitters)} submitters",
        f"files             {len(rows)} answered: {_counted(statuses)}; late: {late}",
        f"silent            {', '.join(plan.submitter_by_code[code].name for code in scenario.silent)}",
        f"localities        {_counted(verdicts)} of {len(plan.localities)}",
    ]
    for row in _documents(scenario, found):
        state = f"{row.state}, No. {row.number}" if row.number else row.state
        lines.append(f"document          {state}: {row.issued_path or row.draft_path}")
        lines.append(f"                  sha256 {row.issued_sha256 or row.draft_sha256}")
    return lines


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in sorted(counts)) or "none"


def _forms(plan: Plan, scenario: Scenario, found: Found) -> list[str]:
    """The submitters in whose outbox the blank workbook of the period lies."""
    return [
        entry.code
        for entry in plan.submitters
        if any(
            not path.name.startswith(MARKED_PREFIX) and period_of(path) == scenario.period
            for path in (found.data / "outbox" / entry.folder).glob("*.xlsx")
        )
    ]


def _check_forms(plan: Plan, scenario: Scenario, found: Found) -> list[str]:
    missing = {entry.code for entry in plan.submitters} - set(_forms(plan, scenario, found))
    return [f"{scenario.period}: blank workbook of {code}" for code in sorted(missing)]


def _check_drop(drop: Drop, folder: str, row: SubmissionRow | None, data: Path) -> list[str]:
    name = f"{folder}/{drop.file}"
    if row is None:
        return [f"{name}: not in the ledger"]
    problems = []
    if row.status != drop.status:
        problems.append(f"{name}: status {drop.status}, and it is {row.status}")
    if row.is_late != drop.is_late:
        problems.append(f"{name}: late {drop.is_late}, and it is {row.is_late}")
    receipt = data / "outbox" / folder / Path(row.receipt).name
    if not row.receipt or not receipt.is_file() or not receipt.match(RECEIPTS):
        problems.append(f"{name}: receipt")
    # A warning that the file itself explains leaves nothing to correct.
    has_findings = drop.status not in {"accepted", "duplicate"} and not drop.explanations
    marked = data / "outbox" / folder / Path(row.marked_workbook).name
    if has_findings and not (row.marked_workbook and marked.is_file()):
        problems.append(f"{name}: marked workbook")
    if drop.explains and drop.status in ACCEPTING and not _has_released(data, row):
        problems.append(f"{name}: released nothing")
    if (data / "inbox" / folder / drop.file).exists():
        problems.append(f"{name}: still in the inbox")
    if row.version is None and drop.status in ACCEPTING and not drop.explains:
        problems.append(f"{name}: version")
    return problems


def _has_released(data: Path, row: SubmissionRow) -> bool:
    """Whether localities are accepted since this file gave the reasons."""
    with open_store(store_url(data)).reading() as session:
        return bool(released_by(session, [row.number]))


def _documents(scenario: Scenario, found: Found) -> list[DocumentRow]:
    return [row for row in found.documents if row.milestone == scenario.period]


def _check_document(scenario: Scenario, found: Found) -> list[str]:
    issued = [row for row in _documents(scenario, found) if row.state == DocumentState.ISSUED]
    problems = [] if issued else [f"{scenario.period}: issued document"]
    for row in issued:
        path = found.data / row.issued_path
        if path.suffix != ".docx" or not path.is_file() or not path.stat().st_size:
            problems.append(f"{scenario.period}: file {row.issued_path}")
    first = scenario.decision["number"]
    if issued and first not in {row.number for row in issued}:
        problems.append(f"{scenario.period}: number {first}, and there is none")
    problems += [f"{row.id}: {row.state}" for row in _documents(scenario, found) if row.state == "approved"]
    return problems


def count_runs(api: AirflowApi, dag_id: str) -> str:
    """The runs of a DAG counted by state."""
    states = [run.state for run in api.runs(dag_id)]
    counted = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    return f"{dag_id:<18}{counted or 'none'}"


def explain_run(api: AirflowApi, dag_id: str, run_id: str) -> str:
    """What failed in a run, with the end of the log of each failed task."""
    lines = [f"The run {run_id} of {dag_id} failed."]
    for log in api.failed_logs(dag_id, run_id):
        lines += [f"--- {log.task_id} ({log.state})", *log.text.splitlines()[-25:]]
    return "\n".join(lines)
