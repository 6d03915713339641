"""The `chuyenhoa` command: everything that the pipeline does, without Airflow."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from chuyenhoa import settings
from chuyenhoa.cli import files, keeping, lifecycle, milestones, plans, templates
from chuyenhoa.cli.output import UnusableError, explain_os_error
from chuyenhoa.clock import ClockError
from chuyenhoa.kit.mail import MailConfigError
from chuyenhoa.pipeline.context import UnknownPeriodError
from chuyenhoa.plan.sources import PlanError
from chuyenhoa.settings import SettingsError
from chuyenhoa.store import StoreError

UNUSABLE = 2
UTF8_MODE = "PYTHONUTF8"
# Exit code when we failed; 0 is clean, 1 means findings, 2 means unusable input or a wrong call.
OUR_FAULT = 3

# Errors whose text says what the caller has to change; all others are our own fault.
REFUSALS = (
    *(PlanError, SettingsError, MailConfigError, ClockError, StoreError),
    *(UnknownPeriodError, UnusableError),
)

Command = Callable[[argparse.Namespace], int]


def build_parser() -> argparse.ArgumentParser:
    """The command line with all its commands."""
    parser = argparse.ArgumentParser(
        prog="chuyenhoa",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Districts' files in, criteria results and Word documents out, without Airflow.",
        epilog="'chuyenhoa COMMAND -h' shows the options of a command.\n"
        "Exit codes: 0 clean, 1 findings, 2 unusable input or a wrong call, 3 our own fault.",
    )
    parser.add_argument("--version", action="version", version=f"chuyenhoa {version('chuyenhoa')}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what is done")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    # The order of a milestone's work, which is also the order of docs/commands.md.
    for module in (files, milestones, lifecycle, keeping, plans, templates):
        module.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. `arguments` are those of this process if None."""
    if arguments is None:
        _insist_on_utf8()
    for stream in (sys.stdout, sys.stderr):
        # PYTHONIOENCODING=ascii may be set for another program: "Đạt" is written as \u0110\u1ea1t then.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Great Expectations sends usage statistics unless this is set before it is imported.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s")
    run: Command = options.run
    try:
        code = run(options)
        # Within the try: a reader that has left shows only when the buffer is written.
        sys.stdout.flush()
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:
        # The reader has seen enough, as in `chuyenhoa assess | head`. Python flushes stdout once more at
        # exit, which would print a traceback behind the reader's back.
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        return 0
    except Exception as error:
        return _answer_for(error, options)
    return code


def _insist_on_utf8() -> None:
    """Start this process anew in Python's UTF-8 mode, where the locale has names of files read otherwise.

    Under LC_ALL=C with PYTHONUTF8=0, and under old locales, the folder "dữ liệu" would come as other letters,
    and be stored and printed as such.
    """
    if settings.reads_utf8() or os.environ.get(UTF8_MODE) == "1":
        return
    environment = {**os.environ, UTF8_MODE: "1"}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - ourselves


def _answer_for(error: Exception, options: argparse.Namespace) -> int:
    """The exit code of an unexpected error: 2 for a place that the caller chose badly, else our fault."""
    if isinstance(error, OSError):
        output = getattr(options, "output", None)
        # The two places that a caller chooses. A disk error anywhere else is ours to explain (exit code 3).
        places = [settings.load().data, *([output.absolute().parent] if output else [])]
        explained = explain_os_error(error, places)
        if explained:
            print(explained, file=sys.stderr)
            return UNUSABLE
    traceback.print_exception(error)
    print(f"chuyenhoa failed ({type(error).__name__}); this is our fault, not your file's.", file=sys.stderr)
    return OUR_FAULT
