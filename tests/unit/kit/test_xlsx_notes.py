"""Comments and hidden columns of an .xlsx, from its parts alone."""

from __future__ import annotations

import pytest

from chuyenhoa.kit.readers.xlsx_notes import find_hidden_columns, read_notes

SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
 Target="%b"/><Relationship Id="b" Type="http://x/drawing" Target="d.vml"/></Relationships>"""
NOTES = """<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><commentList>
<comment ref="C12"><text><r><t>Số đúng </t></r><r><t>là 15</t></r></text></comment>
<comment ref="AA3"><text><t>[Threaded comment]

Your version of Excel allows you to read this threaded comment; however.

Comment:
    đã sửa</t></text></comment>
<comment ref="ZZZ99"><text><t>xa</t></text></comment><comment ref="A0"><text><t>x</t></text></comment>
<comment ref="B1"><text><t> </t></text></comment></commentList></comments>""".encode()


@pytest.mark.parametrize("target", [b"../comments1.xml", b"/xl/comments1.xml"])
def test_a_comment_has_the_place_of_its_cell(target: bytes) -> None:
    parts = {"xl/worksheets/_rels/sheet1.xml.rels": RELATIONS % target, "xl/comments1.xml": NOTES}
    assert read_notes(parts, SHEET) == {(11, 2): "Số đúng là 15", (2, 26): "đã sửa"}


def test_a_sheet_without_comments_has_none() -> None:
    assert read_notes({}, SHEET) == {}
    relations = {"xl/worksheets/_rels/sheet1.xml.rels": RELATIONS % b"../none.xml"}
    assert read_notes(relations, SHEET) == {}


def test_hidden_columns_are_those_in_front_of_the_cells() -> None:
    head = b'<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/>'
    head += b"<x:col max='16384' hidden='true' min='300'/><col min='x' max='9' hidden='1'/></cols>"
    assert find_hidden_columns(head + b'<sheetData/><col min="9" max="9" hidden="1"/>') == {1, 2, 299}
