"""The head of the chain up to which an audit has found all as it was left, sealed with a key.

It lies outside of store and archive. Whoever writes the past anew, ledger and journal alike, changes the
sha256 of every event behind it, this one too; and without the key nobody makes a head that is taken
(docs/decisions/0039).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from chuyenhoa.pipeline.context import Context, write_file
from chuyenhoa.store.journal import canonical
from chuyenhoa.store.tables import EventRow

NAME = "audit-head.json"
KEY_BYTES = 32


class HeadError(ValueError):
    """A stored head that proves nothing; the text says why."""


@dataclass(frozen=True)
class Head:
    """An event and all before it, with the files that they tell of, verified by an audit."""

    position: int
    sha256: str
    at: str
    """When the audit ended."""


def load_head(ctx: Context, events: Sequence[EventRow]) -> Head | None:
    """The head of the last audit without a fault; None where there was none yet.

    Raises:
        HeadError: it was changed or made by somebody else, or the chain does not hold it any more.
    """
    path = ctx.settings.data / NAME
    if not path.exists():
        return None
    try:
        entry = json.loads(path.read_bytes())
        sealed = entry.pop("seal")
        head = Head(**entry)
        is_ours = hmac.compare_digest(sealed, _seal(_read_key(ctx.settings.audit_key), head))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        is_ours = False
    if not is_ours:
        raise HeadError("it was not sealed with this key: it was changed, or the key was")
    held = events[head.position - 1].sha256 if 0 < head.position <= len(events) else ""
    if held != head.sha256:
        raise HeadError(
            f"event {head.position}, verified on {head.at}, is another one now: the past was changed"
        )
    return head


def save_head(ctx: Context, head: Head) -> None:
    """Seal a head and keep it in place of the one before; the first one makes the key."""
    key = ctx.settings.audit_key
    if not key.exists():
        _make_key(key)
    entry = {**asdict(head), "seal": _seal(_read_key(key), head)}
    write_file(ctx.settings.data / NAME, f"{canonical(entry)}\n".encode())


def _seal(key: bytes, head: Head) -> str:
    return hmac.new(key, canonical(asdict(head)).encode(), hashlib.sha256).hexdigest()


def _read_key(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) < KEY_BYTES:
        raise ValueError(f"{path}: no key of {KEY_BYTES} bytes")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Never over one that is there: heads sealed with it would be lost.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(KEY_BYTES)}\n")
