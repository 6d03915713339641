"""What documents cost: a province's full set, and a country's, against docxtpl with the same contexts."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from docxtpl import DocxTemplate
from lxml import etree

from benchmarks.national import PERIOD
from benchmarks.outcome import make_evidence
from benchmarks.timing import Timing, measure, show
from chuyenhoa import clock
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.kit.ooxml.docx_package import write_parts
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Plan
from chuyenhoa.reporting import (
    Snapshot,
    build_snapshot,
    canonical_bytes,
    decode_snapshot,
    list_subjects,
    load_kinds,
    render_document,
)
from chuyenhoa.reporting.docx.compiled import MAIN, compile_template, make_environment, share_widths
from chuyenhoa.reporting.docx.render import sanitise
from chuyenhoa.reporting.papers.context import build_context

PROVINCES, DISTRICTS = 63, 705
_DRAFT = "du_thao_bao_cao_huyen"
Job = tuple[str, str]
"""A kind of document and whom it is about."""


def bench_documents(plan: Plan, templates: Path) -> None:
    """The full set of one province, and the drafts of 705 districts with the reports of 63 provinces."""
    frozen = _freeze(plan)
    snapshot = decode_snapshot(frozen)
    files = {kind: (templates / "documents" / f"{kind}.docx").read_bytes() for kind in load_kinds(templates)}
    jobs = list(_list_jobs(snapshot, templates))

    def ours(wanted: list[Job]) -> None:
        for kind, about in wanted:
            render_document(kind, files[kind], snapshot, about=about)

    def plain(wanted: list[Job]) -> None:
        for kind, about in wanted:
            document = DocxTemplate(io.BytesIO(files[kind]))
            context = dict(build_context(kind, snapshot, None, about))
            document.render(context, jinja_env=make_environment(), autoescape=True)
            document.save(io.BytesIO())

    count = len(jobs)
    show(
        f"The full set of a province ({count} documents)",
        measure("render_document: context, checks, controls, charts", count, lambda: ours(jobs)),
        measure("docxtpl in a loop, the same contexts", count, lambda: plain(jobs), repeats=1),
    )
    _bench_filling(snapshot, files, jobs)
    drafts = [job for job in jobs if job[0] == _DRAFT]
    show(
        f"District drafts ({len(drafts)} documents)",
        measure("render_document", len(drafts), lambda: ours(drafts)),
        measure("docxtpl in a loop, the same contexts", len(drafts), lambda: plain(drafts), repeats=1),
    )
    _bench_country(frozen, files, jobs)


def _bench_filling(snapshot: Snapshot, files: Mapping[str, bytes], jobs: list[Job]) -> None:
    """Filling alone, contexts given: a template compiled once against docxtpl, at equal canonical XML."""
    contexts = [
        (files[kind], sanitise(dict(build_context(kind, snapshot, None, about)))) for kind, about in jobs
    ]

    def fill() -> list[dict[str, bytes]]:
        found = []
        for template, context in contexts:
            compiled = compile_template(template)
            written = {name: xml.encode() for name, xml in compiled.fill(context).items()}
            write_parts({**compiled.parts, **written})
            found.append(written)
        return found

    def plain() -> list[DocxTemplate]:
        found = []
        for template, context in contexts:
            document = DocxTemplate(io.BytesIO(template))
            document.render(dict(context), jinja_env=make_environment(), autoescape=True)
            document.save(io.BytesIO())
            found.append(document)
        return found

    for ours, theirs in zip(fill(), plain(), strict=True):
        if _canonical(ours[MAIN]) != _canonical(etree.tostring(theirs.docx.element)):
            raise RuntimeError("A compiled template and docxtpl write different documents.")
    count = len(contexts)
    show(
        f"Filling templates ({count} documents, contexts given, equal canonical XML; aim: 10 times as fast)",
        measure("a template compiled once, packed", count, fill),
        measure("docxtpl in a loop", count, plain, repeats=1),
    )


def _canonical(xml: bytes) -> bytes:
    """What a main part says, however it is written; columns of tables that data made are shared alike."""
    root = etree.fromstring(xml, etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    share_widths(root)
    return bytes(etree.tostring(root, method="c14n", exclusive=True))


def _bench_country(frozen: bytes, files: Mapping[str, bytes], jobs: list[Job]) -> None:
    """705 drafts and the other documents of 63 provinces, each from a snapshot that is read again."""
    drafts = [job for job in jobs if job[0] == _DRAFT]
    rest = [job for job in jobs if job[0] != _DRAFT]
    done, peaks = 0, []
    started = time.perf_counter()
    for province in range(PROVINCES):
        snapshot = decode_snapshot(frozen)
        share = DISTRICTS * (province + 1) // PROVINCES - DISTRICTS * province // PROVINCES
        for kind, about in [*(drafts[index % len(drafts)] for index in range(share)), *rest]:
            render_document(kind, files[kind], snapshot, about=about)
            done += 1
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    spent = time.perf_counter() - started
    show(f"A country: {DISTRICTS} drafts, {PROVINCES} provinces", Timing("a document", spent / done, done))
    print(f"  {done} documents in {spent:.1f} s; {peaks[2]} MB after 3 provinces, {peaks[-1]} MB after all")


def _freeze(plan: Plan) -> bytes:
    milestone = plan.period_by_id[PERIOD]
    evidence = make_evidence(plan)
    assessment = assess(plan, milestone, evidence, milestone.window.end)
    at = datetime(2021, 12, 18, 8, tzinfo=clock.ZONE)
    return canonical_bytes(
        build_snapshot(MilestoneData(plan, milestone, assessment, evidence, (), {}, (), at))
    )


def _list_jobs(snapshot: Snapshot, templates: Path) -> Iterator[Job]:
    for kind in load_kinds(templates).values():
        if kind.context != "changes" and snapshot.period.kind in kind.milestones:
            yield from ((kind.name, about) for about in list_subjects(kind, snapshot))
