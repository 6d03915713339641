"""The confined process: loads one function, gives up everything that it will not need, and answers calls.

Results leave it as JSON, and are read back only as the type that its function declares. A pickle would let a
process that a file has taken over run code in the one that reads it. Here the declared type of the function
decides what is built from the answer, and nothing else can come out of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import struct
import traceback
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, BinaryIO

import msgspec
import msgspec.inspect

MEGABYTE = 1 << 20
HEADER = struct.Struct(">cQ")
"""Before every answer: its kind and its length in bytes."""
READY, RESULT, FAULT, HEAVY, CRASH = b"r", b"v", b"f", b"h", b"c"


@dataclass(frozen=True)
class Limits:
    """Bounds of one worker; time is meant for one call."""

    memory: int = 1024 * MEGABYTE
    """Bytes of address space, the interpreter included."""
    cpu_seconds: int = 20
    """Time on the processor, whatever else the machine does meanwhile."""
    wall_seconds: float = 90
    """Time on the clock, for what waits instead of working."""
    answer: int = 128 * MEGABYTE
    """Bytes that an answer may have."""
    calls: int = 1_000
    """After so many calls a worker is replaced by a fresh one, which takes a second to start."""


@dataclass(frozen=True)
class Start:
    """The first message to a worker."""

    function: str
    """As in `package.module:name`; its module may have a `warm_up`, called with the shared arguments."""
    shared: tuple[Any, ...]
    limits: Limits


class CodecError(ValueError):
    """An answer is not of the type that was asked for; the text names the place in it."""


@dataclass(frozen=True)
class Codec:
    """Values of one type to JSON and back; types are taken strictly: 1 is no truth value, "1" no number."""

    decoder: msgspec.json.Decoder[Any]

    def encode(self, value: object) -> bytes:
        """One value as JSON.

        Raises:
            UnicodeEncodeError: a text holds half a sign (U+D800 to U+DFFF), which UTF-8 cannot write; so
                texts are cleaned of them where they enter a result.
        """
        return msgspec.json.encode(value)

    def decode(self, data: bytes) -> Any:
        """The value behind JSON.

        Raises:
            CodecError: it is no value of this type.
        """
        try:
            return self.decoder.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise CodecError(f"an answer of another type: {error}") from error


@lru_cache(maxsize=256)
def codec_of(kind: Any) -> Codec:
    """The codec of a type: plain values, dates, Decimal, enums, dataclasses, tuples, mappings, `X | None`.

    Raises:
        TypeError: there is none for this type, which is a fault of the program.
    """
    if isinstance(msgspec.inspect.type_info(kind), msgspec.inspect.AnyType | msgspec.inspect.CustomType):
        raise TypeError(f"{kind}: there is no plain form for this type.")
    return Codec(msgspec.json.Decoder(kind))


def find_function(name: str) -> tuple[Callable[..., Any], Codec, Callable[..., object] | None]:
    """A function by its name, the codec of what it returns, and its module's `warm_up`."""
    module_name, _, function_name = name.partition(":")
    module = import_module(module_name)
    function: Callable[..., Any] = getattr(module, function_name)
    returned = typing.get_type_hints(function)["return"]
    return function, codec_of(returned), getattr(module, "warm_up", None)


def confine(limits: Limits, first_free_descriptor: int) -> None:
    """Bind this process for good: no new file, socket or process, no byte written to a disk.

    A process that can get no new descriptor can open neither a file nor a connection; so everything that it
    will need must be loaded before.
    """
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_NOFILE, first_free_descriptor),
    ):
        # A system that does not know a limit is no reason not to set the others.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def allow_cpu(seconds: int) -> None:
    """Let the process compute for so many seconds from now on; the signal SIGXCPU ends it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls until there are no more; requests are pickles of the process that started this one."""
    start: Start = pickle.load(requests)  # noqa: S301 - from the process that owns this one
    function, codec, warm_up = find_function(start.function)
    if warm_up is not None:
        warm_up(*start.shared)
    # From here on nothing can be imported any more that was not loaded by `warm_up`.
    confine(start.limits, answers.fileno() + 1)
    _send(answers, READY, b"")
    while True:
        try:
            arguments = pickle.load(requests)  # noqa: S301
        except EOFError:
            return
        allow_cpu(start.limits.cpu_seconds)
        kind, data = _answer(function, codec, (*start.shared, *arguments))
        _send(answers, kind, data)
        if kind in (HEAVY, CRASH):
            return


def _answer(function: Callable[..., Any], codec: Codec, arguments: tuple[Any, ...]) -> tuple[bytes, bytes]:
    """The outcome of one call."""
    try:
        return RESULT, codec.encode(function(*arguments))
    except (MemoryError, RecursionError) as error:
        return HEAVY, type(error).__name__.encode()
    except Exception as error:
        name = f"{type(error).__module__}:{type(error).__qualname__}"
        return FAULT, json.dumps([name, str(error), traceback.format_exc()]).encode()
    except BaseException as error:  # a panic of a Rust library is no Exception
        return CRASH, type(error).__name__.encode()


def _send(answers: BinaryIO, kind: bytes, data: bytes) -> None:
    answers.write(HEADER.pack(kind, len(data)))
    answers.write(data)
    answers.flush()


def main() -> None:
    """Take the two pipes away from what else might print or read."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # A library that prints would otherwise write into the answers.
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    os.close(null)
    serve(requests, answers)


if __name__ == "__main__":
    main()
