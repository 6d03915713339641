"""The wording for the plan's tiers, and what a locality was called before and is called now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.units import Unit

DISTRICT_BOARD = "district_board"
SWAPS = "two_tiers"


def words_for(plan: Plan, phrases: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence patterns of a plan: where no district board reports, none speaks of districts."""
    if any(entry.kind == DISTRICT_BOARD for entry in plan.submitters):
        return dict(phrases)
    swaps = phrases.get(SWAPS, ())
    return {key: entry if key == SWAPS else _swap(entry, swaps) for key, entry in phrases.items()}


def _swap(entry: Any, swaps: Sequence[Mapping[str, str]]) -> Any:
    if isinstance(entry, str):
        for swap in swaps:
            entry = entry.replace(swap["from"], swap["to"])
        return entry
    if isinstance(entry, Mapping):
        return {key: _swap(value, swaps) for key, value in entry.items()}
    return [_swap(value, swaps) for value in entry] if isinstance(entry, list) else entry


def freeze_place(data: MilestoneData, code: str) -> dict[str, Any]:
    """Where a locality lies, what it was made from, and to what it belongs now.

    `former` is empty while it is what it was, and `now` while it is what it is: a decision may say "xã X,
    huyện Y (nay thuộc Z)" from these.
    """
    register, window = data.plan.register, data.period.window
    unit = register.on(code, window.end)
    if unit is None:
        return {"district": "", "province": "", "former": [], "now": []}
    return {
        "district": unit.district_name,
        "province": unit.province_name,
        "former": _others(unit, register.former(unit, data.period.baseline.start), None),
        "now": _others(unit, register.heirs(unit, data.frozen_at.date()), unit.valid_to),
    }


def _others(unit: Unit, found: Sequence[Unit], until: date | None) -> list[dict[str, Any]]:
    return [
        {
            "code": entry.code,
            "name": entry.name,
            "district": entry.district_name,
            "until": until or entry.valid_to,
            "legal_basis": entry.legal_basis,
        }
        for entry in found
        if entry.identity != unit.identity
    ]
