"""Templates hold what documents need: no picture of another one, no styles of tables that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from chuyenhoa.kit.ooxml.docx_package import read_parts
from tests.integration.reporting.conftest import TEMPLATES

FILES = sorted(TEMPLATES.glob("*.docx"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_holds_no_spare_parts(path: Path) -> None:
    names = set(read_parts(path.read_bytes()))
    spare = {name for name in names if "thumbnail" in name or "customXml" in name or "WithEffects" in name}
    assert not spare
    assert {"word/styles.xml", "word/theme/theme1.xml", "docProps/core.xml"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_style_of_tables_is_used(path: Path) -> None:
    document = Document(str(path))
    used = {table._tbl.tblStyle_val for table in document.tables} - {None}
    known = {
        style.get(qn("w:styleId"))
        for style in document.styles.element.findall(qn("w:style"))
        if style.get(qn("w:type")) == "table" and style.get(qn("w:default")) != "1"
    }
    assert known == used
