"""Several intakes at once, one of them killed midway, end as one alone would: on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.auditing import audit_store
from chuyenhoa.store.tables import EventRow, SubmissionRow
from tests.integration.forms import fill
from tests.integration.messy import blank, drop, open_forms

FOLDERS = ("899-rach-gia", "900-ha-tien", "902-kien-luong")
LOCALITIES = ("30745", "30754", "30772", "30787", "30808")
VERSIONS = 4


@pytest.fixture
def inbox(data_folder: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Some versions of every submitter, each with a repetition."""
    monkeypatch.setenv("CHUYENHOA_STORE", store_url)
    open_forms(lambda moment: monkeypatch.setenv("CHUYENHOA_NOW", moment))
    for folder in FOLDERS:
        for number in range(VERSIONS):
            changes = {(code, "TTXH_DT"): 30 + number for code in LOCALITIES}
            content = fill(blank(data_folder, folder), changes)
            drop(data_folder, folder, f"{number}.xlsx", content)
            drop(data_folder, folder, f"{number}-again.xlsx", content)
    return data_folder


def start() -> subprocess.Popen[bytes]:
    """One pass in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from chuyenhoa.cli import main; sys.exit(main(['intake']))"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a pass; what it said when it failed."""
    _out, said = process.communicate(timeout=300)
    assert process.returncode in (0, -signal.SIGKILL), said.decode()
    return process.returncode


def test_several_at_once_and_one_killed_end_as_one_alone(inbox: Path) -> None:
    passes = [start() for _number in range(3)]
    while not list((inbox / "outbox").rglob("PHIEU*")) and passes[0].poll() is None:
        time.sleep(0.01)
    passes[0].kill()
    assert sorted(map(finish, passes))[1:] == [0, 0]
    assert finish(start()) == 0
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = list(session.query(SubmissionRow).order_by(SubmissionRow.number))
        answered = Counter(e.submission for e in session.query(EventRow) if e.kind == "answered")
    assert len(rows) == len(FOLDERS) * VERSIONS * 2
    assert answered == Counter(row.number for row in rows)
    for folder in FOLDERS:
        mine = [row for row in rows if row.folder == folder]
        assert [row.version for row in mine if row.version] == list(range(1, VERSIONS + 1))
        assert Counter(row.status == "duplicate" for row in mine) == {True: VERSIONS, False: VERSIONS}
    receipts = {inbox / row.receipt for row in rows}
    assert len(receipts) == len(rows)
    assert {path for path in (inbox / "outbox").rglob("PHIEU*") if path.suffix == ".html"} == receipts
    assert [path for path in (inbox / "inbox").rglob("*") if path.is_file()] == []
    assert audit_store(ctx).faults == ()
