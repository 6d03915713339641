"""Rehearses a change of plan and rules: which verdicts and which findings on files would differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from chuyenhoa.model import personal, results, submissions
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.assess.assessing import compute_assessment, gather_evidence
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive import read, validate
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store import ledger, tables


@dataclass(frozen=True)
class Flip:
    """One verdict that differs: of a criterion, or of the locality where `criterion` is empty.

    None is a result that one of the two wordings does not have.
    """

    milestone: str
    locality: str
    criterion: str
    before: results.Verdict | None
    after: results.Verdict | None


def compare_plans(ctx: Context, old: Plan, new: Plan) -> list[Flip]:
    """The verdicts that differ between two wordings of a plan, at every milestone that both have.

    Nothing is stored. Both are of the same id, since reports belong to the plan that their form names.
    """
    flips = []
    shared = [entry.id for entry in old.milestones if entry.id in new.period_by_id]
    with ctx.store.reading() as session:
        for milestone in shared:
            before, after = (
                _verdicts(
                    compute_assessment(
                        plan,
                        plan.period_by_id[milestone],
                        gather_evidence(ctx, session, plan.period_by_id[milestone], plan),
                    )
                )
                for plan in (old, new)
            )
            flips += [
                Flip(milestone, *key, before.get(key), after.get(key))
                for key in dict.fromkeys([*before, *after])
                if before.get(key) is not after.get(key)
            ]
    return flips


def _verdicts(found: results.Assessment) -> dict[tuple[str, str], results.Verdict]:
    """Every verdict by locality and criterion; under "" that of the locality."""
    verdicts = {}
    for locality in found.localities:
        verdicts[locality.locality, ""] = locality.verdict
        verdicts |= {(locality.locality, result.criterion): result.verdict for result in locality.criteria}
    return verdicts


@dataclass(frozen=True)
class FileChange:
    """A stored file of which the new rules say something else: findings that come, and findings that go.

    Each is the rule's id, its severity, locality and indicator. `is_held` says that a locality which the file
    gives is held back by a new error.
    """

    submission: str
    file_name: str
    submitter: str
    period: str
    new: tuple[tuple[str, str, str, str], ...]
    gone: tuple[tuple[str, str, str, str], ...]
    is_held: bool


def compare_files(ctx: Context, old: Plan, new: Plan, expectations: Path | None = None) -> list[FileChange]:
    """Read every accepted file again by both wordings, and list those with other findings.

    Nothing is stored. Each file is validated against what was in force when it came.

    Args:
        ctx: Where the files lie.
        old: The plan as it is.
        new: The plan as it would be, with its suites.
        expectations: The folder of the new suites; today's when None.
    """
    with ctx.store.reading() as session:
        accepted = [status.value for status in submissions.ACCEPTING]
        query = select(tables.SubmissionRow).where(
            tables.SubmissionRow.plan == old.id, tables.SubmissionRow.status.in_(accepted)
        )
        rows = list(session.scalars(query.order_by(tables.SubmissionRow.number)))
    before = _findings_by(ctx, old, rows, None)
    after = _findings_by(ctx, new, rows, expectations)
    found = []
    for row in rows:
        come = tuple(key for key in after[row.number] if key not in before[row.number])
        gone = tuple(key for key in before[row.number] if key not in after[row.number])
        if come or gone:
            held = any(severity == submissions.Severity.ERROR for _, severity, _, _ in come)
            name = ledger.submission_id(row.number)
            found.append(
                FileChange(
                    name, personal.mask_personal(row.file_name), row.submitter, row.period, come, gone, held
                )
            )
    return found


FindingKeys = dict[tuple[str, str, str, str], None]


def _findings_by(
    ctx: Context, plan: Plan, rows: Sequence[tables.SubmissionRow], expectations: Path | None
) -> dict[int, FindingKeys]:
    """What reader and rules of a plan say of stored files, by number."""
    other = Context(ctx.settings)
    rules = load_rules(expectations or ctx.settings.expectations, plan)
    other.__dict__.update(plans={**ctx.plans, plan.id: plan}, plan=plan, store=ctx.store)
    other.__dict__["_rules"] = {plan.id: rules}
    readings = read.read_rows(other, rows)
    failed = [str(entry) for entry in readings.values() if isinstance(entry, Exception)]
    if failed:
        raise RuntimeError("; ".join(failed))
    numbered = [(n, entry) for n, entry in readings.items() if not isinstance(entry, Exception)]
    check = validate.BatchCheck(other, ctx.store, numbered)
    return {
        number: {
            (f.rule_id, f.severity.value, f.locality, f.indicator): None for f in check.findings_of(number)
        }
        for number, _ in numbered
    }
