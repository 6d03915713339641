"""The shape of criteria in a plan's files: measures, thresholds, and what holds when there is nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Discriminator as UnionDiscriminator
from pydantic import Field, Tag, model_validator

from chuyenhoa.plan.shapes import AgainstText, DirectionText, Standing, Strict, Terms, Text, Types


class ThresholdEntry(Strict):
    """A limit, always with its unit."""

    value: Decimal
    unit: Text
    direction: DirectionText
    legal_basis: str = ""


class NothingEntry(Strict):
    """What holds when there is nothing to divide by."""

    verdict: Literal["met", "not_met", "not_applicable", "insufficient"]
    text: Text


class DeclarationEntry(Strict):
    """A declared criterion."""

    kind: Literal["declaration"]
    needs_document: bool
    throughout: bool = False


class ValueEntry(Strict):
    """A sum against a number; `count` names one figure, and `zero_event` asks for none at all."""

    kind: Literal["value", "count", "sum", "zero_event"]
    of: Terms
    threshold: ThresholdEntry | None = None

    @model_validator(mode="after")
    def kind_fits(self) -> ValueEntry:
        """One figure is counted, several are summed, and nothing is the limit of no event."""
        if self.kind == "count" and len(self.of) > 1:
            raise ValueError("count takes one figure; several make a sum")
        limit = self.threshold
        if self.kind == "zero_event" and limit and (limit.value or limit.direction != "equal"):
            raise ValueError("zero_event is equal to 0; leave its threshold out")
        return self


class RatioEntry(Strict):
    """A share in percent."""

    kind: Literal["ratio"]
    numerator: Terms
    denominator: Terms
    when_nothing: NothingEntry
    threshold: ThresholdEntry | None = None


class ChangeEntry(Strict):
    """A fall or a rise against a baseline, in percent or in the figures' own unit."""

    kind: Literal["decrease", "increase"]
    of: Terms
    against: AgainstText = "same_window"
    threshold: ThresholdEntry | None = None


class CompareEntry(Strict):
    """One sum against another; `direction` may stand in the threshold instead."""

    kind: Literal["compare", "stock_comparison"]
    left: Terms
    right: Terms
    direction: DirectionText | None = None


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


class GuidanceMeasureEntry(Strict):
    """Waits for a guidance letter."""

    kind: Literal["guidance"]


_SHAPES = {
    **dict.fromkeys(("all_of", "any_of", "at_least"), "combined"),
    **dict.fromkeys(("value", "count", "sum", "zero_event"), "value"),
    **dict.fromkeys(("decrease", "increase"), "change"),
    **dict.fromkeys(("compare", "stock_comparison"), "compare"),
    **{kind: kind for kind in ("declaration", "ratio", "guidance")},
}
"""The entry by which every kind of measure is read."""


def _kind(value: object) -> str:
    """The tag of a measure entry."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"kind:{_SHAPES.get(str(kind))}"


MeasureEntry = Annotated[
    Annotated[DeclarationEntry, Tag("kind:declaration")]
    | Annotated[ValueEntry, Tag("kind:value")]
    | Annotated[RatioEntry, Tag("kind:ratio")]
    | Annotated[ChangeEntry, Tag("kind:change")]
    | Annotated[CompareEntry, Tag("kind:compare")]
    | Annotated[CombinedEntry, Tag("kind:combined")]
    | Annotated[GuidanceMeasureEntry, Tag("kind:guidance")],
    UnionDiscriminator(
        _kind,
        custom_error_type="unknown_measure",
        custom_error_message=(
            "`kind` must be declaration, value, count, sum, zero_event, ratio, decrease, increase, compare, "
            "stock_comparison, all_of, any_of, at_least or guidance"
        ),
    ),
]
CombinedEntry.model_rebuild()


class TypeEntry(Strict):
    """What differs in localities of certain types: the threshold, the measure, or both."""

    types: Types
    threshold: ThresholdEntry | None = None
    measure: MeasureEntry | None = None

    @model_validator(mode="after")
    def says_something(self) -> TypeEntry:
        """An entry that differs in nothing is a mistake."""
        if self.threshold is None and self.measure is None:
            raise ValueError("neither `threshold` nor `measure` is given")
        return self


class CriterionEntry(Strict):
    """`criteria.yaml`, and the criteria inside a guidance letter."""

    code: Annotated[str, Field(pattern=r"^[IVX]+\.\d+$")]
    group: Text
    title: Text
    short: str = ""
    legal_basis: Text
    measure: MeasureEntry
    threshold: ThresholdEntry
    applies_to_types: Types
    by_type: tuple[TypeEntry, ...] = ()
    edition: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    status: Standing

    @model_validator(mode="after")
    def fits_together(self) -> CriterionEntry:
        """Validity runs forward; a type has one measure, and the criterion applies to it."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"`valid_to` {self.valid_to} is before `valid_from` {self.valid_from}")
        named = [one for entry in self.by_type for one in entry.types]
        for one in sorted(set(named)):
            if named.count(one) > 1:
                raise ValueError(f"`by_type` names type {one} twice")
            if one not in self.applies_to_types:
                raise ValueError(f"`by_type` names type {one}, to which the criterion does not apply")
        return self
