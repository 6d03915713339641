"""What follows from a plan is worked out once, and for each plan anew."""

from __future__ import annotations

from dataclasses import replace

from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.model.plan import Plan


def test_a_plan_is_asked_once(plan: Plan) -> None:
    asked = []

    @once_a_plan
    def count(given: Plan) -> int:
        asked.append(given.id)
        return len(given.localities)

    other = replace(plan, id="2022", localities=plan.localities[:2])
    assert [count(plan), count(plan), count(other), count(plan), count(other)] == [16, 16, 2, 16, 2]
    assert asked == ["2021", "2022"]
