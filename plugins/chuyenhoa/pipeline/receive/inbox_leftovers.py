"""Files that stay in the inbox: logged once, and shown by `chuyenhoa status` until they are gone."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chuyenhoa import clock
from chuyenhoa.intake.inbox.scan import SkippedFile, SkipReason, logged, readable
from chuyenhoa.pipeline.context import Context, write_file

logger = logging.getLogger(__name__)

NAME = "inbox-left.json"
GROWING_TIMEOUT = timedelta(hours=1)
"""How long a file may keep growing before it is reported."""
OUR_FAULT = frozenset({SkipReason.NOT_ARCHIVED, SkipReason.NOT_REMOVED})


@dataclass(frozen=True)
class Leftover:
    """Something in the inbox that is not taken, and since when it was seen so."""

    path: str
    why: SkipReason
    detail: str
    since: datetime


def note_left(ctx: Context, left: Sequence[SkippedFile]) -> None:
    """Store what a pass left in the inbox; log what is new in it."""
    known = {(entry.path, entry.why): entry for entry in load_left(ctx)}
    now = clock.now()
    entries = {}
    for item in left:
        path = readable(item.path)
        before = known.get((path, item.why))
        entries[path, item.why] = Leftover(path, item.why, item.detail, before.since if before else now)
        if before is None and item.why is not SkipReason.GROWING:
            logger.warning("%r stays in the inbox: %s %s", logged(item.path), item.why.value, item.detail)
    # A sweep every 15 minutes: an unchanged inbox writes nothing and logs nothing.
    if entries == known:
        return
    listed = [
        {"path": e.path, "why": e.why.value, "detail": e.detail, "since": e.since.isoformat()}
        for e in entries.values()
    ]
    write_file(ctx.settings.data / NAME, json.dumps(listed, ensure_ascii=False, indent=1).encode())


def load_left(ctx: Context) -> list[Leftover]:
    """What the last pass left in the inbox."""
    path = ctx.settings.data / NAME
    if not path.exists():
        return []
    return [
        Leftover(e["path"], SkipReason(e["why"]), e["detail"], datetime.fromisoformat(e["since"]))
        for e in json.loads(path.read_bytes())
    ]


def to_report(ctx: Context) -> list[Leftover]:
    """What a data engineer must look at: everything but files that are just being written."""
    now = clock.now()
    return [e for e in load_left(ctx) if e.why is not SkipReason.GROWING or now - e.since >= GROWING_TIMEOUT]
