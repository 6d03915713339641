"""A local Airflow keeps to itself: loopback, own secrets, no telemetry, one per home."""

from __future__ import annotations

import fcntl
import signal
import socket
import stat
import subprocess
import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from chuyenhoa import settings
from devtools.airflow_api import AirflowApi, AirflowApiError
from devtools.airflow_settings import Folders, build_environment, read_passwords
from devtools.launcher import Airflow, AirflowError, find_port
from devtools.preloaded_scheduler import LIBRARIES
from devtools.up import choose_port, describe, main


@pytest.fixture
def folders(tmp_path: Path, root: Path) -> Folders:
    return Folders(tmp_path / "airflow", tmp_path / "data", root, 4321)


def test_it_listens_on_loopback_only(folders: Folders) -> None:
    environment = build_environment(folders, {})
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:4321"
    assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:4321/execution/"
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"


def test_bytecode_is_written_and_text_is_utf8(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = build_environment(folders, {})
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["PYTHONUTF8"] == "1"


def test_what_the_caller_sets_wins(folders: Folders) -> None:
    assert build_environment(folders, {"CHUYENHOA_NOW": "2021-10-01"})["CHUYENHOA_NOW"] == "2021-10-01"
    assert (
        build_environment(folders, {"AIRFLOW__CORE__PARALLELISM": "2"})["AIRFLOW__CORE__PARALLELISM"] == "2"
    )


def test_secrets_are_made_once_for_their_owner_only(folders: Folders, tmp_path: Path) -> None:
    passwords = read_passwords(folders.home)
    assert set(passwords) == {"engineer", "office"}
    assert len(set(passwords.values())) == 2
    assert min(map(len, passwords.values())) >= 16
    assert read_passwords(folders.home) == passwords
    assert read_passwords(tmp_path / "other") != passwords
    first, second = build_environment(folders, {}), build_environment(folders, {})
    for name in ("AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY"):
        assert first[name] == second[name]
        assert len(first[name]) >= 32
    for file in (folders.passwords_file, folders.home / "secrets.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_taken_port_is_left_to_its_owner() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert find_port(port) not in (port, 0)
    assert find_port(port) == port


def test_a_port_that_is_named_is_kept_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that somebody has bookmarked never moves without a word."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AirflowError, match=f"CHUYENHOA_PORT={port} cannot be had"):
            choose_port({"CHUYENHOA_PORT": str(port)})
        monkeypatch.setattr("devtools.up.PREFERRED_PORT", port)
        instead = choose_port({})
        assert instead != port
        assert f"port {port} is taken, so it is {instead}" in capsys.readouterr().out
    assert choose_port({"CHUYENHOA_PORT": str(port)}) == port
    assert choose_port({}) == port
    assert capsys.readouterr().out == ""
    assert Airflow(tmp_path / "airflow", tmp_path / "data", port=port).folders.port == port


@pytest.mark.parametrize("named", ["0", "65536", "-1", "http", "80 81", "8080.0", "9" * 5000])
def test_what_is_no_port_is_refused(named: str) -> None:
    with pytest.raises(AirflowError, match="is no port"):
        choose_port({"CHUYENHOA_PORT": named})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_make_up_ends_also_in_the_background(root: Path, number: signal.Signals) -> None:
    """Where a shell has set SIGINT to be ignored, as for `make up &`."""
    code = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "from devtools import up\n"
        "alive = lambda: print('alive', flush=True)\n"
        "up.describe = lambda *a: ''\n"
        "up.sleep = lambda s: sys.stdin.read()\n"
        "class Fake(SimpleNamespace):\n"
        "    __enter__ = lambda self: self\n"
        "    __exit__ = lambda self, *a: print('stopped by itself', flush=True)\n"
        "up.Airflow = lambda *a, **k: Fake(check_alive=alive)\n"
        "sys.exit(up.main())\n"
    )
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, code],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        while "alive" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        told, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert told.splitlines() == ["stopped by itself", "Airflow has stopped."]


def test_a_home_that_an_airflow_uses_is_refused(tmp_path: Path) -> None:
    airflow = Airflow(tmp_path / "airflow", tmp_path / "data")
    airflow.folders.home.mkdir()
    with (airflow.folders.home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AirflowError, match="still runs here"), airflow:
            pass
    assert not (airflow.folders.home / "airflow.db").exists()


def test_a_database_that_cannot_be_prepared_says_why(tmp_path: Path) -> None:
    broken = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/none/airflow.db"}
    airflow = Airflow(tmp_path / "airflow", tmp_path / "data", broken)
    with pytest.raises(AirflowError, match=r"could not be prepared(.|\n)*migrate\.log"), airflow:
        pass
    # Stopped without a trace: the home can be taken again.
    with (airflow.folders.home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_only_a_clock_in_a_file_can_be_moved(tmp_path: Path) -> None:
    airflow = Airflow(tmp_path / "airflow", tmp_path / "data", {"CHUYENHOA_NOW": "2021-10-01"})
    with pytest.raises(AirflowError, match="CHUYENHOA_NOW=@FILE"):
        airflow.set_time(datetime.fromisoformat("2021-10-18T08:00:00+07:00"))


def test_an_api_that_is_not_there_is_not_healthy() -> None:
    api = AirflowApi(f"http://127.0.0.1:{find_port()}", "engineer", "none")
    assert not api.is_healthy()


def test_waiting_ends_with_what_was_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    api = AirflowApi("http://127.0.0.1:9", "engineer", "none")
    monkeypatch.setattr(api, "call", lambda *arguments: {"dag_runs": []})
    api.wait_for_idle(["intake"], 1.0)
    running = {"dag_id": "intake", "dag_run_id": "r", "state": "running", "run_type": "manual"}
    monkeypatch.setattr(api, "call", lambda *arguments: running)
    with pytest.raises(AirflowApiError, match="intake r to end, in vain"):
        api.wait_for_run("intake", "r", 0.1)


def test_make_up_says_where_to_go_and_not_the_passwords(tmp_path: Path) -> None:
    folders = settings.load()
    airflow = Airflow(tmp_path / "airflow", folders.data)
    text = describe(airflow, folders)
    for part in (
        airflow.folders.base_url,
        "engineer",
        "office",
        "passwords.json",
        "inbox",
        "outbox",
        "Ctrl-C",
    ):
        assert part in text
    assert not any(password in text for password in airflow.passwords.values())


def test_make_up_ends_with_code_3_when_airflow_cannot_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plans" / "2021").mkdir(parents=True)
    (tmp_path / "plans" / "2021" / "plan.yaml").touch()
    (tmp_path / "var" / "airflow").mkdir(parents=True)
    monkeypatch.setenv("CHUYENHOA_HOME", str(tmp_path))
    monkeypatch.delenv("CHUYENHOA_DATA", raising=False)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    with (tmp_path / "var" / "airflow" / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main() == 3
    assert "still runs here" in capsys.readouterr().err


def test_the_scheduler_finds_all_libraries_that_it_loads_for_its_tasks() -> None:
    for name in LIBRARIES:
        assert find_spec(name) is not None, name


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile", "docker-compose.yaml"])
def test_nothing_is_reported_to_strangers(folders: Folders, root: Path, name: str) -> None:
    environment = build_environment(folders, {})
    assert environment["GX_ANALYTICS_ENABLED"] == "false"
    assert environment["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    for variable in ("GX_ANALYTICS_ENABLED", "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"):
        settings_of = [line for line in lines if variable in line]
        assert settings_of, f"{name} does not set {variable}"
        assert all("false" in line.lower() for line in settings_of)
