"""Approval by file: hands out a form for every draft, and takes in those that the office filled in."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock, confined
from chuyenhoa.intake.inbox import Drop, OpenDrop, logged, look_for_stable, open_drop, readable
from chuyenhoa.pipeline.decisions import decide, read_for
from chuyenhoa.pipeline.drafts import DraftError, is_numbered, office_texts, proposed_signer, read_draft
from chuyenhoa.pipeline.issuing import issue_documents
from chuyenhoa.pipeline.remarks import compare_with_remarks
from chuyenhoa.pipeline.workplace import Workplace, open_workplace, write_file
from chuyenhoa.release import APPROVE, RETURN, DecisionError, Remark
from chuyenhoa.release.forms import Answered, Asked, listed, write_form
from chuyenhoa.store.archive import archive_bytes
from chuyenhoa.store.documents import UNDECIDED, DocumentState
from chuyenhoa.store.office_tables import ApprovalFormRow
from chuyenhoa.store.tables import DocumentRow

logger = logging.getLogger(__name__)

OPEN, USED, REPLACED = "open", "used", "replaced"
PREFIX = "PHIEU-DUYET-"
ANSWER_PREFIX = "TRA-LOI-"
CODE_BYTES = 20
LARGEST = 2_000_000
"""Bytes that a form may have; one that was filled in has about 10 000."""
READ = confined.Task(
    "chuyenhoa.release.forms:read_form", limits=confined.Limits(cpu_seconds=10, wall_seconds=30)
)
PRIVATE = 0o640
"""A form carries a code that decides: it is for its owner and the group of the data folder alone."""


@dataclass(frozen=True)
class Taken:
    """What became of one file of the office's inbox."""

    file: str
    is_recorded: bool
    answer: str
    """What was said about it, in Vietnamese; the file of the answer holds the same."""
    documents: tuple[str, ...] = ()
    issued: tuple[str, ...] = field(default=())


class FormError(RuntimeError):
    """We failed on forms that stay in the office's inbox; the text names them."""


class _RefusedError(Exception):
    """A form that is not recorded; the text (Vietnamese) says why."""


def ask_office(document_ids: Sequence[str]) -> list[str]:
    """Put drafts to the office: a form beside each of them; a returned one is open again.

    Returns:
        The ids of those that await a decision.
    """
    place = open_workplace()
    awaiting = []
    with place.store.writing() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            if row.state not in UNDECIDED:
                continue
            row.state = DocumentState.DRAFT.value
            _hand_out(place, session, row)
            awaiting.append(row.id)
    return awaiting


def _hand_out(place: Workplace, session: Session, row: DocumentRow) -> None:
    """Write a form for a draft, unless an unused one lies beside it."""
    documents = listed([(row.id, row.draft_sha256)])
    query = select(ApprovalFormRow).where(ApprovalFormRow.milestone == row.milestone)
    for form in session.scalars(query.where(ApprovalFormRow.state == OPEN)):
        lying = place.settings.data / form.path
        if form.documents == documents and _hash_of(lying) == form.file_sha256:
            return
        is_older = session.get(DocumentRow, json.loads(form.documents)[0][0])
        if form.documents == documents or is_older is None or is_older.state == DocumentState.SUPERSEDED:
            form.state, form.closed_at = REPLACED, clock.now().isoformat()
            lying.unlink(missing_ok=True)
    code = secrets.token_hex(CODE_BYTES)
    asked = Asked(
        code=code,
        period=place.period(row.milestone).label,
        drafts=((row.id, row.draft_path, row.draft_sha256),),
        signer=proposed_signer(place, row),
        notes=tuple(compare_with_remarks(place, session, row)),
        is_numbered=is_numbered(place, row),
    )
    content = write_form(asked, office_texts(place), clock.now())
    stem = PurePosixPath(row.draft_path)
    path = str(stem.with_name(f"{PREFIX}{stem.stem}.xlsx"))
    (answered,) = confined.call_all(READ, [(content,)])
    session.add(
        ApprovalFormRow(
            code_sha256=_digest(code),
            milestone=row.milestone,
            documents=documents,
            path=path,
            file_sha256=hashlib.sha256(content).hexdigest(),
            seal=answered.seal,
            state=OPEN,
            created_at=clock.now().isoformat(),
        )
    )
    write_file(place.settings.data / path, content)
    (place.settings.data / path).chmod(PRIVATE)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def take_forms() -> list[Taken]:
    """Take the filled-in forms out of `office/inbox/`: record, issue what was approved, answer each.

    The answer to every file lies in `office/outbox/`, with the file itself where it was refused. One process
    at a time does so; a file that still grows is left for the next pass.

    Raises:
        FormError: we failed on forms, which stay in the inbox; the others were taken.
    """
    place = open_workplace()
    with place.store.only_one("office"):
        place.settings.office_inbox.mkdir(parents=True, exist_ok=True)
        look = look_for_stable(place.settings.office_inbox, place.settings.settle_seconds)
        taken, failed = [], []
        for drop in look.drops:
            try:
                with open_drop(place.settings.office_inbox, drop) as file:
                    taken.append(_take(place, drop, file))
            except FileNotFoundError:  # gone, or changed since the look
                continue
            except Exception as error:  # our fault on one form holds up no other
                logger.exception("form %r could not be taken", logged(drop.name))
                failed.append(f"{logged(drop.name)}: {error}")
    logger.info("%d forms taken, %d recorded", len(taken), sum(entry.is_recorded for entry in taken))
    if failed:
        raise FormError("These forms stay in the inbox: " + "; ".join(failed))
    return taken


def _take(place: Workplace, drop: Drop, file: OpenDrop) -> Taken:
    texts = office_texts(place)
    name = readable(drop.name)
    with os.fdopen(os.dup(file.descriptor), "rb") as stream:
        content = stream.read(LARGEST + 1)
    try:
        documents, said = _record(place, content, texts)
    except _RefusedError as refused:
        taken = Taken(name, False, texts["answer_refused"].format(file=name, reason=refused))
        kept = place.settings.office_outbox / f"{_stamp(content)}-{name}"
        write_file(kept, content[:LARGEST])
    else:
        taken = _issue(place, Taken(name, True, said, documents), texts)
    stem = f"{ANSWER_PREFIX}{_stamp(content)}-{Path(name).stem}"
    names = (f"{stem}{f'-{number}' if number > 1 else ''}.txt" for number in itertools.count(1))
    paths = (place.settings.office_outbox / entry for entry in names)
    answer = next(path for path in paths if not path.exists())
    write_file(answer, f"{taken.answer}\n".encode())
    file.remove()
    return taken


def _stamp(content: bytes) -> str:
    return f"{clock.now():%Y%m%d-%H%M%S}-{hashlib.sha256(content).hexdigest()[:6]}"


def _record(place: Workplace, content: bytes, texts: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Record the decision of a form; the documents and what to say.

    Raises:
        _RefusedError: it is no form of ours, was used, altered or overtaken, or lacks something.
    """
    answered = _read(content, texts)
    with place.store.writing() as session:
        form = session.get(ApprovalFormRow, _digest(answered.code))
        _check_form(form, answered, texts)
        if form is None:  # _check_form refused it
            raise _RefusedError(texts["refused_unknown"])
        rows = _rows_of(place, session, form, texts)
        choice = {texts["approve"]: APPROVE, texts["return"]: RETURN}
        fields = answered.fields
        raw = {
            **{key: fields.get(key, "") for key in ("number", "date", "signer", "comment", "by")},
            "chosen": choice.get(fields.get("decision", "").strip(), ""),
            "returns": [Remark(*entry) for entry in answered.remarks],
        }
        if raw["by"]:
            raw["by"] = texts["by_form"].format(by=raw["by"])
        try:
            decision = read_for(place, rows, raw)
            decide(place, session, rows, decision)
        except (DecisionError, DraftError) as error:
            # Nothing was written: the same form may be corrected and dropped again.
            raise _RefusedError(str(error)) from error
        form.state, form.closed_at = USED, clock.now().isoformat()
        form.answer_sha256 = archive_bytes(place.settings.archive, content)[0]
    names = tuple(row.id for row in rows)
    said = texts["answer_recorded"].format(
        decision=fields["decision"].strip(), by=fields["by"], documents=", ".join(names)
    )
    (place.settings.data / form.path).unlink(missing_ok=True)
    return names, said


def _read(content: bytes, texts: Mapping[str, str]) -> Answered:
    if len(content) > LARGEST:
        raise _RefusedError(texts["refused_unreadable"])
    (outcome,) = confined.call_all(READ, [(content,)])
    if isinstance(outcome, confined.FaultError):
        raise outcome
    if isinstance(outcome, confined.Death) or outcome.fault or not outcome.code:
        raise _RefusedError(texts["refused_unreadable"])
    answered: Answered = outcome
    return answered


def _check_form(form: ApprovalFormRow | None, answered: Answered, texts: Mapping[str, str]) -> None:
    """Refuse a code that is unknown, used or replaced, and a form whose other cells were changed."""
    if form is None:
        raise _RefusedError(texts["refused_unknown"])
    if form.state == USED:
        raise _RefusedError(texts["refused_used"].format(at=form.closed_at[:16].replace("T", " ")))
    if form.state != OPEN:
        raise _RefusedError(texts["refused_replaced"])
    if not secrets.compare_digest(form.seal, answered.seal):
        raise _RefusedError(texts["refused_altered"])


def _rows_of(
    place: Workplace, session: Session, form: ApprovalFormRow, texts: Mapping[str, str]
) -> list[DocumentRow]:
    """The drafts of a form, none of which may have been decided, replaced or changed meanwhile."""
    rows = []
    for name, sha256 in json.loads(form.documents):
        row = session.get_one(DocumentRow, name)
        why = ""
        if row.state == DocumentState.SUPERSEDED:
            why = texts["stale_superseded"].format(document=name)
        elif row.state != DocumentState.DRAFT:
            why = texts["stale_decided"].format(document=name, state=row.state, by=row.decided_by)
        elif row.draft_sha256 != sha256 or _is_spoiled(place, row):
            why = texts["stale_changed"].format(document=name)
        if why:
            raise _RefusedError(texts["refused_stale"].format(detail=why))
        rows.append(row)
    return rows


def _is_spoiled(place: Workplace, row: DocumentRow) -> bool:
    try:
        read_draft(place.settings.data, row)
    except DraftError:
        return True
    return False


def _issue(place: Workplace, taken: Taken, texts: Mapping[str, str]) -> Taken:
    """Issue what a form approved; what blocks the issue is said, and the approval stands."""
    try:
        paths = tuple(issue_documents(taken.documents))
    except DraftError as error:
        said = f"{taken.answer}\n{texts['answer_blocked'].format(reason=error)}"
        return Taken(taken.file, True, said, taken.documents)
    said = taken.answer + (f"\n{texts['answer_issued'].format(paths=', '.join(paths))}" if paths else "")
    return Taken(taken.file, True, said, taken.documents, paths)
