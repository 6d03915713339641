"""Verdicts on criteria, groups, localities and the province: exact, explained, without input or output."""

from chuyenhoa.assessment.baselines import add_baselines, reported_in, wanted_baselines
from chuyenhoa.assessment.milestone import AssessmentError, assess
from chuyenhoa.assessment.restating import (
    History,
    ReportedWindow,
    Restated,
    changed_localities,
    figure_of,
    restate_baselines,
)
from chuyenhoa.assessment.windows import Assembled, Difference, Overlap, assemble, finer_periods

__all__ = [
    "Assembled",
    "AssessmentError",
    "Difference",
    "History",
    "Overlap",
    "ReportedWindow",
    "Restated",
    "add_baselines",
    "assemble",
    "assess",
    "changed_localities",
    "figure_of",
    "finer_periods",
    "reported_in",
    "restate_baselines",
    "wanted_baselines",
]
