"""The `chuyenhoa` command: everything that the pipeline does, without Airflow."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from chuyenhoa.cli import checks, files, milestones
from chuyenhoa.clock import ClockError
from chuyenhoa.plan.errors import PlanError
from chuyenhoa.settings import SettingsError
from chuyenhoa.store import StoreError

OUR_FAULT = 3
"""Exit code when we failed; 0 is clean, 1 means findings, 2 means unusable input or a wrong call."""

Command = Callable[[argparse.Namespace], int]


def build_parser() -> argparse.ArgumentParser:
    """The command line with all its commands."""
    parser = argparse.ArgumentParser(prog="chuyenhoa", description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="log what is done")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (files, milestones, checks):
        module.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s")
    run: Command = options.run
    try:
        return run(options)
    except (PlanError, SettingsError, ClockError, StoreError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except Exception as error:  # our fault: say so, with everything needed to mend it
        traceback.print_exc()
        print(
            f"chuyenhoa failed ({type(error).__name__}); this is our fault, not your file's.", file=sys.stderr
        )
        return OUR_FAULT
