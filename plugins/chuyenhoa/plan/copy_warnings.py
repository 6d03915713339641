"""What a plan has from another one: title, number, dates, province and years that were not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chuyenhoa.model.plan import Plan
from chuyenhoa.plan.checks import Check
from chuyenhoa.plan.names import plain_key
from chuyenhoa.plan.sources import Located, Path_

YEARS = re.compile(r"\b(20\d\d)(?:\s*[-–]\s*(20\d\d))?\b")
"""A year that a text names, or a span of them, as in "giai đoạn 2021-2025"."""
KINDS_OF_PLACE = ("tinh ", "thanh pho ")
Doubt = tuple[Path_, str]


def names_year(text: str, year: int) -> bool:
    """Whether a text names a year, alone or in a span, or names none at all."""
    spans = [(int(one), int(other or one)) for one, other in YEARS.findall(text)]
    return not spans or any(one <= year <= other for one, other in spans)


def list_leftovers(check: Check, others: Mapping[str, Plan]) -> None:
    """Note what does not belong to a plan: of another year, another province, another plan."""
    head, plan = check.places["plan", ""], check.plan
    for path, text in (
        *_of_years(plan),
        *_of_dates(plan),
        *_of_province(plan, others),
        *_of_copy(plan, others),
    ):
        check.problems.add(head, text, path)
    for other in others.values():
        _cite(check, other)


def _of_years(plan: Plan) -> Iterator[Doubt]:
    if not names_year(plan.title, plan.year):
        yield ("title",), f"the title does not name {plan.year}, the `year` of the plan: {plan.title!r}"
    if not names_year(plan.id, plan.year):
        yield ("year",), f"the plan is {plan.id}, and its `year` is {plan.year}"
    if not plan.edition.startswith(f"{plan.year}."):
        yield ("edition",), f"the edition of the form is {plan.edition}, and the plan is of {plan.year}"
    if not plan.number.endswith(plan.board.symbol):
        yield ("number",), f"the number is {plan.number}, and the board's symbol is {plan.board.symbol}"


def _of_dates(plan: Plan) -> Iterator[Doubt]:
    first = plan.milestones[0].window.end
    if not plan.year - 1 <= plan.issued_on.year <= plan.year:
        yield ("issued_on",), f"the plan of {plan.year} was issued on {plan.issued_on}"
    elif plan.issued_on > first:
        yield ("issued_on",), f"the plan was issued on {plan.issued_on}, after its first milestone, {first}"
    for index, base in enumerate(plan.bases):
        if base.issued_on > plan.issued_on:
            text = f"the plan, of {plan.issued_on}, rests on {base.number} of {base.issued_on}"
            yield ("bases", index, "issued_on"), text
        if base.number in (plan.number, *(earlier.number for earlier in plan.bases[:index])):
            yield ("bases", index, "number"), f"the plan rests on {base.number} twice, or on itself"


def _of_province(plan: Plan, others: Mapping[str, Plan]) -> Iterator[Doubt]:
    """Names of provinces: those of units.csv and of other plans are known, so that a wrong one is seen."""
    board, own = plan.board, _bare(plan.board.province)
    here = {_bare(unit.province_name) for unit in plan.units if unit.province_name}
    known = here | {_bare(unit.province_name) for unit in plan.register.units if unit.province_name}
    known |= {_bare(other.board.province) for other in others.values()}
    if here and own not in here:
        names = ", ".join(sorted({unit.province_name for unit in plan.units}))
        yield ("board", "province"), f"the board is of {board.province}, and units.csv has units of {names}"
        return
    must: dict[Path_, str] = {
        ("board", "parent"): board.parent,
        ("board", "place"): board.place,
        ("board", "agency", "name"): board.agency.name,
    }
    texts = {("title",): plan.title, ("board", "name"): board.name, ("board", "contact"): board.contact}
    for path, text in (must | texts).items():
        strange = [name for name in known - {own} if name and f" {name} " in f" {plain_key(text)} "]
        if strange or (path in must and own not in plain_key(text)):
            yield path, f"{'.'.join(map(str, path))} does not fit the board of {board.province}: {text!r}"


def _bare(province: str) -> str:
    """Tỉnh Kiên Giang → kien giang."""
    key = plain_key(province)
    return next((key.removeprefix(kind) for kind in KINDS_OF_PLACE if key.startswith(kind)), key)


def _of_copy(plan: Plan, others: Mapping[str, Plan]) -> Iterator[Doubt]:
    for other in others.values():
        for part in ("number", "issued_on", *(["title"] if names_year(plan.title, plan.year) else [])):
            if getattr(plan, part) == getattr(other, part):
                yield (part,), f"`{part}` is that of plan {other.id}: {getattr(plan, part)}"


def _cite(check: Check, other: Plan) -> None:
    """Note the first place in every file where the number of another plan, or of its basis, is cited."""
    plan = check.plan
    own = {plan.number, *(base.number for base in plan.bases)}
    strange = {other.number, *(base.number for base in other.bases)} - own
    cited: dict[tuple[str, str], list[tuple[Located, Path_]]] = {}
    for at in check.places.values():
        for path, text in _texts(at.data):
            for number in strange:
                if re.search(rf"(?<!\w){re.escape(number)}(?!\w)", text):
                    cited.setdefault((at.file, number), []).append((at, path))
    for (_, number), found in cited.items():
        at, path = min(found, key=lambda place: place[0].line_of(place[1]))
        further = f" and {len(found) - 1} times below" if len(found) > 1 else ""
        check.problems.add(at, f"{number} is cited here{further}; it belongs to plan {other.id}", path)


def _texts(data: object, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every text inside an entry, with its path."""
    if isinstance(data, str):
        yield path, data
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in parts:
        yield from _texts(part, (*path, key))
