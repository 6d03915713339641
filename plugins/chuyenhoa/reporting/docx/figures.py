"""From the tag of a printed figure back to its formula and to the cells that it was computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import asdict

from chuyenhoa.reporting.docx.charts import CHART
from chuyenhoa.reporting.docx.controls import tag_figure
from chuyenhoa.reporting.papers.common import Issue, Previous
from chuyenhoa.reporting.papers.context import build_context
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality, FrozenSource, Snapshot
from chuyenhoa.reporting.snapshot.submission_counts import TALLIES, Counted, read_target
from chuyenhoa.reporting.wording.numbers import format_count, format_number, format_share, format_signed
from chuyenhoa.reporting.wording.provenance import list_marks

_BASES = {"C": "current", "B": "baseline"}
_ALL = "all"
"""The verdict of a locality that is counted whatever became of it."""


@dataclass(frozen=True)
class FigureInput:
    """One cell that a figure was computed from, or one result that it counts."""

    locality: str
    name: str
    """An indicator's code, or a criterion's."""
    basis: str
    """`current` or `baseline`; empty for a result."""
    value: str
    source: Mapping[str, str]
    """`submission`, `sha256`, `file_name`, `sheet`, `cell`; empty for a result."""


@dataclass(frozen=True)
class TracedFigure:
    """A figure as it stands in a document, computed again from the snapshot."""

    tag: str
    text: str
    """As it prints, computed from the inputs."""
    expression: str
    formula: str
    inputs: Sequence[FigureInput]


@dataclass
class _Reading:
    """A recursive descent over an expression; inputs gather on the way."""

    snapshot: Snapshot
    cells: Mapping[tuple[str, str, str], tuple[str, FrozenSource]]
    inputs: list[FigureInput] = field(default_factory=list)

    def value(self, expression: str) -> Decimal:
        """The number that an expression stands for."""
        name, _, rest = expression.partition("(")
        if not rest:
            return self._leaf(expression)
        # rest[:-1]: "a;b)" without the bracket that closes the operation
        parts = _split(rest[:-1])
        if name == "COUNT":
            return Decimal(self._count(parts))
        if name == "TARGET":
            return Decimal(self._list(*read_target(self.snapshot, *parts)))
        values = [self.value(part) for part in parts]
        operations = {
            "ADD": lambda: values[0] + values[1],
            "SUB": lambda: values[0] - values[1],
            "NEG": lambda: -values[0],
            "ABS": lambda: abs(values[0]),
        }
        return operations[name]()

    def _leaf(self, expression: str) -> Decimal:
        if ":" not in expression:
            return Decimal(expression)
        # TTXH_XR-TTXH_LRC:C:30745,30748 → two indicators, the current window, two localities
        terms, basis, span = expression.split(":")
        wanted = _locate(span, self.snapshot)
        total = Decimal(0)
        for sign, code in _terms(terms):
            for locality in wanted:
                value, source = self.cells[locality, code, _BASES[basis]]
                total += sign * Decimal(value)
                self.inputs.append(FigureInput(locality, code, _BASES[basis], value, _spell(source)))
        return total

    def _count(self, parts: Sequence[str]) -> int:
        rule, *arguments = parts
        if rule in TALLIES:
            return self._list(*TALLIES[rule](self.snapshot, *arguments))
        wanted = _locate(arguments[-1], self.snapshot)
        number = 0
        for entry in self.snapshot.localities:
            if entry.code not in wanted:
                continue
            verdict = _verdict(entry, rule, arguments[1])
            said = entry.name if verdict == _ALL else str(verdict)
            self.inputs.append(FigureInput(entry.code, arguments[1], "", said, {}))
            number += verdict == arguments[0]
        return number

    def _list(self, number: int, counted: Sequence[Counted]) -> int:
        """A number of entries; each is an input."""
        self.inputs += [FigureInput(code, name, "", said, source) for code, name, said, source in counted]
        return number


def _verdict(locality: FrozenLocality, rule: str, name: str) -> str | None:
    """A locality's verdict as a whole, in a criteria group, or on a criterion."""
    if rule in ("LOCALITIES", "NAMED"):
        return _ALL
    if rule == "GROUP":
        return locality.groups.get(name)
    if not name:
        return locality.verdict
    return next((r.verdict for r in locality.criteria if r.criterion == name), None)


def _split(text: str) -> list[str]:
    """The arguments of an operation; those of operations inside them stay together."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == ";" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _terms(text: str) -> list[tuple[int, str]]:
    # TGTB_TON+TGTB_MOI-TGTB_CHUYEN → TGTB_TON, TGTB_MOI, -TGTB_CHUYEN
    signed = text.replace("-", "+-").split("+")
    return [(-1, t[1:]) if t.startswith("-") else (1, t) for t in signed if t]


def _locate(span: str, snapshot: Snapshot) -> list[str]:
    if not span.startswith("*"):
        return span.split(",")
    # "*" is the whole province, "*899" a district's own draft, whose view is narrowed to its localities
    submitter = span[1:]
    return [e.code for e in snapshot.localities if submitter in ("", e.submitter)]


def _list_cells(snapshot: Snapshot) -> Mapping[tuple[str, str, str], tuple[str, FrozenSource]]:
    """The figures in force by locality, indicator and window; a blank is behind no printed figure."""
    return {
        (e.locality, e.indicator, e.basis): (e.value, e.source)
        for e in snapshot.figures
        if e.value is not None
    }


def _spell(source: FrozenSource) -> Mapping[str, str]:
    """A source by the names of its fields, in the order of the stored JSON."""
    return dict(sorted(asdict(source).items()))


def index_figures(
    kind: str,
    snapshot: Snapshot,
    issue: Issue | None = None,
    about: str = "",
    previous: Previous | None = None,
) -> dict[str, tuple[str, str]]:
    """Every figure that a document can print by tag: its expression after the form, and its text."""
    context = build_context(kind, snapshot, issue, about, previous)
    return {
        tag_figure(expression): (expression, text)
        for expression, text in list_marks(context)
        if not expression.startswith(CHART)
    }


def trace_figure(expression: str, snapshot: Snapshot) -> TracedFigure:
    """Compute a figure again from the snapshot's cells and results.

    Args:
        expression: with its form, as `index_figures` gives it.
        snapshot: the one that the document was rendered from.
    """
    form, _, bare = expression.partition("=")
    reading = _Reading(snapshot, _list_cells(snapshot))
    if form in ("Q", "F"):
        return _quote(expression, bare, snapshot)
    text = _write(form, bare, reading)
    return TracedFigure(
        tag_figure(expression), text, expression, _format_expression(bare), tuple(reading.inputs)
    )


def _write(form: str, bare: str, reading: _Reading) -> str:
    # A change in percent has its sign in front of the form: "+P" and "-P" (see `add_sign`).
    if form.endswith("P"):
        part, whole = (reading.value(part) for part in _split(bare.removeprefix("SHARE(")[:-1]))
        return form[:-1] + format_share(part, whole)
    writers = {"N": format_number, "C": format_count, "S": format_signed}
    return writers[form](reading.value(bare))


def _quote(expression: str, bare: str, snapshot: Snapshot) -> TracedFigure:
    """The figure of a criterion's result, with the formula and inputs that the assessment kept."""
    locality, criterion = _split(bare.removeprefix("RESULT(")[:-1])
    entry = next(e for e in snapshot.localities if e.code == locality)
    result = next(r for r in entry.criteria if r.criterion == criterion)
    inputs = [
        FigureInput(
            locality,
            i.name,
            "",
            str(i.value),
            asdict(FrozenSource(i.submission, i.sha256, i.file_name, i.sheet, i.cell)),
        )
        for i in result.inputs
    ]
    text = result.formula if expression.startswith("F=") else result.figure
    return TracedFigure(tag_figure(expression), text, expression, result.formula, inputs)


def _format_expression(bare: str) -> str:
    """An expression as a formula that a person reads."""
    name, _, rest = bare.partition("(")
    if not rest:
        return bare.split(":")[0] + (" (cùng kỳ)" if ":B:" in bare else "")
    if name in ("COUNT", "TARGET"):
        return bare
    parts = [_format_expression(part) for part in _split(rest[:-1])]
    patterns = {
        "ADD": "{} + {}",
        "SUB": "{} - {}",
        "NEG": "-({})",
        "ABS": "|{}|",
        "SHARE": "({}) × 100 : ({})",
    }
    return patterns[name].format(*parts)
