"""Copies of the project's own data, for tests that change it: plans, rules, templates, and a plan of 2022."""

from __future__ import annotations

import shutil
from pathlib import Path

_FOLDERS = ("plans", "expectations", "templates")
_NEXT_YEAR = {
    "periods.yaml": (
        ("2021-", "2022-"),
        ("2020-", "2021-"),
        ("năm 2021", "năm 2022"),
        ("121/KH-BCĐ", "98/KH-BCĐ"),
    ),
    "plan.yaml": (
        ('id: "2021"', 'id: "2022"'),
        ("year: 2021", "year: 2022"),
        ('"2021.1"', '"2022.1"'),
        ("toàn xã hội năm 2021", "toàn xã hội năm 2022"),
        ("number: 121/KH-BCĐ\nissued_on: 2021-06-14", "number: 98/KH-BCĐ\nissued_on: 2022-04-08"),
    ),
    "criteria.yaml": (("121/KH-BCĐ", "98/KH-BCĐ"),),
    "guidance.yaml": (("2021-11-01", "2022-11-01"),),
}


def copy_home(root: Path, home: Path) -> Path:
    """Copy what `CHUYENHOA_HOME` points at; returns `home`."""
    for folder in _FOLDERS:
        shutil.copytree(root / folder, home / folder)
    return home


def add_next_year(plans: Path) -> None:
    """Write the plan of 2022 beside that of 2021, by the steps of the README."""
    shutil.copytree(plans / "2021", plans / "2022")
    for name, changes in _NEXT_YEAR.items():
        path = plans / "2022" / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
