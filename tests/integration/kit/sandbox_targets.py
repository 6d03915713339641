"""Functions that the tests of confinement call in a confined process."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Note:
    text: str
    colour: Colour
    amount: Decimal | None
    day: date
    raw: bytes
    pairs: dict[str, int]
    places: tuple[tuple[int, str], ...]
    is_open: bool
    share: float


@dataclass(frozen=True)
class Seen:
    """What a confined process can see and do."""

    process: int
    environment: tuple[str, ...]
    refused: tuple[str, ...]


def mirror(base: str, note: Note) -> tuple[Note, ...]:
    """The note twice, the second time with another text."""
    return (note, Note(**{**vars(note), "text": f"{base} {note.text}"}))


def look_around() -> Seen:
    """Try everything that a confined process must not do."""
    refused = []
    attempts: dict[str, Callable[[], object]] = {
        "open a file": lambda: Path(__file__).read_bytes(),
        "write a file": lambda: Path("/tmp/confined-was-here").write_bytes(b"x"),
        "open a connection": lambda: socket.socket().close(),
        "start a process": lambda: subprocess.run(["true"], check=True),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            refused.append(name)
    return Seen(os.getpid(), tuple(sorted(os.environ)), tuple(refused))


def _compute() -> None:
    while True:
        pass


def _recurse() -> None:
    _recurse()


def _fail() -> None:
    raise LookupError("our own mistake with “đ”")


ACTS: Mapping[str, Callable[[], object]] = {
    "memory": lambda: bytearray(8 << 30),
    "abort": os.abort,
    "segmentation fault": lambda: ctypes.string_at(0),
    "compute": _compute,
    "sleep": lambda: time.sleep(3600),
    "exit": lambda: os._exit(0),
    "recursion": _recurse,
    "garbage": lambda: os.write(4, b"v" + b"\xff" * 100),
    "fault": _fail,
}


def act(what: str) -> str:
    """Do what a hostile file makes a reader do."""
    if what == "lie":
        return 3  # type: ignore[return-value]
    if what in ACTS:
        ACTS[what]()
    return f"{what} {os.getpid()}"


def used_memory() -> int:
    """The limit of this process in bytes."""
    return resource.getrlimit(resource.RLIMIT_AS)[0]
