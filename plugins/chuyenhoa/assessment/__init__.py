"""Verdicts on criteria, groups, localities and the province: exact, explained, without input or output."""

from chuyenhoa.assessment.baselines import History, Told, add_baselines, told_in, wanted_baselines
from chuyenhoa.assessment.milestone import AssessmentError, assess
from chuyenhoa.assessment.windows import Assembled, Difference, Overlap, assemble, finer_periods

__all__ = [
    "Assembled",
    "AssessmentError",
    "Difference",
    "History",
    "Overlap",
    "Told",
    "add_baselines",
    "assemble",
    "assess",
    "finer_periods",
    "told_in",
    "wanted_baselines",
]
