"""A file of decisions on localities, CSV or Excel: one row a locality, read whole or refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from chuyenhoa.cli.errors import UnusableError, read_given_file
from chuyenhoa.model.form import ANSWER, LOCALITY_CODE, REASON
from chuyenhoa.model.lifecycle import STATE_WORDS, State
from chuyenhoa.pipeline.assess.lifecycle import Act

STATE, NUMBER, DAY = "TRANG_THAI", "SO_QUYET_DINH", "NGAY_QUYET_DINH"
DECISIONS = {
    "met": State.RECOGNISED,
    "đạt": State.RECOGNISED,
    "not_met": State.NOT_RECOGNISED,
    "không đạt": State.NOT_RECOGNISED,
    "chưa đạt": State.NOT_RECOGNISED,
}
"""Words of column KET_QUA, and of --decision."""
STATES = {
    **{state.value: state for state in State},
    **{word: state for state, word in STATE_WORDS.items() if state is not None},
}
"""Words of column TRANG_THAI, and of --state."""


def read_day(text: str) -> date | None:
    """A date written dd/mm/yyyy or in ISO form; None when it is none."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a plain date has no zone
        except ValueError:
            continue
    return None


def read_acts(path: Path, number: str = "", day: str = "", state: State | None = None) -> list[Act]:
    """The decisions of a file; number and date given beside it hold where their cells are empty.

    Columns: MA_DIA_BAN; KET_QUA (Đạt, Chưa đạt) or TRANG_THAI; SO_QUYET_DINH, NGAY_QUYET_DINH, LY_DO.

    Raises:
        UnusableError: it cannot be read, or a row says no state that we know; every such row is named.
    """
    rows = list(_read_rows(path))
    if not rows:
        raise UnusableError(f"{path}: không có dòng nào.")
    header = [text.strip().upper() for text in rows[0][1]]
    if LOCALITY_CODE not in header:
        raise UnusableError(f"{path}: không có cột {LOCALITY_CODE} ở dòng đầu.")
    acts, faults = [], []
    for line, cells in rows[1:]:
        entry = dict(zip(header, (text.strip() for text in cells), strict=False))
        if not any(entry.values()):
            continue
        said = entry.get(ANSWER, "").casefold() or entry.get(STATE, "").casefold()
        reached = {**STATES, **DECISIONS}.get(said) if said else state
        code = entry.get(LOCALITY_CODE, "")
        if reached is None or not code:
            faults.append(f"{path}, dòng {line}: chưa rõ địa bàn {code!r} được quyết định thế nào ({said!r})")
            continue
        named, on = entry.get(NUMBER) or number, read_day(entry.get(DAY) or day)
        acts.append(Act(code, reached, named, on, entry.get(REASON, ""), f"dòng {line}, "))
    if faults or not acts:
        raise UnusableError("\n".join(faults) or f"{path}: không có quyết định nào.")
    return acts


def _read_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows of texts with their numbers, from 1."""
    content = read_given_file(path)
    if content.startswith(b"PK"):
        yield from enumerate(_read_sheet(path, content), 1)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableError(f"{path}: không phải tệp Excel hay CSV mã UTF-8.") from error
    first = text.partition("\n")[0]
    yield from enumerate(csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ","), 1)


def _read_sheet(path: Path, content: bytes) -> list[list[str]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UnusableError(f"{path}: không đọc được như một tệp Excel ({error}).") from error
    return [[_text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)
