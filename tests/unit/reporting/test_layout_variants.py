"""Correct documents as other hands and older editions of Word lay them out pass; their faults are found."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import pytest
from lxml import etree

from chuyenhoa.reporting import check_layout
from chuyenhoa.reporting.words import W, parse_part, write_part
from tests.unit.reporting import model_documents
from tests.unit.reporting.word_edits import WordFile

Edit = Callable[[WordFile], object]
MODELS = {
    "decision": model_documents.write_decision(),
    "letter": model_documents.write_letter(),
    "submission": model_documents.write_submission(),
}
TEXT = "Ban Chỉ đạo tỉnh đề nghị"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_EXTENT = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"


def node(parent: etree._Element, path: str, **values: str) -> etree._Element:
    """An element below another, made where it is missing, with attributes."""
    for name in path.split("/"):
        found = parent.find(f"{W}{name}")
        if found is None:
            found = etree.Element(f"{W}{name}")
            parent.insert(0 if name in {"pPr", "rPr"} else len(parent), found)
        parent = found
    for key, value in values.items():
        parent.set(f"{W}{key}", value)
    return parent


def header(file: WordFile, edit: Callable[[etree._Element], object]) -> None:
    """Change the paragraph of the page number."""
    name = next(n for n, part in file.parts.items() if n.startswith("word/header") and b"PAGE" in part)
    root = parse_part(file.parts[name])
    edit(next(root.iter(f"{W}p")))
    file.parts = {**file.parts, name: write_part(root)}


def frame(paragraph: etree._Element) -> None:
    """As older editions of Word place a number: at the left of a frame that stands in the middle."""
    node(paragraph, "pPr/framePr", xAlign="center")
    node(paragraph, "pPr/jc", val="left")


def space(**values: str) -> Edit:
    return lambda file: file.paragraph(TEXT, "spacing", **values)


def connectors_of_2007(file: WordFile) -> None:
    for drawing in list(file.root.iter(_ALTERNATE)):
        extent = next(drawing.iter(_EXTENT))
        width = int(extent.get("cx") or 0) / 12700
        shape = (
            f'<w:pict xmlns:w="{W[1:-1]}" xmlns:v="urn:schemas-microsoft-com:vml" '
            'xmlns:o="urn:schemas-microsoft-com:office:office"><v:shape type="#_x0000_t32" '
            f'style="position:absolute;margin-left:43pt;margin-top:2pt;width:{width:.2f}pt;height:0" '
            'o:connectortype="straight"/></w:pict>'
        )
        parent = cast(etree._Element, drawing.getparent())
        parent.replace(drawing, etree.fromstring(shape))


def join(first: str, second: str) -> Edit:
    """Two paragraphs as one with a line break, as Shift+Enter makes them."""

    def edit(file: WordFile) -> None:
        line, following = file.line(first), file.line(second)
        etree.SubElement(next(line.iter(f"{W}r")), f"{W}br")
        for run in following.findall(f"{W}r"):
            line.append(run)
        cast(etree._Element, following.getparent()).remove(following)

    return edit


def head_in_one_row(file: WordFile) -> None:
    first, second = file.tables()[0].findall(f"{W}tr")
    for upper, lower in zip(first.findall(f"{W}tc"), second.findall(f"{W}tc"), strict=True):
        for paragraph in lower.findall(f"{W}p"):
            upper.append(paragraph)
    file.tables()[0].remove(second)


def signature_behind_a_gap(file: WordFile) -> None:
    left = next(file.line("Nơi nhận:").iterancestors(f"{W}tc"))
    cell = etree.Element(f"{W}tc")
    node(cell, "tcPr/tcW", w="200", type="dxa")
    etree.SubElement(cell, f"{W}p")
    left.addnext(cell)


def sign(file: WordFile) -> None:
    table = file.tables()[-1]
    blank = [p for p in table.iter(f"{W}p") if not "".join(map(str, p.itertext())).strip()]
    run = etree.SubElement(blank[1], f"{W}r")
    node(run, "rPr/i")
    etree.SubElement(run, f"{W}t").text = "(Đã ký)"


def tab_instead_of_indent(file: WordFile) -> None:
    file.paragraph("Ban Chỉ đạo tỉnh đề nghị", "ind", firstLine="0")
    next(file.line("Ban Chỉ đạo tỉnh đề nghị").iter(f"{W}r")).insert(0, etree.Element(f"{W}tab"))


def invite(file: WordFile) -> None:
    file.replace("TỜ TRÌNH", "GIẤY MỜI")
    file.replace("/TTr-", "/GM-")


def binding(left: str, gutter: str) -> Edit:
    def edit(file: WordFile) -> None:
        file.section(1, "pgMar", left=left, gutter=gutter)

    return edit


def draw_closer(file: WordFile) -> None:
    """Quốc hiệu in a narrower cell, its letters drawn closer."""
    for table in file.tables()[:1]:
        for width in table.iter(f"{W}tcW"):
            width.set(f"{W}w", "4100" if width.get(f"{W}w") == "3685" else "5254")
    file.run("CỘNG HÒA", "spacing", val="-10")


def remark_in_italics(file: WordFile) -> None:
    line = file.line("1. Khoản một")
    run = etree.SubElement(line, f"{W}r")
    node(run, "rPr/i")
    etree.SubElement(run, f"{W}t").text = " (có danh sách)"


CORRECT: dict[str, tuple[str, Edit]] = {
    "rules drawn by Word 2007": ("decision", connectors_of_2007),
    "page number in a frame": (
        "letter",
        lambda f: header(f, frame),
    ),
    "room for binding": ("letter", binding("1134", "567")),
    "a tab for the indent": ("letter", tab_instead_of_indent),
    "title and subject in one paragraph": ("submission", join("TỜ TRÌNH", "Về việc đề nghị")),
    "nation and motto in one paragraph": ("letter", join("CỘNG HÒA", "Độc lập")),
    "head in one row": ("submission", head_in_one_row),
    "automatic spaces": (
        "letter",
        space(before="0", after="0", afterAutospacing="1"),
    ),
    "spaces in lines": ("letter", space(before="0", after="0", beforeLines="50")),
    "lines of at least a point": ("letter", space(line="20", lineRule="atLeast")),
    "letters drawn closer": ("letter", draw_closer),
    "a signed copy": ("submission", sign),
    "hard space in the number": ("letter", lambda f: f.say("Số:", "Số:\xa0152/BCĐ-PV01")),
    "dots for the number": ("letter", lambda f: f.say("Số:", "Số: …/BCĐ-PV01")),
    "dots for the day": ("letter", lambda f: f.replace("ngày 05 tháng", "ngày ... tháng")),
    "a remark in italics": ("decision", remark_in_italics),
    "signature behind a gap": ("submission", signature_behind_a_gap),
    "title with a wide gap": ("submission", lambda f: f.replace("TỜ TRÌNH", "TỜ  TRÌNH")),
    "an invitation": ("submission", invite),
}  # fmt: skip


@pytest.mark.parametrize("variant", CORRECT)
def test_a_correct_document_laid_out_otherwise_passes(variant: str) -> None:
    model, edit = CORRECT[variant]
    file = WordFile(MODELS[model])
    edit(file)
    assert file.bytes() != MODELS[model]
    assert [str(problem) for problem in check_layout(file.bytes())] == []


def page_number(**values: str) -> Edit:
    """A page number that nobody has counted yet, with one property."""

    def change(paragraph: etree._Element) -> None:
        for run in list(paragraph.iter(f"{W}r")):
            for text in run.findall(f"{W}t"):
                run.remove(text)
            for name, value in values.items():
                node(run, f"rPr/{name}", val=value)

    return lambda file: header(file, change)


def say_page(file: WordFile) -> None:
    def change(paragraph: etree._Element) -> None:
        run = etree.Element(f"{W}r")
        etree.SubElement(run, f"{W}t").text = "Trang"
        next(paragraph.iter(f"{W}r")).addprevious(run)

    header(file, change)


def widen_table(file: WordFile) -> None:
    node(file.tables()[-1], "tblPr/tblW", w="16000", type="dxa")


def plain_head(file: WordFile) -> None:
    head, _ = file.tables()[-1].findall(f"{W}tr")
    for mark in list(head.iter(f"{W}tblHeader")):
        cast(etree._Element, mark.getparent()).remove(mark)
    for paragraph in head.iter(f"{W}p"):
        for run in paragraph.iter(f"{W}r"):
            node(run, "rPr/b", val="0")


def annex_without_section(file: WordFile) -> None:
    inner = next(p for p in file.root.iter(f"{W}p") if p.find(f"{W}pPr/{W}sectPr") is not None)
    properties = cast(etree._Element, inner.find(f"{W}pPr/{W}sectPr"))
    last = file.root.findall(f"{W}body/{W}sectPr")[-1]
    cast(etree._Element, last.getparent()).replace(last, properties)


def long_connectors(file: WordFile) -> None:
    """The rule under the motto of twice its length."""
    connectors_of_2007(file)
    shapes = list(file.root.iter("{urn:schemas-microsoft-com:vml}shape"))
    style = shapes[1].get("style") or ""
    width = float(re.findall(r"width:([\d.]+)pt", style)[0])
    shapes[1].set("style", style.replace(f"width:{width:.2f}pt", f"width:{width * 2:.2f}pt"))


FAULTS: dict[str, tuple[str, Edit, str, str]] = {
    "too much room for binding": ("letter", binding("1701", "567"), "lề trái", "40 mm"),
    "page number small": ("letter", page_number(sz="20"), "số trang", "cỡ chữ 10"),
    "page number italic": ("letter", page_number(i="1"), "số trang", "chữ nghiêng"),
    "page number bold": ("letter", page_number(b="1"), "số trang", "chữ đậm"),
    "page number with a word": ("letter", say_page, "số trang", "“Trang2”"),
    "no such day": (
        "letter",
        lambda f: f.say("Kiên Giang, ngày", "Kiên Giang, ngày 31 tháng 11 năm 2021"),
        "địa danh, ngày tháng",
        "Kiên Giang, ngày 31 tháng 11 năm 2021",
    ),
    "whole paragraph indented": (
        "letter",
        lambda f: f.paragraph(TEXT, "ind", left="1701"),
        "nội dung",
        "cả đoạn lùi vào 30 mm ở bên trái, 0 mm ở bên phải",
    ),
    "table beyond the margins": ("decision", widen_table, "bảng", "rộng 282 mm"),
    "plain head not repeated": ("decision", plain_head, "bảng", "dòng tiêu đề không lặp lại"),
    "annex in the letter's section": (
        "decision", annex_without_section, "phụ lục", "không đánh số trang riêng"
    ),
    "capacity with a stroke": (
        "submission", lambda f: f.replace("KT. GIÁM ĐỐC", "K/T GIÁM ĐỐC"), "quyền hạn, chức vụ người ký",
        "K/T GIÁM ĐỐC",
    ),
    "honour before the name": (
        "submission", lambda f: f.replace("Đại tá", "NGƯT"), "họ tên người ký", "NGƯT Nguyễn Văn B"
    ),
    "QUYẾT ĐỊNH without a colon": (
        "decision", lambda f: f.replace("QUYẾT ĐỊNH:", "QUYẾT ĐỊNH"), "lệnh ban hành", "QUYẾT ĐỊNH"
    ),
    "no subject": ("submission", lambda f: f.remove("Về việc đề nghị"), "trích yếu", "không có"),
    "Điều in italics": ("decision", lambda f: f.run("Điều 2.", "i"), "Điều", "chữ nghiêng"),
    "connector of Word 2007 too long": (
        "decision",
        long_connectors,
        "kẻ dưới Tiêu ngữ",
        "dài 121 mm (chữ dài 60 mm)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_its_faults_are_found_and_nothing_else(fault: str) -> None:
    model, edit, element, what = FAULTS[fault]
    file = WordFile(MODELS[model])
    edit(file)
    problems = check_layout(file.bytes())
    assert {problem.element for problem in problems} == {element}, [str(p) for p in problems]
    assert what in {problem.found for problem in problems}
