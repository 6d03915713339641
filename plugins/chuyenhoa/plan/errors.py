"""What is wrong with a plan's data: every problem at once, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One wrong entry; `line` counts from 1, and 0 means the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text}"


class PlanError(ValueError):
    """Plan data that cannot be used; `problems` lists all that is wrong with it, not the first alone."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{count} problem{'' if count == 1 else 's'} in the plan's data"
        return "\n".join([f"{head}:", *(f"  {problem}" for problem in self.problems)])
