"""Caches what follows from a plan alone, so that it is computed once and not for every file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from chuyenhoa.model.plan import Plan

Result = TypeVar("Result")


def once_a_plan(compute: Callable[[Plan], Result]) -> Callable[[Plan], Result]:
    """Keep a function's result beside the plan itself, as a cached property does; a plan never changes."""
    name = f"_{compute.__module__}.{compute.__qualname__}"

    @wraps(compute)
    def remembered(plan: Plan) -> Result:
        kept = vars(plan)
        if name not in kept:
            kept[name] = compute(plan)
        result: Result = kept[name]
        return result

    return remembered
