"""Prints docs/commands.md: every command with its arguments, as the parser has them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from chuyenhoa.cli import build_parser

HEAD = """# The `chuyenhoa` command

The same functions as the DAGs, without Airflow (`.venv/bin/chuyenhoa`). `make docs` writes this page from the
command's own parser; `chuyenhoa COMMAND -h` says the same.

Exit codes of all commands: **0** clean, **1** findings, **2** unusable input or a wrong call, **3** our own
fault.
"""


def write_page() -> str:
    """The page as Markdown."""
    parser = build_parser()
    found = list(_list_commands(parser, parser.prog))
    lines = [HEAD, "| command | does |", "|---|---|"]
    lines += [f"| [`{name}`](#{name.replace(' ', '-')}) | {_escape(short)} |" for name, short, _ in found]
    lines += ["", "Before any command:", "", *_write_arguments(parser)]
    for name, short, command in found:
        text = command.description or f"{short[:1].upper()}{short[1:]}."
        lines += [f"## {name}", "", text, ""]
        if command.epilog:
            lines += [f"    {command.epilog.removeprefix('Example: ')}", ""]
        lines += _write_arguments(command)
    return "\n".join(lines).rstrip() + "\n"


def _list_commands(
    parser: argparse.ArgumentParser, name: str
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Every command that does something, with its short help: `plan check`, and not `plan` alone."""
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {entry.dest: entry.help or "" for entry in action._choices_actions}
        for word, command in action.choices.items():
            below = list(_list_commands(command, f"{name} {word}"))
            yield from below or [(f"{name} {word}", helps[word], command)]


def _write_arguments(parser: argparse.ArgumentParser) -> list[str]:
    actions = [
        action
        for action in parser._actions
        if not isinstance(action, argparse._SubParsersAction | argparse._HelpAction)
    ]
    if not actions:
        return []
    rows = [f"| `{_say_form(action)}` | {_say_meaning(action)} |" for action in actions]
    only = []
    for group in parser._mutually_exclusive_groups:
        names = ", ".join(f"`{_say_name(action)}`" for action in group._group_actions)
        only.append(f"{'One' if group.required else 'At most one'} of {names}.\n")
    return ["| argument | meaning |", "|---|---|", *rows, "", *only]


def _say_name(action: argparse.Action) -> str:
    return ", ".join(action.option_strings) or str(action.metavar or action.dest.upper())


def _say_form(action: argparse.Action) -> str:
    """An argument as it is typed, as in `-o, --output OUTPUT`."""
    if not action.option_strings or action.nargs == 0:
        return _say_name(action)
    value = str(action.metavar or action.dest.upper())
    return f"{_say_name(action)} {f'[{value}]' if action.nargs == '?' else value}"


def _say_meaning(action: argparse.Action) -> str:
    chosen = [", ".join(f"`{word}`" for word in action.choices)] if action.choices else []
    needed = ["required"] if action.option_strings and action.required else []
    return _escape("; ".join([*([action.help] if action.help else []), *chosen, *needed]))


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(write_page())
