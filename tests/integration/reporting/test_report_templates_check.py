"""The template doctor finds what is wrong, and where, without data and on made-up data."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

from chuyenhoa.cli.samples import Samples, diagnose, make_samples
from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.kit.ooxml.wordml import W
from chuyenhoa.reporting import check_template, load_kinds
from tests.integration.reporting.word_edits import WordFile

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
KIND = "bao_cao_tong_ket"
Edit = Callable[[WordFile], object]


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
    """The errors of a template of a few lines, those about what it leaves out aside."""
    found = check_template(make_template(*lines, header=header), KIND)
    return [
        f"{problem.where}: {problem.message}"
        for problem in found
        if problem.severity == "error" and "mandatory" not in problem.message
    ]


@pytest.fixture(scope="module")
def samples() -> Samples:
    return make_samples()


@pytest.fixture(scope="module")
def shipped() -> bytes:
    return (TEMPLATES / f"{KIND}.docx").read_bytes()


@pytest.mark.parametrize("kind", [name for name in load_kinds() if (TEMPLATES / f"{name}.docx").exists()])
def test_our_templates_are_sound_and_use_every_field(kind: str) -> None:
    assert check_template((TEMPLATES / f"{kind}.docx").read_bytes(), kind) == ()


def test_a_field_of_the_other_report_is_unknown(shipped: bytes) -> None:
    found = check_template(shipped, "bao_cao_so_ket")
    assert {problem.message.split(".")[0] for problem in found} >= {
        "There is no field proposal_lines",
        "The field risk_lines is never used",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{{ subjct }}", "There is no field subjct. Did you mean subject?"),
        ("{{ board.sgner }}", "There is no field sgner. Did you mean signer?"),
        ("{{ board['sgner'] }}", "There is no field sgner. Did you mean signer?"),
        ("{{ subject.name }}", "There is no field name."),
        ("{{ is_draft.name }}", "There is no field name."),
        ("{{ recipients.name }}", "There is no field name."),
        ("{% for row in group_rows %}{{ row.mat }}{% endfor %}", "There is no field mat. Did you mean met?"),
        (
            "{% for row in matrix.table_rows %}{% for c in row.cels %}{{ c }}{% endfor %}{% endfor %}",
            "field cels",
        ),
        ("{{ group_rows[0].mat }}", "There is no field mat. Did you mean met?"),
        ("{% if notce %}x{% endif %}", "There is no field notce. Did you mean notice?"),
        ("{{ subject|upcase }}", "No filter named 'upcase'"),
        ("{{ 'x' if subject is shouted }}", "No test named 'shouted'"),
        ("{{ subject", "A tag is opened and not closed"),
        ("subject }}", "A tag is opened and not closed"),
        ("{{ subject }", "A tag is opened and not closed"),
        ("{ subject }", "{ subject } has single braces"),
        ("{% for line in situation %}{{ line }}", "an endfor is missing"),
        ("{% if notice %}{{ notice }}", "an endif is missing"),
        ("{% endif %}", "{% endif %} closes nothing"),
        ("{% for line in situation %}{% endif %}", "an endfor is missing"),
        ("{% for line in situation %}{% if line %}{% endfor %}{% endif %}", "an endif is missing"),
        ("{% else %}", "stands in no if"),
        ("{{ subject – 1 }}", "The tag holds –"),
        ("{{ “x” }}", "The tag holds “"),
        ("{{ 'x' ~ “y” }}", "The tag holds “"),
        ("{{ chủ_đề }}", "names have plain letters only"),
        ("{{ subje\u0301ct }}", "The tag holds U+0301"),
        ("{{ sub\u200bject }}", "The tag holds U+200B"),
        ("{% set total = subjct %}{{ total }}", "There is no field subjct"),
        ("{{ subject if is_drft else notice }}", "Did you mean is_draft?"),
        ("{% for letter in subject %}{{ letter }}{% endfor %}", "subject is no list"),
        ("{% for x in board %}{{ x }}{% endfor %}", "board is no list"),
        ("{{ recipients }}", "recipients is printed as a whole"),
        ("{{ board }}", "board is printed as a whole"),
        ("{{ is_draft }}", "is_draft is printed as a whole"),
        ("{%tr for row in group_rows %}", "stands outside of a table"),
        ("{%p if notice %} và {%p endif %}", "would be lost"),
        ("{% include 'x' %}", "cannot include another"),
        ("{% fur line in situation %}", "unknown tag 'fur'"),
        ("{{ subject + }}", "Fix it"),
    ],
)
def test_faults_are_found_with_their_paragraph(line: str, expected: str) -> None:
    found = errors("Bình thường", line)
    assert expected in found[0]
    assert found[0].startswith("paragraph 2 ")
    vietnamese = [str(problem) for problem in check_template(make_template("x", line), KIND)]
    assert any(text.startswith("lỗi, đoạn 2 “") for text in vietnamese)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ subject|upcase }}", "không có bộ lọc upcase"),
        ("{{ 'x' if subject is shouted }}", "không có phép thử shouted"),
        ("{% fur line in situation %}", "không có lệnh fur"),
        ("{{ 'x' if subject = 'y' }}", "gặp =, lẽ ra là }}"),
        ("{% raw %}x", "thiếu thẻ đóng của raw"),
        ("{% set = 3 %}", "dấu = không đúng chỗ"),
    ],
)
def test_a_mistyped_tag_is_told_in_the_words_of_the_office(line: str, said: str) -> None:
    found = [str(problem) for problem in check_template(make_template("x", line), KIND)]
    assert any(text.startswith("lỗi, đoạn 2 “") and f"({said})" in text for text in found), found


def test_headers_are_checked_too() -> None:
    (found,) = errors("{{ subject }}", header="{{ subjet }}")
    assert found.startswith("header")


def test_loops_and_their_helpers_are_known() -> None:
    assert not errors(
        "{% for row in comparison_rows %}{% if row.is_heading %}{{ loop.index }}{% else %}"
        "{{ row.label }}{% endif %}"
        "{% endfor %}{% set x = board %}{{ x.name }}{% set n = namespace(a=1) %}{{ n.a }}"
        "{{ recipients|join('; ') }}{{ recipients[0] }}{{ 'ngoặc “cong” – trong chuỗi' }}"
    )


def split_tag(file: WordFile, *, bold: bool) -> None:
    """Word splits a tag over runs, with or without another format in the second."""
    run = next(r for r in file.root.iter(f"{W}r") if "{{ opening }}" in "".join(map(str, r.itertext())))
    first = next(run.iter(f"{W}t"))
    second = etree.fromstring(etree.tostring(run))
    first.text = "{{ ope"
    next(second.iter(f"{W}t")).text = "ning }}"
    if bold:
        properties = second.find(f"{W}rPr")
        if properties is None:
            properties = etree.SubElement(second, f"{W}rPr")
            second.insert(0, properties)
        etree.SubElement(properties, f"{W}b")
    run.addnext(second)


def test_a_split_tag_is_harmless_until_its_format_changes(shipped: bytes) -> None:
    file = WordFile(shipped)
    split_tag(file, bold=False)
    assert check_template(file.bytes(), KIND) == ()
    file = WordFile(shipped)
    split_tag(file, bold=True)
    (problem,) = check_template(file.bytes(), KIND)
    assert (problem.severity, "{{ opening }}" in problem.advice) == ("warning", True)
    assert "đoạn " in str(problem)


def track(inside: bool) -> Edit:
    """A tracked insertion, in a tag or beside one."""

    def edit(file: WordFile) -> None:
        text = "{{ opening }}" if inside else "I. ĐẶC ĐIỂM"
        run = next(r for r in file.root.iter(f"{W}r") if text in "".join(map(str, r.itertext())))
        control = etree.Element(f"{W}ins")
        run.addprevious(control)
        control.append(run)

    return edit


def loop_over_cells(file: WordFile) -> None:
    """A condition that opens in one cell and closes in the next."""
    cells = list(file.tables()[0].iter(f"{W}tc"))
    next(cells[0].iter(f"{W}t")).text = "{% if is_draft %}x"
    next(cells[1].iter(f"{W}t")).text = "y{% endif %}"


def close_row_in_text(file: WordFile) -> None:
    file.replace("{%tr endfor %}", "{% endfor %}")


def text_beside_row_tag(file: WordFile) -> None:
    file.replace("{%tr for row in group_rows %}", "Xem {%tr for row in group_rows %}")


SHIPPED_FAULTS: dict[str, tuple[Edit, str]] = {
    "no number": (lambda f: f.replace("{{ number_line }}", "Số: 9/BC"), "thiếu trường bắt buộc number_line"),
    "no date": (lambda f: f.replace("{{ date_line }}", "Kiên Giang"), "thiếu trường bắt buộc date_line"),
    "no signer": (lambda f: f.replace("{{ board.signer }}", "A"), "thiếu trường bắt buộc board.signer"),
    "no agency": (lambda f: f.replace("{{ board.name }}", "A"), "thiếu trường bắt buộc board.name"),
    "no subject": (lambda f: f.replace("{{ subject }}", "A"), "thiếu trường bắt buộc subject"),
    "unused": (lambda f: f.replace("{{ data_note }}", "A"), "trường data_note không được dùng"),
    "change within a tag": (track(inside=True), "trong thẻ có theo dõi thay đổi"),
    "change beside tags": (track(inside=False), "còn theo dõi thay đổi"),
    "condition over cells": (loop_over_cells, "phải ở cùng một ô"),
    "row tag closed by a plain one": (close_row_in_text, "phải đóng bằng thẻ cùng loại"),
    "text beside a row tag": (text_beside_row_tag, "chữ bên cạnh sẽ mất"),
    "left margin": (lambda f: f.section(1, "pgMar", left="1134"), "lề trái, phần 1: 20 mm"),
    "subject small": (lambda f: f.run("{{ subject }}", "sz", val="20"), "trích yếu, đoạn"),
    "agency not bold": (lambda f: f.run("{{ board.name }}", "b", val="0"), "tên cơ quan ban hành"),
    "motto mistyped": (lambda f: f.replace("Độc lập - Tự do", "Độc lập – Tự do"), "Tiêu ngữ, bảng 1"),
    "index that is not there": (lambda f: f.replace("{{ notice }}", "{{ recipients[99] }}"), "không lập"),
    "division by nothing": (lambda f: f.replace("{{ closing }}", "{{ 1 / 0 }}"), "không lập"),
}  # fmt: skip


@pytest.mark.parametrize("fault", SHIPPED_FAULTS)
def test_a_fault_in_a_shipped_template_is_found(shipped: bytes, samples: Samples, fault: str) -> None:
    edit, said = SHIPPED_FAULTS[fault]
    file = WordFile(shipped)
    edit(file)
    found = [str(problem) for problem in diagnose(file.bytes(), KIND, samples)]
    assert any(said in text for text in found), found


def test_files_that_are_no_templates() -> None:
    assert "no .docx" in check_template(b"", "bao_cao_so_ket")[0].message
    damaged = write_parts({**read_parts(make_template("x")), "word/document.xml": b"<w:document"})
    assert "damaged" in check_template(damaged, "bao_cao_so_ket")[0].message
    with pytest.raises(KeyError):
        check_template(b"", "khong_co")
