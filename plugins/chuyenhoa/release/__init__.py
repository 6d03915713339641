"""What the office decides on drafts, and the numbers that issued documents carry."""

from chuyenhoa.release.decision import APPROVE, RETURN, Decision, DecisionError, read_decision
from chuyenhoa.release.register import check_number

__all__ = ["APPROVE", "RETURN", "Decision", "DecisionError", "check_number", "read_decision"]
