"""Drafts as the office gets them: which of them wait for it, what it must know, and which failed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from sqlalchemy.orm import Session

from chuyenhoa import reporting
from chuyenhoa.model.board import Board, StandingAgency
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish.office_queries import note_for_decision
from chuyenhoa.plan.messages import load_texts
from chuyenhoa.reporting.papers.kinds import Destination, DocumentKind, Issuer
from chuyenhoa.store import documents, tables

logger = logging.getLogger(__name__)

REFUSAL_NOTE = "CHUA-GHI-NHAN-QUYET-DINH-{draft}.txt"
"""Stands beside a draft while the office's last answer on it could not be recorded."""
ERRORS_NOTE = "VAN-BAN-LOI.txt"
"""Stands beside the drafts of a milestone while one of its documents could not be produced."""
TRACKED_SUFFIX = "theo-doi-thay-doi"
LISTING_SUFFIX = "noi-dung-thay-doi"
UNKNOWN_NAME = "["
"""A signatory's name that begins so is a blank of the plan's data, to be filled in at the issue."""


class DraftError(RuntimeError):
    """A draft that must not go to the office; the text names the document and what is wrong with it."""

    def __init__(self, text: str, key: str = "", document: str = "") -> None:
        """Keep the text for engineers, and how the office is told.

        Args:
            text: what an engineer reads.
            key: of the sentence in `office.yaml` that the office reads instead.
            document: the name of the document in that sentence.
        """
        super().__init__(text)
        self.key = key
        self.document = document


def read_draft(data: Path, row: tables.DocumentRow) -> bytes:
    """The bytes of a draft, which must be those that were rendered.

    Raises:
        DraftError: when the file is missing or was changed.
    """
    path = data / row.draft_path
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != row.draft_sha256:
        state = "was changed after it was rendered" if content else "is missing"
        raise DraftError(
            f"{row.draft_path} {state}; clear the task render_drafts to write it again.",
            "blocked_draft",
            row.id,
        )
    return content


def format_block_reason(texts: Mapping[str, str], error: Exception) -> str:
    """Why a document is blocked, in the office's words; what only engineers can fix stays in theirs."""
    if isinstance(error, DraftError) and error.key:
        return texts[error.key].format(document=error.document)
    return texts["blocked_other"].format(detail=error)


def office_texts(ctx: Context) -> Mapping[str, str]:
    """The wording of forms, answers and notices."""
    return load_texts(ctx.settings.templates / "messages" / "office.yaml")


def kind_of(ctx: Context, row: tables.DocumentRow) -> DocumentKind | None:
    """The kind of a document; None for one that the list has no more."""
    return reporting.load_kinds(ctx.settings.templates).get(row.kind)


def issuer_of(ctx: Context, row: tables.DocumentRow) -> Board | StandingAgency:
    """Who issues a document: its signatory, deputy and recipients are that one's."""
    kind = kind_of(ctx, row)
    board = ctx.plan_of(row.milestone).board
    return board.agency if kind is not None and kind.issuer is Issuer.AGENCY else board


def proposed_signer(ctx: Context, row: tables.DocumentRow) -> str:
    """Who signs a document unless the office names somebody else; empty when the plan does not know."""
    # `[Họ và tên]` in plan.yaml: the office types the name when it approves.
    name = issuer_of(ctx, row).signatory.name
    return "" if name.startswith(UNKNOWN_NAME) else name


def propose_signer(document_ids: Sequence[str]) -> str:
    """Who signs these documents unless the office names somebody else; empty when they differ."""
    ctx = open_context()
    with ctx.store.reading() as session:
        names = {proposed_signer(ctx, row) for row in documents.load_documents(session, document_ids)}
    return names.pop() if len(names) == 1 else ""


def series_of(ctx: Context, row: tables.DocumentRow) -> str:
    """What stands behind a document's number, as in `BC-BCĐ`; the kind's name for one without a symbol."""
    kind = kind_of(ctx, row)
    if kind is None or not kind.symbol:
        return row.kind
    board = ctx.plan_of(row.milestone).board
    return kind.symbol.replace("{board}", board.symbol).replace("{agency}", board.agency.symbol)


def is_numbered(ctx: Context, row: tables.DocumentRow) -> bool:
    """Whether a document carries a number."""
    kind = kind_of(ctx, row)
    return kind is None or bool(kind.symbol)


def refusal_note(draft_path: str) -> PurePosixPath:
    """The path of the note on a draft's refused answer, relative to the data folder."""
    path = PurePosixPath(draft_path)
    return path.with_name(REFUSAL_NOTE.format(draft=path.stem))


def paper_path(draft_path: str, suffix: str) -> str:
    """Where a paper that goes with a draft lies: beside it, named after it."""
    path = PurePosixPath(draft_path)
    return str(path.with_name(f"{path.stem}-{suffix}.docx"))


def list_for_office(document_ids: Sequence[str]) -> list[list[str]]:
    """The documents that the office decides on, each in a list of its own: one question a document.

    Left out are drafts for submitters and papers that only go with others.
    """
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = documents.load_documents(session, document_ids)
    kinds = {row.id: kind_of(ctx, row) for row in rows}
    # A clerk takes numbers one by one, and a returned paper holds up no other (docs/decisions/0024). Sheets
    # of localities are evidence and are not approved one by one (docs/decisions/0025).
    return [[name] for name, kind in kinds.items() if kind is None or kind.goes_to is Destination.OFFICE]


def documents_awaiting(document_ids: Sequence[str]) -> list[str]:
    """The documents among these that the office has not approved; a returned one is put to it again."""
    return _in_state(document_ids, documents.UNDECIDED)


def drafts_open(document_ids: Sequence[str]) -> list[str]:
    """The documents among these on which nobody has decided since the office was asked."""
    return _in_state(document_ids, (documents.DocumentState.DRAFT,))


def _in_state(document_ids: Sequence[str], states: Sequence[documents.DocumentState]) -> list[str]:
    with open_context().store.reading() as session:
        rows = documents.load_documents(session, document_ids)
    return [row.id for row in rows if row.state in states]


def describe_drafts(document_ids: Sequence[str]) -> str:
    """What the office must know to decide, in Vietnamese markdown."""
    ctx = open_context()
    with ctx.store.reading() as session:
        return "\n\n".join(
            _describe(session, row, ctx) for row in documents.load_documents(session, document_ids)
        )


def _describe(session: Session, row: tables.DocumentRow, ctx: Context) -> str:
    period, kind = ctx.period(row.milestone), kind_of(ctx, row)
    signer = proposed_signer(ctx, row)
    notes = "".join(f"- {note}\n" for note in note_for_decision(ctx, session, row))
    return (
        f"**{kind.title if kind else row.kind}**, kỳ {period.label}, dự thảo lần {row.version}\n\n"
        f"- Tệp: `{row.draft_path}`\n{_name_papers(row, ctx)}"
        f"- sha256: `{row.draft_sha256}`\n- Số liệu chốt: `{row.snapshot}`\n"
        f"- Ký hiệu: `{series_of(ctx, row)}`" + (f"; người ký: {signer}" if signer else "") + f"\n{notes}\n"
        "Khi phê duyệt, điền **số văn bản**, **ngày ban hành** (dd/mm/yyyy) và **người ký**; "
        "khi trả lại, ghi rõ **lý do**, hoặc từng dòng `mã địa bàn mã tiêu chí: lý do`. "
        "Phiếu này hiện lại sau khi đã trả lời là câu trả lời chưa ghi nhận "
        f"được: lý do ở tệp `{refusal_note(row.draft_path).name}` cạnh dự thảo. "
        "Có thể duyệt bằng tệp `PHIEU-DUYET-….xlsx` cạnh dự thảo, thả vào `office/inbox/`."
    )


def _name_papers(row: tables.DocumentRow, ctx: Context) -> str:
    """The papers on what changed since the issued version, where there is one."""
    papers = (
        ("Nội dung thay đổi so với bản đã ban hành", LISTING_SUFFIX),
        ("Bản có theo dõi thay đổi (Track Changes)", TRACKED_SUFFIX),
    )
    paths = ((title, paper_path(row.draft_path, suffix)) for title, suffix in papers)
    return "".join(f"- {title}: `{path}`\n" for title, path in paths if (ctx.settings.data / path).exists())


def format_render_error(ctx: Context, kind: str, error: Exception) -> str:
    """Why a document of a kind cannot be produced, in the office's words.

    All that is wrong with its template is named, and not only what stopped it first.
    """
    name = f"{kind}.docx"
    path = ctx.settings.templates / "documents" / name
    if not path.exists():
        texts = load_texts(ctx.settings.templates / "messages" / "drafts.yaml")
        return texts["missing"].format(template=name)
    if not isinstance(error, reporting.RenderError):
        return str(error)
    found = [
        str(entry) for entry in reporting.check_template(path.read_bytes(), kind) if entry.severity == "error"
    ]
    return f"{name}: {'; '.join(found)}" if found else error.told


def write_errors_note(
    ctx: Context, milestone: str, errors: Mapping[documents.Subject, str], *, keep: bool
) -> None:
    """Write the note of a milestone, or take it away when nothing is wrong.

    Args:
        ctx: where the data lie.
        milestone: the milestone's id.
        errors: what is wrong, by document.
        keep: whether what the note says already stays in it.
    """
    texts = load_texts(ctx.settings.templates / "messages" / "drafts.yaml")
    path = _note_path(ctx, milestone)
    lines = _entries(path) if keep else []
    for subject, error in errors.items():
        logger.error("%s cannot be produced: %s", subject.name, error)
        kind = reporting.load_kinds(ctx.settings.templates).get(subject.kind)
        title = kind.title if kind is not None else subject.kind
        one_line = " ".join(error.split())
        lines.append(texts["entry"].format(title=title, name=subject.name, fault=one_line))
    if not lines:
        path.unlink(missing_ok=True)
        return
    head = texts["title"].format(period=ctx.period(milestone).label)
    write_file(path, "\n".join([head, "", *dict.fromkeys(lines), "", texts["advice"], ""]).encode())


def list_draft_errors(milestone: str) -> list[str]:
    """What is wrong with the documents of a milestone, a line each; () when all could be produced."""
    return _entries(_note_path(open_context(), milestone))


def _note_path(ctx: Context, milestone: str) -> Path:
    return ctx.settings.data / "office" / "drafts" / milestone / ERRORS_NOTE


def _entries(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
