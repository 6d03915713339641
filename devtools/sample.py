"""Reads the sample of `demo/`: what all submitters know, and who drops which file when."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.submissions import SubmissionStatus

Figure = tuple[Basis, str, str]
"""Window, locality code, indicator code."""


class SampleError(ValueError):
    """The sample says something that cannot be played."""


@dataclass(frozen=True)
class Change:
    """A cell in which a file differs from the sample figures: a mistake to be answered."""

    figure: Figure
    value: int | str


@dataclass(frozen=True)
class Explanation:
    """A reason for a warning, for sheet "Giải trình"."""

    rule: str
    locality: str
    reason: str


@dataclass(frozen=True)
class SampleDeclaration:
    """A row for sheet "Định tính"; `answer` empty leaves the cell blank."""

    locality: str
    criterion: str
    answer: str
    number: str
    day: date | None
    note: str


@dataclass(frozen=True)
class Drop:
    """One file that a submitter drops, and how it must be answered."""

    submitter: str
    file: str
    status: SubmissionStatus
    changes: tuple[Change, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    corrects: str = ""
    """The dropped file whose marked workbook is corrected and dropped again."""
    same_as: str = ""
    """The dropped file of which this is a copy, byte by byte."""
    explains: str = ""
    """The dropped file that waits for the reasons of this one, which holds nothing else."""
    is_late: bool = False
    writer: str = "openpyxl"
    """What saved the file last: `openpyxl`, or `libreoffice` where it is installed."""


@dataclass(frozen=True)
class Wave:
    """Files that come together; `at` is rehearsed time."""

    at: datetime
    drops: tuple[Drop, ...]


@dataclass(frozen=True)
class Scenario:
    """What happens at one milestone, and what must come of it."""

    period: str
    forms_at: datetime
    waves: tuple[Wave, ...]
    silent: tuple[str, ...]
    report_at: datetime
    decision: Mapping[str, str]
    """The option that the office chooses, and number, date (day/month/year) and comment beside it."""
    verdicts: Mapping[str, int]
    """How many localities have which verdict."""

    @property
    def drops(self) -> tuple[Drop, ...]:
        """Every file of the milestone in order of time."""
        return tuple(drop for wave in self.waves for drop in wave.drops)

    def drop_named(self, file: str) -> Drop:
        """The drop of that file name.

        Raises:
            SampleError: no file of the scenario has that name.
        """
        for drop in self.drops:
            if drop.file == file:
                return drop
        raise SampleError(f"{self.period}: the scenario drops no file {file!r}")


@dataclass(frozen=True)
class Sample:
    """What all submitters know at one milestone; a figure that is None stays a blank cell."""

    figures: Mapping[Figure, Decimal | None]
    declarations: tuple[SampleDeclaration, ...]
    narratives: Mapping[str, Mapping[str, str]]
    """Submitter code, then item code, then the text."""


def load_sample(folder: Path) -> Sample:
    """The figures (`current.csv`, `baseline.csv`), declarations and narratives of one milestone's folder."""
    figures: dict[Figure, Decimal | None] = {}
    for basis in Basis:
        for row in _rows(folder / f"{basis.value}.csv"):
            code = row.pop("indicator")
            for locality, text in row.items():
                figures[basis, locality, code] = Decimal(text) if text else None
    declarations = tuple(
        SampleDeclaration(
            locality=row["locality"],
            criterion=row["criterion"],
            answer=row["answer"],
            number=row["number"],
            day=date.fromisoformat(row["date"]) if row["date"] else None,
            note=row["note"],
        )
        for row in _rows(folder / "declarations.csv")
    )
    narratives = yaml.safe_load((folder / "narratives.yaml").read_text(encoding="utf-8"))
    return Sample(figures, declarations, narratives)


def load_scenario(folder: Path, *, quick: bool = False) -> Scenario:
    """The `scenario.yaml` of one milestone's folder; the folder's name is the period's id.

    Args:
        folder: holds `scenario.yaml`.
        quick: play only the submitters of its part `quick`; a wave without files falls away.

    Raises:
        SampleError: an entry lacks what it needs, or names a file that is not dropped.
    """
    scenario = _read_scenario(folder)
    if not quick:
        return scenario
    raw = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
    if "quick" not in raw:
        raise SampleError(f"{folder / 'scenario.yaml'}: no part `quick`")
    chosen = frozenset(raw["quick"]["submitters"])
    waves = (
        Wave(wave.at, tuple(drop for drop in wave.drops if drop.submitter in chosen))
        for wave in scenario.waves
    )
    return replace(
        scenario, waves=tuple(wave for wave in waves if wave.drops), verdicts=raw["quick"]["verdicts"]
    )


def _read_scenario(folder: Path) -> Scenario:
    raw = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
    try:
        scenario = Scenario(
            period=folder.name,
            forms_at=raw["forms_at"],
            waves=tuple(
                Wave(at=wave["at"], drops=tuple(_read_drop(entry) for entry in wave["drops"]))
                for wave in raw["waves"]
            ),
            silent=tuple(raw["silent"]),
            report_at=raw["report_at"],
            decision={key: str(value) for key, value in raw["decision"].items()},
            verdicts=raw["verdicts"],
        )
    except (KeyError, ValueError) as error:
        raise SampleError(f"{folder / 'scenario.yaml'}: {error}") from error
    for drop in scenario.drops:
        for other in filter(None, (drop.corrects, drop.same_as, drop.explains)):
            scenario.drop_named(other)
    return scenario


def _read_drop(entry: Mapping[str, Any]) -> Drop:
    changes: Sequence[Mapping[str, Any]] = entry.get("changes", ())
    reasons: Sequence[Mapping[str, str]] = entry.get("reasons", ())
    return Drop(
        submitter=entry["submitter"],
        file=entry["file"],
        status=SubmissionStatus(entry["status"]),
        changes=tuple(
            Change((Basis(item["sheet"]), item["locality"], item["code"]), item["value"]) for item in changes
        ),
        explanations=tuple(Explanation(item["rule"], item["locality"], item["reason"]) for item in reasons),
        corrects=entry.get("correct", ""),
        same_as=entry.get("same_as", ""),
        explains=entry.get("explains", ""),
        is_late=entry.get("late", False),
        writer=entry.get("writer", "openpyxl"),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
