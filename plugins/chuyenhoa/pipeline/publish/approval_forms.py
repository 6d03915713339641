"""Approval by file: a form beside each draft, with a code that decides once, and what comes back filled in.

`ask_office` hands the forms out; `take_forms` takes the filled ones in, records what they decide, issues what
they approve and answers each.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock, reporting
from chuyenhoa.intake.inbox import scan
from chuyenhoa.kit import sandbox
from chuyenhoa.pipeline.context import Context, call_confined, open_context, write_file
from chuyenhoa.pipeline.publish import drafts, issuing, office_queries
from chuyenhoa.release import forms
from chuyenhoa.release.decision import APPROVE, RETURN, DecisionError, OfficeQuery
from chuyenhoa.store import archive, tables
from chuyenhoa.store.documents import UNDECIDED, DocumentState, load_documents

logger = logging.getLogger(__name__)

OPEN, USED, REPLACED = "open", "used", "replaced"
PREFIX = "PHIEU-DUYET-"
CODE_BYTES = 20
READ = sandbox.Task(
    "chuyenhoa.release.forms:read_form", limits=sandbox.Limits(cpu_seconds=10, wall_seconds=30)
)
PRIVATE = 0o640
"""A form carries a code that decides: it is for its owner and the group of the data folder alone."""
ANSWER_PREFIX = "TRA-LOI-"
MAX_FORM_BYTES = 2_000_000
"""Bytes that a form may have; one that was filled in has about 10 000."""
MAX_NAME_LENGTH = 180
"""Bytes of a dropped file's name that its answer repeats."""


def ask_office(document_ids: Sequence[str]) -> list[str]:
    """Ask the office about drafts: a form beside each of them; a returned one is open again.

    Returns:
        The ids of those that await a decision.
    """
    ctx = open_context()
    awaiting = []
    with ctx.store.writing() as session:
        for name in document_ids:
            row = session.get_one(tables.DocumentRow, name)
            if row.state not in UNDECIDED:
                continue
            row.state = DocumentState.DRAFT.value
            _hand_out(ctx, session, row)
            awaiting.append(row.id)
    return awaiting


def _hand_out(ctx: Context, session: Session, row: tables.DocumentRow) -> None:
    """Write a form for a draft, unless an unused one lies beside it."""
    documents = forms.listed([(row.id, row.draft_sha256)])
    query = select(tables.ApprovalFormRow).where(tables.ApprovalFormRow.milestone == row.milestone)
    for form in session.scalars(query.where(tables.ApprovalFormRow.state == OPEN)):
        lying = ctx.settings.data / form.path
        # A cleared task asks again; the code in a form that was handed out must stay good.
        if form.documents == documents and _hash_of(lying) == form.file_sha256:
            return  # the office may be filling it in
        is_older = session.get(tables.DocumentRow, json.loads(form.documents)[0][0])
        if form.documents == documents or is_older is None or is_older.state == DocumentState.SUPERSEDED:
            form.state, form.closed_at = REPLACED, clock.now().isoformat()
            lying.unlink(missing_ok=True)
    # 160 random bits; the store keeps the hash alone, so who reads the store cannot fill in a form.
    code = secrets.token_hex(CODE_BYTES)
    asked = forms.Asked(
        code=code,
        period=ctx.period(row.milestone).label,
        drafts=((row.id, row.draft_path, row.draft_sha256),),
        signer=drafts.proposed_signer(ctx, row),
        notes=tuple(office_queries.note_for_decision(ctx, session, row)),
        is_numbered=drafts.is_numbered(ctx, row),
    )
    content = forms.write_form(asked, drafts.office_texts(ctx), clock.now())
    stem = PurePosixPath(row.draft_path)
    path = str(stem.with_name(f"{PREFIX}{stem.stem}.xlsx"))
    (answered,) = call_confined(READ, [(content,)])
    session.add(
        tables.ApprovalFormRow(
            code_sha256=digest(code),
            milestone=row.milestone,
            documents=documents,
            path=path,
            file_sha256=hashlib.sha256(content).hexdigest(),
            seal=answered.seal,
            state=OPEN,
            created_at=clock.now().isoformat(),
        )
    )
    write_file(ctx.settings.data / path, content)
    (ctx.settings.data / path).chmod(PRIVATE)


def digest(code: str) -> str:
    """What the store keeps of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@dataclass(frozen=True)
class Taken:
    """What became of one file of the office's inbox."""

    file: str
    is_recorded: bool
    answer: str
    """What was said about it, in Vietnamese; the file of the answer holds the same."""
    documents: tuple[str, ...] = ()
    issued: tuple[str, ...] = ()


class FormError(RuntimeError):
    """We failed on forms that stay in the office's inbox; the text names them."""


class _RefusedError(Exception):
    """A form that is not recorded; the text (Vietnamese) says why."""


def take_forms() -> list[Taken]:
    """Take the filled-in forms out of `office/inbox/`: record, issue what was approved, answer each.

    The answer to every file lies in `office/outbox/`, with the file itself where it was refused. One process
    at a time does so; a file that still grows is left for the next pass.

    Raises:
        FormError: we failed on forms, which stay in the inbox; the others were taken.
    """
    ctx = open_context()
    # Two passes at once would answer one form twice.
    with ctx.store.only_one("office"):
        ctx.settings.office_inbox.mkdir(parents=True, exist_ok=True)
        look = scan.look_for_stable(ctx.settings.office_inbox, ctx.settings.settle_seconds)
        taken, failed = [], []
        for drop in look.drops:
            try:
                with scan.open_drop(ctx.settings.office_inbox, drop) as file:
                    taken.append(_take(ctx, drop, file))
            except FileNotFoundError:  # gone, or changed since the look
                continue
            except Exception as error:  # our fault on one form holds up no other
                logger.exception("form %r could not be taken", scan.logged(drop.name))
                failed.append(f"{scan.logged(drop.name)}: {error}")
    logger.info("%d forms taken, %d recorded", len(taken), sum(entry.is_recorded for entry in taken))
    if failed:
        raise FormError("These forms stay in the inbox: " + "; ".join(failed))
    return taken


def _take(ctx: Context, drop: scan.Drop, file: scan.OpenDrop) -> Taken:
    texts = drafts.office_texts(ctx)
    name = scan.readable(drop.name)
    with os.fdopen(os.dup(file.descriptor), "rb") as stream:
        # One byte more than allowed tells that it is too large, whatever was dropped.
        content = stream.read(MAX_FORM_BYTES + 1)
    try:
        documents, said = _record(ctx, content, texts)
    except _RefusedError as refused:
        taken = Taken(
            name, is_recorded=False, answer=texts["answer_refused"].format(file=name, reason=refused)
        )
        kept = ctx.settings.office_outbox / _fit(f"{_stamp(content)}-{name}")
        write_file(kept, content[:MAX_FORM_BYTES])
        # It carries the code still: refused for a missing field, it may be corrected and dropped again.
        kept.chmod(PRIVATE)
    else:
        taken = _issue(Taken(name, is_recorded=True, answer=said, documents=documents), texts)
    stem = _fit(f"{ANSWER_PREFIX}{_stamp(content)}-{Path(name).stem}")
    # Two drops of one name in one second must not overwrite each other's answer.
    names = (f"{stem}{f'-{number}' if number > 1 else ''}.txt" for number in itertools.count(1))
    paths = (ctx.settings.office_outbox / entry for entry in names)
    answer = next(path for path in paths if not path.exists())
    write_file(answer, f"{taken.answer}\n".encode())
    # Last: a crash before leaves the form in the inbox, and the next pass finds its decision unfinished.
    file.remove()
    return taken


def _fit(name: str) -> str:
    """A file name that every file system takes, with what is written before and behind it."""
    stem, suffix = name[: -len(Path(name).suffix) or None], Path(name).suffix[:10]
    return stem.encode()[:MAX_NAME_LENGTH].decode(errors="ignore") + suffix


def _stamp(content: bytes) -> str:
    return f"{clock.now():%Y%m%d-%H%M%S}-{hashlib.sha256(content).hexdigest()[:6]}"


def _record(ctx: Context, content: bytes, texts: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Record the decision of a form; the documents and what to say.

    Raises:
        _RefusedError: it is no form of ours, was used, altered or overtaken, or lacks something.
    """
    answered = _read(content, texts)
    with ctx.store.writing() as session:
        form = session.get(tables.ApprovalFormRow, digest(answered.code))
        unfinished = _find_unfinished(session, form, content)
        if unfinished:
            return unfinished, _format_recorded(answered, unfinished, texts)
        _check_form(form, answered, texts)
        if form is None:  # _check_form refused it
            raise _RefusedError(texts["refused_unknown"])
        rows = _rows_of(ctx, session, form, texts)
        choice = {texts["approve"]: APPROVE, texts["return"]: RETURN}
        fields = answered.fields
        raw = {
            **{key: fields.get(key, "") for key in ("number", "date", "signer", "comment", "by")},
            "chosen": choice.get(fields.get("decision", "").strip(), ""),
            "returns": [OfficeQuery(*entry) for entry in answered.queries],
        }
        # A name typed into a form is no account: the register says which of the two ways it was.
        if raw["by"]:
            raw["by"] = texts["by_form"].format(by=raw["by"])
        try:
            decision = issuing.read_for(ctx, rows, raw)
            issuing.decide(ctx, session, rows, decision)
        except (DecisionError, drafts.DraftError) as error:
            # Nothing was written: the same form may be corrected and dropped again.
            why = str(error) if isinstance(error, DecisionError) else drafts.format_block_reason(texts, error)
            raise _RefusedError(why) from error
        form.state, form.closed_at = USED, clock.now().isoformat()
        form.answer_sha256 = archive.archive_bytes(ctx.settings.archive, content)[0]
    names = tuple(row.id for row in rows)
    (ctx.settings.data / form.path).unlink(missing_ok=True)
    return names, _format_recorded(answered, names, texts)


def _find_unfinished(
    session: Session, form: tables.ApprovalFormRow | None, content: bytes
) -> tuple[str, ...]:
    """What a form approved when we died before it was issued: the very same bytes lie in the inbox again."""
    if form is None or form.state != USED or form.answer_sha256 != hashlib.sha256(content).hexdigest():
        return ()
    names = tuple(name for name, _ in json.loads(form.documents))
    states = {row.state for row in load_documents(session, names)}
    return names if DocumentState.APPROVED in states else ()


def _format_recorded(answered: forms.Answered, documents: Sequence[str], texts: Mapping[str, str]) -> str:
    fields = answered.fields
    return texts["answer_recorded"].format(
        decision=fields["decision"].strip(), by=fields["by"], documents=", ".join(documents)
    )


def _read(content: bytes, texts: Mapping[str, str]) -> forms.Answered:
    if len(content) > MAX_FORM_BYTES:
        raise _RefusedError(texts["refused_unreadable"])
    # Anybody who reaches the office's inbox may have written the file, so a confined process reads it.
    (outcome,) = call_confined(READ, [(content,)])
    if isinstance(outcome, sandbox.FaultError):
        raise outcome
    if isinstance(outcome, sandbox.Death) or outcome.fault or not outcome.code:
        raise _RefusedError(texts["refused_unreadable"])
    answered: forms.Answered = outcome
    return answered


def _check_form(
    form: tables.ApprovalFormRow | None, answered: forms.Answered, texts: Mapping[str, str]
) -> None:
    """Refuse a code that is unknown, used or replaced, and a form whose other cells were changed."""
    if form is None:
        raise _RefusedError(texts["refused_unknown"])
    if form.state == USED:
        raise _RefusedError(texts["refused_used"].format(at=form.closed_at[:16].replace("T", " ")))
    if form.state != OPEN:
        raise _RefusedError(texts["refused_replaced"])
    # The seal covers every cell that is no answer: a form about another draft cannot be made from this one.
    if not secrets.compare_digest(form.seal, answered.seal):
        raise _RefusedError(texts["refused_altered"])


def _rows_of(
    ctx: Context, session: Session, form: tables.ApprovalFormRow, texts: Mapping[str, str]
) -> list[tables.DocumentRow]:
    """The drafts of a form, none of which may have been decided, replaced or changed meanwhile."""
    rows = []
    for name, sha256 in json.loads(form.documents):
        row = session.get_one(tables.DocumentRow, name)
        why = ""
        if row.state == DocumentState.SUPERSEDED:
            why = texts["stale_superseded"].format(document=name)
        elif row.state != DocumentState.DRAFT:
            state = texts[f"decided_{row.state}"]
            why = texts["stale_decided"].format(document=name, state=state, by=row.decided_by)
        elif row.draft_sha256 != sha256 or _is_spoiled(ctx, row):
            why = texts["stale_changed"].format(document=name)
        if why:
            raise _RefusedError(texts["refused_stale"].format(detail=why))
        rows.append(row)
    return rows


def _is_spoiled(ctx: Context, row: tables.DocumentRow) -> bool:
    try:
        drafts.read_draft(ctx.settings.data, row)
    except drafts.DraftError:
        return True
    return False


def _issue(taken: Taken, texts: Mapping[str, str]) -> Taken:
    """Issue what a form approved; what blocks the issue goes into the answer, and the approval is kept."""
    try:
        paths = tuple(issuing.issue_documents(taken.documents))
    except (drafts.DraftError, reporting.RenderError) as error:
        logger.warning("%s is approved and was not issued: %s", ", ".join(taken.documents), error)
        blocked = texts["answer_blocked"].format(reason=drafts.format_block_reason(texts, error))
        return replace(taken, answer=f"{taken.answer}\n{blocked}")
    said = taken.answer + (f"\n{texts['answer_issued'].format(paths=', '.join(paths))}" if paths else "")
    return replace(taken, answer=said, issued=paths)
