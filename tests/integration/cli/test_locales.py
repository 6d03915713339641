"""Folders with Vietnamese letters, under every locale: commands as processes of their own, piped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.homes import copy_home
from tests.integration.forms import fill

OLD = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""Python's own help for the locale "C" is switched off, as on some servers and in some units of systemd."""
LOCALES: Mapping[str, Mapping[str, str]] = {
    "C": {"LC_ALL": "C"},
    "C, without help": {"LC_ALL": "C", **OLD},
    "POSIX, without help": {"LC_ALL": "POSIX", **OLD},
    "one that is not there": {"LC_ALL": "vi_VN.TCVN5712-1", **OLD},
    "ASCII asked for": {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"},
    "Latin-1 asked for": {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", **OLD},
    "UTF-8": {"LC_ALL": "C.UTF-8"},
}


Call = Callable[..., bytes]


@pytest.fixture
def call(root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Call:
    """Runs the command under a locale on folders of such names; `migrate` is done."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CHUYENHOA_HOME": str(copy_home(root, tmp_path / "nhà của chúng tôi 100%")),
        "CHUYENHOA_DATA": str(tmp_path / "dữ liệu chuyển hóa?"),
        "CHUYENHOA_NOW": "2021-10-12T09:00:00+07:00",
        "CHUYENHOA_SETTLE_SECONDS": "0",
        **LOCALES[request.param],
    }

    def run(*arguments: object) -> bytes:
        command = [str(Path(sys.executable).with_name("chuyenhoa")), *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    run("migrate")
    return run


@pytest.mark.parametrize("call", LOCALES, indirect=True)
def test_a_command_prints_and_keeps_its_store_under_any_locale(call: Call, tmp_path: Path) -> None:
    assert b"!" in call("status")
    first = json.loads(call("status", "--json"))["periods"][0]["submitters"][0]
    assert first["name"].startswith("Ban Chỉ đạo")
    assert (tmp_path / "dữ liệu chuyển hóa?" / "chuyenhoa.db").is_file()
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {
        "nhà của chúng tôi 100%",
        "dữ liệu chuyển hóa?",
    }


@pytest.mark.parametrize("call", ["POSIX, without help"], indirect=True)
def test_a_file_goes_its_whole_way_under_an_old_locale(call: Call, tmp_path: Path) -> None:
    data = tmp_path / "dữ liệu chuyển hóa?"
    blank = tmp_path / "biểu mẫu.xlsx"
    call("workbook", "--period", "2021-6t", "--submitter", "899", "-o", blank)
    filled = data / "inbox" / "899-rach-gia" / "báo cáo quý.xlsx"
    filled.parent.mkdir(parents=True)
    filled.write_bytes(fill(blank))
    assert json.loads(call("check", filled, "--submitter", "899", "--json"))["status"] == "accepted"
    (answered,) = json.loads(call("intake", "--json"))["answered"]
    assert (answered["file_name"], answered["status"]) == ("báo cáo quý.xlsx", "accepted")
    assert (data / answered["receipt"]).is_file()
    (document, *_) = json.loads(call("report", "--milestone", "2021-6t", "--json"))["documents"]
    assert Path(document["path"]).is_file()
    assert json.loads(call("audit", "--json"))["faults"] == []
