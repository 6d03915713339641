"""Reads YAML and CSV files of a plan, keeping the line on which every entry stands."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chuyenhoa.plan.errors import Problem

Path_ = tuple[str | int, ...]
Entry = TypeVar("Entry", bound=BaseModel)


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
    """Collects everything that is wrong with a plan, so that it can be mended in one go."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, at: Located, text: str, path: Path_ = ()) -> None:
        """Note one problem at the line of an entry or of a part of it."""
        self.found.append(Problem(at.file, at.line_of(path), text))


def read_yaml(path: Path, problems: Problems, *, may_be_empty: bool = False) -> Located:
    """Read one YAML file; a file that cannot be read becomes a problem and an empty entry.

    One that holds nothing, or comments alone, is an empty list where it may be.
    """
    empty = Located(path.name, 0, None, {})
    try:
        loader = yaml.SafeLoader(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")))
        node = loader.get_single_node()
        if node is None and may_be_empty:
            return Located(path.name, 1, [], {})
        if node is None:
            problems.add(empty, "the file is empty")
            return empty
        data = loader.construct_document(node)
    except OSError as error:
        problems.add(empty, f"cannot be read: {error.strerror}")
        return empty
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problems.add(
            Located(path.name, line, None, {}), f"not readable as YAML: {getattr(error, 'problem', error)}"
        )
        return empty
    lines: dict[Path_, int] = {}
    _walk(node, (), lines, path.name, problems)
    return Located(path.name, 1, data, lines)


def _walk(node: yaml.Node, path: Path_, lines: dict[Path_, int], file: str, problems: Problems) -> None:
    """Note the line of every part, and keys that stand twice (YAML would silently keep the last)."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                problems.add(Located(file, key.start_mark.line + 1, None, {}), f"`{key.value}` stands twice")
            seen.add(key.value)
            _walk(value, (*path, key.value), lines, file, problems)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines, file, problems)


def read_csv(path: Path, columns: Sequence[str], problems: Problems) -> list[Located]:
    """Read the rows of a CSV file that must have `columns` and may have more; outer blanks are dropped."""
    whole = Located(path.name, 0, None, {})
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        problems.add(whole, f"cannot be read: {error}")
        return []
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in columns if column not in (reader.fieldnames or [])]
    if missing:
        problems.add(Located(path.name, 1, None, {}), f"column missing: {', '.join(missing)}")
        return []
    rows = []
    for row in reader:
        at = Located(path.name, reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}, {})
        if None in row or any(value is None for value in row.values()):
            problems.add(at, "the row has not as many fields as the header")
            continue
        rows.append(at)
    return rows


def parse(entry: Located, shape: type[Entry], what: str, problems: Problems) -> Entry | None:
    """Give an entry its type, or note each thing that is wrong with it."""
    try:
        return shape.model_validate(entry.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = tuple(part for part in detail["loc"] if not _is_tag(part))
            name = ".".join(str(part) for part in path)
            problems.add(entry, f"{what}: {name + ': ' if name else ''}{detail['msg']}", path)
        return None


def _is_tag(part: str | int) -> bool:
    """Whether pydantic put the name of a union's member into the location."""
    return isinstance(part, str) and part.startswith("kind:")
