"""New stores for tests, copied from one that was migrated once a run."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from chuyenhoa.store import migrate_store

PREPARED = "CHUYENHOA_TESTS_PREPARED"
"""The variable that names the folder in which the processes of a run keep what all of them may copy."""


@cache
def _template() -> Path:
    """The file of a migrated, empty store."""
    folder = Path(tempfile.mkdtemp(prefix="chuyenhoa-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate_store(f"sqlite:///{folder / 'store.db'}")
    return folder / "store.db"


def new_store(file: Path) -> str:
    """The URL of a new, empty SQLite store in a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(_template(), file)
    return f"sqlite:///{file}"


def new_data(data: Path) -> Path:
    """A data folder as `chuyenhoa migrate` leaves it: a store, and nothing else."""
    new_store(data / "chuyenhoa.db")
    return data
