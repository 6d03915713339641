"""The pieces that the report templates are built from: styles, pages, lines, rules, tables."""

from __future__ import annotations

import re

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
CENTER, LEFT, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_EMU_PER_MM = 36000
_TWIPS_PER_MM = 1440 / 25.4
_RULE = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
     xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
     xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
     xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
 <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
  <wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="{number}" behindDoc="0"
             locked="0" layoutInCell="1" allowOverlap="1">
   <wp:simplePos x="0" y="0"/>
   <wp:positionH relativeFrom="column"><wp:align>center</wp:align></wp:positionH>
   <wp:positionV relativeFrom="paragraph"><wp:posOffset>{drop}</wp:posOffset></wp:positionV>
   <wp:extent cx="{width}" cy="0"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>
   <wp:docPr id="{number}" name="{name}"/><wp:cNvGraphicFramePr/>
   <a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
    <wps:cNvCnPr/>
    <wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="0"/></a:xfrm>
     <a:prstGeom prst="line"><a:avLst/></a:prstGeom>
     <a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></wps:spPr>
    <wps:bodyPr/>
   </wps:wsp></a:graphicData></a:graphic>
  </wp:anchor></w:drawing></mc:Choice></mc:AlternateContent>
</w:r>"""


def set_fonts(document: WordDocument) -> None:
    """Times New Roman everywhere: defaults, every style, and the theme that headings inherit from."""
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for name in list(fonts.attrib):
            del fonts.attrib[name]
        for name in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{name}"), FONT)
    for part in document.part.package.iter_parts():
        if part.partname.endswith("theme1.xml"):
            latin = re.sub(
                rb'(<a:latin typeface=")[^"]*(")', rb"\g<1>" + FONT.encode() + rb"\g<2>", part.blob
            )
            part._blob = latin
    for style in document.styles:
        if isinstance(style, ParagraphStyle):
            style.font.color.rgb = RGBColor(0, 0, 0)


def add_styles(document: WordDocument) -> None:
    """Add the styles that the office finds in Word's list; body and headings by Decree 30/2020."""
    _style(document, "Thân văn bản", size=14, align=JUSTIFY, indent=12.7, after=6, line=1.15)
    _style(document, "Đề mục lớn", size=14, align=JUSTIFY, indent=12.7, before=6, after=6, bold=True, level=0)
    _style(document, "Đề mục", size=14, align=JUSTIFY, indent=12.7, after=6, bold=True, level=1)
    _style(document, "Giữa", size=14, align=CENTER)
    _style(document, "Ô bảng", size=11, align=LEFT, before=1, after=1)
    _style(document, "Đầu bảng", size=11, align=CENTER, before=1, after=1, bold=True)
    _style(document, "Ghi chú bảng", size=11, align=LEFT, before=3)
    _style(document, "Nơi nhận", size=11, align=LEFT)


def _style(
    document: WordDocument,
    name: str,
    *,
    size: float,
    align: WD_ALIGN_PARAGRAPH,
    indent: float = 0,
    before: float = 0,
    after: float = 0,
    line: float = 1.0,
    bold: bool = False,
    level: int | None = None,
) -> None:
    """Add a paragraph style; sizes and spaces in points, the first-line indent in millimetres."""
    style = document.styles.add_style(name, 1)
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no paragraph style.")
    style.base_style = document.styles["Normal"]
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.element.rPr.rFonts.set(qn("w:cs"), FONT)
    form = style.paragraph_format
    form.alignment, form.line_spacing = align, line
    form.first_line_indent = Mm(indent)
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.widow_control = True
    if level is not None:
        form.keep_with_next = True
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level))
        style.element.get_or_add_pPr().append(outline)


def set_page(section: Section, *, landscape: bool) -> None:
    """A4 with the margins of Decree 30; page 1 of every numbering carries no number."""
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    section.different_first_page_header_footer = True
    for copied in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(copied)  # a new section is a copy of the one before it
    numbering = OxmlElement("w:pgNumType")
    numbering.set(qn("w:start"), "1")
    for margins in section._sectPr.findall(qn("w:pgMar")):
        margins.addnext(numbering)


def add_page_number(section: Section) -> None:
    """The page number, centred in the top margin."""
    paragraph = section.header.paragraphs[0]
    paragraph.style = "Giữa"
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("text", "2"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        if kind == "text":
            continue
        node = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            node.set(qn("w:fldCharType"), kind)
        else:
            node.text = text
            node.set(qn("xml:space"), "preserve")
        run._r.append(node)


def add_line(
    place: WordDocument | _Cell,
    text: str,
    style: str = "Giữa",
    *,
    size: float | None = None,
    bold: bool | None = None,
    italic: bool | None = None,
    align: WD_ALIGN_PARAGRAPH | None = None,
    keep: bool = False,
) -> Paragraph:
    """Add a paragraph of one run; `size` in points, and `keep` holds it to the paragraph that follows."""
    paragraph = place.add_paragraph(style=style)
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size is not None:
        run.font.size = Pt(size)
    if align is not None:
        paragraph.alignment = align
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    return paragraph


def draw_rule(
    place: WordDocument | _Cell, name: str, number: int, width: float, space: float, drop: float = 2
) -> None:
    """A drawn line of `width` millimetres, `drop` points below the text, in a paragraph of `space` points."""
    paragraph = place.add_paragraph(style="Giữa")
    paragraph.paragraph_format.line_spacing = Pt(space)
    values = {
        "number": number,
        "name": name,
        "drop": round(drop * 12700),
        "width": round(width * _EMU_PER_MM),
    }
    paragraph._p.append(parse_xml(_RULE.format(**values)))


def add_loop(document: WordDocument, names: str, line: str = "{{ line }}") -> None:
    """A paragraph for each line of a list."""
    document.add_paragraph(f"{{%p for line in {names} %}}")
    add_line(document, line, "Thân văn bản")
    document.add_paragraph("{%p endfor %}")


def add_loop_with_intro(document: WordDocument, names: str) -> None:
    """A paragraph for each line of a list; a line that ends in a colon stays with the next one."""
    document.add_paragraph(f"{{%p for line in {names} %}}")
    document.add_paragraph('{%p if line[-1:] == ":" %}')
    add_line(document, "{{ line }}", "Thân văn bản", keep=True)
    document.add_paragraph("{%p else %}")
    add_line(document, "{{ line }}", "Thân văn bản")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")


def add_chart(document: WordDocument, name: str) -> None:
    """A paragraph of its own for a chart, left out when there is nothing to draw."""
    document.add_paragraph(f"{{%p if {name} %}}")
    add_line(document, f"{{{{ {name} }}}}", "Giữa").paragraph_format.space_before = Pt(6)
    document.add_paragraph("{%p endif %}")


def add_plain_table(document: WordDocument, widths: tuple[float, ...]) -> Table:
    """A table without borders or cell padding, of exact column widths in millimetres."""
    table: Table = document.add_table(rows=1, cols=len(widths))
    _fix_table(table, widths, padding=0)
    return table


def add_grid_table(document: WordDocument, widths: tuple[float, ...]) -> Table:
    """A table with lines."""
    table: Table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    _fix_table(table, widths, padding=80)
    return table


def _fix_table(table: Table, widths: tuple[float, ...], padding: int) -> None:
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    properties = table._tbl.tblPr
    for total in properties.findall(qn("w:tblW")):
        total.set(qn("w:type"), "dxa")
        total.set(qn("w:w"), str(round(sum(widths) * _TWIPS_PER_MM)))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        node = OxmlElement(f"w:{side}")
        node.set(qn("w:w"), str(padding))
        node.set(qn("w:type"), "dxa")
        margins.append(node)
    for after in properties.findall(qn("w:tblLook")):
        after.addprevious(margins)  # the schema of Word wants them in this order
    for row in table.rows:
        fit_row(row.cells, widths)


def append_row(table: Table) -> _Row:
    """Add an empty row."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves this one untyped
    return row


def fit_row(cells: tuple[_Cell, ...], widths: tuple[float, ...]) -> None:
    """Set the widths of a row's cells, in millimetres."""
    for cell, width in zip(cells, widths, strict=True):
        cell.width = Mm(width)


def add_row(
    table: Table,
    widths: tuple[float, ...],
    texts: tuple[str, ...],
    *,
    style: str = "Ô bảng",
    aligns: str = "",
    size: float | None = None,
    is_head: bool = False,
    bold: bool | None = None,
) -> None:
    """Add a row that never splits over pages; a head row is repeated on every page.

    `aligns` has a letter a cell: `l`, `c` or `r`.
    """
    row = append_row(table)
    fit_row(row.cells, widths)
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))
    letters = aligns or ("c" if is_head else "l") * len(texts)
    for cell, text, letter in zip(row.cells, texts, letters, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        paragraph.alignment = {"l": LEFT, "c": CENTER, "r": RIGHT}[letter]
        run = paragraph.add_run(text)
        run.bold = bold
        if size is not None:
            run.font.size = Pt(size)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def add_tag_row(table: Table, tag: str) -> None:
    """A row that holds a tag and is gone after rendering."""
    append_row(table).cells[0].paragraphs[0].add_run(tag)


def clear_cell(cell: _Cell) -> None:
    """Take away the empty paragraph that every new cell opens with."""
    for paragraph in list(cell.paragraphs):
        cell._tc.remove(paragraph._p)
