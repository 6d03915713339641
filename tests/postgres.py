"""A real PostgreSQL for a test run: in a folder of its own, reached by a socket, stopped by its pid."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from chuyenhoa.store import migrate_store

USER = "chuyenhoa"


@dataclass
class Server:
    """A running server; every call of `new_database` or `new_store` makes another database."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_database(self) -> str:
        """The SQLAlchemy URL of a new, empty database."""
        name = f"store_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def new_store(self) -> str:
        """The SQLAlchemy URL of a new store without rows."""
        name = f"store_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return self.url(name)

    @cached_property
    def _template(self) -> str:
        """A database that was migrated once; to copy it is faster than to migrate another."""
        name = f"store_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        migrate_store(self.url(name))
        return name

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg2://{USER}@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


def find_program(name: str) -> str:
    """A program of PostgreSQL, wherever the distribution put it."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    found = shutil.which(name) or (str(versions[-1]) if versions else None)
    if found is None:
        raise FileNotFoundError(f"{name} is not here; the tests need PostgreSQL (Debian: postgresql).")
    return found


def start_server() -> Iterator[Server]:
    """Start a server, hand it over, and stop it; as root it runs as another user, since it refuses root."""
    folder = Path(tempfile.mkdtemp(prefix="chuyenhoa-pg-"))
    user: str | None = None
    if os.geteuid() == 0:
        user = "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"
        shutil.chown(folder, user)
    base = folder / "base"
    common = {"user": user, "cwd": folder, "stdin": subprocess.DEVNULL}
    subprocess.run(
        [
            find_program("initdb"),
            "-D",
            base,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        check=True,
        capture_output=True,
        **common,  # type: ignore[call-overload]
    )
    with (folder / "log").open("wb") as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(
            [
                *(find_program("postgres"), "-D", base, "-k", folder, "-h", ""),
                *("-c", "fsync=off", "-c", "max_connections=300"),
            ],
            stdout=log,
            stderr=log,
            **common,  # type: ignore[call-overload]
        )
    try:
        started = Server(folder)
        _wait_until_up(started, server)
        yield started
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: open connections are closed
        server.wait(60)
        shutil.rmtree(folder)


def _wait_until_up(started: Server, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(600):
        try:
            started.run("SELECT 1")
        except OperationalError:
            if server.poll() is not None:
                raise RuntimeError((started.folder / "log").read_text()) from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start within a minute: {(started.folder / 'log').read_text()}")
