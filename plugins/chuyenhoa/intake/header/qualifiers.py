"""What a title calls its figures in words that nobody knows: "số liệu khái toán", "BÁO CÁO NHANH 6 THÁNG".

The natures of `reading_words` are a list, and a list knows only what somebody thought of. Here it is turned
round: the words that stand directly at "số liệu", or between "báo cáo" and its period, are known to say
nothing of the kind, or they are asked. All other words of a title are free.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from chuyenhoa.kit.vietnamese_text.normal_form import clean_line, fold, has_marks, strip_marks

TOKEN = re.compile(r"[^\W\d_]+|[0-9]+(?:[./-][0-9]+)*|[^\w\s]")
"""A word, a number with what is joined to it, or a sign."""
FIGURES = {True: ("so", "lieu"), False: (fold("số"), fold("liệu"))}
"""The words that are qualified, in plain letters and with their marks."""
LEADS = frozenset("([“\"'‘-–—:")
"""Signs between "số liệu" and what it is called: "Số liệu (khái toán)", "SỐ LIỆU – PHỎNG TÍNH"."""
MAX_UNKNOWN = 4
"""Unknown words in a row above which they are a sentence, and no name for figures."""
MAX_BEFORE = 3
"""Words in front of "số liệu", or between "báo cáo" and its period, that may call the figures something."""

Words = Sequence[str]


@dataclass(frozen=True)
class _Phrases:
    """Word sequences, in plain letters or with their marks."""

    all: frozenset[tuple[str, ...]]

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.all), default=0)

    def match(self, words: Words, place: int) -> int:
        """The length of the longest of them that stands at a place; 0 for none."""
        for length in range(min(self.longest, len(words) - place), 0, -1):
            if tuple(words[place : place + length]) in self.all:
                return length
        return 0


@dataclass(frozen=True)
class TitleWords:
    """The words of titles that are known, and what a plan speaks of."""

    known: Mapping[str, Mapping[bool, _Phrases]]
    """`plain` (say nothing of the nature), `ends` (what follows is no qualifier), `topics`, `openers`; by
    whether the text has no marks."""
    pairs: Mapping[bool, frozenset[tuple[str, str]]]
    """Two words side by side in what the plan counts and whom it names: "tội phạm", "Kiên Lương"."""

    def find_unknown(self, text: str) -> str:
        """The words by which a title calls its figures and that are not known; "" when there are none.

        "Số liệu khái toán từ ngày …" → "khái toán"
        "BÁO CÁO NHANH 6 THÁNG"       → "nhanh"
        "Số liệu tội phạm", "Số liệu chính thức của huyện" → ""
        """
        written, is_plain = _split(text), not has_marks(text)
        each = strip_marks if is_plain else fold
        reader = _Reader(self, is_plain, [each(word) for word in written], written)
        return reader.after_figures() or reader.before_figures() or reader.before_period()

    def is_whole_statement(self, text: str, unknown: str) -> bool:
        """Whether a line beside a table says nothing else: "Ghi chú: số liệu khái toán."."""
        words = [fold(word) for word in _split(text) if _is_word(word)]
        for note in self.known["notes"].values():
            words = words[note.match(words, 0) :]
        is_about = tuple(words[:2]) in FIGURES.values()
        last = [fold(word) for word in unknown.split()]
        return is_about and words[-len(last) :] == last


@dataclass(frozen=True)
class _Reader:
    """One text while it is read."""

    title: TitleWords
    is_plain: bool
    words: Words
    written: Words
    """The same as they stand in the file."""

    def after_figures(self) -> str:
        """Unknown words behind "số liệu"."""
        for place in self._figures():
            start = place + 2
            while start < len(self.words) and self.words[start] in LEADS:
                start += 1
            unknown = self._unknown_from(start, len(self.words))
            if unknown:
                return unknown
        return ""

    def before_figures(self) -> str:
        """Unknown words in front of it: "PHỎNG TÍNH SỐ LIỆU"."""
        for place in self._figures():
            start = self._clause(place)
            # "… lý do (việc gì làm số liệu như vậy)" is a sentence; a title begins with what it is.
            is_first = not any(_is_word(word) for word in self.words[:start])
            if is_first and 0 < place - start <= MAX_BEFORE:
                unknown = self._unknown_from(start, place)
                if unknown:
                    return unknown
        return ""

    def before_period(self) -> str:
        """Unknown words between "báo cáo", "biểu" or "số" and the time: "BÁO CÁO KHÁI TOÁN 6 THÁNG"."""
        for place in range(len(self.words)):
            length = self._match("openers", place)
            if not length or self._clause(place) != place or place in self._figures():
                continue
            start = place + max(length, self._match("plain", place))
            end = next((i for i in range(start, len(self.words)) if self._is_time(i)), start)
            if 0 < end - start <= MAX_BEFORE + 1:
                unknown = self._unknown_from(start, end)
                if unknown and len(unknown.split()) <= MAX_BEFORE:
                    return unknown
        return ""

    def _figures(self) -> Iterable[int]:
        return (i for i in range(len(self.words)) if tuple(self.words[i : i + 2]) == FIGURES[self.is_plain])

    def _clause(self, place: int) -> int:
        """Where the words before a place begin, back to a sign or a number."""
        while place and _is_word(self.words[place - 1]):
            place -= 1
        return place

    def _is_time(self, place: int) -> bool:
        word, following = self.words[place], self.words[place + 1 : place + 2]
        is_count = bool(following) and strip_marks(following[0]) in ("thang", "nam", "quy")
        return self._match("times", place) > 0 or (word[0].isdigit() and is_count)

    def _match(self, kind: str, place: int) -> int:
        return self.title.known[kind][self.is_plain].match(self.words, place)

    def _unknown_from(self, place: int, end: int) -> str:
        """The first words of a stretch that are not known; "" where a topic or an end comes before any."""
        while place < end and not self._ends(place):
            length = self._match("plain", place)
            if not length:
                return self._collect(place, end)
            place += length
        return ""

    def _collect(self, place: int, end: int) -> str:
        last = place
        while last < end and not self._ends(last) and not self._match("plain", last):
            last += 1
        return " ".join(self.written[place:last]) if last - place <= MAX_UNKNOWN else ""

    def _ends(self, place: int) -> bool:
        """Whether no qualifier stands at a place but a sign, a number, a preposition, or a topic."""
        if not _is_word(self.words[place]) or self._match("ends", place) or self._match("topics", place):
            return True
        pair = [word for word in self.words[place : place + 3] if word != ","][:2]  # "Băng, nhóm triệt phá"
        return tuple(pair) in self.title.pairs[self.is_plain]


def _split(text: str) -> list[str]:
    """Words, numbers and signs of a text, in composed letters."""
    return TOKEN.findall(unicodedata.normalize("NFKC", clean_line(text)))


def _is_word(token: str) -> bool:
    return token[0].isalpha()


def title_words(lists: Mapping[str, Sequence[str]], texts: Iterable[str]) -> TitleWords:
    """The words of a plan's titles.

    Args:
        lists: `plain`, `ends`, `topics`, `openers`, `times`, `notes` of `reading_words.yaml`.
        texts: labels and names of the plan.
    """
    known = {
        kind: {
            True: _Phrases(frozenset(tuple(strip_marks(word).split()) for word in words)),
            False: _Phrases(frozenset(tuple(fold(word).split()) for word in words)),
        }
        for kind, words in lists.items()
    }
    texts = list(texts)
    return TitleWords(known, {True: _pairs(texts, strip_marks), False: _pairs(texts, fold)})


def _pairs(texts: Iterable[str], each: Callable[[str], str]) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for text in texts:
        found.update(pairwise(each(word) for word in _split(text) if _is_word(word)))
    return frozenset(found)
