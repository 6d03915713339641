"""Commands about files: workbook, check, intake, trace."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from chuyenhoa import clock, pipeline
from chuyenhoa.cli.printing import (
    finding_json,
    normalisation_json,
    observation_json,
    print_json,
    print_table,
)
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.pipeline.judging import judge
from chuyenhoa.pipeline.reading import check_readings, read_file
from chuyenhoa.pipeline.workplace import UnknownPeriodError, Workplace, open_workplace, write_file
from chuyenhoa.store import ledger
from chuyenhoa.store.tables import SubmissionRow

UNUSABLE = 2


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    workbook = commands.add_parser("workbook", help="write a blank workbook")
    workbook.add_argument("--period", required=True)
    workbook.add_argument("--submitter", required=True, help="code of the submitter, as in 899")
    workbook.add_argument("-o", "--output", required=True, type=Path)
    workbook.set_defaults(run=write_workbook)
    check = commands.add_parser("check", help="hold one file against gates and rules, storing nothing")
    check.add_argument("file", type=Path)
    check.add_argument("--submitter", help="code of the submitter in whose folder the file would lie")
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=check_file)
    intake = commands.add_parser("intake", help="one pass over the inbox")
    intake.add_argument("--json", action="store_true")
    intake.set_defaults(run=run_intake)
    trace = commands.add_parser("trace", help="one file's whole life")
    trace.add_argument("what", metavar="FILE_OR_SHA256", help="a file, its sha256 or the beginning of it")
    trace.add_argument("--json", action="store_true")
    trace.set_defaults(run=trace_file)


def write_workbook(options: argparse.Namespace) -> int:
    """`chuyenhoa workbook`."""
    from chuyenhoa.workbooks import write_workbook as write

    place = open_workplace()
    try:
        plan, period = place.plan_of(options.period), place.period(options.period)
    except UnknownPeriodError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    submitter = plan.submitter_by_code.get(options.submitter)
    if submitter is None:
        known = ", ".join(plan.submitter_by_code)
        print(f"plan {plan.id} has no submitter {options.submitter!r}; it has {known}.", file=sys.stderr)
        return UNUSABLE
    write_file(options.output, write(plan, period, submitter, place.rules_of(plan), clock.now()))
    return 0


def check_file(options: argparse.Namespace) -> int:
    """`chuyenhoa check`: 0 clean, 1 findings, 2 unusable."""
    place = open_workplace()
    try:
        content = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file}: {error.strerror}", file=sys.stderr)
        return UNUSABLE
    folder = None
    if options.submitter:
        submitter = place.plan.submitter_by_code.get(options.submitter)
        if submitter is None:
            print(f"plan {place.plan.id} has no submitter {options.submitter!r}.", file=sys.stderr)
            return UNUSABLE
        folder = submitter.folder
    reading = read_file(place, content, options.file.name, folder)
    findings = check_readings(place, [reading])[0][reading.sha256]
    status, _ = judge(reading, findings)
    if options.json:
        print_json(
            {
                "sha256": reading.sha256,
                "submitter": reading.submitter,
                "period": reading.period,
                "status": status.value,
                "findings": [finding_json(finding) for finding in findings],
                "observations": [observation_json(entry) for entry in reading.observations],
                "normalisations": [normalisation_json(entry) for entry in reading.normalisations],
            }
        )
    else:
        _print_findings(options.file.name, status.value, findings)
    if reading.refused:
        return UNUSABLE
    return 1 if any(finding.severity is not Severity.NOTE for finding in findings) else 0


def _print_findings(name: str, status: str, findings: tuple[Finding, ...]) -> None:
    print(f"{name}: {status}")
    for finding in findings:
        where = f"{finding.sheet}!{','.join(finding.cells)}" if finding.cells else finding.sheet
        print(f"  {finding.severity.value:8} {finding.rule_id:5} {where}  {finding.message}")


def run_intake(options: argparse.Namespace) -> int:
    """`chuyenhoa intake`: one pass over the inbox, in the same steps as the DAG."""
    answered: list[str] = []
    for members in pipeline.batch(pipeline.claim_drops()):
        answered += pipeline.process_batch(members)
    place = open_workplace()
    with place.store.reading() as session:
        rows = ledger.find_submissions(session, map(ledger.submission_number, answered))
    entries = [
        {
            "id": ledger.submission_id(row.number),
            "file_name": row.file_name,
            "folder": row.folder,
            "sha256": row.sha256,
            "status": row.status,
            "receipt": row.receipt,
        }
        for row in rows
    ]
    if options.json:
        print_json({"answered": entries})
    else:
        print_table(
            ("id", "folder", "file", "status", "receipt"),
            [(e["id"], e["folder"], e["file_name"], e["status"], e["receipt"]) for e in entries],
        )
    return 0


def trace_file(options: argparse.Namespace) -> int:
    """`chuyenhoa trace`: everything that is known of a file, every time it came."""
    place = open_workplace()
    path = Path(options.what)
    is_file = path.is_file()
    prefix = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else options.what.lower()
    with place.store.reading() as session:
        rows = ledger.find_by_hash(session, prefix) if prefix else []
    if not rows:
        print(f"{options.what}: no file of this content or hash was ever received.", file=sys.stderr)
        return UNUSABLE
    lives = [_life(place, row) for row in rows]
    if options.json:
        first = next((life for life in lives if life["status"] != "duplicate"), lives[0])
        print_json({**first, "receptions": lives} if len(lives) > 1 else first)
        return 0
    for life in lives:
        print(f"{life['id']}  {life['file_name']}  {life['status']}  {life['sha256']}")
        for event in life["events"]:
            print(f"  {event['at']}  {event['kind']:10} {event['detail']}")
        for finding in life["findings"]:
            print(f"  {finding['severity']:8} {finding['rule_id']:5} {finding['sheet']} {finding['message']}")
    return 0


def _life(place: Workplace, row: SubmissionRow) -> dict[str, Any]:
    with place.store.reading() as session:
        findings = ledger.load_findings(session, row.number)
        normalisations = ledger.load_normalisations(session, row.number)
        events = ledger.load_events(session, row.number)
        observations = ledger.load_observations(session, row.number)
    return {
        "id": ledger.submission_id(row.number),
        "sha256": row.sha256,
        "file_name": row.file_name,
        "submitter": row.submitter,
        "period": row.period,
        "status": row.status,
        "version": row.version,
        "received_at": row.received_at,
        "is_late": row.is_late,
        "receipt": row.receipt,
        "findings": [finding_json(finding) for finding in findings],
        "observations": [observation_json(entry) for entry in observations],
        "normalisations": [normalisation_json(entry) for entry in normalisations],
        "events": [{"at": e.at, "kind": e.kind, "detail": e.detail} for e in events],
    }
