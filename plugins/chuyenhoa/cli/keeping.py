"""Commands about what is kept: migrate, audit, rebuild."""

from __future__ import annotations

import argparse
from typing import Any

from chuyenhoa import settings
from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.printing import print_json
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.auditing import audit_store
from chuyenhoa.pipeline.keep.rebuilding import RebuildError, rebuild_store
from chuyenhoa.store import migrate_store


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    migrate = commands.add_parser(
        "migrate",
        help="create the store, or bring it to this program's version",
        description="A step of every deployment, before the services start: creates the tables of the "
        "store (CHUYENHOA_STORE), or upgrades them. Nothing else does; a store of another version is "
        "refused. It may run at any time and twice at once; exit code 0 also when there was nothing to do.",
    )
    migrate.set_defaults(run=run_migrate)
    audit = commands.add_parser(
        "audit",
        help="is everything as it was left: chain, archive, ledger, figures",
        description="Checks the chain of events, journal, ledger, originals, figures and documents, and "
        "reads every file again. Exit code 1 with what is wrong, where, and how to fix it.",
    )
    audit.add_argument("--quick", action="store_true", help="do not read the files again")
    audit.set_defaults(run=run_audit)
    rebuild = commands.add_parser(
        "rebuild",
        help="write the store again from the archive alone",
        description="Writes a new store from the archive and its journal alone. Exit code 1 when a file says "
        "something else today than when it came.",
    )
    rebuild.add_argument("--into", required=True, metavar="STORE_URL", help="an empty SQLAlchemy database")
    rebuild.set_defaults(run=run_rebuild)
    for parser in (migrate, audit, rebuild):
        parser.add_argument("--json", action="store_true", help="print for programs")


def run_migrate(options: argparse.Namespace) -> int:
    """`chuyenhoa migrate`: 0, also when there was nothing to do."""
    # Not through a context: that would open the store, which is refused until this has run.
    found = migrate_store(settings.load().store_url)
    if options.json:
        print_json({"store": found.store, "from": found.before, "to": found.after})
    elif found.before == found.after:
        print(f"{found.store}: version {found.after}, nothing to do")
    else:
        print(f"{found.store}: version {found.before or 'none'} → {found.after}")
    return 0


def run_audit(options: argparse.Namespace) -> int:
    """`chuyenhoa audit`: 0 when all is as it was left, 1 with what is wrong, where, and how to fix it."""
    found = audit_store(open_context(), is_quick=options.quick)
    if options.json:
        print_json(found)
    else:
        for fault in found.faults:
            print(f"{fault.part}: {fault.where}: {fault.what}\n    → {fault.mend}")
        state = f"{len(found.faults)} faults" if found.faults else "no fault"
        print(f"{found.events} events, {found.submissions} submissions, {found.files} originals: {state}")
        print(f"head of the chain: {found.head}")
    return 1 if found.faults else 0


def run_rebuild(options: argparse.Namespace) -> int:
    """`chuyenhoa rebuild`: 0 with equal results, 1 when files say otherwise today, 2 when it cannot be."""
    try:
        rebuilt = rebuild_store(open_context(), options.into)
    except RebuildError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json(rebuilt)
    else:
        for difference in rebuilt.differences:
            print(difference)
        state = f"{len(rebuilt.differences)} differ" if rebuilt.differences else "all as when they came"
        print(f"{rebuilt.submissions} submissions, {rebuilt.events} events written anew: {state}")
    return 1 if rebuilt.differences else 0
