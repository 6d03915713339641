"""An assessment is stored as rows that are, put together, the JSON that its sha256 has always been of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import pytest

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Assessment
from chuyenhoa.store.results import digest, encode_head, encode_rows, join, split
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


RULES = {"rules": {"II.1": {"title": 'Giảm ["localities": [{]'}}}


LATER = {"is_wide": False, "low": None, "high": None}
"""What the first versions of the program did not write is left out where it says nothing."""


def whole(assessment: Assessment) -> str:
    """The canonical JSON, as all versions of the program write it: in one piece, with sorted names."""
    made = json.loads(
        json.dumps({**asdict(assessment), "explanation": RULES}),
        object_hook=lambda entry: {
            name: value for name, value in entry.items() if (name, value) not in LATER.items()
        },
    )
    return json.dumps(made, ensure_ascii=False, sort_keys=True)


def test_what_is_known_in_part_is_written(assessment: Assessment) -> None:
    first, *others = assessment.localities
    result, *rest = first.criteria
    given = replace(result.inputs[0], low="1")
    partial = replace(result, inputs=(given, *result.inputs[1:]), is_wide=True)
    told = replace(assessment, localities=(replace(first, criteria=(partial, *rest)), *others))
    text = "".join(join(encode_head(told, RULES), encode_rows(told.localities)))
    assert text == whole(told)
    assert '"low": "1"' in text
    assert '"is_wide": true' in text


def test_rows_put_together_are_the_canonical_json(assessment: Assessment) -> None:
    head, rows = encode_head(assessment, RULES), list(encode_rows(assessment.localities))
    assert len(rows) == sum(1 + len(entry.criteria) for entry in assessment.localities)
    assert "".join(join(head, rows)) == whole(assessment)
    assert digest(join(head, rows)) == hashlib.sha256(whole(assessment).encode()).hexdigest()


def test_a_canonical_json_is_taken_apart_into_the_same_rows(assessment: Assessment) -> None:
    head, rows = split(whole(assessment))
    assert head == encode_head(assessment, RULES)
    assert list(rows) == list(encode_rows(assessment.localities))


def test_an_assessment_of_no_locality_is_one_too(assessment: Assessment) -> None:
    empty = replace(assessment, localities=())
    assert "".join(join(encode_head(empty, RULES), [])) == whole(empty)
    head, rows = split(whole(empty))
    assert (head, list(rows)) == (encode_head(empty, RULES), [])


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"localities": [', '{"localities": [{"a": 1}]}', "x"])
def test_what_is_no_assessment_is_not_taken_apart(content: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        split(content)
