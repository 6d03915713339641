"""Opens the store on SQLite or PostgreSQL and brings its tables to the newest form."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session

from chuyenhoa.store.chain import REPLAYING
from chuyenhoa.store.journal import Journal
from chuyenhoa.store.records import note_records, watch_records

HEAD = "0009"
"""The newest migration; a test holds it against the migrations themselves."""
WRITERS_LOCK = 7214515
LOCKS = {"migrate": 7214514, "intake": 7214516, "office": 7214517}
"""Keys of advisory locks; PostgreSQL keeps them apart by database."""
READS: dict[str, dict[str, Any]] = {
    "sqlite": {"sqlite_begin": "BEGIN"},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}
"""How a transaction that only reads sees one state of the store, by database."""
MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(RuntimeError):
    """The store cannot be opened or used; the text says which one and what to do."""


class Store:
    """A database of the pipeline; sessions are short and end in one commit."""

    def __init__(self, engine: Engine, journal: Journal | None = None, *, is_replay: bool = False) -> None:
        """`journal` holds every event a second time, in the archive; None where there is no archive.

        `is_replay` is for a store that is written anew from its journal: what is done there again is no
        new event.
        """
        self.engine = engine
        self.journal = journal
        self._is_replay = is_replay
        self._snapshots = engine.execution_options(**READS[engine.dialect.name])

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking things up: it sees one state of the store and waits for no writer."""
        with Session(self._snapshots, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed together at the end, or not at all; writers queue.

        One writer at a time, on both databases: what a session looked up (the end of the chain, the newest
        version, an open claim) is still so when it commits.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                session.connection()  # else SQLite would wait for its lock only at the first statement
                if self.engine.dialect.name == "postgresql":
                    session.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
                session.info[REPLAYING] = self._is_replay
                records = watch_records(session)
                yield session
                session.flush()
                if self.journal is not None:
                    note_records(session, records, self.journal)
                    self.journal.write(session)
            if self.journal is not None:
                self.journal.mark(session)

    def for_replay(self) -> Store:
        """The same database, to be written from the journal."""
        return Store(self.engine, is_replay=True)

    @contextmanager
    def only_one(self, what: str) -> Iterator[None]:
        """Hold a lock that all processes at this store ask for before they do `what`; it dies with them."""
        with _only_one(self.engine, what):
            yield


@lru_cache(maxsize=8)
def open_store(url: str, archive: Path | None = None) -> Store:
    """The store at a SQLAlchemy URL, with its tables in the newest form, and the journal in its archive.

    Raises:
        StoreError: when the URL is none, or the database cannot be reached or is no database.
    """
    engine = _make_engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        _migrate(engine)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = getattr(error, "orig", None) or error
        raise StoreError(f"{shown}: cannot be opened ({reason}). Check CHUYENHOA_STORE.") from error
    except OSError as error:
        raise StoreError(
            f"{shown}: cannot be opened ({error.filename}: {error.strerror}). "
            "Check CHUYENHOA_DATA and CHUYENHOA_STORE."
        ) from error
    return Store(engine, Journal(archive) if archive else None)


def _make_engine(url: str) -> Engine:
    """The engine of a URL; a URL that cannot be read is not repeated, since it may hold a password."""
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "CHUYENHOA_STORE is no database URL that can be used; "
            "write one like sqlite:////folder/file.db or postgresql+psycopg2://user:password@host/base."
        ) from error
    except ImportError as error:
        shown = parsed.render_as_string(hide_password=True)
        raise StoreError(f"{shown}: its driver is not installed ({error.name}).") from error
    if engine.dialect.name not in READS:
        raise StoreError(f"{engine.dialect.name}: the store runs on {' or '.join(READS)} only.")
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Let several processes work on one file: write-ahead log, patience, and writers that queue."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        # A deferred transaction that reads first and writes later fails at once when another one wrote.
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))


def _current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    """Bring the tables to the newest form, one process at a time."""
    if _current(engine) == HEAD:
        return
    with _only_one(engine, "migrate"):
        if _current(engine) == HEAD:
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with _without_foreign_keys(engine) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """A connection for migrations: SQLite changes a table by writing it anew, which its references forbid."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _only_one(engine: Engine, what: str) -> Iterator[None]:
    """Hold a lock that every process at this database asks for; it is free again when the process ends."""
    if engine.dialect.name == "sqlite":
        if not engine.url.database:
            yield
            return
        with Path(f"{engine.url.database}.{what}-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({LOCKS[what]})"))
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({LOCKS[what]})"))
