"""The archive of originals: every file that ever came, under its sha256, written once and never changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from chuyenhoa.store.disk import make_folder, sync_all, sync_folders, write_all

CHUNK = 1 << 20
INCOMING = "incoming"
"""The folder of copies that are not complete yet."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class ArchiveError(RuntimeError):
    """The archive does not hold what the ledger says; the text names the file and its hash."""


def archived_path(archive: Path, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return archive / sha256[:2] / sha256


class Incoming:
    """Copies on their way into the archive: made one by one, kept together, for one wait for the disk.

    A copy gets its final name only when it is complete and on the disk, so a crash leaves nothing
    half-written behind. Use it in a `with`; what is not kept at its end is removed.
    """

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._copies: list[_Copy] = []

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *_: object) -> None:
        while self._copies:
            self.drop()

    def copy(self, descriptor: int) -> tuple[str, int]:
        """Copy an open file; returns its sha256 and size in bytes.

        Memory stays that of one chunk, and holes in the file stay holes.

        Raises:
            OSError: it cannot be read, or the archive cannot take it; the other copies stay.
        """
        return self.add(iter(lambda: os.read(descriptor, CHUNK), b""))

    def add(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Copy bytes, as `copy` does."""
        incoming = self._archive / INCOMING
        make_folder(incoming)
        self._copies.append(_begin_copy(incoming))
        try:
            sha256, size = _fill(self._copies[-1].descriptor, chunks)
        except BaseException:
            self.drop()
            raise
        self._copies[-1].sha256 = sha256
        return sha256, size

    def drop(self) -> None:
        """Remove the last copy."""
        last = self._copies.pop()
        last.temporary.unlink(missing_ok=True)
        os.close(last.descriptor)

    def keep(self) -> None:
        """Give every copy its final name, for good.

        Raises:
            OSError: the disk did not take one of them; none counts as archived then.
        """
        # Bytes, then names, then folders: under its hash a file is complete, whatever cuts in between.
        sync_all([copy.descriptor for copy in self._copies])
        finals = [archived_path(self._archive, copy.sha256) for copy in self._copies]
        new = {final.parent for final in finals if not final.parent.exists()}
        for folder in new:
            folder.mkdir(exist_ok=True)
        while self._copies:
            last = self._copies[-1]
            last.temporary.replace(archived_path(self._archive, last.sha256))
            self._copies.pop()
            os.close(last.descriptor)
        sync_folders([*(final.parent for final in finals), *([self._archive] if new else [])])


@dataclass
class _Copy:
    """A file in `incoming/`; it is open and locked, so that no other process sweeps it."""

    descriptor: int
    temporary: Path
    sha256: str = ""


def _begin_copy(incoming: Path) -> _Copy:
    """A new, empty, locked file that no other process has or sweeps.

    The name is chance: processes in containers that share the archive may bear the same process id. Who
    sweeps between making and locking it takes it away; then the next name is tried.
    """
    # A sweeper takes away what nobody has locked, also in the moment between our open and our flock: then the
    # file has no name any more (st_nlink 0), and what is written to it would be lost.
    while True:
        temporary = incoming / f"{os.getpid()}-{secrets.token_hex(8)}"
        descriptor = os.open(temporary, _NEW, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return _Copy(descriptor, temporary)
        os.close(descriptor)


def archive_bytes(archive: Path, content: bytes) -> tuple[str, int]:
    """Keep the bytes of one file; returns its sha256 and size in bytes."""
    return archive_all(archive, [content])[0]


def archive_pieces(archive: Path, pieces: Iterable[bytes]) -> str:
    """Keep a file that comes in pieces; returns its sha256."""
    with Incoming(archive) as incoming:
        sha256, _ = incoming.add(pieces)
        incoming.keep()
    return sha256


def archive_all(archive: Path, contents: Sequence[bytes]) -> list[tuple[str, int]]:
    """Keep the bytes of several files; returns their hashes and sizes in bytes."""
    found = []
    with Incoming(archive) as incoming:
        for content in contents:
            sha256 = hashlib.sha256(content).hexdigest()
            if not archived_path(archive, sha256).exists():
                incoming.add(content[start : start + CHUNK] for start in range(0, len(content), CHUNK))
            found.append((sha256, len(content)))
        incoming.keep()
    return found


def _fill(descriptor: int, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        digest.update(chunk)
        if chunk.count(0) == len(chunk):  # a 2 GB file of zeros takes no room, and no time to write
            os.lseek(descriptor, len(chunk), os.SEEK_CUR)
        else:
            write_all(descriptor, chunk)
        size += len(chunk)
    os.ftruncate(descriptor, size)
    os.fchmod(descriptor, 0o440)
    return digest.hexdigest(), size


def read_archived(archive: Path, sha256: str) -> bytes:
    """The bytes of a hash, checked against it.

    Raises:
        ArchiveError: when they are missing or damaged.
    """
    path = archived_path(archive, sha256)
    try:
        with _open_archived(path) as file:
            content = file.read()
    except OSError as error:
        raise ArchiveError(f"{path}: the archived file {sha256} cannot be read ({error}).") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ArchiveError(f"{path}: the archived file is damaged; restore it from a backup.")
    return content


def _open_archived(path: Path) -> BinaryIO:
    """An original; a link in its place leads to bytes that others may change, and is none."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def check_archived(archive: Path, sha256: str) -> int:
    """The size of an archived file whose bytes were checked against its hash, a chunk at a time.

    Raises:
        ArchiveError: when they are missing or damaged.
    """
    path = archived_path(archive, sha256)
    digest = hashlib.sha256()
    size = 0
    try:
        with _open_archived(path) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise ArchiveError(f"{path}: the archived file {sha256} cannot be read ({error}).") from error
    if digest.hexdigest() != sha256:
        raise ArchiveError(f"{path}: the archived file is damaged; restore it from a backup.")
    return size


def list_archived(archive: Path) -> Iterator[Path]:
    """Every file of the archive but the journal."""
    for folder in sorted(archive.iterdir()) if archive.is_dir() else ():
        if folder.is_dir():
            yield from sorted(path for path in folder.rglob("*") if not path.is_dir())


def sweep_incoming(archive: Path) -> None:
    """Remove copies that a process which no longer lives left half-written; a living one holds its lock."""
    for path in (archive / INCOMING).glob("*-*"):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:  # its process lives and is still copying
            continue
        finally:
            os.close(descriptor)
