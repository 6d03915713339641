"""Data folders as many tests begin with them: made once a run by the real pipeline, then copied."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TypeVar, cast

from chuyenhoa.pipeline.receive.workbooks import open_period

Outcome = TypeVar("Outcome")
_KEPT: dict[Hashable, tuple[Path, object]] = {}
_SETTINGS = ("CHUYENHOA_HOME", "CHUYENHOA_NOW", "CHUYENHOA_STORE", "CHUYENHOA_SMTP")
"""What may make the outcome another one."""


def once(data: Path, name: str, make: Callable[[], Outcome]) -> Outcome:
    """Bring a data folder that holds a new store and nothing else to where `make` brings it.

    The first call makes it, in `data` itself; later ones with the same name and settings copy what came out,
    store included.
    """
    assert [path.name for path in data.iterdir()] == ["chuyenhoa.db"], "only a new folder can be prepared"
    key = (name, *(os.environ.get(setting) for setting in _SETTINGS))
    if key not in _KEPT:
        outcome = make()
        kept = Path(tempfile.mkdtemp(prefix="chuyenhoa-prepared-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        shutil.copytree(data, kept, dirs_exist_ok=True)
        _KEPT[key] = (kept, outcome)
        return outcome
    kept, known = _KEPT[key]
    shutil.copytree(kept, data, dirs_exist_ok=True)
    return cast("Outcome", known)


def open_periods(data: Path, *periods: str) -> None:
    """Hand out the blank workbooks of some periods."""

    def make() -> None:
        for period in periods:
            open_period(period)

    once(data, f"open {' '.join(periods)}", make)
