"""The wording of reports: sentence patterns kept as data, filled in strictly."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from chuyenhoa import settings
from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.reporting.wording import patterns
from chuyenhoa.reporting.wording.patterns import PhraseError
from chuyenhoa.reporting.wording.provenance import unseal

__all__ = ["PhraseError", "Phrases", "fill", "load_phrases"]

_SLOT = re.compile(r"\{([a-z_]+)\}")
_FILE = "templates/messages/report.yaml"


def load_phrases(path: Path | None = None) -> dict[str, object]:
    """Read the sentence patterns: `report.yaml`, and what the folder `report/` beside it adds by document.

    Args:
        path: the main file; `templates/messages/report.yaml` when None.

    Raises:
        PhraseError: a file is missing or no mapping, two of them define the same entry, or an entry has a key
            or a form that nothing reads; the text names file and entry, and says what is allowed.
    """
    source = path or settings.load().templates / "messages" / "report.yaml"
    content = _read(source)
    for more in sorted(source.with_suffix("").glob("*.yaml")):
        _add(content, _read(more), more.name)
    return content


def _add(content: dict[str, object], more: Mapping[str, object], source: str) -> None:
    """Merge mappings, however deep; an entry may be defined once only."""
    for key, value in more.items():
        known = content.setdefault(key, value)
        if known is value:
            continue
        # Which of two would win depends on names of files: `kinds:` may be in many, an entry of it in one.
        if not isinstance(known, dict) or not isinstance(value, Mapping):
            raise PhraseError(f"{source}: {key!r} is defined in another file already.")
        _add(known, value, source)


def _read(source: Path) -> dict[str, object]:
    try:
        content = load_yaml(source.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PhraseError(f"{source}: cannot be read as YAML ({error}).") from error
    if not isinstance(content, dict):
        raise PhraseError(f"{source}: holds no mapping of phrases.")
    patterns.check_patterns(content, source.name)
    return content


class Phrases:
    """Looks patterns up by a dotted name (`change.less`) and fills their `{slots}` with ready text.

    Every method raises `PhraseError` where there is no such entry, or where it is of another kind.
    """

    def __init__(self, content: Mapping[str, object]) -> None:
        """Keep the patterns of one snapshot."""
        self.content = content
        self._patterns: dict[str, tuple[object, ...]] = {}
        self._words: dict[str, Mapping[str, str]] = {}

    @classmethod
    def of(cls, content: Mapping[str, object]) -> Phrases:
        """The phrases of a snapshot, read once for all of its documents and for every narrowed view of it."""
        # By identity: to compare two wordings entry by entry would cost as much as to read one.
        for known in tuple(_RECENT):
            if known.content is content:
                return known
        _RECENT.append(cls(content))
        return _RECENT[-1]

    def _find(self, name: str) -> object:
        entry: object = self.content
        for part in name.split("."):
            if not isinstance(entry, Mapping) or part not in entry:
                raise PhraseError(f"{_FILE}: no entry {name!r}.")
            entry = entry[part]
        return entry

    def has(self, name: str) -> bool:
        """Whether there is such an entry."""
        try:
            self._find(name)
        except PhraseError:
            return False
        return True

    def text(self, name: str) -> str:
        """A text as it stands."""
        found = self._find(name)
        if isinstance(found, Mapping | list):
            raise PhraseError(f"{_FILE}: {name!r} is no text.")
        return str(found)

    def number(self, name: str) -> int:
        """A whole number, as `review.most`."""
        try:
            return int(self.text(name))
        except ValueError as error:
            raise PhraseError(f"{_FILE}: {name!r} is no whole number.") from error

    def texts(self, name: str) -> list[str]:
        """A list of texts as they stand."""
        found = self._find(name)
        if not isinstance(found, list):
            raise PhraseError(f"{_FILE}: {name!r} is no list.")
        return [str(entry) for entry in found]

    def words(self, name: str) -> Mapping[str, str]:
        """A mapping of codes to words, as `verdicts`; entries that are mappings themselves are left out."""
        if name not in self._words:
            found = self._find(name)
            if not isinstance(found, Mapping):
                raise PhraseError(f"{_FILE}: {name!r} is no mapping.")
            self._words[name] = {
                str(key): str(word) for key, word in found.items() if not isinstance(word, Mapping | list)
            }
        return self._words[name]

    def word(self, name: str, code: str | None) -> str:
        """The words for a code; those under `other` for one that the mapping does not know."""
        known = self.words(name)
        return known[code] if code is not None and code in known else self.text(f"{name}.other")

    def patterns(self, name: str, shape: type[patterns.Entry]) -> tuple[patterns.Entry, ...]:
        """A list of entries with a shape of their own, as `annexes.movement.columns`."""
        if name not in self._patterns:
            self._patterns[name] = patterns.read_patterns(self._find(name), shape, f"{_FILE}: {name}")
        return tuple(entry for entry in self._patterns[name] if isinstance(entry, shape))

    def labels(self, name: str) -> dict[str, str]:
        """Codes with their words, in the order of the list."""
        return {entry.of: entry.label for entry in self.patterns(name, patterns.Label)}

    def say(self, name: str, /, **values: str) -> str:
        """The pattern under `name` with its slots filled."""
        return fill(self.text(name), name, values)

    def say_all(self, name: str, /, **values: str) -> list[str]:
        """Every pattern of the list under `name` with its slots filled."""
        return [fill(pattern, name, values) for pattern in self.texts(name)]

    def enumerate(self, entries: Sequence[str]) -> str:
        """A list in prose: `A`, `A và B`, `A, B và C`."""
        if len(entries) < 2:
            return "".join(map(unseal, entries))
        return self.say("list.last", head=", ".join(map(unseal, entries[:-1])), tail=entries[-1])


_RECENT: deque[Phrases] = deque(maxlen=4)
"""A list of changes needs two snapshots at a time."""


def fill(pattern: str, name: str, values: Mapping[str, str]) -> str:
    """Put values into the `{slots}` of a pattern; braces inside values stay as they are.

    Raises:
        PhraseError: the pattern asks for a value that it is not given.
    """

    # One pass over the pattern: "{name}" within a value is what somebody typed, and no slot.
    def put(match: re.Match[str]) -> str:
        slot = match.group(1)
        if slot not in values:
            known = ", ".join(sorted(values)) or "none"
            raise PhraseError(f"Phrase {name!r} asks for {{{slot}}}; it can use: {known}.")
        return unseal(values[slot])

    return _SLOT.sub(put, pattern)
