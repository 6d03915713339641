"""Reads YAML and CSV files of a plan, keeping the line on which every entry stands."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from chuyenhoa.kit.fast_yaml import compose_yaml, construct_yaml
from chuyenhoa.model.submissions import Severity

Path_ = tuple[str | int, ...]
Entry = TypeVar("Entry")
# How to fix an entry, by the beginning of pydantic's word for what is wrong with it.
FIXES = {
    "date_": "write the day as 2022-04-15",
    "decimal_": "write a number alone, such as 80 or 79.5",
    "int_": "write a whole number, and several types in a CSV file as 1;4",
    "list_type": "put what is listed in brackets, with commas between",
    "tuple_type": "put what is listed in brackets, with commas between",
    "model_type": "write its parts with their names, as in {value: 80, unit: percent}",
    "bool_": "write true or false",
    "invalid_key": "write a decimal with a point, as 79.5",
    "extra_forbidden": "unknown entry; is it misspelt?",
    "string_pattern_mismatch": "see the other entries for its form",
}


# How a plain scalar is written that YAML reads as a person does, by the end of its tag.
AS_WRITTEN = {
    "int": re.compile(r"-?(0|[1-9]\d*)"),
    # Not 1.000 or 2.500: a Vietnamese clerk writes thousands so, and YAML reads 1 and 2.5.
    "float": re.compile(r"(?!-?[1-9]\d{0,2}\.\d\d0$)-?(0|[1-9]\d*)\.\d+"),
    "bool": re.compile(r"true|false"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\d"),
}
"""So `010` (8), `1:20` (80), `1_000`, `0x50`, `.5`, `.inf`, `no`, `On` and times of day are not."""
ADVICE = {
    "int": "write a number with digits alone, such as 80",
    "float": "write a number with digits and one point, such as 79.5, and no point between thousands",
    "bool": "write true or false",
    "timestamp": "write a day alone, as 2022-04-15",
}
TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, order=True)
class Problem:
    """One wrong or doubtful entry; `line` counts from 1, and 0 means that there is no such file."""

    file: str
    line: int
    text: str
    severity: Severity = Severity.ERROR
    """A warning names what is seldom meant; it refuses nothing."""

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


@dataclass(frozen=True)
class Located:
    """A raw entry with its file, its line, and the lines of everything inside it."""

    file: str
    line: int
    data: object
    lines: Mapping[Path_, int]

    def line_of(self, path: Path_) -> int:
        """The line of a part, or of the nearest part around it when that part is missing."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.line

    def part(self, key: str | int) -> Located:
        """One part of a mapping or list as an entry of its own; None where it is absent."""
        data: object = None
        if isinstance(self.data, dict):
            data = self.data.get(key)
        elif isinstance(self.data, list) and isinstance(key, int):
            data = self.data[key]
        inner = {path[1:]: line for path, line in self.lines.items() if len(path) > 1 and path[0] == key}
        return Located(self.file, self.line_of((key,)), data, inner)

    def items(self) -> list[Located]:
        """The members of a list; empty where it is none."""
        return [self.part(index) for index in range(len(self.data))] if isinstance(self.data, list) else []


class Problems:
    """Collects everything that is wrong with a plan, so that it can be fixed in one go."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.has_unread_files = False
        """Whether a whole file is lacking, so that what others say about its entries cannot be checked."""
        self.refused: set[tuple[str, str]] = set()
        """Kinds and names of entries that are there and wrong, so that nobody is told that there is none."""
        self.misread: list[Problem] = []
        """Values that YAML reads otherwise than people do. A plan with them can be run, as it is read."""

    def add(self, at: Located, text: str, path: Path_ = ()) -> None:
        """Note one problem at the line of an entry or of a part of it."""
        self.found.append(Problem(at.file, at.line_of(path), text))

    def told(self) -> list[Problem]:
        """All problems in order, each once.

        Of a line with a misread value that alone: "80, not 'False'" would only puzzle whoever wrote `no`.
        """
        lines = {(problem.file, problem.line) for problem in self.misread}
        others = [problem for problem in self.found if (problem.file, problem.line) not in lines]
        return sorted({*self.misread, *others})

    def add_unread(self, file: str, line: int, text: str) -> None:
        """Note that a file as a whole cannot be used."""
        self.has_unread_files = True
        self.found.append(Problem(file, line, text))


class EncodingError(ValueError):
    """A file that is not in UTF-8; the text says what to do."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__("the file is not in UTF-8; save it again as UTF-8 (in Excel: CSV UTF-8)")


def read_text(path: Path) -> str:
    """The text of a file that people edit, with one spelling for each letter.

    Raises:
        OSError: there is no such file, or it cannot be read.
        EncodingError: it is not in UTF-8 from some line on.
    """
    try:
        # utf-8-sig: Excel and Notepad put a mark in front. NFC: "ệ" may be one sign or three, and a locality
        # whose name is spelt the other way would not be that of units.csv.
        return unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise EncodingError(error.object[: error.start].count(b"\n") + 1) from error


def read_yaml(path: Path, problems: Problems, *, may_be_empty: bool = False) -> Located:
    """Read one YAML file; a file that cannot be read becomes a problem and an empty entry.

    One that holds nothing, or comments alone, is an empty list where it may be.
    """
    empty = Located(path.name, 0, None, {})
    try:
        node = compose_yaml(read_text(path))
        if node is None and may_be_empty:
            return Located(path.name, 1, [], {})
        if node is None:
            problems.add_unread(path.name, 1, "the file is empty")
            return empty
        lines: dict[Path_, int] = {}
        _Walk(lines, path.name, problems).go(node, ())
        data = construct_yaml(node)
    except OSError as error:
        problems.add_unread(path.name, 0, f"cannot be read: {error.strerror}")
        return empty
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else getattr(error, "line", 1)
        problems.add_unread(path.name, line, f"not readable as YAML: {_format_error(error)}")
        return empty
    return Located(path.name, 1, data, lines)


def _format_error(error: Exception) -> str:
    """What makes a file unreadable, and what to do about the mistakes that people make."""
    text = str(getattr(error, "problem", error))
    if isinstance(error, RecursionError):
        return "entries are nested too deeply"
    if "'\\t'" in text:
        return f"{text}; indent with blanks, not with tabs"
    if text.startswith("mapping values are not allowed"):
        return f"{text}; put a text with a colon in quotation marks, and indent parts of an entry alike"
    return text


@dataclass
class _Walk:
    """One way through the nodes of a file, before anything is made of them."""

    lines: dict[Path_, int]
    file: str
    problems: Problems
    above: tuple[yaml.Node, ...] = ()

    def go(self, node: yaml.Node, path: Path_) -> None:
        """Note the line of every part, scalars that mislead, and keys that are duplicated.

        Of duplicated keys YAML would silently keep the last.
        """
        self.lines[path] = node.start_mark.line + 1
        if node in self.above:
            raise yaml.MarkedYAMLError(
                problem="an entry contains itself (`&` and `*`)", problem_mark=node.start_mark
            )
        self.above += (node,)
        if isinstance(node, yaml.MappingNode):
            self._into_mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self.go(value, (*path, index))
        elif isinstance(node, yaml.ScalarNode):
            self._look_at(node)
        self.above = self.above[:-1]

    def _into_mapping(self, node: yaml.MappingNode, path: Path_) -> None:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):  # `? [a, b]`: refused when the file is put together
                continue
            if key.value in seen:
                self.problems.add(Located(self.file, line, None, {}), f"`{key.value}` is duplicated")
            seen.add(key.value)
            self.go(key, (*path, key.value))
            self.go(value, (*path, key.value))
            self.lines[(*path, key.value)] = line

    def _look_at(self, node: yaml.ScalarNode) -> None:
        """Note a plain value that YAML reads otherwise than people; in quotation marks it is a text."""
        kind = node.tag.rpartition(":")[2]
        if node.style or kind not in AS_WRITTEN:
            return
        try:
            value = construct_yaml(node)
        except ValueError:
            wrong = Problem(self.file, node.start_mark.line + 1, f"{node.value} is no day of the calendar")
            self.problems.found.append(wrong)
            self.problems.misread.append(wrong)
            # It could not be made, and the rest of the file is to be read too.
            node.tag = TEXT_TAG
            return
        if not AS_WRITTEN[kind].fullmatch(node.value):
            read = str(value).lower() if kind == "bool" else value
            text = f"`{node.value}` is read as {read}; {ADVICE[kind]}; a text stands in quotation marks"
            self.problems.misread.append(Problem(self.file, node.start_mark.line + 1, text))


def read_csv(path: Path, columns: Sequence[str], problems: Problems) -> list[Located]:
    """Read the rows of a CSV file that must have `columns` and may have more; outer blanks are dropped."""
    try:
        text = read_text(path)
    except OSError as error:
        problems.add_unread(path.name, 0, f"cannot be read: {error.strerror}")
        return []
    except EncodingError as error:
        problems.add_unread(path.name, error.line, f"cannot be read: {error}")
        return []
    reader = csv.DictReader(text.rstrip().splitlines(keepends=True))
    if wrong := _wrong_header(reader.fieldnames or [], columns):
        problems.add_unread(path.name, 1, wrong)
        return []
    rows = []
    for row in reader:
        if not any(row.values()):  # Excel saves rows that were cleared as commas alone
            continue
        first = reader.line_num - sum(str(value).count("\n") for value in row.values())
        at = Located(path.name, first, {k: (v or "").strip() for k, v in row.items() if k}, {})
        if wrong := _wrong_row(row, reader.line_num - first):
            problems.add(at, wrong)
        else:
            rows.append(at)
    return rows


def _wrong_header(names: Sequence[str], columns: Sequence[str]) -> str:
    """What is wrong with the first line of a CSV file; empty when it names each column once."""
    # A Vietnamese Excel saves "CSV" with semicolons: one column named "code;name;folder".
    if missing := [column for column in columns if column not in names]:
        text = f"column missing: {', '.join(missing)}"
        if len(names) == 1 and (used := [sign for sign in ";\t" if sign in names[0]]):
            word = {";": "semicolons", "\t": "tabs"}[used[0]]
            return f"{text}; the fields are separated by {word}, save the file as CSV UTF-8 with commas"
        return text
    twice = sorted({name for name in names if name and names.count(name) > 1})
    return f"column is duplicated: {', '.join(twice)}" if twice else ""


def _wrong_row(row: Mapping[str | Any, object], further: int) -> str:
    """What is wrong with a row that takes up `further` lines; empty when each column has its field."""
    if further:
        return f"a field runs on for {further} more lines; close its quotation mark, keep it on one line"
    if None in row or any(value is None for value in row.values()):
        return "the row has not as many fields as the header"
    return ""


def parse(entry: Located, read: Callable[[object], Entry], what: str, problems: Problems) -> Entry | None:
    """What an entry states, by the `read` of its shape; None, with each problem noted, where it is wrong."""
    try:
        return read(entry.data)
    except ValidationError as error:
        # All of them: people fix a file once, and a message a run would take them ten.
        for detail in error.errors(include_url=False):
            path = tuple(part for part in detail["loc"] if not _is_tag(part))
            name = ".".join(str(part) for part in path)
            problems.add(entry, f"{what}: {name + ': ' if name else ''}{detail['msg']}{_hint(detail)}", path)
        return None


def _hint(detail: Mapping[str, Any]) -> str:
    """What stands there and what to write instead, where the words of the error do not say it."""
    kind, given = str(detail["type"]), detail["input"]
    hint = next((text for start, text in FIXES.items() if kind.startswith(start)), "")
    if kind == "string_type":
        hint = "put it in quotation marks" if given is not None else "it is empty"
    shown = str(given) if isinstance(given, str | int | float | date) else ""
    if kind in ("extra_forbidden", "string_too_short", "value_error") or not shown:
        return f"; {hint}" if hint else ""
    return f", not {shown!r}" + (f"; {hint}" if hint else "")


def _is_tag(part: str | int) -> bool:
    """Whether pydantic put the name of a union's member into the location."""
    return isinstance(part, str) and part.startswith("kind:")
