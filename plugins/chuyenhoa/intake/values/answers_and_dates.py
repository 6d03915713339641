"""Reads the answers and dates of sheet "Định tính" as people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.kit.vietnamese_text.normal_form import MISSING_KEYS, clean_text, fold, strip_marks
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import ANSWER_WORDS

ANSWERS = {strip_marks(word): answer for answer, word in ANSWER_WORDS.items()}
_LEAD = r"(?:[^0-9]*\bngay )?"
_YEAR = r"([0-9]{4}|[0-9]{2})"
_TIME = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?\.?"
# "05/01/2021", "5.1.21", "ngày 5 tháng 1 năm 2021", "Rạch Giá, ngày 05/01/2021".
DAY_FIRST = re.compile(
    rf"{_LEAD}([0-9]{{1,2}}) ?(?:[/.-]|thang) ?([0-9]{{1,2}}),? ?(?:[/.-]|nam) ?{_YEAR}{_TIME}"
)
# "2021-01-05", "2021-01-05 00:00:00": what other programs write into a text cell.
YEAR_FIRST = re.compile(rf"([0-9]{{4}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{1,2}}){_TIME}")
ENGLISH = re.compile(rf"([0-9]{{1,2}})[ -]([a-z]{{3}})[a-z]*[ -]{_YEAR}{_TIME}")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LAST_MONTH = 12
PLAIN_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
YEARS = range(1990, 2100)
"""The years in which a document of a plan can have been signed."""


@dataclass(frozen=True)
class WordReading:
    """An answer or a date as read; no value and no problem is a blank cell.

    `problem` is a finding code; `why` says why it was read otherwise than typed.
    """

    value: Answer | date | None = None
    problem: str = ""
    why: str = ""
    readings: str = ""
    """How a date that is asked or warned about could be meant."""
    warning: str = ""
    """Finding code of a warning beside a value that is taken."""

    @property
    def shown(self) -> str:
        """The value as the form would show it."""
        if isinstance(self.value, Answer):
            return ANSWER_WORDS[self.value]
        return f"{self.value:%d/%m/%Y}" if self.value else ""


def read_answer(value: CellValue) -> WordReading:
    """Read cell KET_QUA; case, Unicode form and missing tone marks do not matter."""
    text = clean_text(value)
    if not text:
        return WordReading()
    if fold(text) in MISSING_KEYS:
        return WordReading(why="chưa có số liệu, để trống")
    answer = None if isinstance(value, bool) else ANSWERS.get(strip_marks(text))
    if answer is None:
        return WordReading(problem=Code.UNKNOWN_ANSWER)
    return WordReading(answer, why="" if text == ANSWER_WORDS[answer] else "viết lại theo biểu mẫu")


def read_date(value: CellValue, is_us: bool = False, latest: date | None = None) -> WordReading:
    """Read cell NGAY_VAN_BAN: a date cell, or a text with day, month and year in this order.

    Args:
        value: what the cell holds; "" is blank.
        is_us: whether the cell shows the month before the day, so that Excel may have swapped what was typed.
        latest: the last day that makes sense; a date cell behind it that makes sense the other way round is
            gets a warning as well.
    """
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return _warn_of_future(_warn_of_swap(day, is_us, latest), latest)
    text = clean_text(value)
    return _warn_of_future(_read_date_text(text), latest) if text else WordReading()


def _warn_of_future(reading: WordReading, latest: date | None) -> WordReading:
    """A date that is read, with a warning when it lies behind the last day that makes sense."""
    day = reading.value
    if latest is None or not isinstance(day, date) or day <= latest or reading.warning:
        return reading
    return replace(reading, warning=Code.DOCUMENT_DATED_AFTER_DEADLINE, readings=f"{latest:%d/%m/%Y}")


def _warn_of_swap(day: date, is_us: bool, latest: date | None) -> WordReading:
    """The date of a date cell, with a warning when day and month may be swapped."""
    if day.year not in YEARS:
        return WordReading(problem=Code.UNREADABLE_DATE)
    # Excel of English settings turns a typed 03/04/2021 into 4 March; 25/4 it leaves as text, so a day
    # above 12 was never swapped.
    if day.day > LAST_MONTH or day.day == day.month:
        return WordReading(day)
    other = day.replace(day=day.month, month=day.day)
    if is_us or (latest is not None and other <= latest < day):
        return WordReading(
            day, warning=Code.POSSIBLY_SWAPPED_DATE, readings=f"{day:%d/%m/%Y} hoặc {other:%d/%m/%Y}"
        )
    return WordReading(day)


def _read_date_text(text: str) -> WordReading:
    """A date typed as text; month before day is asked."""
    plain = " ".join(strip_marks(text).split())
    found = _split_date(plain)
    if found is None or found[2] not in YEARS:
        return WordReading(problem=Code.UNREADABLE_DATE)
    day, month, year = found
    try:
        value = date(year, month, day)
    except ValueError:
        return _read_swapped(day, month, year)
    return WordReading(value, why="" if PLAIN_DATE.fullmatch(text) else "viết lại theo dạng ngày/tháng/năm")


def _split_date(plain: str) -> tuple[int, int, int] | None:
    """Day, month and year of a text in plain letters; a year of two digits is of this century."""
    match = YEAR_FIRST.fullmatch(plain)
    if match:
        return int(match[3]), int(match[2]), int(match[1])
    match = ENGLISH.fullmatch(plain)
    if match and match[2] in MONTH_NAMES:
        return int(match[1]), MONTH_NAMES.index(match[2]) + 1, _full_year(match[3])
    match = DAY_FIRST.fullmatch(plain)
    return (int(match[1]), int(match[2]), _full_year(match[3])) if match else None


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) > len("21") else 2000 + int(digits)


def _read_swapped(day: int, month: int, year: int) -> WordReading:
    """A text that is a date only with the month in front, as Americans write it."""
    try:
        other = date(year, day, month)
    except ValueError:
        return WordReading(problem=Code.UNREADABLE_DATE)
    return WordReading(problem=Code.MONTH_BEFORE_DAY, readings=f"{other:%d/%m/%Y}")
