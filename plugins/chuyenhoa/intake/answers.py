"""Turns the cells of a declaration into an answer and a date, or says why they are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from chuyenhoa.intake.book import CellValue
from chuyenhoa.intake.words import MISSING_KEYS, clean_text, fold, strip_marks
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.form import ANSWER_WORDS

ANSWERS = {strip_marks(word): answer for answer, word in ANSWER_WORDS.items()}
DATE_TEXT = re.compile(r"(?:ngay )?([0-9]{1,2}) ?(?:[/.-]|thang) ?([0-9]{1,2}) ?(?:[/.-]|nam) ?([0-9]{4})")
PLAIN_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")


@dataclass(frozen=True)
class WordReading:
    """An answer or a date as read; no value and no problem is a blank cell.

    `problem` is a D-code; `why` says why it was read otherwise than typed.
    """

    value: Answer | date | None = None
    problem: str = ""
    why: str = ""

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
        return WordReading(problem="D45")
    return WordReading(answer, why="" if text == ANSWER_WORDS[answer] else "viết lại theo biểu mẫu")


def read_date(value: CellValue) -> WordReading:
    """Read cell NGAY_VAN_BAN: a date cell, or a text with day, month and four-digit year in this order."""
    if isinstance(value, datetime):
        return WordReading(value.date())
    if isinstance(value, date):
        return WordReading(value)
    text = clean_text(value)
    if not text:
        return WordReading()
    match = DATE_TEXT.fullmatch(strip_marks(text))
    if not match:
        return WordReading(problem="D46")
    try:
        day = date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return WordReading(problem="D46")
    return WordReading(day, why="" if PLAIN_DATE.fullmatch(text) else "viết lại theo dạng ngày/tháng/năm")
