"""`make up`: Airflow with its pages, kept running until Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from time import sleep
from types import FrameType

from chuyenhoa import clock, settings
from devtools.launcher import Airflow, AirflowError, find_port

PREFERRED_PORT = 8080
MAX_PORT = 65535


def main() -> int:
    """Start, say where everything is, wait; exit code 3 when Airflow fails."""
    # A shell sets SIGINT to "ignore" for what it starts in the background: `make up &` could not be ended.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    folders = settings.load()
    try:
        port = choose_port(os.environ)
        airflow = Airflow(folders.home / "var" / "airflow", folders.data, port=port, tell=_tell)
        print("Starting Airflow (about half a minute) ...", flush=True)
        with airflow:
            print(describe(airflow, folders), flush=True)
            while True:
                airflow.check_alive()
                sleep(2)
    except AirflowError as error:
        print(f"chuyenhoa: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("Airflow has stopped.")
        return 0


def choose_port(environment: Mapping[str, str]) -> int:
    """The port that CHUYENHOA_PORT names, and no other; without it 8080, or a free one, which is told.

    Raises:
        AirflowError: CHUYENHOA_PORT is no port, or cannot be had.
    """
    named = environment.get("CHUYENHOA_PORT", "").strip()
    if not named:
        found = find_port(PREFERRED_PORT)
        if found != PREFERRED_PORT:
            _tell(f"port {PREFERRED_PORT} is taken, so it is {found}; CHUYENHOA_PORT=… names one")
        return found
    if not re.fullmatch("[0-9]{1,5}", named) or not 1 <= int(named) <= MAX_PORT:
        raise AirflowError(f"CHUYENHOA_PORT={named} is no port: a number from 1 to {MAX_PORT}.")
    if find_port(int(named)) != int(named):
        raise AirflowError(
            f"CHUYENHOA_PORT={named} cannot be had: another program listens there, or the rights lack. "
            "Name another one, or end that program."
        )
    return int(named)


def describe(airflow: Airflow, folders: settings.Settings) -> str:
    """Where to go and what to do, as text for the terminal."""
    lines = [
        "",
        f"  Pages      {airflow.folders.base_url}",
        f"  Users      engineer, office; passwords in {_short(airflow.folders.passwords_file)}",
        f"  Inbox      {_short(folders.inbox)}/<folder>/   drop the submitters' files here",
        f"  Outbox     {_short(folders.outbox)}/<folder>/  forms, receipts and marked workbooks",
        f"  Documents  {_short(folders.drafts)}, {_short(folders.issued)}",
        f"  Logs       {_short(airflow.folders.logs)}",
        f"  Time       {clock.now():%d/%m/%Y %H:%M}" + (" (rehearsal)" if clock.is_rehearsal() else ""),
        "",
        "To work in the plan's own year, stop and start again with a rehearsed time, for example",
        "  CHUYENHOA_NOW=2021-10-01T08:00 make up",
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _tell(line: str) -> None:
    print(f"  {line}", flush=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
