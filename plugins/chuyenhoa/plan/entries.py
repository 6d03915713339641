"""The entries of a plan's files; anything else in them is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from chuyenhoa.model import plan as model
from chuyenhoa.model.baselines import FixedFigure
from chuyenhoa.model.calendars import Window, last_day_before
from chuyenhoa.model.criteria import CriteriaGroup, Criterion, ProvinceTarget
from chuyenhoa.model.guidance import Guidance
from chuyenhoa.model.units import Succession, SuccessionKind, Unit
from chuyenhoa.plan import shapes
from chuyenhoa.plan.criterion_entries import CRITERION
from chuyenhoa.plan.shapes import Name, Row, Shape, StatusText, Text
from chuyenhoa.plan.sources import ADVICE, AS_WRITTEN

UnitCode = Annotated[str, Field(pattern=r"^\d{5}$")]

# `units.csv`.
UNIT = Shape(
    Unit,
    Row,
    code=UnitCode,
    kind=Literal["xã", "phường", "thị trấn", "đặc khu"],
    district_code=str,  # empty from 1/7/2025 on: there are no districts any more
    district_name=str,
    valid_from=shapes.BlankDate,
    valid_to=(shapes.BlankDate, ...),
    legal_basis=(str, ...),
    status=StatusText,
)


def _succession(
    *,
    from_code: str,
    from_valid_from: date | None,
    to_code: str,
    to_valid_from: date,
    extent: str,
    **rest: Any,
) -> Succession:
    source, target = (from_code, from_valid_from), (to_code, to_valid_from)
    return Succession(source, target, is_whole=extent == "whole", **rest)


# `successions.csv`: one unit went into another; each is named by its code and its first day.
SUCCESSION = Shape(
    Succession,
    Row,
    build=_succession,
    leave_out=("source", "target", "is_whole"),
    from_code=UnitCode,
    from_valid_from=shapes.BlankDate,
    to_code=UnitCode,
    to_valid_from=date,
    kind=SuccessionKind,
    extent=Literal["whole", "part"],
    legal_basis=(Text, ...),
    status=(StatusText, ...),
)


def _addresses(value: str) -> str:
    for part in (part.strip() for part in value.split(";")):
        if value and not re.fullmatch(shapes.ADDRESS, part):
            raise ValueError(f"{part!r} is not an e-mail address; put `;` between several")
    return value


# `submitters.csv`; several addresses have semicolons between them.
SUBMITTER = Shape(
    model.Submitter,
    Row,
    kind=Literal["district_board", "commune_board", "agency"],
    folder=Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z-]*$")],
    email=(Annotated[str, AfterValidator(_addresses)], ...),
)

# `agencies.csv`.
AGENCY = Shape(model.Agency, Row, code=Name)


def _split_types(value: object) -> object:
    return [part.strip() for part in value.split(";")] if isinstance(value, str) else value


# `localities.csv`; `types` are separated by semicolons.
LOCALITY = Shape(
    model.Locality,
    Row,
    types=Annotated[shapes.TypeSet, BeforeValidator(_split_types)],
    aliases=shapes.Aliases,
)

# `sections.csv`.
SECTION = Shape(model.Section, Row, code=Name, aliases=shapes.Aliases)

# When a stock is counted; the cut-off unless it says start.
Moment = Annotated[
    Literal["", "start", "end"], Field(alias="moment"), AfterValidator(lambda moment: moment == "start")
]

# What a flow counts; a blank says nothing.
Counts = Annotated[
    Literal["", "events"], Field(alias="counts"), AfterValidator(lambda counts: counts == "events")
]

# `indicators.csv`; which of them may have decimals follows from `decimal_units` of plan.yaml.
INDICATOR = Shape(
    model.Indicator,
    Row,
    leave_out=("decimals", "line"),
    code=Name,
    section=Name,
    at_start=Moment,
    counts_events=Counts,
    aliases=shapes.Aliases,
    loose_aliases=shapes.Aliases,
)


def _window(*, start: date, end: date) -> Window:
    if end < start:
        raise ValueError(f"`to` {end} is before `from` {start}")
    return Window(start, end)


From, To = Annotated[date, Field(alias="from")], Annotated[date, Field(alias="to")]
# A window; `from` and `to` both belong to it.
WINDOW = Shape(Window, build=_window, start=From, end=To)


def _period(
    *, start: date, end: date, deadline: date | None, due_before: date | None, **rest: Any
) -> model.Period:
    """The last day on time is said once, as such or by the day before which it is due."""
    window = _window(start=start, end=end)
    if (deadline is None) == (due_before is None):
        raise ValueError("give either `deadline` (the last day on time) or `due_before`")
    return model.Period(window=window, deadline=deadline or last_day_before(due_before or date.max), **rest)


# `periods.yaml`; `due_before` is the day that an order names with "trước ngày".
PERIOD = Shape(
    model.Period,
    build=_period,
    leave_out=("window",),
    id=Annotated[str, Field(pattern=r"^\d{4}-(6t|nam|t\d{2}|[0-9a-z-]+)$")],
    start=From,
    end=To,
    deadline=(date | None, None),
    due_before=(date | None, None),
    baseline=WINDOW,
    is_milestone=Annotated[bool, Field(alias="milestone")],
)

# A group in `criteria.yaml`.
GROUP = Shape(CriteriaGroup, code=Annotated[str, Field(pattern=r"^[IVX]+$")])

# A target of the province in `criteria.yaml`.
TARGET = Shape(
    ProvinceTarget,
    percent=Annotated[int, Field(ge=0, le=100)],
    of=Literal["recognised", "not_relapsed"],
    status=StatusText,
)

# `guidance.yaml`.
GUIDANCE = Shape(
    Guidance,
    status=StatusText,
    criteria=Annotated[list[Annotated[Criterion, CRITERION]], Field(min_length=1), AfterValidator(tuple)],
)


def _as_written(value: object) -> object:
    """A number in a CSV file, where Excel writes 1.000 for a thousand."""
    if isinstance(value, str) and not any(AS_WRITTEN[kind].fullmatch(value) for kind in ("int", "float")):
        raise ValueError(f"{value!r}: {ADVICE['float']}")
    return value


# `baselines.csv`: figures that the plan itself states, to be compared with.
FIXED_FIGURE = Shape(
    FixedFigure,
    Row,
    leave_out=("line",),
    name=Annotated[str, Field(pattern=r"^[a-z0-9_]+$")],
    indicator=Name,
    value=Annotated[Decimal, Field(ge=0), BeforeValidator(_as_written)],
)

# `tasks.yaml`.
TASK = Shape(model.Task, code=Annotated[str, Field(pattern=r"^[IVX]+\.\d+$")], lead=shapes.Names)


def _split_kinds(value: object) -> object:
    return [part.strip() for part in str(value).split(";") if part.strip()]


# `recipients.csv`; kinds of documents are separated by semicolons.
RECIPIENT = Shape(
    model.Recipient,
    Row,
    email=Annotated[str, Field(pattern=f"^{shapes.ADDRESS}$")],
    documents=Annotated[frozenset[str], BeforeValidator(_split_kinds)],
)

SIGNATORY = Shape(model.Signatory, office=str)
# The signature block of those who sign for the signatory: it bears no name until somebody signs.
DEPUTY = Shape(model.Signatory, build=partial(model.Signatory, name=""), leave_out=("name",), office=str)

Sample = Annotated[
    model.Status, Field(alias="status"), AfterValidator(lambda s: s is not model.Status.VERIFIED)
]
STANDING_AGENCY = Shape(
    model.StandingAgency, signatory=SIGNATORY, deputy=DEPUTY, recipients=shapes.Texts, is_sample=Sample
)
BOARD = Shape(
    model.Board, signatory=SIGNATORY, deputy=DEPUTY, recipients=shapes.Texts, agency=STANDING_AGENCY
)
LEGAL_ACT = Shape(model.LegalAct)
NARRATIVE_ITEM = Shape(model.NarrativeItem, code=Name, hint=str, aliases=tuple[Text, ...])


class PlanEntry(shapes.Strict):
    """`plan.yaml`: what a plan is apart from its tables."""

    id: Text
    title: Text
    number: Text
    issued_on: date
    year: int
    edition: Annotated[str, Field(pattern=r"^\d{4}\.\d+$")]
    criteria_status: model.Status
    unverified_notice: Text
    suites: Annotated[list[Text], Field(min_length=1)]
    decimal_units: list[Text]
    board: Annotated[model.Board, BOARD]
    bases: list[Annotated[model.LegalAct, LEGAL_ACT]]
    narrative_items: list[Annotated[model.NarrativeItem, NARRATIVE_ITEM]]
    texts: dict[str, str]

    @field_validator("narrative_items")
    @classmethod
    def codes_differ(cls, items: list[model.NarrativeItem]) -> list[model.NarrativeItem]:
        """Two texts under one code would overwrite each other."""
        codes = [item.code for item in items]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"code {', '.join(twice)} is duplicated")
        return items
