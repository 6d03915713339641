"""Charts are Word's own: a chart part with its workbook behind it, and gaps for what is missing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from docx import Document
from lxml import etree

from chuyenhoa.kit.docx_redline import redline_document
from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.model.figures import Basis
from chuyenhoa.reporting.docx.charts import CHARTS, Chart
from chuyenhoa.reporting.docx.render import render_document
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording.phrases import Phrases
from tests.integration.reporting.conftest import TEMPLATES

Make = Callable[..., Snapshot]
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
KINDS = {"bao_cao_so_ket": "2021-6t", "bao_cao_tong_ket": "2021-nam"}


def render(kind: str, snapshot: Snapshot) -> bytes:
    return render_document(kind, (TEMPLATES / f"{kind}.docx").read_bytes(), snapshot)


def find_chart(name: str, snapshot: Snapshot) -> Chart:
    chart = CHARTS[name](SnapshotView(snapshot))
    assert chart is not None
    return chart


def read_series(part: bytes) -> list[dict[str, str]]:
    """By series the values under the categories' names; a gap has none."""
    found = []
    for series in etree.fromstring(part).iter(f"{C}ser"):
        names = {p.get("idx"): p.findtext(f"{C}v") for p in series.findall(f"{C}cat//{C}pt")}
        points = series.findall(f"{C}val//{C}pt")
        found.append({str(names[p.get("idx")]): str(p.findtext(f"{C}v")) for p in points})
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_holds_the_figures_of_the_snapshot_twice(kind: str, snapshot_of: Make) -> None:
    snapshot = snapshot_of(KINDS[kind])
    content = render(kind, snapshot)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    package = Document(io.BytesIO(content)).part.package
    names = {str(part.partname) for part in package.iter_parts()}
    parts = read_parts(content)
    for name in ("comparison", "groups"):
        assert {f"/word/charts/chart_{name}.xml", f"/word/embeddings/chart_{name}.xlsx"} <= names
        chart = find_chart(name, snapshot)
        expected = [
            {c: str(v) for c, v in zip(chart.categories, series.values, strict=True)}
            for series in chart.series
        ]
        part = parts[f"word/charts/chart_{name}.xml"]
        assert read_series(part) == expected
        relation = etree.fromstring(part).find(f"{C}externalData")
        assert relation is not None
        book = openpyxl.load_workbook(io.BytesIO(parts[f"word/embeddings/chart_{name}.xlsx"]))
        rows = list(book["Số liệu"].iter_rows(values_only=True))
        assert rows[0][1:] == tuple(series.name for series in chart.series)
        assert [row[0] for row in rows[1:]] == list(chart.categories)
        assert [[int(str(v)) for v in row[1:]] for row in rows[1:]] == [
            [int(series.values[index] or 0) for series in chart.series]
            for index in range(len(chart.categories))
        ]


def test_the_comparison_is_that_of_the_table(snapshot_of: Make) -> None:
    snapshot = snapshot_of("2021-nam")
    chart = find_chart("comparison", snapshot)
    totals = {entry.indicator: entry.comparable for entry in snapshot.totals}
    codes = list(Phrases(snapshot.phrases).labels("charts.comparison.bars"))
    shown = [[str(v) for v in series.values] for series in chart.series]
    assert shown == [[totals[c].current for c in codes], [totals[c].baseline for c in codes]]


def test_groups_add_up_to_the_localities(snapshot_of: Make) -> None:
    snapshot = snapshot_of("2021-nam")
    chart = find_chart("groups", snapshot)
    for index in range(len(chart.categories)):
        assert sum(series.values[index] or 0 for series in chart.series) == len(snapshot.localities)
    assert chart.series[0].name == "Đạt"


def test_what_is_missing_is_a_gap_and_told(snapshot_of: Make, plan: Any) -> None:
    blank = {
        (entry.code, "CB_VU", Basis.BASELINE): None for entry in plan.localities if entry.submitter != "913"
    }
    snapshot = snapshot_of("2021-nam", figures=blank)
    chart = find_chart("comparison", snapshot)
    assert "đánh bạc" in chart.note
    parts = read_parts(render("bao_cao_tong_ket", snapshot))
    for series in read_series(parts["word/charts/chart_comparison.xml"]):
        assert "Đánh bạc" not in series
        assert "Ma túy" in series
    assert chart.note in "".join(map(str, etree.fromstring(parts["word/document.xml"]).itertext()))
    book = openpyxl.load_workbook(io.BytesIO(parts["word/embeddings/chart_comparison.xlsx"]))
    row = list(chart.categories).index("Đánh bạc") + 2
    assert book["Số liệu"].cell(row, 2).value is None


def test_the_figures_are_told_in_words(snapshot_of: Make) -> None:
    snapshot = snapshot_of("2021-nam")
    root = etree.fromstring(read_parts(render("bao_cao_tong_ket", snapshot))["word/document.xml"])
    told = [str(node.get("descr")) for node in root.iter(f"{WP}docPr") if node.get("descr")]
    assert told == [find_chart(name, snapshot).description for name in ("comparison", "groups")]
    ids = [node.get("id") for node in root.iter(f"{WP}docPr")]
    assert len(ids) == len(set(ids))


def test_nothing_to_draw_leaves_no_trace(snapshot_of: Make, plan: Any) -> None:
    blank = {
        (entry.code, code, Basis.BASELINE): None
        for entry in plan.localities
        if entry.submitter != "913"
        for code in plan.indicator_by_code
    }
    parts = read_parts(render("bao_cao_tong_ket", snapshot_of("2021-nam", figures=blank)))
    assert "word/charts/chart_comparison.xml" not in parts
    assert "word/charts/chart_groups.xml" in parts
    assert b"chart_comparison" not in parts["[Content_Types].xml"] + parts["word/document.xml"]


def test_the_same_snapshot_gives_the_same_chart_bytes(snapshot_of: Make) -> None:
    first = render("bao_cao_tong_ket", snapshot_of("2021-nam"))
    assert first == render("bao_cao_tong_ket", snapshot_of("2021-nam"))


def test_a_redline_keeps_both_charts(snapshot_of: Make) -> None:
    old = render("bao_cao_tong_ket", snapshot_of("2021-nam"))
    changed = snapshot_of("2021-nam", figures={("30754", "CB_VU", Basis.CURRENT): 70})
    new = render("bao_cao_tong_ket", changed)
    content = redline_document(old, new, "BCĐ", datetime(2021, 12, 20, tzinfo=UTC))
    parts = read_parts(content)
    assert Document(io.BytesIO(content)).part is not None
    now, then = "word/charts/chart_comparison.xml", "word/charts/old-chart_comparison.xml"
    assert parts[now] == read_parts(new)[now]
    assert parts[then] == read_parts(old)[now]
    assert parts[then] != parts[now]
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    relations = {
        str(r.get("Id")): str(r.get("Target"))
        for r in etree.fromstring(parts["word/_rels/document.xml.rels"])
    }
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    sides: dict[str, list[str]] = {"ins": [], "del": []}
    for node in etree.fromstring(parts["word/document.xml"]).iter(f"{C}chart"):
        marks = [str(up.tag) for up in node.iterancestors() if up.tag in (f"{w}ins", f"{w}del")]
        if marks:
            sides[marks[0].removeprefix(w)].append(relations[str(node.get(key))])
    assert sides == {"ins": ["charts/chart_comparison.xml"], "del": ["/word/charts/old-chart_comparison.xml"]}
