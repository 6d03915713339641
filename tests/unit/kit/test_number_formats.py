"""What a number format shows of a value, where that is another number or has words beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.kit.readers.number_formats import agrees, find_other_text, find_shown, is_plain

PLAIN = (
    *("", "General", "0", "0.00", "#,##0", "#,##0.00", "00000", "@", "0%", "0.00%", "0.00E+00", "# ?/?"),
    *(
        "dd/mm/yyyy",
        "[h]:mm",
        "mmm-yy",
        '[$-42A]d "tháng" m',
        "[Red]0",
        "0_);\\(0\\)",
        "#,##0_);[Red](#,##0)",
    ),
    '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-',
)
TELLING = (
    (53000, "#,##0,", "53"),
    (53_400_000, "0.0,,", "53,4"),
    (2500, '#,##0" nghìn"', "2500 nghìn"),
    (2500, "#,##0 đ", "2500 đ"),
    (5, '0"0"', "50"),
    (5, '"1"0', "15"),
    (5, "0\\0", "50"),
    (5, "[$₫-42A]#,##0", "₫5"),
    (5, ";;;", ""),
    ("12", ";;;", ""),
    ("12", '@" nghìn"', "12 nghìn"),
    (0, "#,###", ""),
    (0, "0;-0;;@", ""),
    (0, "#.##", ""),
    (-5, "0;0", "5"),
    (-5, "0;[Red]0", "5"),
    (-5, '0;"âm "0', "âm 5"),
    (5000, '[>=1000]#,##0,"K";0', "5K"),
    (1, '"Có";;"Không"', "Có"),
    (30787, "00\\-000", "30-787"),
    (12.34, '0.0" vụ"', "12,3 vụ"),
)


@pytest.mark.parametrize("code", PLAIN)
@pytest.mark.parametrize("value", [0, 1, 7, 12.5, 53000, -3])
def test_a_plain_format_tells_nothing_of_its_own(code: str, value: float) -> None:
    assert is_plain(code)
    assert find_shown(value, code) is None


@pytest.mark.parametrize(("value", "code", "shown"), TELLING)
def test_what_is_shown_is_told_where_it_is_not_the_value(value: float | str, code: str, shown: str) -> None:
    assert find_shown(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code"),
    [(5, "0;-0;;@"), (5, "[>=1000]0,;0"), (5, "#,###"), (True, ";;;"), ("", ";;;"), (0, '0;-0;"-"')],
)
def test_a_format_with_other_sections_leaves_this_value_as_it_is(value: float | str, code: str) -> None:
    assert find_shown(value, code) is None


@given(
    st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12), st.text(max_size=5)),
    st.text(alphabet='0#?.,;@%"\\_*[]$->=Ed đ1()/GeneralRed', max_size=20),
)
@settings(max_examples=150)
def test_no_format_breaks_the_reader(value: float | str, code: str) -> None:
    shown = find_shown(value, code)
    assert shown is None or isinstance(shown, str)
    # A plain format is one that was never worth a look at its cells.
    assert not is_plain(code) or shown is None


@given(st.integers(0, 10**9), st.integers(0, 3))
@settings(max_examples=50)
def test_a_scale_is_always_told_but_for_nothing(value: int, scale: int) -> None:
    shown = find_shown(value, "#,##0" + "," * scale)
    assert (shown is None) == (scale == 0 or value == 0)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("53.000", 53000, None),
        ("53,000", 53000, None),
        ("53 000", 53000, None),
        ("53", 53000, "53"),
        ("12,3", 12.34, None),
        ("12.34", 12.34, None),
        ("-5", -5, None),
        ("(5)", -5, None),
        ("5", -5, "5"),
        ("-", 0, None),
        ("2.500 nghìn", 2500, "2500 nghìn"),
        ("5 vụ", 5, "5 vụ"),
        ("x", 5, "x"),
        ("5.30E+04", 53000, None),
        ("", 5, None),
    ],
)
def test_a_stored_text_is_read_in_any_countrys_style(text: str, value: float, shown: str | None) -> None:
    assert find_other_text(text, value) == shown


def test_only_rounding_agrees() -> None:
    assert agrees("12,3", Decimal("12.34"))
    assert agrees("(5)", Decimal(-5))
    assert not agrees("12,3", Decimal("12.4"))
    assert not agrees("(5", Decimal(-5))
    assert not agrees("", Decimal(0))
