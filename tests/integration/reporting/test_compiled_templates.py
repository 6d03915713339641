"""A compiled template gives the XML that docxtpl gives, whatever the template and the data hold."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

import pytest
from docx import Document
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.reporting.docx.compiled import MAIN, compile_template, make_environment, share_widths
from chuyenhoa.reporting.docx.render import sanitise
from chuyenhoa.reporting.papers.context import build_context
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting.conftest import TEMPLATES
from tests.integration.reporting.model_documents import save

Make = Callable[..., Snapshot]
BLANKS_OFF = etree.XMLParser(remove_blank_text=True)
# `sanitise` lets no other control character through.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n"), max_size=12).map(
    lambda text: text.replace("\ufffe", "").replace("\uffff", "")
)


def canonical(content: bytes | str, *, shared: bool = False) -> bytes:
    root = etree.fromstring(content, BLANKS_OFF)
    if shared:
        share_widths(root)
    written: bytes = etree.tostring(root, method="c14n", exclusive=True)
    return written


def with_docxtpl(template: bytes, context: Mapping[str, Any]) -> dict[str, bytes]:
    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(context), jinja_env=make_environment(), autoescape=True)
    buffer = io.BytesIO()
    document.save(buffer)
    return read_parts(buffer.getvalue())


def assert_alike(template: bytes, context: Mapping[str, Any]) -> None:
    expected = with_docxtpl(template, context)
    compiled = compile_template(template)
    filled = compiled.fill(context)
    assert set(compiled.parts) == set(expected)
    for name, xml in filled.items():
        assert canonical(xml, shared=name == MAIN) == canonical(expected[name], shared=name == MAIN), name
    for name in set(compiled.parts) - set(filled):
        if name.startswith("word/") and name.endswith(".xml"):
            assert canonical(compiled.parts[name]) == canonical(expected[name]), name


@pytest.mark.parametrize(
    ("kind", "period"), [("bao_cao_so_ket", "2021-6t"), ("bao_cao_tong_ket", "2021-nam")]
)
def test_the_reports_are_what_docxtpl_renders(kind: str, period: str, snapshot_of: Make) -> None:
    snapshot = snapshot_of(period)
    assert_alike((TEMPLATES / f"{kind}.docx").read_bytes(), sanitise(dict(build_context(kind, snapshot))))


def add_table(document: Any, *rows: tuple[str, ...]) -> Any:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return table


def everything() -> bytes:
    """A template with every kind of tag that docxtpl knows and our contexts can feed."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Đầu trang {{ title }}"
    document.sections[0].footer.paragraphs[0].text = "{% if names %}{{ names|length }}{% endif %}"
    document.add_paragraph("{{ title }} – {_{ in nguyên {_% văn %_} }_}")
    document.add_paragraph("{%p for name in names %}")
    document.add_paragraph("- {{ name }};")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{# lời ghi #}{% if title %}có{% else %}không{% endif %}")
    split = document.add_paragraph("{{ ti")
    split.add_run("tle }} và ").bold = True
    split.add_run("{{r title }}")
    add_table(
        document,
        ("Tên", "Số"),
        ("{%tr for name in names %}", ""),
        ("{{ name }}", "{{ loop.index }}"),
        ("{%tr endfor %}", ""),
    )
    wide = add_table(document, ("TT", "{%tc for name in names %}", "{{ name }}", "{%tc endfor %}"))
    wide.autofit = False
    add_table(document, ("{% colspan names|length %}{{ title }}", "{% cellbg 'FF0000' %}x"))
    return save(document)


EVERYTHING = everything()


@pytest.mark.scene
@settings(max_examples=60)
@given(title=TEXT, names=st.lists(TEXT, min_size=1, max_size=6))
def test_every_tag_and_any_text(title: str, names: list[str]) -> None:
    assert_alike(EVERYTHING, {"title": title, "names": names})


def test_a_template_is_compiled_once() -> None:
    assert compile_template(EVERYTHING) is compile_template(bytes(EVERYTHING))


def test_nested_tables_with_loops_over_cells() -> None:
    document = Document()
    outer = document.add_table(rows=1, cols=1)
    inner = outer.cell(0, 0).add_table(rows=1, cols=4)
    for cell, text in zip(
        inner.rows[0].cells, ("TT", "{%tc for n in names %}", "{{ n }}", "{%tc endfor %}"), strict=True
    ):
        cell.text = text
    assert_alike(save(document), {"names": ["a", "b", "c"]})


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a"] * 9])
def test_columns_from_data_share_the_width_of_their_table(names: list[str]) -> None:
    document = Document()
    table = add_table(document, ("TT", "{%tc for n in names %}", "{{ n }}", "{%tc endfor %}"))
    table.add_row().cells[0].text = "1"
    for cell, text in zip(
        table.rows[1].cells, ("1", "{%tc for n in names %}", "{{ n }}", "{%tc endfor %}"), strict=True
    ):
        cell.text = text
    width = table._tbl.tblPr.find("{*}tblW")
    width.set(f"{{{width.nsmap['w']}}}type", "dxa")
    width.set(f"{{{width.nsmap['w']}}}w", "9000")
    assert_alike(save(document), {"names": names})
    xml = compile_template(save(document)).fill({"names": names})[MAIN]
    assert "<?fit?>" not in xml
    assert xml.count("<w:gridCol") == len(names) + 1


def test_a_template_that_leaves_no_xml_is_refused_instead_of_repaired() -> None:
    document = Document()
    document.add_paragraph("{% if title %}a")
    add_table(document, ("{% endif %}", "mất"))
    with pytest.raises(ExpatError):
        compile_template(save(document)).fill({"title": ""})
