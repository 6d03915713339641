"""The template doctor finds what is wrong, and where, without data."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document

from chuyenhoa.reporting import check_template
from chuyenhoa.reporting.package import read_parts, write_parts

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"


def make_template(*lines: str, header: str = "") -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def errors(*lines: str, header: str = "") -> list[str]:
    found = check_template(make_template(*lines, header=header), "bao_cao_tong_ket")
    return [f"{problem.where}: {problem.message}" for problem in found if problem.severity == "error"]


@pytest.mark.parametrize("kind", ["bao_cao_so_ket", "bao_cao_tong_ket"])
def test_our_templates_are_sound_and_use_every_field(kind: str) -> None:
    assert check_template((TEMPLATES / f"{kind}.docx").read_bytes(), kind) == ()


def test_a_field_of_the_other_report_is_unknown() -> None:
    found = check_template((TEMPLATES / "bao_cao_tong_ket.docx").read_bytes(), "bao_cao_so_ket")
    assert {problem.message.split(".")[0] for problem in found} >= {
        "There is no field proposal_lines",
        "The field risk_lines is never used",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{{ subjct }}", "There is no field subjct. Did you mean subject?"),
        ("{{ board.sgner }}", "There is no field sgner. Did you mean signer?"),
        ("{{ subject.name }}", "There is no field name."),
        ("{% for row in group_rows %}{{ row.mat }}{% endfor %}", "There is no field mat. Did you mean met?"),
        (
            "{% for row in matrix.table_rows %}{% for c in row.cels %}{{ c }}{% endfor %}{% endfor %}",
            "field cels",
        ),
        ("{% if notce %}x{% endif %}", "There is no field notce. Did you mean notice?"),
        ("{{ subject|upcase }}", "No filter named 'upcase'"),
        ("{{ subject", "A tag is opened and not closed"),
        ("subject }}", "A tag is opened and not closed"),
        ("{% for line in situation %}{{ line }}", "endfor"),
        ("{% endif %}", "Encountered unknown tag 'endif'"),
        ("{{ subject – 1 }}", "The tag holds –"),
        ("{{ “x” }}", "The tag holds “"),
        ("{% set total = subjct %}{{ total }}", "There is no field subjct"),
        ("{{ subject if is_drft else notice }}", "Did you mean is_draft?"),
    ],
)
def test_faults_are_found_with_their_paragraph(line: str, expected: str) -> None:
    found = errors("Bình thường", line)
    assert len(found) == 1
    assert expected in found[0]
    assert found[0].startswith("paragraph 2 ")


def test_headers_are_checked_too() -> None:
    (found,) = errors("{{ subject }}", header="{{ subjet }}")
    assert found.startswith("header")


def test_loops_and_their_helpers_are_known() -> None:
    assert not errors(
        "{% for row in comparison_rows %}{% if row.is_heading %}{{ loop.index }}{% else %}"
        "{{ row.label }}{% endif %}"
        "{% endfor %}{% set x = board %}{{ x.name }}{% set n = namespace(a=1) %}{{ n.a }}"
    )


def test_files_that_are_no_templates() -> None:
    assert "no .docx" in check_template(b"", "bao_cao_so_ket")[0].message
    damaged = write_parts({**read_parts(make_template("x")), "word/document.xml": b"<w:document"})
    assert "damaged" in check_template(damaged, "bao_cao_so_ket")[0].message
    with pytest.raises(KeyError):
        check_template(b"", "to_trinh")
