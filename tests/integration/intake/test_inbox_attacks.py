"""Whatever is put into the inbox: nothing is followed, lost, doubled or waited for; each file is its own."""

from __future__ import annotations

import errno
import os
import resource
import socket
import tempfile
import tracemalloc
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest

from chuyenhoa import clock
from chuyenhoa.intake.inbox import claim, scan
from chuyenhoa.intake.inbox.scan import SkippedFile, SkipReason
from chuyenhoa.store import Store, archive, ledger, open_store
from chuyenhoa.store.ledger import reserve_receipt
from chuyenhoa.store.tables import EventRow, SubmissionRow
from tests.stores import new_store

AT = datetime(2021, 10, 12, 9, tzinfo=clock.ZONE)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / "899-rach-gia"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def store(tmp_path: Path, store_url: str) -> Store:
    return open_store(store_url, tmp_path / "archive")


def take(store: Store, root: Path) -> tuple[list[SubmissionRow], list[SkippedFile]]:
    """One pass; everything in the ledger, and what stays in the inbox."""
    look = scan.look_for_stable(root / "inbox", 0)
    claim.close_cut_claims(store, look.drops)
    claimed = claim.claim_drops(store, root / "inbox", root / "archive", look.drops, AT)
    with store.reading() as session:
        return ledger.pending(session), [*look.left, *claimed.left]


def test_links_pipes_and_sockets_stay_and_are_told(store: Store, tmp_path: Path, box: Path) -> None:
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"secret")
    (box / "link.xlsx").symlink_to(secret)
    (box / "folder-link").symlink_to(tmp_path)
    os.mkfifo(box / "pipe.xlsx")
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(box)
    try:
        listener.bind("socket.xlsx")
    finally:
        os.chdir(here)
    (box / "good.xlsx").write_bytes(b"good")
    rows, left = take(store, tmp_path)
    listener.close()
    assert [row.file_name for row in rows] == ["good.xlsx"]
    assert [(entry.path.rpartition("/")[2], entry.why) for entry in left] == [
        ("folder-link", SkipReason.LINK),
        ("link.xlsx", SkipReason.LINK),
        ("pipe.xlsx", SkipReason.SPECIAL),
        ("socket.xlsx", SkipReason.SPECIAL),
    ]
    assert len(list(box.iterdir())) == 4
    assert secret.exists()


NAMES = {
    "composed": unicodedata.normalize("NFC", "báo cáo.xlsx"),
    "decomposed": unicodedata.normalize("NFD", "báo cáo.xlsx"),
    "upper case": "BÁO CÁO.XLSX",
    "a line break": "a\nb.xlsx",
    "control characters": "a\x07\x1b[31m.xlsx",
    "a leading dash": "-rf.xlsx",
    "right-to-left marks": "a\u202exslx.exe",
    "as long as can be": "a" * 250 + ".xlsx",
    "no UTF-8": b"a\xff.xlsx".decode("utf-8", "surrogateescape"),
    "no UTF-8 either": b"a\xfe.xlsx".decode("utf-8", "surrogateescape"),
    "quotes": "'; DROP TABLE events; --.xlsx",
    "percent": "%s%(x)s{}.xlsx",
}


def test_every_name_is_a_file_of_its_own(store: Store, tmp_path: Path, box: Path) -> None:
    for name in NAMES.values():
        (box / name).write_bytes(b"same")
        os.utime(box / name, ns=(1, 1))
    rows, left = take(store, tmp_path)
    assert (len(rows), left) == (len(NAMES), [])
    assert len({row.claim_key for row in rows}) == len(NAMES)
    assert list(box.iterdir()) == []
    with store.writing() as session:
        paths = [reserve_receipt(session, row.number, f"outbox/x/{row.file_name.lower()}") for row in rows]
    assert len({path.casefold() for path in paths}) == len(NAMES)


def test_a_reserved_receipt_stays_the_same(store: Store, tmp_path: Path, box: Path) -> None:
    (box / "a.xlsx").write_bytes(b"same")
    (box / "A.xlsx").write_bytes(b"same")
    rows, _left = take(store, tmp_path)
    for _attempt in range(2):
        with store.writing() as session:
            paths = [reserve_receipt(session, row.number, f"outbox/{row.file_name}") for row in rows]
        assert paths == ["outbox/A.xlsx", "outbox/a-2.xlsx"]


def test_very_deep_folders_end_somewhere(store: Store, tmp_path: Path, box: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(box)
        for _level in range(60):
            Path("thư mục" * 20).mkdir()
            os.chdir("thư mục" * 20)
            Path("a.xlsx").write_bytes(b"a")
    finally:
        os.chdir(here)
    rows, left = take(store, tmp_path)
    assert len(rows) == scan.MAX_DEPTH - 1
    assert [entry.why for entry in left] == [SkipReason.TOO_DEEP]


def test_a_file_that_becomes_a_link_is_not_followed(store: Store, tmp_path: Path, box: Path) -> None:
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"12345")
    (box / "a.xlsx").write_bytes(b"12345")
    stamp = (box / "a.xlsx").stat()
    os.utime(secret, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    drops = scan.scan_inbox(tmp_path / "inbox")
    (box / "a.xlsx").unlink()
    (box / "a.xlsx").symlink_to(secret)
    claimed = claim.claim_drops(store, tmp_path / "inbox", tmp_path / "archive", drops, AT)
    assert claimed.numbers == []
    assert secret.read_bytes() == b"12345"
    assert not (tmp_path / "archive").exists()


def test_a_folder_that_becomes_a_link_is_not_followed(store: Store, tmp_path: Path, box: Path) -> None:
    (box / "a.xlsx").write_bytes(b"12345")
    drops = scan.scan_inbox(tmp_path / "inbox")
    box.rename(tmp_path / "elsewhere")
    box.symlink_to(tmp_path / "elsewhere")
    claimed = claim.claim_drops(store, tmp_path / "inbox", tmp_path / "archive", drops, AT)
    assert claimed.numbers == []
    assert (tmp_path / "elsewhere" / "a.xlsx").exists()


def test_a_hard_link_is_a_file_of_its_own(store: Store, tmp_path: Path, box: Path) -> None:
    outside = tmp_path / "mine.xlsx"
    outside.write_bytes(b"mine")
    os.link(outside, box / "a.xlsx")
    os.link(outside, box / "b.xlsx")
    rows, _left = take(store, tmp_path)
    assert [row.file_name for row in rows] == ["a.xlsx", "b.xlsx"]
    assert outside.read_bytes() == b"mine"
    assert archive.archived_path(tmp_path / "archive", rows[0].sha256).stat().st_nlink == 1


def test_a_full_disk_leaves_the_file_and_no_half_copy(
    store: Store, tmp_path: Path, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (box / "a.xlsx").write_bytes(b"a" * 100)

    def full(_descriptor: int, _content: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        rows, left = take(store, tmp_path)
    assert rows == []
    assert left == [SkippedFile("899-rach-gia/a.xlsx", SkipReason.NOT_ARCHIVED, "No space left on device")]
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []
    rows, left = take(store, tmp_path)
    assert (len(rows), left) == (1, [])


def test_a_full_disk_under_the_journal_commits_nothing(
    store: Store, tmp_path: Path, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (box / "a.xlsx").write_bytes(b"a" * 100)
    real = os.write

    def torn(descriptor: int, content: memoryview) -> int:
        if b'"kind":"claimed"' not in bytes(content):
            return real(descriptor, content)
        real(descriptor, content[:20])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", torn)
        with pytest.raises(OSError, match="No space left"):
            take(store, tmp_path)
    assert (box / "a.xlsx").exists()
    rows, _left = take(store, tmp_path)
    assert len(rows) == 1
    assert store.journal is not None
    history = store.journal.read()
    assert (len(history.lines), history.committed, history.faults) == (1, 1, [])


def test_a_read_only_inbox_doubles_nothing(
    store: Store, tmp_path: Path, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (box / "a.xlsx").write_bytes(b"a")

    def refuse(_name: str, *, dir_fd: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(dir_fd))

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        for _attempt in range(3):
            rows, left = take(store, tmp_path)
            assert len(rows) == 1
            assert left == [
                SkippedFile("899-rach-gia/a.xlsx", SkipReason.NOT_REMOVED, "Read-only file system")
            ]
    rows, left = take(store, tmp_path)
    assert (len(rows), left, list(box.iterdir())) == (1, [], [])


def look_as_nobody(root: Path) -> bool:
    """Whether one who has no rights sees what is closed, and can open the rest."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    look = scan.look_into(root)
    opened = []
    for drop in look.drops:
        try:
            with scan.open_drop(root, drop):
                opened.append(drop.path)
        except PermissionError:
            opened.append("refused")
    return look.left == [SkippedFile("x/closed", SkipReason.UNREADABLE, "Permission denied")] and opened == [
        "refused",
        "x/good.xlsx",
    ]


def test_what_cannot_be_read_stays_and_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        box = Path(folder) / "x"
        box.mkdir()
        Path(folder).chmod(0o755)
        (box / "a.xlsx").write_bytes(b"a")
        (box / "closed").mkdir()
        (box / "good.xlsx").write_bytes(b"good")
        (box / "a.xlsx").chmod(0)
        (box / "closed").chmod(0)
        child = os.fork()
        if not child:
            os._exit(0 if look_as_nobody(Path(folder)) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        (box / "closed").chmod(0o700)


def test_a_clock_that_jumps_back_changes_no_order(store: Store, tmp_path: Path, box: Path) -> None:
    for year, name in ((2031, "first.xlsx"), (2011, "second.xlsx")):
        (box / name).write_bytes(name.encode())
        os.utime(box / name, ns=(10**18 * (year // 11), 10**18))
        drops = scan.scan_inbox(tmp_path / "inbox")
        moment = datetime(year, 1, 1, tzinfo=clock.ZONE)
        claim.claim_drops(store, tmp_path / "inbox", tmp_path / "archive", drops, moment)
    with store.reading() as session:
        assert [row.file_name for row in ledger.pending(session)] == ["first.xlsx", "second.xlsx"]


@pytest.mark.scene
def test_two_gigabytes_are_taken_in_little_memory(tmp_path: Path, box: Path) -> None:
    store = open_store(new_store(tmp_path / "store.db"), tmp_path / "archive")
    size = 2**31 + 5
    with (box / "big.xlsx").open("wb") as file:
        file.truncate(size)
        file.seek(2**20)
        file.write(b"not only holes")
    tracemalloc.start()
    rows, left = take(store, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert left == []
    assert rows[0].size == size
    kept = archive.archived_path(tmp_path / "archive", rows[0].sha256).stat()
    assert (kept.st_size, kept.st_blocks * 512 < 10**8) == (size, True)
    assert peak < 30 * 2**20


def test_ten_times_what_is_taken_at_once_needs_no_more_open_files(tmp_path: Path, box: Path) -> None:
    store = open_store(new_store(tmp_path / "store.db"), tmp_path / "archive")
    count = claim.AT_ONCE * 10 + 1
    for number in range(count):
        (box / f"{number}.xlsx").write_bytes(str(number).encode())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Beside what this process has open already: earlier tests leave connections to their stores.
    opened = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + claim.AT_ONCE * 3 + 150, hard))
    try:
        rows, left = take(store, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (len(rows), left, list(box.iterdir())) == (count, [], [])
    with store.reading() as session:
        assert session.query(EventRow).count() == count
