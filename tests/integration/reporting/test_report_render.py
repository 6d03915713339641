"""Rendering: the same bytes, every character of the data, and no way out of the sandbox."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from chuyenhoa.kit.ooxml.docx_package import PackageError, read_parts, write_parts
from chuyenhoa.kit.ooxml.wordml import paragraph_texts
from chuyenhoa.reporting import RenderError, canonical_bytes, render_document
from chuyenhoa.reporting.docx.render import sanitise
from chuyenhoa.reporting.snapshot.canonical import decode_snapshot
from chuyenhoa.reporting.snapshot.frozen import Snapshot

Make = Callable[..., Snapshot]
KINDS = (("bao_cao_so_ket", "2021-6t"), ("bao_cao_tong_ket", "2021-nam"))
TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
ISSUE = {"number": "9", "date": "2021-12-20", "signer": "Nguyễn Văn An"}


def make_template(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read_lines(document: bytes) -> list[str]:
    return paragraph_texts(read_parts(document)["word/document.xml"])


def render(snapshot: Snapshot, *lines: str) -> list[str]:
    return read_lines(render_document("bao_cao_tong_ket", make_template(*lines), snapshot))


@pytest.mark.parametrize(("kind", "period"), KINDS)
def test_same_snapshot_and_template_same_bytes(snapshot_of: Make, kind: str, period: str) -> None:
    template, snapshot = (TEMPLATES / f"{kind}.docx").read_bytes(), snapshot_of(period)
    first = render_document(kind, template, snapshot)
    assert first == render_document(kind, template, decode_snapshot(canonical_bytes(snapshot)))


def test_a_draft_leaves_number_and_date_blank(snapshot_of: Make) -> None:
    lines = read_lines(
        render_document("bao_cao_so_ket", template_of("bao_cao_so_ket"), snapshot_of("2021-6t"))
    )
    assert "Số:        /BC-BCĐ" in lines
    assert "Kiên Giang, ngày       tháng       năm 2021" in lines
    assert "DỰ THẢO" in lines
    assert lines.count("(Bộ tiêu chí mẫu, chưa đối chiếu Kế hoạch số 72/KH-BCĐ)") == 2


def test_the_issued_document_comes_from_the_same_template(snapshot_of: Make) -> None:
    document = render_document("bao_cao_tong_ket", template_of("bao_cao_tong_ket"), snapshot_of(), ISSUE)
    lines = read_lines(document)
    assert "Số: 09/BC-BCĐ" in lines
    assert "Kiên Giang, ngày 20 tháng 12 năm 2021" in lines
    assert "Nguyễn Văn An" in lines
    assert "DỰ THẢO" not in lines
    assert lines.count("(Kèm theo Báo cáo số 09/BC-BCĐ ngày 20 tháng 12 năm 2021 của Ban Chỉ đạo tỉnh)") == 8


def test_a_deputy_signs_for_the_head(snapshot_of: Make) -> None:
    issue = {
        "number": "152/BC-BCĐ",
        "date": date(2022, 1, 5),
        "signer": "Trần Thị Bình",
        "capacity": "KT. TRƯỞNG BAN\nPHÓ TRƯỞNG BAN",
        "office": "PHÓ CHỦ TỊCH UBND TỈNH",
    }
    template = make_template(
        "{{ number_line }}", "{{ date_line }}", "{{ board.capacity|join('/') }}", "{{ board.office }}"
    )
    lines = read_lines(render_document("bao_cao_tong_ket", template, snapshot_of(), issue))
    assert lines[:4] == [
        "Số: 152/BC-BCĐ",
        "Kiên Giang, ngày 05 tháng 01 năm 2022",
        "KT. TRƯỞNG BAN/PHÓ TRƯỞNG BAN",
        "PHÓ CHỦ TỊCH UBND TỈNH",
    ]


def template_of(kind: str) -> bytes:
    return (TEMPLATES / f"{kind}.docx").read_bytes()


def test_no_character_of_the_data_is_lost(snapshot_of: Make) -> None:
    text = 'Dưới <5% & trên >3% "{{ board }}" {% x %} \x07\x0b\ud800 </w:t>'
    narratives = {"899": {"KIEN_NGHI": text.replace("\x0b", "")}}
    lines = render(
        snapshot_of(narratives=narratives), "{%p for line in proposals %}", "{{ line }}", "{%p endfor %}"
    )
    assert lines[-1] == '- Thành phố Rạch Giá: Dưới <5% & trên >3% "{{ board }}" {% x %} �� </w:t>.'


def test_what_word_cannot_hold_shows() -> None:
    assert sanitise({"a": ["x\x00y\x1f", "z\r\nw\rv\tu", 5, True]}) == {"a": ["x�y�", "z\nw\nv\tu", 5, True]}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{ bord.name }}", r"mau\.docx, paragraph 2 “\{\{ bord\.name \}\}”: 'bord' is undefined"),
        ("{{ board.nam }}", r"paragraph 2 .*'nam'"),
        ("{{ board.name|shout }}", r"paragraph 2 .*shout"),
        ("{{ board.name", r"unexpected|unclosed|was not read|expected token"),
        ("{% if board %}", r"Unexpected end of template|unclosed|endif"),
        ("{{ board.__class__.__init__.__globals__ }}", r"unsafe|undefined"),
        ("{{ ''.__class__.__mro__ }}", r"unsafe|undefined"),
        ("{{ lipsum.__globals__ }}", r"'lipsum' is undefined"),
        ("{{ board.update({'name': 'x'}) }}", r"unsafe|not safely callable"),
        ("{{ range(9) }}", r"'range' is undefined"),
        ("{{ 1 // 0 }}", r"division"),
    ],
)
def test_a_broken_template_says_where(snapshot_of: Make, line: str, message: str) -> None:
    template = make_template("{{ subject }}", line)
    with pytest.raises(RenderError, match=message):
        render_document("bao_cao_tong_ket", template, snapshot_of(), name="mau.docx")


def test_what_is_no_template_is_refused(snapshot_of: Make) -> None:
    with pytest.raises(RenderError, match="no such kind"):
        render_document("to_trinh", b"", snapshot_of())
    with pytest.raises(RenderError, match=r"bao_cao_so_ket\.docx: The file is no \.docx"):
        render_document("bao_cao_so_ket", b"PK", snapshot_of())


def test_properties_hold_no_trace_of_the_machine(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    parts = read_parts(render_document("bao_cao_tong_ket", template_of("bao_cao_tong_ket"), snapshot))
    core = parts["docProps/core.xml"].decode("utf-8")
    assert snapshot.frozen_at in core
    assert "python-docx" not in core


def test_packages_are_written_alike() -> None:
    parts = read_parts(make_template("x"))
    assert write_parts(parts) == write_parts(dict(reversed(list(parts.items()))))
    with pytest.raises(PackageError, match=r"no word/document\.xml"):
        read_parts(write_parts({"other.xml": b"<a/>"}))
