"""The archive of originals: every file that ever came, under its sha256, written once and never changed."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

CHUNK = 1 << 20
INCOMING = "incoming"
"""The folder of copies that are not complete yet."""

_numbers = itertools.count(1)


class ArchiveError(RuntimeError):
    """The archive does not hold what the ledger says; the text names the file and its hash."""


def archived_path(archive: Path, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return archive / sha256[:2] / sha256


def archive_file(archive: Path, descriptor: int) -> tuple[str, int]:
    """Copy an open file into the archive and flush it to disk; returns its sha256 and size in bytes.

    The copy gets its final name only when it is complete, so a crash leaves nothing half-written behind.
    Memory stays that of one chunk, and holes in the file stay holes.
    """
    return _keep(archive, iter(lambda: os.read(descriptor, CHUNK), b""))


def archive_bytes(archive: Path, content: bytes) -> tuple[str, int]:
    """Keep bytes in the archive as `archive_file` does."""
    sha256 = hashlib.sha256(content).hexdigest()
    if archived_path(archive, sha256).exists():
        return sha256, len(content)
    return _keep(archive, (content[start : start + CHUNK] for start in range(0, len(content), CHUNK)))


def _keep(archive: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    incoming = archive / INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    temporary = incoming / f"{os.getpid()}-{next(_numbers)}"
    try:
        sha256, size = _write(temporary, chunks)
        final = archived_path(archive, sha256)
        if not final.parent.exists():
            final.parent.mkdir(exist_ok=True)
            sync_folder(archive)
        temporary.replace(final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(final.parent)
    return sha256, size


def _write(temporary: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for chunk in chunks:
            digest.update(chunk)
            if chunk.count(0) == len(chunk):
                os.lseek(descriptor, len(chunk), os.SEEK_CUR)
            else:
                write_all(descriptor, chunk)
            size += len(chunk)
        os.ftruncate(descriptor, size)
        os.fchmod(descriptor, 0o440)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return digest.hexdigest(), size


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of some bytes, however many calls it takes."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_archived(archive: Path, sha256: str) -> bytes:
    """The bytes of a hash, checked against it.

    Raises:
        ArchiveError: when they are missing or damaged.
    """
    path = archived_path(archive, sha256)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"{path}: the archived file {sha256} cannot be read ({error}).") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ArchiveError(f"{path}: the archived file is damaged; restore it from a backup.")
    return content


def check_archived(archive: Path, sha256: str) -> int:
    """The size of an archived file whose bytes were checked against its hash, a chunk at a time.

    Raises:
        ArchiveError: when they are missing or damaged.
    """
    path = archived_path(archive, sha256)
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as file:
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
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
