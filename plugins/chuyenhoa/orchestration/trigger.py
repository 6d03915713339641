"""The assets between the DAGs, and the trigger that wakes intake when files lie still in the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from airflow.sdk import Asset, AssetWatcher
from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from pydantic import JsonValue

from chuyenhoa import clock, settings

if TYPE_CHECKING:
    from chuyenhoa.intake.inbox.scan import Drop

log = structlog.get_logger(__name__)

STATE_KEY = "inbox"
HEARTBEAT_S = 60.0
SHOWN = 10
"""Files that an event names; it counts all."""
MAX_WAIT_S = 60.0
"""How long a failing scan waits at most before it tries again."""

Signature = tuple[int, int]
"""Size in bytes and time of change in nanoseconds."""


class InboxTrigger(BaseEventTrigger):
    """Fires when files stood still for two scans; the event only wakes the DAG, the ledger decides.

    It never returns and never raises on a disk that is away: Airflow restarts such a trigger every two
    seconds for ever. After a restart it fires once for whatever waits, because an event may have been lost.
    """

    def __init__(self, inbox: str | None = None, poke_interval: float = 2.0) -> None:
        """`inbox` is the folder to scan (default: the settings' when it runs); `poke_interval` in seconds."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.inbox = inbox
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What the triggerer needs to build this trigger; no path unless one was given."""
        return (
            "chuyenhoa.orchestration.trigger.InboxTrigger",
            {"inbox": self.inbox, "poke_interval": self.poke_interval},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Scan, compare, wake; one event for all files that became ready together."""
        from chuyenhoa.intake.inbox.scan import logged, scan_inbox

        inbox = Path(self.inbox) if self.inbox else settings.load().inbox
        watch = Watch(inbox, scan_inbox)
        beat = clock.monotonic() - HEARTBEAT_S
        while True:
            ready = await asyncio.to_thread(watch.scan)
            if ready:
                log.info("Files wait in the inbox", files=len(ready), inbox=str(inbox))
                # The ledger decides what is new; Airflow keeps the event, so it stays small.
                payload = {
                    "count": len(ready),
                    "files": [logged(name) for name in ready[:SHOWN]],
                    "still": watch.describe(ready) if len(ready) <= SHOWN else {},
                }
                yield TriggerEvent(payload)  # type: ignore[no-untyped-call]
            if ready or clock.monotonic() - beat >= HEARTBEAT_S:
                beat = clock.monotonic()
                await self._record(watch)
            await asyncio.sleep(watch.pause(self.poke_interval))

    async def _record(self, watch: Watch) -> None:
        """Leave a sign of life where operators can see it (Airflow's state of the asset)."""
        if self.asset_state_store is None:
            return
        state: dict[str, JsonValue] = {
            "last_scan": clock.now().isoformat(),
            "waiting": len(watch.announced),
            "failures": watch.failures,
        }
        try:
            await self.asset_state_store.aset(STATE_KEY, state)
        except Exception as error:
            # The sign of life must not stop the watch that it reports on.
            log.warning("The state of the inbox could not be stored", error=str(error))


class Watch:
    """What is known of the inbox between two scans."""

    def __init__(self, inbox: Path, scan_inbox: Callable[[Path], tuple[Drop, ...]]) -> None:
        self.announced: dict[str, Signature] = {}
        self.failures = 0
        self._inbox = inbox
        self._scan_inbox = scan_inbox
        self._previous: dict[str, Signature] = {}

    def scan(self) -> list[str]:
        """Names (below the inbox) of files that are as at the last scan and were not announced so."""
        try:
            drops = self._scan_inbox(self._inbox)
        except OSError as error:
            self.failures += 1
            log.warning("The inbox cannot be read; check the disk", inbox=str(self._inbox), error=str(error))
            return []
        self.failures = 0
        current = {drop.path: (drop.size, drop.mtime_ns) for drop in drops}
        ready = [
            name
            for name, signature in current.items()
            if self._previous.get(name) == signature and self.announced.get(name) != signature
        ]
        self.announced = {name: known for name, known in self.announced.items() if name in current}
        self.announced.update({name: current[name] for name in ready})
        self._previous = current
        return sorted(ready)

    def describe(self, ready: list[str]) -> dict[str, list[int]]:
        """Size and time of files that stand still, without those whose names are no text."""
        return {name: list(self.announced[name]) for name in ready if name.isprintable()}

    def pause(self, poke_interval: float) -> float:
        """Seconds until the next scan; doubled after every scan that failed, up to a minute."""
        return min(poke_interval * 2.0 ** min(self.failures, 10), max(MAX_WAIT_S, poke_interval))


def files_seen_still(events: Mapping[Any, Sequence[Any]] | None) -> dict[str, Signature]:
    """What the events of the inbox that woke a run say of size and time of its files (`InboxTrigger`)."""
    found: dict[str, Signature] = {}
    for event in (event for entries in (events or {}).values() for event in entries):
        payload = (event.extra or {}).get("payload") or {}
        for name, (size, mtime_ns) in payload.get("still", {}).items():
            found[name] = (size, mtime_ns)
    return found


INBOX = Asset(
    name="inbox", group="chuyenhoa", watchers=[AssetWatcher(name="inbox_watch", trigger=InboxTrigger())]
)
"""Files lie in a submitter's folder and stand still."""

OBSERVATIONS = Asset(name="observations", group="chuyenhoa")
"""Submissions were answered; stored figures may have changed."""
