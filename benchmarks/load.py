"""The whole intake of a national load in a fresh process: time by stage and peak memory, as JSON."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from chuyenhoa.store import disk

NOW = "2021-12-16T09:00:00+07:00"
STAGES: tuple[tuple[str, str, str], ...] = (
    ("chuyenhoa.intake.inbox.claim", "claim_drops", "claim: copy to the archive, ledger, remove (fsync)"),
    ("chuyenhoa.intake.inbox.scan", "look_for_stable", "scan of the inbox"),
    ("chuyenhoa.pipeline.receive.read", "read_files", "gates and typed rows in confined processes"),
    ("chuyenhoa.store.archive", "read_archived", "bytes from the archive, hash checked"),
    ("chuyenhoa.pipeline.receive.validate", "load_in_force", "history out of the store"),
    ("chuyenhoa.pipeline.receive.validate", "validate", "rules: frame, findings, messages"),
    ("chuyenhoa.validation.run", "run_rules", "rules: Great Expectations"),
    ("chuyenhoa.pipeline.receive.batches", "publish", "pages of what the rules found"),
    ("chuyenhoa.pipeline.receive.batches", "_decide_and_store", "judgement and figures into the store"),
    ("chuyenhoa.pipeline.receive.answer", "answer_submissions", "receipt: close, letter queued"),
    ("chuyenhoa.pipeline.receive.answer", "build_receipts", "receipt: collect"),
    ("chuyenhoa.pipeline.receive.answer", "make_workbooks", "receipt: marked workbooks"),
    ("chuyenhoa.feedback", "render_receipt", "receipt: page"),
    ("chuyenhoa.store.disk", "write_files", "receipt: files (fsync)"),
)
"""Where a stage's function is looked up, and what to call it."""
OTHER = "everything else"


@dataclass(frozen=True)
class Load:
    """What one run of the intake cost; seconds and bytes."""

    files: int
    seconds: float
    stages: dict[str, float]
    computing: float
    """Seconds of computing, confined readers included: what other work on the machine does not change."""
    memory: int
    """Largest resident memory of the process that does the intake."""
    reader_memory: int
    """Largest resident memory of one confined reader."""
    statuses: dict[str, int]
    syncs: int
    """Writes that waited for the disk: files and folders flushed, and commits of the store."""
    sync_seconds: float
    """How long one such wait took on this disk just before."""


@dataclass
class Stopwatch:
    """Sums the time of functions, without that of timed functions inside them; of the main thread only."""

    spent: dict[str, float] = field(default_factory=dict)
    _open: list[list[float]] = field(default_factory=list)

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return call(*args, **kwargs)
            started = time.perf_counter()
            self._open.append([0.0])
            try:
                return call(*args, **kwargs)
            finally:
                whole = time.perf_counter() - started
                self.spent[name] = self.spent.get(name, 0.0) + whole - self._open.pop()[0]
                if self._open:
                    self._open[-1][0] += whole

        return timed


def run_load(home: Path, folder: Path, files: int) -> Load:
    """Take in the workbooks that lie in an inbox, in a process of its own.

    Args:
        home: the home of the plan.
        folder: the data folder, with the files in its inbox.
        files: how many there are.
    """
    environment = {
        **os.environ,
        "CHUYENHOA_HOME": str(home),
        "CHUYENHOA_DATA": str(folder),
        "CHUYENHOA_NOW": NOW,
        "CHUYENHOA_SETTLE_SECONDS": "0",
        "CHUYENHOA_PLAN": "",
    }
    environment.pop("CHUYENHOA_STORE", None)
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The intake of {files} files failed:\n{done.stderr[-4000:]}")
    found = Load(**json.loads(done.stdout.splitlines()[-1]))
    if found.files != files:
        raise RuntimeError(f"{found.files} of {files} files were answered.")
    return found


def take_in() -> Load:
    """One intake as its DAG runs it: claim, batches, each batch validated and answered, summary."""
    import great_expectations  # noqa: F401  (a task imports it once, whatever the number of files)

    from chuyenhoa import settings
    from chuyenhoa.pipeline.context import open_context
    from chuyenhoa.pipeline.receive.batches import batch, claim_drops, process_batch, summarise_intake
    from chuyenhoa.store import migrate_store

    watch = Stopwatch()
    for module, name, stage in STAGES:
        home = importlib.import_module(module)
        setattr(home, name, watch.wrap(stage, getattr(home, name)))
    migrate_store(settings.load().store_url)  # once in the life of an installation
    store = open_context().store
    each = time_sync(open_context().settings.data)
    syncs = count_syncs(store.engine)
    started, computed = time.perf_counter(), time.process_time()
    ids = claim_drops()
    answered = [name for members in batch(ids) for name in process_batch(members)]
    statuses = summarise_intake(answered)
    seconds = time.perf_counter() - started
    computed = time.process_time() - computed
    watch.spent[OTHER] = seconds - sum(watch.spent.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    importlib.import_module("chuyenhoa.kit.sandbox").shut_down()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed += children.ru_utime + children.ru_stime
    readers = children.ru_maxrss * 1024
    spent = dict(watch.spent)
    return Load(len(answered), seconds, spent, computed, memory, readers, statuses, len(syncs), each)


def time_sync(folder: Path, times: int = 50) -> float:
    """Seconds that the disk under a folder takes to keep one page for good."""
    with tempfile.TemporaryFile(dir=folder) as file:
        started = time.perf_counter()
        for _ in range(times):
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - started) / times


def count_syncs(engine: Engine) -> list[None]:
    """A list that grows by one with every wait for the disk."""
    seen: list[None] = []
    one, all_of_them = os.fsync, disk.find_syncfs()

    def sync_one(descriptor: int) -> None:
        seen.append(None)
        one(descriptor)

    def sync_together(descriptor: int) -> int:
        seen.append(None)
        return all_of_them(descriptor) if all_of_them else -1

    setattr(os, "fsync", sync_one)  # noqa: B010  (mypy refuses the plain assignment)
    setattr(disk, "find_syncfs", lambda: sync_together if all_of_them else None)  # noqa: B010
    event.listen(engine, "commit", lambda _connection: seen.append(None))
    return seen


def fill_inbox(folder: Path, workbooks: dict[str, bytes]) -> Path:
    """A data folder with a workbook in each inbox folder."""
    data = Path(tempfile.mkdtemp(dir=folder))
    for name, content in workbooks.items():
        inbox = data / "inbox" / name
        inbox.mkdir(parents=True)
        (inbox / "bao-cao.xlsx").write_bytes(content)
    return data


if __name__ == "__main__":
    print(json.dumps(vars(take_in())))
