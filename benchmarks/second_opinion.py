"""A second way from accepted reports to verdicts, written from DESIGN 3.5, 3.6, 4 and 7 alone.

It reads the plan's YAML and CSV itself and shares nothing with the assessment, so that a mistake in windows,
precedence, bounds or thresholds shows as a difference.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from benchmarks.measuring import CONTRADICTION, asked_of, completions, terms_of, verdict_of
from tests.integration.independent import INSUFFICIENT, MET, NOT_APPLICABLE, NOT_MET, together

DAY = timedelta(days=1)
Span = tuple[date, date]
YES, NO, DOES_NOT_APPLY = "Có", "Không", "Không áp dụng"
ANY = frozenset({MET, NOT_MET, NOT_APPLICABLE})


@dataclass(frozen=True)
class Said:
    """An answer of sheet "Định tính" with number and date of its document, each "" where blank."""

    answer: str
    number: str = ""
    day: str = ""


def say_again(old: Said | None, new: Said) -> Said:
    """What holds after a second statement: "Có" that names less and nothing else keeps the document."""
    if old is None or old.answer != YES or new.answer != YES or new == old:
        return new
    is_other = new.number not in ("", old.number) or new.day not in ("", old.day)
    return new if is_other or (new.number, new.day) == (old.number, old.day) else old


@dataclass
class Report:
    """What is in force of one locality in one period: figures by code, answers by criterion."""

    current: dict[str, Fraction] = field(default_factory=dict)
    baseline: dict[str, Fraction] = field(default_factory=dict)
    declared: dict[str, Said] = field(default_factory=dict)


Accepted = Mapping[tuple[str, str], Report]
"""By period and locality; an entry is there once a file that lists the locality was taken."""


@dataclass(frozen=True)
class Figure:
    """A figure: its value, or None and the least that it can be."""

    value: Fraction | None
    low: Fraction = Fraction(0)

    @property
    def least(self) -> Fraction:
        """The value, or the lower bound."""
        return self.low if self.value is None else self.value


UNKNOWN = Figure(None)


@dataclass(frozen=True)
class Statement:
    """A figure that a report states of a span; `told` on its sheet "Cùng kỳ"."""

    span: Span
    value: Fraction
    told: bool


def within(span: Span, outer: Span) -> bool:
    """Whether all days of a span belong to another."""
    return outer[0] <= span[0] and span[1] <= outer[1]


def length(span: Span) -> int:
    """Days, the last one not counted."""
    return (span[1] - span[0]).days


def tile(span: Span, found: Sequence[Statement]) -> list[Statement]:
    """Statements that follow one another through a span, the longest first; nothing where none do."""
    starting = [s for s in found if s.span[0] == span[0] and within(s.span, span)]
    for first in sorted(starting, key=lambda s: (-length(s.span), s.told)):
        if first.span[1] == span[1]:
            return [first]
        rest = tile((first.span[1] + DAY, span[1]), found)
        if rest:
            return [first, *rest]
    return []


def flow(span: Span, found: Sequence[Statement]) -> Figure:
    """Own reports that cover a span, else with what later ones tell of the rest; else at least the parts."""
    inside = [s for s in found if within(s.span, span)]
    own = [s for s in inside if not s.told]
    told = [s for s in inside if s.told and not tile(s.span, own)]
    chosen = tile(span, own) or tile(span, own + told)
    if chosen:
        return Figure(sum((s.value for s in chosen), Fraction(0)))
    smaller = {s.span for s in inside} - {span}
    parts = [s for s in smaller if not any(within(s, other) for other in smaller - {s})]
    return Figure(None, sum((flow(part, inside).least for part in parts), Fraction(0)))


def at_moment(span: Span, found: Sequence[Statement], edge: int) -> Figure:
    """The figure of the first or last day: of the longest report inside the span, then of what is told."""
    same = [s for s in found if within(s.span, span) and s.span[edge] == span[edge]]
    same.sort(key=lambda s: (s.told, -length(s.span)))
    return Figure(same[0].value) if same else UNKNOWN


def distinct(span: Span, found: Sequence[Statement]) -> Figure:
    """The count at the end of the span; before it came, at least the newest count so far."""
    final = at_moment(span, found, 1)
    inside = [s for s in found if within(s.span, span)]
    if final.value is not None or not inside:
        return final
    newest = max(inside, key=lambda s: (s.span[1], not s.told, length(s.span)))
    return Figure(None, newest.value)


class Folder:
    """A plan's folder, read by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.spans: dict[str, Span] = {}
        self.before: dict[str, Span] = {}
        for entry in self._yaml("periods.yaml"):
            self.spans[entry["id"]] = (entry["from"], entry["to"])
            self.before[entry["id"]] = (entry["baseline"]["from"], entry["baseline"]["to"])
        self.indicators = {row["code"]: row for row in self._csv("indicators.csv")}
        self.types = {
            row["code"]: {int(t) for t in row["types"].split(";")} for row in self._csv("localities.csv")
        }
        self.fixed = {
            (row["name"], row["locality"], row["indicator"]): Fraction(row["value"])
            for row in self._csv("baselines.csv")
        }

    def _yaml(self, name: str) -> Any:
        return yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))

    def _csv(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def _entries(self) -> list[dict[str, Any]]:
        return list(self._yaml("criteria.yaml")["criteria"])

    @cached_property
    def _letters(self) -> list[dict[str, Any]]:
        return sorted(self._yaml("guidance.yaml"), key=lambda letter: letter["issued_on"])

    def criteria(self, day: date) -> dict[str, dict[str, Any]]:
        """The criteria on a day, those that a letter fills in among them."""
        found = {entry["code"]: entry for entry in self._entries}
        for letter in self._letters:
            if letter["issued_on"] <= day:
                found |= {entry["code"]: entry for entry in letter["criteria"]}
        return found


class Opinion:
    """Verdicts and figures of all localities of all plans of a home, from what was accepted."""

    def __init__(self, plans: Path, accepted: Accepted) -> None:
        self.accepted = accepted
        folders = [path for path in plans.iterdir() if (path / "plan.yaml").exists()]
        self.plans = {path.name: Folder(path) for path in sorted(folders)}
        self._plan_of = {period: plan for plan in self.plans.values() for period in plan.spans}
        self.statements: dict[tuple[str, str], list[Statement]] = {}
        for (period, locality), report in accepted.items():
            plan = self._plan_of[period]
            for told, span, figures in (
                (False, plan.spans[period], report.current),
                (True, plan.before[period], report.baseline),
            ):
                for code, value in figures.items():
                    self.statements.setdefault((locality, code), []).append(Statement(span, value, told))
        self._came_from: dict[str, list[tuple[str, bool]]] = {}
        with (plans / "units" / "successions.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                edge = (row["from_code"], row["extent"] == "whole")
                self._came_from.setdefault(row["to_code"], []).append(edge)

    def judge(self, period: str) -> Iterator[tuple[str, dict[str, str], Mapping[str, Figure]]]:
        """Each locality with its verdicts (criteria, groups, key "all") and the figures they rest on."""
        plan = self._plan_of[period]
        criteria = plan.criteria(plan.spans[period][1])
        for locality in plan.types:
            known = _Known(self, plan, period, locality)
            verdicts = {code: known.judge(entry) for code, entry in criteria.items()}
            groups: dict[str, list[str]] = {}
            for code, entry in criteria.items():
                groups.setdefault(entry["group"], []).append(verdicts[code])
            joined = {group: together(found) for group, found in groups.items()}
            yield locality, {**verdicts, **joined, "all": together(joined.values())}, known.figures

    def figure(self, plan: Folder, unit: str, code: str, span: Span) -> Figure:
        """The figure of a unit, else the sum over the units that went into it whole."""
        entry = plan.indicators[code]
        found = self.statements.get((unit, code), [])
        if entry["kind"] == "flow":
            own = flow(span, found)
        elif entry["kind"] == "distinct":
            own = distinct(span, found)
        else:
            own = at_moment(span, found, 0 if entry["moment"] == "start" else 1)
        former = self._came_from.get(unit, [])
        if own.value is not None or not former or not all(whole for _, whole in former):
            return own
        parts = [self.figure(plan, part, code, span) for part, _ in former]
        low = sum((part.least for part in parts), Fraction(0))
        if all(part.value is not None for part in parts):
            return Figure(low)
        return Figure(None, max(low, own.low))


@dataclass
class _Known:
    """What is known of one locality at one milestone."""

    opinion: Opinion
    plan: Folder
    period: str
    locality: str
    figures: dict[str, Figure] = field(default_factory=dict)

    @cached_property
    def span(self) -> Span:
        return self.plan.spans[self.period]

    @cached_property
    def reports(self) -> list[tuple[Span, Report]]:
        """What was accepted on the window, in the order in which it speaks last; the coarse one last."""
        spans = {p: span for p, span in self.plan.spans.items() if within(span, self.span)}
        found = [
            (span, self.opinion.accepted[period, self.locality])
            for period, span in spans.items()
            if (period, self.locality) in self.opinion.accepted
        ]
        return sorted(found, key=lambda entry: (entry[0][1], length(entry[0])))

    def judge(self, entry: Mapping[str, Any]) -> str:
        """The verdict on a criterion."""
        asked = self.plan.types[self.locality] & set(entry["applies_to_types"])
        if not asked:
            return NOT_APPLICABLE
        if entry["measure"]["kind"] == "guidance" or self._is_unheard_of:
            return INSUFFICIENT
        if entry["measure"]["kind"] == "declaration":
            possible = self._declared(entry["code"], entry["measure"])
        else:
            possible = self._measured([asked_of(entry, one) for one in sorted(asked)])
        return next(iter(possible)) if len(possible) == 1 else INSUFFICIENT

    @cached_property
    def _is_unheard_of(self) -> bool:
        """Whether no report says a word on the window: not submitted, whatever a figure could be."""
        return not self.reports and not any(
            within(statement.span, self.span)
            for code in self.plan.indicators
            for statement in self.opinion.statements.get((self.locality, code), ())
        )

    def _declared(self, criterion: str, measure: Mapping[str, Any]) -> frozenset[str]:
        said = [
            (span, report.declared[criterion])
            for span, report in self.reports
            if criterion in report.declared
        ]
        found = self._throughout(said) if measure.get("throughout") else self._last_word(said)
        if found is None:
            return ANY
        if found.answer == DOES_NOT_APPLY:
            return frozenset({NOT_APPLICABLE})
        if found.answer == NO:
            return frozenset({NOT_MET})
        lacks = measure["needs_document"] and not (found.number and found.day)
        return ANY if lacks else frozenset({MET})

    def _last_word(self, said: Sequence[tuple[Span, Said]]) -> Said | None:
        """The last answer; none while a report that is still to come could say another."""
        if not said or self._is_open_after(said[-1][0][1]):
            return None
        found: Said | None = None
        for _, entry in said:
            found = say_again(found, entry)
        return found

    def _is_open_after(self, day: date) -> bool:
        """Whether a day after this one is in no report."""
        covered = day
        for span, _ in sorted(self.reports, key=lambda entry: entry[0]):
            if span[0] <= covered + DAY:
                covered = max(covered, span[1])
        return covered < self.span[1]

    def _throughout(self, said: Sequence[tuple[Span, Said]]) -> Said | None:
        """Of all the window: "Không" decides, and "Có" must have been said of every day."""
        coarse = [
            (span, entry)
            for span, entry in said
            if not any(within(span, other) and other != span for other, _ in said)
        ]
        answers = [entry.answer for _, entry in coarse]
        if NO in answers:
            return Said(NO)
        if not tile(self.span, [Statement(span, Fraction(0), told=False) for span, _ in coarse]):
            return None
        return Said(YES if any(entry.answer == YES for _, entry in said) else DOES_NOT_APPLY)

    def _figure(self, term: str) -> Figure:
        """The figure of a term as the plan writes it, without its sign."""
        if term not in self.figures:
            self.figures[term] = self._look_up(term)
        return self.figures[term]

    def _look_up(self, term: str) -> Figure:
        window, _, code = term.rpartition(".")
        if window.startswith("fixed."):
            return Figure(self.plan.fixed[window.removeprefix("fixed."), self.locality, code])
        if window.startswith("average"):
            years = int(window.removeprefix("average"))
            found = [self._ago(code, back) for back in range(1, years + 1)]
            low = sum((figure.least for figure in found), Fraction(0)) / years
            is_known = all(figure.value is not None for figure in found)
            return Figure(low) if is_known else Figure(None, low)
        return self._ago(code, 1 if window == "baseline" else 0)

    def _ago(self, code: str, years: int) -> Figure:
        first, last = (day.replace(year=day.year - years) for day in self.span)
        return self.opinion.figure(self.plan, self.locality, code, (first, last))

    def _measured(self, measures: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """The verdicts that some values of the blanks lead to; two are enough to know that it is open."""
        terms = {term for measure in measures for term in terms_of(measure)}
        values = {term: self._figure(term) for term in sorted(terms)}
        known = {term: figure.value for term, figure in values.items() if figure.value is not None}
        blank = {term: figure.low for term, figure in values.items() if figure.value is None}
        found: set[str] = set()
        for given in completions(measures, known, blank):
            verdicts = [verdict_of(measure, given) for measure in measures]
            if CONTRADICTION not in verdicts:
                found.add(together(verdicts))
            if len(found) > 1:
                break
        return frozenset(found)
