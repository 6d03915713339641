"""The shape of every entry in a plan's files; anything else in them is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Tag, field_validator, model_validator
from pydantic import Discriminator as UnionDiscriminator

TERM = r"^-?(baseline\.)?[A-Z][A-Z0-9_]*$"
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
TermText = Annotated[str, Field(pattern=TERM)]
Terms = Annotated[list[TermText], Field(min_length=1)]
Types = Annotated[list[Annotated[int, Field(ge=1, le=4)]], Field(min_length=1)]
Standing = Literal["verified", "unverified"]
DirectionText = Literal["at_least", "at_most", "less_than", "more_than", "equal"]
BlankDate = Annotated[date | None, BeforeValidator(lambda value: value or None)]


class Strict(BaseModel):
    """No field but those named, and no outer blanks."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Row(BaseModel):
    """A CSV row; a plan's tables may carry more columns than the pipeline needs."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


class UnitRow(Row):
    """`units.csv`."""

    code: Annotated[str, Field(pattern=r"^\d{5}$")]
    name: Text
    kind: Literal["xã", "phường", "thị trấn", "đặc khu"]
    district_code: str
    district_name: str
    valid_from: BlankDate
    valid_to: BlankDate
    legal_basis: str


class SubmitterRow(Row):
    """`submitters.csv`."""

    code: Text
    name: Text
    kind: Text
    folder: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z-]*$")]
    email: str


class AgencyRow(Row):
    """`agencies.csv`."""

    code: Name
    name: Text


class LocalityRow(Row):
    """`localities.csv`; `types` are separated by semicolons."""

    code: Text
    name: Text
    submitter: Text
    types: Types
    status: Standing

    @field_validator("types", mode="before")
    @classmethod
    def split_types(cls, value: object) -> object:
        """`1;4` becomes a list."""
        return [part.strip() for part in value.split(";")] if isinstance(value, str) else value


class SectionRow(Row):
    """`sections.csv`."""

    code: Name
    title: Text


class IndicatorRow(Row):
    """`indicators.csv`."""

    code: Name
    label: Text
    unit: Text
    kind: Literal["flow", "stock"]
    section: Name
    note: str = ""
    moment: Literal["", "start", "end"] = ""
    """When a stock is counted; the cut-off unless it says start."""


class SpanEntry(Strict):
    """A window; `from` and `to` both belong to it."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")

    @model_validator(mode="after")
    def end_after_start(self) -> SpanEntry:
        """A window runs forward."""
        if self.end < self.start:
            raise ValueError(f"`to` {self.end} is before `from` {self.start}")
        return self


class PeriodEntry(SpanEntry):
    """`periods.yaml`."""

    id: Annotated[str, Field(pattern=r"^\d{4}-(6t|nam|t\d{2}|[0-9a-z-]+)$")]
    label: Text
    kind: Literal["month", "six_month", "annual"]
    deadline: date
    baseline: SpanEntry
    milestone: bool
    opens: date | None
    assumption: str = ""


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


class GroupEntry(Strict):
    """A group of criteria."""

    code: Annotated[str, Field(pattern=r"^[IVX]+$")]
    title: Text


class TargetEntry(Strict):
    """A target of the province."""

    code: Text
    title: Text
    percent: Annotated[int, Field(ge=0, le=100)]
    of: Literal["recognised", "not_relapsed"]
    legal_basis: Text
    status: Standing


class GuidanceEntry(Strict):
    """`guidance.yaml`."""

    number: Text
    issued_on: date
    issuer: Text
    title: Text
    status: Standing
    criterion: CriterionEntry


class TaskEntry(Strict):
    """`tasks.yaml`."""

    code: Annotated[str, Field(pattern=r"^[IVX]+\.\d+$")]
    lead: Annotated[list[Name], Field(min_length=1)]
    title: Text
    criteria: list[str] = []


class SignatoryEntry(Strict):
    """The signature block."""

    capacity: Text
    office: str
    name: Text


class BoardEntry(Strict):
    """The steering committee."""

    parent: Text
    name: Text
    short_name: Text
    standing_agency: Text
    province: Text
    place: Text
    symbol: Text
    signatory: SignatoryEntry
    recipients: Annotated[list[Text], Field(min_length=1)]
    contact: str = ""


class LegalActEntry(Strict):
    """A document that the plan rests on."""

    number: Text
    issued_on: date
    title: Text


class NarrativeEntry(Strict):
    """A text that submitters write."""

    code: Name
    title: Text
    hint: str


class PlanEntry(Strict):
    """`plan.yaml`."""

    id: Text
    title: Text
    number: Text
    issued_on: date
    year: int
    edition: Annotated[str, Field(pattern=r"^\d{4}\.\d+$")]
    criteria_status: Standing
    unverified_notice: Text
    suites: Annotated[list[Text], Field(min_length=1)]
    decimal_units: list[Text]
    board: BoardEntry
    bases: list[LegalActEntry]
    narrative_items: list[NarrativeEntry]
    texts: dict[str, str]
