"""Every figure of every document resolves by its tag, and recomputes from the cells that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import asdict

from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.kit.docx_redline.parts import open_side
from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.kit.ooxml.wordml import W, paragraph_text
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.reporting.docx.controls import control_figures, tag_figure
from chuyenhoa.reporting.docx.figures import TracedFigure, index_figures, trace_figure
from chuyenhoa.reporting.docx.render import render_document
from chuyenhoa.reporting.papers.context import list_strings
from chuyenhoa.reporting.papers.kinds import list_subjects, load_kinds
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.wording.provenance import Marked
from tests.integration.reporting.conftest import TEMPLATES

Make = Callable[..., Snapshot]
MILESTONES = ("2021-6t", "2021-nam")


def list_documents(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for kind in load_kinds().values():
        if kind.context != "changes" and snapshot.period.kind in kind.milestones:
            yield from ((kind.name, about) for about in list_subjects(kind, snapshot))


def render(snapshot: Snapshot, kind: str, about: str) -> etree._Element:
    template = (TEMPLATES / f"{kind}.docx").read_bytes()
    document = render_document(kind, template, snapshot, about=about)
    return etree.fromstring(read_parts(document)["word/document.xml"])


def list_controls(root: etree._Element) -> list[tuple[str, str]]:
    found = []
    for control in root.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        if tag is not None and str(tag.get(f"{W}val")).startswith("f:"):
            found.append((str(tag.get(f"{W}val")), "".join(t.text or "" for t in control.iter(f"{W}t"))))
    return found


def recompute(figure: TracedFigure) -> Fraction:
    """Brute force over the inputs that the figure names, by the outermost operations of its expression."""
    values: dict[tuple[str, str], Fraction] = {}
    for entry in figure.inputs:
        if entry.source:
            values[entry.locality, f"{entry.name}:{entry.basis[0].upper()}"] = Fraction(entry.value)
    text = figure.expression.partition("=")[2]
    known = sorted({locality for locality, _ in values})

    def leaf(found: re.Match[str]) -> str:
        terms, basis, span = found[1], found[2], found[3]
        wanted = known if span.startswith("*") else span.split(",")
        total = Fraction(0)
        for sign, code in re.findall(r"([+-]?)([A-Z_0-9]+)", terms):
            total += sum((-1 if sign == "-" else 1) * values[place, f"{code}:{basis}"] for place in wanted)
        return f"Fraction({total.numerator},{total.denominator})"

    text = re.sub(r"([A-Z_0-9+-]*[A-Z_][A-Z_0-9+-]*):([CB]):([*\d,]+)", leaf, text).replace(";", ",")
    operations: dict[str, Any] = {
        "Fraction": Fraction,
        "ADD": lambda a, b: a + b,
        "SUB": lambda a, b: a - b,
        "NEG": lambda a: -a,
        "ABS": abs,
        "SHARE": lambda a, b: Fraction(a) * 100 / b,
    }
    return Fraction(eval(text, {"__builtins__": {}}, operations))


def read_printed(text: str) -> Fraction:
    return Fraction(text.rstrip("%").replace(".", "").replace(",", ".").lstrip("+"))


@pytest.mark.scene
@pytest.mark.parametrize("period", MILESTONES)
def test_every_figure_of_every_document_resolves_and_recomputes(snapshot_of: Make, period: str) -> None:
    snapshot = snapshot_of(period)
    walked = 0
    for kind, about in list_documents(snapshot):
        index = index_figures(kind, snapshot, about=about)
        for tag, printed in list_controls(render(snapshot, kind, about)):
            expression, text = index[tag]
            figure = trace_figure(expression, snapshot)
            assert (figure.tag, figure.text, text) == (tag, printed, printed)
            assert figure.inputs
            if (
                expression[:2] in ("Q=", "F=")
                or "COUNT(" in expression
                or "TARGET(" in expression
                or "99%" in text
                or "0,01%" in text
            ):
                continue
            value = recompute(figure)
            shown = read_printed(printed)
            off = abs(abs(value) - abs(shown)) if "SHARE" in expression else abs(value - shown)
            assert off <= (Fraction(1, 200) if "SHARE" in expression else 0), (expression, printed)
            walked += 1
    assert walked > 400


@pytest.mark.parametrize("period", MILESTONES)
def test_every_input_is_a_cell_of_the_snapshot(snapshot_of: Make, period: str) -> None:
    snapshot = snapshot_of(period)
    cells = {(e.locality, e.indicator, e.basis): (e.value, asdict(e.source)) for e in snapshot.figures}
    for expression, _ in index_figures("bao_cao_so_ket", snapshot).values():
        for entry in trace_figure(expression, snapshot).inputs:
            if entry.basis:
                assert cells[entry.locality, entry.name, entry.basis] == (entry.value, entry.source)


def test_the_figures_of_the_tables_are_all_traced(snapshot_of: Make) -> None:
    root = render(snapshot_of("2021-nam"), "bao_cao_tong_ket", "")
    tables = [t for t in root.iter(f"{W}tbl") if len(t.findall(f"{W}tr")) > 10]
    loose = []
    for table in tables:
        text = " ".join(paragraph_text(p) for p in table.findall(f"{W}tr")[0].iter(f"{W}p"))
        if "Kỳ này" not in text and "Cùng kỳ" not in text and "Số vụ" not in text:
            continue
        for row in table.findall(f"{W}tr")[2:]:
            for cell in row.findall(f"{W}tc")[2:]:
                bare = "".join(
                    node.text or ""
                    for node in cell.iter(f"{W}t")
                    if not any(up.tag == f"{W}sdt" for up in node.iterancestors())
                )
                if re.fullmatch(r"[-+]?[\d.,]+%?", bare.strip()):
                    loose.append(bare)
    assert loose == []


def test_a_control_is_hidden_and_the_text_stays(snapshot_of: Make) -> None:
    snapshot = snapshot_of("2021-6t")
    template = (TEMPLATES / "bao_cao_so_ket.docx").read_bytes()
    content = read_parts(render_document("bao_cao_so_ket", template, snapshot))["word/document.xml"]
    root = etree.fromstring(content)
    controls = list(root.iter(f"{W}sdt"))
    look = "{http://schemas.microsoft.com/office/word/2012/wordml}appearance"
    hidden = [c for c in controls if c.find(f"{W}sdtPr/{look}") is not None]
    assert len(hidden) == len(controls) > 100
    ids = [str(c.find(f"{W}sdtPr/{W}id").get(f"{W}val")) for c in controls]  # type: ignore[union-attr]
    assert len(set(ids)) == len(ids)
    assert b"\xef\xb7\x90" not in content
    side = open_side(content)
    assert not list(side.root.iter(f"{W}sdt"))
    before = [paragraph_text(p) for p in root.iter(f"{W}p")]
    assert before == [paragraph_text(p) for p in side.root.iter(f"{W}p")]


def test_a_run_is_cut_around_its_figures() -> None:
    marked = Marked("xảy ra \ufdd0C=A:C:1\ufdd107\ufdd2 vụ & \ufdd0C=B:C:1\ufdd19\ufdd2")
    assert marked == "xảy ra 07 vụ & 9"
    run = f"<w:r><w:rPr><w:b/></w:rPr><w:tab/><w:t>{marked.__html__()}</w:t><w:br/></w:r>"
    xml = control_figures(f'<w:p xmlns:w="urn:w">{run}</w:p>')
    root = etree.fromstring(xml)
    assert "".join(map(str, root.itertext())) == "xảy ra 07 vụ & 9"
    assert xml.count("<w:rPr><w:b/></w:rPr>") == xml.count("<w:r>") == 5
    assert xml.index("<w:tab/>") < xml.index("xảy ra")
    assert xml.rindex("<w:br/>") > xml.index(">9<")
    assert xml.count(tag_figure("C=A:C:1")) == 1


def test_what_looks_like_a_mark_in_the_data_is_none(snapshot_of: Make) -> None:
    text = "Đã \ufdd0C=TTXH_XR:C:30745\ufdd1999\ufdd2 vụ."
    snapshot = snapshot_of("2021-6t", narratives={"899": {"KET_QUA": text}})
    found = {text for _, text in index_figures("bao_cao_so_ket", snapshot).values()}
    assert "999" not in found
    assert "999" in str(snapshot.narratives["899"])


def test_a_figure_names_its_cells(snapshot_of: Make) -> None:
    snapshot = snapshot_of("2021-nam", figures={("30754", "TTXH_XR", Basis.CURRENT): 7})
    figure = trace_figure("N=TTXH_XR-TTXH_LRC:C:30754", snapshot)
    value = next(
        Decimal(str(e.value))
        for e in snapshot.figures
        if (e.locality, e.indicator, e.basis) == ("30754", "TTXH_LRC", "current")
    )
    assert figure.text == str(7 - value)
    assert figure.inputs[0].source["cell"] == "A1"
    assert figure.inputs[0].source["file_name"].endswith(".xlsx")


UNITS = (
    "vụ|người|địa bàn|đơn vị|hộ|điểm|tin|cuộc|mô hình|triệu|lượt|đối tượng|hồ sơ|bản nộp|xã,|nhóm tiêu chí"
)
COUNTED = re.compile(rf"\d[\d.,]*(?:/[\d.,]+)? (?:{UNITS})|\d[\d.,]*%|\d+ [=<>≤≥×] \d+")


def read_loose(root: etree._Element) -> Iterator[str]:
    """The text of every paragraph outside the controls."""
    for paragraph in root.iter(f"{W}p"):
        yield "".join(
            node.text or "" if not any(up.tag == f"{W}sdt" for up in node.iterancestors()) else "…"
            for node in paragraph.iter(f"{W}t")
        )


def list_constants(snapshot: Snapshot) -> list[str]:
    """What the plan's own titles and the wording say: numbers that no data gave."""
    said = [text for e in snapshot.criteria for text in (e.title, e.short, e.legal_basis)]
    said += [e.title for e in snapshot.tasks] + [e.title for e in snapshot.targets]
    said += [e.title for e in snapshot.guidance]
    patterns = [part for text in list_strings(snapshot.phrases) for part in re.split(r"\{[a-z_]+\}", text)]
    return sorted({text.strip()[1:] for text in [*said, *patterns] if re.search(r"\d", text)}, key=len)


@pytest.mark.parametrize("period", MILESTONES)
def test_no_document_prints_a_figure_outside_a_control(snapshot_of: Make, period: str) -> None:
    snapshot = snapshot_of(period, narratives={})
    constants = list_constants(snapshot)[::-1]
    loose = []
    for kind, about in list_documents(snapshot):
        for text in read_loose(render(snapshot, kind, about)):
            bare = text
            for known in constants:
                bare = bare.replace(known, "")
            if COUNTED.search(bare) and not text.startswith("Mức yêu cầu"):
                loose.append((kind, about, text))
    assert loose == []


@pytest.mark.parametrize("period", MILESTONES)
def test_quoted_results_come_out_again_from_the_cells_of_the_snapshot(
    snapshot_of: Make, plan: Plan, period: str
) -> None:
    snapshot = snapshot_of(period)
    evidence = {code: read_evidence(snapshot, code) for code in plan.locality_by_code}
    milestone = plan.period_by_id[period]
    again = assess(plan, milestone, evidence, milestone.window.end)
    said = {(e.code, r.criterion): r for e in snapshot.localities for r in e.criteria}
    for locality in again.localities:
        for result in locality.criteria:
            key = locality.locality, result.criterion
            assert (result.figure, result.formula) == (said[key].figure, said[key].formula)
            if result.figure and result.inputs:
                figure = trace_figure(f"Q=RESULT({';'.join(key)})", snapshot)
                assert figure.text == result.figure
                assert figure.inputs


def read_evidence(snapshot: Snapshot, code: str) -> LocalityEvidence:
    """The evidence of a locality from the cells and declarations that the snapshot keeps."""
    absence = next(e.absence for e in snapshot.localities if e.code == code)
    figures = {
        (e.indicator, Basis(e.basis)): KnownFigure(
            None if e.value is None else Decimal(e.value), Source(**asdict(e.source))
        )
        for e in snapshot.figures
        if e.locality == code
    }
    declarations = {
        e.criterion: KnownDeclaration(
            Answer(str(e.answer)),
            e.document_number,
            date.fromisoformat(str(e.document_date)),
            e.note,
            Source(**asdict(e.source)),
        )
        for e in snapshot.declarations
        if e.locality == code
    }
    return LocalityEvidence(
        code, figures, declarations, absence=InsufficiencyReason(absence) if absence else None
    )
