"""Kills real intake processes at every step boundary and in the middle of every write, and runs them again.

Run as `python -m tests.integration.crash_runner PREPARED WORK STEP STORE_URL...`: every STEP-th boundary. The
production code knows nothing of this: the calls that change a disk or a database are wrapped here, in the
child, and the n-th of them ends it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

NOW = "2021-10-12T09:00:00+07:00"


class Boundaries:
    """Counts the step boundaries of this process, and kills it at one of them."""

    def __init__(self, last: int | None) -> None:
        self.names: list[str] = []
        self._last = last

    def pass_by(self, name: str) -> None:
        """One boundary; the process ends here when it is the one."""
        self.names.append(name)
        if self._last is not None and len(self.names) > self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, module: Any, name: str) -> None:
        """Make a boundary before a call and one after it; after a flush nothing is otherwise than before."""
        real = getattr(module, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.pass_by(f"before {name}")
            done = real(*arguments, **named)
            if name != "fsync":
                self.pass_by(f"after {name}")
            return done

        setattr(module, name, wrapped)

    def half_writes(self) -> None:
        """Make a boundary in the middle of every write of bytes."""
        real_write, real_fdopen = os.write, os.fdopen

        def write(descriptor: int, content: Any) -> int:
            half = len(content) // 2
            if not half:
                return real_write(descriptor, content)
            done = real_write(descriptor, content[:half])
            self.pass_by("within write")
            return done + (real_write(descriptor, content[half:]) if done == half else 0)

        def fdopen(descriptor: int, *arguments: Any, **named: Any) -> Any:
            return HalfWriter(self, real_fdopen(descriptor, *arguments, **named))

        target: Any = os
        target.write, target.fdopen = write, fdopen


class HalfWriter:
    """A file whose writes have a middle."""

    def __init__(self, boundaries: Boundaries, file: Any) -> None:
        self._boundaries, self._file = boundaries, file

    def __enter__(self) -> HalfWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> None:
        """Write in two halves."""
        self._file.write(content[: len(content) // 2])
        self._file.flush()
        self._boundaries.pass_by("within write")
        self._file.write(content[len(content) // 2 :])


def fork(work: Callable[[], None]) -> int:
    """Do something in a child; how the child ended, as `os.waitpid` says it."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def intake(data: Path, url: str, last: int | None, names: Path | None = None) -> None:
    """One pass over the inbox that ends at a boundary, or counts them all."""
    os.environ["CHUYENHOA_DATA"], os.environ["CHUYENHOA_STORE"] = str(data), url
    boundaries = Boundaries(last)
    if names is not None or last is not None:
        for name in ("fsync", "replace", "unlink", "rename"):
            boundaries.around(os, name)
        boundaries.half_writes()
        boundaries.around(DefaultDialect, "do_commit")
    run_intake()
    if names is not None:
        names.write_text(json.dumps(boundaries.names))


def run_intake() -> None:
    """One pass, as `chuyenhoa intake` makes it."""
    from chuyenhoa.pipeline.receive.batches import batch, claim_drops, process_batch

    for members in batch(claim_drops()):
        process_batch(members)


def main(prepared: Path, work: Path, step: int, urls: list[str]) -> None:
    """Count the boundaries of one pass, then kill a pass at each; prints how each ended."""
    os.environ.update(CHUYENHOA_NOW=NOW, CHUYENHOA_SETTLE_SECONDS="0", GX_ANALYTICS_ENABLED="false")
    shutil.copytree(prepared, work / "warm", symlinks=True)
    warm_up(work / "warm")
    counted, names = work / "counted", work / "names.json"
    shutil.copytree(prepared, counted, symlinks=True)
    url_of = iter(urls) if urls else (f"sqlite:///{work}/{n}/chuyenhoa.db" for n in range(10**6))
    first = next(url_of) if urls else f"sqlite:///{counted}/chuyenhoa.db"
    assert fork(lambda: intake(counted, first, None, names)) == 0
    boundaries = json.loads(names.read_text())
    ended = []
    for number, name in list(enumerate(boundaries))[::step]:
        data = work / str(number)
        shutil.copytree(prepared, data, symlinks=True)
        url = next(url_of)
        killed = fork(lambda d=data, u=url, n=number: intake(d, u, n))  # type: ignore[misc]
        again = fork(lambda d=data, u=url: intake(d, u, None))  # type: ignore[misc]
        ended.append({"number": number, "name": name, "killed": killed, "again": again, "url": url})
    sys.stdout.write(json.dumps(ended))


def warm_up(data: Path) -> None:
    """Import and work out in the parent what no crash can change, by one whole pass over a copy of the inbox.

    Reading and rules are functions of the bytes and touch neither disk nor store. The children find their
    outcome in memory, so that a boundary costs a fraction of a second.
    """
    checking: Any = import_module("chuyenhoa.pipeline.receive.validate")
    confined: Any = import_module("chuyenhoa.kit.sandbox")
    workplace: Any = import_module("chuyenhoa.pipeline.context")

    def call_here(task: Any, jobs: Sequence[tuple[Any, ...]], _: object) -> list[Any]:
        module, name = task.function.split(":")
        return [getattr(import_module(module), name)(*task.shared, *job) for job in jobs]

    confined.call_all = remember(call_here, lambda task, jobs, _: (task.function, repr(jobs)))
    checking.validate = remember(
        checking.validate, lambda readings, plan, *rest: (plan.id, [r.sha256 for r in readings], rest[1:])
    )
    workplace.load_plan = remember(workplace.load_plan, lambda *arguments: arguments)
    os.environ["CHUYENHOA_DATA"], os.environ["CHUYENHOA_STORE"] = str(data), f"sqlite:///{data}/chuyenhoa.db"
    run_intake()


def remember(function: Callable[..., Any], key_of: Callable[..., object]) -> Callable[..., Any]:
    """A function that is worked out once for each key."""
    known: dict[str, Any] = {}

    def remembered(*arguments: Any, **named: Any) -> Any:
        key = repr((key_of(*arguments), named))
        if key not in known:
            known[key] = function(*arguments, **named)
        return known[key]

    return remembered


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
