"""What assessing and rendering cost, against bare arithmetic and bare docxtpl."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from docxtpl import DocxTemplate

from benchmarks.national import PERIOD
from benchmarks.timing import measure, show
from chuyenhoa import clock
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, MilestoneData, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.reporting import build_snapshot, canonical_bytes, render_document


def make_evidence(plan: Plan) -> Mapping[str, LocalityEvidence]:
    """Every figure of every locality, small and complete."""
    source = Source("S000001", "0" * 64, "a.xlsx", "Số liệu", "D12")
    figures = {
        (code, basis): KnownFigure(Decimal(index % 7 + 3), source)
        for index, code in enumerate(plan.indicator_by_code)
        for basis in Basis
    }
    return {locality.code: LocalityEvidence(locality.code, figures) for locality in plan.localities}


def bench_assessment(plan: Plan) -> None:
    """All criteria of a locality, with formula and inputs, against bare arithmetic on the same figures."""
    milestone = plan.period_by_id[PERIOD]
    evidence = make_evidence(plan)
    count = len(plan.localities)

    def bare() -> None:
        for entry in evidence.values():
            for _ in plan.criteria:
                sum(int(figure.value or 0) for figure in entry.figures.values())

    ours = measure(
        "assess: 18 criteria with explanation",
        count,
        lambda: assess(plan, milestone, evidence, milestone.window.end),
    )
    show("Assessing a locality", ours, measure("sums of the same figures, no explanation", count, bare))


def bench_rendering(plan: Plan, templates: Path) -> None:
    """A report against docxtpl alone rendering the same template with the same context."""
    from chuyenhoa.reporting.papers.context import build_context

    milestone = plan.period_by_id[PERIOD]
    evidence = make_evidence(plan)
    assessment = assess(plan, milestone, evidence, milestone.window.end)
    frozen = datetime(2021, 12, 18, 8, tzinfo=clock.ZONE)
    data = MilestoneData(plan, milestone, assessment, evidence, (), {}, (), frozen)
    snapshot = build_snapshot(data)
    template = (templates / "documents" / "bao_cao_tong_ket.docx").read_bytes()
    context = build_context("bao_cao_tong_ket", snapshot, None)

    def plain() -> None:
        document = DocxTemplate(io.BytesIO(template))
        document.render(dict(context), autoescape=True)
        document.save(io.BytesIO())

    ours = measure(
        "render_document: context, sandbox, checks, fixed bytes",
        1,
        lambda: render_document("bao_cao_tong_ket", template, snapshot),
    )
    show("Rendering a report", ours, measure("docxtpl alone, context given", 1, plain))
    show("Freezing", measure("canonical_bytes of a snapshot", 1, lambda: canonical_bytes(snapshot)))
