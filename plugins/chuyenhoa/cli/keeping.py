"""Commands on what is there and what is kept: status, migrate, audit, rebuild."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa import clock, settings
from chuyenhoa.cli import labels
from chuyenhoa.cli.output import UnusableError, print_json, print_table, set_aside_json, show_exactly
from chuyenhoa.model.evidence import SubmissionRecord
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Period, Plan, Submitter
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.keep import auditing, rebuilding
from chuyenhoa.pipeline.receive import changes
from chuyenhoa.pipeline.receive.batches import InboxState, look_at_inbox
from chuyenhoa.store import deliveries, documents, evidence, ledger, migrate_store

# What lies in the inbox and is not taken.
LEFT = {
    "link": "là liên kết, không được lấy",
    "special": "không phải tệp (ống, cổng, thiết bị)",
    "too_deep": "thư mục quá sâu",
    "unreadable": "không đọc được",
    "growing": "vẫn đang được ghi",
    "not_archived": "chưa lưu trữ được",
    "not_removed": "đã lưu trữ nhưng không xóa được khỏi inbox",
}
# What is said behind the state of a file that nothing followed.
AFTER = {
    SubmissionStatus.CLAIMED.value: "",
    SubmissionStatus.REFUSED.value: "; chưa gửi lại",
    SubmissionStatus.SET_ASIDE.value: "; sửa nguyên nhân rồi chạy chuyenhoa retry",
}
LETTERS = (
    (deliveries.DeliveryState.WAITING, "thư chờ gửi"),
    (deliveries.DeliveryState.FAILED, "thư không gửi được"),
    (deliveries.DeliveryState.NO_ADDRESS, "phiếu không có địa chỉ thư (xem outbox)"),
)


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    status = commands.add_parser(
        "status",
        help="who has sent what, and what blocks the next document",
        description="Who has sent what, what is late or was refused, and what the documents wait for.",
    )
    status.add_argument("--period", help="as in 2021-6t; all milestones if left out")
    status.add_argument("--json", action="store_true", help="print for programs")
    status.set_defaults(run=print_status)
    _add_keeping(commands)


def _add_keeping(commands: Any) -> None:
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
        "reads every file again that came since the last audit without a fault. Exit code 1 with what is "
        "wrong, where, and how to fix it.",
    )
    depth = audit.add_mutually_exclusive_group()
    depth.add_argument("--quick", action="store_true", help="do not read the files again")
    depth.add_argument(
        "--full", action="store_true", help="read all files again, also those of earlier audits"
    )
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


def print_status(options: argparse.Namespace) -> int:
    """`chuyenhoa status`: one period, or every milestone."""
    ctx = open_context()
    periods = [ctx.period(options.period)] if options.period else list(ctx.milestones)
    found = [_status_of(ctx, period) for period in periods]
    letters = _list_letters(ctx)
    inbox = look_at_inbox(ctx)
    left = [
        {"path": e.path, "why": e.why.value, "detail": e.detail, "since": e.since.isoformat()}
        for e in inbox.left
    ]
    unsettled, waiting = _list_unsettled(ctx), set_aside_json(ctx)
    faults = [
        {"plan": folder, "problems": [str(problem) for problem in fault.problems]}
        for folder, fault in ctx.plan_faults.items()
    ]
    if options.json:
        whole = found[0] if options.period else {"periods": found}
        lists = {"undelivered": letters, "inbox_left": left, "unsettled": unsettled, "set_aside": waiting}
        print_json({"plan_faults": faults, **whole, **lists, "inbox": _inbox_json(inbox)})
        return 0
    # What is late or wrong comes first, before the periods: it asks somebody to act.
    for folder, fault in ctx.plan_faults.items():
        print(f"! kế hoạch {folder} hỏng, mọi việc của kế hoạch này dừng; sửa rồi chạy chuyenhoa plan check:")
        for problem in fault.problems:
            print(f"!   {problem}")
    _print_inbox(inbox)
    for item in left:
        since = labels.format_moment(item["since"])
        print(f"! inbox/{item['path']!r}: {LEFT[item['why']]} {item['detail']} ({since})")
    for item in unsettled:
        name = show_exactly(item["file_name"])
        state = labels.format_with_code(labels.STATUSES, item["status"])
        received = labels.format_moment(item["received_at"])
        print(f"! {item['id']} {name}: {state}, {received}{AFTER[item['status']]}")
    for entry in waiting:
        print(f"!   {entry['id']}: {show_exactly(entry['why'])}")
    for number, (period, entry) in enumerate(zip(periods, found, strict=True)):
        if number:
            print()
        _print_period(ctx.plan_of(period.id), period, entry)
    _print_letters(letters)
    return 0


def _inbox_json(inbox: InboxState) -> dict[str, Any]:
    return {
        "files": inbox.files,
        "oldest": inbox.oldest,
        "since": inbox.since.isoformat() if inbox.since else "",
        "is_overdue": inbox.is_overdue,
        "error": inbox.error,
    }


def _print_inbox(inbox: InboxState) -> None:
    """How many files lie in the inbox and since when; nothing when it is empty."""
    if inbox.error:
        print(f"! inbox: {LEFT['unreadable']} ({inbox.error})")
    if inbox.since:
        mark, late = ("! ", ", quá lâu: xem DAG intake") if inbox.is_overdue else ("", "")
        since = labels.format_moment(inbox.since.isoformat())
        print(f"{mark}inbox: {inbox.files} tệp chờ lấy, lâu nhất {inbox.oldest!r} từ {since}{late}")


def _list_unsettled(ctx: Context) -> list[dict[str, str]]:
    """The files of no period that nothing followed: not answered yet, or refused and not sent again."""
    with ctx.store.reading() as session:
        return [
            {
                "id": ledger.submission_id(row.number),
                "file_name": mask_personal("/".join(part for part in (row.folder, row.file_name) if part)),
                "status": row.status,
                "received_at": row.received_at,
            }
            for row in ledger.find_unsettled(session)
        ]


def _list_letters(ctx: Context) -> list[dict[str, Any]]:
    """The letters that nobody got yet."""
    with ctx.store.reading() as session:
        rows = deliveries.find_undelivered(session)
    return [
        {
            "kind": row.kind,
            "reference": row.reference,
            "recipient": row.recipient,
            "state": row.state,
            "attempts": row.attempts,
            "next_try_at": row.next_try_at if row.state == deliveries.DeliveryState.WAITING else "",
            "last_error": row.last_error,
        }
        for row in rows
    ]


def _print_letters(letters: Sequence[Mapping[str, Any]]) -> None:
    """How many answers went out by outbox alone, and those letters that were tried in vain."""
    counts = Counter(letter["state"] for letter in letters)
    if counts:
        print()
        print(
            "Thư điện tử: " + ", ".join(f"{counts[state]} {word}" for state, word in LETTERS if counts[state])
        )
    for letter in letters:
        # Letters that were never tried are counted above; only a refusal of the server is worth a line.
        if letter["last_error"]:
            print(
                f"  ! {letter['reference']} → {letter['recipient']}: "
                f"{letter['attempts']} lần, {letter['last_error']}"
            )


def _print_period(plan: Plan, period: Period, entry: Mapping[str, Any]) -> None:
    print(f"{period.id}: {period.label}, hạn {period.deadline:%d/%m/%Y}")
    print(_summarise(entry["submitters"]))
    rows = [
        (
            s["code"],
            s["name"],
            labels.format_with_code(labels.STATUSES, s["status"]),
            str(s["version"] or ""),
            labels.format_moment(s["received_at"]),
            _format_remark(plan, s),
        )
        for s in entry["submitters"]
    ]
    print_table(("mã", "đơn vị", "tình trạng", "bản", "nhận lúc", "ghi chú"), rows)
    if period.is_milestone:
        blocked = entry["blocked_by"]
        print(f"Văn bản còn chờ số liệu của {len(blocked)}/{len(plan.localities)} địa bàn.")
        for text in blocked:
            print(f"  ! {text['text']}")
    for document in entry["documents"]:
        state = labels.format_with_code(labels.DOCUMENT_STATES, document["state"])
        number = f", số {document['number']}" if document["number"] else ""
        print(f"Văn bản {document['id']}: {state}{number}, {document['path']}")


def _summarise(submitters: Sequence[Mapping[str, Any]]) -> str:
    """How many have sent, and what is late or wrong among them, on one line."""
    counts = (
        ("quá hạn", sum(s["is_overdue"] for s in submitters)),
        ("gửi muộn", sum(s["is_late"] and not s["is_overdue"] for s in submitters)),
        ("trả lại", sum(s["status"] == SubmissionStatus.RETURNED for s in submitters)),
        ("có địa bàn bị giữ lại", sum(bool(s["held"]) for s in submitters)),
    )
    sent = sum(s["status"] != labels.NOT_SUBMITTED for s in submitters)
    whole = [f"Đã gửi {sent}/{len(submitters)} đơn vị", *(f"{word}: {n}" for word, n in counts if n)]
    return "; ".join(whole) + "."


def _format_remark(plan: Plan, submitter: Mapping[str, Any]) -> str:
    late = "quá hạn" if submitter["is_overdue"] else "gửi muộn" if submitter["is_late"] else ""
    names = ", ".join(plan.locality_by_code[code].name for code in submitter["held"])
    # Whoever has sent nothing owes everything; the column before says so.
    owed = submitter["owed"] if submitter["status"] != labels.NOT_SUBMITTED else ()
    count = sum(entry["figures"] + entry["baseline"] + len(entry["declarations"]) for entry in owed)
    parts = (late, f"giữ lại: {names}" if names else "", f"còn thiếu {count} nội dung" if count else "")
    return "; ".join(part for part in parts if part)


def _status_of(ctx: Context, period: Period) -> dict[str, Any]:
    plan = ctx.plan_of(period.id)
    with ctx.store.reading() as session:
        newest = {record.submitter: record for record in evidence.load_records(session, plan, period.id)}
        # Only a milestone waits for localities: a month without a report blocks nothing by itself.
        blocked = _list_blocked(ctx, session, period) if period.is_milestone else []
        rows = documents.list_documents(session, period.id)
        owed = changes.owed_of(session, plan, period.id)
    today = clock.today()
    return {
        "period": period.id,
        "label": period.label,
        "deadline": period.deadline.isoformat(),
        "is_milestone": period.is_milestone,
        "submitters": [
            _submitter_status(submitter, newest.get(submitter.code), period.deadline, today)
            | {"owed": [asdict(entry) for entry in owed.get(submitter.code, ())]}
            for submitter in plan.submitters
        ],
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


def _submitter_status(
    submitter: Submitter, record: SubmissionRecord | None, deadline: date, today: date
) -> dict[str, Any]:
    """The newest version of a submitter; the same keys where it sent none."""
    # Through the day of the deadline a report is in time.
    is_overdue = record is None and today > deadline
    return {
        "code": submitter.code,
        "name": submitter.name,
        "status": record.status.value if record else labels.NOT_SUBMITTED,
        "version": record.version if record else None,
        "received_at": record.received_at.isoformat() if record else "",
        "is_late": record.is_late if record else is_overdue,
        "is_overdue": is_overdue,
        "held": list(record.held) if record else [],
    }


def _list_blocked(ctx: Context, session: Session, milestone: Period) -> list[dict[str, str]]:
    """The localities of which nothing is known for a milestone, neither by its reports nor by finer ones."""
    plan = ctx.plan_of(milestone.id)
    blocked = []
    for code, absence in assessing.find_absences(ctx, session, milestone).items():
        # Months may cover a milestone of which no report of its own came (decision 0011).
        if absence is None:
            continue
        locality = plan.locality_by_code[code]
        reporter = plan.submitter_by_code[locality.submitter]
        blocked.append(
            {
                "locality": code,
                "submitter": reporter.code,
                "reason": absence.value,
                "text": f"{locality.name} ({reporter.name}): {labels.format_reason(absence.value)}",
            }
        )
    return blocked


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
    found = auditing.audit_store(open_context(), is_quick=options.quick, is_full=options.full)
    if options.json:
        print_json(found)
    else:
        for fault in found.faults:
            # `mend` is also the key of `audit --json`.
            print(f"{fault.part}: {fault.where}: {fault.what}\n    → {fault.mend}")
        state = f"{len(found.faults)} faults" if found.faults else "no fault"
        print(f"{found.events} events, {found.submissions} submissions, {found.files} originals: {state}")
        if found.read_since and not options.quick:
            print(
                f"files judged up to event {found.read_since} were read by an earlier audit; --full reads all"
            )
        print(f"head of the chain: {found.head}")
    return 1 if found.faults else 0


def run_rebuild(options: argparse.Namespace) -> int:
    """`chuyenhoa rebuild`: 0 with equal results, 1 when files say otherwise today, 2 when it cannot be."""
    try:
        rebuilt = rebuilding.rebuild_store(open_context(), options.into)
    # A target that is not empty, or a damaged journal or archive: nothing was compared, so 2 and not 1.
    except rebuilding.RebuildError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json(rebuilt)
    else:
        for difference in rebuilt.differences:
            print(difference)
        state = f"{len(rebuilt.differences)} differ" if rebuilt.differences else "all as when they came"
        print(f"{rebuilt.submissions} submissions, {rebuilt.events} events written again: {state}")
    return 1 if rebuilt.differences else 0
