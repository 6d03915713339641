"""Thousands of files at once, the same bytes many times over, and a file beyond the limit."""

from __future__ import annotations

import os
import resource
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from chuyenhoa.kit.readers.package import MAX_FILE_BYTES
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.receive.batches import claim_drops
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.rehearsal import run_intake

RACH_GIA = "899-rach-gia"
FEW_OPEN_FILES = 400


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """A process that may hold few files open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_OPEN_FILES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def fill_inbox(data: Path, count: int, *, same: bool = False) -> None:
    """Useless files, each with its own bytes or all with the same."""
    folder = data / "inbox" / RACH_GIA
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"{number:05}.txt").write_text("same" if same else f"{number}")


def rows() -> list[SubmissionRow]:
    with open_context().store.reading() as session:
        return list(session.query(SubmissionRow).order_by(SubmissionRow.number))


@pytest.mark.usefixtures("few_descriptors")
def test_ten_thousand_files_are_claimed_at_once(data_folder: Path) -> None:
    fill_inbox(data_folder, 10_000)
    assert len(claim_drops()) == 10_000
    assert list((data_folder / "inbox" / RACH_GIA).iterdir()) == []
    assert len({row.sha256 for row in rows()}) == 10_000
    assert all(row.removed_from_inbox for row in rows())
    assert list((data_folder / "archive" / "incoming").iterdir()) == []


def test_the_same_bytes_a_thousand_times_are_each_answered(data_folder: Path) -> None:
    fill_inbox(data_folder, 1_000, same=True)
    assert len(run_intake()) == 1_000
    found = rows()
    assert Counter(row.status for row in found) == {"refused": 1, "duplicate": 999}
    assert {row.duplicate_of for row in found[1:]} == {1}
    assert len({row.receipt.casefold() for row in found}) == 1_000
    assert all((data_folder / row.receipt).is_file() for row in found)


def test_a_file_beyond_the_limit_is_archived_and_refused_unread(data_folder: Path) -> None:
    path = data_folder / "inbox" / RACH_GIA / "lớn.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK\x03\x04")
    os.truncate(path, MAX_FILE_BYTES + 1)
    assert len(run_intake()) == 1
    (row,) = rows()
    assert (row.status, row.size) == ("refused", MAX_FILE_BYTES + 1)
    text = (data_folder / row.receipt).read_text(encoding="utf-8")
    assert "D06" in text
    assert f"{MAX_FILE_BYTES // 1_000_000} MB" in text
    archived = data_folder / "archive" / row.sha256[:2] / row.sha256
    assert archived.stat().st_size == MAX_FILE_BYTES + 1
