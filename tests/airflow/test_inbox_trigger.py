"""The inbox trigger wakes for files that stand still, once, and survives a disk that is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.triggers.base import TriggerEvent

from chuyenhoa.intake.inbox.scan import scan_inbox
from chuyenhoa.orchestration.trigger import SHOWN, STATE_KEY, InboxTrigger, Watch, files_seen_still

FOLDER = "899-rach-gia"
POKE_S = 0.05


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    return tmp_path


class Memory:
    """What Airflow gives a trigger to remember things; here it is a dictionary."""

    def __init__(self, error: Exception | None = None) -> None:
        self.values: dict[str, Any] = {}
        self._error = error

    async def aset(self, key: str, value: Any) -> None:
        if self._error:
            raise self._error
        self.values[key] = value


def _files(event: TriggerEvent) -> list[str]:
    payload: dict[str, list[str]] = event.payload
    return payload["files"]


async def _next(events: AsyncIterator[TriggerEvent], timeout: float = 5.0) -> list[str]:
    return _files(await asyncio.wait_for(anext(events), timeout))


async def _is_silent(events: AsyncIterator[TriggerEvent]) -> bool:
    try:
        await asyncio.wait_for(anext(events), POKE_S * 8)
    except TimeoutError:
        return True
    return False


def test_files_that_wait_at_the_start_wake_once_together(inbox: Path) -> None:
    (inbox / FOLDER / "a.xlsx").write_bytes(b"a")
    (inbox / FOLDER / "b.xlsx").write_bytes(b"b")

    async def watch() -> None:
        trigger = InboxTrigger(str(inbox), POKE_S)
        assert await _next(trigger.run()) == [f"{FOLDER}/a.xlsx", f"{FOLDER}/b.xlsx"]
        again = trigger.run()
        assert len(await _next(again)) == 2
        assert await _is_silent(again)

    asyncio.run(watch())


def test_an_event_counts_all_files_and_names_a_few(inbox: Path) -> None:
    for number in range(30):
        (inbox / FOLDER / f"{number:02}.xlsx").write_bytes(b"a")

    async def watch() -> None:
        event = await asyncio.wait_for(anext(InboxTrigger(str(inbox), POKE_S).run()), 5)
        named = [f"{FOLDER}/{number:02}.xlsx" for number in range(SHOWN)]
        assert event.payload == {"count": 30, "files": named, "still": {}}

    asyncio.run(watch())


def test_a_run_learns_from_its_event_what_stood_still(inbox: Path) -> None:
    file = inbox / FOLDER / "a.xlsx"
    file.write_bytes(b"abc")

    async def watch() -> None:
        event = await asyncio.wait_for(anext(InboxTrigger(str(inbox), POKE_S).run()), 5)
        happened = SimpleNamespace(extra={"from_trigger": True, "payload": event.payload})
        seen = files_seen_still({"inbox": [happened]})
        assert seen == {f"{FOLDER}/a.xlsx": (3, file.stat().st_mtime_ns)}

    asyncio.run(watch())
    # By the clock, by hand, or woken by an older version: nothing was seen, and the pass waits itself.
    for events in (None, {}, {"inbox": [SimpleNamespace(extra={})]}):
        assert files_seen_still(events) == {}


def test_a_growing_file_is_left_alone_until_it_stands_still(inbox: Path) -> None:
    file = inbox / FOLDER / "a.xlsx"

    async def watch() -> None:
        events = InboxTrigger(str(inbox), POKE_S).run()
        waiting = asyncio.create_task(_next(events))
        for size in range(1, 30):
            file.write_bytes(b"x" * size)
            await asyncio.sleep(POKE_S / 4)
            assert not waiting.done()
        assert await waiting == [f"{FOLDER}/a.xlsx"]

    asyncio.run(watch())


def test_a_changed_file_wakes_again_and_a_removed_one_is_forgotten(inbox: Path) -> None:
    file = inbox / FOLDER / "a.xlsx"
    watch = Watch(inbox, scan_inbox)
    for content in (b"one", b"other"):
        file.write_bytes(content)
        assert watch.scan() == []
        assert watch.scan() == [f"{FOLDER}/a.xlsx"]
        assert watch.scan() == []
    file.unlink()
    assert watch.scan() == []
    assert watch.announced == {}


@pytest.mark.parametrize("name", ["~$a.xlsx", "a.xlsx.part", "a.filepart", "a.tmp", ".a.xlsx", "Thumbs.db"])
def test_names_of_temporary_and_lock_files_never_wake(inbox: Path, name: str) -> None:
    (inbox / FOLDER / name).write_bytes(b"a")
    watch = Watch(inbox, scan_inbox)
    assert [watch.scan() for _ in range(3)] == [[], [], []]


def test_a_scan_that_fails_backs_off_and_recovers(inbox: Path) -> None:
    (inbox / FOLDER / "a.xlsx").write_bytes(b"a")
    errors = [OSError("disk is away")] * 3

    def flaky(folder: Path) -> Any:
        if errors:
            raise errors.pop()
        return scan_inbox(folder)

    watch = Watch(inbox, flaky)
    pauses = []
    for _ in range(3):
        assert watch.scan() == []
        pauses.append(watch.pause(2.0))
    assert pauses == [4.0, 8.0, 16.0]
    watch.failures = 50
    assert watch.pause(2.0) == 60.0
    assert watch.scan() == []
    assert watch.pause(2.0) == 2.0
    assert watch.scan() == [f"{FOLDER}/a.xlsx"]


def test_it_leaves_a_sign_of_life_and_does_not_stop_when_it_cannot(inbox: Path) -> None:
    (inbox / FOLDER / "a.xlsx").write_bytes(b"a")

    async def watch(memory: Memory) -> None:
        trigger = InboxTrigger(str(inbox), POKE_S)
        trigger.asset_state_store = memory  # type: ignore[assignment]
        events = trigger.run()
        await _next(events)
        (inbox / FOLDER / "b.xlsx").write_bytes(b"b")
        assert await _next(events) == [f"{FOLDER}/b.xlsx"]
        (inbox / FOLDER / "b.xlsx").unlink()

    memory = Memory()
    asyncio.run(watch(memory))
    assert memory.values[STATE_KEY]["waiting"] == 1
    assert memory.values[STATE_KEY]["failures"] == 0
    asyncio.run(watch(Memory(RuntimeError("the API is away"))))


def test_airflow_can_build_it_again_and_finds_the_inbox_of_the_settings(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, arguments = InboxTrigger().serialize()
    assert path == f"{InboxTrigger.__module__}.{InboxTrigger.__qualname__}"
    assert arguments == {"inbox": None, "poke_interval": 2.0}
    monkeypatch.setenv("CHUYENHOA_DATA", str(inbox.parent))
    inside = inbox.parent / "inbox" / FOLDER
    inside.mkdir(parents=True)
    (inside / "a.xlsx").write_bytes(b"a")
    assert asyncio.run(_next(InboxTrigger(poke_interval=POKE_S).run())) == [f"{FOLDER}/a.xlsx"]
