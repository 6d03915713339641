"""What the tests of the command share: a way to call it, and filled workbooks of Rạch Giá."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chuyenhoa.cli import main
from tests.integration.forms import fill

RACH_GIA = "899-rach-gia"


@dataclass(frozen=True)
class Called:
    """What one call of the command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as a program reads it."""
        return json.loads(self.out)


Call = Callable[..., Called]
Form = Callable[..., Path]


@pytest.fixture
def call(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command with an empty data folder on 12/10/2021."""

    def run(*arguments: object) -> Called:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Called(code, printed.out, printed.err)

    return run


@pytest.fixture
def form(call: Call, tmp_path: Path) -> Form:
    """Writes a filled workbook of Rạch Giá for the six months; `changes` as in `fill`."""

    def write(name: str = "bao-cao.xlsx", changes: Mapping[tuple[str, str], object] | None = None) -> Path:
        blank = tmp_path / "blank.xlsx"
        assert call("workbook", "--period", "2021-6t", "--submitter", "899", "-o", blank).code == 0
        path = tmp_path / name
        path.write_bytes(fill(blank, changes))
        return path

    return write


@pytest.fixture
def send(call: Call, data_folder: Path) -> Callable[[Path], None]:
    """Drops a file into the inbox of Rạch Giá and has it answered."""

    def drop(path: Path) -> None:
        inbox = data_folder / "inbox" / RACH_GIA
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / path.name).write_bytes(path.read_bytes())
        assert call("intake").code == 0

    return drop
