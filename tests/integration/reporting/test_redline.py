"""Tracked changes between two versions: accepting all gives the new one, rejecting all the old one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from chuyenhoa.kit.docx_redline import redline_document
from chuyenhoa.kit.docx_redline.parts import RedlineError
from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W
from chuyenhoa.model.figures import Basis
from chuyenhoa.reporting import render_document
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting.conftest import TEMPLATES
from tests.integration.reporting.model_documents import save
from tests.integration.reporting.tracked import accept_all, plain, reject_all

Make = Callable[..., Snapshot]
AT = datetime(2021, 12, 21, 8, tzinfo=UTC)
BLANK = Document()
WORDS = st.sampled_from(["Rạch Giá", "12 vụ", "giảm", "tăng 5,00%", "đạt", "chưa", ";", "a", "<&>"])
LINES = st.lists(WORDS, max_size=6).map(" ".join)


def build(blocks: list[Any]) -> bytes:
    """Paragraphs are texts, or texts with a look; tables are lists of rows."""
    document = Document()
    for block in blocks:
        if isinstance(block, list):
            table = document.add_table(rows=0, cols=len(block[0]))
            for row in block:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            text, bold = block
            paragraph = document.add_paragraph()
            if bold:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for number, word in enumerate(text.split(" ")):
                run = paragraph.add_run(word + " ")
                run.bold = True if bold and number % 2 else None
    document.add_paragraph("./.")
    return save(document)


PARAGRAPH = st.tuples(LINES, st.booleans())


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    columns = draw(st.integers(1, 3))
    return draw(st.lists(st.lists(LINES, min_size=columns, max_size=columns), min_size=1, max_size=4))


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """A document and another one made from it by leaving out, changing and adding blocks."""
    old = draw(st.lists(st.one_of(PARAGRAPH, tables()), max_size=6))
    new: list[Any] = []
    for block in old:
        fate = draw(st.sampled_from(["keep", "keep", "drop", "change", "add"]))
        if fate == "add":
            new.append(draw(st.one_of(PARAGRAPH, tables())))
        if fate == "change" and isinstance(block, list):
            rows = [[draw(st.sampled_from([text, text + " 7"])) for text in row] for row in block]
            new.append(rows if draw(st.booleans()) else [*rows, [text + " x" for text in block[0]]])
        elif fate == "change":
            text, bold = block
            new.append((f"{text} {draw(LINES)}", not bold))
        elif fate != "drop":
            new.append(block)
    return old, new


@pytest.mark.scene
@settings(max_examples=60)
@given(versions())
def test_accepting_gives_the_new_and_rejecting_the_old(pair: tuple[list[Any], list[Any]]) -> None:
    old, new = build(pair[0]), build(pair[1])
    copy = redline_document(old, new, "Ban Chỉ đạo tỉnh", AT)
    assert accept_all(copy) == plain(new)
    assert reject_all(copy) == plain(old)
    assert redline_document(old, new, "Ban Chỉ đạo tỉnh", AT) == copy


def words(node: etree._Element) -> str:
    return "".join(str(text) for text in node.itertext())


def revisions(content: bytes) -> list[etree._Element]:
    root = parse_xml(read_parts(content)["word/document.xml"])
    return [node for node in root.iter() if node.get(f"{W}author") is not None]


@pytest.mark.parametrize("kind", ["bao_cao_so_ket", "bao_cao_tong_ket"])
def test_a_report_after_a_correction(kind: str, snapshot_of: Make) -> None:
    period = "2021-6t" if kind == "bao_cao_so_ket" else "2021-nam"
    template = (TEMPLATES / f"{kind}.docx").read_bytes()
    first = render_document(kind, template, snapshot_of(period))
    changed = {("30754", "TTXH_XR", Basis.CURRENT): 7, ("30754", "NGHIEN_CUOI", Basis.CURRENT): None}
    second = render_document(kind, template, snapshot_of(period, figures=changed))
    assert first != second
    copy = redline_document(first, second, "Ban Chỉ đạo tỉnh", AT)
    assert accept_all(copy) == plain(second)
    assert reject_all(copy) == plain(first)
    marks = revisions(copy)
    assert marks
    assert len({mark.get(f"{W}id") for mark in marks}) == len(marks)
    assert {mark.get(f"{W}date") for mark in marks} == {"2021-12-21T08:00:00Z"}
    struck = sum(len(words(mark).split()) for mark in marks if mark.tag == f"{W}del")
    assert struck < 0.05 * len(b" ".join(plain(first)).split()), "one figure must not strike the whole report"


def test_equal_versions_have_no_changes(snapshot_of: Make) -> None:
    template = (TEMPLATES / "bao_cao_so_ket.docx").read_bytes()
    content = render_document("bao_cao_so_ket", template, snapshot_of("2021-6t"))
    assert revisions(redline_document(content, content, "A", AT)) == []


def test_only_the_word_that_changed_is_struck() -> None:
    old, new = build([("xảy ra 12 vụ trong kỳ", False)]), build([("xảy ra 13 vụ trong kỳ", False)])
    copy = redline_document(old, new, "A", AT)
    root = parse_xml(read_parts(copy)["word/document.xml"])
    assert [words(node) for node in root.iter(f"{W}del")] == ["12"]
    assert [words(node) for node in root.iter(f"{W}ins")] == ["13"]


def test_a_row_that_came_and_one_that_went() -> None:
    rows = [["1", "Vĩnh Lạc", "Đạt"], ["2", "Rạch Sỏi", "Đạt"], ["3", "Bình San", "Không đạt"]]
    copy = redline_document(build([rows]), build([[rows[0], rows[2], ["4", "An Thới", "Đạt"]]]), "A", AT)
    root = parse_xml(read_parts(copy)["word/document.xml"])
    marked = {
        name: [words(row) for row in root.iter(f"{W}tr") if row.find(f"{W}trPr/{W}{name}") is not None]
        for name in ("ins", "del")
    }
    assert marked == {"ins": ["4An ThớiĐạt"], "del": ["2Rạch SỏiĐạt"]}


def change_part(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    parts = read_parts(content)
    assert old in parts[part]
    return write_parts({**parts, part: parts[part].replace(old, new)})


def test_what_tracked_changes_cannot_say_is_refused() -> None:
    content = build([("a", False)])
    styles = change_part(content, "word/styles.xml", b"Normal", b"Normalx")
    with pytest.raises(RedlineError, match=r"word/styles\.xml"):
        redline_document(content, styles, "A", AT)
    page = change_part(content, "word/document.xml", b"<w:pgSz ", b'<w:pgSz w:code="9" ')
    with pytest.raises(RedlineError, match="the page layout"):
        redline_document(content, page, "A", AT)
    tracked = redline_document(content, build([("b", False)]), "A", AT)
    with pytest.raises(RedlineError, match="accept them in Word first"):
        redline_document(tracked, content, "A", AT)


def test_random_figures_of_many_localities(snapshot_of: Make) -> None:
    chance = random.Random(7)
    template = (TEMPLATES / "bao_cao_tong_ket.docx").read_bytes()
    figures = {
        (code, indicator, basis): Decimal(chance.randrange(40))
        for code in ("30745", "30772", "31078")
        for indicator in ("TTXH_XR", "TNGT_VU", "MH_HQ", "HO_TT")
        for basis in Basis
    }
    first = render_document("bao_cao_tong_ket", template, snapshot_of())
    second = render_document("bao_cao_tong_ket", template, snapshot_of(figures=figures))
    copy = redline_document(first, second, "A", AT)
    assert accept_all(copy) == plain(second)
    assert reject_all(copy) == plain(first)
