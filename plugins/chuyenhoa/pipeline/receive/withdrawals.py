"""What a file takes back: "xóa" in a cell, or a line RUT of a locality on sheet "Giải trình".

Only an explicit word takes a stated value out of force (docs/decisions/0035). A line RUT becomes a withdrawal
of every single value that was ever stated of the locality in this report, those that wait for a reason
included; so there is one kind of withdrawal in the store, with the cell that says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.model.figures import Basis, CellRef, Declaration, Observation, StatementKey
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import WITHDRAWAL_RULE
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store import in_force


def expand(
    ctx: Context, session: Session, reading: Reading, number: int
) -> tuple[Reading, tuple[Finding, ...]]:
    """The reading with its lines RUT as withdrawals, and notes on what there was nothing to withdraw of.

    The files before it must be stored already.
    """
    lines = {j.locality: j.cell_ref for j in reading.justifications if j.rule_id == WITHDRAWAL_RULE}
    if not lines and not any(_withdrawn_cells(reading)):
        return reading, ()
    found = FindingList(reading.file_name)
    scope = in_force.Scope([reading.period], {*reading.localities, *lines}, reading.plan)
    standing = {
        entry.figure.key
        for entry in in_force.newest(in_force.load_figures(session, scope), number).values()
        if entry.figure.value is not None
    } | {
        entry.declaration.key
        for entry in in_force.newest(in_force.load_declarations(session, scope), number).values()
        if entry.declaration.answer is not None
    }
    for key, where in _withdrawn_cells(reading):
        if key not in standing:
            _note(found, where, key[0], "xóa")
    earlier = in_force.numbers_before(session, scope, number)
    stated = set().union(*in_force.load_stated(session, earlier, scope.localities or ()).values())
    for code, where in lines.items():
        if not any(key[0] == code for key in stated):
            _note(found, where, code, WITHDRAWAL_RULE)
    return _with_lines(ctx, reading, lines, stated), tuple(found.found)


def _withdrawn_cells(reading: Reading) -> Iterator[tuple[StatementKey, CellRef]]:
    for seen in reading.observations:
        if seen.withdrawn:
            yield seen.key, seen.cell_ref
    for told in reading.declarations:
        if told.withdrawn:
            yield told.key, told.cell_ref


def _note(found: FindingList, where: CellRef, locality: str, value: str) -> None:
    found.add(
        Code.NOTHING_TO_WITHDRAW, sheet=where.sheet, cells=(where.cell,), locality=locality, value=value
    )


def _with_lines(
    ctx: Context, reading: Reading, lines: dict[str, CellRef], stated: set[StatementKey]
) -> Reading:
    """The reading with a withdrawal for every value of those localities that it does not state itself."""
    own = {o.key for o in reading.observations if o.is_statement}
    own |= {d.key for d in reading.declarations if d.is_statement}
    gone = sorted(key for key in stated - own if key[0] in lines)
    if not gone:
        return reading
    replaced = set(gone)
    figures = [
        Observation(code, subject, Basis(basis), None, lines[code], withdrawn=True)
        for code, subject, basis in gone
        if basis
    ]
    declared = [
        Declaration(code, subject, None, "", None, "", lines[code], withdrawn=True)
        for code, subject, basis in gone
        if not basis
    ]
    kept = [o for o in reading.observations if o.key not in replaced]
    said = [d for d in reading.declarations if d.key not in replaced]
    return replace(
        reading,
        localities=tuple(dict.fromkeys([*reading.localities, *(code for code, _, _ in gone)])),
        observations=(*kept, *figures),
        declarations=(*said, *declared),
    )
