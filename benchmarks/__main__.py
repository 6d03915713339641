"""`make bench`: reading, validating, assessing and rendering, each against its peer or limit in one run."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from python_calamine import load_workbook as load_raw

from benchmarks.timing import measure, show
from benchmarks.workbooks import filled_workbooks
from chuyenhoa import clock, settings
from chuyenhoa.assessment import assess
from chuyenhoa.intake import read_submission
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, MilestoneData, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.reporting import build_snapshot, canonical_bytes, render_document
from chuyenhoa.validation import validate

FILES = 60
PERIOD = "2021-nam"


def main() -> None:
    """Run every benchmark; nothing is kept."""
    where = settings.load()
    plan = load_plan(where.plans, "2021")
    rules = load_rules(where.expectations, plan)
    workbooks = filled_workbooks(plan, plan.period_by_id[PERIOD], rules, FILES)
    readings = bench_reading(plan, workbooks)
    bench_validation(plan, rules, readings)
    bench_assessment(plan)
    bench_rendering(plan, where.templates)


def bench_reading(plan: Plan, workbooks: list[bytes]) -> list[Reading]:
    """Gates, typed values and cell addresses against the bare reader underneath."""

    def read_all() -> list[Reading]:
        return [read_submission(content, "a.xlsx", plan, None) for content in workbooks]

    def read_raw() -> None:
        for content in workbooks:
            book = load_raw(io.BytesIO(content))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python(skip_empty_area=False)

    ours = measure("read_submission: gates, typed values, addresses", len(workbooks), read_all)
    show("Reading a workbook", ours, measure("raw python-calamine, all sheets", len(workbooks), read_raw))
    return read_all()


def bench_validation(plan: Plan, rules: Any, readings: list[Reading]) -> None:
    """All files in one frame against one Great Expectations run for each file."""
    named = [reading for reading in readings if reading.observations]
    validate(named[:1], plan, rules)  # the import of Great Expectations is not part of it
    few = named[:3]

    def one_by_one() -> None:
        for reading in few:
            validate([reading], plan, rules)

    ours = measure(f"{len(named)} files in one frame", len(named), lambda: validate(named, plan, rules))
    show("Validating a file", ours, measure("one run a file", len(few), one_by_one, repeats=1))


def _evidence(plan: Plan) -> Mapping[str, LocalityEvidence]:
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
    evidence = _evidence(plan)
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
    from chuyenhoa.reporting.context import build_context

    milestone = plan.period_by_id[PERIOD]
    evidence = _evidence(plan)
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


if __name__ == "__main__":
    os.environ.setdefault("CHUYENHOA_DATA", tempfile.mkdtemp(prefix="chuyenhoa-bench-"))
    main()
