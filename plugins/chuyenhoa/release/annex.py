"""The annex workbook of a hand-over: all figures, declarations, results and sources of a snapshot."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

Sheet = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
SOURCE = ("file_name", "sha256", "sheet", "cell")
WIDTHS: Mapping[str, int] = {
    "name": 26,
    "label": 44,
    "submitter": 34,
    "formula": 34,
    "reason": 34,
    "file_name": 40,
    "sha256": 66,
    "note": 40,
}
"""In characters; others have 16."""


def write_annex(snapshot: Mapping[str, Any], texts: Mapping[str, str]) -> bytes:
    """The annex as an .xlsx; the same snapshot and texts give the same bytes.

    Every text is written as a text: what a submitter typed never becomes a formula or a link. A figure is
    a number where Excel holds it exactly.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    created = datetime.fromisoformat(str(snapshot["frozen_at"])).replace(tzinfo=None)
    book.set_properties({"created": created, "title": str(snapshot["period"]["label"])})
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
    head = book.add_format({**base, "bold": True, "border": 1, "text_wrap": True})
    cell = book.add_format({**base, "border": 1, "text_wrap": True})
    for name, columns, rows in _sheets(snapshot):
        sheet = book.add_worksheet(texts[f"annex_sheet_{name}"])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        for column, title in enumerate(columns):
            sheet.set_column(column, column, WIDTHS.get(title, 16))
            sheet.write_string(0, column, texts[f"annex_{title}"], head)
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values):
                _write(sheet, row, column, value, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    book.close()
    return stream.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None:  # missing, never 0
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int) and abs(value) < 10**15:  # Excel keeps 15 digits of a number
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


class _Words:
    """Codes of a snapshot in the words that it keeps."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        phrases = snapshot["phrases"]
        self.verdicts, self.reasons = phrases["verdicts"], phrases["reasons"]
        self.answers, self.windows = phrases["changes"]["answers"], phrases["changes"]["windows"]
        self.statuses = phrases["annexes"]["submissions"]["statuses"]
        self.names = {entry["code"]: entry["name"] for entry in snapshot["localities"]}
        self.submitters = {entry["code"]: entry["name"] for entry in snapshot["submitters"]}
        self.labels = {entry["code"]: entry["label"] for entry in snapshot["indicators"]}

    def reason(self, code: str | None) -> str:
        """Why there is no verdict; empty where there is one."""
        return str(self.reasons.get(code, self.reasons["other"])) if code else ""


def _sheets(snapshot: Mapping[str, Any]) -> Iterator[Sheet]:
    words = _Words(snapshot)
    yield (
        "results",
        ("locality", "name", "criterion", "verdict", "reason", "formula"),
        [
            (
                entry["code"],
                entry["name"],
                r["criterion"],
                words.verdicts[r["verdict"]],
                words.reason(r["reason"]),
                r["formula"],
            )
            for entry in snapshot["localities"]
            for r in entry["criteria"]
        ],
    )
    yield (
        "verdicts",
        ("locality", "name", "submitter", "verdict"),
        [
            (e["code"], e["name"], words.submitters.get(e["submitter"]), words.verdicts[e["verdict"]])
            for e in snapshot["localities"]
        ],
    )
    yield (
        "figures",
        ("locality", "name", "indicator", "label", "window", "value", *SOURCE),
        [
            (
                e["locality"],
                words.names.get(e["locality"]),
                e["indicator"],
                words.labels.get(e["indicator"]),
                words.windows[e["basis"]],
                _number(e["value"]),
                *_source(e),
            )
            for e in snapshot["figures"]
        ],
    )
    yield from _list_rest(snapshot, words)


def _list_rest(snapshot: Mapping[str, Any], words: _Words) -> Iterator[Sheet]:
    noted = list(_differences(snapshot))
    if noted:
        yield (
            "differences",
            ("locality", "name", "indicator", "label", "window", "note"),
            [
                (
                    code,
                    words.names.get(code),
                    indicator,
                    words.labels.get(indicator),
                    words.windows[window],
                    text,
                )
                for code, indicator, window, text in noted
            ],
        )
    said = ("document_number", "document_date", "note")
    yield (
        "declarations",
        ("locality", "name", "criterion", "answer", *said, *SOURCE),
        [
            (
                e["locality"],
                words.names.get(e["locality"]),
                e["criterion"],
                words.answers.get(e["answer"]),
                *(e[n] for n in said),
                *_source(e),
            )
            for e in snapshot["declarations"]
        ],
    )
    yield (
        "sources",
        ("id", "submitter", "version", "status", "file_name", "sha256", "received_at", "is_late"),
        [
            (
                e["id"],
                words.submitters.get(e["submitter"]),
                e["version"],
                words.statuses.get(e["status"], e["status"]),
                e["file_name"],
                e["sha256"],
                e["received_at"],
                words.answers["yes" if e["is_late"] else "no"],
            )
            for e in snapshot["submissions"]
        ],
    )


def _differences(snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The notes on two sources of a figure that differ: locality, indicator, window, text with both cells."""
    for key, text in snapshot["notes"].items():
        kind, *names = key.split(".")
        if kind == "difference":
            yield names[0], names[2], names[1], text
        elif kind == "restated":
            yield names[0], names[1], "baseline", text


def _number(value: Any) -> Any:
    """A whole number as one; money with decimals stays the exact text that it is."""
    text = str(value)
    return int(text) if value is not None and text.lstrip("-").isdigit() else value


def _source(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    source = entry.get("source") or {}
    return tuple(source.get(name) for name in SOURCE)
