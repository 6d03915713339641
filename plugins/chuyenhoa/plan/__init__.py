"""Loads a plan folder into model objects, with errors that name file, line and what is wrong."""

from chuyenhoa.plan.loader import load_copy, load_plan
from chuyenhoa.plan.sources import PlanError, Problem

__all__ = ["PlanError", "Problem", "load_copy", "load_plan"]
