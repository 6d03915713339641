"""Marks a workbook without raising, for a process of its own: the file that is marked may be hostile."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from chuyenhoa.feedback.marked import mark_workbook
from chuyenhoa.kit.ooxml.xlsx_package import MarkError
from chuyenhoa.model.submissions import Finding


@dataclass(frozen=True)
class Marked:
    """A marked workbook, or why there is none."""

    content: bytes = b""
    reason: str = ""


def warm_up() -> None:
    """Load what is otherwise loaded on first use: a confined process can open no file any more."""
    for name in ("cp437", "ascii", "latin-1", "utf-16", "utf-8-sig"):
        codecs.lookup(name)


def try_mark(original: bytes, findings: tuple[Finding, ...], locality_names: Mapping[str, str]) -> Marked:
    """`mark_workbook`, with its refusal as a value."""
    try:
        return Marked(content=mark_workbook(original, findings, locality_names))
    except MarkError as error:
        return Marked(reason=str(error))
