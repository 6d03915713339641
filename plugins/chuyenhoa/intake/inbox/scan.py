"""Looks into the inbox: which files lie there, which of them are complete, and what must stay where it is."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from chuyenhoa.model.personal import mask_personal

IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini"})
# "~$bao cao.xlsx" is the lock of an open workbook; ".part", ".filepart" and ".tmp" are uploads under way.
IGNORED_PREFIXES = ("~$", ".")
IGNORED_SUFFIXES = (".part", ".filepart", ".tmp")
MAX_DEPTH = 32
"""Folders below the inbox into which we look; who needs more has made a loop or a trap."""
MAX_KEY_LENGTH = 1000
"""Bytes of a path that the ledger holds as it is; a longer one is held by its hash."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Non-blocking: a pipe that takes the file's place after we looked cannot hold the pass up.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class SkipReason(StrEnum):
    """Why something stays in the inbox."""

    LINK = "link"
    SPECIAL = "special"
    """A pipe, a socket or a device."""
    TOO_DEEP = "too_deep"
    UNREADABLE = "unreadable"
    GROWING = "growing"
    """It changed between two looks, or a program on this machine has it open for writing."""
    NOT_ARCHIVED = "not_archived"
    """The archive could not take it (disk full)."""
    NOT_REMOVED = "not_removed"
    """It is archived and in the ledger, and cannot be removed from the inbox."""


@dataclass(frozen=True, order=True)
class SkippedFile:
    """Something that lies in the inbox and is not taken."""

    path: str
    why: SkipReason
    detail: str = ""


@dataclass(frozen=True, order=True)
class Drop:
    """A regular file in the inbox, as a scan saw it."""

    path: str
    """Relative to the inbox, with forward slashes; bytes that are no UTF-8 as lone surrogates."""
    folder: str
    """The submitter's folder, the first part of the path; empty for a file in the inbox itself."""
    size: int
    mtime_ns: int
    ctime_ns: int = field(default=0, compare=False)
    """When it came to lie here: a copy keeps the time of change that it had where it came from."""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def claim_key(self) -> str:
        """Tells this drop from a later one of the same name."""
        raw = os.fsencode(self.path)
        path = readable(self.path)
        if len(raw) > MAX_KEY_LENGTH or path != self.path:
            path = f"sha256:{sha256(raw).hexdigest()}"
        return f"{path}|{self.size}|{self.mtime_ns}"


@dataclass
class Look:
    """What one look into the inbox saw."""

    drops: list[Drop] = field(default_factory=list)
    left: list[SkippedFile] = field(default_factory=list)


def readable(name: str) -> str:
    """A file name as text that can be stored and shown; bytes that are no UTF-8 as a replacement sign."""
    return os.fsencode(name).decode("utf-8", "replace")


def logged(path: str) -> str:
    """A path as a log may hold it: readable, and without personal numbers."""
    return mask_personal(readable(path))


def is_ignored(name: str) -> bool:
    """Whether a name is that of a temporary, lock or system file, which gets no receipt."""
    lower = name.lower()
    return lower in IGNORED_NAMES or lower.startswith(IGNORED_PREFIXES) or lower.endswith(IGNORED_SUFFIXES)


def look_into(inbox: Path) -> Look:
    """All files that wait in the inbox, sub-folders included, and what lies there and is no file.

    A missing inbox is an empty one. Files that vanish meanwhile are passed over. No link is ever followed.

    Raises:
        OSError: the inbox itself cannot be read.
    """
    seen = Look()
    try:
        root = os.open(inbox, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return seen
    try:
        _walk(root, "", seen)
    finally:
        os.close(root)
    seen.drops.sort()
    seen.left.sort()
    return seen


def scan_inbox(inbox: Path) -> tuple[Drop, ...]:
    """All files that wait in the inbox; see `look_into`."""
    return tuple(look_into(inbox).drops)


def _walk(folder: int, prefix: str, seen: Look) -> None:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if not is_ignored(entry.name))
    # By descriptors and not by paths: a folder that becomes a link meanwhile is not followed out of the
    # inbox.
    for name in names:
        path = f"{prefix}{name}"
        try:
            _see(folder, name, path, seen)
        except FileNotFoundError:
            continue
        except OSError as error:
            seen.left.append(SkippedFile(path, SkipReason.UNREADABLE, error.strerror or ""))


def _see(folder: int, name: str, path: str, seen: Look) -> None:
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISREG(status.st_mode):
        folder_name = path.partition("/")[0] if "/" in path else ""
        seen.drops.append(Drop(path, folder_name, *_signature(status), status.st_ctime_ns))
    elif stat.S_ISLNK(status.st_mode):
        seen.left.append(SkippedFile(path, SkipReason.LINK))
    elif not stat.S_ISDIR(status.st_mode):
        seen.left.append(SkippedFile(path, SkipReason.SPECIAL))
    elif path.count("/") >= MAX_DEPTH:
        seen.left.append(SkippedFile(path, SkipReason.TOO_DEEP))
    else:
        below = os.open(name, _FOLDER, dir_fd=folder)
        try:
            _walk(below, f"{path}/", seen)
        finally:
            os.close(below)


def _signature(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def look_for_stable(
    inbox: Path, settle_seconds: float, seen_still: Mapping[str, tuple[int, int]] | None = None
) -> Look:
    """The files whose size and time stayed the same over `settle_seconds` of real time.

    A file that is still being written stays for the next pass.

    Args:
        inbox: the folder.
        settle_seconds: how long a file must stand still; 0 takes all as they are.
        seen_still: size and time, by path, of files that the trigger saw stand still already; when nothing
            else lies there, and these are as it saw them, nobody waits a second time.
    """
    # Size and time, and real time: the pipeline's clock may be frozen for a rehearsal, a copy is not.
    first = look_into(inbox)
    known = seen_still or {}
    if settle_seconds <= 0 or all(known.get(d.path) == (d.size, d.mtime_ns) for d in first.drops):
        return first
    time.sleep(settle_seconds)
    second = look_into(inbox)
    unchanged = set(first.drops)
    still = [drop for drop in second.drops if drop in unchanged]
    growing = [SkippedFile(drop.path, SkipReason.GROWING) for drop in second.drops if drop not in unchanged]
    return Look(still, sorted([*second.left, *growing]))


@dataclass(frozen=True)
class OpenDrop:
    """A drop that is open: its bytes and its name are held, whatever is done to the path meanwhile."""

    folder: int
    name: str
    descriptor: int
    drop: Drop

    def is_unchanged(self) -> bool:
        """Whether the open file is still of the size and time that the scan saw."""
        return _signature(os.fstat(self.descriptor)) == (self.drop.size, self.drop.mtime_ns)

    def is_being_written(self) -> bool:
        """Whether a program on this machine has it open for writing: it may only pause, and go on later.

        The system grants a lease for reading only while nobody does; it is given back at once. Where no lease
        can be had (the file is another user's, or lies on a network disk), size and time must do.
        """
        try:
            # The signal of a broken lease would otherwise be one that ends the process.
            fcntl.fcntl(self.descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(self.descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
        fcntl.fcntl(self.descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False

    def is_there(self) -> bool:
        """Whether its name still leads to it."""
        try:
            there = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(self.descriptor), there)

    def remove(self) -> bool:
        """Remove the file from the inbox; False when another file took its name, which then stays.

        Raises:
            OSError: it cannot be removed.
        """
        if not self.is_there() or not self.is_unchanged():
            return False
        try:
            os.unlink(self.name, dir_fd=self.folder)
        except FileNotFoundError:
            return False
        return True


@contextmanager
def open_drop(inbox: Path, drop: Drop) -> Iterator[OpenDrop]:
    """Open a drop through its folders, one by one, following no link.

    Raises:
        FileNotFoundError: it is no longer there, or no longer the file that the scan saw.
        OSError: it cannot be read.
    """
    *folders, name = drop.path.split("/")
    opened = [os.open(inbox, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        for folder in folders:
            opened.append(os.open(folder, _FOLDER, dir_fd=opened[-1]))
        # Looked at before it is opened: to open a pipe would wait for its writer, to open a device may act.
        there = os.stat(name, dir_fd=opened[-1], follow_symlinks=False)
        if not stat.S_ISREG(there.st_mode):
            raise FileNotFoundError(f"{drop.path} is no file any more")
        opened.append(os.open(name, _FILE, dir_fd=opened[-1]))
        found = OpenDrop(opened[-2], name, opened[-1], drop)
        if not os.path.samestat(there, os.fstat(found.descriptor)) or not found.is_unchanged():
            raise FileNotFoundError(f"{drop.path} changed after it was seen")
        yield found
    finally:
        for descriptor in reversed(opened):
            os.close(descriptor)
