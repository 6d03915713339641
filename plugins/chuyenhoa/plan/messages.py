"""The wording of messages and forms: loads the YAML files of `templates/messages/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

import yaml

from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.model.submissions import Severity


class MessageError(ValueError):
    """A file of messages cannot be used; the text names the file and the entry."""


@dataclass(frozen=True)
class Message:
    """One kind of finding: how serious it is, a short title, and a text with `{placeholders}`."""

    code: str
    name: str
    """What it is called in code (`model.finding_codes`)."""
    severity: Severity
    title: str
    text: str


@lru_cache(maxsize=8)
def load_messages(path: Path) -> Mapping[str, Message]:
    """Read a catalogue of findings.

    Args:
        path: a folder of YAML files, or one such file, with entries `CODE: {name, severity, title, text}`.

    Returns:
        Messages by their code, sorted by it; read-only.

    Raises:
        MessageError: a file is missing, an entry is incomplete, or a code is duplicated.
    """
    found: dict[str, Message] = {}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        for code, entry in _read_entries(file).items():
            if code in found:
                raise MessageError(f"{file}: {code}: is duplicated in another file of this folder.")
            found[code] = _read_message(file, code, entry)
    return MappingProxyType(dict(sorted(found.items())))


def _read_message(file: Path, code: str, entry: object) -> Message:
    try:
        fields = cast("Mapping[str, str]", entry)
        return Message(
            code, fields["name"], Severity(fields["severity"]), fields["title"], fields["text"].strip()
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MessageError(
            f"{file}: {code}: give name, severity (error, warning, note), title and text."
        ) from error


@lru_cache(maxsize=8)
def load_texts(path: Path) -> Mapping[str, str]:
    """Read plain texts by key, as the form's titles and guide.

    Args:
        path: a YAML file of entries `key: text`.

    Raises:
        MessageError: the file is missing or an entry is no text.
    """
    entries = _read_entries(path)
    for key, text in entries.items():
        if not isinstance(text, str):
            raise MessageError(f"{path}: {key}: a text is expected.")
    return MappingProxyType(cast("dict[str, str]", entries))


def _read_entries(path: Path) -> dict[str, object]:
    try:
        entries = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise MessageError(f"{path}: cannot be read: {error}") from error
    if not isinstance(entries, dict):
        raise MessageError(f"{path}: entries by key are expected.")
    return {str(key): value for key, value in entries.items()}
