"""A store that was filled by an older edition keeps all of it through every migration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from chuyenhoa.store import claims, engine, open_store
from chuyenhoa.store.chain import START, seal
from chuyenhoa.store.tables import EventRow, JustificationRow, ObservationRow, SubmissionRow

FILLED = """
INSERT INTO submissions (number, sha256, size, folder, file_name, claim_key, received_at, removed_from_inbox,
    answered_at, status, plan, period, submitter, version, is_late, duplicate_of, receipt, marked_workbook)
VALUES (1, 'aa', 7, '899-rach-gia', 'a.xlsx', 'a|7|1', '2021-10-12T09:00:00+07:00', true, NULL, 'accepted',
    '2021', '2021-6t', '899', 1, false, NULL, 'outbox/r.html', ''),
    (2, 'aa', 7, '899-rach-gia', 'b.xlsx', 'b|7|1', '2021-10-12T10:00:00+07:00', true, NULL, 'duplicate',
    '2021', '2021-6t', '899', NULL, false, 1, 'outbox/s.html', '');
INSERT INTO events (id, submission, at, kind, detail) VALUES
    (3, 1, '2021-10-12T09:00:00+07:00', 'claimed', '899-rach-gia/a.xlsx'),
    (5, 1, '2021-10-12T09:00:05+07:00', 'answered', 'accepted outbox/r.html'),
    (9, 2, '2021-10-12T10:00:00+07:00', 'claimed', '899-rach-gia/b.xlsx');
INSERT INTO observations (submission, locality, indicator, basis, value, sheet, cell)
VALUES (1, '30745', 'CHAY_TS', 'current', '12.5', 'Số liệu', 'D12');
INSERT INTO justifications (id, submission, rule_id, locality, reason, sheet, cell)
VALUES (4, 1, 'W02', '30745', 'án cũ', 'Giải trình', 'C5');
"""


@pytest.fixture
def old_store(store_url: str) -> str:
    """A store as the first edition left it, with rows."""
    sqlite = re.fullmatch(r"sqlite:///(.*)/[^/]*", store_url)
    if sqlite:
        Path(sqlite[1]).mkdir()
    old = create_engine(store_url)
    config = Config()
    config.set_main_option("script_location", str(engine.MIGRATIONS))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FILLED.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
    old.dispose()
    return store_url


def test_an_older_store_keeps_its_rows_and_is_chained(old_store: str) -> None:
    store = open_store(old_store)
    with store.reading() as session:
        first, second = session.query(SubmissionRow).order_by(SubmissionRow.number)
        assert (first.file_name, first.size, first.version, first.removed_from_inbox) == (
            "a.xlsx",
            7,
            1,
            True,
        )
        assert (second.duplicate_of, second.container, second.member) == (1, None, "")
        assert session.query(ObservationRow).one().value == "12.5"
        assert session.query(JustificationRow).one().reason == "án cũ"
        events = session.query(EventRow).order_by(EventRow.id).all()
        assert [(e.id, e.position, e.kind) for e in events] == [
            (3, 1, "claimed"),
            (5, 2, "answered"),
            (9, 3, "claimed"),
        ]
        previous = START
        for event in events:
            assert event.sha256 == seal(previous, event)
            previous = event.sha256


def test_an_older_store_can_be_written_on(old_store: str) -> None:
    store = open_store(old_store)
    with store.writing() as session:
        first = session.get_one(SubmissionRow, 1)
        members = [("b" * 64, 3_000_000_000, "tháng 5/a.xlsx"), ("c" * 64, 2, "x" * 3000)]
        rows = claims.add_members(session, first, members)
        assert [(row.number, row.container, row.member) for row in rows] == [
            (3, 1, "tháng 5/a.xlsx"),
            (4, 1, "x" * 3000),
        ]
    with store.writing() as session:
        again = claims.add_members(session, session.get_one(SubmissionRow, 1), members)
        assert [row.number for row in again] == [3, 4]
        assert session.query(EventRow).count() == 5
