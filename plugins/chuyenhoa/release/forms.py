"""The approval form: a workbook that the office fills in instead of answering on Airflow."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import xlsxwriter

INPUTS = ("decision", "number", "date", "signer", "comment", "by")
"""What is filled in, by the key that stands beside each row in a hidden column."""
QUERY_ROW = "remark"
MAX_QUERIES = 12
CODE = "code"
KEY_COLUMN = 5
MAX_ROWS = 600
MAX_CELLS = 50_000
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""No temporary file, and every text stays the text that it is."""


@dataclass(frozen=True)
class Asked:
    """What a form asks about."""

    code: str
    period: str
    drafts: tuple[tuple[str, str, str], ...]
    """Id, path and sha256 of each draft that is decided on."""
    signer: str
    notes: tuple[str, ...] = ()
    is_numbered: bool = True


@dataclass(frozen=True)
class Answered:
    """What came back: the code, the fields as text, what is returned by itself, and the seal of the rest."""

    code: str
    fields: Mapping[str, str]
    queries: tuple[tuple[str, str, str], ...]
    """Locality, criterion, reason."""
    seal: str
    fault: str = ""
    """Why it cannot be read; empty when it can."""


def write_form(asked: Asked, texts: Mapping[str, str], created: datetime) -> bytes:
    """The form as an .xlsx; only the answer cells are unlocked, the sheet has no password."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, PLAIN)
    book.set_properties({"created": created.replace(tzinfo=None), "title": texts["form_title"]})
    sheet = book.add_worksheet(texts["form_sheet"])
    styles = _styles(book)
    for row, (label, values, key) in enumerate(_rows(asked, texts)):
        if key in INPUTS:
            sheet.write_string(row, 0, label, styles["label"])
            sheet.write_string(row, 1, values[0], styles["input"])
            if key == "decision":
                choices = [texts["approve"], texts["return"]]
                sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": choices})
        elif key == QUERY_ROW:
            for column in range(3):
                sheet.write_blank(row, column, None, styles["input"])
        else:
            style = styles["title" if row == 0 else "label" if key else "hint"]
            for column, text in enumerate((label, *values)):
                sheet.write_string(row, column, text, style)
        sheet.write_string(row, KEY_COLUMN - 1, key, styles["key"])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 46)
    sheet.set_column(KEY_COLUMN - 1, KEY_COLUMN - 1, None, None, {"hidden": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    # No password: the lock keeps clerks from slips, the seal tells us of everything else.
    sheet.protect("", {"format_columns": True, "format_rows": True})
    book.close()
    return stream.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 13, "text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({**base, "bold": True, "text_wrap": False}),
        "hint": book.add_format({**base, "italic": True, "text_wrap": False}),
        "label": book.add_format({**base, "border": 1}),
        "input": book.add_format(
            {**base, "border": 1, "bg_color": "#FFF2CC", "locked": False, "num_format": "@"}
        ),
        "key": book.add_format({"font_color": "#FFFFFF"}),
    }


def _rows(asked: Asked, texts: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Label, further cells and key of every row."""
    yield texts["form_title"], (), "title"
    yield texts["form_hint"], (), ""
    yield texts["form_code"], (asked.code,), CODE
    yield texts["form_milestone"], (asked.period,), "period"
    for name, path, sha256 in asked.drafts:
        yield texts["form_document"], (name, path, sha256), "draft"
    for note in asked.notes:
        yield f"{texts['form_note']}: {note}", (), ""
    for key in INPUTS:
        label = texts["field_number_none" if key == "number" and not asked.is_numbered else f"field_{key}"]
        yield label, (asked.signer if key == "signer" else "",), key
    yield texts["remarks_title"], (), ""
    yield (
        texts["remarks_locality"],
        (texts["remarks_criterion"], texts["remarks_reason"]),
        "remarks",
    )
    for _ in range(MAX_QUERIES):
        yield "", (), QUERY_ROW


def read_form(content: bytes) -> Answered:
    """What a form says; called in a confined process, since anybody may have written the file."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever a spoiled file makes it raise
        return Answered("", {}, (), "", f"{type(error).__name__}: {error}"[:200])
    if len(book.sheetnames) != 1 or not hasattr(book.worksheets[0], "iter_rows"):
        return Answered("", {}, (), "", "other sheets")
    sheet = book.worksheets[0]
    if sheet.max_row > MAX_ROWS or sheet.max_row * sheet.max_column > MAX_CELLS:
        return Answered("", {}, (), "", "too large")
    found = _Found()
    for row in sheet.iter_rows(values_only=True):
        found.take([_text(value) for value in (*row, *[None] * KEY_COLUMN)[: max(len(row), KEY_COLUMN)]])
    return Answered(found.code, found.fields, tuple(found.queries), found.seal(book.sheetnames[0]))


class _Found:
    """What a form holds, row by row."""

    def __init__(self) -> None:
        self.code = ""
        self.fields: dict[str, str] = {}
        self.queries: list[tuple[str, str, str]] = []
        self._sealed: list[str] = []

    def take(self, cells: list[str]) -> None:
        """Read a row by the key in its hidden column; all that is no answer goes under the seal."""
        key = cells[KEY_COLUMN - 1]
        if key in INPUTS and key not in self.fields:
            self.fields[key], cells[1] = cells[1], ""
        elif key == QUERY_ROW:  # "30745 | II.2 | đối chiếu lại số vụ"
            if any(cells[:3]):
                self.queries.append((cells[0], cells[1], cells[2]))
            cells[:3] = ["", "", ""]
        elif key == CODE:
            self.code = cells[1]
        # Whoever saves the form may write more empty cells at the end of a row, or fewer.
        while cells and not cells[-1]:
            cells.pop()
        self._sealed.append(json.dumps(cells, ensure_ascii=False))

    def seal(self, name: str) -> str:
        """The sha256 over the sheet's name and all that must not change; empty rows at its end are none."""
        while self._sealed and self._sealed[-1] == "[]":
            self._sealed.pop()
        return hashlib.sha256("\n".join((name, *self._sealed)).encode()).hexdigest()


def _text(value: object) -> str:
    """A cell as text: whole numbers without decimals, dates as dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Excel writes a line break of a pasted text as `_x000D_` and a newline.
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").strip()


def warm_up() -> None:
    """Load all that reading needs, before the process may open no more files."""
    asked = Asked("x", "x", (("x", "x", "x"),), "")
    texts: Mapping[str, str] = _Echo()
    read_form(write_form(asked, texts, datetime(2021, 1, 1)))  # noqa: DTZ001 - a time for the file alone


class _Echo(dict[str, str]):
    """Texts that are their own keys."""

    def __missing__(self, key: str) -> str:
        return key


def listed(documents: Sequence[tuple[str, str]]) -> str:
    """Drafts with their sha256 as the store holds them; equal for the same drafts in any order."""
    return json.dumps(sorted(map(list, documents)), separators=(",", ":"))
