"""The help shows every command on a line of its own."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from chuyenhoa.cli import build_parser, main
from tests.unit.docs.reading_docs import choices_of


def printed_by(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0
    return capsys.readouterr().out


def test_every_command_is_one_line_of_help(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = printed_by(capsys, "--help").splitlines()
    for name in choices_of(build_parser()):
        number = next(n for n, line in enumerate(lines) if line.split()[:1] == [name])
        assert len(lines[number].split()) > 3
        assert not lines[number + 1].startswith(" " * 8)
    assert any("Exit codes: 0 clean" in line for line in lines)


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed_by(capsys, "--version") == f"chuyenhoa {version('chuyenhoa')}\n"
