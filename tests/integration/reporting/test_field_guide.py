"""The dictionary of template fields is complete, has examples, and its page in docs/ is up to date."""

from __future__ import annotations

from pathlib import Path

import yaml

from chuyenhoa.cli.templates.field_guide import UNDESCRIBED, list_fields, write_guide
from chuyenhoa.reporting import load_kinds

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = 4
"""The column of examples, which follow the wording and are not compared."""


def test_every_field_of_every_document_is_described() -> None:
    entries = list_fields(list(load_kinds()))
    assert [entry.name for entry in entries if entry.meaning == UNDESCRIBED] == []
    assert {"subject", "board.name", "group_rows[].met", "matrix.table_rows[].cells"} <= {
        e.name for e in entries
    }


def test_nothing_is_described_that_is_not_there() -> None:
    described = yaml.safe_load((ROOT / "templates/messages/fields.yaml").read_text(encoding="utf-8"))[
        "fields"
    ]
    names = {entry.name for entry in list_fields(list(load_kinds()))}
    assert [name for name in described if name not in names] == []


def test_a_field_has_an_example_and_names_its_documents() -> None:
    found = {entry.name: entry for entry in list_fields(list(load_kinds()))}
    assert found["number_line"].example.startswith("Số: 09/")
    assert found["board.signer"].example
    assert found["risk_lines"].kinds == ("bao_cao_so_ket",)
    only = {entry.name for entry in list_fields(["bao_cao_so_ket"])}
    assert "risk_lines" in only
    assert "lessons" not in only


def columns(text: str) -> list[list[str]]:
    rows = [line.split(" | ") for line in text.splitlines()]
    return [row[: EXAMPLE - 1] + row[EXAMPLE:] for row in rows]


def test_the_page_in_docs_is_up_to_date() -> None:
    page = (ROOT / "docs" / "truong-du-lieu.md").read_text(encoding="utf-8")
    assert columns(page) == columns(write_guide()), "run make docs"
