"""What a submitter sent: figures, declarations, texts and reasons, each with its sheet and cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Basis(StrEnum):
    """Which window a figure is counted in: the reporting period, or the one it is compared with."""

    CURRENT = "current"
    BASELINE = "baseline"

    # Half of the key of every figure, of which a country has millions: Enum's own hash is a call in Python.
    __hash__ = str.__hash__


class Answer(StrEnum):
    """What a declaration says."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class CellRef:
    """A cell of a workbook, as the submitter sees it: sheet name and address like `D7`."""

    sheet: str
    cell: str


StatementKey = tuple[str, str, str]
"""What a statement of a file is of: locality, indicator and window; or locality, criterion and ""."""


@dataclass(frozen=True)
class Observation:
    """One indicator of one locality; `value` None is a blank cell, which is missing and never zero.

    A blank cell says nothing: what was accepted before stays in force (docs/decisions/0035).
    """

    locality: str
    indicator: str
    basis: Basis
    value: Decimal | None
    cell_ref: CellRef
    withdrawn: bool = False
    """The submitter takes back what it stated before ("xóa" in the cell); then there is no value."""

    @property
    def key(self) -> StatementKey:
        """Locality, indicator and window."""
        return (self.locality, self.indicator, self.basis.value)

    @property
    def is_statement(self) -> bool:
        """Whether the cell says anything: a value, or that the one before no longer holds."""
        return self.value is not None or self.withdrawn


@dataclass(frozen=True)
class Declaration:
    """A yes, no or not-applicable statement with the document that proves it; `answer` None is blank."""

    locality: str
    criterion: str
    answer: Answer | None
    document_number: str
    document_date: date | None
    note: str
    cell_ref: CellRef
    withdrawn: bool = False
    """As of an observation."""

    @property
    def key(self) -> StatementKey:
        """Locality and criterion, of no window."""
        return (self.locality, self.criterion, "")

    @property
    def is_statement(self) -> bool:
        """Whether it says anything: an answer, or that the one before no longer holds."""
        return self.answer is not None or self.withdrawn


class Declared(Protocol):
    """What a declaration says, as it came or as it is in force."""

    @property
    def answer(self) -> Answer | None:
        """None for a blank."""

    @property
    def document_number(self) -> str:
        """Empty where none is named."""

    @property
    def document_date(self) -> date | None:
        """None where none is named."""


def keeps_document(old: Declared, new: Declared) -> bool:
    """Whether a later "Có" only repeats an earlier one, so that the document named there still proves it.

    It may leave out number, date or both, but what it names must be the same: another number or date is
    another document, and an answer other than "Có" ends what was declared.
    """
    if old.answer is not Answer.YES or new.answer is not Answer.YES:
        return False
    number, named = new.document_number.strip(), old.document_number.strip()
    is_other = bool(number) and number.casefold() != named.casefold()
    is_redated = new.document_date is not None and new.document_date != old.document_date
    has_less = (bool(named) and not number) or (old.document_date is not None and new.document_date is None)
    return has_less and not is_other and not is_redated


@dataclass(frozen=True)
class Narrative:
    """A paragraph for the report (sheet "Thuyết minh")."""

    item: str
    text: str
    cell_ref: CellRef
    withdrawn: bool = False
    """As of an observation; then the text is empty."""


@dataclass(frozen=True)
class Justification:
    """The reason for a warning (sheet "Giải trình")."""

    rule_id: str
    locality: str
    reason: str
    cell_ref: CellRef


@dataclass(frozen=True)
class Normalisation:
    """A value that was read otherwise than it was typed, so that the submitter can object."""

    cell_ref: CellRef
    before: str
    after: str
    why: str
