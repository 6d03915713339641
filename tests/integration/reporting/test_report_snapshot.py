"""The snapshot: complete, canonical, without floats, and stable."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import UNSET
from msgspec.structs import asdict

from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan, Status
from chuyenhoa.reporting import SnapshotError, build_snapshot, canonical_bytes, decode_snapshot, load_phrases
from chuyenhoa.reporting.snapshot.canonical import write_canonical
from chuyenhoa.reporting.snapshot.frozen import Snapshot

Make = Callable[..., Snapshot]


def test_canonical_bytes_are_stable_and_read_back(make_data: Callable[..., MilestoneData]) -> None:
    first = canonical_bytes(build_snapshot(make_data()))
    assert first == canonical_bytes(build_snapshot(make_data()))
    assert first == canonical_bytes(decode_snapshot(first))
    assert first.decode("utf-8") == unicodedata.normalize("NFC", first.decode("utf-8"))


def test_key_order_and_composition_do_not_matter() -> None:
    composed, decomposed = "Kiên Giang", unicodedata.normalize("NFD", "Kiên Giang")
    assert composed != decomposed
    assert write_canonical({"a": 1, "b": composed}) == write_canonical({"b": decomposed, "a": 1})


def test_values_without_a_canonical_form_are_refused() -> None:
    with pytest.raises(SnapshotError, match=r"snapshot\.a\[1\]: a float"):
        write_canonical({"a": [1, 0.1]})


def test_decimals_are_exact_and_surrogates_visible() -> None:
    found = json.loads(
        write_canonical({"a": [Decimal("12.50"), Decimal("1E+2"), Decimal("0.00"), "x\ud800y"]})
    )
    assert found["a"] == ["12.5", "100", "0", "x�y"]


def test_everything_that_a_document_needs_is_in_it(snapshot_of: Make, plan: Plan) -> None:
    snapshot = snapshot_of(figures={("30754", "TTXH_XR", Basis.CURRENT): None})
    assert snapshot.plan.notice == plan.unverified_notice
    assert snapshot.period.start == "2021-04-15"
    assert snapshot.not_reported == ("912", "913")
    total = next(entry for entry in snapshot.totals if entry.indicator == "TTXH_XR")
    assert (total.current.counted, total.current.missing) == (14, 2)
    assert total.comparable.counted == 14
    figures = {(f.locality, f.indicator, f.basis): f for f in snapshot.figures}
    blank = figures["30754", "TTXH_XR", "current"]
    assert blank.value is None
    assert set(asdict(blank.source)) == {"submission", "sha256", "file_name", "sheet", "cell"}
    locality = next(entry for entry in snapshot.localities if entry.code == "30754")
    inputs = [i for r in locality.criteria for i in r.inputs if r.criterion == "II.2"]
    assert any(entry.sheet == "Số liệu" and entry.cell and entry.sha256 for entry in inputs)


def test_totals_are_the_sums_of_known_figures(make_data: Callable[..., MilestoneData]) -> None:
    data = make_data()
    known = [e.figures["TTXH_XR", Basis.CURRENT].value for e in data.evidence.values() if e.figures]
    total = next(t for t in build_snapshot(data).totals if t.indicator == "TTXH_XR")
    assert total.current.value == str(sum(value for value in known if value is not None))


def test_guidance_takes_its_criterions_place_when_it_is_in_force(snapshot_of: Make) -> None:
    titles = {p: {c.code: c.title for c in snapshot_of(p).criteria}["VI.1"] for p in ("2021-6t", "2021-nam")}
    assert titles["2021-6t"].startswith("Tiêu chí khác")
    assert titles["2021-nam"].startswith("Ít nhất 70%")
    assert snapshot_of("2021-6t").guidance == ()


def test_a_verified_plan_carries_no_notice(snapshot_of: Make, plan: Plan) -> None:
    assert snapshot_of(plan=replace(plan, criteria_status=Status.VERIFIED)).plan.notice == ""


def test_the_wording_is_frozen_with_the_data(make_data: Callable[..., MilestoneData]) -> None:
    other = {**load_phrases(), "highlights_none": "Khác"}
    assert build_snapshot(make_data(), other).phrases["highlights_none"] == "Khác"


def test_bounds_and_the_limit_of_work_are_frozen_only_where_there_are_any(
    make_data: Callable[..., MilestoneData],
) -> None:
    data = make_data()
    plain = canonical_bytes(build_snapshot(data))
    assert not {b'"low"', b'"high"', b'"is_wide"'} & set(re.findall(rb'"\w+"', plain))
    first, *others = data.assessment.localities
    result = next(r for r in first.criteria if r.inputs)
    known = replace(result, is_wide=True, inputs=(replace(result.inputs[0], value=None, low="1"),))
    wide = replace(first, criteria=(known,), is_wide=True)
    changed = replace(data, assessment=replace(data.assessment, localities=(wide, *others)))
    snapshot = decode_snapshot(canonical_bytes(build_snapshot(changed)))
    frozen = snapshot.localities[0]
    assert (frozen.is_wide, frozen.criteria[0].is_wide) == (True, True)
    assert (frozen.criteria[0].inputs[0].low, frozen.criteria[0].inputs[0].high) == ("1", UNSET)
    assert snapshot.localities[1].is_wide is UNSET
