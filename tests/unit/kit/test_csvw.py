"""CSV that every reader takes back as it was, and whose description says what stands in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.kit.csvw import (
    FORMULA_SIGNS,
    Column,
    Table,
    describe_tables,
    guard_text,
    unguard_text,
    write_table,
)

TEXTS = Table("texts.csv", "Văn bản", "Về văn bản.", (Column("a", "A"), Column("b", "B")), ("a",))
ANY_TEXT = st.text(st.characters(codec="utf-8"))
LIKE_FORMULAS = st.builds(
    str.__add__, st.sampled_from([*FORMULA_SIGNS, "'", "''", " =", "\u00a0@", "\n=", '"', ","]), ANY_TEXT
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


@given(st.lists(st.tuples(ANY_TEXT | LIKE_FORMULAS, ANY_TEXT | LIKE_FORMULAS)))
def test_every_text_comes_back_and_none_is_a_formula(rows: list[tuple[str, str]]) -> None:
    head, *found = read(write_table(TEXTS, rows))
    assert head == ["a", "b"]
    assert [tuple(map(unguard_text, row)) for row in found] == rows
    assert not any(cell.lstrip(" \u00a0")[:1] in set(FORMULA_SIGNS) for row in found for cell in row if cell)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1"])
def test_what_a_spreadsheet_would_run_has_a_quote_in_front(text: str) -> None:
    assert guard_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Phường An Hòa", "2021-6t", "12/KH-UBND", "a=b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guard_text(text) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.dates())
def test_numbers_and_dates_are_exact_and_never_guarded(number: Decimal, day: date) -> None:
    (_, (written, when)) = read(write_table(TEXTS, [(number, day)]))
    assert (Decimal(written), date.fromisoformat(when)) == (number, day)
    assert "E" not in written


def test_the_lines_are_those_of_rfc_4180() -> None:
    at = datetime(2021, 10, 12, 9, tzinfo=UTC)
    content = write_table(TEXTS, [('a "b", c', "1\n2"), (Decimal("1E+3"), None), (7, at)])
    assert content == b'a,b\r\n"a ""b"", c","1\n2"\r\n1000,\r\n7,2021-10-12T09:00:00+00:00\r\n'


def test_the_description_names_types_choices_keys_and_the_bytes() -> None:
    columns = (Column("a", "A"), Column("w", "Kỳ", choices=("x", "y")), Column("n", "Số", "decimal"))
    table = Table("n.csv", "Số", "Về số.", columns, ("a", "w"), ((("a",), "texts.csv"),))
    content = write_table(table, [])
    found = json.loads(describe_tables("Tên", "vi", {TEXTS: b"", table: content}))
    assert found["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "vi"}]
    assert found["dc:title"] == "Tên"
    described = found["tables"][1]
    assert (described["url"], described["schema:sha256"]) == ("n.csv", hashlib.sha256(content).hexdigest())
    schema = described["tableSchema"]
    assert [column["datatype"] for column in schema["columns"]] == [
        "string",
        {"base": "string", "format": "x|y"},
        "decimal",
    ]
    assert [column["titles"] for column in schema["columns"]] == [["a", "A"], ["w", "Kỳ"], ["n", "Số"]]
    assert schema["primaryKey"] == ["a", "w"]
    assert schema["foreignKeys"] == [
        {"columnReference": ["a"], "reference": {"resource": "texts.csv", "columnReference": ["a"]}}
    ]
    assert "foreignKeys" not in found["tables"][0]["tableSchema"]
