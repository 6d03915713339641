"""The template of the letter that reminds submitters (công văn đôn đốc)."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.front import (
    open_document,
    write_address,
    write_closing,
    write_head,
    write_signature,
)
from devtools.document_templates.grids import write_rows
from devtools.document_templates.pieces import add_line, add_loop


def build_reminder() -> WordDocument:
    """A letter: its subject under the number, no name of the type."""
    document = open_document()
    write_head(document, letter=True)
    write_address(document)
    first = add_line(document, "{{ opening }}", "Thân văn bản")
    first.paragraph_format.space_before = Pt(6)
    add_line(document, "{{ state }}", "Thân văn bản", keep=True)
    columns = (
        ("STT", "number", 12.0, "c"),
        ("Đơn vị", "submitter", 42.0, "l"),
        ("Địa bàn", "locality", 42.0, "l"),
        ("Nội dung còn thiếu", "what", 69.0, "l"),
    )
    write_rows(document, "owed_rows", columns)
    document.add_paragraph("{%p if late_note %}")
    late = add_line(document, "{{ late_note }}", "Thân văn bản")
    late.paragraph_format.space_before = Pt(8)
    document.add_paragraph("{%p endif %}")
    intro = add_line(document, "{{ requests_intro }}", "Thân văn bản", keep=True)
    intro.paragraph_format.space_before = Pt(8)
    add_loop(document, "requests")
    add_line(document, "{{ contact }}", "Thân văn bản")
    write_closing(document)
    write_signature(document)
    return document
