"""The one place that reads the system clock; a rehearsal freezes or moves it through CHUYENHOA_NOW."""

from __future__ import annotations

import os
import time
from datetime import date, datetime
from pathlib import Path

from chuyenhoa.model.calendars import ZONE as ZONE


class ClockError(ValueError):
    """CHUYENHOA_NOW holds something that is no time."""


def now() -> datetime:
    """The pipeline's time, aware, in Asia/Ho_Chi_Minh.

    CHUYENHOA_NOW is an ISO time, or `@` and the path of a file that holds one: such a file lets a running
    Airflow be led through a rehearsed year.

    Raises:
        ClockError: it is neither, or the file cannot be read.
    """
    setting = os.environ.get("CHUYENHOA_NOW", "").strip()
    if not setting:
        return datetime.now(ZONE)
    text = _read_time_file(Path(setting[1:])) if setting.startswith("@") else setting
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockError(
            f"CHUYENHOA_NOW: {text!r} is no ISO time; write one like 2021-10-18T08:00:00+07:00."
        ) from error
    return moment.astimezone(ZONE) if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _read_time_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no text"
        raise ClockError(f"CHUYENHOA_NOW: {path} cannot be read ({why}).") from error


def today() -> date:
    """The pipeline's date in Asia/Ho_Chi_Minh."""
    return now().date()


def is_rehearsal() -> bool:
    """Whether the clock is frozen or moved by CHUYENHOA_NOW."""
    return bool(os.environ.get("CHUYENHOA_NOW", "").strip())


def monotonic() -> float:
    """Seconds for measuring how long something takes; never frozen."""
    return time.monotonic()
