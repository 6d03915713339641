"""Snapshot → context → Word documents; the template doctor and the layout checker."""

from chuyenhoa.kit.docx_lint import LayoutProblem, check_layout
from chuyenhoa.kit.docx_redline import RedlineError, redline_document
from chuyenhoa.reporting.docx.figures import FigureInput, TracedFigure, index_figures, trace_figure
from chuyenhoa.reporting.docx.render import render_document
from chuyenhoa.reporting.papers.common import Previous
from chuyenhoa.reporting.papers.kinds import DocumentKind, list_subjects, load_kinds
from chuyenhoa.reporting.snapshot.build import build_snapshot
from chuyenhoa.reporting.snapshot.canonical import SnapshotError, canonical_bytes, decode_snapshot
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.templates.check import check_template
from chuyenhoa.reporting.templates.problem import RenderError, TemplateProblem
from chuyenhoa.reporting.wording.phrases import PhraseError, load_phrases

__all__ = [
    "DocumentKind",
    "FigureInput",
    "LayoutProblem",
    "PhraseError",
    "Previous",
    "RedlineError",
    "RenderError",
    "Snapshot",
    "SnapshotError",
    "TemplateProblem",
    "TracedFigure",
    "build_snapshot",
    "canonical_bytes",
    "check_layout",
    "check_template",
    "decode_snapshot",
    "index_figures",
    "list_subjects",
    "load_kinds",
    "load_phrases",
    "redline_document",
    "render_document",
    "trace_figure",
]
