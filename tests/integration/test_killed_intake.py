"""Intake is killed at every step boundary and within every write, and ends the same when it runs again."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.auditing import audit_store
from chuyenhoa.store.archive import read_archived
from chuyenhoa.store.tables import EventRow, SubmissionRow
from tests.integration.forms import fill
from tests.integration.messy import KIEN_LUONG, RACH_GIA, blank, drop, open_forms, zipped
from tests.postgres import Server

EXPECTED = {
    (RACH_GIA, "a.xlsx"): "returned",
    (RACH_GIA, "b.xlsx"): "duplicate",
    (KIEN_LUONG, "goi.zip"): "partly_accepted",
    (KIEN_LUONG, "bao-cao.xlsx"): "accepted",
    (KIEN_LUONG, "b.txt"): "refused",
}
ENOUGH = 60
"""Boundaries that one pass has at least; fewer would mean that the runner no longer sees them."""


@pytest.fixture
def prepared(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """An inbox with a file to be marked, its repetition, and an archive with a good and a useless file."""
    open_forms(lambda moment: monkeypatch.setenv("CHUYENHOA_NOW", moment))
    wrong = fill(blank(data_folder, RACH_GIA), {(code, "TTXH_KP"): 25 for code in ("30745", "30754")})
    good = fill(blank(data_folder, KIEN_LUONG))
    archive = zipped({"a/bao-cao.xlsx": good, "b.txt": b"x"})
    drop(data_folder, RACH_GIA, "a.xlsx", wrong)
    drop(data_folder, RACH_GIA, "b.xlsx", wrong)
    drop(data_folder, KIEN_LUONG, "goi.zip", archive)
    return {"a.xlsx": wrong, "b.xlsx": wrong, "goi.zip": archive, "bao-cao.xlsx": good, "b.txt": b"x"}


def run(prepared: Path, work: Path, step: int, urls: list[str]) -> list[dict[str, object]]:
    """How the passes ended, boundary by boundary."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.crash_runner", prepared, work, str(step), *urls],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
    ended: list[dict[str, object]] = json.loads(done.stdout)
    return ended


def answers(data: Path) -> dict[str, str]:
    """The hash of every answer in the outbox; what a killed process left half-written is none."""
    outbox = data / "outbox"
    return {
        path.relative_to(outbox).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in outbox.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def check(data: Path, contents: dict[str, bytes]) -> None:
    """Everything is archived byte for byte, in the ledger once, and answered once."""
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = list(session.query(SubmissionRow))
        answered = Counter(e.submission for e in session.query(EventRow) if e.kind == "answered")
    assert {(row.folder, row.file_name): row.status for row in rows} == EXPECTED
    assert len(rows) == len(EXPECTED)
    for row in rows:
        assert read_archived(data / "archive", row.sha256) == contents[row.file_name]
    assert answered == Counter(row.number for row in rows)
    receipts = {data / row.receipt for row in rows}
    assert {path for path in (data / "outbox").rglob("PHIEU*") if path.suffix == ".html"} == receipts
    assert len(receipts) == len(rows)
    marked = {data / row.marked_workbook for row in rows if row.marked_workbook}
    assert {path for path in (data / "outbox").rglob("*.xlsx") if "BIEU-MAU" not in path.name} == marked
    assert len(marked) == 1
    assert [path for path in (data / "inbox").rglob("*") if path.is_file()] == []
    assert list((data / "archive" / "incoming").iterdir()) == []
    assert audit_store(ctx, is_quick=True).faults == ()
    ctx.store.engine.dispose()


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_anywhere_and_run_again_ends_the_same(
    database: str,
    prepared: dict[str, bytes],
    data_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    urls, step = [], 1
    if database == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        step = 5
        urls = [server.new_store() for _number in range(60)]
    ended = run(data_folder, work, step, urls)
    assert len(ended) * step >= ENOUGH
    assert {entry["killed"] for entry in ended} == {int(signal.SIGKILL)}
    assert {entry["again"] for entry in ended} == {0}
    names = {str(entry["name"]) for entry in ended}
    assert names >= {"within write", "before do_commit", "after do_commit"}
    wanted = answers(work / "counted")
    for entry in ended:
        data = work / str(entry["number"])
        monkeypatch.setenv("CHUYENHOA_DATA", str(data))
        monkeypatch.setenv("CHUYENHOA_STORE", str(entry["url"]))
        check(data, prepared)
        assert answers(data) == wanted
