"""What a confined process may use, and how that is enforced."""

from __future__ import annotations

import contextlib
import resource
from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one worker; time is meant for one call."""

    memory: int = 1024 * MEGABYTE
    """Bytes of address space, the interpreter included."""
    cpu_seconds: int = 20
    """Time on the processor, whatever else the machine does meanwhile."""
    wall_seconds: float = 90
    """Time on the clock, for what waits instead of working."""
    answer: int = 128 * MEGABYTE
    """Bytes that an answer may have."""
    calls: int = 1_000
    """After so many calls a worker is replaced by a fresh one, which takes a second to start."""


def confine(limits: Limits, first_free_descriptor: int) -> None:
    """Bind this process for good: no new file, socket or process, no byte written to a disk.

    A process that can get no new descriptor can open neither a file nor a connection; so everything that it
    will need must be loaded before.
    """
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_NOFILE, first_free_descriptor),
    ):
        # A system that does not know a limit is no reason not to set the others.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def allow_cpu(seconds: int) -> None:
    """Let the process compute for so many seconds from now on; the signal SIGXCPU ends it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
