"""Many files make larger batches, so that a whole country needs few runs of the rules."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from chuyenhoa.pipeline.receive.batches import (
    BATCH_SIZE,
    MAX_BATCHES,
    MAX_FILES,
    batch,
    claim_drops,
    process_batch,
)


def claim(data: Path, count: int) -> list[str]:
    for number in range(count):
        folder = data / "inbox" / f"{number:03}-huyen"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(f"{number}")
    return claim_drops()


@pytest.mark.parametrize("count", [5, 40, 90])
def test_batches_grow_with_the_number_of_files(data_folder: Path, count: int) -> None:
    ids = claim(data_folder, count)
    batches = batch(ids)
    assert [name for batch in batches for name in batch] == ids
    assert len(batches) <= MAX_BATCHES
    assert max(map(len, batches)) <= max(BATCH_SIZE, -(-count // MAX_BATCHES)) <= MAX_FILES
    assert [len(batch) for batch in batch(ids, size=3)][:-1] == [3] * (-(-count // 3) - 1)


def test_every_answered_file_has_one_line_in_the_log(
    data_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A district phones about a file: its line says what became of it, and repeats no number of a person."""
    ids = claim(data_folder, 2)
    folder = data_folder / "inbox" / "899-rach-gia"
    folder.mkdir()
    (folder / "bao cao 0912345678.txt").write_text("xin chao")
    ids = claim_drops()
    caplog.set_level(logging.INFO)
    process_batch(ids)
    lines = [record.getMessage() for record in caplog.records if "; receipt " in record.getMessage()]
    assert [line.split()[0] for line in lines] == ids == ["S000001", "S000002", "S000003"]
    for line in lines:
        told = re.search(r" of \S+: refused; rules (D\d+\S*)(, D\d+\S*)*; \d+\.\d s; receipt (\S.*)$", line)
        assert told, line
        receipt = data_folder / told[3]
        assert receipt.is_file() or "[" in told[3], line
    assert "'a.txt' of 000-huyen:" in lines[0]
    assert "0912345678" not in "".join(lines)
    assert "bao cao" in lines[2]
