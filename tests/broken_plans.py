"""Ways in which a plan folder breaks: half an edit, half a copy, a bad disk, the wrong program."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

Break = Callable[[Path], None]
"""Breaks the plan in a folder."""
JUNK = bytes(range(256)) * 40
DEEP = "[" * 5000
ENDLESS = "texts: &a {x: *a}\n"


def write(name: str, content: str | bytes) -> Break:
    """Another content for one file."""
    return lambda plan: _write(plan / name, content)


def edit(name: str, old: str, new: str) -> Break:
    """What a person makes of one place in a file."""

    def slip(plan: Path) -> None:
        text = (plan / name).read_text(encoding="utf-8")
        changed = re.sub(old, new, text, count=1)
        assert changed != text
        _write(plan / name, changed)

    return slip


def lose(*names: str) -> Break:
    """Files that are not there; a name may be a pattern."""

    def remove(plan: Path) -> None:
        for name in names:
            for path in plan.glob(name):
                path.unlink()

    return remove


def put(name: str, make: Callable[[Path], None]) -> Break:
    """Something else in the place of a file."""

    def swap(plan: Path) -> None:
        (plan / name).unlink()
        make(plan / name)

    return swap


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


BROKEN: dict[str, Break] = {
    "damaged plan.yaml": write("plan.yaml", "id: ["),
    "empty plan.yaml": write("plan.yaml", ""),
    "a list for plan.yaml": write("plan.yaml", "- 1\n- 2\n"),
    "a number for plan.yaml": write("plan.yaml", "7"),
    "a year without end": edit("plan.yaml", r"year: \d+", "year: " + "9" * 5000),
    "no plan.yaml": lose("plan.yaml"),
    "no periods.yaml": lose("periods.yaml"),
    "no localities.csv": lose("localities.csv"),
    "an empty folder": lose("*"),
    "half a copy": lose("[i-z]*"),
    "the other half": lose("[a-h]*"),
    "the id of another plan": edit("plan.yaml", r'id: "\d+"', 'id: "2021"'),
    "a tab in criteria.yaml": edit("criteria.yaml", r"  - code", "\t- code"),
    "a typing slip": edit("criteria.yaml", r"measure:", "mesure:"),
    "a day as people write it": edit("periods.yaml", r"from: 20\d\d-04-15", "from: 15/04/2022"),
    "no day of the calendar": edit("periods.yaml", r"from: 20\d\d-04-15", "from: 2022-02-30"),
    "a deadline before its window": edit("periods.yaml", r"deadline: \d+", "deadline: 1822"),
    "junk for plan.yaml": write("plan.yaml", JUNK),
    "junk for criteria.yaml": write("criteria.yaml", JUNK),
    "junk for indicators.csv": write("indicators.csv", JUNK),
    "zeros for submitters.csv": write("submitters.csv", bytes(9000)),
    "an endless field": edit("submitters.csv", r"\n", '\n1,"' + "x" * 200_000),
    "UTF-16": edit("periods.yaml", r"\A", "\ufeff\x00"),
    "an entry in itself": write("plan.yaml", ENDLESS),
    "entries too deep": write("criteria.yaml", DEEP),
    "a folder for a file": put("criteria.yaml", Path.mkdir),
    "a folder for plan.yaml": put("plan.yaml", Path.mkdir),
    "a link to nowhere": put("periods.yaml", lambda path: path.symlink_to("nowhere")),
    "a link to itself": put("plan.yaml", lambda path: path.symlink_to(path.name)),
}
"""Each stops the plan of its folder and no other."""


def _as_file(plan: Path) -> None:
    shutil.rmtree(plan)
    plan.write_text("moved")


def _as_link(plan: Path) -> None:
    shutil.rmtree(plan)
    plan.symlink_to("nowhere")


def _no_plans(plan: Path) -> None:
    shutil.rmtree(plan.parent)


def _plans_as_file(plan: Path) -> None:
    shutil.rmtree(plan.parent)
    plan.parent.write_text("moved")


def _all_empty(plan: Path) -> None:
    shutil.rmtree(plan.parent)
    plan.parent.mkdir()


LACKING: dict[str, Break] = {
    "a file for the folder": _as_file,
    "a link to nowhere for the folder": _as_link,
    "no plans": _no_plans,
    "a file for plans": _plans_as_file,
    "nothing in plans": _all_empty,
    "no units": lambda plan: shutil.rmtree(plan.parent / "units"),
    "junk for units": write("../units/units.csv", JUNK),
    "no rights": lambda plan: (plan / "plan.yaml").chmod(0),  # root reads it all the same
}
"""What takes away more than one plan's files."""
