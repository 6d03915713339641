"""A Word template compiled once and filled many times, with the same XML as docxtpl would write.

docxtpl opens, patches and compiles a template again for every document (its issue 110). Its rules for tags
are used here as they are; only what depends on the data is done per document. Pictures and sub-documents,
which docxtpl can insert as well, are not: contexts hold texts and lists.
"""

from __future__ import annotations

import io
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, cycle
from typing import Any
from xml.parsers.expat import ParserCreate

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import PackageError, read_parts, text_parts
from chuyenhoa.kit.ooxml.markup import parse_xml, xml_parser
from chuyenhoa.kit.ooxml.wordml import W

MAIN = "word/document.xml"
_FIRST_ID = 1001
_DRAWING = "<wp:docPr"
_DRAWING_ID = re.compile(r'([^>]*?\bid=)"[^"]*"')
_OPENING = re.compile(r"<w:p([ >])")
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_WHOLE = re.compile(r"(?<=<w:body>).*(?=</w:body>)", re.DOTALL)
_TABLE_END = "</w:tbl>"
# {%tc for head in heads %}, also where Word split the tag: {%</w:t></w:r><w:r><w:t>tc for …
_CELL_LOOP = re.compile(r"\{%-?(?:<[^>]*>)*tc ")
_FITTED = "<?fit?>"
"""A processing instruction: it survives docxtpl, and no Word file has one inside a table."""
TAG = re.compile(r"\{\{|\{%|\{#")
_LISTING = re.compile(r"[\t\n]")
_ESCAPED = re.compile(r"\{_[{%]|[}%]_\}")
"""How docxtpl lets a template print `{{`: written `{_{`."""
_PARSER = xml_parser(keep_blanks=False)


def make_environment() -> ImmutableSandboxedEnvironment:
    """Jinja for templates that we do not trust: no way out to Python, no silent gaps, text escaped."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    # Jinja's other globals (`range`, `lipsum`, `cycler`) are no fields of a document.
    environment.globals = {"namespace": environment.globals["namespace"]}
    return environment


@dataclass(frozen=True)
class CompiledTemplate:
    """A template ready to be filled; it never changes."""

    parts: Mapping[str, bytes]
    """Every part of the template as it is; those without a tag go into the document unchanged."""
    tagged: Mapping[str, TaggedPart]
    """The parts that hold tags: the main one, headers, footers, notes."""

    def fill(self, context: Mapping[str, Any]) -> dict[str, str]:
        """The filled parts by name, each a whole XML document.

        Raises:
            jinja2.TemplateError: the template asks for what the context does not hold.
            xml.parsers.expat.ExpatError: a part is no XML when it is filled.
        """
        return {name: part.fill(context) for name, part in self.tagged.items()}


@dataclass(frozen=True)
class TaggedPart:
    """One part of a template with its tags."""

    template: Template
    namespaces: str
    """The declarations of the part's root, as attributes."""
    has_nested_tables: bool
    helper: DocxTemplate

    def fill(self, context: Mapping[str, Any]) -> str:
        """The part with its tags replaced."""
        xml = self.template.render(context)
        # Looking for a sign first: the patterns take many times as long to find nothing.
        if "{_" in xml or "_}" in xml:
            xml = _ESCAPED.sub(lambda found: found[0].replace("_", ""), xml)
        # Line ends and tabs come from the data only; docxtpl turns them into breaks and paragraphs of Word.
        if "\t" in xml or "\n" in xml:
            xml = _PARAGRAPH.sub(lambda found: self._break_lines(found[0]), xml)
        # docxtpl would repair a part that is no XML, and lose text on the way.
        ParserCreate().Parse(xml, True)
        if _FITTED in xml:
            xml = self._fit_nested(xml) if self.has_nested_tables else self._fit_each(xml)
        return _number_drawings(xml)

    def _break_lines(self, paragraph: str) -> str:
        broken: str = self.helper.resolve_listing(paragraph) if _LISTING.search(paragraph) else paragraph
        return broken

    def _fit_nested(self, xml: str) -> str:
        return _WHOLE.sub(lambda found: self._fit_tables(found[0]), xml)

    def _fit_each(self, xml: str) -> str:
        """Fit the marked tables one by one; they are looked for by their mark, for speed."""
        pieces, done = [], 0
        while (mark := xml.find(_FITTED, done)) >= 0:
            start, end = xml.rindex("<w:tbl>", done, mark), xml.index(_TABLE_END, mark) + len(_TABLE_END)
            pieces += [xml[done:start], self._fit_tables(xml[start:end])]
            done = end
        return "".join([*pieces, xml[done:]])

    def _fit_tables(self, xml: str) -> str:
        """Give tables whose columns came from data as many columns in their grids, within their widths."""
        plain = xml.replace(_FITTED, "")
        shared = None if self.has_nested_tables else share_widths_in_text(plain)
        if shared is not None:
            return shared
        body = self.helper.fix_tables(f"<w:body {self.namespaces}>{plain}</w:body>")
        share_widths(body)
        written: str = etree.tostring(body, encoding="unicode")
        return written[written.index(">") + 1 : written.rindex("<")]


def _number_drawings(xml: str) -> str:
    """Give every drawing an id of its own, as Word asks: a loop repeats `<wp:docPr id="7"/>` as it is."""
    numbers = count(_FIRST_ID)
    first, *rest = xml.split(_DRAWING)
    numbered = (
        f'{found[1]}"{next(numbers)}"{piece[found.end() :]}' if (found := _DRAWING_ID.match(piece)) else piece
        for piece in rest
    )
    return _DRAWING.join([first, *numbered])


@lru_cache(maxsize=32)
def compile_template(template: bytes) -> CompiledTemplate:
    """Compile a template.

    Raises:
        PackageError: the bytes are no .docx.
        jinja2.TemplateSyntaxError: a tag is wrong; its `docx_context` holds the lines around it.
        lxml.etree.XMLSyntaxError: a part is no XML.
    """
    parts = read_parts(template)
    helper = DocxTemplate(io.BytesIO(template))
    environment = make_environment()
    tagged = {}
    for name in text_parts(parts):
        root = parse_xml(parts[name], _PARSER)
        if name == MAIN and root.find(f"{W}body") is None:
            raise PackageError("The file is damaged (word/document.xml has no body); save it again in Word.")
        if name == MAIN or TAG.search(parts[name].decode("utf-8", "replace")):
            tagged[name] = _compile_part(helper, environment, root)
    return CompiledTemplate(parts, tagged)


def _compile_part(helper: DocxTemplate, environment: Environment, root: etree._Element) -> TaggedPart:
    source = etree.tostring(root, encoding="unicode")
    namespaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in root.nsmap.items() if prefix)
    is_nested = root.find(f".//{W}tbl//{W}tbl") is not None
    return TaggedPart(_compile(helper, environment, source), namespaces, is_nested, helper)


def _compile(helper: DocxTemplate, environment: Environment, source: str) -> Template:
    """One part as a Jinja template, by docxtpl's rules for tags in WordprocessingML."""
    text = helper.patch_xml(_TABLE.sub(_mark_table, source))
    try:
        return environment.from_string(text)
    except TemplateSyntaxError:
        _explain(environment, text)
        raise


def _mark_table(found: re.Match[str]) -> str:
    """A table with a loop over cells, marked: only such a one can change its number of columns.

    <w:tbl>…<w:t>{%tc for head in heads %}</w:t>…
    <w:tbl><?fit?>…<w:t>{%tc for head in heads %}</w:t>…
    """
    return found[0].replace("<w:tbl>", f"<w:tbl>{_FITTED}", 1) if _CELL_LOOP.search(found[0]) else found[0]


def find_failing_line(template: bytes, context: Mapping[str, Any]) -> str:
    """The line of a template, a paragraph or so, on which it fails with this context; empty when unknown."""
    helper, environment, parts = DocxTemplate(io.BytesIO(template)), make_environment(), read_parts(template)
    for name in text_parts(parts):
        source = etree.tostring(parse_xml(parts[name], _PARSER), encoding="unicode")
        lines = _OPENING.sub(r"\n<w:p\1", helper.patch_xml(source))
        try:
            environment.from_string(lines).render(context)
        except Exception as error:  # whatever it is: the caller has it already, and asks where
            frames = traceback.extract_tb(error.__traceback__)
            number = next((f.lineno for f in reversed(frames) if f.filename == "<template>"), None)
            return lines.splitlines()[number - 1] if number else ""
    return ""


def _explain(environment: Environment, text: str) -> None:
    """Compile once more with a line for each paragraph, so that the error knows the lines around it."""
    # docxtpl leaves a part on one line: "line 1" of Jinja's message would name the whole document.
    lines = _OPENING.sub(r"\n<w:p\1", text)
    try:
        environment.from_string(lines)
    except TemplateSyntaxError as error:
        first = max((error.lineno or 0) - 4, 0)
        around = [re.sub(r"<[^>]+>", "", line) for line in lines.splitlines()[first : first + 7]]
        error.docx_context = around  # type: ignore[attr-defined]
        raise


_TOTAL = re.compile(r'<w:tblW\b(?=[^>]*w:type="dxa")[^>]*\bw:w="(\d+)"')
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)
_CELL_WIDTH = re.compile(r'(<w:tcW\b[^>]*?\bw:w=")(\d+)("[^>]*>)')


def share_widths(body: etree._Element) -> None:
    """Give the columns that a loop repeated equal shares of the table's width.

    The table's own width (`w:tblW`) is the whole; columns as wide as the last one are taken for the
    repeated ones, all others keep their width. Tables whose cells fill the width already stay as they are.
    """
    for table in body.iter(f"{W}tbl"):
        _share_table(table)


def share_widths_in_text(table: str) -> str | None:
    """The same for the XML of one plain table, many times faster.

    Returns:
        None when the table has merged cells, rows of unequal length or cells without a width, or when its
        widths are right already: then only `share_widths` knows what to do.
    """
    total, grid = _TOTAL.search(table), _GRID.search(table)
    if total is None or grid is None or "<w:gridSpan" in table:
        return None
    rows = table.count("</w:tr>")
    cells = _CELL_WIDTH.findall(table)
    if not rows or len(cells) % rows or len(cells) != table.count("</w:tc>"):
        return None
    columns = len(cells) // rows
    if any(row.count("</w:tc>") != columns for row in table.split("</w:tr>")[:-1]):
        return None
    widths = _share([int(width) for _, width, _ in cells[:columns]], int(total[1]))
    if widths is None:
        return None
    columns_of_grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    wide = table[: grid.start()] + f"<w:tblGrid>{columns_of_grid}</w:tblGrid>" + table[grid.end() :]
    following = cycle(widths)
    return _CELL_WIDTH.sub(lambda found: f"{found[1]}{next(following)}{found[3]}", wide)


def _share(widths: list[int], total: int) -> list[int] | None:
    """The widths of a row after sharing; None when they fill the table already."""
    # A twip per column may be lost to rounding in the template: such a table is full.
    if not widths or not total or abs(sum(widths) - total) <= len(widths):
        return None
    # 600 2400 900 900 900 (number, name, and one cell three times) of 6000 → 600 2400 1000 1000 1000
    repeated = [index for index, width in enumerate(widths) if width == widths[-1]]
    kept = sum(width for index, width in enumerate(widths) if index not in repeated)
    share = max((total - kept) // len(repeated), 1)
    return [share if index in repeated else width for index, width in enumerate(widths)]


def _share_table(table: etree._Element) -> None:
    row, grid = table.find(f"{W}tr"), table.find(f"{W}tblGrid")
    if row is None or grid is None:
        return
    found = [_width(cell.find(f"{W}tcPr/{W}tcW")) for cell in row.findall(f"{W}tc")]
    widths = _share(found, _width(table.find(f"{W}tblPr/{W}tblW")))
    if widths is not None:
        _set_widths(table, grid, widths)


def _set_widths(table: etree._Element, grid: etree._Element, widths: list[int]) -> None:
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        etree.SubElement(grid, f"{W}gridCol").set(f"{W}w", str(width))
    for row in table.findall(f"{W}tr"):
        for cell, width in zip(row.findall(f"{W}tc"), widths, strict=False):
            node = cell.find(f"{W}tcPr/{W}tcW")
            if node is not None:
                node.set(f"{W}w", str(width))


def _width(node: etree._Element | None) -> int:
    """A width in twips; 0 when there is none or it is no plain number."""
    text = "" if node is None or node.get(f"{W}type") == "pct" else node.get(f"{W}w") or ""
    return int(text) if text.isdecimal() else 0
