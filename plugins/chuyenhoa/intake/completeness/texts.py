"""Words beside and below tables, and comments on cells: what is not read is told, a correction is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chuyenhoa.intake.completeness.numbers import is_number, show_number
from chuyenhoa.intake.completeness.regions import Region, Spot, Told, first_data_row
from chuyenhoa.intake.header.document_header import HeaderText
from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.header.statements import MAX_STATEMENT, StatementReader
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.kit.readers.book import Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import COMMENT_MARK
from chuyenhoa.model.personal import MASK

MAX_SHOWN = 3
COMMENT, CELL_TEXT = "ghi chú gắn vào ô", "chữ"


@dataclass(frozen=True)
class _Words:
    spot: Spot | None
    """None for a paragraph below a table of Word, which has no address."""
    text: str
    kind: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The cell as a finding names it."""
        return (name_cell(*self.spot),) if self.spot else ()

    @property
    def shown(self) -> str:
        """The words as a message names them."""
        return ": ".join((*self.cells, f"“{self.text}”"))

    @property
    def is_correction(self) -> bool:
        """Whether they correct a figure; a paragraph of a report that mentions a change is none."""
        return len(self.text) <= MAX_STATEMENT and load_words().is_correction(self.text)


def ask_words(scope: Scope, sheet: Sheet, regions: Sequence[Region], told: Told) -> None:
    """Look at every text of a sheet that its tables do not account for, and at every comment.

        "Số vụ TTXH đúng là 15 (đính chính)" beside a row  → D125, holds the row's locality
        the same in a comment on C12                       → D125, names what C12 holds
        "Đề nghị cấp trên hỗ trợ" below the table          → D124, a note

    A correction that no locality can be told for holds the whole file: it may concern any figure.

    Args:
        scope: takes the findings.
        sheet: the sheet.
        regions: its tables; without any, only its comments are looked at.
        told: what earlier findings say of it.
    """
    statements = StatementReader(scope.plan, scope.owner.period, scope.findings)
    silent = []
    for words in (*_texts(sheet, regions, told), *_comments(sheet), *(_below(sheet) if regions else ())):
        if words.is_correction:
            _ask_correction(scope, sheet, regions, words)
        elif not statements.ask_line(HeaderText(sheet.name, "".join(words.cells), words.text)):
            silent.append(words)
    if silent:
        shown = "; ".join(each.shown for each in silent[:MAX_SHOWN])
        scope.findings.add(
            Code.TEXT_NOT_READ,
            sheet=sheet.name,
            cells=tuple(dict.fromkeys(cell for each in silent for cell in each.cells)),
            value=shown + ("; …" if len(silent) > MAX_SHOWN else ""),
            count=len(silent),
        )


def _texts(sheet: Sheet, regions: Sequence[Region], told: Told) -> Iterator[_Words]:
    if not regions or told.is_whole:
        return
    first = first_data_row(regions)
    for row, column, value in sheet.texts:
        if row < first or any(region.is_read_text((row, column)) for region in regions):
            continue
        text, spot = " ".join(clean_text(value).split()), (row, column)
        if not text or MASK in text or is_number(value):
            continue
        # A correction is asked about wherever it stands, also below the signatures.
        is_quiet = told.covers(spot) or any(
            region.holds(spot) and region.is_recognised_text(spot) for region in regions
        )
        words = _Words(spot, text, CELL_TEXT)
        if not is_quiet or words.is_correction:
            yield words


def _below(sheet: Sheet) -> Iterator[_Words]:
    """Paragraphs below a table of Word, up to the signatures."""
    for paragraph in sheet.below:
        text = " ".join(clean_text(paragraph).split())
        if load_words().is_signature(text):
            return
        if text and MASK not in text:
            yield _Words(None, text, CELL_TEXT)


def _comments(sheet: Sheet) -> Iterator[_Words]:
    for spot, note in sorted(sheet.notes.items()):
        # A marked workbook that comes back has our own comments, below what was there before.
        text = " ".join(clean_text(note.partition(COMMENT_MARK)[0]).split())
        if text and MASK not in text:
            yield _Words(spot, text, COMMENT)


def _ask_correction(scope: Scope, sheet: Sheet, regions: Sequence[Region], words: _Words) -> None:
    cell = scope.cells.get((sheet.name, *words.spot)) if words.spot else None
    held = show_number(sheet.value(*words.spot)) if words.spot else ""
    figure = f" (ô này đang ghi {held or 'trống'})" if cell else ""
    scope.findings.add(
        Code.CORRECTION_IN_WORDS,
        sheet=sheet.name,
        cells=words.cells,
        locality=_locality_of(scope, regions, words),
        indicator=cell.indicator if cell else "",
        value=words.text,
        kind=words.kind,
        figure=figure,
    )


def _locality_of(scope: Scope, regions: Sequence[Region], words: _Words) -> str:
    """The locality that words stand at or name; "" where it could be any."""
    beside = _locality_at(regions, words.spot) if words.spot is not None else ""
    if beside:
        return beside
    named = gazetteer_of(scope.plan).mentioned(words.text) & frozenset(scope.own)
    return next(iter(named)) if len(named) == 1 else ""


def _locality_at(regions: Sequence[Region], spot: Spot) -> str:
    """The locality of a cell, or of the only figures in its line; "" where there is none or several."""
    for region in regions:
        if spot in region.cells:
            return region.cells[spot].locality
        line = region.view.turn(*spot)[0]
        beside = {
            cell.locality for place, cell in region.cells.items() if region.view.turn(*place)[0] == line
        }
        if len(beside) == 1:
            return beside.pop()
    return ""
