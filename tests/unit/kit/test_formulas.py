"""Simple formulas are computed again; what is not understood has no result."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.kit.readers.formulas import Grid, Recalculation, differs, shift_formula, translate_open_formula

ROWS: list[list[CellValue]] = [[1, 2, "", "a"], [3, 4.5, True, "5"], ["", "", "", ""]]


def result(formula: str, **formulas: str) -> float | None:
    places = {(5, 0): formula, **{place(name): text for name, text in formulas.items()}}
    rows: list[list[CellValue]] = [*ROWS, [], [], [0, 0, 0]]
    return Recalculation({"Sheet1": Grid(rows, places), "Tháng 7": Grid([[7]])}).result("Sheet1", (5, 0))


def place(name: str) -> tuple[int, int]:
    return int(name[1:]) - 1, ord(name[0]) - ord("A")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("50+3", 53),
        ("=50+3", 53),
        ("2+3*4", 14),
        ("(2+3)*-4/2", -10),
        ("50%", 0.5),
        ("1.5E2+.5", 150.5),
        ("A1+$B$1", 3),
        ("SUM(A1:B2)", 10.5),
        ("sum(A1:D3,10;B1)", 22.5),
        ("SUM(A1:B1)+SUM(A2)*2", 9),
        ("SUM(B2:A1)", 10.5),
        ("C3+1", 1),
        ("Z99+1", 1),
        ("'Tháng 7'!A1*2", 14),
        ("Sheet1!A2-1", 2),
        ("SUM('Tháng 7'!A1:B3)", 7),
        ("1/0", None),
        ("1E308*10", None),
        ("D1+1", None),
        ("D2+1", None),
        ("C2+1", None),
        ("A1:B2", None),
        ("IF(A1>1,2,3)", None),
        ("ROUND(A1,0)", None),
        ("[1]Sheet1!A1", None),
        ("Other!A1", None),
        ("Total+1", None),
        ('"a"&"b"', None),
        ("1+", None),
        ("SUM(", None),
        ("SUM(A1 B1)", None),
        ("(1", None),
        ("1)", None),
        ("", None),
        ("1" * 3000, None),
        ("(" * 100 + "1" + ")" * 100, None),
        ("SUM(A1:XFD1048576)", None),
        ("A6+1", None),
    ],
)
def test_a_formula_has_its_result_or_none(formula: str, expected: float | None) -> None:
    assert result(formula) == expected


def test_formulas_that_rest_on_formulas_are_computed_through() -> None:
    assert result("SUM(B6:C6)+1", B6="A1+A2", C6="B6*2") == 13
    # A result that cannot be recomputed counts as it is stored.
    assert result("B6+1", B6="ROUND(1,0)") == 1


def test_a_ring_has_no_end_and_no_harm() -> None:
    assert result("B6", B6="C6", C6="A6") is None
    chain = {(row, 0): f"A{row}+1" for row in range(1, 200)}
    book = Recalculation({"s": Grid([[1], *[[0]] * 199], chain)})
    assert book.result("s", (5, 0)) == 6
    assert book.result("s", (199, 0)) is None  # deeper than we follow


def test_a_workbook_full_of_sums_takes_no_time() -> None:
    rows = [[1] * 200 for _ in range(2000)]
    book = Recalculation({"s": Grid(rows, {(row, 0): "SUM(B1:GR2000)" for row in range(2000)})})
    found = {book.result("s", (row, 0)) for row in range(2000)}
    assert found == {None}


@given(st.text(alphabet="A1B2$:+-*/()%,;!'SUM. ", max_size=25))
@settings(max_examples=200)
def test_any_formula_has_a_result_or_none(formula: str) -> None:
    found = result(formula)
    assert found is None or isinstance(found, float)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=6))
@settings(max_examples=50)
def test_sums_are_sums(numbers: list[int]) -> None:
    text = "+".join(f"({number})" for number in numbers)
    assert result(text) == sum(numbers)
    book = Recalculation({"s": Grid([[0], numbers], {(0, 0): "SUM(A2:F2)"})})
    assert book.result("s", (0, 0)) == sum(numbers)


def test_a_shared_formula_is_moved() -> None:
    assert shift_formula("A1+$B$2*SUM(C$3:$D4)", 2, 1) == "B3+$B$2*SUM(D$3:$D6)"
    assert shift_formula("'T7'!A1+LOG10(A1)", 1, 0) == "'T7'!A2+LOG10(A2)"
    assert shift_formula("A1", -1, 0) == "#REF!"
    assert shift_formula("Z1+AA1", 0, 1) == "AA1+AB1"


def test_errors_of_computing_are_no_difference() -> None:
    assert not differs(0.1 + 0.2, 0.3)
    assert differs(0, 53)


def test_a_formula_of_opendocument_is_translated() -> None:
    assert translate_open_formula("of:=SUM([.A1:.B2];[$Sheet1.C$3])*2") == "SUM(A1:B2;Sheet1!C$3)*2"
    assert translate_open_formula("of:=[$'Tháng 7'.A1]") == "'Tháng 7'!A1"
