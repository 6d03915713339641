"""The shape of every entry in a plan's files; anything else in them is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from chuyenhoa.model.calendars import last_day_before
from chuyenhoa.plan.criterion_entries import CriterionEntry
from chuyenhoa.plan.shapes import ADDRESS, Aliases, BlankDate, Name, Row, Standing, Strict, Text, Types


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
    province_code: str = ""
    province_name: str = ""
    status: Standing = "verified"


class SuccessionRow(Row):
    """`successions.csv`: one unit went into another; each is named by its code and its first day."""

    from_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    from_valid_from: BlankDate
    to_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    to_valid_from: date
    kind: Literal["merge", "rename", "split"]
    extent: Literal["whole", "part"]
    legal_basis: Text
    status: Standing


class SubmitterRow(Row):
    """`submitters.csv`."""

    code: Text
    name: Text
    kind: Literal["district_board", "commune_board", "agency"]
    folder: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z-]*$")]
    email: str

    @field_validator("email")
    @classmethod
    def addresses(cls, value: str) -> str:
        """Addresses with semicolons between them, or none."""
        for part in (part.strip() for part in value.split(";")):
            if value and not re.fullmatch(ADDRESS, part):
                raise ValueError(f"{part!r} is no e-mail address; put `;` between several")
        return value


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
    aliases: Aliases = ()

    @field_validator("types", mode="before")
    @classmethod
    def split_types(cls, value: object) -> object:
        """`1;4` becomes a list."""
        return [part.strip() for part in value.split(";")] if isinstance(value, str) else value


class SectionRow(Row):
    """`sections.csv`."""

    code: Name
    title: Text
    aliases: Aliases = ()


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
    aliases: Aliases = ()
    loose_aliases: Aliases = ()
    within: str = ""


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
    calendar: Literal["administrative", "calendar"] = "administrative"
    deadline: date | None = None
    """The last day on time."""
    due_before: date | None = None
    """The day before which it is due, where the order says "trước ngày"."""
    baseline: SpanEntry
    milestone: bool
    opens: date | None
    assumption: str = ""

    @model_validator(mode="after")
    def one_deadline(self) -> PeriodEntry:
        """The last day on time is said once."""
        if (self.deadline is None) == (self.due_before is None):
            raise ValueError("give either `deadline` (the last day on time) or `due_before`")
        return self

    @property
    def last_day(self) -> date:
        """The last day on time; "trước ngày 18/12" is 17/12."""
        return self.deadline or last_day_before(self.due_before or date.max)


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
    criteria: Annotated[list[CriterionEntry], Field(min_length=1)]


class FixedRow(Row):
    """`baselines.csv`: figures that the plan itself states, to be compared with."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    locality: Text
    indicator: Name
    value: Annotated[Decimal, Field(ge=0)]
    legal_basis: Text


class TaskEntry(Strict):
    """`tasks.yaml`."""

    code: Annotated[str, Field(pattern=r"^[IVX]+\.\d+$")]
    lead: Annotated[list[Name], Field(min_length=1)]
    title: Text
    criteria: tuple[str, ...] = ()


class SignatoryEntry(Strict):
    """The signature block."""

    capacity: Text
    office: str
    name: Text


class DeputyEntry(Strict):
    """The signature block of those who sign for the signatory."""

    capacity: Text
    office: str


class StandingAgencyEntry(Strict):
    """The agency that keeps the board's office."""

    parent: Text
    name: Text
    short_name: Text
    symbol: Text
    head: Text
    signatory: SignatoryEntry
    deputy: DeputyEntry
    recipients: Annotated[list[Text], Field(min_length=1)]
    status: Literal["verified", "unverified"]


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
    deputy: DeputyEntry
    recipients: Annotated[list[Text], Field(min_length=1)]
    agency: StandingAgencyEntry
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
    aliases: tuple[Text, ...] = ()


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

    @field_validator("narrative_items")
    @classmethod
    def codes_differ(cls, items: list[NarrativeEntry]) -> list[NarrativeEntry]:
        """Two texts under one code would overwrite each other."""
        codes = [item.code for item in items]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"code {', '.join(twice)} stands twice")
        return items
