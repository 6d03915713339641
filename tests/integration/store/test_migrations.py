"""Only `migrate_store` creates and upgrades a store, one process at a time; it is refused until then."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from chuyenhoa.store import Migration, MissingStoreError, StoreError, engine, migrate_store, open_store
from chuyenhoa.store.tables import Base


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    assert ScriptDirectory(str(engine.MIGRATIONS)).get_current_head() == engine.HEAD


def test_migrations_make_exactly_the_tables(bare_url: str) -> None:
    migrate_store(bare_url)
    with create_engine(bare_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_store_is_created_once(bare_url: str) -> None:
    first, second = migrate_store(bare_url), migrate_store(bare_url)
    assert (first.before, first.after) == (None, engine.HEAD)
    assert (second.before, second.after) == (engine.HEAD, engine.HEAD)
    open_store(bare_url)


def test_many_processes_may_migrate_at_once(bare_url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found: list[Migration] = pool.map(migrate_store, [bare_url] * 4)
    assert sorted(entry.before or "" for entry in found) == ["", *[engine.HEAD] * 3]


def test_a_missing_store_is_refused_and_nothing_is_made(bare_url: str, tmp_path: Path) -> None:
    with pytest.raises(MissingStoreError, match="Create it with `chuyenhoa migrate`"):
        open_store(bare_url)
    assert list(tmp_path.iterdir()) == []
    if bare_url.startswith("postgresql"):
        assert inspect(create_engine(bare_url)).get_table_names() == []


def test_an_empty_file_is_no_store_yet(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    with pytest.raises(MissingStoreError):
        open_store(f"sqlite:///{tmp_path / 'store.db'}")


def set_version(url: str, version: str) -> None:
    with create_engine(url).begin() as connection:
        assert connection.execute(text(f"UPDATE alembic_version SET version_num = '{version}'")).rowcount == 1


def test_an_older_store_is_refused_until_it_is_migrated(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "HEAD", "9999")
    monkeypatch.setattr(engine, "_list_revisions", lambda: ["9999", "0008"])
    set_version(store_url, "0008")
    wanted = "has version 0008, this program needs version 9999. .* run `chuyenhoa migrate`"
    with pytest.raises(StoreError, match=wanted) as caught:
        open_store(store_url)
    assert not isinstance(caught.value, MissingStoreError)


def test_a_newer_store_is_refused_and_left_as_it_is(store_url: str) -> None:
    set_version(store_url, "9999")
    for use in (open_store, migrate_store):
        with pytest.raises(StoreError, match=r"version 9999, which this program .* does not know"):
            use(store_url)
    with create_engine(store_url).connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
