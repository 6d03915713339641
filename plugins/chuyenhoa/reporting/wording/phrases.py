"""The wording of reports: sentence patterns kept as data, filled in strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from chuyenhoa import settings
from chuyenhoa.reporting.wording.provenance import unseal

_SLOT = re.compile(r"\{([a-z_]+)\}")


class PhraseError(ValueError):
    """A sentence pattern is missing, or asks for a value that does not exist."""


def load_phrases(path: Path | None = None) -> dict[str, Any]:
    """Read the sentence patterns: `report.yaml`, and what the folder `report/` beside it adds by document.

    Args:
        path: the main file; `templates/messages/report.yaml` when None.

    Raises:
        PhraseError: a file is missing or no mapping, or two of them say the same thing.
    """
    source = path or settings.load().templates / "messages" / "report.yaml"
    content = _read(source)
    for more in sorted(source.with_suffix("").glob("*.yaml")):
        _add(content, _read(more), more.name)
    return content


def _add(content: dict[str, Any], more: Mapping[str, Any], source: str) -> None:
    """Merge mappings, however deep; nothing may be said twice."""
    for key, value in more.items():
        known = content.setdefault(key, value)
        if known is value:
            continue
        if not isinstance(known, dict) or not isinstance(value, Mapping):
            raise PhraseError(f"{source}: {key!r} is said in another file already.")
        _add(known, value, source)


def _read(source: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(source.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PhraseError(f"{source}: cannot be read as YAML ({error}).") from error
    if not isinstance(content, dict):
        raise PhraseError(f"{source}: holds no mapping of phrases.")
    return content


class Phrases:
    """Looks patterns up by a dotted name and fills their `{slots}` with ready text."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Keep the patterns of one snapshot."""
        self._content = content

    def find(self, name: str) -> Any:
        """The entry under a dotted name, as in `change.less`.

        Raises:
            PhraseError: there is none.
        """
        entry: Any = self._content
        for part in name.split("."):
            if not isinstance(entry, Mapping) or part not in entry:
                raise PhraseError(f"templates/messages/report.yaml: no entry {name!r}.")
            entry = entry[part]
        return entry

    def say(self, name: str, /, **values: str) -> str:
        """The pattern under `name` with its slots filled."""
        return fill(str(self.find(name)), name, values)

    def say_all(self, name: str, /, **values: str) -> list[str]:
        """Every pattern of the list under `name` with its slots filled."""
        return [fill(str(pattern), name, values) for pattern in self.find(name)]

    def enumerate(self, entries: Sequence[str]) -> str:
        """A list in prose: `A`, `A và B`, `A, B và C`."""
        if len(entries) < 2:
            return "".join(map(unseal, entries))
        return self.say("list.last", head=", ".join(map(unseal, entries[:-1])), tail=entries[-1])


def fill(pattern: str, name: str, values: Mapping[str, str]) -> str:
    """Put values into the `{slots}` of a pattern; braces inside values stay as they are.

    Raises:
        PhraseError: the pattern asks for a value that it is not given.
    """

    def put(match: re.Match[str]) -> str:
        slot = match.group(1)
        if slot not in values:
            known = ", ".join(sorted(values)) or "none"
            raise PhraseError(f"Phrase {name!r} asks for {{{slot}}}; it can use: {known}.")
        return unseal(values[slot])

    return _SLOT.sub(put, pattern)
