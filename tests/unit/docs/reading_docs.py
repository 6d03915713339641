"""Takes out of the documents what can be held against the project: links, commands, options, rule ids."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "README.md"
GUIDES = (ROOT / "docs" / "huong-dan-dia-phuong.md", ROOT / "docs" / "huong-dan-van-phong.md")
COMMANDS = ROOT / "docs" / "commands.md"
RUNBOOK = ROOT / "docs" / "runbook.md"
DEVELOPERS = ROOT / "DEVELOPERS.md"
COMMANDS = ROOT / "docs" / "commands.md"
CHANGING = ROOT / "docs" / "changing.md"
SETTINGS = ROOT / "docs" / "settings.md"
GLOSSARY = ROOT / "docs" / "glossary.md"

_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`|^ {4,}(\S.*)$", re.MULTILINE)
_COMMAND = re.compile(r"chuyenhoa +([a-z]+)(?: +([a-z]+)\b)?")
_OPTION = re.compile(r"--[a-z-]+")


def list_documents() -> list[Path]:
    """The pages at the top of the project, and everything below docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def read(path: Path) -> str:
    """The text of a document."""
    return path.read_text(encoding="utf-8")


def relative_links(text: str) -> list[str]:
    """Targets of links that stay inside the project, without their anchors."""
    targets = [target.split("#")[0] for target in _LINK.findall(text)]
    return [target for target in targets if target and "://" not in target]


def code_pieces(text: str) -> Iterator[str]:
    """Code in backticks and indented code lines."""
    for inline, block in _CODE.findall(text):
        yield inline or block


def make_targets(text: str) -> set[str]:
    """Targets named as `make …` in code."""
    return {
        target
        for piece in code_pieces(text)
        for target in re.findall(r"(?:^| )make ([a-z]+(?:-[a-z]+)*)", piece)
        if "apt-get" not in piece
    }


def commands(text: str) -> list[tuple[str, str, list[str]]]:
    """Every `chuyenhoa` command in code: its name, its second word (or nothing), its options."""
    found = []
    for piece in code_pieces(text):
        for match in _COMMAND.finditer(piece):
            found.append((match[1], match[2] or "", _OPTION.findall(piece[match.end() :])))
    return found


def choices_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The sub-commands of a parser by name."""
    return {
        name: entry
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, entry in action.choices.items()
    }


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """The long options of a parser."""
    return {option for action in parser._actions for option in action.option_strings}


def rule_ids(text: str) -> set[str]:
    """Rule ids as `E03`; both ends of a range count."""
    return set(re.findall(r"\b[DEW]\d{2}\b", text))


def fenced(text: str, language: str) -> str:
    """The first fenced block of a language."""
    match = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return match[1] if match else ""
