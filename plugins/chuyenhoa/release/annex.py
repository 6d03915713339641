"""The annex workbook of a hand-over: all figures, declarations, results and sources of a snapshot."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

Sheet = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
SOURCE = ("file_name", "sha256", "sheet", "cell")


def write_annex(snapshot: Mapping[str, Any]) -> bytes:
    """The annex as an .xlsx; the same snapshot gives the same bytes.

    Every text is written as a text: what a submitter typed never becomes a formula or a link. A figure is
    a number where Excel holds it exactly.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    created = datetime.fromisoformat(str(snapshot["frozen_at"])).replace(tzinfo=None)
    book.set_properties({"created": created, "title": str(snapshot["period"]["label"])})
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
    head = book.add_format({**base, "bold": True, "border": 1, "text_wrap": True})
    cell = book.add_format({**base, "border": 1})
    for name, columns, rows in _sheets(snapshot):
        sheet = book.add_worksheet(name)
        for column, title in enumerate(columns):
            sheet.set_column(column, column, 20)
            sheet.write_string(0, column, title, head)
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values):
                _write(sheet, row, column, value, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    book.close()
    return stream.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, column, str(value).lower(), style)
    elif isinstance(value, int) and abs(value) < 10**15:
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _sheets(snapshot: Mapping[str, Any]) -> Iterator[Sheet]:
    names = {entry["code"]: entry["name"] for entry in snapshot["localities"]}
    yield (
        "results",
        ("locality", "name", "criterion", "verdict", "reason", "formula"),
        [
            (entry["code"], entry["name"], r["criterion"], r["verdict"], r["reason"], r["formula"])
            for entry in snapshot["localities"]
            for r in entry["criteria"]
        ],
    )
    yield (
        "verdicts",
        ("locality", "name", "submitter", "verdict"),
        [(e["code"], e["name"], e["submitter"], e["verdict"]) for e in snapshot["localities"]],
    )
    yield (
        "figures",
        ("locality", "name", "indicator", "window", "value", *SOURCE),
        [
            (
                e["locality"],
                names.get(e["locality"]),
                e["indicator"],
                e["basis"],
                _number(e["value"]),
                *_source(e),
            )
            for e in snapshot["figures"]
        ],
    )
    said = ("answer", "document_number", "document_date", "note")
    yield (
        "declarations",
        ("locality", "name", "criterion", *said, *SOURCE),
        [
            (e["locality"], names.get(e["locality"]), e["criterion"], *(e[n] for n in said), *_source(e))
            for e in snapshot["declarations"]
        ],
    )
    fields = ("id", "submitter", "version", "status", "file_name", "sha256", "received_at", "is_late")
    yield (
        "sources",
        fields,
        [tuple(entry[name] for name in fields) for entry in snapshot["submissions"]],
    )


def _number(value: Any) -> Any:
    """A whole number as one; money with decimals stays the exact text that it is."""
    text = str(value)
    return int(text) if value is not None and text.lstrip("-").isdigit() else value


def _source(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    source = entry.get("source") or {}
    return tuple(source.get(name) for name in SOURCE)
