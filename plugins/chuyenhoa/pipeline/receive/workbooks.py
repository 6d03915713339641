"""The workbooks that submitters find in their outbox.

A blank one when a period opens; beside a receipt the one to correct: the submitter's own with marked cells,
or the form filled with what was read.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock, feedback
from chuyenhoa.feedback.marked import Marked
from chuyenhoa.intake.values.cell_values import read_number
from chuyenhoa.kit import sandbox
from chuyenhoa.model import form, personal
from chuyenhoa.model.figures import Answer, Basis, CellRef, Declaration, Justification, Observation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Period, Plan, Submitter
from chuyenhoa.model.submissions import Finding, Receipt, Severity, SubmissionStatus
from chuyenhoa.pipeline.context import Context, call_confined, open_context, write_file
from chuyenhoa.store import archive, ledger, tables
from chuyenhoa.workbooks import Filled, write_filled, write_workbook


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


logger = logging.getLogger(__name__)

MARK = sandbox.Task("chuyenhoa.feedback.marked:try_mark")
"""Marking reads the file again, so it is done where a poison file harms nobody."""
FORMULA_STARTS = frozenset({"", "=", "+", "-", "@"})
"""How a text begins that a spreadsheet would take for a formula once its cell is edited; or it is blank."""
CellMap = Mapping[tuple[str, str, str], str]
"""The address of every input cell of a form, by sheet, locality and indicator."""
Made = tuple[bytes, feedback.MarkedAs]


def make_workbooks(ctx: Context, receipts: Mapping[int, Receipt]) -> dict[int, Made]:
    """The workbooks to correct, by number; none where nothing is wrong, or the owner is not known.

    A file that cannot be marked (Word, CSV, an older Excel), or whose head is not understood, comes back as
    the form, with what was read.

    Raises:
        sandbox.FaultError: we failed on marking one.
    """
    jobs = {}
    made: dict[int, Made] = {}
    for number, receipt in receipts.items():
        to_mark = _select_marks(receipt)
        if any(finding.rule_id == Code.HEAD_NOT_UNDERSTOOD for finding in to_mark):
            # Marks on dozens of cells help nobody to mend a head: the form with what was read does.
            filled = _fill_form(ctx, number, receipt, to_mark)
            made |= {} if filled is None else {number: (filled, feedback.MarkedAs.FORM)}
        elif to_mark:
            original = archive.read_archived(ctx.settings.archive, receipt.sha256)
            jobs[number] = (original, to_mark, receipt.locality_names)
    outcomes = call_confined(MARK, list(jobs.values())) if jobs else []
    for number, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(outcome, sandbox.FaultError):
            raise outcome
        workbook = _use_marked_or_fill(ctx, number, receipts[number], outcome)
        if workbook is not None:
            made[number] = workbook
    return made


def _select_marks(receipt: Receipt) -> tuple[Finding, ...]:
    """The findings to mark; none for a file of which no corrected copy is wanted."""
    # A refused file is not ours or unreadable, a repetition has its answer, a .zip answers for its files.
    if receipt.status in (SubmissionStatus.REFUSED, SubmissionStatus.DUPLICATE) or receipt.members:
        return ()
    return tuple(f for f in receipt.findings if f.severity is not Severity.NOTE and not f.justification)


def _use_marked_or_fill(
    ctx: Context, number: int, receipt: Receipt, outcome: Marked | sandbox.Death
) -> Made | None:
    if isinstance(outcome, Marked) and outcome.content:
        return outcome.content, feedback.MarkedAs.ORIGINAL
    # Nor are macro sheets, DDE or OLE links sent back: the form takes their place (docs/decisions/0014).
    why = outcome.reason if isinstance(outcome, Marked) else outcome
    logger.info("%r cannot be marked: %s", personal.mask_personal(receipt.file_name), why)
    filled = _fill_form(ctx, number, receipt, _select_marks(receipt))
    return (filled, feedback.MarkedAs.FORM) if filled is not None else None


def _fill_form(ctx: Context, number: int, receipt: Receipt, findings: Sequence[Finding]) -> bytes | None:
    """The form of a submission's owner and period with what was read, its wrong cells marked.

    It has rows for the localities of that file alone, so that dropping it touches no other. A text that could
    not be read stands in its cell as it was typed ("mười hai"): dropped without a correction, the form gets
    the same finding again instead of a blank. None when owner or period is not known.
    """
    with ctx.store.reading() as session:
        row = session.get_one(tables.SubmissionRow, number)
        plan = ctx.plans.get(row.plan)
        # Without owner or period nothing can be filled in: the receipt alone answers (docs/decisions/0021).
        if plan is None or row.period not in plan.period_by_id or row.submitter not in plan.submitter_by_code:
            return None
        observations = ledger.load_observations(session, number)
        filled = _load_filled(session, number, observations)
    filled = replace(filled, typed=_unread(plan, filled, findings, observations))
    period, submitter = plan.period_by_id[row.period], plan.submitter_by_code[row.submitter]
    received = datetime.fromisoformat(row.received_at)
    content, places = write_filled(plan, period, submitter, ctx.rules_of(plan, period), received, filled)
    locator = _Locator(observations, places)
    return feedback.mark_workbook(
        content, [locator.move(finding) for finding in findings], receipt.locality_names
    )


def _load_filled(session: Session, number: int, observations: Sequence[Observation]) -> Filled:
    """What the store holds of a submission, in the shape of a form."""
    declared = session.scalars(
        select(tables.DeclarationRow).where(tables.DeclarationRow.submission == number)
    )
    texts = session.scalars(select(tables.NarrativeRow).where(tables.NarrativeRow.submission == number))
    reasons = session.scalars(
        select(tables.JustificationRow).where(tables.JustificationRow.submission == number)
    )
    localities = ledger.load_localities(session, number)
    return Filled(
        localities=frozenset(localities) or None,
        figures={(o.locality, o.basis, o.indicator): o.value for o in observations if o.value is not None},
        declarations={(entry.locality, entry.criterion): _declaration(entry) for entry in declared},
        narratives={entry.item: entry.text for entry in texts},
        reasons=tuple(
            Justification(entry.rule_id, entry.locality, entry.reason, CellRef(entry.sheet, entry.cell))
            for entry in reasons
        ),
    )


def _unread(
    plan: Plan, filled: Filled, findings: Sequence[Finding], observations: Sequence[Observation]
) -> dict[tuple[str, Basis, str], str]:
    """The texts of cells that could not be read and would be refused again; nothing like a formula."""
    locator, texts = _Locator(observations, {}), {}
    for finding in findings:
        indicator = plan.indicator_by_code.get(finding.indicator)
        if indicator is None or finding.severity is not Severity.ERROR or finding.value[:1] in FORMULA_STARTS:
            continue
        key = (finding.locality, locator.basis_of(finding), indicator.code)
        # Only what the number reader refuses again: an error of a rule is about a figure that was read.
        problem = read_number(finding.value, indicator.unit, indicator.decimals).problem
        if problem and key not in filled.figures:
            texts[key] = finding.value
    return texts


def _declaration(row: tables.DeclarationRow) -> Declaration:
    return Declaration(
        locality=row.locality,
        criterion=row.criterion,
        answer=Answer(row.answer) if row.answer else None,
        document_number=row.document_number,
        document_date=date.fromisoformat(row.document_date) if row.document_date else None,
        note=row.note,
        cell_ref=CellRef(row.sheet, row.cell),
    )


@dataclass
class _Locator:
    """Finds the cell of the form that corresponds to a cell of the file."""

    observations: Sequence[Observation]
    places: CellMap

    def move(self, finding: Finding) -> Finding:
        """The finding at its cell of the form; without a cell where the form has none."""
        sheet = form.SHEET_OF_BASIS[self.basis_of(finding)]
        for name in (sheet, form.DECLARATIONS_SHEET):
            cell = self.places.get((name, finding.locality, finding.indicator))
            if cell is not None:
                others = (self._cell_of(finding.sheet, other) for other in finding.cells[1:])
                cells = (cell, *(address for where, address in filter(None, others) if where == name))
                return replace(finding, sheet=name, cells=tuple(dict.fromkeys(cells)))
        return replace(finding, sheet="", cells=())

    def basis_of(self, finding: Finding) -> Basis:
        """The window (this period or "Cùng kỳ") of the cell that a finding names.

        Nothing was read from a cell that is refused. Then its column tells, since hand-made tables put both
        windows side by side on one sheet; else the window of most cells of the sheet.
        """
        here = [o for o in self.observations if o.cell_ref.sheet == finding.sheet]
        exact = [o.basis for o in here if o.cell_ref.cell == finding.cell]
        column = finding.cell.rstrip("0123456789")  # D12 → D
        beside = [o.basis for o in here if o.cell_ref.cell.rstrip("0123456789") == column]
        counted = Counter(exact or beside or [o.basis for o in here])
        return counted.most_common(1)[0][0] if counted else Basis.CURRENT

    def _cell_of(self, sheet: str, cell: str) -> tuple[str, str] | None:
        """Sheet and address in the form of a cell of the file."""
        for entry in self.observations:
            if (entry.cell_ref.sheet, entry.cell_ref.cell) == (sheet, cell):
                name = form.SHEET_OF_BASIS[entry.basis]
                address = self.places.get((name, entry.locality, entry.indicator))
                return (name, address) if address else None
        return None
