"""Workers for confined calls: started fresh, kept for many calls, replaced after a death, none left over."""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, cast

from chuyenhoa.kit.sandbox import worker as protocol
from chuyenhoa.kit.sandbox.worker import CodecError, Limits

logger = logging.getLogger(__name__)

PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
"""All that a worker sees of the environment; secrets are not among it."""
MAX_WORKERS = 2
MAX_POOLS = 4


class DeathKind(StrEnum):
    """How a call ended that had no end of its own."""

    MEMORY = "memory"
    TIME = "time"
    CRASH = "crash"


@dataclass(frozen=True)
class Death:
    """A call that its process did not survive, tried twice; `detail` is for engineers."""

    kind: DeathKind
    detail: str


class FaultError(RuntimeError):
    """The called function raised: a fault of ours. The text holds the trace, `name` the exception's class."""

    def __init__(self, name: str, message: str, trace: str) -> None:
        super().__init__(f"{name.partition(':')[2]}: {message}\n{trace}")
        self.name = name
        self.message = message


@dataclass(frozen=True)
class Task:
    """A function that is called in confinement, with its first arguments, which are sent once a worker."""

    function: str
    shared: tuple[Any, ...] = ()
    limits: Limits = field(default_factory=Limits)


class _Worker:
    """One process."""

    def __init__(self, task: Task, environment: Mapping[str, str]) -> None:
        self._limits = task.limits
        self._codec = protocol.find_function(task.function)[1]
        self._expired = False
        self.calls = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            # Neither the packages of the user nor the folder it stands in are looked through for modules.
            [sys.executable, "-s", "-P", "-m", protocol.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(environment),
            cwd="/",
            start_new_session=True,
        )
        kind, data = self._exchange(protocol.Start(task.function, task.shared, task.limits))
        if kind != protocol.READY:
            raise RuntimeError(f"A confined process for {task.function} did not start ({kind!r}, {data!r}).")

    def call(self, arguments: tuple[Any, ...]) -> Any:
        """The function's result, a Death, or a FaultError (returned, not raised)."""
        self.calls += 1
        kind, data = self._exchange(arguments)
        if kind == protocol.RESULT:
            try:
                return self._codec.decode(data)
            except CodecError as error:
                return Death(DeathKind.CRASH, str(error))
        if kind == protocol.FAULT:
            return _fault(data)
        if kind == protocol.HEAVY:
            return Death(DeathKind.MEMORY, data.decode(errors="replace"))
        return self._explain(data.decode(errors="replace"))

    def _exchange(self, message: object) -> tuple[bytes, bytes]:
        """Send a message and wait for the answer, which is empty when the process dies or takes too long."""
        timer = threading.Timer(self._limits.wall_seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            requests, answers = self._pipes()
            # To a worker pickles may go: we wrote them. From a worker only JSON comes back.
            pickle.dump(message, requests)
            requests.flush()
            kind, length = protocol.HEADER.unpack(answers.read(protocol.HEADER.size))
            if length > self._limits.answer:
                return protocol.CRASH, b"too long an answer"
            data = answers.read(length)
            return (kind, data) if len(data) == length else (protocol.CRASH, b"")
        except (OSError, struct.error):
            return protocol.CRASH, b""
        finally:
            timer.cancel()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        return cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)

    def _expire(self) -> None:
        self._expired = True
        self._process.kill()

    def _explain(self, detail: str) -> Death:
        """Why the process is gone."""
        self.close()
        code = self._process.returncode or 0
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if self._expired:
            return Death(DeathKind.TIME, f"no answer within {self._limits.wall_seconds:g} s")
        if code == -signal.SIGXCPU:
            return Death(DeathKind.TIME, f"{name}: more than {self._limits.cpu_seconds} s of computing")
        return Death(DeathKind.CRASH, f"{name} {detail}".strip())

    def close(self) -> None:
        """End the process and wait for it."""
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Let go of the process in a fork of its owner, without ending it."""
        self._process.returncode = 0
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                os.close(pipe.fileno())


class Pool:
    """Workers of one task; calls from several threads are welcome."""

    def __init__(
        self, task: Task, workers: int = MAX_WORKERS, environment: Mapping[str, str] | None = None
    ) -> None:
        self.task = task
        self.environment = dict(environment or {})
        self._workers = workers
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()

    def call_all(self, jobs: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call the function once a job; the outcomes in the order of the jobs.

        An outcome is what the function returned, a `Death` after a second try in a fresh process that saw no
        other job, or a `FaultError`. No job's death touches another job.
        """
        if len(jobs) < 2:
            return [self._call(job) for job in jobs]
        with ThreadPoolExecutor(min(self._workers, len(jobs)), "confined") as threads:
            return list(threads.map(self._call, jobs))

    def _call(self, job: tuple[Any, ...]) -> Any:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker or _Worker(self.task, self.environment)
        outcome = self._try(worker, job)
        if isinstance(outcome, Death):
            # The memory of earlier jobs may have been the reason: a second try sees no other job.
            logger.warning("a confined call died (%s, %s), second try", outcome.kind, outcome.detail)
            outcome = self._try(_Worker(self.task, self.environment), job)
        return outcome

    def _try(self, worker: _Worker, job: tuple[Any, ...]) -> Any:
        try:
            outcome = worker.call(job)
        except BaseException:
            worker.close()
            raise
        if isinstance(outcome, Death) or worker.calls >= self.task.limits.calls:
            worker.close()
        else:
            with self._lock:
                self._idle.append(worker)
        return outcome

    def close(self) -> None:
        """End all idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def forget(self) -> None:
        """Let go of all workers in a fork of their owner."""
        self._lock = threading.Lock()
        idle, self._idle = self._idle, []
        for worker in idle:
            worker.forget()


def _fault(data: bytes) -> FaultError | Death:
    """The exception that a worker reports."""
    try:
        name, message, trace = map(str, json.loads(data))
    except ValueError as error:
        return Death(DeathKind.CRASH, f"no report of an exception: {error}")
    return FaultError(name, message, trace)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    package = Path(__file__).resolve().parents[3]
    # By the locale alone a worker might read the names of its folders otherwise than we do.
    return {**kept, "PYTHONPATH": str(package), "PYTHONUTF8": "1", **more}


_pools: list[Pool] = []
"""The pools in use, the one used last at the end."""
_pools_lock = threading.Lock()


def call_all(
    task: Task, jobs: Sequence[tuple[Any, ...]], environment: Mapping[str, str] | None = None
) -> list[Any]:
    """`Pool.call_all` on workers that this process keeps until it ends.

    Args:
        task: the function, with the arguments that a worker is sent once.
        jobs: the further arguments of each call.
        environment: variables that a worker sees beside the harmless ones of `PASSED_ON`.
    """
    return _pool_of(task, environment or {}).call_all(jobs)


def _pool_of(task: Task, environment: Mapping[str, str]) -> Pool:
    with _pools_lock:
        known = (entry for entry in _pools if entry.environment == environment and entry.task == task)
        pool = next(known, None) or Pool(task, environment=environment)
        if pool in _pools:
            _pools.remove(pool)
        _pools.append(pool)
        # A worker is a whole interpreter: those that have not served for longest end first.
        oldest = [_pools.pop(0) for _ in range(len(_pools) - MAX_POOLS)]
    for old in oldest:
        old.close()
    return pool


def shut_down() -> None:
    """End every kept worker; the next call starts fresh ones."""
    with _pools_lock:
        pools = list(_pools)
        _pools.clear()
    for pool in pools:
        pool.close()


def _forget_after_fork() -> None:
    # A fork has copies of the pipes: two processes would read the answers of one worker.
    global _pools_lock
    _pools_lock = threading.Lock()
    for pool in _pools:
        pool.forget()
    _pools.clear()


atexit.register(shut_down)
os.register_at_fork(after_in_child=_forget_after_fork)
