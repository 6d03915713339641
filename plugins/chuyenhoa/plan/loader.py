"""Puts a plan together from its folder: typed entries, then checks across files, then the model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model.baselines import FixedFigure
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.guidance import Guidance
from chuyenhoa.model.plan import Indicator, Plan, Recipient
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan import entries
from chuyenhoa.plan.checks import Check, check_plan
from chuyenhoa.plan.criterion_entries import CRITERION
from chuyenhoa.plan.effects import check_effects
from chuyenhoa.plan.lint_warnings import list_warnings
from chuyenhoa.plan.shapes import Shape
from chuyenhoa.plan.sources import Located, PlanError, Problem, Problems, parse, read_csv, read_yaml
from chuyenhoa.plan.units import read_register, units_of

logger = logging.getLogger(__name__)

NO_PLANS = frozenset({"units", "samples"})
"""Folders below plans/ that hold no plan."""
Entry = TypeVar("Entry")
# The fields that distinguish the editions of a criterion: II.2 until 14/10 and II.2 from 15/10 on.
EDITION = "code valid_from"


class Register:
    """Where each loaded entry stands, so that a check across files can name file and line."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], Located] = {}

    def note(self, what: str, key: str, at: Located, problems: Problems) -> None:
        """Remember an entry; the same key twice is a problem."""
        if (what, key) in self.places:
            problems.add(at, f"{what} {key} is duplicated; first in line {self.places[what, key].line}")
        else:
            self.places[what, key] = at


class _Loader:
    """One plan on its way from files to the model."""

    def __init__(self, folder: Path, *, is_copy: bool = False) -> None:
        self.folder = folder
        self.is_copy = is_copy
        self.units_folder = folder.parent / "units"
        self.problems = Problems()
        self.register = Register()

    def load(self) -> Plan:
        """Read everything, check it across files, and refuse it with all that is wrong.

        Across files only when each could be read: a file that is lacking would put the blame on others.
        """
        if not self.folder.is_dir():
            self.problems.add(Located(str(self.folder.name), 0, None, {}), "there is no such plan folder")
            raise PlanError(self.problems.found)
        # First of all: of a copied folder with the old id in plan.yaml every period's id would be blamed.
        head = self._read_head()
        if head and head.id != self.folder.name and not self.is_copy:
            text = f"plan: `id` is {head.id!r} and must be {self.folder.name!r}, as the folder"
            self.problems.add(self.register.places["plan", ""], text, ("id",))
            raise PlanError(self.problems.told())
        plan = self._assemble(head) if head else None
        # Without indicators.csv every criterion would name unknown indicators: one cause, fifty messages.
        if plan is not None and not self.problems.has_unread_files:
            check_plan(plan, self.register.places, self.problems)
        if plan is None or self.problems.found:
            raise PlanError(self.problems.told())
        return plan

    def _read_head(self) -> entries.PlanEntry | None:
        located = self._yaml("plan.yaml")
        if located.data is None:
            return None
        self.register.places["plan", ""] = located
        return parse(located, entries.PlanEntry.model_validate, "plan", self.problems)

    def _rows(
        self, name: str, shape: Shape[Entry], what: str, *, may_be_empty: bool = False
    ) -> tuple[Entry, ...]:
        """What the rows of a CSV file state, each noted in the register."""
        rows = read_csv(self.folder / name, shape.columns, self.problems)
        is_told = any(problem.file == name for problem in self.problems.found)
        if not rows and not may_be_empty and not is_told:
            self.problems.add_unread(name, 1, f"there is no {what} below the header")
        return self._typed(rows, shape.read, what, "code")

    def _list(self, located: Located, shape: Shape[Entry], what: str, key: str = "code") -> tuple[Entry, ...]:
        """What the members of a YAML list state, each noted in the register."""
        if not isinstance(located.data, list) or not located.data:
            if located.line:  # otherwise the file could not be read, which is reported already
                text = f"a list of {what} entries is expected here"
                self.problems.add_unread(located.file, located.line, text)
            return ()
        return self._typed(located.items(), shape.read, what, key)

    def _typed(
        self, found: list[Located], read: Callable[[object], Entry], what: str, key: str
    ) -> tuple[Entry, ...]:
        typed = []
        for at in found:
            label = _label(at.data, key) if isinstance(at.data, dict) else ""
            entry = parse(at, read, f"{what} {label}".rstrip(), self.problems)
            if entry is None:
                self.problems.refused.add((what, label.split(" ")[0]))
            else:
                self.register.note(what, label, at, self.problems)
                typed.append(entry)
        return tuple(typed)

    def _yaml(self, name: str) -> Located:
        return read_yaml(self.folder / name, self.problems)

    def _assemble(self, head: entries.PlanEntry) -> Plan:
        periods = self._list(self._yaml("periods.yaml"), entries.PERIOD, "period", "id")
        register = read_register(self.units_folder, self.problems)
        criteria_file = self._yaml("criteria.yaml")
        criteria = self._list(criteria_file.part("criteria"), CRITERION, "criterion", EDITION)
        edition = str(criteria_file.part("edition").data or head.id)
        return Plan(
            id=head.id,
            title=head.title,
            number=head.number,
            issued_on=head.issued_on,
            year=head.year,
            edition=head.edition,
            criteria_status=head.criteria_status,
            unverified_notice=head.unverified_notice,
            board=head.board,
            bases=tuple(head.bases),
            units=units_of(register, [period.window for period in periods]),
            submitters=self._rows("submitters.csv", entries.SUBMITTER, "submitter"),
            agencies=self._rows("agencies.csv", entries.AGENCY, "agency"),
            localities=self._rows("localities.csv", entries.LOCALITY, "locality", may_be_empty=True),
            periods=periods,
            sections=self._rows("sections.csv", entries.SECTION, "section"),
            indicators=self._indicators(frozenset(head.decimal_units)),
            narrative_items=tuple(head.narrative_items),
            groups=self._list(criteria_file.part("groups"), entries.GROUP, "group"),
            criteria=_in_edition(criteria, edition),
            guidance=self._guidance(),
            targets=self._list(criteria_file.part("targets"), entries.TARGET, "target"),
            tasks=self._list(self._yaml("tasks.yaml"), entries.TASK, "task"),
            suites=tuple(head.suites),
            texts=head.texts,
            fixed_figures=self._fixed_figures(),
            register=register,
        )

    def _indicators(self, decimal_units: frozenset[str]) -> tuple[Indicator, ...]:
        rows = self._rows("indicators.csv", entries.INDICATOR, "indicator")
        return tuple(replace(row, decimals=row.unit in decimal_units) for row in rows)

    def _guidance(self) -> tuple[Guidance, ...]:
        path = self.folder / "guidance.yaml"
        if not path.exists():
            return ()
        located = read_yaml(path, self.problems, may_be_empty=True)
        if located.data == []:
            return ()
        letters = self._list(located, entries.GUIDANCE, "guidance", "title")
        return tuple(
            replace(letter, criteria=_in_edition(letter.criteria, _name_of(letter)))
            for letter in sorted(letters, key=lambda letter: letter.issued_on)
        )

    def _fixed_figures(self) -> tuple[FixedFigure, ...]:
        path = self.folder / "baselines.csv"
        if not path.exists():
            return ()
        figures = []
        for at in read_csv(path, entries.FIXED_FIGURE.columns, self.problems):
            figure = parse(at, entries.FIXED_FIGURE.read, "baseline", self.problems)
            if figure is not None:
                key = f"{figure.name} {figure.locality} {figure.indicator}"
                self.register.note("baseline", key, at, self.problems)
                # An explanation cites the figure by its line: `baselines.csv:7`.
                figures.append(replace(figure, line=at.line))
        return tuple(figures)


def _in_edition(criteria: tuple[Criterion, ...], edition: str) -> tuple[Criterion, ...]:
    """Criteria in the edition of their file or letter, unless one names its own."""
    return tuple(replace(entry, edition=entry.edition or edition) for entry in criteria)


def _name_of(letter: Guidance) -> str:
    """How results cite a letter: "812/CAT-PV01, 20/9/2021, Công an tỉnh Kiên Giang"."""
    return f"{letter.number}, {format_date(letter.issued_on)}, {letter.issuer}"


def _label(data: Mapping[str, object], key: str) -> str:
    """What an entry is called: the fields that distinguish it, those that it has."""
    return " ".join(str(data[name]) for name in key.split() if data.get(name) not in (None, ""))


@lru_cache(maxsize=8)
def load_plan(plans: Path, plan_id: str) -> Plan:
    """Load one year's plan from `plans/<plan_id>/`, with the units of `plans/units/`.

    Raises:
        PlanError: with every problem found, each with file, line and what is wrong.
    """
    return _Loader(plans / plan_id).load()


@dataclass(frozen=True)
class LoadedPlans:
    """All plans side by side; one that is broken is lacking by itself."""

    sound: Mapping[str, Plan]
    """Those that can be run, by id, oldest first."""
    faults: Mapping[str, PlanError]
    """Why each of the others cannot, by the name of its folder, with that name before each file's."""


def list_folders(plans: Path) -> list[str]:
    """The names of the folders that are plans, or should be: the oldest first, as they are named by year.

    Raises:
        OSError: there is no folder `plans`, or it cannot be read.
    """
    return sorted(
        path.name
        for path in plans.iterdir()
        # ".git", "__pycache__" and the like are no plans; any other folder without a plan.yaml is a slip.
        if path.is_dir() and path.name not in NO_PLANS and path.name[0] not in "._"
    )


def load_plans(plans: Path) -> LoadedPlans:
    """Load every plan below `plans`; it never raises, whatever lies there."""
    sound: dict[str, Plan] = {}
    faults: dict[str, PlanError] = {}
    try:
        folders = list_folders(plans)
    except OSError as error:
        return LoadedPlans({}, {plans.name: PlanError([_unreadable(plans.name, error)])})
    for name in folders:
        try:
            plan = load_plan(plans, name)
            _refuse_known_periods(plan, sound)
            sound[name] = plan
        except PlanError as error:
            faults[name] = PlanError(replace(p, file=f"{name}/{p.file}") for p in error.problems)
        except Exception as error:  # what the loader itself trips over must not take the other plans along
            logger.exception("loading plan %s failed", name)
            faults[name] = PlanError([_unreadable(name, error)])
    return LoadedPlans(sound, faults)


def _unreadable(file: str, error: Exception) -> Problem:
    return Problem(file, 0, f"cannot be read: {getattr(error, 'strerror', None) or repr(error)}")


def _refuse_known_periods(plan: Plan, others: Mapping[str, Plan]) -> None:
    """Ids of periods say which plan is meant: of two plans with the same one the first counts."""
    known = {period: other.id for other in others.values() for period in other.period_by_id}
    if twice := [period for period in plan.period_by_id if period in known]:
        raise PlanError(
            Problem("periods.yaml", 1, f"period {period} is in plan {known[period]} too; rename one")
            for period in twice
        )


@dataclass(frozen=True)
class Loaded:
    """A plan that can be run, with the places of its entries, so that more can be said of them."""

    plan: Plan
    places: Mapping[tuple[str, str], Located]
    misread: tuple[Problem, ...] = ()

    def faults(self) -> list[Problem]:
        """What the plan can be run with and nobody can mean."""
        return self._said(check_effects, self.misread)

    def doubts(self, others: Mapping[str, Plan]) -> list[Problem]:
        """What is seldom meant, as warnings; `others` are plans from which this one may have been copied."""
        found = self._said(partial(list_warnings, others=others))
        return [replace(doubt, severity=Severity.WARNING) for doubt in found]

    def _said(self, step: Callable[[Check], None], misread: Iterable[Problem] = ()) -> list[Problem]:
        problems = Problems()
        problems.misread += misread
        step(Check(self.plan, self.places, problems))
        return problems.told()


def load_located(plans: Path, plan_id: str) -> Loaded:
    """Load a plan, as `load_plan`, and keep where each of its entries stands.

    Raises:
        PlanError: as `load_plan`.
    """
    loader = _Loader(plans / plan_id)
    plan = loader.load()
    return Loaded(plan, loader.register.places, tuple(loader.problems.misread))


def load_copy(folder: Path) -> Plan:
    """Load a plan from a folder of any name beside a `units` folder, such as a copy to compare with.

    Raises:
        PlanError: as `load_plan`.
    """
    return _Loader(folder, is_copy=True).load()


def load_recipients(folder: Path) -> tuple[Recipient, ...]:
    """The recipients of a plan, in the order of `recipients.csv`; none without the file.

    Raises:
        PlanError: the file lacks a column, or a line has no name or no address; each with its line.
    """
    path = folder / "recipients.csv"
    if not path.exists():
        return ()
    problems = Problems()
    rows = read_csv(path, entries.RECIPIENT.columns, problems)
    found = [entry for at in rows if (entry := parse(at, entries.RECIPIENT.read, "recipient", problems))]
    if problems.found:
        raise PlanError(problems.found)
    return tuple(found)
