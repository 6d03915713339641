"""The commands ask the store for sets: ten times the submitters are no statement more.

Districts whose reports are stored, then one workbook that comes in after an audit, on both databases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

from benchmarks.national import PERIOD, National, folder_of
from chuyenhoa import clock
from chuyenhoa.cli import main
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.heads import Head, save_head
from chuyenhoa.store.journal import last_event
from tests.postgres import Server
from tests.stores import new_data

FEW, MANY = 15, 150
ROWS = {"INSERT INTO results (assessment, position, locality, criterion, verdict, content"}
COMMANDS = (
    ("status",),
    ("status", "--period", PERIOD, "--json"),
    ("assess", "--milestone", PERIOD, "--json"),
    ("explain", "--milestone", PERIOD, "--locality", "10006", "--json"),
    ("trace", "S000002", "--json"),
    ("trace", "moi.xlsx", "--json"),
    ("trace", "huyen thu"),
    ("export", "--milestone", PERIOD, "--json"),
    ("audit",),
    ("audit", "--quick"),
)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """The statements that any store is sent meanwhile, by their beginning."""
    sent: Counter[str] = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent[" ".join(statement.split())[:80]] += 1

    listen(Engine, "before_cursor_execute", count)
    try:
        yield sent
    finally:
        remove(Engine, "before_cursor_execute", count)


def count_statements(
    root: Path, folder: Path, url: str, districts: int, patch: pytest.MonkeyPatch
) -> dict[str, Counter[str]]:
    """By command, the statements on a store of so many districts."""
    patch.setenv("CHUYENHOA_HOME", str(folder / "home"))
    patch.setenv("CHUYENHOA_DATA", str(new_data(folder / "data")))
    patch.setenv("CHUYENHOA_NOW", "2021-12-16T09:00:00+07:00")
    patch.setenv("CHUYENHOA_SETTLE_SECONDS", "0")
    if url:
        patch.setenv("CHUYENHOA_STORE", url)
    # One locality each: of a country the rows of results are sent 5,000 at once, here all are.
    patch.setattr("benchmarks.national.LOCALITIES", 1)
    national = National(root, folder / "home", districts)
    ctx = open_context()
    national.store_reports(ctx)
    with ctx.store.reading() as session:
        last = last_event(session)
    assert last is not None
    # What stands for files of the districts here could not be read again: an audit has seen them before.
    save_head(ctx, Head(last.position, last.sha256, clock.now().isoformat()))
    inbox = ctx.settings.inbox / folder_of(1)
    inbox.mkdir(parents=True)
    (inbox / "moi.xlsx").write_bytes(national.workbook(1))
    assert main(["intake"]) == 0
    found = {}
    for command in COMMANDS:
        with counted() as sent:
            assert main(list(command)) == 0, command
        found[" ".join(command)] = sent
    ctx.store.engine.dispose()
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_ten_times_the_submitters_are_no_statement_more(
    root: Path, tmp_path: Path, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for districts in (FEW, MANY):
        server: Server | None = None if database == "sqlite" else request.getfixturevalue("postgres")
        url = server.new_store() if server else ""
        folder = tmp_path / str(districts)
        folder.mkdir()
        found.append(count_statements(root, folder, url, districts, monkeypatch))
    few, many = found
    for command in few:
        # The driver of PostgreSQL is handed 1,000 rows at once, that of SQLite all 5,000.
        rows = {
            key: many[command].pop(key) - few[command].pop(key) for key in set(few[command]) if key in ROWS
        }
        assert sum(rows.values()) <= 2
        assert many[command] == few[command], command
        # The audit reads one file again into a store of its own, and migrates that one.
        bound = 300 if command == "audit" else 80
        assert sum(many[command].values()) < bound, (command, many[command])
