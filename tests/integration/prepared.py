"""Data folders as many tests begin with them: made once a run by the real pipeline, then copied."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from chuyenhoa.pipeline.receive.workbooks import open_period
from tests.stores import PREPARED

Outcome = TypeVar("Outcome")
_SETTINGS = ("CHUYENHOA_HOME", "CHUYENHOA_NOW", "CHUYENHOA_STORE", "CHUYENHOA_SMTP")
"""What may make the outcome another one."""


def once(data: Path, name: str, make: Callable[[], Outcome]) -> Outcome:
    """Bring a data folder that holds a new store and nothing else to where `make` brings it.

    The first call makes it, in `data` itself; later ones with the same name and settings copy what came out,
    store included. Processes that share a run share it too; what `make` returns must not name its folder.
    """
    assert [path.name for path in data.iterdir()] == ["chuyenhoa.db"], "only a new folder can be prepared"
    key = repr((name, *(os.environ.get(setting) for setting in _SETTINGS)))
    kept = Path(os.environ[PREPARED]) / hashlib.sha256(key.encode()).hexdigest()
    with kept.with_suffix(".lock").open("w") as lock:
        # Whoever comes while it is made waits for it: to make it again would cost as much once more.
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = kept.with_suffix(".outcome")
        if not known.exists():
            outcome = make()
            shutil.copytree(data, kept)
            known.write_bytes(pickle.dumps(outcome))
            return outcome
    shutil.copytree(kept, data, dirs_exist_ok=True)
    return cast("Outcome", pickle.loads(known.read_bytes()))


def open_periods(data: Path, *periods: str) -> None:
    """Hand out the blank workbooks of some periods."""

    def make() -> None:
        for period in periods:
            open_period(period)

    once(data, f"open {' '.join(periods)}", make)
