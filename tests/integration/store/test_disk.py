"""Many files wait for the disk together, and what cannot be written leaves nothing half-done."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.receive.batches import batch, claim_drops, process_batch
from chuyenhoa.store import disk
from chuyenhoa.store.archive import Incoming, list_archived, sweep_incoming


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with every wait for the disk: one file or folder flushed, or a whole file system."""
    seen: list[str] = []
    one, together = os.fsync, disk.find_syncfs()

    def fsync(descriptor: int) -> None:
        seen.append("one")
        one(descriptor)

    def syncfs(descriptor: int) -> int:
        seen.append("all")
        return together(descriptor) if together else -1

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(disk, "find_syncfs", lambda: syncfs)
    return seen


def test_many_files_cost_as_many_waits_as_few(data_folder: Path, waits: list[str]) -> None:
    store = open_context().store
    event.listen(store.engine, "commit", lambda _connection: waits.append("commit"))
    spent = []
    folder = data_folder / "inbox" / "899-rach-gia"
    folder.mkdir(parents=True)
    for count in (1, 5, 40):
        for number in range(count):
            (folder / f"{number}.txt").write_text(f"{count} {number}")
        del waits[:]
        for members in batch(claim_drops(), 64):
            process_batch(members)
        spent.append(len(waits))
    assert spent[2] == spent[1] < 20
    assert len(list((data_folder / "outbox").rglob("PHIEU*"))) == 46


def test_files_are_whole_and_readable_by_others(tmp_path: Path, waits: list[str]) -> None:
    contents = {tmp_path / "sâu" / f"{number}" / "a.txt": b"%d" % number for number in range(5)}
    disk.write_files(contents)
    assert {path: path.read_bytes() for path in contents} == contents
    assert {path.stat().st_mode & 0o777 for path in contents} == {0o644}
    assert sorted(tmp_path.rglob("*.txt")) == sorted(contents)
    assert waits == ["all", "all"]


def fail_at(number: int) -> Callable[[int], None]:
    """An fsync that finds the disk full at its n-th call."""
    left = [number]

    def fsync(_descriptor: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")

    return fsync


@pytest.mark.parametrize("number", [1, 3])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(disk, "find_syncfs", lambda: lambda _descriptor: -1)
    monkeypatch.setattr(os, "fsync", fail_at(number))
    with pytest.raises(OSError, match="No space left"):
        disk.write_files({tmp_path / f"{name}.txt": b"x" for name in "abcd"})
    assert list(tmp_path.iterdir()) == []


def test_copies_that_are_not_kept_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Incoming(tmp_path) as incoming:
        incoming.add([b"one"])
        incoming.add([b"two"])
        incoming.drop()
        incoming.keep()
        incoming.add([b"three"])
    assert [path.read_bytes() for path in list_archived(tmp_path)] == [b"one"]
    monkeypatch.setattr(disk, "find_syncfs", lambda: lambda _descriptor: -1)
    monkeypatch.setattr(os, "fsync", fail_at(2))
    with Incoming(tmp_path) as incoming:
        for content in (b"three", b"four", b"five"):
            incoming.add([content])
        with pytest.raises(OSError, match="No space left"):
            incoming.keep()
    assert [path.read_bytes() for path in list_archived(tmp_path)] == [b"one"]


def test_a_copy_never_takes_the_file_of_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers in containers that share the archive may have the same process id."""
    monkeypatch.setattr(secrets, "token_hex", lambda _bytes: "0" * 16)
    with Incoming(tmp_path) as incoming:
        incoming.add([b"one"])
        with Incoming(tmp_path) as other, pytest.raises(FileExistsError):
            other.add([b"two"])
        incoming.keep()
    assert [path.read_bytes() for path in list_archived(tmp_path)] == [b"one"]


def test_a_copy_that_is_swept_before_it_is_locked_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = fcntl.flock, list[int]()

    def flock(descriptor: int, operation: int) -> None:
        if not seen:
            seen.append(descriptor)
            sweep_incoming(tmp_path)
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with Incoming(tmp_path) as incoming:
        incoming.add([b"one"])
        incoming.keep()
    assert seen
    assert [path.read_bytes() for path in list_archived(tmp_path)] == [b"one"]
