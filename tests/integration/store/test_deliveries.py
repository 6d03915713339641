"""Letters in the store, on SQLite and PostgreSQL: owed once, taken by one, given up in the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chuyenhoa.clock import ZONE
from chuyenhoa.store import Store, deliveries, open_store
from chuyenhoa.store.deliveries import DELIVERY_TIMEOUT, DeliveryState, Subject
from chuyenhoa.store.tables import DeliveryRow
from tests.stores import new_store

AT = datetime(2021, 10, 12, 9, tzinfo=ZONE)
ANSWER = Subject("answer", "S000001", "ab12 2021-10-12")


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url)


def rows(store: Store) -> list[DeliveryRow]:
    with store.reading() as session:
        return session.query(DeliveryRow).order_by(DeliveryRow.id).all()


def owe(store: Store, *recipients: str, subject: Subject = ANSWER) -> None:
    with store.writing() as session:
        deliveries.enqueue(session, subject, recipients, AT)


def test_a_letter_is_owed_once_to_each(store: Store) -> None:
    owe(store, "a@b.vn", "c@d.vn")
    owe(store, "a@b.vn", "c@d.vn")
    owe(store, subject=Subject("answer", "S000002", "cd34"))
    first, second, nobody = rows(store)
    assert [row.recipient for row in (first, second, nobody)] == ["a@b.vn", "c@d.vn", ""]
    assert nobody.state == DeliveryState.NO_ADDRESS
    assert first.token != second.token
    assert len(first.token) == 32


def test_the_token_does_not_depend_on_the_store(store: Store, tmp_path: Path) -> None:
    owe(store, "a@b.vn")
    other = open_store(new_store(tmp_path / "other.db"))
    owe(other, "a@b.vn")
    assert rows(store)[0].token == rows(other)[0].token


def test_only_one_of_two_takes_a_letter(store: Store) -> None:
    owe(store, "a@b.vn")
    with store.reading() as session:
        (due,) = deliveries.find_due(session, AT)
    with store.writing() as session:
        assert deliveries.take(session, due, AT)
    with store.writing() as session:
        assert not deliveries.take(session, due, AT)
    with store.reading() as session:
        assert deliveries.find_due(session, AT + timedelta(minutes=4)) == []
        assert len(deliveries.find_due(session, AT + timedelta(minutes=5))) == 1


def test_pauses_grow(store: Store) -> None:
    owe(store, "a@b.vn")
    moment, pauses = AT, []
    for _ in range(6):
        with store.writing() as session:
            (due,) = deliveries.find_due(session, moment)
            assert deliveries.take(session, due, moment)
        following = datetime.fromisoformat(rows(store)[0].next_try_at)
        pauses.append((following - moment) // timedelta(minutes=1))
        moment = following
    assert pauses == [5, 15, 60, 240, 240, 240]


@pytest.mark.parametrize(
    ("waited", "is_final", "state"),
    [
        (timedelta(), False, DeliveryState.WAITING),
        (timedelta(), True, DeliveryState.FAILED),
        (DELIVERY_TIMEOUT, False, DeliveryState.FAILED),
    ],
)
def test_when_a_letter_is_given_up(
    store: Store, waited: timedelta, is_final: bool, state: DeliveryState
) -> None:
    owe(store, "a@b.vn")
    with store.writing() as session:
        deliveries.mark_tried(session, rows(store)[0].id, AT + waited, "451", is_final=is_final)
    assert (rows(store)[0].state, rows(store)[0].last_error) == (state, "451")
    with store.reading() as session:
        assert len(deliveries.find_undelivered(session)) == 1
