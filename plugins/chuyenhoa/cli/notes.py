"""What an assessment remarked while it put figures together: gaps, overlaps, differences; and what lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chuyenhoa.cli.explaining import say_actor
from chuyenhoa.cli.labels import BASES, say_reason
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan

ALL_CRITERIA, ALL_LOCALITIES = "mọi tiêu chí", "mọi địa bàn"
_ON_WINDOWS = ("gap", "overlap")
_ON_FIGURES = ("difference", "restated")


def say_note(plan: Plan, key: str, text: str) -> str:
    """A note with what it is about: a target, or a locality and perhaps one of its figures."""
    kind, *names = key.split(".")
    if kind not in (*_ON_WINDOWS, *_ON_FIGURES):
        return f"{key}: {text}"
    about = plan.locality_by_code[names[0]].name
    figure = _figure_of(key)
    return f"{about}, {_name(*figure)}: {text}" if figure else f"{about}: {text}"


def notes_about(
    notes: Mapping[str, str], locality: str, named: Collection[str] | None = None
) -> dict[str, str]:
    """The notes on a locality; of those on single figures only the ones that are named, where any are."""
    found = {}
    for key, text in notes.items():
        kind, *names = key.split(".")
        if kind not in (*_ON_WINDOWS, *_ON_FIGURES) or names[0] != locality:
            continue
        figure = _figure_of(key)
        if figure is None or named is None or _input_of(*figure) in named:
            found[key] = text
    return found


def say_note_briefly(key: str, text: str) -> str:
    """A note below its locality's own head."""
    figure = _figure_of(key)
    return f"{_name(*figure)}: {text}" if figure else text


def _figure_of(key: str) -> tuple[str, str] | None:
    """Indicator and window that a note is about: `difference.30745.current.XHD`, `restated.30745.XHD`."""
    kind, *names = key.split(".")
    if kind == "difference":
        return names[2], names[1]
    return (names[1], Basis.BASELINE.value) if kind == "restated" else None


def _input_of(indicator: str, basis: str) -> str:
    return indicator if basis == Basis.CURRENT else f"{basis}.{indicator}"


def _name(indicator: str, basis: str) -> str:
    return f"{indicator} ({BASES[basis]})"


def list_open(plan: Plan, localities: Sequence[Mapping[str, Any]]) -> list[str]:
    """What cannot be decided, why, who must act, and where: a line for each of these together."""
    found: dict[tuple[str, str], list[str]] = {}
    for locality in localities:
        code = locality["locality"]
        lacking: dict[str, list[str]] = {}
        for result in locality["criteria"]:
            if result["reason"]:
                why = (
                    f"{say_reason(result['reason'])}; bên phải làm: {say_actor(plan, code, result['actor'])}"
                )
                lacking.setdefault(why, []).append(result["criterion"])
        for why, criteria in lacking.items():
            are_all = len(criteria) == len(locality["criteria"])
            which = ALL_CRITERIA if are_all else ", ".join(criteria)
            found.setdefault((which, why), []).append(plan.locality_by_code[code].name)
    return [
        f"{ALL_LOCALITIES if len(names) == len(localities) > 1 else ', '.join(names)}: {which}: {why}"
        for (which, why), names in found.items()
    ]
