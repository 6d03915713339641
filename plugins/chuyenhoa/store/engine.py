"""Opens the store on SQLite or PostgreSQL, and migrates it as a step of its own.

Only `migrate_store` changes tables. A task that finds a store of another version refuses it: would the first
task of new code migrate by itself, tasks of the old code that still run would meet tables they do not know.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session

from chuyenhoa.store.journal import REPLAYING, Journal, note_records, watch_records

HEAD = "0012"
"""The newest migration; a test compares it with the migrations themselves."""
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


class MissingStoreError(StoreError):
    """There is no store at the URL yet."""


@dataclass(frozen=True)
class Migration:
    """What `migrate_store` found and left, as revisions of the migrations."""

    store: str
    """The URL, without its password."""
    before: str | None
    """None when the store was created."""
    after: str


class Store:
    """A database of the pipeline; sessions are short and end in one commit."""

    def __init__(self, engine: Engine, journal: Journal | None = None, *, is_replay: bool = False) -> None:
        """`journal` holds every event a second time, in the archive; None where there is no archive.

        `is_replay` is for a store that is rebuilt from its journal: what is done there again is no new
        event.
        """
        self.engine = engine
        self.journal = journal
        self._is_replay = is_replay
        self._snapshots = engine.execution_options(**READS[engine.dialect.name])

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking things up: it sees one state of the store and waits for no writer."""
        with Session(self._snapshots, expire_on_commit=False) as session:
            session.connection()  # begins here, as in `writing`, and not somewhere inside the first query
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
                # Asked for before anything is read: at READ COMMITTED two intakes would both see a file as
                # new.
                if self.engine.dialect.name == "postgresql":
                    session.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
                session.info[REPLAYING] = self._is_replay
                records = watch_records(session)
                yield session
                session.flush()
                # Journal first, then the commit, then the mark. A crash before the commit leaves lines
                # without a mark, whose positions the next writer takes; a ledger behind a mark was cut or
                # put back.
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
    """The store at a SQLAlchemy URL, with the journal in its archive; it must be of this program's version.

    Raises:
        MissingStoreError: there is none yet; nothing is created.
        StoreError: it is of another version; or the URL is none, or leads to no database that can be reached.
    """
    engine = _make_engine(url)
    with _explain_failure(engine):
        version = _find_version(engine)
    if version != HEAD:
        engine.dispose()
        raise _refuse(engine, version)
    return Store(engine, Journal(archive) if archive else None)


def migrate_store(url: str) -> Migration:
    """Create the store at a SQLAlchemy URL, or bring it to this program's version; one caller at a time.

    Raises:
        StoreError: its version is none that can be upgraded; or it cannot be reached.
    """
    engine = _make_engine(url)
    with _explain_failure(engine):
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        # Two services may start at once; who comes second finds the work done and changes nothing.
        with _only_one(engine, "migrate"):
            before = _find_version(engine)
            if before != HEAD:
                _upgrade(engine, before)
    engine.dispose()
    return Migration(_show(engine), before, HEAD)


def _show(engine: Engine) -> str:
    """The URL without its password, as people read it: "dữ liệu" and not "d%E1%BB%AF li%E1%BB%87u"."""
    return unquote(engine.url.render_as_string(hide_password=True))


@contextmanager
def _explain_failure(engine: Engine) -> Iterator[None]:
    """Report what a database or its folder refuses in terms of the settings."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = getattr(error, "orig", None) or error
        raise StoreError(f"{_show(engine)}: cannot be opened ({reason}). Check CHUYENHOA_STORE.") from error
    except OSError as error:
        raise StoreError(
            f"{_show(engine)}: cannot be opened ({error.filename}: {error.strerror}). "
            "Check CHUYENHOA_DATA and CHUYENHOA_STORE."
        ) from error


def _make_engine(url: str) -> Engine:
    """The engine of a URL; a URL that cannot be read is not repeated, since it may hold a password."""
    try:
        parsed = make_url(url)
        # A server may have closed an idle connection between two runs of a long-lived worker; a file has not.
        # Errors go to logs and pages: they must not carry what people wrote (phone numbers, names).
        engine = create_engine(
            parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite", hide_parameters=True
        )
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
    event.listen(engine, "handle_error", _hide_row)
    return engine


def _hide_row(failure: ExceptionContext) -> None:
    """Cut the row out of an error of PostgreSQL: "Failing row contains (12, 0912 345 678, ...)"."""
    detail = getattr(getattr(failure.original_exception, "diag", None), "message_detail", None)
    if detail:
        for error in filter(None, (failure.original_exception, failure.sqlalchemy_exception)):
            error.args = tuple(str(text).replace(detail, "(hidden)") for text in error.args)


def _prepare_sqlite(engine: Engine) -> None:
    """Let several processes work on one file: write-ahead log, a time to wait, and writers that queue."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for the writer
        cursor.execute("PRAGMA busy_timeout=30000")  # writers queue for 30 s before they fail
        cursor.execute("PRAGMA foreign_keys=ON")
        # NORMAL would lose the last commits at a power cut, and their files have left the inbox by then.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        # A deferred transaction that reads first and writes later fails at once when another one wrote.
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))


def _find_version(engine: Engine) -> str | None:
    """The revision of a store; None where there is none. Looking creates nothing."""
    file = engine.url.database if engine.dialect.name == "sqlite" else ""
    if file is None or (file and not Path(file).exists()):  # SQLite would create the file
        return None
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse(engine: Engine, version: str | None) -> StoreError:
    """Why a store of another version cannot be used, and what to do."""
    if version is None:
        return MissingStoreError(
            f"{_show(engine)}: there is no store here yet. Create it with `chuyenhoa migrate`, "
            "or check CHUYENHOA_DATA and CHUYENHOA_STORE."
        )
    if version in _list_revisions():
        return StoreError(
            f"{_show(engine)}: the store has version {version}, this program needs version {HEAD}. "
            "Stop the tasks, back the store up, and run `chuyenhoa migrate`."
        )
    return StoreError(
        f"{_show(engine)}: the store has version {version}, which this program (version {HEAD}) does not "
        "know. Use the newer program that migrated it, or write it again from its archive: "
        "chuyenhoa rebuild --into NEW_URL"
    )


def _list_revisions() -> list[str]:
    """All revisions that the migrations know."""
    from alembic.script import ScriptDirectory

    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def _upgrade(engine: Engine, version: str | None) -> None:
    """Run the migrations that a store lacks, in one transaction: a failure leaves it as it was."""
    from alembic import command
    from alembic.config import Config

    if version is not None and version not in _list_revisions():
        raise _refuse(engine, version)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))  # as in an .ini file
    with _without_foreign_keys(engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """A connection for migrations: on SQLite it lets a table be replaced that others refer to."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        # Alembic changes a column on SQLite by copying the table, dropping it and renaming the copy; with
        # foreign keys on, the drop fails. The pragma works outside
        # transactions only.
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
        # A file beside the database, not SQLite's own lock: it is held over many transactions.
        with Path(f"{engine.url.database}.{what}-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    # Autocommit: a lock held inside an open transaction would keep old rows from being cleaned up for hours.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({LOCKS[what]})"))
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({LOCKS[what]})"))
