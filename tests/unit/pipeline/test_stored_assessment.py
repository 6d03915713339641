"""An assessment comes out of its stored form as it went in: documents are made from the stored one."""

from __future__ import annotations

import json

import pytest

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Assessment
from chuyenhoa.pipeline.assess.assessing import decode_assessment, encode_assessment
from tests.integration.reporting.conftest import make_milestone, plan

__all__ = ["plan"]


@pytest.fixture
def assessment(plan: Plan) -> Assessment:
    """One with every kind of result: missing figures, steps, guards, conclusions that still may change."""
    figures = {
        ("30754", "TTXH_XR", Basis.BASELINE): None,
        ("30808", "DIEM_MT", Basis.CURRENT): 1,
        ("30808", "TTXH_KP", Basis.CURRENT): 0,
    }
    made = make_milestone(plan, "2021-nam", figures=figures).assessment
    results = [result for entry in made.localities for result in entry.criteria]
    assert any(result.steps for result in results)
    assert any(result.guard for result in results)
    assert any(result.reason and result.actor and result.missing for result in results)
    return made


def test_a_stored_assessment_is_read_as_it_was_computed(assessment: Assessment) -> None:
    assert decode_assessment(encode_assessment(assessment, {"rules": {}})) == assessment


def test_the_rules_are_kept_beside_it(assessment: Assessment) -> None:
    content = json.loads(encode_assessment(assessment, {"rules": {"II.1": {}}}))
    assert content["explanation"] == {"rules": {"II.1": {}}}


def test_what_an_assessment_cannot_hold_is_refused_by_its_path(assessment: Assessment) -> None:
    content = json.loads(encode_assessment(assessment, {}))
    content["localities"][0]["verdict"] = "perhaps"
    with pytest.raises(ValueError, match=r"\$\.localities\[0\]\.verdict"):
        decode_assessment(json.dumps(content))
