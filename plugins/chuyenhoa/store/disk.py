"""Writes files so that they outlast a power cut; many files wait for the disk together, not one by one."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

FEW = 2
"""So many files are flushed one by one: fsync does not wait for what other programs wrote to the disk."""
REPORTS_ERRORS = (5, 8)
"""The first Linux whose syncfs reports a write that failed."""


@cache
def find_syncfs() -> Callable[[int], int] | None:
    """Linux's call that flushes a whole file system; None where it is missing or would hide an error."""
    system = os.uname()
    version = tuple(int(part) for part in system.release.split(".")[:2] if part.isdigit())
    if system.sysname != "Linux" or version < REPORTS_ERRORS:
        return None
    call: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return call


def sync_all(descriptors: Sequence[int]) -> None:
    """Wait until some open files and folders of one file system are on the disk.

    Raises:
        OSError: one of them cannot be written.
    """
    # Waits for the disk were 40 of the 60 ms that a file took (decision 0023); one syncfs serves all of a
    # batch.
    together = find_syncfs() if len(descriptors) > FEW else None
    if together is not None and together(descriptors[0]) == 0:
        return
    for descriptor in descriptors:
        os.fsync(descriptor)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make renames in some folders last through a power cut."""
    opened = []
    try:
        for folder in dict.fromkeys(folders):
            opened.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        sync_all(opened)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, each entered for good in the one above."""
    sync_folders(_make_folder(folder))


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder with those above it; the folders that are to be flushed then."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
    return [path.parent for path in missing]


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of some bytes, however many calls it takes."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files so that a reader sees all of one or nothing: under temporary names, then renamed.

    When it returns, all of them outlast a power cut.
    """
    temporary: dict[Path, str] = {}
    opened = []
    changed = [path.parent for path in contents]
    try:
        for path, content in contents.items():
            changed += _make_folder(path.parent)
            descriptor, temporary[path] = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
            opened.append(descriptor)
            write_all(descriptor, content)
            os.fchmod(descriptor, 0o644)  # mkstemp makes 0600, and submitters read the outbox as other users
        # Flushed before renamed: else a power cut may leave the new name with no bytes behind it.
        sync_all(opened)
        for path in list(temporary):
            Path(temporary[path]).replace(path)
            del temporary[path]
    finally:
        for descriptor in opened:
            os.close(descriptor)
        for name in temporary.values():
            Path(name).unlink(missing_ok=True)
    sync_folders(changed)
