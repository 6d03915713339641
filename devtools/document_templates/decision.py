"""The template of the decision of recognition (quyết định), with its list."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.annexes import open_annex
from devtools.document_templates.front import open_document, write_head, write_signature, write_title
from devtools.document_templates.grids import write_rows
from devtools.document_templates.pieces import add_line


def build_decision() -> WordDocument:
    """A decision by form 1.2 of Decree 30."""
    document = open_document()
    write_head(document)
    write_title(document, "QUYẾT ĐỊNH", notice=True)
    line = add_line(document, "{{ authority }}", size=14, bold=True)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(6), Pt(8)
    document.add_paragraph("{%p for line in basis_lines %}")
    add_line(document, "{{ line }}", "Thân văn bản", italic=True)
    document.add_paragraph("{%p endfor %}")
    line = add_line(document, "QUYẾT ĐỊNH:", size=14, bold=True, keep=True)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(6), Pt(6)
    document.add_paragraph("{%p for article in articles %}")
    paragraph = document.add_paragraph(style="Thân văn bản")
    paragraph.add_run("{{ article.head }}").bold = True
    paragraph.add_run(" {{ article.text }}")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p if closing %}")
    add_line(document, "{{ closing }}", "Thân văn bản")
    document.add_paragraph("{%p endif %}")
    write_signature(document)
    open_annex(document, "", "{{ list_title }}", landscape=False)
    columns = (
        ("STT", "number", 15.0, "c"),
        ("Xã, phường, thị trấn", "name", 62.0, "l"),
        ("Huyện, thành phố", "submitter", 60.0, "l"),
        ("Loại địa bàn", "types", 28.0, "c"),
    )
    write_rows(document, "recognised", columns, total=("", "Tổng cộng", "{{ recognised_total }}", ""))
    return document
