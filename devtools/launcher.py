"""Runs a real Airflow on this machine: own home, port and sessions; stopped without a process left."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import IO, Self

from chuyenhoa import clock, settings
from chuyenhoa.store import StoreError, migrate_store
from devtools.airflow_api import AirflowApi
from devtools.airflow_settings import Folders, build_environment, read_passwords

DAG_IDS = ("assessment", "intake", "milestone_report", "period_opening")
PROCESSES = {
    "api-server": ("airflow", "api-server"),
    "dag-processor": ("airflow", "dag-processor"),
    "scheduler": ("devtools.preloaded_scheduler",),
    "triggerer": ("airflow", "triggerer", "--skip-serve-logs"),
}
"""What `python -m` starts; without log servers, because those listen on every address."""
TIMEOUT_S = 120.0
STOP_S = 20.0
API_STOP_S = 2.0


class AirflowError(RuntimeError):
    """Airflow did not start, or stopped of its own accord."""


def find_port(preferred: int | None = None) -> int:
    """A free port of the loopback address: `preferred` when nothing listens there, else any.

    Raises:
        AirflowError: none is free.
    """
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise AirflowError("No free port on 127.0.0.1.")


class Airflow:
    """A local Airflow as a context manager: `with Airflow(home, data, env) as airflow: ...`.

    `home` is its AIRFLOW_HOME, `data` becomes CHUYENHOA_DATA, `env` overrides variables; `port` is kept, any
    free one is found without it; progress goes to `tell`, a line at a time.
    """

    def __init__(
        self,
        home: Path,
        data: Path,
        env: Mapping[str, str] | None = None,
        *,
        port: int | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.folders = Folders(home.absolute(), data.absolute(), settings.load().home, port or find_port())
        self._extra = dict(env or {})
        self._tell = tell
        self._lock: IO[str] | None = None
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start; what was started is stopped again when the start fails."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop every process that was started here."""
        self.stop()

    @property
    def passwords(self) -> dict[str, str]:
        """The passwords of the users `engineer` and `office`."""
        return read_passwords(self.folders.home)

    def api(self, user: str = "engineer") -> AirflowApi:
        """The API as one of the users."""
        return AirflowApi(self.folders.base_url, user, self.passwords[user])

    def start(self) -> None:
        """Migrate, then API first: a task that is queued before the API listens fails.

        Raises:
            AirflowError: another Airflow uses this home, or a process ended or was not ready in time.
        """
        self.folders.logs.mkdir(parents=True, exist_ok=True)
        self.folders.data.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        environment = build_environment(self.folders, self._extra)
        self._migrate(environment)
        self._spawn("api-server", environment)
        self._spawn("scheduler", environment)  # it waits for the API by itself
        self._spawn("dag-processor", environment)
        api = self.api()
        self._await(api.is_healthy, "the API to answer")
        self._tell(f"API answers at {self.folders.base_url}")
        # A task that names a pool which is not there would wait for ever.
        api.set_pool("intake", 1, "One slot: two intake runs never work on the inbox at once.")
        self._spawn("triggerer", environment)
        self._await(lambda: self._dags_are_read(api), "the DAGs to be read")
        self._tell("DAGs are read, scheduler and triggerer run")

    def stop(self) -> None:
        """End every process group that was started here: asked first, forced when it takes too long.

        The API goes last, because the others report to it; it holds no state and so is not waited for long.
        """
        others = [process for name, process in self._processes.items() if name != "api-server"]
        _ask_to_end(others, STOP_S)
        _ask_to_end([process for process in self._processes.values() if process not in others], API_STOP_S)
        for process in self._processes.values():
            # The group also holds what a process left behind; it is ours: each began a session of its own.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            process.wait()
        self._processes.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def set_time(self, moment: datetime, *, ask_timetable: bool = True) -> None:
        """Move a rehearsal's clock (CHUYENHOA_NOW=@file) and have the milestones' timetable asked again.

        Ask only while no task ends: on SQLite the API server of Airflow 3.3.2 holds a lock over the request
        for a parse, and a task that reports an asset event meanwhile is failed with "database is locked".

        Raises:
            AirflowError: this Airflow was not started with a clock in a file.
        """
        named = self._extra.get("CHUYENHOA_NOW", "")
        if not named.startswith("@"):
            raise AirflowError("Start Airflow with CHUYENHOA_NOW=@FILE to move its clock.")
        file = Path(named[1:])
        draft = file.with_name(f".{file.name}.part")
        draft.write_text(moment.isoformat(), encoding="utf-8")
        draft.replace(file)
        if ask_timetable:
            self.api().request_parsing("milestone_report")

    def check_alive(self) -> None:
        """See that all processes still run.

        Raises:
            AirflowError: one of them has ended; with the end of its log.
        """
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise AirflowError(
                    f"Airflow's {name} ended with code {process.returncode}.\n{self._tail(name)}"
                )

    def _take_lock(self) -> None:
        """Hold a lock that Airflow's processes inherit, so that two Airflows never share one database."""
        lock = (self.folders.home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise AirflowError(
                f"{self.folders.home}: an Airflow still runs here; stop it first (pids in {self._pids()})."
            ) from error
        self._lock = lock

    def _migrate(self, environment: Mapping[str, str]) -> None:
        try:
            migrate_store(environment.get("CHUYENHOA_STORE") or settings.default_store(self.folders.data))
        except StoreError as error:
            raise AirflowError(str(error)) from error
        with self._log("migrate") as log:
            done = subprocess.run(
                [sys.executable, "-m", "airflow", "db", "migrate"],
                env=environment,
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise AirflowError(f"Airflow's database could not be prepared.\n{self._tail('migrate')}")
        self._tell("databases are ready")

    def _spawn(self, name: str, environment: Mapping[str, str]) -> None:
        if self._lock is None:
            raise AirflowError("Airflow's processes are started by start() only.")
        with self._log(name) as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", *PROCESSES[name]],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(self._lock.fileno(),),
            )
        pids = " ".join(str(process.pid) for process in self._processes.values())
        self._pids().write_text(pids + "\n", encoding="utf-8")

    def _dags_are_read(self, api: AirflowApi) -> bool:
        if errors := api.import_errors():
            raise AirflowError("Airflow cannot read its DAGs.\n" + "\n".join(errors.values()))
        return set(DAG_IDS) <= set(api.dag_ids())

    def _await(self, is_so: Callable[[], bool], what: str) -> None:
        end = clock.monotonic() + TIMEOUT_S
        while not is_so():
            self.check_alive()
            if clock.monotonic() > end:
                logs = "\n".join(self._tail(name) for name in self._processes)
                raise AirflowError(f"Waited {TIMEOUT_S:.0f} s for {what}, in vain.\n{logs}")
            sleep(0.25)

    def _log(self, name: str) -> IO[bytes]:
        return (self.folders.logs / f"{name}.log").open("wb")

    def _tail(self, name: str) -> str:
        path = self.folders.logs / f"{name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        return "\n".join([f"--- {path}", *lines])

    def _pids(self) -> Path:
        return self.folders.home / "pids"


def _ask_to_end(processes: Sequence[subprocess.Popen[bytes]], patience_s: float) -> None:
    """Send SIGTERM and wait until all have ended, or for `patience_s` seconds."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    end = clock.monotonic() + patience_s
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, end - clock.monotonic()))
