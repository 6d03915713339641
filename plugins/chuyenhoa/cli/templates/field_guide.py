"""The dictionary of template fields: name, meaning, an example, and which documents have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from chuyenhoa import settings
from chuyenhoa.cli.templates.previewing import sample_context
from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.reporting import load_kinds
from chuyenhoa.reporting.papers.context import contract_of
from chuyenhoa.reporting.templates.walk import describe_type

UNDESCRIBED = "(chưa có mô tả)"
_SHOWN = 70


@dataclass(frozen=True)
class FieldEntry:
    """One name that a template may use."""

    name: str
    """`subject`, `board.name`, `group_rows[].met`: `[]` stands for a row of a list."""
    what: str
    """What it is: a text, a list, a group."""
    meaning: str
    example: str
    kinds: tuple[str, ...]
    """The kinds of document that have it."""


def list_fields(kinds: Sequence[str]) -> list[FieldEntry]:
    """Every field of some kinds of documents, by name.

    Raises:
        KeyError: there is no such kind.
    """
    found: dict[str, FieldEntry] = {}
    for kind in kinds:
        contract = contract_of(load_kinds()[kind].context)
        for name, hint in get_type_hints(contract).items():
            example = sample_context(kind).get(name)
            meaning = _meanings()["fields"].get(name, UNDESCRIBED)
            for entry in _expand(name, meaning, hint, example):
                known = found.get(entry.name)
                before = known.kinds if known else ()
                shown = known.example if known and known.example else entry.example
                found[entry.name] = FieldEntry(entry.name, entry.what, entry.meaning, shown, (*before, kind))
    return [found[name] for name in sorted(found)]


def _expand(name: str, meaning: str, hint: Any, example: Any) -> list[FieldEntry]:
    """A field and, for a group or a list of rows, what is within."""
    inner = get_args(hint)[0] if get_origin(hint) is list else hint
    entries = [FieldEntry(name, _describe(hint, inner), meaning, _show(example), ())]
    if is_typeddict(inner):
        first = example[0] if isinstance(example, list) and example else example
        values: Mapping[str, Any] = first if isinstance(first, Mapping) else {}
        opening = name if inner is hint else f"{name}[]"
        meanings = _meanings()["types"].get(inner.__name__, {})
        for part, kind in get_type_hints(inner).items():
            entries += _expand(f"{opening}.{part}", meanings.get(part, UNDESCRIBED), kind, values.get(part))
    return entries


def _describe(hint: Any, inner: Any) -> str:
    return "danh sách dòng" if is_typeddict(inner) and inner is not hint else describe_type(hint)


def _show(value: Any) -> str:
    """An example on one line; of a list its first entry, of groups and switches nothing."""
    if isinstance(value, list):
        value = value[0] if value and isinstance(value[0], str) else ""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"


def write_guide() -> str:
    """The dictionary of all kinds as Markdown."""
    kinds = list(load_kinds())
    titles = {name: kind.title for name, kind in load_kinds().items()}
    lines = [_meanings()["guide"], "| Trường | Là | Nghĩa | Ví dụ | Văn bản |", "|---|---|---|---|---|"]
    for entry in list_fields(kinds):
        where = (
            "tất cả" if len(entry.kinds) == len(kinds) else "; ".join(titles[kind] for kind in entry.kinds)
        )
        cells = (f"`{entry.name}`", entry.what, entry.meaning, entry.example, where)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _meanings() -> Mapping[str, Any]:
    return _read(settings.load().templates / "messages" / "fields.yaml")


@lru_cache(maxsize=4)
def _read(path: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = load_yaml(path.read_text(encoding="utf-8"))
    return content
