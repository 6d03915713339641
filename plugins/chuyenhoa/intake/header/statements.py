"""What a table says about its figures, wherever it stands: their unit and scale, and what they are.

One grammar of units (`values.units`), one list of natures (`reading_words`), statements of time (`periods`):
titles, sheets' names, heads, lines below and beside a table are read alike. What is not understood is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header import periods
from chuyenhoa.intake.header.document_header import HeaderText
from chuyenhoa.intake.header.qualifiers import TitleWords, title_words
from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.intake.values import units
from chuyenhoa.kit.readers.book import Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.plan.names import plain_key

MAX_STATEMENT = 300
"""Signs of a text above which it is a paragraph on something else ("Hướng dẫn") and states nothing."""
MAX_TITLES = 4096
"""Texts that are remembered."""


@dataclass(frozen=True)
class StatementReader:
    """Asks about the statements of one file's tables.

    "Đơn vị tính: 1.000 đồng"                  → understood (`units.stated_for` applies it)
    "Đơn vị tính: USD", "ĐVT: %"               → D120
    "Số liệu ước thực hiện từ ngày …"          → D121
    "Số liệu khái toán từ ngày …"              → D128: what nobody knows is asked as well
    "Ghi chú: số liệu lũy kế từ đầu năm" below → D71
    """

    plan: Plan
    period: Period
    findings: FindingList

    def ask_titles(self, titles: Iterable[HeaderText]) -> None:
        """Ask about units and natures that stand over tables; `document_header` reads their times."""
        for title in titles:
            if not title.is_hint and self.known.is_question(title.text):
                self._ask_unit(title)
                if not self._ask_nature(title):
                    self._ask_qualifier(title)

    def ask_head(self, sheet: Sheet, code_row: int) -> None:
        """The same of the name of a sheet of the form and of all that stands over its code row."""
        is_question = self.known.is_question
        texts = [HeaderText(sheet.name, "", text) for text in (sheet.name, *sheet.above)]
        texts += [
            HeaderText(sheet.name, name_cell(row, column), clean_text(text))
            for row, column, text in sheet.texts
            if row < code_row and is_question(text)
        ]
        self.ask_titles(texts)

    def ask_line(self, line: HeaderText) -> bool:
        """Ask about a text below or beside a table.

        Returns:
            Whether it was understood or asked: it needs no other word.
        """
        if len(line.text) > MAX_STATEMENT:
            return False
        asked = self._ask_unit(line) | self._ask_nature(line) | self._ask_time(line)
        unknown = "" if asked else self.known.qualifiers.find_unknown(line.text)
        # Beside a table people write sentences: a word there is asked where it is all that the line says.
        if unknown and self.known.qualifiers.is_whole_statement(line.text, unknown):
            asked = self._ask_qualifier(line)
        return asked or units.is_statement(line.text)

    @property
    def known(self) -> _KnownTitles:
        """What is known of titles that came before."""
        return _known_titles(self.plan)

    def _ask_unit(self, title: HeaderText) -> bool:
        stated = self.known.unknown_unit(title.text)
        if stated:
            expected = dict.fromkeys(indicator.unit for indicator in self.plan.indicators)
            self._add(Code.UNKNOWN_UNIT, title, stated, expected=", ".join(expected))
        return bool(stated)

    def _ask_nature(self, title: HeaderText) -> bool:
        nature = load_words().nature_of(title.text)
        if nature:
            self._add(Code.NOT_FINAL_FIGURES, title, title.text, nature=nature)
        return bool(nature)

    def _ask_qualifier(self, title: HeaderText) -> bool:
        unknown = self.known.qualifiers.find_unknown(title.text)
        if unknown:
            self._add(Code.UNKNOWN_QUALIFIER, title, title.text, unknown=unknown)
        return bool(unknown)

    def _ask_time(self, line: HeaderText) -> bool:
        """Ask about another time than the table's own; a date of a letter is none."""
        right = (self.period.window, self.period.baseline)
        for entry in periods.read_statements(line.text, self.plan):
            if entry.kind is periods.Kind.CUMULATIVE:
                self._add(Code.CUMULATIVE_FIGURES, line, line.text)
                return True
            is_other = entry.window is not None and entry.window not in right
            if is_other or (entry.end is not None and entry.end not in {window.end for window in right}):
                expected = periods.show_window(self.period.window)
                self._add(Code.WINDOW_NOT_IN_PLAN, line, entry.shown, expected=expected)
                return True
        return False

    def _add(self, code: Code, line: HeaderText, value: str, **words: str) -> None:
        cells = (line.cell,) if line.cell else ()
        self.findings.add(code, sheet=line.sheet, cells=cells, value=value, **words)


@dataclass(frozen=True)
class _KnownTitles:
    """Which texts ask something; a form has five hundred of them, the same in every file."""

    units: tuple[units.Unit, ...]
    keys: frozenset[str]
    qualifiers: TitleWords
    seen: dict[str, bool] = field(default_factory=dict)

    def is_question(self, text: str) -> bool:
        """Whether a text states a unit or a nature that is to be asked about, or a word that nobody knows."""
        known = self.seen.get(text)
        if known is None:
            is_short = len(text) <= MAX_STATEMENT
            known = is_short and bool(
                self.unknown_unit(text) or load_words().nature_of(text) or self.qualifiers.find_unknown(text)
            )
            if len(self.seen) < MAX_TITLES:
                self.seen[text] = known
        return known

    def unknown_unit(self, text: str) -> str:
        """The unit that a text states and no indicator is counted in; "" for one that is understood."""
        stated = units.find_stated(text)
        found = units.read_units(stated, self.keys) if stated else ()
        fits = [unit for unit in found if any(unit.ratio(own) is not None for own in self.units)]
        return "" if found and len(fits) == len(found) else stated


@once_a_plan
def _known_titles(plan: Plan) -> _KnownTitles:
    keys = frozenset(plain_key(indicator.unit) for indicator in plan.indicators)
    own = (units.read_unit(indicator.unit, keys) for indicator in plan.indicators)
    return _KnownTitles(
        tuple(dict.fromkeys(unit for unit in own if unit is not None)),
        keys,
        title_words(load_words().titles, _texts_of(plan)),
    )


def _texts_of(plan: Plan) -> Iterable[str]:
    """What a plan counts, asks and names, in the words that titles take from it."""
    for indicator in plan.indicators:
        yield from (indicator.label, *indicator.aliases, *indicator.loose_aliases)
    yield from (entry.name for entry in plan.submitters)
    yield from (entry.name for entry in plan.localities)
    yield from (entry.title for entry in plan.sections)
    yield from (entry.title for entry in plan.criteria)
    yield from (entry.title for entry in plan.groups)
    yield from (plan.board.name, plan.board.short_name, plan.board.province)
