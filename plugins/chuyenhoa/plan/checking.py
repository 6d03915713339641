"""A loaded plan under check: where its entries stand, and what was found wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chuyenhoa.model.plan import Plan
from chuyenhoa.plan.sources import Located, Path_, Problems


@dataclass(frozen=True)
class Check:
    """A plan, where its entries stand, and what was found wrong."""

    plan: Plan
    places: Mapping[tuple[str, str], Located]
    problems: Problems

    def blame(self, what: str, key: str, text: str, path: Path_ = ()) -> None:
        """Note a problem at an entry, or at a part of it."""
        at = self.places.get((what, key), Located("plan.yaml", 0, None, {}))
        self.problems.add(at, f"{what} {key}: {text}", path)

    def each_known(self, what: str, key: str, named: Iterable[str], known: Iterable[str], noun: str) -> None:
        """Note every name that is not among those known."""
        for name in sorted(set(named) - set(known)):
            self.blame(what, key, f"unknown {noun} {name}")
