"""What the office asks back about one locality and criterion, and what newer figures make of it."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.assessment.windows import finer_periods
from chuyenhoa.kit.mail import split_addresses
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.context import Context, write_file
from chuyenhoa.plan.messages import load_texts
from chuyenhoa.release.decision import Decision, DecisionError, OfficeQuery
from chuyenhoa.store import deliveries, documents, in_force, tables

QUERY_LETTER = "remark"  # the word of stores in use
"""The kind of the letters that ask a submitter."""
NOTICE = "YEU-CAU-LAM-RO-{name}.html"


def check_queries(plan: Plan, queries: Sequence[OfficeQuery]) -> None:
    """Refuse a return of what the plan does not have.

    Raises:
        DecisionError: naming the code.
    """
    for entry in queries:
        if entry.locality not in plan.locality_by_code:
            raise DecisionError(f"Không có địa bàn mã {entry.locality!r} trong kế hoạch.")
        if entry.criterion not in plan.criterion_by_code:
            raise DecisionError(f"Không có tiêu chí mã {entry.criterion!r} trong kế hoạch.")


def record_queries(ctx: Context, session: Session, row: tables.DocumentRow, decision: Decision) -> None:
    """Store what the office asks, and put it into each submitter's outbox and into the queue of letters.

    The notice is written before the store commits: one cut short is written again with the same content.
    """
    plan = ctx.plan_of(row.milestone)
    # A draft may be returned more than once: ids go on where the last return ended.
    count = len(list_queries(session, row.id))
    by_submitter: dict[str, list[tables.OfficeQueryRow]] = {}
    for number, entry in enumerate(decision.queries, start=count + 1):
        found = tables.OfficeQueryRow(
            id=f"{row.id}.r{number}",
            document=row.id,
            milestone=row.milestone,
            submitter=plan.locality_by_code[entry.locality].submitter,
            locality=entry.locality,
            criterion=entry.criterion,
            reason=entry.reason,
            asked_by=decision.by,
            asked_at=clock.now().isoformat(),
            notice="",
        )
        by_submitter.setdefault(found.submitter, []).append(found)
    for code, rows in by_submitter.items():
        submitter = plan.submitter_by_code[code]
        name = NOTICE.format(name=rows[0].id.replace(".", "-"))
        path = f"outbox/{submitter.folder}/{name}"
        for asked in rows:
            asked.notice = path
            session.add(asked)
        # A notice each for submitters and not for localities: nobody reads what another one is asked.
        write_file(ctx.settings.data / path, _page(ctx, rows).encode())
        subject = deliveries.Subject(QUERY_LETTER, rows[0].id, rows[0].asked_at)
        deliveries.enqueue(session, subject, split_addresses(submitter.email), clock.now())


def list_queries(session: Session, document: str) -> list[tables.OfficeQueryRow]:
    """What was returned by itself of a draft, in order."""
    rows = session.scalars(select(tables.OfficeQueryRow).where(tables.OfficeQueryRow.document == document))
    # By number: as text `r10` would come before `r2`.
    return sorted(rows, key=lambda row: int(row.id.rpartition(".r")[2]))


def describe_queries(ctx: Context, rows: Sequence[tables.OfficeQueryRow]) -> list[str]:
    """The notice to a submitter, a line a paragraph; the first is its title."""
    texts = load_texts(ctx.settings.templates / "messages" / "office.yaml")
    first = rows[0]
    plan, period = ctx.plan_of(first.milestone), ctx.period(first.milestone)
    lines = [
        texts["remark_title"],
        texts["remark_intro"].format(
            board=plan.board.short_name,
            submitter=plan.submitter_by_code[first.submitter].name,
            period=period.label,
        ),
    ]
    for row in rows:
        lines.append(
            texts["remark_line"].format(
                name=plan.locality_by_code[row.locality].name,
                locality=row.locality,
                criterion=row.criterion,
                title=plan.criterion_by_code[row.criterion].title,
                reason=row.reason,
            )
        )
    asked = f"{row.asked_at[11:16]} {row.asked_at[8:10]}/{row.asked_at[5:7]}/{row.asked_at[:4]}"
    return [*lines, texts["remark_what"], texts["remark_when"].format(by=first.asked_by, at=asked)]


def _page(ctx: Context, rows: Sequence[tables.OfficeQueryRow]) -> str:
    """The notice as a page that any browser and Word open."""
    title, *lines = (html.escape(line) for line in describe_queries(ctx, rows))
    body = "\n".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n{body}\n</body></html>\n"
    )


def note_for_decision(ctx: Context, session: Session, row: tables.DocumentRow) -> list[str]:
    """All that the office should know of a draft's figures and texts before it decides."""
    return [*compare_with_queries(ctx, session, row), *note_outdated_texts(ctx, session, row)]


def compare_with_queries(ctx: Context, session: Session, row: tables.DocumentRow) -> list[str]:
    """What changed in a draft against what the office asked: inside it, outside it, and still to come.

    Figures are compared with those of the last issued version, or of the version that was returned; nothing
    is said of a first draft that nobody returned.
    """
    before = _compared_with(session, row)
    if before is None:
        return []
    asked = {entry.locality for entry in list_queries(session, before.id)}
    if before.state != documents.DocumentState.ISSUED and not asked:
        return []
    # Without a return and without an issue nobody has seen the earlier draft: there is nothing to compare.
    contents = [
        json.loads(session.get_one(tables.SnapshotRow, name).content)
        for name in (before.snapshot, row.snapshot)
    ]
    changed = list_changed(*contents)
    texts = load_texts(ctx.settings.templates / "messages" / "office.yaml")
    names = {code: entry.name for code, entry in ctx.plan_of(row.milestone).locality_by_code.items()}
    groups = {"outside": changed - asked, "inside": changed & asked, "pending": asked - changed}
    return [
        texts[key].format(names=", ".join(f"{names.get(code, code)} ({code})" for code in sorted(codes)))
        for key, codes in groups.items()
        if codes
    ]


def note_outdated_texts(ctx: Context, session: Session, row: tables.DocumentRow) -> list[str]:
    """Texts of submitters in a draft that speak of figures which have changed since they were written."""
    plan, period = ctx.plan_of(row.milestone), ctx.period(row.milestone)
    texts = load_texts(ctx.settings.templates / "messages" / "office.yaml")
    periods = [*(entry.id for entry in finer_periods(plan, period)), period.id]
    # A month's text under a six-month report that has none is in force, but in no draft.
    printed = json.loads(session.get_one(tables.SnapshotRow, row.snapshot).content)["narratives"]
    found = [
        (text, count)
        for text, count in in_force.outdated_texts(session, plan, periods)
        if text.text.item in printed.get(text.submitter, {})
    ]
    files = in_force.load_files(session, (text.number for text, _ in found))
    items = {item.code: item.title for item in plan.narrative_items}
    return [
        texts["outdated_text"].format(
            item=items.get(text.text.item, text.text.item),
            submitter=plan.submitter_by_code[text.submitter].name,
            file=mask_personal(files[text.number].file_name),
            cell=f"{text.text.cell_ref.sheet}!{text.text.cell_ref.cell}",
            count=count,
        )
        for text, count in found
    ]


def _compared_with(session: Session, row: tables.DocumentRow) -> tables.DocumentRow | None:
    """The last version before a draft that the office issued or returned."""
    earlier = [
        other
        for other in documents.list_versions(session, documents.Subject(row.milestone, row.kind, row.about))
        if other.version < row.version
        and other.state in (documents.DocumentState.ISSUED, documents.DocumentState.RETURNED)
    ]
    return earlier[-1] if earlier else None


def list_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The localities of which any figure or declaration is another one in the later of two snapshots."""
    former, now = _by_locality(before), _by_locality(after)
    return {code for code in former.keys() | now.keys() if former.get(code) != now.get(code)}


def _by_locality(snapshot: Mapping[str, Any]) -> dict[str, dict[tuple[str, ...], Any]]:
    found: dict[str, dict[tuple[str, ...], Any]] = {}
    for entry in snapshot["figures"]:
        if entry["value"] is not None:
            figures = found.setdefault(entry["locality"], {})
            figures["figure", entry["indicator"], entry["basis"]] = entry["value"]
    for entry in snapshot["declarations"]:
        said = tuple(entry[name] for name in ("answer", "document_number", "document_date", "note"))
        found.setdefault(entry["locality"], {})["declaration", entry["criterion"]] = said
    return found
