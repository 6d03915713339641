"""The archive of originals: every file that ever came, under its sha256, written once and never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CHUNK = 1 << 20


class ArchiveError(RuntimeError):
    """The archive does not hold what the ledger says; the text names the file and its hash."""


def archived_path(archive: Path, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return archive / sha256[:2] / sha256


def archive_file(archive: Path, source: Path) -> tuple[str, int]:
    """Copy a file into the archive and flush it to disk; returns its sha256 and size.

    The copy gets its final name only when it is complete, so a crash leaves nothing half-written behind.
    """
    incoming = archive / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    temporary = incoming / f"{os.getpid()}-{source.stat().st_ino}"
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as reader, temporary.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    sha256 = digest.hexdigest()
    final = archived_path(archive, sha256)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.chmod(0o440)
    temporary.replace(final)
    _sync_folder(final.parent)
    return sha256, size


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
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
