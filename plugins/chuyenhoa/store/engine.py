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

HEAD = "0004"
"""The newest migration; a test holds it against the migrations themselves."""
MIGRATION_LOCK = 7214514
WRITERS_LOCK = 7214515
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

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
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
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.engine.dialect.name == "postgresql":
                session.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
            yield session


@lru_cache(maxsize=8)
def open_store(url: str) -> Store:
    """The store at a SQLAlchemy URL, with its tables in the newest form.

    Raises:
        StoreError: when the URL is none, or the database cannot be reached or is no database.
    """
    engine = _make_engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        _migrate(engine, engine.url.database or "")
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = getattr(error, "orig", None) or error
        raise StoreError(f"{shown}: cannot be opened ({reason}). Check CHUYENHOA_STORE.") from error
    except OSError as error:
        raise StoreError(
            f"{shown}: cannot be opened ({error.filename}: {error.strerror}). "
            "Check CHUYENHOA_DATA and CHUYENHOA_STORE."
        ) from error
    return Store(engine)


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


def _migrate(engine: Engine, database: str) -> None:
    """Bring the tables to the newest form, one process at a time."""
    if _current(engine) == HEAD:
        return
    with _only_one(engine, database):
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
def _only_one(engine: Engine, database: str) -> Iterator[None]:
    """Hold a lock that every process at this database asks for before it migrates."""
    if engine.dialect.name == "sqlite" and database:
        with Path(f"{database}.migrate-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
            try:
                yield
            finally:
                connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
        return
    yield
