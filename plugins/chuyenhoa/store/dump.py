"""Everything that a store holds, in one form that is alike on every database: two stores can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from chuyenhoa.store.content import TABLES
from chuyenhoa.store.tables import Base

Row = Mapping[str, Any]
Dump = Mapping[str, Mapping[str, Row]]
"""By table and key; a row of a table that only counts its rows has the submission and its place as key."""

PASSING = {"submissions": ("removed_from_inbox",)}
"""Columns that say what is being done just now, and nothing about the past."""


@dataclass(frozen=True)
class Difference:
    """A row that two stores hold differently; None where one of them has none."""

    table: str
    key: str
    here: Row | None
    there: Row | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        if self.here is None or self.there is None:
            return ()
        return tuple(name for name, value in self.here.items() if self.there.get(name) != value)


def dump_store(session: Session) -> Dump:
    """All rows of all tables."""
    return {table.name: _dump_table(session, table) for table in Base.metadata.sorted_tables}


def _dump_table(session: Session, table: Table) -> Mapping[str, Row]:
    counted = table.name in {entry.__tablename__ for entry in TABLES} and "id" in table.columns
    rows: dict[str, Row] = {}
    places: dict[int, int] = {}
    for found in session.execute(select(table).order_by(*table.primary_key)):
        row = {
            name: value for name, value in found._mapping.items() if name not in PASSING.get(table.name, ())
        }
        if counted:
            del row["id"]
            places[row["submission"]] = place = places.get(row["submission"], 0) + 1
            key = f"{row['submission']}/{place}"
        else:
            key = "/".join(str(row[column.name]) for column in table.primary_key)
        rows[key] = row
    return rows


def compare(here: Dump, there: Dump) -> Iterator[Difference]:
    """Every row that differs, table by table."""
    for table in here:
        ours, theirs = here[table], there[table]
        for key in {**ours, **theirs}:
            if ours.get(key) != theirs.get(key):
                yield Difference(table, key, ours.get(key), theirs.get(key))
