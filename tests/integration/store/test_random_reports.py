"""Figures in force over random sequences of files, against a model that only knows the rule.

The rule (docs/decisions/0035): of every figure the newest value that was stated and accepted counts; silence
says nothing. Everything else (holding, releasing, withdrawing, the changes told) must follow from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.model.figures import Basis, CellRef, Justification, Observation
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.receive import changes, decide
from chuyenhoa.pipeline.receive.read import Part
from chuyenhoa.pipeline.receive.store import store_answer
from chuyenhoa.store import claims, ledger
from chuyenhoa.store.evidence import load_evidence
from tests.postgres import Server

PERIOD, SUBMITTER = "2021-6t", "899"
REASON = "Công an xã đã rà soát sổ thụ lý, tăng do chuyên án trộm cắp tháng 9"
NAMES = ("TTXH_XR", "TTXH_KP", "XHD")
Key = tuple[str, str, Basis]


@dataclass(frozen=True)
class File:
    """What a random file says: None is a blank cell, -1 the word "xóa"."""

    stated: dict[Key, int | None] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()
    """Localities that an error holds."""
    doubtful: frozenset[str] = frozenset()
    """Localities that wait for a reason."""
    reasons: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    """Localities of a line RUT."""


@dataclass
class Model:
    """The rule, spelt out: all files, and which of their localities count."""

    files: list[File] = field(default_factory=list)
    said: list[dict[Key, int | None]] = field(default_factory=list)
    counts: list[dict[str, bool]] = field(default_factory=list)
    waits: set[tuple[int, str]] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    """Localities with a reason that came before their figures."""

    def add(self, file: File) -> None:
        said: dict[Key, int | None] = {k: value for k, value in file.stated.items() if value is not None}
        for earlier in self.said:
            for key in earlier:
                if key[0] in file.withdrawn and key not in said and earlier[key] != -1:
                    said[key] = -1
        listed = {key[0] for key in (*file.stated, *said)}
        # A reason that came in a file of its own answers the next file that lists its locality.
        doubtful = file.doubtful - self.given
        if listed:
            self.given -= listed
        else:
            self.given |= file.reasons
        file = replace(file, doubtful=doubtful)
        self.files.append(file)
        self.said.append(said)
        self.counts.append({code: code not in file.wrong | file.doubtful for code in listed})
        number = len(self.files) - 1
        self.waits = {
            (version, code) for version, code in self.waits if not self._is_stated_anew(version, code)
        }
        if not listed:
            for version, code in sorted(self.waits):
                if code in file.reasons and code not in self.files[version].wrong:
                    self.counts[version][code] = True
                    self.waits.discard((version, code))
        self.waits |= {(number, code) for code in listed & (file.wrong | file.doubtful)}

    def _is_stated_anew(self, version: int, code: str) -> bool:
        keys = {key for key in self.said[version] if key[0] == code}
        later = {key for said in self.said[version + 1 :] for key in said}
        listed = any(code in counts for counts in self.counts[version + 1 :])
        return bool(keys) and listed and keys <= later

    def in_force(self) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for said, counts in zip(self.said, self.counts, strict=True):
            for key, value in said.items():
                if counts.get(key[0]) and value is not None:
                    found[key] = value
        return {key: value for key, value in found.items() if value != -1}


def files(localities: tuple[str, ...]) -> st.SearchStrategy[File]:
    codes = st.frozensets(st.sampled_from(localities), max_size=1)
    keys = st.tuples(st.sampled_from(localities), st.sampled_from(NAMES), st.sampled_from(list(Basis)))
    values = st.one_of(st.none(), st.just(-1), st.integers(0, 3))
    reports = st.builds(
        File,
        stated=st.dictionaries(keys, values, max_size=8),
        wrong=codes,
        doubtful=codes,
        withdrawn=st.one_of(st.just(frozenset()), st.just(frozenset()), codes),
    )
    return st.one_of(reports, reports, st.builds(File, reasons=codes))


def enter(ctx: Context, session: Session, file: File, index: int) -> int:
    """Store a file as `process_batch` does after reading and rules."""
    at = datetime(2021, 10, 12, 9, tzinfo=clock.ZONE)
    claim = claims.Claim(f"{index:064x}", 1, "899-rach-gia", f"{index}.xlsx", f"{index}|1|1", at)
    (row,) = claims.add_claims(session, [claim])
    spot = CellRef("Số liệu", f"C{index + 8}")
    observations = tuple(
        Observation(
            locality,
            name,
            basis,
            None if value in (None, -1) else Decimal(value or 0),
            spot,
            withdrawn=value == -1,
        )
        for (locality, name, basis), value in file.stated.items()
    )
    reading = Reading(
        row.sha256,
        row.file_name,
        plan="2021",
        period=PERIOD,
        submitter=SUBMITTER,
        localities=tuple(dict.fromkeys(o.locality for o in observations)),
        observations=observations,
        justifications=(
            *(
                Justification("W02", code, REASON, CellRef("Giải trình", "C4"))
                for code in sorted(file.reasons)
            ),
            *(
                Justification("RUT", code, "Gửi nhầm", CellRef("Giải trình", "C5"))
                for code in sorted(file.withdrawn)
            ),
        ),
    )
    found = tuple(
        Finding(rule, severity, "Kiểm tra lại ô này.", "Số liệu", ("C8",), code, "TTXH_XR")
        for rule, severity, held in (
            ("E01", Severity.ERROR, file.wrong),
            ("W02", Severity.WARNING, file.doubtful),
        )
        for code in sorted(held)
        if code in reading.localities
    )
    part = Part([row], 0, readings={row.number: reading}, findings={row.number: found})
    store_answer(session, row, decide.decide_file(ctx, session, part, row), at)
    ledger.mark_answered(session, row, at, f"outbox/{index}.html", "")
    return row.number


def figures(ctx: Context, session: Session) -> dict[Key, int]:
    evidence = load_evidence(session, ctx.plan, PERIOD)
    return {
        (code, name, basis): int(figure.value)
        for code, known in evidence.items()
        for (name, basis), figure in known.figures.items()
        if figure.value is not None
    }


def check(ctx: Context, sequence: list[File]) -> None:
    """One sequence: after every file the store and the rule say the same, and so do the changes told."""
    model = Model()
    with ctx.store.writing() as session:
        for index, file in enumerate(sequence):
            before = figures(ctx, session)
            number = enter(ctx, session, file, index)
            model.add(_as_listed(file))
            after = figures(ctx, session)
            assert after == model.in_force(), f"after file {index + 1}"
            row = ledger.find_submissions(session, [number])
            told = changes.changes_of(session, row, ctx.plans).get(number, changes.ReportChanges())
            assert {(c.locality, c.subject, c.window): (c.old, c.new) for c in told.changes} == {
                key: (_text(before.get(key)), _text(after.get(key)))
                for key in {**before, **after}
                if before.get(key) != after.get(key)
            }
            # A receipt does not list what a first file adds; all else that it says is the same.
            (short,) = changes.changes_of(session, row, ctx.plans, with_first=False).values() or (told,)
            assert (short.kept, short.owed) == (told.kept, told.owed)
            assert [c for c in short.changes if not c.is_new] == [c for c in told.changes if not c.is_new]
            assert told.kept == sum(after.get(key) == value for key, value in before.items())
            lacking = {entry.locality: entry.figures + entry.baseline for entry in told.owed}
            for code in (entry.code for entry in ctx.plan.localities_of(SUBMITTER)):
                there = sum(key[0] == code for key in after)
                assert lacking[code] == 2 * len(ctx.plan.indicators) - there
        session.rollback()


def _as_listed(file: File) -> File:
    """A finding holds what the file lists and nothing else."""
    listed = {key[0] for key in file.stated}
    return File(file.stated, file.wrong & listed, file.doubtful & listed, file.reasons, file.withdrawn)


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    from tests.stores import new_data

    data = new_data(tmp_path_factory.mktemp("reports") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUYENHOA_DATA", str(data))
        patch.setenv("CHUYENHOA_NOW", "2021-10-12T09:00:00+07:00")
        patch.delenv("CHUYENHOA_STORE", raising=False)
        yield open_context()


LOCALITIES = ("30745", "30754")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(sequence=st.lists(files(LOCALITIES), min_size=1, max_size=6))
def test_what_counts_is_the_newest_accepted_statement(context: Context, sequence: list[File]) -> None:
    check(context, sequence)


def test_the_same_on_postgresql(postgres: Server, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_STORE", postgres.new_store())
    ctx = open_context()

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(sequence=st.lists(files(LOCALITIES), min_size=2, max_size=6))
    def sequences(sequence: list[File]) -> None:
        check(ctx, sequence)

    sequences()
