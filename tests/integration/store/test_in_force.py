"""What was in force when a file came: accepted before it, in the order of receipt."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from chuyenhoa import clock
from chuyenhoa.model.figures import Basis, CellRef, Observation
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, SubmissionStatus
from chuyenhoa.store import Store, claims, content, ledger, open_store
from chuyenhoa.store.content import Answer
from chuyenhoa.store.evidence import Wanted, load_in_force
from tests.stores import new_store

AT = datetime(2021, 10, 12, 9, tzinfo=clock.ZONE)
PERIOD, LOCALITY = "2021-6t", "30745"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(new_store(tmp_path / "store.db"))


def enter(store: Store, value: str, *, taken: bool, released: int | None = None) -> int:
    """A file with one figure; with `released`, a file of reasons for that version instead."""
    with store.writing() as session:
        name = f"{value}.xlsx"
        claim = claims.Claim(value * 8, 1, "899-rach-gia", name, f"{value}|1|1", AT)
        (row,) = claims.add_claims(session, [claim])
        figure = Observation(LOCALITY, "CB_VU", Basis.CURRENT, Decimal(value), CellRef("Số liệu", "C8"))
        is_version = released is None
        reading = Reading(
            row.sha256,
            name,
            plan="2021",
            period=PERIOD,
            submitter="899",
            localities=(LOCALITY,) if is_version else (),
            observations=(figure,) if is_version else (),
        )
        answer = Answer(
            reading,
            SubmissionStatus.ACCEPTED if taken or not is_version else SubmissionStatus.RETURNED,
            (),
            frozenset({LOCALITY} if taken else ()),
            row.number if is_version else None,
            False,
            released=() if released is None else ((released, LOCALITY),),
        )
        content.save_answer(session, row, answer, AT)
        ledger.mark_answered(session, row, AT, f"outbox/{name}.html", "")
        return row.number


def figure_before(store: Store, plan: Plan, number: int | None) -> str:
    """The figure in force before a submission; empty when there was none."""
    with store.reading() as session:
        (found,) = load_in_force(session, [Wanted(number, {PERIOD}, {LOCALITY})], plan.period_by_id)
    return str(found[0].figures["CB_VU", Basis.CURRENT].value) if found else ""


def test_only_what_came_before_counts(store: Store, plan: Plan) -> None:
    assert figure_before(store, plan, None) == ""
    first, held, last = (
        enter(store, "1", taken=True),
        enter(store, "2", taken=False),
        enter(store, "3", taken=True),
    )
    assert [figure_before(store, plan, number) for number in (first, held, last, last + 1, None)] == [
        "",
        "1",
        "1",
        "3",
        "3",
    ]


def test_a_release_counts_from_its_file_of_reasons_on(store: Store, plan: Plan) -> None:
    first, held = enter(store, "1", taken=True), enter(store, "2", taken=False)
    reasons = enter(store, "3", taken=False, released=held)
    assert [figure_before(store, plan, number) for number in (first, held, reasons, reasons + 1, None)] == [
        "",
        "1",
        "1",
        "2",
        "2",
    ]


def test_nothing_is_asked_of_nobody(store: Store, plan: Plan) -> None:
    enter(store, "1", taken=True)
    with store.reading() as session:
        assert load_in_force(session, [Wanted(None, (), {LOCALITY})], plan.period_by_id) == [()]
        assert load_in_force(session, [Wanted(None, {PERIOD}, ())], plan.period_by_id) == [()]
        assert load_in_force(session, [], plan.period_by_id) == []
