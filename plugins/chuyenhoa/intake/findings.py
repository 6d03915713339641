"""Collects what the gates and the reader find, in the words of `templates/messages/reading/`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from chuyenhoa import settings
from chuyenhoa.intake.file_flaws import translate
from chuyenhoa.kit.readers.book import FileFlaw
from chuyenhoa.model.personal import MASK, mask_personal
from chuyenhoa.model.shown import show_plainly
from chuyenhoa.model.submissions import Finding
from chuyenhoa.plan.messages import Message, load_messages

MAX_VALUE_LENGTH = 80
"""Characters of a cell's text that a message repeats."""


def load_catalogue() -> Mapping[str, Message]:
    """The wording of every finding code."""
    return _load_once(os.environ.get("CHUYENHOA_HOME", ""))


@lru_cache(maxsize=8)
def _load_once(home: str) -> Mapping[str, Message]:
    """Looked up once for a home: a confined reader can open no file when it reads."""
    return load_messages(settings.load().templates / "messages" / "reading")


@dataclass
class FindingList:
    """The findings of one file, in the order in which they were met."""

    file_name: str
    catalogue: Mapping[str, Message] = field(default_factory=load_catalogue)
    found: list[Finding] = field(default_factory=list)

    def add(
        self,
        code: str,
        *,
        sheet: str = "",
        cells: Sequence[str] = (),
        locality: str = "",
        indicator: str = "",
        value: object = "",
        **words: object,
    ) -> None:
        """Add one finding; `words` fill the placeholders of its text, and win over the plain fields."""
        message = self.catalogue[code]
        shown = shorten(withhold(value))
        cell = cells[0] if cells else ""
        # A file may be called by a person's number, which no receipt may repeat.
        filled: dict[str, object] = {
            "file": show_plainly(mask_personal(self.file_name)),
            "sheet": sheet,
            "cell": cell,
            "cells": ", ".join(cells),
            "where": format_cell(sheet, cell),
            "value": shown,
        }
        self.found.append(
            Finding(
                # A plain string: findings leave the confined reader as JSON, and the store compares them.
                rule_id=str(code),
                severity=message.severity,
                message=message.text.format_map(
                    filled | {name: withhold(word) for name, word in words.items()}
                ),
                sheet=sheet,
                cells=tuple(cells),
                locality=str(withhold(locality)),
                indicator=indicator,
                value=shown,
            )
        )

    def report(self, flaw: FileFlaw, *, sheet: str = "", cells: Sequence[str] = (), **words: object) -> None:
        """Add what a reader found of the file as a whole (`readers.book.FlawReporter`)."""
        code, filled = translate(flaw, words)
        self.add(code, sheet=sheet, cells=cells, **dict(filled))  # type: ignore[arg-type]


def withhold(value: object) -> object:
    """The value itself; of a text that held personal data nothing, not even the words around it."""
    return MASK if isinstance(value, str) and MASK in value else value


def shorten(value: object) -> str:
    """A cell's text for a message: on one line and not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"


def format_cell(sheet: str, cell: str) -> str:
    """A cell as a submitter looks for it: sheet “Số liệu”, ô D7."""
    shown = show_plainly(sheet)
    return f"sheet “{shown}”, ô {cell}" if cell else f"sheet “{shown}”"
