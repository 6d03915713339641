"""The documents' texts as found right; `python -m tests.integration.reporting.golden` writes them anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.kit.ooxml.wordml import paragraph_texts
from chuyenhoa.model.figures import Basis
from chuyenhoa.plan import load_plan
from chuyenhoa.reporting import build_snapshot, list_subjects, load_kinds, load_phrases, render_document
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting.conftest import ROOT, TEMPLATES, make_milestone

GOLDEN = ROOT / "tests" / "golden"
PERIODS = {"six_month": "2021-6t", "annual": "2021-nam"}
FIGURES = {("30754", "TTXH_XR", Basis.BASELINE): None, ("30808", "DIEM_MT", Basis.CURRENT): 1}
"""A blank of last year and a place of drugs, so that there is something to say."""
ABOUT = {"phieu_danh_gia": ("30754", "31027"), "du_thao_bao_cao_huyen": ("899", "913")}
"""Whom the documents about one of many are shown of: one with figures, one of which nothing came."""


def list_documents() -> list[tuple[str, str, str]]:
    """Kind, period and subject of every document that is kept."""
    found = []
    for kind in load_kinds().values():
        for name in sorted(kind.milestones):
            found += [(kind.name, PERIODS[name], about) for about in ABOUT.get(kind.name, ("",))]
    return found


def path_of(kind: str, period: str, about: str) -> Path:
    """Where the text of a document is kept."""
    return GOLDEN / f"{'-'.join(part for part in (kind, period, about) if part)}.txt"


def read_document(kind: str, snapshot: Snapshot, about: str) -> str:
    """The text of a document, a line a paragraph; empty lines and cells are left out."""
    content = render_document(kind, (TEMPLATES / f"{kind}.docx").read_bytes(), snapshot, about=about)
    lines = paragraph_texts(read_parts(content)["word/document.xml"])
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())


def write_all() -> Iterator[Path]:
    """Write every text anew; read the difference before it is committed."""
    plan = load_plan(ROOT / "plans", "2021")
    phrases = load_phrases(ROOT / "templates/messages/report.yaml")
    for kind, period, about in list_documents():
        snapshot = build_snapshot(make_milestone(plan, period, figures=dict(FIGURES)), phrases)
        assert about in list_subjects(load_kinds()[kind], snapshot)
        path = path_of(kind, period, about)
        path.write_text(read_document(kind, snapshot, about), encoding="utf-8")
        yield path


if __name__ == "__main__":
    for written in write_all():
        sys.stdout.write(f"{written}\n")
