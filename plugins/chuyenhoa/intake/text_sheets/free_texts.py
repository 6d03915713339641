"""Reads the texts of a sheet without our codes: behind, beside or below the headings of the plan's items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.header_labels import NUMBERING
from chuyenhoa.intake.values.personal import report_text
from chuyenhoa.kit.readers.book import CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text
from chuyenhoa.model.figures import CellRef, Narrative
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan.names import plain_key

SIGNATURE = re.compile(r"(?:noi nhan|nguoi lap|tm |kt |thu truong|truong ban|chu tich)\b")
"""How the lines below a text begin."""
TEXT_SHEETS = frozenset({"thuyet minh", "noi dung thuyet minh", "bao cao thuyet minh", "nhan xet danh gia"})
MAX_HEADING_LENGTH = 90


def _item_names(plan: Plan) -> dict[str, str]:
    """The codes of the narrative items by the keys of their titles and other headings."""
    return {
        plain_key(name): item.code
        for item in plan.narrative_items
        for name in (item.code, item.title, *item.aliases)
    }


def _item(value: CellValue, names: Mapping[str, str]) -> tuple[str, str]:
    """The item that a cell heads, with the text behind its colon; "" when it heads none."""
    if not isinstance(value, str) or not value.strip():
        return "", ""
    text = clean_text(value)
    if len(text) < MAX_HEADING_LENGTH:
        code = names.get(plain_key(NUMBERING.sub("", text)), "")
        if code:
            return code, ""
    head, _, rest = text.partition(":")
    code = names.get(plain_key(NUMBERING.sub("", head)), "") if len(head) < MAX_HEADING_LENGTH else ""
    return (code, rest.strip()) if code else ("", "")


def tells_items(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet holds texts under the headings of the plan's items: two, or one on a sheet named so."""
    names = _item_names(plan)
    found = {code for row in sheet.rows for value in row[:3] if (code := _item(value, names)[0])}
    return len(found) >= (1 if plain_key(sheet.name) in TEXT_SHEETS else 2)


def first_item(sheet: Sheet, plan: Plan) -> int:
    """The first row that heads a text."""
    names = _item_names(plan)
    rows = (
        row for row, values in enumerate(sheet.rows) if any(_item(value, names)[0] for value in values[:3])
    )
    return next(rows, 0)


def holds_texts(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet holds texts under such headings, and not the headings alone."""
    return tells_items(sheet, plan) and any(True for _ in _texts(sheet, plan))


def _texts(sheet: Sheet, plan: Plan) -> Iterator[tuple[str, int, int, str]]:
    """Every text with its item, row and column, to the signatures."""
    names = _item_names(plan)
    hints = {clean_text(item.hint) for item in plan.narrative_items}
    current = ""
    for row, values in enumerate(sheet.rows):
        if any(isinstance(value, str) and SIGNATURE.match(plain_key(value)) for value in values):
            return
        heads = [column for column, value in enumerate(values[:3]) if _item(value, names)[0]]
        for column, value in enumerate(values):
            code, text = _item(value, names) if column in heads else ("", clean_text(value))
            current = code or current
            is_text = any(map(str.isalpha, text)) and text not in hints
            if current and is_text and not (heads and column < heads[-1]):
                yield current, row, column, text


def read_texts(scope: Scope, sheet: Sheet) -> list[Narrative]:
    """The texts of a sheet: behind a heading's colon, beside the heading, or in the lines below it.

    A text with personal data is not taken, with a finding on its cell.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for item, row, column, text in _texts(sheet, scope.plan):
        if not report_text(scope.findings, sheet, row, column):
            found.setdefault(item, []).append((text, name_cell(row, column)))
    return [
        Narrative(code, "\n".join(text for text, _ in parts), CellRef(sheet.name, parts[0][1]))
        for code, parts in found.items()
    ]
