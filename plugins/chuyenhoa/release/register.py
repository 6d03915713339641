"""The register of documents: which numbers are taken."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from chuyenhoa.release.decision import DecisionError
from chuyenhoa.store.documents import list_documents
from chuyenhoa.store.tables import DocumentRow


def check_number(session: Session, row: DocumentRow, number: str, day: date) -> None:
    """Refuse a number that another document of the year carries; a new version gets one of its own.

    Raises:
        DecisionError: naming the document that has the number.
    """
    for other in list_documents(session):
        if other.id != row.id and other.number == number and other.date[:4] == str(day.year):
            raise DecisionError(
                f"Số {number} năm {day.year} đã dùng cho văn bản {other.id}; hãy cấp số khác."
            )
