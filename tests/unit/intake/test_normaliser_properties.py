"""What holds of every normaliser for whatever is typed: no value is invented, the form does not matter."""

from __future__ import annotations

import math
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.intake.values.answers_and_dates import read_answer, read_date
from chuyenhoa.intake.values.cell_values import MAX_ABSOLUTE, read_number
from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.kit.vietnamese_text.normal_form import ZERO_KEYS, clean_text, fold, read_code, strip_marks
from chuyenhoa.kit.vietnamese_text.numerals import read_numeral
from chuyenhoa.model.figures import Answer

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵAĐÔƠƯ"
MESSY = st.text(
    st.sampled_from(LETTERS + "0123456789.,-–/ ()%+'\u00a0\u202f\u200b\u00ad…０９¹½OolI<>~=\n\t")
    | st.characters(),
    max_size=24,
)
VIETNAMESE = st.text(st.sampled_from(LETTERS + " .-/0123456789"), max_size=24)
FORMS: list[Literal["NFC", "NFD"]] = ["NFC", "NFD"]
UNITS = st.sampled_from([("vụ", False), ("người", False), ("đối tượng", False), ("triệu đồng", True)])


@given(MESSY)
def test_cleaning_and_folding_twice_is_doing_it_once(text: str) -> None:
    for normalise in (clean_text, fold, strip_marks, read_code):
        assert normalise(normalise(text)) == normalise(text)


@given(VIETNAMESE)
def test_the_form_of_unicode_the_case_and_spaces_do_not_matter(text: str) -> None:
    for shape in FORMS:
        other = unicodedata.normalize(shape, text)
        assert clean_text(other) == clean_text(text)
        assert fold(other) == fold(text)
        assert fold(other.upper().replace(" ", "\u00a0 \u200b")) == fold(text)
        assert read_number(other, "vụ", decimals=False) == read_number(text, "vụ", decimals=False)
        assert read_date(other) == read_date(text)
        assert read_answer(other).value == read_answer(text).value


@given(st.text(st.characters(exclude_categories=["Nd", "Nl", "No"]), max_size=30), UNITS)
def test_a_text_without_digits_is_no_number(text: str, unit: tuple[str, bool]) -> None:
    reading = read_number(text, *unit)
    assert reading.value is None or (reading.value == 0 and fold(text) in ZERO_KEYS)


@given(MESSY, UNITS)
def test_a_number_has_the_digits_that_were_typed(text: str, unit: tuple[str, bool]) -> None:
    """Whatever is read from a text, its digits stand in the text in the same order."""
    reading = read_number(text, *unit)
    if reading.value is None or fold(text) in ZERO_KEYS:
        return
    typed = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit()).lstrip("0")
    value = f"{reading.value:f}".replace(".", "").lstrip("0")
    assert typed.rstrip("0") == value.rstrip("0")
    assert reading.problem == ""


@given(MESSY | st.text(max_size=200), UNITS)
def test_no_text_raises_and_an_answer_is_a_value_or_a_question(text: str, unit: tuple[str, bool]) -> None:
    reading = read_number(text, *unit)
    assert reading.value is None or not reading.problem
    assert len(reading.readings) <= 150
    for word in (read_date(text), read_answer(text)):
        assert word.value is None or not word.problem


@given(
    st.floats() | st.integers() | st.booleans() | st.datetimes() | st.dates() | st.times() | st.timedeltas(),
    UNITS,
)
def test_no_value_raises(value: float | datetime | date, unit: tuple[str, bool]) -> None:
    reading = read_number(value, *unit)
    assert reading.value is None or (reading.problem == "" and abs(reading.value) <= MAX_ABSOLUTE)
    read_date(value)
    read_answer(value)


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_are_exact_as_number_and_as_text(number: int) -> None:
    for typed in (number, float(number)):
        reading = read_number(typed, "vụ", decimals=False)
        assert reading.value == number
        assert reading.why == ""
    if number >= 0:
        for text in (str(number), format_number(number), f" {number} ", f"{format_number(number)} vụ"):
            assert read_number(text, "vụ", decimals=False).value == number
    else:
        assert read_number(str(number), "vụ", decimals=False).problem == "D35"


@given(st.decimals(0, 10**9, places=2))
def test_money_written_as_officials_write_it_comes_back_exactly(number: Decimal) -> None:
    text = format_number(number)
    reading = read_number(text, "triệu đồng", decimals=True)
    is_doubtful = text.count(".") == 1 and "," not in text
    assert reading.problem == "D42" if is_doubtful else reading.value == number
    assert read_number(float(number), "triệu đồng", decimals=True).value == number


@given(st.floats(0, 10**9, allow_subnormal=False))
def test_a_float_is_read_as_excel_shows_it(number: float) -> None:
    reading = read_number(number, "triệu đồng", decimals=True)
    assert reading.value == Decimal(f"{number:.15g}")
    assert math.isclose(float(reading.value), number, rel_tol=1e-14)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_date_gives_that_date(day: date) -> None:
    shapes = [
        "%d/%m/%Y",
        "%d-%m-%Y",
        "%d.%m.%Y",
        "%Y-%m-%d",
        "ngày %d tháng %m năm %Y",
        "Ngày %d tháng %m, năm %Y",
    ]
    shapes += ["%d/%m/%y"] if day.year >= 2000 else []
    for shape in shapes:
        for form in FORMS:
            assert read_date(unicodedata.normalize(form, day.strftime(shape))).value == day
    assert read_date(f"{day.day}/{day.month}/{day.year}").value == day
    assert read_date(day).value == day


@given(MESSY)
def test_a_date_has_the_digits_that_were_typed(text: str) -> None:
    value = read_date(text).value
    if isinstance(value, date):
        assert f"{value:%d}".lstrip("0") in text.translate(
            {0xFF10 + digit: str(digit) for digit in range(10)}
        )


@given(st.text(max_size=20))
def test_no_other_word_is_an_answer(text: str) -> None:
    words = {"co": Answer.YES, "khong": Answer.NO, "khong ap dung": Answer.NOT_APPLICABLE}
    assert read_answer(text).value == words.get(strip_marks(text))


ONES = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def spell(number: int) -> str:
    """A number in words, as officials write it behind the figures."""
    for zeros, word in ((9, "tỷ"), (6, "triệu"), (3, "nghìn")):
        head, rest = divmod(number, 10**zeros)
        if head:
            return f"{spell(head)} {word}" + (f" {_group(rest, full=True)}" if rest else "")
    return _group(number, full=False)


def _group(number: int, *, full: bool) -> str:
    if number >= 1000:
        return spell(number)
    hundreds, rest = divmod(number, 100)
    words = [f"{ONES[hundreds]} trăm"] if hundreds or full else []
    tens, ones = divmod(rest, 10)
    if tens:
        words.append("mười" if tens == 1 else f"{ONES[tens]} mươi")
        late = {1: "mốt" if tens > 1 else "một", 4: "tư" if tens > 1 else "bốn", 5: "lăm"}
        words += [late.get(ones, ONES[ones])] if ones else []
    elif ones or not words:
        words += ["linh"] if words else []
        words.append(ONES[ones])
    return " ".join(words)


@given(st.integers(0, 10**12 - 1))
def test_numerals_say_what_they_say(number: int) -> None:
    assert read_numeral(spell(number)) == number
    assert read_number(f"{number} ({spell(number)})", "vụ", decimals=False).value == number
    if number:
        reading = read_number(spell(number), "vụ", decimals=False)
        assert (reading.value, reading.problem, reading.readings) == (None, "D90", f"{number}, ghi bằng chữ")


@given(
    st.lists(
        st.sampled_from([*ONES, "mươi", "mười", "trăm", "nghìn", "triệu", "tỷ", "linh", "vụ"]), max_size=9
    )
)
def test_words_that_are_no_numeral_are_none(words: list[str]) -> None:
    said = read_numeral(" ".join(words))
    assert said is None or 0 <= said < 10**14
