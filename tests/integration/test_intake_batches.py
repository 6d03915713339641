"""Many files make larger batches, so that a whole country needs few runs of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuyenhoa.pipeline.receive.batches import BATCH_SIZE, MAX_BATCHES, MAX_FILES, batch, claim_drops


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
