"""One filled form in every format says the same, cell for cell."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.plan_choice import read_by_plans
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import Book
from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading
from tests.unit.intake.drafts import Draft
from tests.unit.intake.formats_made import (
    convert,
    make_csv,
    make_docx,
    make_html,
    make_spreadsheet_xml,
    make_xlsb,
    rows_of,
)

FOLDER = "899-rach-gia"


@pytest.fixture(scope="module")
def filled(plan: Plan) -> bytes:
    draft = Draft(plan)
    draft.fill_all(plan)
    return draft.save()


@pytest.fixture(scope="module")
def whole(filled: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The formats that hold all sheets of the form."""
    folder = tmp_path_factory.mktemp("office")
    rows = rows_of(filled)
    return {
        "xlsx": filled,
        "xls": convert(filled, folder, "xls"),
        "ods": convert(filled, folder, "ods"),
        "xlsb": make_xlsb(rows),
        "xml": make_spreadsheet_xml(rows),
    }


def read(content: bytes, plan: Plan) -> Reading:
    return read_by_plans((plan,), content, "bao-cao", FOLDER)


def content_of(reading: Reading) -> tuple[object, ...]:
    return (
        reading.submitter,
        reading.period,
        reading.localities,
        {(o.locality, o.indicator, o.basis): (o.value, o.cell_ref) for o in reading.observations},
        reading.declarations,
        reading.narratives,
        reading.justifications,
    )


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsb", "xml"])
def test_every_spreadsheet_format_says_the_same(kind: str, whole: dict[str, bytes], plan: Plan) -> None:
    expected, reading = read(whole["xlsx"], plan), read(whole[kind], plan)
    assert len(expected.observations) == 2 * 2 * len(plan.indicators)
    assert content_of(reading) == content_of(expected)
    assert reading.kind == kind
    assert {f.rule_id for f in reading.findings} - {f.rule_id for f in expected.findings} <= {"D68"}


def values(book: Book | None, index: int) -> list[list[str]]:
    assert book is not None
    rows = [[" ".join(str(value).split()) for value in row] for row in book.sheets[index].rows]
    return [[unicodedata.normalize("NFC", text) for text in row] for row in rows]


def expected_values(filled: bytes, sheet: str) -> list[list[str]]:
    table = dict(rows_of(filled))[sheet]
    shown = [["" if v is None else " ".join(str(v).split()) for v in row] for row in table]
    return [[t.replace(".", ",") if _is_decimal(t) else t for t in row] for row in shown]


def _is_decimal(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and "." in text


def trim(rows: list[list[str]]) -> list[list[str]]:
    """Rows without the blanks at their ends."""
    cut = ["\x1f".join(row).rstrip("\x1f").split("\x1f") for row in rows]
    while cut and cut[-1] == [""]:
        cut.pop()
    return cut


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_file_says_the_same_in_every_encoding(encoding: str, separator: str, filled: bytes) -> None:
    rows = dict(rows_of(filled))[form.FIGURES_SHEET]
    text = make_csv(rows, separator)
    if encoding == "cp1258":
        # The code page writes a tone as a sign of its own behind the letter, as Windows does.
        content = split_tones(text.decode()).encode("cp1258")
    else:
        content = text.decode().encode(encoding)
    findings = FindingList("a.csv")
    book = open_book(content, findings)
    assert findings.found == []
    assert book is not None
    assert book.kind == "csv"
    assert trim(values(book, 0)) == trim(expected_values(filled, form.FIGURES_SHEET))


def split_tones(text: str) -> str:
    """Vietnamese as windows-1258 can hold it: letters with their hats and horns, tones apart."""
    pieces = []
    for sign in text:
        parts = unicodedata.normalize("NFD", sign)
        tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        letter = "".join(mark for mark in parts if mark not in tones)
        pieces.append(unicodedata.normalize("NFC", letter) + tones)
    return "".join(pieces)


def test_a_word_table_says_the_same(filled: bytes) -> None:
    rows = dict(rows_of(filled))
    content = make_docx(
        [
            (["Biểu số liệu", "Từ ngày 15/4/2021"], rows[form.FIGURES_SHEET]),
            ([], rows[form.BASELINE_SHEET]),
        ]
    )
    book = open_book(content, FindingList("a.docx"))
    assert book is not None
    assert (book.kind, [sheet.name for sheet in book.sheets]) == ("docx", ["Bảng 1", "Bảng 2"])
    assert book.sheets[0].above == ("Biểu số liệu", "Từ ngày 15/4/2021")
    assert book.sheets[1].above == ()
    assert trim(values(book, 0)) == trim(expected_values(filled, form.FIGURES_SHEET))
    assert trim(values(book, 1)) == trim(expected_values(filled, form.BASELINE_SHEET))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_page_named_xls_says_the_same(encoding: str, filled: bytes) -> None:
    rows = rows_of(filled)
    findings = FindingList("a.xls")
    book = open_book(make_html(rows, encoding), findings)
    assert [finding.rule_id for finding in findings.found] == ["D68"]
    assert book is not None
    assert [sheet.above for sheet in book.sheets] == [(name,) for name, _ in rows]
    assert trim(values(book, 0)) == trim(expected_values(filled, form.FIGURES_SHEET))


def test_a_page_saved_by_libreoffice_says_the_same(filled: bytes, tmp_path: Path) -> None:
    book = open_book(convert(filled, tmp_path, "html"), FindingList("a.xls"))
    assert book is not None
    figures = values(book, 0)
    assert any("TTXH_XR" in row for row in figures)
    assert sum(row.count("321") for row in figures) == sum(
        row.count("321") for row in expected_values(filled, form.FIGURES_SHEET)
    )


def tables_alone(filled: bytes) -> dict[str, bytes]:
    """The formats that hold tables and nothing else of the form."""
    rows = dict(rows_of(filled))
    figures, baseline = rows[form.FIGURES_SHEET], rows[form.BASELINE_SHEET]
    titles = [str(value) for row in figures[:6] for value in row if value]
    return {
        "csv with commas": make_csv(figures),
        "csv with semicolons": make_csv(figures, ";", "utf-8-sig"),
        "tsv in utf-16": make_csv(figures, "\t", "utf-16"),
        "docx with titles in the table": make_docx([([], figures), ([], baseline)]),
        "docx with titles above the table": make_docx([(titles, figures[6:])]),
        "html": make_html([(form.FIGURES_SHEET, figures), (form.BASELINE_SHEET, baseline)]),
    }


def figures_of(reading: Reading, basis: Basis) -> dict[tuple[str, str], Decimal | None]:
    return {(o.locality, o.indicator): o.value for o in reading.observations if o.basis is basis}


@pytest.mark.parametrize(
    ("name", "both"),
    [
        ("csv with commas", False),
        ("csv with semicolons", False),
        ("tsv in utf-16", False),
        ("docx with titles in the table", True),
        ("docx with titles above the table", False),
        ("html", True),
    ],
)
def test_tables_alone_give_the_same_figures(name: str, both: bool, filled: bytes, plan: Plan) -> None:
    expected, reading = read(filled, plan), read(tables_alone(filled)[name], plan)
    assert (reading.period, reading.submitter) == (expected.period, expected.submitter)
    assert len(expected.observations) == 4 * len(plan.indicators)
    assert figures_of(reading, Basis.CURRENT) == figures_of(expected, Basis.CURRENT)
    assert figures_of(reading, Basis.BASELINE) == (figures_of(expected, Basis.BASELINE) if both else {})
