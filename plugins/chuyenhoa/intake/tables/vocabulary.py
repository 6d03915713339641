"""What the words over a column mean: sections, indicators, windows, and what is no figure at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from chuyenhoa.intake.header.periods import MONTHS, SIX_MONTHS, SPAN, read_statements
from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.intake.tables import header_labels
from chuyenhoa.intake.tables.form_tables import MAX_CODE_LENGTH
from chuyenhoa.intake.values.units import (
    StatedUnit,
    find_labelled,
    is_statement,
    read_units,
    stated_for,
)
from chuyenhoa.kit.vietnamese_text.normal_form import read_code, strip_marks
from chuyenhoa.model.plan import Indicator, Plan
from chuyenhoa.plan.names import label_key, plain_key

NEEDS_NO_SECTION = "!"
"""An alias that begins with it needs no heading of its section."""
MIN_CERTAIN_SYLLABLES = 5
"""Syllables from which an alias names its section itself, as “Số vụ phạm pháp hình sự xảy ra” does."""

# "Khám phá (TTXH_KP)", "TTXH_XR – Xảy ra". A code of one word (THT) counts in a cell of its own alone: such
# letters also stand for other things.
CODE_IN_TEXT = re.compile(r"[(\[]?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b[)\]]?")


@lru_cache(maxsize=8192)
def section_key(text: str) -> str:
    """The key of a heading, with what the services write short written out."""
    return " ".join(header_labels.ABBREVIATIONS.get(word, word) for word in plain_key(text).split())


@lru_cache(maxsize=8192)
def name_key(text: str) -> str:
    """The key of an indicator's name, with what the services write short written out."""
    return label_key(section_key(text))


@dataclass(frozen=True)
class Match:
    """Which indicators a heading may mean; `certain` when it needs no heading beside it."""

    codes: frozenset[str] = frozenset()
    certain: bool = False
    is_loose: bool = False
    clash: frozenset[str] = frozenset()
    """Of a column with a code: the other indicators that its label names."""


@dataclass(frozen=True)
class Vocabulary:
    """The labels of one plan by key, looked up for every heading.

    `certain` and `loose` hold pairs of key and indicator: a label that needs no heading of its section, and
    one that means its indicator only up to another figure ("làm rõ" counts old cases as well, D86).
    """

    plan: Plan
    sections: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    certain: frozenset[tuple[str, str]] = frozenset()
    loose: frozenset[tuple[str, str]] = frozenset()
    units: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    """How labels begin: headings over several of them, as “Đánh bạc” over “Số vụ” and “Số đối tượng”."""

    def is_hit(self, text: str) -> bool:
        """Whether a heading names an indicator."""
        part = self.part(text)
        return bool(part.code) or name_key(part.key) in self.labels

    def is_section(self, text: str) -> bool:
        """Whether a heading names a section."""
        return self.part(text).key in self.sections

    def part(self, text: str) -> header_labels.Part:
        """A heading's text without numbering and unit, with what it says about the window.

        "1. Khám phá (vụ)"    → key "kham pha", unit "vu"
        "Cùng kỳ năm 2020"    → no key, meaning BASELINE
        "Công tác giải quyết tin báo" → the key of the section, its lead left out
        "Khám phá (TTXH_KP)"  → key "kham pha", code "TTXH_KP"
        """
        # "Khám⏎phá" and "Khám phá␣(vụ)" with a hard blank are what they look like.
        line = " ".join(text.split())
        code, rest = self._take_code(line)
        is_word = "_" not in code and bool(self.labels.get(name_key(code), frozenset()) - {code})
        line = line if is_word else rest
        part = self._part(line) if line else header_labels.Part(text, "")
        if code:
            part = replace(part, text=text, code=code, is_word=is_word)
        key = section_key(part.key)
        if name_key(key) not in self.labels:
            key = self._without_leads(key)
        return part if key == part.key else replace(part, key=key)

    def _take_code(self, line: str) -> tuple[str, str]:
        """The code that a heading holds, and the heading without it; "" and all of it where there is none."""
        known = self.plan.indicator_by_code
        if len(line) <= MAX_CODE_LENGTH and read_code(line) in known:
            return read_code(line), ""
        found = {match[1]: match for match in CODE_IN_TEXT.finditer(line) if match[1] in known}
        if len(found) != 1:
            return "", line
        ((code, match),) = found.items()
        return code, (line[: match.start()] + " " + line[match.end() :]).strip(" :-–")

    def _without_leads(self, key: str) -> str:
        """A key without the words in front of a section's name; as it is where it names none so."""
        rest = key
        while rest not in self.sections:
            lead = next((word for word in header_labels.SECTION_LEADS if rest.startswith(f"{word} ")), None)
            if lead is None:
                return key
            rest = rest.removeprefix(f"{lead} ")
        return rest

    def _part(self, text: str) -> header_labels.Part:
        plain = header_labels.NUMBERING.sub("", text).strip() or text.strip()
        below = header_labels.UNIT_TAIL.match(plain)
        if below and self.is_unit(below[2]):
            return replace(self._part(below[1]), text=text, unit=below[2])
        if is_statement(plain):
            return header_labels.Part(text, "", find_labelled(plain))
        # Before the brackets: "(Từ 15/4/2021 đến 14/10/2021)" is a window and no unit.
        window = next((entry.window for entry in read_statements(plain, self.plan) if entry.window), None)
        if window:
            return self._with_window(text, plain, self._year(window.end.year))
        six_months = self._six_months(plain)
        if six_months:
            return six_months
        nature = load_words().find_nature(plain)
        if nature and name_key(plain) not in self.labels:
            rest = strip_marks(plain).replace(strip_marks(nature), " ").replace("()", " ")
            key = plain_key(rest)
            known = header_labels.GENERIC | header_labels.VALUE_HEADS
            return header_labels.Part(
                text, "" if key in known else key, meaning=header_labels.Meaning.NOT_FINAL
            )
        if plain.strip("() ") == "%" or plain.endswith("(%)"):
            return header_labels.Part(text, plain_key(plain), meaning=header_labels.Meaning.PERCENT)
        return self._with_brackets(text, plain)

    def _six_months(self, text: str) -> header_labels.Part | None:
        """A heading that says “6 tháng” of a year and nothing else: the plan's own, or those compared with.

        Titles compare the period that it names with the others (`tables`): a report of the year that shows
        the six months as well is asked about.
        """
        plain = strip_marks(text)
        match = SIX_MONTHS.search(plain)
        rest = plain_key(plain[: match.start()] + " " + plain[match.end() :]) if match else "?"
        if match is None or rest not in header_labels.WINDOW_WORDS | {"", "cung ky", "so lieu cung ky"}:
            return None
        year = int(match[1] or self.plan.year)
        if rest.endswith("cung ky"):
            year = self.plan.year - 1 if match[1] is None else year
        return header_labels.Part(text, "", meaning=self._year(year))

    def _with_window(self, text: str, plain: str, meaning: header_labels.Meaning) -> header_labels.Part:
        """A heading that states a window, with what else it says."""
        rest_text = MONTHS.sub(" ", SPAN.sub(" ", strip_marks(plain))).replace("()", " ").strip()
        rest = self._with_brackets(rest_text, rest_text) if rest_text else header_labels.Part("", "")
        if header_labels.CUMULATIVE.search(plain_key(rest_text)):
            meaning = header_labels.Meaning.CUMULATIVE
        return header_labels.Part(
            text, "" if rest.key in header_labels.WINDOW_WORDS else rest.key, rest.unit, meaning
        )

    def _with_brackets(self, text: str, plain: str) -> header_labels.Part:
        """A heading with a unit or a window behind it in brackets, or a window in its words."""
        unit, meaning = "", None
        brackets = header_labels.BRACKETS.search(plain)
        # "Khám phá (trong số vụ xảy ra trong kỳ)" is a label of the plan: these brackets are no unit.
        if brackets and name_key(plain) not in self.labels:
            inner = plain_key(brackets[1].partition(":")[2] or brackets[1])
            meaning = self._meaning(inner)
            stated = brackets[1].rpartition(":")[2].strip()
            if self.is_unit(stated) or meaning:
                plain, unit = plain[: brackets.start()].strip(), "" if meaning else stated
        key = plain_key(plain)
        own = self._meaning(key)
        if own:
            rest = (
                " ".join(header_labels.CUMULATIVE.sub(" ", key).split())
                if own is header_labels.Meaning.CUMULATIVE
                else ""
            )
            return header_labels.Part(text, rest, unit, own)
        tail = (
            header_labels.BASIS_TAIL.search(key)
            if meaning is None and name_key(key) not in self.labels
            else None
        )
        if tail:
            meaning = (
                header_labels.Meaning.BASELINE
                if (tail[1] or tail[2]).startswith("cung")
                else header_labels.Meaning.CURRENT
            )
            key = header_labels.BASIS_TAIL.sub("", key, count=1).strip()
        return header_labels.Part(text, key, unit, meaning)

    def _meaning(self, key: str) -> header_labels.Meaning | None:
        # “Lũy kế đến cuối kỳ” is the kind of the households reached on our own form, and no other window.
        if header_labels.CUMULATIVE.search(key) and key not in header_labels.KINDS_OF_COUNT:
            return header_labels.Meaning.CUMULATIVE
        if header_labels.COMPARED.fullmatch(key):
            return header_labels.Meaning.COMPARED
        if header_labels.BASELINE.fullmatch(key):
            return header_labels.Meaning.BASELINE
        if header_labels.CURRENT.fullmatch(key):
            return header_labels.Meaning.CURRENT
        year = header_labels.YEAR.fullmatch(key)
        if year:
            return self._year(int(year[1]))
        return None

    def _year(self, year: int) -> header_labels.Meaning:
        """The window that a year speaks of."""
        ago = self.plan.year - year
        return {0: header_labels.Meaning.CURRENT, 1: header_labels.Meaning.BASELINE}.get(
            ago, header_labels.Meaning.OTHER_YEAR
        )

    def explain(self, keys: list[str]) -> Match:
        """Which indicators a path of headings means, from the top one to the label; all of it must count.

        Headings above the label are the indicator's section, or say nothing, or belong to the label itself,
        as "Rất nghiêm trọng" over "xảy ra". When it is counted may stand below.

            ["pham phap hinh su", "kham pha"]   → TTXH_KP, certain: its section stands over it
            ["kham pha"]                        → TTXH_KP, not certain
            ["xay ra"]                          → crime, traffic, fire, complaints: several codes
            ["ket qua cua dan quan", "kham pha"] → nothing: nobody knows the upper heading (D74)
        """
        match = self._explain(keys)
        while not match.codes and len(keys) > 1 and keys[-1] in header_labels.KINDS_OF_COUNT:
            keys = keys[:-1]
            match = self._explain(keys)
        return match

    def _explain(self, keys: list[str]) -> Match:
        """Which indicators a path means, its lowest heading counting as well."""
        # From the longest label to the shortest: "Tổng số" | "Xảy ra" may be one label of two headings, and
        # only what is not part of the label must be its section or say nothing.
        for split in range(len(keys)):
            lead = [key for key in keys[:split] if key not in header_labels.GENERIC]
            named = [self.sections.get(self._without_leads(key), "") for key in lead]
            key = name_key(" ".join(keys[split:]))
            codes = self.labels.get(key, frozenset())
            sections = self.plan.indicator_by_code
            kept = frozenset(code for code in codes if all(sections[code].section == name for name in named))
            if kept:
                certain = bool(named) or all((key, code) in self.certain for code in kept)
                return Match(kept, certain, any((key, code) in self.loose for code in kept))
        return Match()

    def is_unit(self, text: str) -> bool:
        """Whether a heading is a unit; a letter alone ("D") numbers its column, and "Số vụ" is a label."""
        key = plain_key(text)
        is_word = text.strip() == "%" or (len(key) > 1 and not key.startswith("so "))
        return is_word and bool(read_units(text, self.units))

    def stated_unit(self, column: str, table: str, indicator: Indicator) -> StatedUnit | None:
        """The unit of a column's figures (`units.stated_for`); None when it is not the indicator's."""
        return stated_for(indicator.unit, column, table, self.units)

    def decide(self, codes: frozenset[str], keys: Sequence[str]) -> Match:
        """What a column with codes in its head means: the code decides, unless the label is another's.

        ["TTXH_KP"] under "Số liệu của đội 2"   → TTXH_KP: nobody knows the heading, the code is plain
        ["TTXH_KP"] under "Đối tượng bắt, xử lý" → TTXH_KP, with TTXH_DT as `clash`: asked
        """
        if len(codes) != 1:
            return Match(codes)
        (code,) = codes
        named = self._named(keys)
        return Match(codes, certain=True, clash=frozenset() if code in named else named)

    def _named(self, keys: Sequence[str]) -> frozenset[str]:
        """The indicators that the lowest headings name, whatever section stands over them."""
        rest = list(keys)
        while rest and rest[-1] in header_labels.KINDS_OF_COUNT | header_labels.GENERIC:
            rest.pop()
        found: set[str] = set()
        # Sections are not looked at: one that was typed over the middle of its columns is no contradiction.
        for start in range(len(rest)):
            key = name_key(" ".join(rest[start:]))
            found |= {code for code in self.labels.get(key, ()) if (key, code) not in self.loose}
        return frozenset(found)


@once_a_plan
def vocabulary_of(plan: Plan) -> Vocabulary:
    """The vocabulary of a plan, computed once from its sections, indicators and their aliases.

    sections.csv    TTXH, alias "Phạm pháp hình sự"  → sections["pham phap hinh su"] = "TTXH"
    indicators.csv  TTXH_XR, alias "Xảy ra"          → labels["xay ra"], with three others, not certain
                    both joined                      → labels["pham phap hinh su xay ra"], certain
    """
    headings = {
        entry.code: [section_key(name) for name in (entry.title, *entry.aliases)] for entry in plan.sections
    }
    labels: dict[str, set[str]] = {}
    certain: set[tuple[str, str]] = set()
    loose: set[tuple[str, str]] = set()
    for indicator in plan.indicators:
        section = headings.get(indicator.section, [])
        for name, is_certain, is_loose in _names(indicator, section):
            labels.setdefault(name, set()).add(indicator.code)
            certain |= {(name, indicator.code)} if is_certain else set()
            loose |= {(name, indicator.code)} if is_loose else set()
    return Vocabulary(
        plan,
        {key: code for code, keys in headings.items() for key in keys},
        {key: frozenset(codes) for key, codes in labels.items()},
        frozenset(certain),
        frozenset(loose),
        frozenset(plain_key(entry.unit) for entry in plan.indicators),
        frozenset(_beginnings(labels)),
    )


def _beginnings(labels: Iterable[str]) -> Iterable[str]:
    """Every way in which a label of several words begins, from two words on."""
    for label in labels:
        words = label.split()
        yield from (" ".join(words[:count]) for count in range(2, len(words)))


def _names(indicator: Indicator, section: list[str]) -> Iterable[tuple[str, bool, bool]]:
    """Every key of an indicator, whether it names its section, and whether it is loose."""
    yield name_key(indicator.code), True, False
    for name in (indicator.label, *indicator.aliases, *indicator.loose_aliases):
        key = name_key(name)
        is_loose = name in indicator.loose_aliases
        syllables = len(key.split())
        # Short official labels ("Số vụ", "Chết") are shared by many sections.
        is_official = name == indicator.label and syllables > 2
        names_section = any(f" {heading} " in f" {key} " for heading in section)
        is_long = syllables >= MIN_CERTAIN_SYLLABLES
        yield key, is_official or names_section or is_long or name.startswith(NEEDS_NO_SECTION), is_loose
        # "Số người chết do TNGT", "Tội phạm TTXH khám phá": section and label in one cell, in either order.
        for heading in section:
            for joined in (
                f"{heading} {key}",
                f"{key} {heading}",
                f"{key} do {heading}",
                f"{key} ve {heading}",
            ):
                yield name_key(joined), True, is_loose
