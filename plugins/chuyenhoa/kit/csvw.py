"""Tables as CSV (RFC 4180, UTF-8) with their description (CSV on the Web, W3C recommendations of 17/12/2015).

A reader that knows nothing of us learns from `metadata.json` what every column means, of which type it is,
which columns name a row, and by its sha256 whether a table is of the same export.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

METADATA = "metadata.json"
FORMULA_SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
"""With what a formula begins in Excel or LibreOffice; full-width signs count there as well."""
QUOTE = "'"

Value = str | int | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: its name in the header, what it is called, and its type in XML Schema's words."""

    name: str
    title: str
    datatype: str = "string"
    choices: tuple[str, ...] = ()
    """The only texts that may stand in it; any when empty."""
    required: bool = True
    """Whether every row has a value; an empty cell is a missing one."""


@dataclass(frozen=True)
class Table:
    """One CSV file; `key` names the columns that together name a row."""

    file_name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[tuple[tuple[str, ...], str], ...] = ()
    """Columns that name a row of another file, which has them as its key under the same names."""


def write_table(table: Table, rows: Iterable[Sequence[Value]]) -> bytes:
    """The CSV: one row for each of `rows`, under a header of the columns' names."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in rows:
        writer.writerow([_write(value) for value in row])
    return stream.getvalue().encode()


def _write(value: Value) -> str:
    if isinstance(value, str):
        return guard_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"  # never 1E+3, and no digit more or less than was stated
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def guard_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: `'=1+1`.

    A text that begins with the quote itself gets one more, so that `unguard_text` gives every text back.
    """
    begins = text.lstrip(" \u00a0")[:1] or text[:1]
    return QUOTE + text if begins and begins in FORMULA_SIGNS + QUOTE else text


def unguard_text(text: str) -> str:
    """The text that `guard_text` was given."""
    return text[1:] if text.startswith(QUOTE) else text


def describe_tables(title: str, language: str, contents: Mapping[Table, bytes]) -> bytes:
    """The description of some tables and of what was written of them, as `metadata.json`."""
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "@type": "TableGroup",
        "dc:title": title,
        "dc:language": language,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\r\n"]},
        "tables": [_describe(table, content) for table, content in contents.items()],
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _describe(table: Table, content: bytes) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "columns": [_describe_column(column) for column in table.columns],
        "primaryKey": list(table.key),
    }
    if table.references:
        schema["foreignKeys"] = [
            {
                "columnReference": list(columns),
                "reference": {"resource": file_name, "columnReference": list(columns)},
            }
            for columns, file_name in table.references
        ]
    return {
        "url": table.file_name,
        "dc:title": table.title,
        "dc:description": table.description,
        "schema:sha256": hashlib.sha256(content).hexdigest(),
        "tableSchema": schema,
    }


def _describe_column(column: Column) -> dict[str, Any]:
    datatype: Any = column.datatype
    if column.choices:
        datatype = {"base": column.datatype, "format": "|".join(column.choices)}
    return {
        "name": column.name,
        # The header's own text stands among the titles: validators compare these with the first line.
        "titles": [column.name, column.title],
        "datatype": datatype,
        "required": column.required,
    }
