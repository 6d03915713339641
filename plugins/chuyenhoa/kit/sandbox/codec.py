"""Results of a confined process as plain JSON, taken in only as the type that was asked for.

A pickle would let a process that a file has taken over run code in the one that reads it. Here the reader
decides by the function's declared type what is built from the answer, and nothing else can come out of it.
Lists of records are written column by column, which makes this about as fast as a pickle.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from itertools import chain
from typing import Any


class CodecError(ValueError):
    """An answer is not of the type that was asked for."""


@dataclasses.dataclass(frozen=True)
class Codec:
    """Turns many values of one type into JSON data and back."""

    pack: Callable[[Sequence[Any]], Any]
    unpack: Callable[[Any], list[Any]]

    def encode(self, value: object) -> bytes:
        """One value as JSON."""
        return json.dumps(self.pack([value]), ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )

    def decode(self, data: bytes) -> Any:
        """The value behind JSON.

        Raises:
            CodecError: it is no value of this type.
        """
        try:
            (value,) = self.unpack(json.loads(data.decode("utf-8", "surrogatepass")))
        except (ValueError, TypeError, KeyError, IndexError, InvalidOperation, RecursionError) as error:
            raise CodecError(f"an answer of another type: {type(error).__name__}: {error}") from error
        return value


@lru_cache(maxsize=256)
def codec_of(kind: Any) -> Codec:
    """The codec of a type: plain values, dates, Decimal, enums, dataclasses, tuples, mappings, `X | None`.

    Raises:
        TypeError: there is none for this type, which is a fault of the program.
    """
    if kind in (str, int, float, bool):
        return Codec(list, lambda packed: _of_type(packed, kind))
    if kind in TEXT_FORMS:
        return _text_form(*TEXT_FORMS[kind])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Codec(
            lambda values: [entry.value for entry in values], lambda packed: [kind(data) for data in packed]
        )
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    return _composed(kind, typing.get_origin(kind), typing.get_args(kind))


TEXT_FORMS: Mapping[Any, tuple[Callable[[Any], str], Callable[[str], Any]]] = {
    Decimal: (str, Decimal),
    date: (date.isoformat, date.fromisoformat),
    datetime: (datetime.isoformat, datetime.fromisoformat),
    bytes: (
        lambda value: base64.b64encode(value).decode("ascii"),
        lambda text: binascii.a2b_base64(text, strict_mode=True),
    ),
}
"""Types that are written as a text, with the way there and back."""


def _of_type(packed: Any, kind: type) -> list[Any]:
    if type(packed) is not list or not set(map(type, packed)) <= {kind}:
        raise CodecError(f"{kind.__name__} was expected")
    return packed


def _text_form(write: Callable[[Any], str], read: Callable[[str], Any]) -> Codec:
    return Codec(
        lambda values: list(map(write, values)), lambda packed: list(map(read, _of_type(packed, str)))
    )


def _record(kind: Any) -> Codec:
    """Dataclasses: one packed column a field."""
    hints = typing.get_type_hints(kind)
    fields = [(entry.name, codec_of(hints[entry.name])) for entry in dataclasses.fields(kind)]

    def unpack(packed: Any) -> list[Any]:
        columns = [codec.unpack(column) for (_, codec), column in zip(fields, packed, strict=True)]
        return [kind(*values) for values in zip(*columns, strict=True)]

    return Codec(
        lambda values: [codec.pack([getattr(v, name) for v in values]) for name, codec in fields], unpack
    )


def _composed(kind: Any, origin: Any, arguments: tuple[Any, ...]) -> Codec:
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _many(codec_of(arguments[0]), tuple)
    if origin is tuple:
        return _pair([codec_of(argument) for argument in arguments])
    if origin in (dict, Mapping):
        return _many(_pair([codec_of(argument) for argument in arguments]), dict, Mapping.items)
    if origin in (typing.Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return _optional(codec_of(next(entry for entry in arguments if entry is not type(None))))
    raise TypeError(f"{kind}: there is no plain form for this type.")


def _many(
    inner: Codec, build: Callable[[Any], Any], parts: Callable[[Any], Any] = lambda value: value
) -> Codec:
    """Values that hold any number of others: their lengths, and all others in one."""

    def pack(values: Sequence[Any]) -> Any:
        return [[len(value) for value in values], inner.pack(list(chain.from_iterable(map(parts, values))))]

    def unpack(packed: Any) -> list[Any]:
        lengths, data = packed
        flat, start, found = inner.unpack(data), 0, []
        for length in _of_type(lengths, int):
            found.append(build(flat[start : start + length]))
            start += length
        if start != len(flat) or any(length < 0 for length in lengths):
            raise CodecError("lengths do not fit")
        return found

    return Codec(pack, unpack)


def _pair(codecs: Sequence[Codec]) -> Codec:
    """Tuples of a fixed length: one packed column a place."""

    def pack(values: Sequence[Any]) -> Any:
        return [codec.pack([value[place] for value in values]) for place, codec in enumerate(codecs)]

    def unpack(packed: Any) -> list[Any]:
        columns = [codec.unpack(column) for codec, column in zip(codecs, packed, strict=True)]
        return list(zip(*columns, strict=True))

    return Codec(pack, unpack)


def _optional(inner: Codec) -> Codec:
    """Values that may be None: which are, and the others."""

    def pack(values: Sequence[Any]) -> Any:
        return [[value is None for value in values], inner.pack([v for v in values if v is not None])]

    def unpack(packed: Any) -> list[Any]:
        blanks, data = packed
        rest = inner.unpack(data)
        if _of_type(blanks, bool).count(False) != len(rest):
            raise CodecError("lengths do not fit")
        others = iter(rest)
        return [None if blank else next(others) for blank in blanks]

    return Codec(pack, unpack)
