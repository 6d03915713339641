"""Verdicts on criteria, groups, localities and the province: exact, explained, without input or output."""

from chuyenhoa.assessment.baselines import add_baselines, told_in, wanted_baselines
from chuyenhoa.assessment.milestone import AssessmentError, assess
from chuyenhoa.assessment.restating import (
    History,
    Restated,
    Told,
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
    "Restated",
    "Told",
    "add_baselines",
    "assemble",
    "assess",
    "changed_localities",
    "figure_of",
    "finer_periods",
    "restate_baselines",
    "told_in",
    "wanted_baselines",
]
