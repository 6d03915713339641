"""Verdicts on criteria, groups, localities and the province: exact, explained, without input or output."""

from chuyenhoa.assessment.milestone import AssessmentError, assess
from chuyenhoa.assessment.windows import Assembled, Difference, assemble, finer_periods

__all__ = ["Assembled", "AssessmentError", "Difference", "assemble", "assess", "finer_periods"]
