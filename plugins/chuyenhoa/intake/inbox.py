"""Looks into the inbox: which files lie there, which of them are to be ignored, which are complete."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini"})
IGNORED_PREFIXES = ("~$", ".")
IGNORED_SUFFIXES = (".part", ".filepart", ".tmp")


@dataclass(frozen=True, order=True)
class Drop:
    """A regular file in the inbox, as a scan saw it."""

    path: str
    """Relative to the inbox, with forward slashes."""
    folder: str
    """The submitter's folder, the first part of the path; empty for a file in the inbox itself."""
    size: int
    mtime_ns: int

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def claim_key(self) -> str:
        """Tells this drop from a later one of the same name."""
        return f"{self.path}|{self.size}|{self.mtime_ns}"


def is_ignored(name: str) -> bool:
    """Whether a name is that of a temporary, lock or system file, which gets no receipt."""
    lower = name.lower()
    return lower in IGNORED_NAMES or lower.startswith(IGNORED_PREFIXES) or lower.endswith(IGNORED_SUFFIXES)


def scan_inbox(inbox: Path) -> tuple[Drop, ...]:
    """All files that wait in the inbox, sub-folders included; links and special files are left out.

    A missing inbox is an empty one. Files that vanish during the scan are passed over.
    """
    return tuple(sorted(_walk(inbox, ""))) if inbox.is_dir() else ()


def _walk(folder: Path, prefix: str) -> Iterator[Drop]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if is_ignored(entry.name):
            continue
        path = f"{prefix}{entry.name}"
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                seen = entry.stat(follow_symlinks=False)
                yield Drop(path, prefix.split("/", 1)[0], seen.st_size, seen.st_mtime_ns)
        except FileNotFoundError:
            continue


def find_stable_drops(inbox: Path, settle_seconds: float) -> tuple[Drop, ...]:
    """The files whose size and time stayed the same over `settle_seconds` of real time.

    A file that is still being written is left for the next pass.
    """
    first = scan_inbox(inbox)
    if not first or settle_seconds <= 0:
        return first
    time.sleep(settle_seconds)
    unchanged = set(first)
    return tuple(drop for drop in scan_inbox(inbox) if drop in unchanged)
