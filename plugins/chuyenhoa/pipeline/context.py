"""The context of a task: settings, plans, rules and store, put together once per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from chuyenhoa import clock
from chuyenhoa import settings as settings_module
from chuyenhoa.kit import sandbox
from chuyenhoa.kit.mail import split_addresses
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.rules import Rule, rules_in_force
from chuyenhoa.plan import load_plan, messages
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store import Store, disk, open_store


class UnknownPeriodError(ValueError):
    """A period or milestone that the plan does not have; the text lists those it has."""


@dataclass(frozen=True)
class Context:
    """What every task needs; every folder under plans/ with a plan.yaml is a plan."""

    settings: settings_module.Settings

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """All plans by their id, oldest first."""
        # Named after the year: the oldest comes first, and a new year is a new folder (docs/decisions/0010).
        names = sorted(path.parent.name for path in self.settings.plans.glob("*/plan.yaml"))
        return {name: load_plan(self.settings.plans, name) for name in names}

    @cached_property
    def plan(self) -> Plan:
        """The plan of today: the named one (CHUYENHOA_PLAN), else the newest whose windows have begun."""
        if self.settings.plan_id:
            return load_plan(self.settings.plans, self.settings.plan_id)
        # Two plans are in work at the turn of the year: files of 2021 may come until 17/12, and the windows
        # of the next plan begin on 15/12 (docs/decisions/0010).
        begun = [plan for plan in self.plans.values() if _begins(plan) <= clock.today()]
        return max(begun or list(self.plans.values())[:1], key=_begins)

    @cached_property
    def store(self) -> Store:
        """The store with its journal in the archive; refused when it is not of this program's version."""
        return open_store(self.settings.store_url, self.settings.archive)

    def rules_of(self, plan: Plan, period: Period | None = None) -> tuple[Rule, ...]:
        """The rules of a plan's suites: all of them, or those by which one period is checked."""
        if plan.id not in self._rules:
            self._rules[plan.id] = load_rules(self.settings.expectations, plan)
        rules = self._rules[plan.id]
        return rules if period is None else rules_in_force(rules, period.window.end)

    @cached_property
    def _rules(self) -> dict[str, tuple[Rule, ...]]:
        return {}

    def titles_of(self, plan: Plan) -> dict[str, str]:
        """The title of every rule of a plan and of every code of the reader, by its id."""
        codes = messages.load_messages(self.settings.templates / "messages" / "reading")
        return {
            **{code: message.title for code, message in codes.items()},
            **{rule.rule_id: rule.title for rule in self.rules_of(plan)},
        }

    def recipients_of(self, plan_id: str, folder: str) -> tuple[str, ...]:
        """The e-mail addresses of the owner of an inbox folder, in a file's plan or else in today's.

        The folder decides, never what a file says of itself: nobody can have letters sent to somebody else.
        """
        owner = self.plans.get(plan_id, self.plan).submitter_by_folder.get(folder)
        return split_addresses(owner.email) if owner else ()

    def plan_of(self, period_id: str) -> Plan:
        """The plan that has a period.

        Raises:
            UnknownPeriodError: no plan has it.
        """
        for plan in self.plans.values():
            if period_id in plan.period_by_id:
                return plan
        known = ", ".join(name for plan in self.plans.values() for name in plan.period_by_id)
        raise UnknownPeriodError(f"no plan has a period {period_id!r}; known are {known}.")

    def period(self, period_id: str) -> Period:
        """A period by its id, which is unique over all plans.

        Raises:
            UnknownPeriodError: no plan has it.
        """
        return self.plan_of(period_id).period_by_id[period_id]

    def milestone(self, milestone_id: str) -> Period:
        """A milestone by its id.

        Raises:
            UnknownPeriodError: no plan has such a period, or it is no milestone.
        """
        period = self.period(milestone_id)
        if not period.is_milestone:
            known = ", ".join(entry.id for entry in self.milestones)
            raise UnknownPeriodError(f"period {milestone_id!r} is no milestone; milestones are {known}.")
        return period

    @property
    def milestones(self) -> tuple[Period, ...]:
        """The milestones of all plans, in order of time."""
        return tuple(entry for plan in self.plans.values() for entry in plan.milestones)


def _begins(plan: Plan) -> date:
    return min(period.window.start for period in plan.periods)


def open_context() -> Context:
    """The context that the environment variables describe."""
    return Context(settings_module.load())


def call_confined(task: sandbox.Task, jobs: Sequence[tuple[Any, ...]]) -> list[Any]:
    """`sandbox.call_all` in workers that find plans and messages where this process does."""
    return sandbox.call_all(task, jobs, {"CHUYENHOA_HOME": str(settings_module.load().home)})


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing, and it outlasts a power cut."""
    disk.write_files({path: content})
