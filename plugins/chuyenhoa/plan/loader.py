"""Puts a plan together from its folder: typed entries, then checks across files, then the model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model.baselines import FixedFigure
from chuyenhoa.model.calendars import Calendar
from chuyenhoa.model.criteria import CriteriaGroup, ProvinceTarget
from chuyenhoa.model.guidance import Guidance
from chuyenhoa.model.plan import (
    Agency,
    Board,
    Indicator,
    IndicatorKind,
    LegalAct,
    Locality,
    NarrativeItem,
    Period,
    PeriodKind,
    Plan,
    Section,
    Signatory,
    StandingAgency,
    Status,
    Submitter,
    Task,
    Window,
)
from chuyenhoa.plan import entries as shape
from chuyenhoa.plan.checks import check_plan
from chuyenhoa.plan.criterion_entries import CriterionEntry
from chuyenhoa.plan.errors import PlanError
from chuyenhoa.plan.measures import build_criterion
from chuyenhoa.plan.sources import Located, Problems, parse, read_csv, read_yaml
from chuyenhoa.plan.units import read_register, units_of

Entry = TypeVar("Entry", bound=BaseModel)
EDITION = "code valid_from"
"""What tells the editions of a criterion apart."""


class Register:
    """Where each loaded entry stands, so that a check across files can name file and line."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], Located] = {}

    def note(self, what: str, key: str, at: Located, problems: Problems) -> None:
        """Remember an entry; the same key twice is a problem."""
        if (what, key) in self.places:
            problems.add(at, f"{what} {key} stands twice; first in line {self.places[what, key].line}")
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
        head = self._one("plan.yaml", shape.PlanEntry)
        if head and head.id != self.folder.name and not self.is_copy:
            text = f"plan: `id` is {head.id!r} and must be {self.folder.name!r}, as the folder"
            self.problems.add(self.register.places["plan", ""], text, ("id",))
            raise PlanError(self.problems.found)
        plan = self._assemble(head) if head else None
        if plan is not None and not self.problems.has_unread_files:
            check_plan(plan, self.register.places, self.problems)
        if plan is None or self.problems.found:
            raise PlanError(sorted(set(self.problems.found)))
        return plan

    def _one(self, name: str, kind: type[Entry]) -> Entry | None:
        located = read_yaml(self.folder / name, self.problems)
        if located.data is None:
            return None
        self.register.places["plan", ""] = located
        return parse(located, kind, "plan", self.problems)

    def _rows(
        self, path: Path, kind: type[Entry], what: str, key: str = "code", *, may_be_empty: bool = False
    ) -> list[Entry]:
        """The typed rows of a CSV file, each noted in the register."""
        columns = [name for name, field in kind.model_fields.items() if field.is_required()]
        rows = read_csv(path, columns, self.problems)
        if (
            not rows
            and not may_be_empty
            and not any(problem.file == path.name for problem in self.problems.found)
        ):
            self.problems.add_unread(path.name, 1, f"no {what} stands below the header")
        return self._typed(rows, kind, what, key)

    def _list(self, located: Located, kind: type[Entry], what: str, key: str = "code") -> list[Entry]:
        """The typed members of a YAML list, each noted in the register."""
        if not isinstance(located.data, list) or not located.data:
            if located.line:  # otherwise the file could not be read, which is told already
                self.problems.add_unread(
                    located.file, located.line, f"a list of {what} entries is expected here"
                )
            return []
        return self._typed(located.items(), kind, what, key)

    def _typed(self, found: list[Located], kind: type[Entry], what: str, key: str) -> list[Entry]:
        typed = []
        for at in found:
            label = _label(at.data, key) if isinstance(at.data, dict) else ""
            entry = parse(at, kind, f"{what} {label}".rstrip(), self.problems)
            if entry is not None:
                self.register.note(what, label, at, self.problems)
                typed.append(entry)
        return typed

    def _yaml(self, name: str) -> Located:
        return read_yaml(self.folder / name, self.problems)

    def _assemble(self, head: shape.PlanEntry) -> Plan:
        periods = tuple(
            _period(p) for p in self._list(self._yaml("periods.yaml"), shape.PeriodEntry, "period", "id")
        )
        register = read_register(self.units_folder, self.problems)
        criteria_file = self._yaml("criteria.yaml")
        criteria = self._list(criteria_file.part("criteria"), CriterionEntry, "criterion", EDITION)
        edition = str(criteria_file.part("edition").data or head.id)
        return Plan(
            id=head.id,
            title=head.title,
            number=head.number,
            issued_on=head.issued_on,
            year=head.year,
            edition=head.edition,
            criteria_status=Status(head.criteria_status),
            unverified_notice=head.unverified_notice,
            board=_board(head.board),
            bases=tuple(LegalAct(b.number, b.issued_on, b.title) for b in head.bases),
            units=units_of(register, [period.window for period in periods]),
            submitters=tuple(
                Submitter(**row.model_dump())
                for row in self._rows(self.folder / "submitters.csv", shape.SubmitterRow, "submitter")
            ),
            agencies=tuple(
                Agency(row.code, row.name)
                for row in self._rows(self.folder / "agencies.csv", shape.AgencyRow, "agency")
            ),
            localities=self._localities(),
            periods=periods,
            sections=tuple(
                Section(row.code, row.title, row.aliases)
                for row in self._rows(self.folder / "sections.csv", shape.SectionRow, "section")
            ),
            indicators=self._indicators(frozenset(head.decimal_units)),
            narrative_items=tuple(
                NarrativeItem(n.code, n.title, n.hint, tuple(n.aliases)) for n in head.narrative_items
            ),
            groups=tuple(
                CriteriaGroup(g.code, g.title)
                for g in self._list(criteria_file.part("groups"), shape.GroupEntry, "group")
            ),
            criteria=tuple(build_criterion(entry, edition) for entry in criteria),
            guidance=self._guidance(),
            targets=tuple(
                ProvinceTarget(**t.model_dump())
                for t in self._list(criteria_file.part("targets"), shape.TargetEntry, "target")
            ),
            tasks=self._tasks(),
            suites=tuple(head.suites),
            texts=head.texts,
            fixed_figures=self._fixed_figures(),
            register=register,
        )

    def _localities(self) -> tuple[Locality, ...]:
        rows = self._rows(self.folder / "localities.csv", shape.LocalityRow, "locality", may_be_empty=True)
        return tuple(
            Locality(r.code, r.name, r.submitter, frozenset(r.types), Status(r.status), r.aliases)
            for r in rows
        )

    def _indicators(self, decimal_units: frozenset[str]) -> tuple[Indicator, ...]:
        rows = self._rows(self.folder / "indicators.csv", shape.IndicatorRow, "indicator")
        return tuple(
            Indicator(
                r.code,
                r.label,
                r.unit,
                IndicatorKind(r.kind),
                r.section,
                r.unit in decimal_units,
                r.note,
                r.moment == "start",
                r.aliases,
                r.loose_aliases,
                r.within,
            )
            for r in rows
        )

    def _guidance(self) -> tuple[Guidance, ...]:
        path = self.folder / "guidance.yaml"
        if not path.exists():
            return ()
        located = read_yaml(path, self.problems, may_be_empty=True)
        if located.data == []:
            return ()
        found = self._list(located, shape.GuidanceEntry, "guidance", "title")
        return tuple(
            Guidance(
                g.number,
                g.issued_on,
                g.issuer,
                g.title,
                g.status,
                tuple(
                    build_criterion(c, f"{g.number}, {format_date(g.issued_on)}, {g.issuer}")
                    for c in g.criteria
                ),
            )
            for g in sorted(found, key=lambda g: g.issued_on)
        )

    def _fixed_figures(self) -> tuple[FixedFigure, ...]:
        path = self.folder / "baselines.csv"
        if not path.exists():
            return ()
        figures = []
        for at in read_csv(path, list(shape.FixedRow.model_fields), self.problems):
            row = parse(at, shape.FixedRow, "baseline", self.problems)
            if row is not None:
                key = f"{row.name} {row.locality} {row.indicator}"
                self.register.note("baseline", key, at, self.problems)
                figures.append(FixedFigure(**row.model_dump(), line=at.line))
        return tuple(figures)

    def _tasks(self) -> tuple[Task, ...]:
        found = self._list(self._yaml("tasks.yaml"), shape.TaskEntry, "task")
        return tuple(
            Task(t.code, t.code.split(".")[0], t.title, tuple(t.lead), tuple(t.criteria)) for t in found
        )


def _label(data: Mapping[str, object], key: str) -> str:
    """What an entry is called; where several may share a name, the fields behind it tell them apart."""
    return " ".join(str(data[name]) for name in key.split() if data.get(name) not in (None, ""))


def _board(entry: shape.BoardEntry) -> Board:
    fields = entry.model_dump()
    return Board(**{**_signed(fields), "agency": _agency(fields["agency"])})


def _agency(fields: dict[str, Any]) -> StandingAgency:
    is_sample = fields.pop("status") != Status.VERIFIED.value
    return StandingAgency(**_signed(fields), is_sample=is_sample)


def _signed(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of whoever issues documents, with the signature blocks made."""
    return {
        **fields,
        "signatory": Signatory(**fields["signatory"]),
        "deputy": Signatory(**fields["deputy"], name=""),
        "recipients": tuple(fields["recipients"]),
    }


def _period(entry: shape.PeriodEntry) -> Period:
    return Period(
        id=entry.id,
        label=entry.label,
        kind=PeriodKind(entry.kind),
        window=Window(entry.start, entry.end),
        deadline=entry.last_day,
        baseline=Window(entry.baseline.start, entry.baseline.end),
        is_milestone=entry.milestone,
        opens=entry.opens,
        assumption=entry.assumption,
        calendar=Calendar(entry.calendar),
    )


@lru_cache(maxsize=8)
def load_plan(plans: Path, plan_id: str) -> Plan:
    """Load one year's plan from `plans/<plan_id>/`, with the units of `plans/units/`.

    Raises:
        PlanError: with every problem found, each with file, line and what is wrong.
    """
    return _Loader(plans / plan_id).load()


def load_copy(folder: Path) -> Plan:
    """Load a plan from a folder of any name beside a `units` folder, such as a copy to compare with.

    Raises:
        PlanError: as `load_plan`.
    """
    return _Loader(folder, is_copy=True).load()
