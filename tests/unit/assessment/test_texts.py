"""Numbers, figures and formulas as an official reads them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.assessment.figures import describe_figure, describe_formula
from chuyenhoa.assessment.numbers import canonical_text, number_text, percent_text
from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    DeclarationMeasure,
    Direction,
    Measure,
)
from chuyenhoa.model.figures import Answer
from tests.unit.assessment.building import declared, facts_of, limit, ratio, terms, value

FAR = Fraction(1000)
"""A limit that no share here comes near."""


@pytest.mark.parametrize(
    ("part", "base", "text"),
    [
        (2313, 2742, "84,35%"),
        (171, 2913, "5,87%"),
        (265, 2578, "10,28%"),
        (1381, 6355, "21,73%"),
        (69, 94, "73,40%"),
        (403, 649, "62,10%"),
        (151, 177, "85,31%"),
        (654, 1774, "36,87%"),
        (126, 507, "24,85%"),
        (46, 173, "26,59%"),
        (849, 6327, "13,42%"),
        (543, 742, "73,18%"),
        (1, 800, "0,13%"),
        (0, 5, "0,00%"),
        (25, 2, "1.250,00%"),
    ],
)
def test_percentages_are_rounded_half_up_as_published_ones_are(part: int, base: int, text: str) -> None:
    assert percent_text(Fraction(part, base), FAR) == text


@pytest.mark.parametrize(
    ("part", "base", "against", "text"),
    [
        (79996, 100000, 80, "79,996%"),
        (7996, 10000, 80, "79,96%"),
        (80004, 100000, 80, "80,004%"),
        (80, 100, 80, "80,00%"),
        (14999999, 100000000, 15, "14,999999%"),
    ],
)
def test_what_is_printed_stands_on_its_own_side_of_the_limit(
    part: int, base: int, against: int, text: str
) -> None:
    assert percent_text(Fraction(part, base), Fraction(against)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(999), "999"),
        (Fraction(1234), "1.234"),
        (Fraction(1234567), "1.234.567"),
        (Fraction(5, 2), "2,5"),
        (Fraction("1234.05"), "1.234,05"),
        (Fraction(-1234), "-1.234"),
        (Fraction("-0.5"), "-0,5"),
    ],
)
def test_numbers_have_dots_between_thousands_and_a_comma(number: Fraction, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("12", "12"),
        ("12.0", "12"),
        ("12.50", "12.5"),
        ("1E+3", "1000"),
        ("0", "0"),
        ("-0", "0"),
        ("0.0", "0"),
        ("-0.0", "0"),
        ("100", "100"),
        ("12345678901234567890123456789.5", "12345678901234567890123456789.5"),
    ],
)
def test_a_figure_has_one_way_to_be_written_for_machines(number: str, text: str) -> None:
    assert canonical_text(Decimal(number)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_the_machine_way_loses_nothing(number: Decimal) -> None:
    assert Decimal(canonical_text(number)) == number


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2021, 5, 14), "14/5/2021"),
        (date(2021, 2, 22), "22/02/2021"),
        (date(2021, 4, 28), "28/4/2021"),
        (date(2021, 1, 5), "05/01/2021"),
        (date(2021, 12, 9), "09/12/2021"),
    ],
)
def test_dates_take_a_zero_where_officials_write_one(day: date, text: str) -> None:
    assert format_date(day) == text


FALL = ChangeMeasure(terms("A"), limit(5))
LOSS = ChangeMeasure(terms("A"), limit(0))
TWO = CombinedMeasure((value("A", 1), value("C", 1)), at_least=1)


@pytest.mark.parametrize(
    ("measure", "text", "figure", "formula"),
    [
        (ratio("A", "B", limit(80)), "A=81 B=100", "81/100 = 81,00%", "81 × 100 ≥ 80 × 100"),
        (ratio("A", "B", limit(80)), "A=79 B=100", "79/100 = 79,00%", "79 × 100 < 80 × 100"),
        (ratio("A", "B", limit(80)), "A=0 B=0", "không xảy ra", "B = 0"),
        (ratio("A", "B", limit(80)), "A=?", "chưa có số liệu", "A × 100 ≥ 80 × B"),
        (ratio("A", "B", limit(80)), "A=5", "5/…", "5 × 100 ≥ 80 × B"),
        (
            ratio("A B", "B -C", limit("92.5")), "A=1 B=20 C=3",
            "21/17 = 123,53%", "(1 + 20) × 100 ≥ 92,5 × (20 − 3)",
        ),
        (ratio("A", "B -C", limit(90)), "A=0 B=1 C=2", "số liệu mâu thuẫn", "B − C = -1"),
        (
            ratio("A", "B", limit(15, Direction.LESS_THAN)), "A=15 B=100",
            "15/100 = 15,00%", "15 × 100 ≥ 15 × 100",
        ),
        (value("A -B", 1), "A=5 B=2", "3 vụ", "5 − 2 ≥ 1"),
        (value("-B A", 1), "A=5 B=2", "3 vụ", "−2 + 5 ≥ 1"),
        (value("A", 3, Direction.EQUAL), "A=1500", "1.500 vụ", "1.500 ≠ 3"),
        (value("A C", 3), "A=1 C=2", "3", "1 + 2 ≥ 3"),
        (value("A B", 2), "A=1", "ít nhất 1 vụ", "1 + B ≥ 2"),
        (value("A -B", 2), "A=1", "… vụ", "1 − B < 2"),
        (value("A B", 2), "A=0", "… vụ", "0 + B ≥ 2"),
        (LOSS, "A=80 baseline.A=100", "giảm 20,00% (100 → 80 vụ)", "80 < 100"),
        (LOSS, "A=120 baseline.A=100", "tăng 20,00% (100 → 120 vụ)", "120 ≥ 100"),
        (LOSS, "A=100 baseline.A=100", "bằng cùng kỳ (100 vụ)", "100 ≥ 100"),
        (LOSS, "A=0 baseline.A=0", "không xảy ra", "cùng kỳ = 0 và kỳ này = 0"),
        (LOSS, "A=5 baseline.A=0", "tăng 5 vụ (cùng kỳ không xảy ra)", "cùng kỳ = 0 và kỳ này = 5"),
        (LOSS, "A=5", "… → 5 vụ", "5 < baseline.A"),
        (LOSS, "baseline.A=5", "5 → … vụ", "A < 5"),
        (FALL, "A=95 baseline.A=100", "giảm 5,00% (100 → 95 vụ)", "95 < 100 và (100 − 95) × 100 ≥ 5 × 100"),
        (FALL, "A=96 baseline.A=100", "giảm 4,00% (100 → 96 vụ)", "96 < 100 và (100 − 96) × 100 < 5 × 100"),
        (
            FALL, "A=95001 baseline.A=100000", "giảm 4,999% (100.000 → 95.001 vụ)",
            "95.001 < 100.000 và (100.000 − 95.001) × 100 < 5 × 100.000",
        ),
        (
            CompareMeasure(terms("A"), terms("baseline.A"), Direction.AT_MOST), "A=8 baseline.A=10",
            "8 vụ (cùng kỳ 10 vụ)", "8 ≤ 10",
        ),
        (CompareMeasure(terms("A"), terms("B"), Direction.AT_MOST), "A=11 B=10", "11 > 10 vụ", "11 > 10"),
        (CompareMeasure(terms("A"), terms("B"), Direction.EQUAL), "A=9 B=10", "9 < 10 vụ", "9 ≠ 10"),
        (CompareMeasure(terms("A"), terms("B"), Direction.MORE_THAN), "B=10", "… > 10 vụ", "A > 10"),
        (CompareMeasure(terms("A"), terms("A B"), Direction.AT_MOST), "B=10", "… ≤ … vụ", "A ≤ A + 10"),
        (TWO, "A=1 C=0", "1 vụ; 0 người", "ít nhất 1 trong 2: 1 ≥ 1; 0 < 1"),
        (CombinedMeasure((value("A", 1), AwaitedMeasure())), "A=1", "1 vụ; chưa có hướng dẫn", "1 ≥ 1"),
        (DeclarationMeasure(), "", "chưa có số liệu", ""),
    ],
)  # fmt: skip
def test_figure_and_formula(measure: Measure, text: str, figure: str, formula: str) -> None:
    facts = facts_of(measure, text)
    assert (describe_figure(measure, facts), describe_formula(measure, facts)) == (figure, formula)


def test_a_declaration_shows_the_document_that_it_names_even_where_none_is_asked_for() -> None:
    measure = DeclarationMeasure(needs_document=False)
    found = [
        describe_figure(measure, facts_of(measure, statement=declared(Answer.YES, number, day)))
        for number, day in (("7/GCN", None), ("", date(2021, 3, 1)), ("7/GCN", date(2021, 3, 1)))
    ]
    assert found == ["Có (7/GCN)", "Có (01/3/2021)", "Có (7/GCN, 01/3/2021)"]


_numbers = st.integers(0, 3000)


@given(_numbers, _numbers, _numbers, st.sampled_from(list(Direction)))
def test_a_printed_formula_is_true(a: int, b: int, c: int, direction: Direction) -> None:
    text = f"A={a} B={b} C={c} baseline.A={b}"
    measures: tuple[Measure, ...] = (
        value("A -B", 12, direction),
        CompareMeasure(terms("A B"), terms("C"), direction),
        ratio("A", "B C", limit(80, direction)),
        FALL,
        LOSS,
    )
    for measure in measures:
        formula = describe_formula(measure, facts_of(measure, text))
        assert _holds(formula, {"A": a, "B": b, "C": c}), formula


def _holds(formula: str, named: dict[str, int]) -> bool:
    """Works the formula out as a reader would."""
    text = re.sub(r"(?<=\d)\.(?=\d{3})", "", formula)
    text = text.replace("cùng kỳ = 0 và kỳ này =", "0 <=").replace(" và ", " and ")
    for sign, operator in (("×", "*"), ("−", "-"), ("≥", ">="), ("≤", "<="), ("≠", "!="), (" = ", " == ")):
        text = text.replace(sign, operator)
    return bool(eval(text, {"__builtins__": {}}, named))
