"""The canonical form of a snapshot: the same data is always the same bytes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_NO_TEXT = re.compile("[\ud800-\udfff\ufdd0-\ufdef]")
"""Halves of characters, and the codes that Unicode leaves to programs (see `traced`)."""


class SnapshotError(ValueError):
    """Something was put into a snapshot that has no canonical form."""


def canonical_bytes(snapshot: Mapping[str, Any]) -> bytes:
    """The one way to write a snapshot: UTF-8, NFC, sorted keys, no floats; its sha256 is the snapshot's id.

    Raises:
        SnapshotError: a value has no canonical form (a float, for one).
    """
    plain = to_plain(snapshot, "snapshot")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def to_plain(value: Any, where: str) -> Any:
    """Turn values into what JSON can hold without loss; text becomes NFC, dates ISO, decimals text.

    Mappings come out sorted by key, so that nothing can depend on the order in which they were made.

    Raises:
        SnapshotError: a value has no canonical form; `where` says which.
    """
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", unicodedata.normalize("NFC", str(value)))
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return _write_decimal(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda entry: str(entry[0]))
        return {to_plain(str(key), where): to_plain(entry, f"{where}.{key}") for key, entry in ordered}
    if isinstance(value, list | tuple):
        return [to_plain(entry, f"{where}[{index}]") for index, entry in enumerate(value)]
    raise SnapshotError(f"{where}: a {type(value).__name__} has no canonical form in a snapshot.")


def _write_decimal(value: Decimal) -> str:
    """Write a decimal in full, without trailing zeros; never rounded."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
