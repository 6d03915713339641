"""Snapshot → context → Word documents; the template doctor and the layout checker."""

from chuyenhoa.reporting.canonical import SnapshotError, canonical_bytes
from chuyenhoa.reporting.figures import FigureInput, TracedFigure, index_figures, trace_figure
from chuyenhoa.reporting.kinds import DocumentKind, KindError, list_subjects, load_kinds
from chuyenhoa.reporting.layout import LayoutProblem, check_layout
from chuyenhoa.reporting.phrases import PhraseError, load_phrases
from chuyenhoa.reporting.redline import RedlineError, redline_document
from chuyenhoa.reporting.render import render_document
from chuyenhoa.reporting.render_error import RenderError
from chuyenhoa.reporting.request import Previous
from chuyenhoa.reporting.snapshot import build_snapshot
from chuyenhoa.reporting.template_problem import TemplateProblem
from chuyenhoa.reporting.templates_check import check_template

__all__ = [
    "DocumentKind",
    "FigureInput",
    "KindError",
    "LayoutProblem",
    "PhraseError",
    "Previous",
    "RedlineError",
    "RenderError",
    "SnapshotError",
    "TemplateProblem",
    "TracedFigure",
    "build_snapshot",
    "canonical_bytes",
    "check_layout",
    "check_template",
    "index_figures",
    "list_subjects",
    "load_kinds",
    "load_phrases",
    "redline_document",
    "render_document",
    "trace_figure",
]
