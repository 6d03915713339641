"""Writes `chuyenhoa/model/finding_codes.py`, the names of the finding codes, from the catalogue of messages.

    python -m devtools.finding_codes

The YAML is read here without the package: a generated module with an error in it can then be written again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ROOT / "templates" / "messages"
MODULE = ROOT / "plugins" / "chuyenhoa" / "model" / "finding_codes.py"
NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
HEADER = '''"""Codes of what the gates and the reader find, by name; rules of expectations/ have other ids.

Generated from templates/messages/ (reading/*.yaml, reason_findings.yaml) by `make docs`, that is by
`python -m devtools.finding_codes`. Do not edit it: change `name:` in the YAML.
"""

from enum import StrEnum


class Code(StrEnum):
    """A finding's code as it stands on receipts; the comment is its title."""

'''


def read_names(messages: Path) -> dict[str, tuple[str, str]]:
    """Name and title of every code of the catalogue.

    Raises:
        ValueError: a code has no name in capitals, or two codes share one.
    """
    found: dict[str, tuple[str, str]] = {}
    for file in (*sorted((messages / "reading").glob("*.yaml")), messages / "reason_findings.yaml"):
        entries = cast("Mapping[str, Mapping[str, str]]", yaml.safe_load(file.read_text(encoding="utf-8")))
        for code, entry in entries.items():
            name = entry.get("name", "")
            if not NAME.fullmatch(name) or any(name == other for other, _ in found.values()):
                raise ValueError(f"{file}: {code}: give it a `name:` of its own, as in FOREIGN_DISTRICT.")
            found[code] = name, entry["title"]
    return found


def write_module(messages: Path) -> str:
    """The text of the generated module, in the order of the codes."""
    names = read_names(messages)
    lines = [
        f'    {names[code][0]} = "{code}"  # {names[code][1]}\n'
        for code in sorted(names, key=lambda code: (code[0], int(code[1:])))
    ]
    return HEADER + "".join(lines)


def main() -> None:
    """Write the module."""
    MODULE.write_text(write_module(MESSAGES), encoding="utf-8")


if __name__ == "__main__":
    main()
