"""Results of a sandboxed process as JSON, read back only as the type that its function declares.

A pickle would let a process that a file has taken over run code in the one that reads it. Here the declared
type of the function decides what is built from the answer, and nothing else can come out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import msgspec.inspect


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
