"""The entries of the wording that are more than a sentence: facts, tables' columns and the like.

They are documented at the head of `templates/messages/report.yaml`. `check_patterns` is strict, for the file
that somebody edits; `read_patterns` takes what a snapshot froze long ago as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec


class PhraseError(ValueError):
    """The wording cannot be used: an entry is missing, misplaced, or asks for a value that does not exist."""


class Part(msgspec.Struct, frozen=True):
    """`part` of `whole`: sums of indicators, `-CODE` taken away."""

    part: tuple[str, ...]
    whole: tuple[str, ...]


class Fact(msgspec.Struct, frozen=True):
    """One fact of a paragraph: about an indicator (`of`), a share (`ratio`) or a `criterion`."""

    name: str
    of: str = ""
    ratio: Part | None = None
    criterion: str = ""
    some: str = ""
    none: str = ""
    nil: str | None = None
    compare: bool = False
    beside: bool = False
    within: str | None = None
    some_not: str = ""
    only: str = ""
    only_not: str = ""
    left: str = ""


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of facts in a row, after its lead."""

    facts: tuple[Fact, ...]
    lead: str = ""


class ResultPattern(msgspec.Struct, frozen=True):
    """How a criterion's result is reported: by facts on exactly these inputs."""

    inputs: tuple[str, ...]
    facts: tuple[Fact, ...]


class Column(msgspec.Struct, frozen=True):
    """A column of a table by locality: exactly one of `of`, `sum`, `ratio`, `difference`, `change`."""

    title: str
    of: str = ""
    basis: str = "current"
    sum: tuple[str, ...] = ()
    ratio: Part | None = None
    difference: str = ""
    change: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The indicators that it needs, with the sign `-` of those that are taken away."""
        if self.ratio is not None:
            return (*self.ratio.part, *self.ratio.whole)
        return self.sum or (self.of or self.difference or self.change,)


class Label(msgspec.Struct, frozen=True):
    """A code with the words of a chart for it."""

    of: str
    label: str


class Merit(msgspec.Struct, frozen=True):
    """A criterion whose result speaks for a locality, with the words before it."""

    criterion: str
    title: str


class ChapterLine(msgspec.Struct, frozen=True):
    """A chapter of the report that the ministry gets as one line."""

    chapter: str
    title: str


Entry = TypeVar("Entry", bound=msgspec.Struct)

_LISTS: Mapping[str, type[msgspec.Struct]] = {
    "results.told": ResultPattern,
    "annexes.comparison_localities.columns": Column,
    "annexes.investigation.columns": Column,
    "annexes.movement.columns": Column,
    "charts.comparison.bars": Label,
    "charts.groups.verdicts": Label,
    "submission.merits": Merit,
    "ministry.results": ChapterLine,
}
"""The lists whose entries have a shape of their own; every entry of `chapters` is a list of `Paragraph`."""
_FORMS: Mapping[type[msgspec.Struct], Mapping[str, frozenset[str]]] = {
    Fact: {
        "of": frozenset({"name", "some", "none"}),
        "ratio": frozenset({"name", "some", "none"}),
        "criterion": frozenset({"name", "some", "some_not", "only", "only_not", "left"}),
    },
    Column: {name: frozenset({"title"}) for name in ("of", "sum", "ratio", "difference", "change")},
}
"""Of a shape that comes in several forms: the key that tells the form, and what goes with it."""
_EXTRA: Mapping[str, frozenset[str]] = {
    "of": frozenset({"compare", "beside", "within", "basis"}),
    "ratio": frozenset({"nil"}),
}


def read_patterns(value: object, shape: type[Entry], where: str) -> tuple[Entry, ...]:
    """A list of entries of one shape.

    Raises:
        PhraseError: the list is none, or an entry lacks something; the text says where.
    """
    try:
        # Unknown keys pass: a snapshot may hold one that the program has forgotten since.
        return msgspec.convert(_as_texts(value), tuple[shape, ...])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise PhraseError(f"{where}: {error}.") from error


def _as_texts(value: object) -> object:
    """YAML reads `none: 0` as a number; it is meant as the text that stands there."""
    if isinstance(value, Mapping):
        return {key: _as_texts(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_as_texts(entry) for entry in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def check_patterns(content: Mapping[str, object], source: str) -> None:
    """Check the wording as somebody edited it: every key is known, every form complete, every leaf a text.

    Raises:
        PhraseError: naming the file, the entry, and what is allowed there.
    """
    _check_leaves(content, source)
    for name, value, shape in _list_shaped(content):
        where = f"{source}: {name}"
        if not isinstance(value, list):
            raise PhraseError(f"{where}: a list is expected, with entries of {_list_keys(shape)}.")
        for number, entry in enumerate(value, start=1):
            _check_entry(entry, shape, f"{where}, entry {number}")
        read_patterns(value, shape, where)


def _list_shaped(content: Mapping[str, object]) -> Iterator[tuple[str, object, type[msgspec.Struct]]]:
    chapters = content.get("chapters")
    if isinstance(chapters, Mapping):
        for name, value in chapters.items():
            yield f"chapters.{name}", value, Paragraph
    for name, shape in _LISTS.items():
        found: object = content
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None:
            yield name, found, shape


def _check_entry(entry: object, shape: type[msgspec.Struct], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise PhraseError(f"{where}: a mapping is expected, with {_list_keys(shape)}.")
    unknown = [str(key) for key in entry if key not in shape.__struct_fields__]
    if unknown:
        raise PhraseError(f"{where}: there is no key {unknown[0]!r}; there are {_list_keys(shape)}.")
    if shape in _FORMS:
        _check_form(entry, shape, where)
    facts = entry.get("facts")
    if isinstance(facts, list):
        for number, fact in enumerate(facts, start=1):
            _check_entry(fact, Fact, f"{where}, fact {number}")


def _check_form(entry: Mapping[object, object], shape: type[msgspec.Struct], where: str) -> None:
    """Exactly one form, with all that belongs to it and nothing of another."""
    forms = _FORMS[shape]
    found = [name for name in forms if name in entry]
    if len(found) != 1:
        given = " and ".join(found) or "none of them"
        raise PhraseError(f"{where}: exactly one of {', '.join(forms)} is expected, not {given}.")
    (form,) = found
    needed = forms[form]
    missing = sorted(needed - set(entry))
    if missing:
        raise PhraseError(
            f"{where}: {missing[0]!r} is missing; an entry with {form!r} needs {_join(needed)}."
        )
    allowed = (needed | {form} | _EXTRA.get(form, frozenset())) & set(shape.__struct_fields__)
    misplaced = sorted(str(key) for key in entry if key not in allowed)
    if misplaced:
        raise PhraseError(
            f"{where}: {misplaced[0]!r} does not go with {form!r}; it may have {_join(allowed)}."
        )


def _check_leaves(value: object, where: str) -> None:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            _check_leaves(entry, f"{where}, {key}")
    elif isinstance(value, list):
        for number, entry in enumerate(value, start=1):
            _check_leaves(entry, f"{where}, entry {number}")
    elif not isinstance(value, str | int):
        # YAML makes a date of 2021-06-30 and nothing of an empty line; a snapshot could not freeze the first.
        raise PhraseError(
            f"{where}: a text, a whole number, true or false is expected, not {type(value).__name__}; "
            "put a text into quotes."
        )


def _list_keys(shape: type[msgspec.Struct]) -> str:
    return ", ".join(shape.__struct_fields__)


def _join(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
