"""The heads of the form's tables: what is locked, what the checksum covers, where every column stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis, Declaration, Justification
from chuyenhoa.model.plan import Locality, Period, Plan, Submitter

HEAD_KEYS: Mapping[str, str] = {
    form.LOCALITY_CODE: "head_locality_code",
    form.LOCALITY_NAME: "head_locality_name",
    form.CRITERION_CODE: "head_criterion_code",
    form.CRITERION_TITLE: "head_criterion_title",
    form.ANSWER: "head_answer",
    form.DOCUMENT_NUMBER: "head_document_number",
    form.DOCUMENT_DATE: "head_document_date",
    form.NOTE: "head_note",
    form.ITEM_CODE: "head_item_code",
    form.ITEM_TITLE: "head_item_title",
    form.ITEM_TEXT: "head_item_text",
    form.ITEM_HINT: "head_item_hint",
    form.RULE_CODE: "head_rule_code",
    form.REASON: "head_reason",
}
"""Codes of columns with the key of their label in `templates/messages/workbook.yaml`."""

FIRST_INDICATOR = 2
"""Column of the first indicator, behind code and name of the locality."""


@dataclass(frozen=True)
class Filled:
    """What a form is filled with before it is handed out; nothing for a blank one."""

    localities: frozenset[str] | None = None
    """Codes of the localities that get rows; None for all of the submitter's."""
    figures: Mapping[tuple[str, Basis, str], Decimal] = field(default_factory=dict)
    """Values by locality, window and indicator."""
    typed: Mapping[tuple[str, Basis, str], str] = field(default_factory=dict)
    """Texts that are no values, to be mended where they stand, by the same."""
    declarations: Mapping[tuple[str, str], Declaration] = field(default_factory=dict)
    """By locality and criterion."""
    narratives: Mapping[str, str] = field(default_factory=dict)
    """Texts by item."""
    reasons: tuple[Justification, ...] = ()


@dataclass(frozen=True)
class Form:
    """What a workbook is written for, with its wording; `places` is noted while it is written."""

    plan: Plan
    period: Period
    submitter: Submitter
    texts: Mapping[str, str]
    filled: Filled = field(default_factory=Filled)
    places: dict[tuple[str, str, str], str] = field(default_factory=dict, compare=False)
    """Addresses by sheet, locality and indicator or criterion."""

    def localities(self) -> tuple[Locality, ...]:
        """The localities that get rows."""
        wanted = self.filled.localities
        return tuple(
            entry
            for entry in self.plan.localities_of(self.submitter.code)
            if wanted is None or entry.code in wanted
        )

    def text(self, key: str, **words: object) -> str:
        """A text of the form with its placeholders filled."""
        window = self.period.window
        filled = {
            "number": self.plan.number,
            "title": self.plan.title,
            "submitter": self.submitter.name,
            "period": self.period.label,
            "start": f"{window.start:%d/%m/%Y}",
            "end": f"{window.end:%d/%m/%Y}",
            "deadline": f"{self.period.deadline:%d/%m/%Y}",
        }
        return self.texts[key].format_map({**filled, **words})

    def columns(self) -> dict[str, int]:
        """The column of every indicator, counted from 0."""
        return {entry.code: FIRST_INDICATOR + i for i, entry in enumerate(self.plan.indicators)}


def build_figure_head(paper: Form) -> list[list[str]]:
    """Section, label, unit, kind and code row; a section's title stands in its first column alone."""
    titles = {entry.code: entry.title for entry in paper.plan.sections}
    sections, units, kinds = ["", ""], ["", ""], ["", ""]
    labels = [paper.text(HEAD_KEYS[code]) for code in (form.LOCALITY_CODE, form.LOCALITY_NAME)]
    before = ""
    for entry in paper.plan.indicators:
        sections.append("" if entry.section == before else titles[entry.section])
        labels.append(entry.label)
        units.append(paper.text("unit", unit=entry.unit))
        kinds.append(paper.text("kind_start" if entry.at_start else f"kind_{entry.kind.value}"))
        before = entry.section
    codes = [form.LOCALITY_CODE, form.LOCALITY_NAME, *(entry.code for entry in paper.plan.indicators)]
    return [sections, labels, units, kinds, codes]


def build_plain_head(paper: Form, codes: tuple[str, ...]) -> list[list[str]]:
    """Label and code row of a sheet of words."""
    return [[paper.text(HEAD_KEYS[code]) for code in codes], list(codes)]


def build_heads(paper: Form) -> dict[str, list[list[str]]]:
    """The head of every table by sheet, as `model.form.head_checksum` wants it."""
    figures = build_figure_head(paper)
    return {
        form.FIGURES_SHEET: figures,
        form.BASELINE_SHEET: figures,
        form.DECLARATIONS_SHEET: build_plain_head(paper, form.DECLARATION_COLUMNS),
        form.NARRATIVE_SHEET: build_plain_head(paper, form.NARRATIVE_COLUMNS),
        form.JUSTIFICATION_SHEET: build_plain_head(paper, form.JUSTIFICATION_COLUMNS),
    }
