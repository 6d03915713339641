"""How commands print (JSON for programs, columns for people) and refuse a wrong call (exit code 2)."""

from __future__ import annotations

import errno
import json
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from chuyenhoa.model.figures import Declaration, Normalisation, Observation
from chuyenhoa.model.history import Change
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.submissions import Finding
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store import ledger, set_aside

# Full, over quota, read-only: whatever the path, only the caller can make room.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class UnusableError(Exception):
    """A file, folder or word of the caller's that cannot be used; the text says which, and what would do."""


def read_given_file(path: Path) -> bytes:
    """The bytes of a file that the caller named.

    Raises:
        UnusableError: there is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableError(f"{path}: {error.strerror}") from error


def explain_os_error(error: OSError, places: Iterable[Path]) -> str:
    """What is wrong with a place that the caller chose; empty when the error is about none of them."""
    if error.errno in _FULL:
        return f"{error.filename or 'The data folder'}: {error.strerror}. Make room, or choose another place."
    if error.filename is None:
        return ""
    path = Path(str(error.filename)).absolute()
    for place in places:
        # Either way round: something in the data folder may be in the way ("office" as a file), or it is a
        # parent of the folder that cannot be written.
        if path.is_relative_to(place) or place.is_relative_to(path):
            return f"{place}: cannot be used ({path}: {error.strerror}). Check that it is yours to write to."
    return ""


NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def print_json(value: Any) -> None:
    """One JSON document, readable and with Vietnamese letters as they are.

    Dataclasses become objects, enums their values, dates ISO texts, decimals exact texts.
    """
    print(_write_json(msgspec.to_builtins(value)))


def _write_json(value: Any) -> str:
    """JSON for stdout; where that is not UTF-8, other letters are written as escapes, which JSON knows."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=not is_utf8, indent=2)


def print_long_json(name: str, entries: Iterable[Any], rest: Mapping[str, Any]) -> None:
    """As `print_json`, for an object with one list too long for the memory; `rest` is read after it."""
    print(f'{{\n  "{name}": [', end="")
    separator = "\n"
    for entry in entries:
        print(separator + textwrap.indent(_write_json(entry), "    "), end="")
        separator = ",\n"
    ending = "\n  ]" if separator == ",\n" else "]"
    print(f"{ending},{_write_json(rest)[1:]}")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns wide enough for their longest text."""
    # No rows, no head: the caller says in words that there is nothing.
    if not rows:
        return
    table = [list(map(str, header)), *[[show_exactly(str(text)) for text in row] for row in rows]]
    widths = [max(_width(row[index]) for row in table) for index in range(len(header))]
    for number, row in enumerate(table):
        print(
            "  ".join(
                text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
            ).rstrip()
        )
        if number == 0:
            print("  ".join("-" * width for width in widths))


def show_exactly(text: str) -> str:
    """A text of others on one line: what a terminal would obey or not show is written as its code."""
    if text.isprintable():
        return text
    # A file name may hold ESC sequences or a right-to-left mark: "bao-cao\u202excod.exe" would read as a
    # .docx.
    return "".join(repr(sign)[1:-1] if unicodedata.category(sign) in NOT_SHOWN else sign for sign in text)


def _width(text: str) -> int:
    # Decomposed Vietnamese (NFD) writes "ế" as e + circumflex + acute: three code points, one column.
    return sum(0 if unicodedata.combining(letter) else 1 for letter in text)


def set_aside_json(ctx: Context) -> list[dict[str, str]]:
    """The files on which we failed again and again, as programs read them."""
    with ctx.store.reading() as session:
        return [
            {
                "id": ledger.submission_id(entry.row.number),
                "file_name": mask_personal("/".join(filter(None, (entry.row.folder, entry.row.file_name)))),
                "sha256": entry.row.sha256,
                "since": entry.since.isoformat(),
                "why": entry.why,
            }
            for entry in set_aside.find_set_aside(session)
        ]


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as programs read it."""
    return {
        "rule_id": finding.rule_id,
        "severity": finding.severity.value,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "cells": list(finding.cells),
        "locality": finding.locality,
        "indicator": finding.indicator,
        "value": finding.value,
        "message": finding.message,
        # The key is older than the word "justification" here; programs read it, so it stays.
        "explanation": finding.justification,
    }


def observation_json(observation: Observation) -> dict[str, Any]:
    """An observation as programs read it; whole numbers are JSON numbers, others exact texts, blanks null."""
    return {
        "locality": observation.locality,
        "indicator": observation.indicator,
        "window": observation.basis.value,
        "value": _number(observation.value),
        **({"withdrawn": True} if observation.withdrawn else {}),
        "sheet": observation.cell_ref.sheet,
        "cell": observation.cell_ref.cell,
    }


def _number(value: Decimal | None) -> int | str | None:
    """A figure for JSON; decimals as texts, since a JSON number would come back as a binary float."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else str(value)


def declaration_json(declaration: Declaration) -> dict[str, Any]:
    """A declaration as programs read it."""
    return {
        "locality": declaration.locality,
        "criterion": declaration.criterion,
        "answer": declaration.answer.value if declaration.answer else None,
        "document_number": declaration.document_number,
        "document_date": declaration.document_date.isoformat() if declaration.document_date else None,
        "note": mask_personal(declaration.note),
        **({"withdrawn": True} if declaration.withdrawn else {}),
        "sheet": declaration.cell_ref.sheet,
        "cell": declaration.cell_ref.cell,
    }


def change_json(change: Change) -> dict[str, Any]:
    """A change of what was in force; `old` null for an addition, `new` null for a withdrawal."""
    kind = "item" if not change.locality else "indicator" if change.window is not None else "criterion"
    old, new = (
        _number(Decimal(text)) if text is not None and change.window is not None else text
        for text in (change.old, change.new)
    )
    return {
        "locality": change.locality,
        kind: change.subject,
        "window": change.window.value if change.window else "",
        "old": old,
        "new": new,
        "sheet": change.cell_ref.sheet,
        "cell": change.cell_ref.cell,
    }


def read_json(present: int | None, read: int | None, taken: int | None) -> dict[str, int | None]:
    """How many numbers stand in a file's tables, were read, were taken; None where nobody counted them."""
    return {"numbers_present": present, "numbers_read": read, "numbers_taken": taken}


def normalisation_json(entry: Normalisation) -> dict[str, Any]:
    """A normalisation as programs read it."""
    return {
        "sheet": entry.cell_ref.sheet,
        "cell": entry.cell_ref.cell,
        "before": entry.before,
        "after": entry.after,
        "why": entry.why,
    }
