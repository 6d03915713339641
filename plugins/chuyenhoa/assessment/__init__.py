"""Verdicts on criteria, groups, localities and the province: exact, explained, without input or output."""

from chuyenhoa.assessment.milestone import AssessmentError, assess

__all__ = ["AssessmentError", "assess"]
