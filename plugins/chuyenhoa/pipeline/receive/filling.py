"""The official form filled with what was read from a file that cannot be marked, its cells to mend marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.feedback import mark_workbook
from chuyenhoa.intake.values.cell_values import read_number
from chuyenhoa.model import form
from chuyenhoa.model.figures import Answer, Basis, CellRef, Declaration, Justification, Observation
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Receipt, Severity
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store import ledger
from chuyenhoa.store.tables import DeclarationRow, JustificationRow, NarrativeRow, SubmissionRow
from chuyenhoa.workbooks import Filled, write_filled

Places = Mapping[tuple[str, str, str], str]
FORMULA_STARTS = frozenset({"", "=", "+", "-", "@"})
"""How a text begins that a spreadsheet would take for a formula once its cell is edited; or it is blank."""


def fill_form(ctx: Context, number: int, receipt: Receipt, findings: Sequence[Finding]) -> bytes | None:
    """The form of a submission's owner and period with what was read, its cells to mend marked.

    It has rows for the localities of that file alone, so that dropping it touches no other. A text that could
    not be read stands in its cell as it was typed: dropped unmended, the form is asked the same again. None
    when owner or period is not known.
    """
    with ctx.store.reading() as session:
        row = session.get_one(SubmissionRow, number)
        plan = ctx.plans.get(row.plan)
        if plan is None or row.period not in plan.period_by_id or row.submitter not in plan.submitter_by_code:
            return None
        observations = ledger.load_observations(session, number)
        filled = _load_filled(session, number, observations)
    filled = replace(filled, typed=_unread(plan, filled, findings, observations))
    period, submitter = plan.period_by_id[row.period], plan.submitter_by_code[row.submitter]
    received = datetime.fromisoformat(row.received_at)
    content, places = write_filled(plan, period, submitter, ctx.rules_of(plan, period), received, filled)
    guide = _Guide(observations, places)
    return mark_workbook(content, [guide.lead(finding) for finding in findings], receipt.locality_names)


def _load_filled(session: Session, number: int, observations: Sequence[Observation]) -> Filled:
    """What the store holds of a submission, as the form takes it."""
    declared = session.scalars(select(DeclarationRow).where(DeclarationRow.submission == number))
    said = session.scalars(select(NarrativeRow).where(NarrativeRow.submission == number))
    reasons = session.scalars(select(JustificationRow).where(JustificationRow.submission == number))
    localities = ledger.load_localities(session, number)
    return Filled(
        localities=frozenset(localities) or None,
        figures={(o.locality, o.basis, o.indicator): o.value for o in observations if o.value is not None},
        declarations={(entry.locality, entry.criterion): _declaration(entry) for entry in declared},
        narratives={entry.item: entry.text for entry in said},
        reasons=tuple(
            Justification(entry.rule_id, entry.locality, entry.reason, CellRef(entry.sheet, entry.cell))
            for entry in reasons
        ),
    )


def _unread(
    plan: Plan, filled: Filled, findings: Sequence[Finding], observations: Sequence[Observation]
) -> dict[tuple[str, Basis, str], str]:
    """What stands in cells that could not be read and would be refused again; nothing like a formula."""
    guide, texts = _Guide(observations, {}), {}
    for finding in findings:
        indicator = plan.indicator_by_code.get(finding.indicator)
        if indicator is None or finding.severity is not Severity.ERROR or finding.value[:1] in FORMULA_STARTS:
            continue
        key = (finding.locality, guide.basis_of(finding), indicator.code)
        problem = read_number(finding.value, indicator.unit, indicator.decimals).problem
        if problem and key not in filled.figures:
            texts[key] = finding.value
    return texts


def _declaration(row: DeclarationRow) -> Declaration:
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
class _Guide:
    """Knows the cell of the form in which a finding of the file is mended."""

    observations: Sequence[Observation]
    places: Places

    def lead(self, finding: Finding) -> Finding:
        """The finding at its cell of the form; without one where the form has none."""
        sheet = form.SHEET_OF_BASIS[self.basis_of(finding)]
        for name in (sheet, form.DECLARATIONS_SHEET):
            cell = self.places.get((name, finding.locality, finding.indicator))
            if cell is not None:
                others = (self._cell_of(finding.sheet, other) for other in finding.cells[1:])
                cells = (cell, *(address for where, address in filter(None, others) if where == name))
                return replace(finding, sheet=name, cells=tuple(dict.fromkeys(cells)))
        return replace(finding, sheet="", cells=())

    def basis_of(self, finding: Finding) -> Basis:
        """The window of the cell that a finding names, by what was read there or around it."""
        here = [o for o in self.observations if o.cell_ref.sheet == finding.sheet]
        exact = [o.basis for o in here if o.cell_ref.cell == finding.cell]
        column = finding.cell.rstrip("0123456789")
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
