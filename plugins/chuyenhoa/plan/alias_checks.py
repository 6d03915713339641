"""Lints the aliases of a plan: none empty, none twice, none that means two things in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chuyenhoa.model.plan import Indicator, Plan
from chuyenhoa.plan.names import label_key, plain_key, repeated

Blame = Callable[[str, str, str], None]
"""Takes what, key and text of a problem."""


def check_aliases(plan: Plan, blame: Blame) -> None:
    """Note every alias that cannot be told from another label within its reach.

    An indicator's aliases reach as far as its section, a section's as far as the plan, a locality's as far as
    its submitter's list and all units of the province.
    """
    _check_indicators(plan, blame)
    sections = {entry.code: (entry.title, *entry.aliases) for entry in plan.sections}
    _check_each("section", sections, blame)
    _check_shared("section", sections, plain_key, blame)
    _check_each("locality", {entry.code: (entry.name, *entry.aliases) for entry in plan.localities}, blame)
    _check_localities(plan, blame)


def _labels(indicator: Indicator) -> tuple[str, ...]:
    return (indicator.label, *indicator.aliases, *indicator.loose_aliases)


def _check_indicators(plan: Plan, blame: Blame) -> None:
    labels = {entry.code: _labels(entry) for entry in plan.indicators}
    _check_each("indicator", labels, blame)
    for section in plan.sections:
        own = {entry.code: labels[entry.code] for entry in plan.indicators if entry.section == section.code}
        _check_shared("indicator", own, label_key, blame)
    for entry in plan.indicators:
        if bool(entry.loose_aliases) != bool(entry.within):
            blame("indicator", entry.code, "loose_aliases and within belong together")
        elif entry.within and entry.within not in plan.indicator_by_code:
            blame("indicator", entry.code, f"unknown indicator {entry.within} in within")


def _check_each(what: str, labels: Mapping[str, Iterable[str]], blame: Blame) -> None:
    """Aliases that say nothing, or what the same entry says already."""
    for code, texts in labels.items():
        keys = [plain_key(text) for text in texts]
        if "" in keys:
            blame(what, code, "an alias is empty")
        for key in repeated(filter(None, keys)):
            blame(what, code, f"alias {key!r} says what its label or another alias says")


def _check_shared(
    what: str, labels: Mapping[str, Iterable[str]], key_of: Callable[[str], str], blame: Blame
) -> None:
    """The same label at two entries within one reach."""
    owners: dict[str, str] = {}
    for code, texts in labels.items():
        for key in dict.fromkeys(filter(None, map(key_of, texts))):
            if key in owners:
                blame(what, code, f"alias {key!r} belongs to {owners[key]} already")
            owners.setdefault(key, code)


def _check_localities(plan: Plan, blame: Blame) -> None:
    """An alias of a locality that is the name of another unit."""
    names: dict[str, str] = {}
    for unit in plan.units:
        names.setdefault(plain_key(unit.name), unit.code)
    for entry in plan.localities:
        for key in map(plain_key, entry.aliases):
            if key and names.get(key, entry.code) != entry.code:
                blame("locality", entry.code, f"alias {key!r} is the name of unit {names[key]}")
            names.setdefault(key, entry.code)
