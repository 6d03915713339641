"""Changes that other hands, older editions of Word and careless ones make to a correct document."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import cast

from lxml import etree

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W, write_part
from tests.integration.reporting.word_edits import WordFile

Edit = Callable[[WordFile], object]
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
    root = parse_xml(file.parts[name])
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


def split_text(kept: str) -> Edit:
    """The text of a letter in two sections; of what numbers pages the second keeps one setting alone."""

    def edit(file: WordFile) -> None:
        last = file.root.findall(f"{W}body/{W}sectPr")[-1]
        node(file.line("- Ban Chỉ đạo thành phố"), "pPr").append(copy.deepcopy(last))
        for name in {"pgNumType", "titlePg"} - {kept}:
            for setting in last.findall(f"{W}{name}"):
                last.remove(setting)

    return edit
