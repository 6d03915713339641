"""Commands about files: workbook, check, intake, trace."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.cli import labels, output
from chuyenhoa.cli.output import UnusableError, read_given_file, show_exactly
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Plan, Submitter
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.receive import batches, changes, checking, failures, read
from chuyenhoa.store import documents, in_force, ledger
from chuyenhoa.store.tables import SubmissionRow

UNUSABLE = 2
SUBMISSION_ID = r"S\d{6,9}"
MAX_MATCHES_SHOWN = 50
"""Lines that a person looks through; a folder of monthly reports has more after a few years."""
LIFE_WORDS = {
    "container": "nằm trong gói",
    "member": "đường dẫn trong gói",
    "files": "gồm các tệp",
    "used_by": "được dùng cho",
}


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    workbook = commands.add_parser("workbook", help="write a blank workbook for one submitter and period")
    workbook.add_argument("--period", required=True, help="as in 2021-6t")
    workbook.add_argument("--submitter", required=True, help="code of the submitter, as in 899")
    workbook.add_argument("-o", "--output", required=True, type=Path, help="the .xlsx to write")
    workbook.set_defaults(run=write_workbook)
    check = commands.add_parser(
        "check",
        help="validate one file without storing it",
        description="Validates one file, or every file of a .zip, by gates and rules as intake would, and "
        "stores nothing. Exit code 1 when there are findings, 2 when the file cannot be read.",
    )
    check.add_argument("file", type=Path, help="any file that a submitter could drop")
    check.add_argument("--submitter", help="code of the submitter in whose folder the file would lie")
    check.set_defaults(run=check_file)
    intake = commands.add_parser(
        "intake",
        help="read, validate and answer every file in the inbox, once",
        description="One pass over the inbox, in the same steps as the DAG. Exit code 3 when we failed on "
        "a file; all others are answered first.",
    )
    intake.set_defaults(run=run_intake)
    retry = commands.add_parser(
        "retry",
        help="let the next pass try files that were set aside",
        description="Files on which we failed three times are set aside; `status` lists them. Once the cause "
        "is fixed, the next pass tries them again. Exit code 1 when none of those named was set aside.",
    )
    retry.add_argument("ids", nargs="*", metavar="ID", help="as in S000012; all of them if left out")
    retry.set_defaults(run=retry_files)
    trace = commands.add_parser(
        "trace",
        help="one file's whole life",
        description="Everything that is known of a file, every time it came: events, findings, the archive "
        "in which it came, and what rests on it. Where several files may be meant they are listed, newest "
        "first.",
        epilog='Example: chuyenhoa trace "bao cao kien luong"',
    )
    trace.add_argument(
        "what",
        metavar="FILE",
        help="a file here; any part of its name (case, marks and blanks do not count); an inbox folder; the "
        "name of its receipt; its number (S000012); its sha256 or the first 8 characters of it or more",
    )
    trace.set_defaults(run=trace_file)
    for parser in (check, intake, retry, trace):
        parser.add_argument("--json", action="store_true", help="print for programs")


def write_workbook(options: argparse.Namespace) -> int:
    """`chuyenhoa workbook`: 2 for a period, submitter or output that cannot be used."""
    from chuyenhoa.workbooks import write_workbook as write

    ctx = open_context()
    plan, period = ctx.plan_of(options.period), ctx.period(options.period)
    submitter = _find_submitter(plan, options.submitter)
    # Refused before anything is written, so that no file is left beside the folder.
    if options.output.is_dir():
        raise UnusableError(f"{options.output}: is a folder; name the file to write.")
    write_file(options.output, write(plan, period, submitter, ctx.rules_of(plan, period), clock.now()))
    print(options.output)
    return 0


def _find_submitter(plan: Plan, code: str) -> Submitter:
    if code not in plan.submitter_by_code:
        known = ", ".join(plan.submitter_by_code)
        raise UnusableError(f"plan {plan.id} has no submitter {code!r}; it has {known}.")
    return plan.submitter_by_code[code]


def check_file(options: argparse.Namespace) -> int:
    """`chuyenhoa check`: 0 clean, 1 findings, 2 unusable."""
    ctx = open_context()
    content = read_given_file(options.file)
    folder = _find_submitter(ctx.plan, options.submitter).folder if options.submitter else None
    file = read.FileToRead(content, options.file.name, folder)
    unpacked = read.unpack_file(file)
    looked, members = (
        checking.validate_archive(ctx, file, unpacked)
        if unpacked
        else (checking.validate_file(ctx, file), None)
    )
    if options.json:
        listed = None if members is None else [_looked_json(member) for member in members]
        output.print_json(_looked_json(looked) | ({} if listed is None else {"members": listed}))
    else:
        print(f"{options.file.name}: {_status_line(looked)}")
        for member in members or ():
            print(f"  {member.path}: {_status_line(member)}")
        for finding in looked.findings:
            print(_finding_line(finding))
    # Other than findings: no figure of this file could be looked at, so a script must not go on with it.
    if looked.reading.refused:
        return UNUSABLE
    # A note asks the submitter for nothing, so a file with notes alone is clean.
    return 1 if any(finding.severity is not Severity.NOTE for finding in looked.findings) else 0


def _status_line(looked: checking.FileCheck) -> str:
    """The status and, as on the receipt, how many of the file's numbers were read."""
    status, numbers = labels.format_with_code(labels.STATUSES, looked.status.value), looked.reading.numbers
    return f"{status}, đọc {numbers.read}/{numbers.present} ô số" if numbers.present else status


def _looked_json(looked: checking.FileCheck) -> dict[str, Any]:
    """What `check` says of one file; of one inside an archive its path there as well."""
    reading = looked.reading
    return {
        **({"path": looked.path} if looked.path else {}),
        "sha256": reading.sha256,
        "submitter": reading.submitter,
        "period": reading.period,
        "status": looked.status.value,
        "kind": reading.kind,
        "findings": [output.finding_json(finding) for finding in looked.findings],
        "observations": [output.observation_json(entry) for entry in reading.observations],
        "normalisations": [output.normalisation_json(entry) for entry in reading.normalisations],
        "read": output.read_json(reading.numbers.present, reading.numbers.read, looked.numbers_taken),
    }


def _finding_line(finding: Finding) -> str:
    where = f"{finding.sheet}!{','.join(finding.cells)}" if finding.cells else finding.sheet
    return f"  {labels.SEVERITIES[finding.severity]:8}  {finding.rule_id:4}  {where}  {finding.message}"


def run_intake(options: argparse.Namespace) -> int:
    """`chuyenhoa intake`: one pass over the inbox, in the same steps as the DAG.

    Raises:
        IntakeError: after all else was answered, when we failed on some files or could not take them.
    """
    from chuyenhoa.pipeline.notify.mailing import send_letters
    from chuyenhoa.pipeline.receive import batches

    answered: list[str] = []
    failed: list[batches.IntakeError] = []
    try:
        for members in batches.batch(batches.claim_drops()):
            try:
                answered += batches.process_batch(members)
            except batches.IntakeError as error:
                answered += error.answered
                # One file on which we fail costs no other batch its answers; the exit code still says it.
                failed.append(error)
    finally:
        # Letters of batches that were answered go out also when the last batch failed.
        letters = send_letters()
    # A batch returns ids alone; what became of their files is read from the ledger.
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, map(ledger.submission_number, answered))
    entries = [
        {
            "id": ledger.submission_id(row.number),
            "file_name": mask_personal(row.file_name),
            "folder": row.folder,
            "sha256": row.sha256,
            "status": row.status,
            "receipt": row.receipt,
        }
        for row in rows
    ]
    if options.json:
        waiting = output.set_aside_json(ctx)
        output.print_json({"answered": entries, "letters": letters, "set_aside": waiting})
    elif not entries:
        print(f"no file was waiting in {ctx.settings.inbox}")
    else:
        output.print_table(
            ("id", "folder", "file", "status", "receipt"),
            [(e["id"], e["folder"], e["file_name"], e["status"], e["receipt"]) for e in entries],
        )
    # After the table, so that whoever reads it sees what was answered in spite of the failure.
    if failed:
        raise batches.IntakeError("\n".join(map(str, failed)))
    batches.summarise_intake(answered)
    return 0


def retry_files(options: argparse.Namespace) -> int:
    """`chuyenhoa retry`: 0 when a file waits for the next pass, 1 when none was set aside, 2 for no id."""
    ctx = open_context()
    wrong = [name for name in options.ids if not re.fullmatch(SUBMISSION_ID, name)]
    if wrong:
        raise UnusableError(f"{', '.join(wrong)}: no id of a submission, as in S000012.")
    names = options.ids or [entry["id"] for entry in output.set_aside_json(ctx)]
    done = failures.retry(ctx, [ledger.submission_number(name) for name in names])
    if options.json:
        output.print_json({"retried": done})
    else:
        print("\n".join(done) or "no file of these is set aside")
    return 0 if done else 1


def trace_file(options: argparse.Namespace) -> int:
    """`chuyenhoa trace`: one file's life, every time it came, or those that may be meant; 2 for none."""
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = _find(session, options.what)
    if not rows:
        raise UnusableError(
            f"{options.what}: no file of this content, number or receipt was ever received, none whose name, "
            f"inbox folder or path in an archive has this in it, and none whose sha256 begins so (looked at "
            f"from {ledger.NAMED_BY} characters on)."
        )
    # Several rows of one hash are one file sent again.
    if len({row.sha256 for row in rows}) > 1:
        _print_matches(rows, as_json=options.json)
        return 0
    lives = [_life(ctx, row) for row in rows]
    if options.json:
        # The reception that counted is the object itself; later ones of the same bytes are duplicates
        # without figures.
        first = next((life for life in lives if life["status"] != "duplicate"), lives[0])
        output.print_json({**first, "receptions": lives} if len(lives) > 1 else first)
        return 0
    for row, life in zip(rows, lives, strict=True):
        _print_life(ctx, row, life)
    return 0


def _find(session: Session, what: str) -> list[SubmissionRow]:
    """Every time that one file came (by its id: this time only), or all files that may be meant."""
    if re.fullmatch(SUBMISSION_ID, what):
        return ledger.find_submissions(session, [ledger.submission_number(what)])
    path = Path(what)
    # A file that lies here is asked about by its content, whatever it is named.
    if _is_here(path):
        return ledger.find_by_hash(session, hashlib.sha256(read_given_file(path)).hexdigest())
    rows = ledger.search_submissions(session, what)
    return ledger.find_by_hash(session, rows[0].sha256) if len({row.sha256 for row in rows}) == 1 else rows


def _is_here(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a text longer than any name of a file
        return False


def _print_matches(rows: Sequence[SubmissionRow], *, as_json: bool) -> None:
    """The submissions that may be meant, newest first; programs get all, people as many as they read."""
    matches = [
        {
            "id": ledger.submission_id(row.number),
            "received_at": row.received_at,
            "submitter": row.submitter,
            "period": row.period,
            "status": row.status,
            "file_name": mask_personal(row.file_name),
        }
        for row in rows
    ]
    if as_json:
        output.print_json({"matches": matches})
        return
    shown = [
        {
            **match,
            "received_at": labels.format_moment(match["received_at"]),
            "status": labels.STATUSES[match["status"]],
        }
        for match in matches[:MAX_MATCHES_SHOWN]
    ]
    output.print_table(tuple(matches[0]), [tuple(match.values()) for match in shown])
    if len(matches) > len(shown):
        print(f"… {len(matches) - len(shown)} more; say more of the name, or use --json")


def _print_life(ctx: Context, row: SubmissionRow, life: dict[str, Any]) -> None:
    status = labels.format_with_code(labels.STATUSES, life["status"])
    print(f"{life['id']}  {show_exactly(life['file_name'])}  {status}  {life['sha256']}")
    for event in life["events"]:
        print(f"  {labels.format_moment(event['at'])}  {event['kind']:10} {show_exactly(event['detail'])}")
    with ctx.store.reading() as session:
        for finding in ledger.load_findings(session, row.number):
            print(_finding_line(finding))
    for change in life["changes"]:
        if change["old"] is not None:
            print(f"  {_change_line(change)}")
    for name in ("container", "member", "files", "used_by"):
        if life[name]:
            shown = life[name] if isinstance(life[name], str) else ", ".join(life[name])
            print(f"  {LIFE_WORDS[name]}: {show_exactly(shown)}")


def _change_line(change: dict[str, Any]) -> str:
    """One change of what was in force: whose, what, from and to, and the cell that says it."""
    what = change.get("indicator") or change.get("criterion") or change["item"]
    window = f" ({labels.BASES[change['window']]})" if change["window"] else ""
    new = "đã rút" if change["new"] is None else change["new"]
    place = f"{change['sheet']}!{change['cell']}"
    return f"thay đổi: {change['locality']} {what}{window}: {change['old']} → {new}  {place}".replace(
        "  ", " ", 1
    )


def _life(ctx: Context, row: SubmissionRow) -> dict[str, Any]:
    with ctx.store.reading() as session:
        findings = ledger.load_findings(session, row.number)
        normalisations = ledger.load_normalisations(session, row.number)
        events = ledger.load_events(session, row.number)
        observations = ledger.load_observations(session, row.number)
        declarations = ledger.load_declarations(session, row.number)
        counting = in_force.statements_of(session, row)
        changed = changes.changes_of(session, [row], ctx.plans).get(row.number, changes.ReportChanges())
        members = ledger.members_of(session, row.number)
        used_by = documents.list_users(session, ledger.submission_id(row.number))
    return {
        "id": ledger.submission_id(row.number),
        "sha256": row.sha256,
        "file_name": mask_personal(row.file_name),
        "submitter": row.submitter,
        "period": row.period,
        "status": row.status,
        "version": row.version,
        "received_at": row.received_at,
        "is_late": row.is_late,
        "receipt": row.receipt,
        "container": ledger.submission_id(row.container) if row.container else "",
        "member": mask_personal(row.member),
        "files": [ledger.submission_id(member.number) for member in members],
        "used_by": used_by,
        "findings": [output.finding_json(finding) for finding in findings],
        "observations": [
            {
                **output.observation_json(entry),
                "in_force": entry.key in counting,
            }
            for entry in observations
        ],
        "declarations": [
            {**output.declaration_json(entry), "in_force": entry.key in counting} for entry in declarations
        ],
        "changes": [output.change_json(entry) for entry in changed.changes],
        "kept": changed.kept,
        "owed": [asdict(entry) for entry in changed.owed],
        "normalisations": [output.normalisation_json(entry) for entry in normalisations],
        "read": output.read_json(row.numbers_present, row.numbers_read, row.numbers_taken),
        "events": [{"at": e.at, "kind": e.kind, "detail": mask_personal(e.detail)} for e in events],
    }
