"""The canonical form of a snapshot: the same data is always the same bytes, and the bytes are data again."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec

from chuyenhoa.reporting.snapshot.frozen import SCHEMA, Snapshot

_NO_TEXT = re.compile("[\ud800-\udfff\ufdd0-\ufdef]")
"""Halves of characters, and the codes that Unicode leaves to programs (see `provenance`)."""


class SnapshotError(ValueError):
    """Something has no canonical form, or is no snapshot that this program can read."""


class _Head(msgspec.Struct):
    schema: str


def canonical_bytes(snapshot: Snapshot) -> bytes:
    """The one way to write a snapshot: UTF-8, NFC, sorted keys, no floats; its sha256 is the snapshot's id.

    Raises:
        SnapshotError: a value has no canonical form (a float, for one).
    """
    return write_canonical(_spread(snapshot))


def write_canonical(value: object) -> bytes:
    """The canonical bytes of any mappings, lists and values.

    Raises:
        SnapshotError: a value has no canonical form.
    """
    plain = to_plain(value, "snapshot")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def decode_snapshot(content: bytes | str) -> Snapshot:
    """Read a snapshot from its canonical bytes; writing it again gives the same bytes.

    Raises:
        SnapshotError: the schema is unknown, or the content is not what its schema says; the text says where.
    """
    try:
        # First the name alone: a later schema is refused as such, and not for the first field it renamed.
        schema = msgspec.json.decode(content, type=_Head).schema
        if schema != SCHEMA:
            raise SnapshotError(
                f"snapshot: schema {schema!r} is unknown here; this program reads {SCHEMA!r}."
            )
        return msgspec.json.decode(content, type=Snapshot)
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"snapshot: {error}.") from error


def normalise(snapshot: Snapshot) -> Snapshot:
    """A snapshot as it will be read back: text in NFC, mappings sorted by key.

    Without it a document rendered right after the freeze could list a mapping's entries in another order
    than the one rendered from the stored bytes.

    Raises:
        SnapshotError: a value has no canonical form; the text says which.
    """
    return msgspec.convert(to_plain(_spread(snapshot), "snapshot"), Snapshot)


def _spread(snapshot: Snapshot) -> object:
    """A snapshot as mappings and lists; `to_plain` writes decimals and dates, exactly."""
    return msgspec.to_builtins(snapshot, builtin_types=(Decimal, datetime, date))


def to_plain(value: object, where: str) -> object:
    """Turn values into what JSON can hold without loss; text becomes NFC, dates ISO, decimals text.

    Mappings come out sorted by key, so that nothing can depend on the order in which they were made.

    Raises:
        SnapshotError: a value has no canonical form; `where` says which.
    """
    # Two keyboards write "ế" as one or as three code points: without NFC equal data would have two hashes.
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", unicodedata.normalize("NFC", str(value)))
    # No floats: 0.1 + 0.2 differs from 0.3, and not every program writes one alike.
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda entry: str(entry[0]))
        return {to_plain(str(key), where): to_plain(entry, f"{where}.{key}") for key, entry in ordered}
    if isinstance(value, list | tuple):
        return [to_plain(entry, f"{where}[{index}]") for index, entry in enumerate(value)]
    raise SnapshotError(f"{where}: a {type(value).__name__} has no canonical form in a snapshot.")


def exact_text(value: Decimal) -> str:
    """A decimal in full, without trailing zeros; never rounded."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
