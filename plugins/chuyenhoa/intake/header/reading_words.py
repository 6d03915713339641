"""Words that say what a text beside figures means: corrections, natures of figures, signatures.

They are data (`templates/messages/reading_words.yaml`), loaded once before a confined reader gives up opening
files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chuyenhoa import settings
from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, fold, has_marks, strip_marks


@dataclass(frozen=True)
class Phrases:
    """Some words to find in a text, and phrases with such a word that do not count."""

    marked: re.Pattern[str]
    plain: re.Pattern[str]
    not_marked: re.Pattern[str] | None
    not_plain: re.Pattern[str] | None

    def find(self, text: str) -> str:
        """The first of the words that stands in a text; "" when none does.

        Marks count where a text has any: "nhằm" is not "nhầm"; "da nham, so dung la 15" has none at all.
        """
        is_marked = has_marks(text)
        folded = fold(text) if is_marked else strip_marks(text)
        pattern, but = (self.marked, self.not_marked) if is_marked else (self.plain, self.not_plain)
        match = pattern.search(but.sub(" ", folded) if but else folded)
        return match[0] if match else ""


@dataclass(frozen=True)
class ReadingWords:
    """All of them."""

    corrections: Phrases
    natures: Mapping[str, Phrases]
    """What a nature is called, and its words."""
    signatures: tuple[str, ...]
    titles: Mapping[str, Sequence[str]]
    """The lists of `qualifiers`."""

    def nature_of(self, text: str) -> str:
        """What a text says that figures are, in the office's words; "" when it calls them nothing."""
        return next((name for name, words in self.natures.items() if words.find(text)), "")

    def find_nature(self, text: str) -> str:
        """The words by which it says so."""
        return next(filter(None, (words.find(text) for words in self.natures.values())), "")

    def is_correction(self, text: str) -> bool:
        """Whether a text corrects a figure: one of the words, and a number."""
        return any(sign.isdigit() for sign in text) and bool(self.corrections.find(text))

    def is_signature(self, text: str) -> bool:
        """Whether a text opens the signatures below a table, or is the line of place and date above them."""
        return fold(text).startswith(self.signatures) or bool(DATED_LINE.search(strip_marks(text)))


# "Rạch Giá, ngày 16 tháng 10 năm 2021", "..., ngày … tháng … năm 2021".
DATED_LINE = re.compile(r"(?:^|, ?|\.{2,} ?)ngay [0-9 ….]{1,12} ?thang [0-9 ….]{1,12} ?nam")


def load_words() -> ReadingWords:
    """The words of the templates in use.

    Raises:
        ValueError: the file is no mapping of the parts above.
    """
    return _load_once(os.environ.get("CHUYENHOA_HOME", ""))


@lru_cache(maxsize=8)
def _load_once(home: str) -> ReadingWords:
    path = settings.load().templates / "messages" / "reading_words.yaml"
    content: Any = load_yaml(path.read_text(encoding="utf-8"))
    try:
        return ReadingWords(
            _phrases(content["corrections"]),
            {clean_text(name): _phrases(words) for name, words in content["natures"].items()},
            tuple(fold(word) for word in content["signatures"]),
            {name: tuple(words) for name, words in content["title_words"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: {error}") from error


def _phrases(entry: Mapping[str, Sequence[str]]) -> Phrases:
    words, but = entry["words"], entry.get("but", ())
    return Phrases(
        _any_of([fold(word) for word in words]),
        _any_of([strip_marks(word) for word in words]),
        _any_of([fold(word) for word in but]) if but else None,
        _any_of([strip_marks(word) for word in but]) if but else None,
    )


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """The longest of some words first, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?!\w)")
