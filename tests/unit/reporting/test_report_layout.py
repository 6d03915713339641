"""The layout checker passes our documents and finds seeded faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chuyenhoa.reporting import check_layout, render_document
from chuyenhoa.reporting.package import read_parts, write_parts

Make = Callable[..., dict[str, Any]]
TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
BODY, STYLES = "word/document.xml", "word/styles.xml"


@pytest.fixture(scope="module")
def report(snapshot_of: Make) -> bytes:
    return render_document(
        "bao_cao_tong_ket", (TEMPLATES / "bao_cao_tong_ket.docx").read_bytes(), snapshot_of()
    )


def alter(document: bytes, part: str, before: str, after: str, count: int = 1) -> bytes:
    parts = read_parts(document)
    text = parts[part].decode("utf-8")
    assert before in text
    parts[part] = text.replace(before, after, count).encode("utf-8")
    return write_parts(parts)


def header_of(document: bytes) -> str:
    return next(n for n, p in read_parts(document).items() if n.startswith("word/header") and b"PAGE" in p)


def elements(document: bytes) -> set[str]:
    return {problem.element for problem in check_layout(document)}


def test_our_documents_pass(snapshot_of: Make, report: bytes) -> None:
    assert check_layout(report) == ()
    template = (TEMPLATES / "bao_cao_so_ket.docx").read_bytes()
    assert check_layout(render_document("bao_cao_so_ket", template, snapshot_of("2021-6t"))) == ()


@pytest.mark.parametrize(
    ("part", "before", "after", "element"),
    [
        (BODY, 'w:w="11906"', 'w:w="12240"', "khổ giấy, phần 1"),
        (BODY, 'w:left="1701"', 'w:left="1134"', "lề trái, phần 1"),
        (BODY, 'w:right="850"', 'w:right="400"', "lề phải, phần 1"),
        (BODY, "<w:titlePg/>", "", "số trang, phần 1"),
        (BODY, "CỘNG HÒA XÃ HỘI", "Cộng hòa xã hội", "Quốc hiệu"),
        (BODY, "Độc lập - Tự do - Hạnh phúc", "Độc lập – Tự do – Hạnh phúc", "Tiêu ngữ"),
        (BODY, 'cx="2178000"', 'cx="1178000"', "kẻ dưới Tiêu ngữ"),
        (BODY, 'cx="900000"', 'cx="2300000"', "kẻ dưới tên cơ quan"),
        (BODY, 'cx="2160000"', 'cx="5160000"', "kẻ dưới trích yếu"),
        (BODY, "Số:        /BC-BCĐ", "Số: 9/BC-BCĐ", "số, ký hiệu"),
        (BODY, "ngày       tháng       năm 2021", "ngày 5 tháng 1 năm 2021", "địa danh, ngày tháng"),
        (BODY, "BÁO CÁO<", "VĂN BẢN<", "tên loại văn bản"),
        (BODY, "Nơi nhận:", "Gửi:", "Nơi nhận"),
        (BODY, "hvlv.", "hvlv", "Nơi nhận “- Lưu: VT, CA tỉnh, hvlv”"),
        (BODY, ">TRƯỞNG BAN<", ">Trưởng Ban<", "quyền hạn, chức vụ người ký"),
        (BODY, "(Kèm theo", "(Theo", "Phụ lục I"),
        (BODY, ">Phụ lục II<", ">Phụ lục 2<", "phụ lục, phần 3"),
    ],
)
def test_seeded_faults_are_found(report: bytes, part: str, before: str, after: str, element: str) -> None:
    assert element in elements(alter(report, part, before, after))


def test_page_numbers_off_centre_or_too_small(report: bytes) -> None:
    header = header_of(report)
    moved = alter(report, header, "<w:pPr>", '<w:pPr><w:jc w:val="right"/>')
    assert "số trang, phần 1" in elements(moved)
    gone = alter(report, header, "PAGE", "DATE")
    assert "số trang, phần 1" in elements(gone)


def test_styles_count_as_they_print(report: bytes) -> None:
    """A fault in a style is a fault of every paragraph that takes after it."""
    text = read_parts(report)[STYLES].decode("utf-8")
    start = text.index('w:val="Thân văn bản"')
    end = text.index("</w:style>", start)

    def with_style(before: str, after: str) -> bytes:
        style = text[start:end]
        assert before in style
        changed = text[:start] + style.replace(before, after) + text[end:]
        return write_parts({**read_parts(report), STYLES: changed.encode("utf-8")})

    for before, after, found in (
        ('w:val="28"', 'w:val="22"', "cỡ chữ 11"),
        ('w:val="both"', 'w:val="left"', "canh trái"),
        ('w:firstLine="720"', 'w:firstLine="0"', "lùi dòng đầu 0.0 mm"),
        ('w:after="120"', 'w:after="40"', "cách đoạn 2 pt"),
        ('w:line="276"', 'w:line="480"', "cách dòng 2"),
    ):
        assert found in {problem.found for problem in check_layout(with_style(before, after))}, found
    arial = with_style('w:ascii="Times New Roman"', 'w:ascii="Arial"')
    assert ("Arial", "Times New Roman") in {(p.found, p.expected) for p in check_layout(arial)}


def test_fonts_of_the_theme_count(report: bytes) -> None:
    themed = alter(report, STYLES, 'w:ascii="Times New Roman"', 'w:asciiTheme="minorHAnsi"', count=-1)
    assert check_layout(themed) == ()
    calibri = alter(
        themed, "word/theme/theme1.xml", 'typeface="Times New Roman"', 'typeface="Calibri"', count=-1
    )
    assert "Calibri" in {problem.found for problem in check_layout(calibri)}


def test_coloured_text_is_found(report: bytes) -> None:
    text = read_parts(report)[BODY].decode("utf-8")
    here = text.rindex("</w:rPr>", 0, text.index(">BÁO CÁO<"))
    red = text[:here] + '<w:color w:val="FF0000"/>' + text[here:]
    assert elements(write_parts({**read_parts(report), BODY: red.encode()})) == {"phông chữ “BÁO CÁO”"}


def test_tables_of_annexes_repeat_their_head_and_keep_rows_whole(report: bytes) -> None:
    found = elements(alter(report, BODY, "<w:tblHeader/>", "", count=-1))
    assert sum(element.startswith("bảng “") for element in found) == 7
    loose = {p.found for p in check_layout(alter(report, BODY, "<w:cantSplit/>", "", count=-1))}
    assert any("có thể bị ngắt trang" in text for text in loose)


def test_a_narrow_cell_breaks_the_nations_name(report: bytes) -> None:
    width = round(100 * 1440 / 25.4)
    narrow = alter(report, BODY, f'w:w="{width}"', 'w:w="4500"', count=-1)
    assert "Quốc hiệu" in elements(narrow)


def test_documents_without_the_elements(report: bytes) -> None:
    empty = {**read_parts(report)}
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    empty[BODY] = f'<w:document xmlns:w="{space}"><w:body><w:sectPr/></w:body></w:document>'.encode()
    assert {"Quốc hiệu", "Tiêu ngữ", "số, ký hiệu", "Nơi nhận", "khổ giấy, phần 1"} <= elements(
        write_parts(empty)
    )
    assert elements(b"no document") == {"tệp"}
    empty[BODY] = f'<w:document xmlns:w="{space}"/>'.encode()
    assert elements(write_parts(empty)) == {"tệp"}
