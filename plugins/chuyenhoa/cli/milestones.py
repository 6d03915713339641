"""Commands about milestones: assess, explain, report, status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from chuyenhoa import clock, pipeline
from chuyenhoa.cli.printing import print_json, print_table
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.workplace import UnknownPeriodError, Workplace, open_workplace
from chuyenhoa.store import documents, evidence
from chuyenhoa.store.tables import DocumentRow

WORDS = {
    "met": "ĐẠT",
    "not_met": "KHÔNG ĐẠT",
    "not_applicable": "KHÔNG ÁP DỤNG",
    "insufficient": "CHƯA ĐỦ SỐ LIỆU",
}


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    assess = commands.add_parser("assess", help="criterion results and verdicts")
    assess.set_defaults(run=print_assessment)
    explain = commands.add_parser("explain", help="from a verdict down to file, sheet and cell")
    explain.add_argument("--locality", required=True, help="code of the locality, as in 30745")
    explain.add_argument("--criterion", help="code of the criterion, as in II.2")
    explain.set_defaults(run=explain_results)
    report = commands.add_parser("report", help="freeze a snapshot and render drafts into office/drafts")
    report.set_defaults(run=render_report)
    for parser in (assess, explain, report):
        parser.add_argument("--milestone", required=True, help="as in 2021-6t")
        parser.add_argument("--json", action="store_true")
    status = commands.add_parser("status", help="who has sent what, and what blocks the next document")
    status.add_argument("--period")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=print_status)


def _assessment(options: argparse.Namespace) -> dict[str, Any] | None:
    """Assess a milestone and return the outcome; None, with a word on why, when it does not exist."""
    place = open_workplace()
    try:
        pipeline.assess_milestone(options.milestone)
    except UnknownPeriodError as error:
        print(error, file=sys.stderr)
        return None
    with place.store.reading() as session:
        row = documents.latest_assessment(session, options.milestone)
    found: dict[str, Any] = json.loads(row.content) if row else {}
    return found


def print_assessment(options: argparse.Namespace) -> int:
    """`chuyenhoa assess`."""
    found = _assessment(options)
    if found is None:
        return 2
    counts = dict.fromkeys(WORDS, 0)
    for locality in found["localities"]:
        for result in locality["criteria"]:
            counts[result["verdict"]] += 1
    if options.json:
        print_json({**found, "counts": counts})
        return 0
    place = open_workplace()
    plan = place.plan_of(options.milestone)
    codes = [criterion.code for criterion in plan.criteria]
    signs = {"met": "Đ", "not_met": "K", "not_applicable": "-", "insufficient": "?"}
    rows = []
    for locality in found["localities"]:
        verdicts = {result["criterion"]: signs[result["verdict"]] for result in locality["criteria"]}
        name = plan.locality_by_code[locality["locality"]].name
        rows.append(
            [locality["locality"], name, *[verdicts[code] for code in codes], WORDS[locality["verdict"]]]
        )
    print_table(("mã", "địa bàn", *codes, "kết quả"), rows)
    print(", ".join(f"{WORDS[verdict]}: {count}" for verdict, count in counts.items()))
    for target in found["targets"]:
        reached = f"{target['reached']}/{target['total']}, cần {target['needed']}"
        print(f"{target['code']}: {reached}: {WORDS[target['verdict']]}")
    return 0


def explain_results(options: argparse.Namespace) -> int:
    """`chuyenhoa explain`: formula and inputs of each result, with file, sheet, cell and hash."""
    found = _assessment(options)
    if found is None:
        return 2
    locality = next((e for e in found["localities"] if e["locality"] == options.locality), None)
    if locality is None:
        print(f"no locality {options.locality!r} in the plan; codes are in localities.csv.", file=sys.stderr)
        return 2
    results = [r for r in locality["criteria"] if options.criterion in (None, r["criterion"])]
    if not results:
        print(f"no criterion {options.criterion!r} in the plan; codes are in criteria.yaml.", file=sys.stderr)
        return 2
    place = open_workplace()
    period = place.milestone(options.milestone)
    if options.json:
        print_json({**locality, "milestone": period.id, "criteria": results})
        return 0
    name = place.plan_of(period.id).locality_by_code[options.locality].name
    print(f"{name}, {period.label}: {WORDS[locality['verdict']]}")
    for result in results:
        _print_result(place, period, result)
    return 0


def _print_result(place: Workplace, period: Period, result: Mapping[str, Any]) -> None:
    criteria = {
        criterion.code: criterion for criterion in place.plan_of(period.id).criteria_on(period.window.end)
    }
    criterion = criteria[result["criterion"]]
    reason = f" ({result['reason']})" if result["reason"] else ""
    print(f"\n{criterion.code}  {criterion.title}: {WORDS[result['verdict']]}{reason}")
    print(f"    căn cứ: {criterion.legal_basis}")
    if result["formula"]:
        print(f"    {result['formula']}")
    for entry in result["inputs"]:
        value = entry["value"] if entry["value"] is not None else "(trống)"
        where = (
            f"{entry['sheet']}!{entry['cell']}, {entry['file_name']}, {entry['sha256'][:12]}"
            if entry["cell"]
            else ""
        )
        print(f"    {entry['name']} = {value} {entry['unit']}  {where}".rstrip())


def render_report(options: argparse.Namespace) -> int:
    """`chuyenhoa report`."""
    try:
        snapshot = pipeline.freeze_snapshot(options.milestone)
    except UnknownPeriodError as error:
        print(error, file=sys.stderr)
        return 2
    names = pipeline.check_drafts(pipeline.render_drafts(snapshot))
    place = open_workplace()
    with place.store.reading() as session:
        rows = [session.get_one(DocumentRow, name) for name in names]
    entries = [
        {"id": row.id, "path": str(place.settings.data / row.draft_path), "sha256": row.draft_sha256}
        for row in rows
    ]
    if options.json:
        print_json({"milestone": options.milestone, "snapshot": snapshot, "documents": entries})
    else:
        for entry in entries:
            print(entry["path"])
    return 0


def print_status(options: argparse.Namespace) -> int:
    """`chuyenhoa status`: who has sent what for a period, and what its documents wait for."""
    place = open_workplace()
    try:
        periods = [place.period(options.period)] if options.period else list(place.milestones)
    except UnknownPeriodError as error:
        print(error, file=sys.stderr)
        return 2
    found = [_status_of(place, period) for period in periods]
    if options.json:
        print_json(found[0] if options.period else {"periods": found})
        return 0
    for entry in found:
        print(f"{entry['period']}: {entry['label']}, hạn {entry['deadline']}")
        rows = [
            (
                s["code"],
                s["name"],
                s["status"],
                str(s["version"] or ""),
                s["received_at"][:16],
                "muộn" if s["is_late"] else "",
            )
            for s in entry["submitters"]
        ]
        print_table(("mã", "đơn vị", "tình trạng", "bản", "nhận lúc", ""), rows)
        for text in entry["blocked_by"]:
            print(f"  ! {text}")
        for document in entry["documents"]:
            print(f"  {document['id']}: {document['state']} {document['path']}")
        print()
    return 0


def _reporter(plan: Plan, locality: str) -> str:
    return plan.submitter_by_code[plan.locality_by_code[locality].submitter].name


def _status_of(place: Workplace, period: Period) -> dict[str, Any]:
    plan = place.plan_of(period.id)
    with place.store.reading() as session:
        records = evidence.load_records(session, plan, period.id)
        known = evidence.load_evidence(session, plan, period.id)
        rows = documents.list_documents(session, period.id)
    newest = {record.submitter: record for record in records}
    submitters = []
    for submitter in plan.submitters:
        record = newest.get(submitter.code)
        submitters.append(
            {
                "code": submitter.code,
                "name": submitter.name,
                "status": record.status.value if record else "not_submitted",
                "version": record.version if record else None,
                "received_at": record.received_at.isoformat() if record else "",
                "is_late": record.is_late if record else clock.today() > period.deadline,
                "held": list(record.held) if record else [],
            }
        )
    blocked = [
        f"{plan.locality_by_code[code].name} ({_reporter(plan, code)}): {entry.absence.value}"
        for code, entry in known.items()
        if entry.absence is not None
    ]
    return {
        "period": period.id,
        "label": period.label,
        "deadline": period.deadline.isoformat(),
        "submitters": submitters,
        "blocked_by": blocked,
        "documents": [
            {
                "id": row.id,
                "state": row.state,
                "path": row.issued_path or row.draft_path,
                "number": row.number,
            }
            for row in rows
        ],
    }
