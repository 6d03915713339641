"""The register of documents: which numbers are taken, and the register as a workbook."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.release.decision import DecisionError
from chuyenhoa.store.deliveries import DeliveryState
from chuyenhoa.store.documents import DocumentState, Subject, list_documents
from chuyenhoa.store.tables import DeliveryRow, DocumentRow, RegisterRow

ISSUED_LETTER = "issued"
"""The kind of the letters that bring issued documents to their recipients."""
COLUMNS = (
    ("number", "register_number", 15),
    ("date", "register_date", 11),
    ("title", "register_title_of", 20),
    ("about", "register_about", 12),
    ("version", "register_version", 6),
    ("supersedes", "register_supersedes", 15),
    ("signer", "register_signer", 15),
    ("approver", "register_approver", 16),
    ("recipients", "register_recipients", 30),
    ("sent", "register_sent", 20),
    ("sha256", "register_sha256", 18),
    ("path", "register_path", 20),
)
"""Field, text of its head, and width in characters."""
LINE = 15
"""Points that a line takes; not every program makes a row as high as its wrapped text."""


@dataclass(frozen=True)
class Entry:
    """One line of the register."""

    document: str
    number: str
    """With the symbol, as in `152/BC-BCĐ`; empty for a document without a number."""
    date: str
    """ISO."""
    title: str
    about: str
    version: int
    supersedes: str
    signer: str
    approver: str
    recipients: tuple[str, ...]
    sent: tuple[str, ...]
    """Addresses that have got it by e-mail."""
    sha256: str
    path: str
    milestone: str


def check_number(
    session: Session, row: DocumentRow, number: str, day: date, series_of: Callable[[DocumentRow], str]
) -> None:
    """Refuse a number that another document of the series and year carries.

    Every series (what stands behind the number, as in `QĐ-BCĐ`) has numbers of its own. A new version gets
    one of its own, unless the one before never went out.

    Raises:
        DecisionError: naming the document that has the number.
    """
    series = series_of(row)
    for other in list_documents(session):
        is_taken = other.number == number and other.date[:4] == str(day.year) and other.id != row.id
        if not is_taken or series_of(other) != series:
            continue
        # An approval that never went out: its number is free for the version that replaced it.
        if _subject(other) == _subject(row) and other.state == DocumentState.SUPERSEDED:
            continue
        raise DecisionError(
            f"Số {number}/{series} năm {day.year} đã dùng cho văn bản {other.id}; hãy cấp số khác."
        )


def _subject(row: DocumentRow) -> Subject:
    return Subject(row.milestone, row.kind, row.about)


def list_entries(
    session: Session, titles: Mapping[str, str], names: Mapping[str, str], milestone: str = ""
) -> list[Entry]:
    """The register, in order of series, year and number.

    Args:
        session: of the store.
        titles: what people call each kind of document.
        names: of localities and submitters by code.
        milestone: only its documents; all when empty.
    """
    query = select(RegisterRow, DocumentRow).join(DocumentRow, RegisterRow.document == DocumentRow.id)
    if milestone:
        query = query.where(DocumentRow.milestone == milestone)
    letters = session.scalars(select(DeliveryRow).where(DeliveryRow.kind == ISSUED_LETTER))
    sent: dict[str, list[str]] = {}
    for letter in letters:
        if letter.state == DeliveryState.SENT:
            sent.setdefault(letter.reference, []).append(letter.recipient)
    found = []
    for line, row in session.execute(query):
        found.append(
            Entry(
                document=row.id,
                number=f"{line.number}/{line.series}" if line.number else "",
                date=row.date,
                title=titles.get(row.kind, row.kind),
                about=names.get(row.about, row.about),
                version=row.version,
                supersedes=line.supersedes,
                signer=row.signer,
                approver=row.decided_by,
                recipients=tuple(json.loads(line.recipients)),
                sent=tuple(sorted(sent.get(row.id, ()))),
                sha256=row.issued_sha256,
                path=row.issued_path,
                milestone=row.milestone,
            )
        )
    return sorted(found, key=_order)


def _order(entry: Entry) -> tuple[Any, ...]:
    number, _, series = entry.number.partition("/")
    digits = int("".join(letter for letter in number if letter.isdigit()) or 0)
    return (series, entry.date[:4], digits, number, entry.document)


def write_register(entries: Sequence[Entry], texts: Mapping[str, str], created: datetime) -> bytes:
    """The register as an .xlsx of texts: equal arguments give equal bytes, and no cell is a formula."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": created.replace(tzinfo=None), "title": texts["register_title"]})
    sheet = book.add_worksheet(texts["register_sheet"])
    base = {"font_name": "Times New Roman", "font_size": 11, "text_wrap": True, "valign": "top"}
    head, cell = book.add_format({**base, "bold": True, "border": 1}), book.add_format({**base, "border": 1})
    for column, (_, text, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, texts[text], head)
    numbers = {
        entry.document: f"{entry.number or texts['no_number']}, {_show_day(entry)}" for entry in entries
    }
    for row, entry in enumerate(entries, start=1):
        fields = asdict(entry)
        fields["date"] = _show_day(entry)
        fields["number"] = entry.number or texts["no_number"]
        fields["supersedes"] = numbers.get(entry.supersedes, entry.supersedes)
        shown = ["\n".join(v) if isinstance(v, tuple) else str(v) for v in (fields[n] for n, _, _ in COLUMNS)]
        widths = [width for _, _, width in COLUMNS]
        sheet.set_row(row, LINE * max(map(_count_lines, shown, widths)))
        for column, text in enumerate(shown):
            sheet.write_string(row, column, text, cell)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    # As a register on paper: landscape A4, the head on every page.
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.5)
    sheet.set_header(f'&C&"Times New Roman,Bold"&14{texts["register_title"]}')
    sheet.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()


def _show_day(entry: Entry) -> str:
    return f"{date.fromisoformat(entry.date):%d/%m/%Y}" if entry.date else ""


def _count_lines(text: str, width: int) -> int:
    """How many lines a text takes in a column, on the safe side."""
    return sum(max(1, -(-len(line) // (width - 2))) for line in text.split("\n"))
