"""`make up`: Airflow with its pages, kept running until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from time import sleep
from types import FrameType

from chuyenhoa import clock, settings
from devtools.launcher import Airflow, AirflowError

PREFERRED_PORT = 8080


def main() -> int:
    """Start, say where everything is, wait; exit code 3 when Airflow fails."""
    signal.signal(signal.SIGTERM, _interrupt)
    folders = settings.load()
    try:
        airflow = Airflow(folders.home / "var" / "airflow", folders.data, port=PREFERRED_PORT, tell=_tell)
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
