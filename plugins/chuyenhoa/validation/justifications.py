"""Tells a reason for a warning from a text that only repeats that the figure stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WORD = re.compile(r"\w+")
SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
"""A syllable of Vietnamese without its marks; `asdf` is none."""


class Flaw(StrEnum):
    """Why a text is no reason."""

    BLANK = "blank"
    EMPTY = "empty"
    SHORT = "short"
    COPIED = "copied"


class ReasonsError(ValueError):
    """`templates/messages/reasons.yaml` cannot be used; the text names the entry."""


Words = tuple[str, ...]


@dataclass(frozen=True)
class JustificationRules:
    """What `templates/messages/reasons.yaml` says, folded for comparing."""

    least_words: int
    empty: tuple[Words, ...]
    """Longest first."""
    filler: frozenset[str]
    ours: tuple[Words, ...]
    copied_above: int
    why: Mapping[Flaw, str]
    """What is wrong with a text, in the submitter's words."""

    def flaw_of(self, text: str, own_words: Iterable[str] = ()) -> Flaw | None:
        """Why `text` is no reason; None when it is one.

        Args:
            text: as it was typed.
            own_words: what the warning itself says (title and message), which is not to be copied.
        """
        words = _fold(text)
        if not words:
            return Flaw.BLANK
        if self._is_copied(words, tuple(map(_fold, own_words))):
            return Flaw.COPIED
        rest = self._without_phrases(words)
        if not rest:
            return Flaw.EMPTY
        telling = {word for word in rest if SYLLABLE.fullmatch(word)}
        return None if len(telling) >= self.least_words else Flaw.SHORT

    def _is_copied(self, words: Words, rule: Sequence[Words]) -> bool:
        """Whether a text repeats any part of what its rule says, or the better part of an example of ours.

        What our example tells of may truly happen: few words in common with it prove nothing.
        """
        if _share_copied(words, rule) > self.copied_above:
            return True
        return any(
            _share_copied(words, [text]) > self.copied_above < _share_copied(text, [words])
            for text in self.ours
        )

    def _without_phrases(self, words: Words) -> list[str]:
        """The words that are left when empty phrases and filler are taken out."""
        rest: list[str] = []
        position = 0
        while position < len(words):
            phrase = next((p for p in self.empty if words[position : position + len(p)] == p), None)
            if phrase is None and words[position] not in self.filler:
                rest.append(words[position])
            position += len(phrase) if phrase else 1
        return rest


def _fold(text: str) -> Words:
    """The words of a text without case and marks, so that `ĐÚNG`, `đúng` and `dung` are one."""
    apart = unicodedata.normalize("NFD", text).casefold().replace("đ", "d")
    return tuple(WORD.findall("".join(sign for sign in apart if not unicodedata.combining(sign))))


def _share_copied(words: Words, sources: Sequence[Words]) -> int:
    """Hundredths of the three-word sequences of a text that stand in one of the sources."""
    own = _sequences(words)
    return (
        max((100 * len(own & _sequences(source)) // len(own) for source in sources), default=0) if own else 0
    )


def _sequences(words: Words) -> set[Words]:
    return {words[index : index + 3] for index in range(len(words) - 2)}


@lru_cache(maxsize=8)
def load_justification_rules(path: Path) -> JustificationRules:
    """Read what counts as a reason.

    Args:
        path: `templates/messages/reasons.yaml`.

    Raises:
        ReasonsError: the file is missing, or an entry is not as it must be.
    """
    try:
        raw: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        rules = JustificationRules(
            least_words=int(raw["least_words"]),
            empty=tuple(sorted(map(_fold, raw["empty"]), key=lambda words: -len(words))),
            filler=frozenset(word for text in raw["filler"] for word in _fold(text)),
            ours=tuple(map(_fold, raw["ours"])),
            copied_above=int(raw["copied_above"]),
            why={flaw: str(raw["why"][flaw.value]) for flaw in Flaw},
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ReasonsError(f"{path}: {type(error).__name__}: {error}") from error
    if not rules.empty or not all(rules.empty) or rules.least_words < 1:
        raise ReasonsError(f"{path}: `empty` must hold phrases, and `least_words` be 1 or more.")
    return rules
