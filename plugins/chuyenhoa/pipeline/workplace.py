"""Where a task works: settings, plan, rules and store, put together once a process."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chuyenhoa import settings as settings_module
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.settings import Settings
from chuyenhoa.store import Store, open_store


class UnknownPeriodError(ValueError):
    """A period or milestone that the plan does not have; the text lists those it has."""


@dataclass(frozen=True)
class Workplace:
    """Everything that a task needs to find."""

    settings: Settings

    @cached_property
    def plan(self) -> Plan:
        """The plan in force."""
        return load_plan(self.settings.plans, self.settings.plan_id)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the plan's suites."""
        return load_rules(self.settings.expectations, self.plan)

    @cached_property
    def store(self) -> Store:
        """The store, with its tables in the newest form."""
        return open_store(self.settings.store_url)

    def period(self, period_id: str) -> Period:
        """A period by its id."""
        period = self.plan.period_by_id.get(period_id)
        if period is None:
            known = ", ".join(self.plan.period_by_id)
            raise UnknownPeriodError(f"plan {self.plan.id} has no period {period_id!r}; it has {known}.")
        return period

    def milestone(self, milestone_id: str) -> Period:
        """A milestone by its id."""
        period = self.period(milestone_id)
        if not period.is_milestone:
            known = ", ".join(entry.id for entry in self.plan.milestones)
            raise UnknownPeriodError(f"period {milestone_id!r} is no milestone; milestones are {known}.")
        return period


def open_workplace() -> Workplace:
    """The workplace that the environment describes."""
    return Workplace(settings_module.load())


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing: under a temporary name, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
