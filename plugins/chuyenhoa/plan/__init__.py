"""Loads a plan folder into model objects, with errors that name file, line and what is wrong."""

from chuyenhoa.plan.loader import LoadedPlans, load_copy, load_plan, load_plans
from chuyenhoa.plan.sources import PlanError, Problem

__all__ = ["LoadedPlans", "PlanError", "Problem", "load_copy", "load_plan", "load_plans"]
