"""The confined process: loads one function, gives up everything that it will not need, and answers calls."""

from __future__ import annotations

import json
import os
import pickle
import struct
import traceback
import typing
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

from chuyenhoa.kit.sandbox.codec import Codec, codec_of
from chuyenhoa.kit.sandbox.limits import Limits, allow_cpu, confine

HEADER = struct.Struct(">cQ")
"""Before every answer: its kind and its length in bytes."""
READY, RESULT, FAULT, HEAVY, CRASH = b"r", b"v", b"f", b"h", b"c"


@dataclass(frozen=True)
class Start:
    """The first message to a worker."""

    function: str
    """As in `package.module:name`; its module may have a `warm_up`, called with the shared arguments."""
    shared: tuple[Any, ...]
    limits: Limits


def find_function(name: str) -> tuple[Callable[..., Any], Codec, Callable[..., object] | None]:
    """A function by its name, the codec of what it returns, and its module's `warm_up`."""
    module_name, _, function_name = name.partition(":")
    module = import_module(module_name)
    function: Callable[..., Any] = getattr(module, function_name)
    returned = typing.get_type_hints(function)["return"]
    return function, codec_of(returned), getattr(module, "warm_up", None)


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
