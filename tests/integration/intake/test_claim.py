"""Files leave the inbox in an order that loses nothing and doubles nothing, wherever it is cut short."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.intake.inbox import claim, scan
from chuyenhoa.store import Store, archive, claims, ledger, open_store
from chuyenhoa.store.tables import SubmissionRow

AT = datetime(2021, 10, 12, 9, tzinfo=clock.ZONE)


class CutShortError(Exception):
    """Stands for the moment at which the power goes."""


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> Store:
    return open_store(store_url, tmp_path / "archive")


def drop(folder: Path, name: str, content: bytes = b"figures") -> Path:
    path = folder / "inbox" / "899-rach-gia" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def claim_all(store: Store, folder: Path) -> list[int]:
    drops = scan.look_for_stable(folder / "inbox", 0).drops
    claim.close_cut_claims(store, drops)
    return claim.claim_drops(store, folder / "inbox", folder / "archive", drops, AT).numbers


def rows(store: Store) -> list[SubmissionRow]:
    with store.reading() as session:
        return ledger.pending(session)


def test_a_claimed_file_is_archived_entered_and_gone(store: Store, tmp_path: Path) -> None:
    path = drop(tmp_path, "báo cáo.xlsx")
    assert len(claim_all(store, tmp_path)) == 1
    assert not path.exists()
    (row,) = rows(store)
    assert (row.folder, row.file_name, row.size) == ("899-rach-gia", "báo cáo.xlsx", 7)
    assert row.removed_from_inbox
    assert archive.read_archived(tmp_path / "archive", row.sha256) == b"figures"
    assert row.sha256 == hashlib.sha256(b"figures").hexdigest()


@pytest.mark.parametrize(
    "name", ["~$a.xlsx", "a.xlsx.part", "a.filepart", "a.TMP", ".a.xlsx", "Thumbs.db", "desktop.ini"]
)
def test_temporary_names_are_left_alone(store: Store, tmp_path: Path, name: str) -> None:
    path = drop(tmp_path, name)
    assert claim_all(store, tmp_path) == []
    assert path.exists()


def test_links_and_pipes_are_left_alone(store: Store, tmp_path: Path) -> None:
    target = drop(tmp_path, "a.xlsx")
    (target.parent / "link.xlsx").symlink_to("/etc/hostname")
    os.mkfifo(target.parent / "pipe.xlsx")
    assert len(claim_all(store, tmp_path)) == 1
    assert sorted(p.name for p in target.parent.iterdir()) == ["link.xlsx", "pipe.xlsx"]


def test_sub_folders_belong_to_the_submitter(tmp_path: Path) -> None:
    drop(tmp_path, "sub/deep.xlsx")
    (seen,) = scan.scan_inbox(tmp_path / "inbox")
    assert (seen.folder, seen.name) == ("899-rach-gia", "deep.xlsx")


def test_a_missing_inbox_is_empty(tmp_path: Path) -> None:
    assert scan.scan_inbox(tmp_path / "nowhere") == ()


def test_a_growing_file_waits(tmp_path: Path) -> None:
    path = drop(tmp_path, "grows.xlsx")
    finished = threading.Event()

    def grow() -> None:
        while not finished.wait(0.02):
            with path.open("ab") as file:
                file.write(b"more")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert scan.look_for_stable(tmp_path / "inbox", 0.2).drops == []
    finally:
        finished.set()
        writer.join()
    assert len(scan.look_for_stable(tmp_path / "inbox", 0.05).drops) == 1


def test_nobody_waits_again_for_what_the_trigger_saw_stand_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "inbox" / "899-rach-gia" / "a.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"abc")
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    seen = {"899-rach-gia/a.xlsx": (3, path.stat().st_mtime_ns)}
    assert len(scan.look_for_stable(tmp_path / "inbox", 2, seen).drops) == 1
    assert waited == []
    # Larger since, or another file beside it: the event no longer says all.
    path.with_name("b.xlsx").write_bytes(b"b")
    assert len(scan.look_for_stable(tmp_path / "inbox", 2, seen).drops) == 2
    path.write_bytes(b"abcd")
    scan.look_for_stable(tmp_path / "inbox", 2, seen)
    assert waited == [2, 2]


@pytest.mark.parametrize(
    ("refusal", "taken"), [(errno.EAGAIN, False), (errno.EACCES, True), (errno.EINVAL, True)]
)
def test_a_file_that_is_open_for_writing_waits(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int, taken: bool
) -> None:
    """A slow copy may pause for longer than we look; a system that cannot say so holds nothing up."""
    path = drop(tmp_path, "slow.csv")
    real = fcntl.fcntl

    def refuse(descriptor: int, command: int, argument: int = 0) -> object:
        if command == fcntl.F_SETLEASE and argument == fcntl.F_RDLCK:
            raise OSError(refusal, os.strerror(refusal))
        return real(descriptor, command, argument)

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "fcntl", refuse)
        drops = scan.look_for_stable(tmp_path / "inbox", 0).drops
        claimed = claim.claim_drops(store, tmp_path / "inbox", tmp_path / "archive", drops, AT)
    assert path.exists() is not taken
    assert [(entry.path, entry.why) for entry in claimed.left] == (
        [] if taken else [("899-rach-gia/slow.csv", scan.SkipReason.GROWING)]
    )
    assert len(claim_all(store, tmp_path)) == (0 if taken else 1)


BOUNDARIES: dict[str, tuple[object, str]] = {
    "before the copy is complete": (os, "fsync"),
    "before the ledger": (claims, "enter_claims"),
    "before the file is removed": (scan.OpenDrop, "remove"),
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_claim_cut_short_is_finished_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, boundary: str
) -> None:
    path = drop(tmp_path, "a.xlsx")
    module, name = BOUNDARIES[boundary]

    def cut(*_arguments: object, **_named: object) -> object:
        raise CutShortError

    with monkeypatch.context() as patch:
        patch.setattr(module, name, cut)
        with pytest.raises(CutShortError):
            claim_all(store, tmp_path)
    assert path.exists()
    claim_all(store, tmp_path)
    assert not path.exists()
    (row,) = rows(store)
    assert archive.read_archived(tmp_path / "archive", row.sha256) == b"figures"


def test_a_claim_cut_after_removal_does_not_swallow_the_next_drop(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(tmp_path, "a.xlsx")
    stamp = path.stat()

    unlink = os.unlink

    def unlink_and_fail(name: str, *, dir_fd: int) -> None:
        unlink(name, dir_fd=dir_fd)
        raise CutShortError

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", unlink_and_fail)
        with pytest.raises(CutShortError):
            claim_all(store, tmp_path)
    assert not path.exists()
    assert claim_all(store, tmp_path) == []
    drop(tmp_path, "a.xlsx")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert len(claim_all(store, tmp_path)) == 1
    assert len(rows(store)) == 2


def test_a_file_replaced_after_archiving_is_a_drop_of_its_own(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(tmp_path, "a.xlsx", b"first version")
    enter = claims.enter_claims

    def enter_then_replace(session: Session, entered: Sequence[claims.Claim]) -> list[int]:
        numbers = enter(session, entered)
        path.unlink()
        path.write_bytes(b"second version, longer")
        return numbers

    with monkeypatch.context() as patch:
        patch.setattr(claims, "enter_claims", enter_then_replace)
        claim_all(store, tmp_path)
    assert path.read_bytes() == b"second version, longer"
    claim_all(store, tmp_path)
    assert not path.exists()
    assert [row.size for row in rows(store)] == [13, 22]


def test_a_file_that_changes_while_it_is_read_is_left(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(tmp_path, "a.xlsx")
    other = drop(tmp_path, "b.xlsx", b"it stays as it is")
    real = archive.Incoming.copy

    def copy_and_grow(self: archive.Incoming, descriptor: int) -> tuple[str, int]:
        found = real(self, descriptor)
        with path.open("ab") as file:
            file.write(b"!")
        return found

    monkeypatch.setattr(archive.Incoming, "copy", copy_and_grow)
    assert len(claim_all(store, tmp_path)) == 1
    assert (path.exists(), other.exists()) == (True, False)
    (row,) = rows(store)
    assert [found.name for found in archive.list_archived(tmp_path / "archive")] == [row.sha256]


def test_a_file_that_vanishes_is_passed_over(store: Store, tmp_path: Path) -> None:
    path = drop(tmp_path, "a.xlsx")
    drops = scan.look_for_stable(tmp_path / "inbox", 0).drops
    path.unlink()
    claimed = claim.claim_drops(store, tmp_path / "inbox", tmp_path / "archive", drops, AT)
    assert (claimed.numbers, claimed.left) == ([], [])


def test_a_damaged_archive_is_our_fault(tmp_path: Path) -> None:
    sha256, size = archive.archive_bytes(tmp_path / "archive", b"figures")
    assert size == 7
    path = archive.archived_path(tmp_path / "archive", sha256)
    path.chmod(0o600)
    path.write_bytes(b"forged!")
    with pytest.raises(archive.ArchiveError, match="is damaged"):
        archive.read_archived(tmp_path / "archive", sha256)
    path.unlink()
    with pytest.raises(archive.ArchiveError, match="cannot be read"):
        archive.read_archived(tmp_path / "archive", sha256)


def test_the_stability_check_uses_real_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-12T09:00:00+07:00")
    drop(tmp_path, "a.xlsx")
    started = time.monotonic()
    scan.look_for_stable(tmp_path / "inbox", 0.1)
    assert time.monotonic() - started >= 0.1
