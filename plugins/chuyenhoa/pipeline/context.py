"""The context of a task: settings, plans, rules and store, put together once per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from chuyenhoa import clock
from chuyenhoa import settings as settings_module
from chuyenhoa.kit import sandbox
from chuyenhoa.kit.mail import split_addresses
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.rules import Rule, rules_in_force
from chuyenhoa.plan import LoadedPlans, PlanError, load_plan, load_plans, messages
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store import Store, disk, open_store

AHEAD = timedelta(days=31)
"""The windows of a plan begin that long before its year, at the most."""


class UnknownPeriodError(ValueError):
    """A period or milestone that the plan does not have; the text lists those it has."""


@dataclass(frozen=True)
class Context:
    """What every task needs; every folder under plans/ is a plan; a broken one stops itself alone."""

    settings: settings_module.Settings

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """All plans that can be run, by their id, oldest first."""
        return self._loaded.sound

    @cached_property
    def plan_faults(self) -> Mapping[str, PlanError]:
        """Why the other plans cannot be run, by the name of their folder."""
        return self._loaded.faults

    @cached_property
    def _loaded(self) -> LoadedPlans:
        return load_plans(self.settings.plans)

    @cached_property
    def plan(self) -> Plan:
        """The plan of today: the named one (CHUYENHOA_PLAN), else the newest whose windows have begun.

        Of those that can be run: `may_be_todays` tells of a broken one that it may stand for.

        Raises:
            PlanError: no plan can be run, or the named one is not there.
        """
        if not self.plans:
            raise PlanError(found for fault in self.plan_faults.values() for found in fault.problems)
        if self.settings.plan_id and self.settings.plan_id not in self.plan_faults:
            return load_plan(self.settings.plans, self.settings.plan_id)
        # Two plans are in work at the turn of the year: files of 2021 may come until 17/12, and the windows
        # of the next plan begin on 15/12 (docs/decisions/0010).
        begun = [plan for plan in self.plans.values() if _begins(plan) <= clock.today()]
        return max(begun or list(self.plans.values())[:1], key=_begins)

    def may_be_todays(self, folder: str) -> bool:
        """Whether a broken plan may be today's, by the year after which its folder is named."""
        if self.settings.plan_id:
            return folder == self.settings.plan_id
        return self.plan.id[:4] < folder[:4] <= str((clock.today() + AHEAD).year)

    def refuse_broken(self, name: str) -> None:
        """Refuse what is of a broken plan: the plan itself, or one of its periods.

        Raises:
            PlanError: what is wrong with that plan.
        """
        for folder, fault in self.plan_faults.items():
            if name == folder or name.startswith(f"{folder}-"):  # as every period's id begins
                raise fault

    def plan_or_todays(self, plan_id: str) -> Plan:
        """The plan of a file; today's where the file is of none.

        Raises:
            PlanError: it is of a plan that cannot be run.
        """
        if plan_id not in self.plans:
            self.refuse_broken(plan_id)
        return self.plans.get(plan_id) or self.plan

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
        owner = self.plan_or_todays(plan_id).submitter_by_folder.get(folder)
        return split_addresses(owner.email) if owner else ()

    def plan_of(self, period_id: str) -> Plan:
        """The plan that has a period.

        Raises:
            UnknownPeriodError: no plan has it.
            PlanError: it is of a plan that cannot be run.
        """
        for plan in self.plans.values():
            if period_id in plan.period_by_id:
                return plan
        self.refuse_broken(period_id)
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
