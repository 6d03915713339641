"""The store keeps what the ledger tells it, on both databases."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text
from sqlalchemy.exc import IntegrityError

from chuyenhoa import clock
from chuyenhoa.model.figures import Answer as Said
from chuyenhoa.model.figures import (
    Basis,
    CellRef,
    Declaration,
    Justification,
    Narrative,
    Normalisation,
    Observation,
)
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.submissions import Finding, Reading, Severity, SubmissionStatus
from chuyenhoa.store import Store, StoreError, claims, content, engine, evidence, ledger, open_store
from chuyenhoa.store.content import Answer
from chuyenhoa.store.tables import SubmissionRow

AT = datetime(2021, 10, 12, 9, tzinfo=clock.ZONE)
CELL = CellRef("Số liệu", "D12")


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url)


def test_a_writer_holds_its_lock_before_it_looks_at_anything(store: Store) -> None:
    # Else two intakes see the same file in the inbox, and the second one enters it again.
    url = store.engine.url
    with store.writing():
        if store.engine.dialect.name == "sqlite":
            with (
                closing(sqlite3.connect(str(url.database), timeout=0, isolation_level=None)) as other,
                pytest.raises(sqlite3.OperationalError, match="locked"),
            ):
                other.execute("BEGIN IMMEDIATE")
        else:
            with create_engine(url).connect() as connection:
                asked = text(f"SELECT pg_try_advisory_lock({engine.WRITERS_LOCK})")
                assert connection.execute(asked).scalar() is False


@pytest.mark.parametrize("lacking", ["status", "size"])
def test_an_error_of_the_database_does_not_repeat_what_people_wrote(store: Store, lacking: str) -> None:
    secret = "Bà Lê Thị Hoa 0912345678"
    row = {"sha256": "0" * 64, "size": 1, "folder": secret, "file_name": secret, "claim_key": secret}
    row |= {"received_at": AT.isoformat(), "removed_from_inbox": False, "status": "claimed", lacking: None}
    with pytest.raises(IntegrityError) as caught, store.writing() as session:
        session.execute(insert(SubmissionRow).values(**row))
    shown = "".join(traceback.format_exception(caught.value))
    assert "Hoa" not in shown
    assert "0912345678" not in shown
    assert lacking in shown


def test_a_store_that_cannot_be_opened_says_which(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="Check CHUYENHOA_STORE"):
        open_store(f"sqlite:///{tmp_path / 'folder'}")


def reading(sha256: str, locality: str = "30745", value: str | None = "12.5") -> Reading:
    figure = Observation(locality, "CHAY_TS", Basis.CURRENT, None if value is None else Decimal(value), CELL)
    return Reading(
        sha256=sha256,
        file_name="a.xlsx",
        plan="2021",
        period="2021-6t",
        submitter="899",
        localities=(locality,),
        observations=(figure,),
        declarations=(
            Declaration(
                locality, "I.1", Said.YES, "12/KH-UBND", date(2021, 6, 20), "", CellRef("Định tính", "E5")
            ),
            Declaration(locality, "I.2", None, "", None, "ghi chú", CellRef("Định tính", "E6")),
        ),
        narratives=(Narrative("LANH_DAO", "Đã ban hành kế hoạch.", CellRef("Thuyết minh", "C5")),),
        justifications=(Justification("W02", locality, "án cũ nhiều", CellRef("Giải trình", "C5")),),
        normalisations=(Normalisation(CELL, "12,5", "12.5", "dấu phẩy thập phân"),),
    )


def enter(store: Store, sha256: str, folder: str = "899-rach-gia") -> SubmissionRow:
    with store.writing() as session:
        claim = claims.Claim(sha256, 7, folder, "a.xlsx", f"{folder}/{sha256}|7|1", AT)
        return claims.add_claims(session, [claim])[0]


def answer(store: Store, row: SubmissionRow, read: Reading, taken: bool = True, **changes: object) -> None:
    status = SubmissionStatus.ACCEPTED if taken else SubmissionStatus.RETURNED
    finding = Finding("E03", Severity.ERROR, "sai", "Số liệu", ("D12", "C12"), "30745", "TTXH_KP", "25")
    full = Answer(read, status, (finding,), frozenset(read.localities if taken else ()), 1, False)
    with store.writing() as session:
        current = session.get_one(SubmissionRow, row.number)
        content.save_answer(session, current, replace(full, **changes), AT)  # type: ignore[arg-type]
        ledger.mark_answered(session, current, AT, "outbox/r.html", "")


def test_what_a_file_says_comes_back_exactly(store: Store, plan: Plan) -> None:
    row = enter(store, "a" * 64)
    answer(store, row, reading("a" * 64))
    answer(store, row, reading("a" * 64))  # a second attempt replaces the first
    with store.reading() as session:
        (figure,) = ledger.load_observations(session, row.number)
        assert figure.value == Decimal("12.5")
        assert figure.cell_ref == CELL
        (finding,) = ledger.load_findings(session, row.number)
        assert finding.cells == ("D12", "C12")
        assert ledger.load_normalisations(session, row.number)[0].before == "12,5"
        known = evidence.load_evidence(session, plan, "2021-6t")["30745"]
        assert known.declarations["I.1"].document_date == date(2021, 6, 20)
        assert known.declarations["I.2"].answer is None
        assert known.figures["CHAY_TS", Basis.CURRENT].source.cell == "D12"
        assert evidence.load_narratives(session, plan, ["2021-6t"]) == {
            "899": {"LANH_DAO": "Đã ban hành kế hoạch."}
        }
        (record,) = evidence.load_records(session, plan, "2021-6t")
        assert (record.id, record.taken, record.version) == ("S000001", ("30745",), 1)
        assert [event.kind for event in ledger.load_events(session, row.number)] == [
            "claimed",
            "judged",
            "answered",
            "judged",
        ]
        assert ledger.last_answer_event(session, ["2021-6t"]) == 3
        assert ledger.last_answer_event(session, ["2021-nam"]) == 0


def test_the_last_accepted_version_is_in_force(store: Store, plan: Plan) -> None:
    for letter, value, taken in (("a", "1", True), ("b", "2", True), ("c", "3", False)):
        answer(store, enter(store, letter * 64), reading(letter * 64, value=value), taken)
    with store.reading() as session:
        known = evidence.load_evidence(session, plan, "2021-6t")
        assert known["30745"].figures["CHAY_TS", Basis.CURRENT].value == Decimal(2)
        assert known["30772"].absence is InsufficiencyReason.NOT_SUBMITTED


def test_a_locality_that_a_newer_version_does_not_list_stays(store: Store, plan: Plan) -> None:
    answer(store, enter(store, "a" * 64), reading("a" * 64, "30745"))
    answer(store, enter(store, "b" * 64), reading("b" * 64, "30754"))
    with store.reading() as session:
        known = evidence.load_evidence(session, plan, "2021-6t")
        assert known["30745"].absence is None
        assert known["30754"].absence is None


def test_a_locality_that_was_only_held_back_says_so(store: Store, plan: Plan) -> None:
    answer(store, enter(store, "a" * 64), reading("a" * 64), taken=False)
    with store.reading() as session:
        assert (
            evidence.load_evidence(session, plan, "2021-6t")["30745"].absence
            is InsufficiencyReason.HELD_BY_FINDINGS
        )


def test_the_same_bytes_are_found_again_unless_they_came_to_the_wrong_place(store: Store) -> None:
    wrong = enter(store, "a" * 64, "900-ha-tien")
    right = enter(store, "a" * 64)
    again = enter(store, "a" * 64)
    with store.reading() as session:
        likes = claims.find_likes(session, [wrong, right, again])
    assert likes.first(wrong) is None
    assert likes.first(right) == wrong.number
    assert likes.first_here(right) is None
    assert likes.first(right, refused={wrong.number}) is None
    assert likes.first(again, refused={wrong.number}) == right.number


def test_numbers_and_names_of_submissions() -> None:
    assert ledger.submission_id(12) == "S000012"
    assert ledger.submission_number("S000012") == 12
