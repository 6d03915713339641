"""The shape of criteria in a plan's files: measures, thresholds, and what holds when there is nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Discriminator as UnionDiscriminator
from pydantic import Field, Tag, model_validator

from chuyenhoa.plan.shapes import DirectionText, Standing, Strict, Terms, Text, Types


class ThresholdEntry(Strict):
    """A limit, always with its unit."""

    value: Decimal
    unit: Text
    direction: DirectionText


class NothingEntry(Strict):
    """What holds when there is nothing to divide by."""

    verdict: Literal["met", "not_met", "not_applicable", "insufficient"]
    text: Text


class DeclarationEntry(Strict):
    """A declared criterion."""

    kind: Literal["declaration"]
    needs_document: bool


class ValueEntry(Strict):
    """A sum against a number."""

    kind: Literal["value"]
    of: Terms
    threshold: ThresholdEntry | None = None


class RatioEntry(Strict):
    """A share in percent."""

    kind: Literal["ratio"]
    numerator: Terms
    denominator: Terms
    when_nothing: NothingEntry
    threshold: ThresholdEntry | None = None


class DecreaseEntry(Strict):
    """A fall against the baseline."""

    kind: Literal["decrease"]
    of: Terms
    threshold: ThresholdEntry | None = None


class CompareEntry(Strict):
    """One sum against another; `direction` may stand in the threshold instead."""

    kind: Literal["compare"]
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


def _kind(value: object) -> str:
    """The tag of a measure entry; combined measures share one."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "kind:combined" if kind in ("all_of", "any_of", "at_least") else f"kind:{kind}"


MeasureEntry = Annotated[
    Annotated[DeclarationEntry, Tag("kind:declaration")]
    | Annotated[ValueEntry, Tag("kind:value")]
    | Annotated[RatioEntry, Tag("kind:ratio")]
    | Annotated[DecreaseEntry, Tag("kind:decrease")]
    | Annotated[CompareEntry, Tag("kind:compare")]
    | Annotated[CombinedEntry, Tag("kind:combined")]
    | Annotated[GuidanceMeasureEntry, Tag("kind:guidance")],
    UnionDiscriminator(
        _kind,
        custom_error_type="unknown_measure",
        custom_error_message=(
            "`kind` must be declaration, value, ratio, decrease, compare, all_of, any_of, at_least "
            "or guidance"
        ),
    ),
]
CombinedEntry.model_rebuild()


class CriterionEntry(Strict):
    """`criteria.yaml`, and the criterion inside a guidance letter."""

    code: Annotated[str, Field(pattern=r"^[IVX]+\.\d+$")]
    group: Text
    title: Text
    short: str = ""
    legal_basis: Text
    measure: MeasureEntry
    threshold: ThresholdEntry
    applies_to_types: Types
    status: Standing
