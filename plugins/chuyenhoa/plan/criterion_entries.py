"""Criteria as a plan's files write them: a kind of measure, terms as texts, a threshold that parts share.

The files say a measure in other fields than the model does (`count` and `zero_event` are one class there, and
each measure holds the criterion's threshold), so measures have entries of their own, which build them.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from chuyenhoa.model import criteria as model
from chuyenhoa.model.baselines import read_against
from chuyenhoa.model.criteria import Criterion, Direction, Term, Threshold, WhenNothing
from chuyenhoa.model.figures import Basis
from chuyenhoa.plan.shapes import AgainstText, Shape, StatusText, Strict, Terms, Types, TypeSet

THRESHOLD = Shape(Threshold)
WHEN_NOTHING = Shape(WhenNothing)
# A limit, always with its unit; inside a measure it replaces that of the criterion.
Limit = Annotated[Threshold, THRESHOLD]
NO_LIMIT = Threshold(Decimal(0), "", Direction.AT_LEAST)
"""For measures that take none: a declaration, a comparison that names its own direction."""


class DeclarationEntry(Strict):
    """A declared criterion."""

    kind: Literal["declaration"]
    needs_document: bool
    throughout: bool = False

    def build(self, _: Threshold) -> model.Measure:
        """The measure; a declaration has no limit."""
        return model.DeclarationMeasure(self.needs_document, self.throughout)


class ValueEntry(Strict):
    """A sum against a number; `count` names one figure, and `zero_event` asks for none at all."""

    kind: Literal["value", "count", "sum", "zero_event"]
    of: Terms
    threshold: Limit | None = None

    @model_validator(mode="after")
    def kind_fits(self) -> ValueEntry:
        """One figure is counted, several are summed, and nothing is the limit of no event."""
        if self.kind == "count" and len(self.of) > 1:
            raise ValueError("count takes one figure; several make a sum")
        limit = self.threshold
        if self.kind == "zero_event" and limit and (limit.value or limit.direction is not Direction.EQUAL):
            raise ValueError("zero_event is equal to 0; leave its threshold out")
        return self

    def build(self, limit: Threshold) -> model.Measure:
        """The measure, with the criterion's limit where it has none of its own."""
        limit = self.threshold or limit
        if self.kind == "zero_event":
            # "Không để xảy ra" is 0, whatever number the criterion's own threshold states.
            limit = replace(limit, value=Decimal(0), direction=Direction.EQUAL)
        return model.ValueMeasure(_terms(self.of), limit)


class RatioEntry(Strict):
    """A share in percent."""

    kind: Literal["ratio"]
    numerator: Terms
    denominator: Terms
    when_nothing: Annotated[WhenNothing, WHEN_NOTHING]
    threshold: Limit | None = None

    def build(self, limit: Threshold) -> model.Measure:
        """The measure, with the criterion's limit where it has none of its own."""
        numerator, denominator = _terms(self.numerator), _terms(self.denominator)
        return model.RatioMeasure(numerator, denominator, self.threshold or limit, self.when_nothing)


class ChangeEntry(Strict):
    """A fall or a rise against a baseline, in percent or in the figures' own unit."""

    kind: Literal["decrease", "increase"]
    of: Terms
    against: AgainstText = "same_window"
    threshold: Limit | None = None

    def build(self, limit: Threshold) -> model.Measure:
        """The measure, with the criterion's limit where it has none of its own."""
        rises, against = self.kind == "increase", read_against(self.against)
        return model.ChangeMeasure(_terms(self.of), self.threshold or limit, rises, against)


class CompareEntry(Strict):
    """One sum against another; `direction` may stand in the threshold instead."""

    kind: Literal["compare", "stock_comparison"]
    left: Terms
    right: Terms
    direction: Direction | None = None

    def build(self, limit: Threshold) -> model.Measure:
        """The measure, with the direction of the criterion's limit where it has none of its own."""
        return model.CompareMeasure(_terms(self.left), _terms(self.right), self.direction or limit.direction)


class CombinedEntry(Strict):
    """All, any, or at least k of several measures."""

    kind: Literal["all_of", "any_of", "at_least"]
    parts: Annotated[list[MeasureEntry], Field(min_length=1)]
    k: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def k_fits(self) -> CombinedEntry:
        """`at_least` needs a k that the parts can reach; the others have none."""
        if (self.kind == "at_least") != (self.k is not None):
            raise ValueError("`k` belongs to at_least, and only there")
        if self.k is not None and self.k > len(self.parts):
            raise ValueError(f"k is {self.k} and there are only {len(self.parts)} parts")
        return self

    def build(self, limit: Threshold) -> model.Measure:
        """The measure; every part without a limit has the criterion's."""
        parts = tuple(part.build(limit) for part in self.parts)
        return model.CombinedMeasure(parts, {"all_of": None, "any_of": 1}.get(self.kind, self.k))


class GuidanceEntry(Strict):
    """Waits for a guidance letter."""

    kind: Literal["guidance"]

    def build(self, _: Threshold) -> model.Measure:
        """The measure; what its limit is the letter will say."""
        return model.AwaitedMeasure()


# The entry by which every kind of measure is read.
MEASURE_KINDS = {
    **dict.fromkeys(("all_of", "any_of", "at_least"), "combined"),
    **dict.fromkeys(("value", "count", "sum", "zero_event"), "value"),
    **dict.fromkeys(("decrease", "increase"), "change"),
    **dict.fromkeys(("compare", "stock_comparison"), "compare"),
    **{kind: kind for kind in ("declaration", "ratio", "guidance")},
}


def _kind(value: object) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"kind:{MEASURE_KINDS.get(str(kind))}"


MeasureEntry = Annotated[
    Annotated[DeclarationEntry, Tag("kind:declaration")]
    | Annotated[ValueEntry, Tag("kind:value")]
    | Annotated[RatioEntry, Tag("kind:ratio")]
    | Annotated[ChangeEntry, Tag("kind:change")]
    | Annotated[CompareEntry, Tag("kind:compare")]
    | Annotated[CombinedEntry, Tag("kind:combined")]
    | Annotated[GuidanceEntry, Tag("kind:guidance")],
    Discriminator(
        _kind,
        custom_error_type="unknown_measure",
        custom_error_message=(
            "`kind` must be declaration, value, count, sum, zero_event, ratio, decrease, increase, compare, "
            "stock_comparison, all_of, any_of, at_least or guidance"
        ),
    ),
]
CombinedEntry.model_rebuild()


def _terms(texts: list[str]) -> tuple[Term, ...]:
    """`-baseline.X` is X of the window compared with, taken away."""
    terms = []
    for text in texts:
        # -baseline.TGTB_CHUYEN → TGTB_CHUYEN of "Cùng kỳ", sign -1; fixed.khoi_diem.TTXH_XR has a dot of its
        # own, so the indicator is what stands behind the last one.
        window, _, indicator = text.removeprefix("-").rpartition(".")
        against = read_against(window) if window else Basis.CURRENT
        terms.append(Term(indicator, against, -1 if text.startswith("-") else 1))
    return tuple(terms)


class TypeEntry(Strict):
    """What differs in localities of certain types: the threshold, the measure, or both."""

    types: Types
    threshold: Limit | None = None
    measure: MeasureEntry | None = None

    @model_validator(mode="after")
    def says_something(self) -> TypeEntry:
        """An entry that differs in nothing is a mistake."""
        if self.threshold is None and self.measure is None:
            raise ValueError("neither `threshold` nor `measure` is given")
        return self


LimitedEntry = ValueEntry | RatioEntry | ChangeEntry


def _lacks_limit(measure: MeasureEntry) -> bool:
    """Whether some part of a measure needs the criterion's threshold."""
    if isinstance(measure, CombinedEntry):
        return any(map(_lacks_limit, measure.parts))
    if isinstance(measure, CompareEntry):
        return measure.direction is None
    return isinstance(measure, LimitedEntry) and measure.threshold is None


def _criterion(
    *, measure: MeasureEntry, threshold: Threshold | None, by_type: tuple[TypeEntry, ...], **rest: Any
) -> Criterion:
    """The criterion; its validity runs forward, and a type has one measure and is one that it applies to."""
    valid_from, valid_to, applies_to = rest["valid_from"], rest["valid_to"], rest["applies_to_types"]
    if valid_from and valid_to and valid_to < valid_from:
        raise ValueError(f"`valid_to` {valid_to} is before `valid_from` {valid_from}")
    # Two entries for type 1 would let their order decide which threshold counts (decision 0017).
    named = [one for entry in by_type for one in entry.types]
    for one in sorted(set(named)):
        if named.count(one) > 1:
            raise ValueError(f"`by_type` names type {one} twice")
        if one not in applies_to:
            raise ValueError(f"`by_type` names type {one}, to which the criterion does not apply")
    limited = [measure, *(entry.measure or measure for entry in by_type if not entry.threshold)]
    if threshold is None and any(map(_lacks_limit, limited)):
        raise ValueError("`threshold` is lacking, here or in every part of `measure`")
    limit = threshold or NO_LIMIT
    special = tuple(
        model.TypeMeasure(frozenset(entry.types), (entry.measure or measure).build(entry.threshold or limit))
        for entry in by_type
    )
    rest["short"] = rest["short"] or rest["title"]
    return Criterion(measure=measure.build(limit), by_type=special, **rest)


# `criteria.yaml`, and the criteria of a guidance letter; `edition` is empty where the file's counts.
CRITERION = Shape(
    Criterion,
    build=_criterion,
    code=Annotated[str, Field(pattern=r"^[IVX]+\.\d+$")],
    measure=MeasureEntry,
    threshold=(Limit | None, None),
    applies_to_types=TypeSet,
    by_type=tuple[TypeEntry, ...],
    status=StatusText,
)
