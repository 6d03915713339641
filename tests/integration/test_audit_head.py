"""An audit goes on from where the last one came to, and no forged head is taken for one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chuyenhoa.cli import main
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.pipeline.assess.assessing import (
    find_absences,
    gather_evidence,
)
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.keep.auditing import audit_store
from chuyenhoa.pipeline.receive.decide import decide_status
from chuyenhoa.pipeline.receive.read import read_part
from chuyenhoa.store.archive import archived_path
from chuyenhoa.store.journal import canonical, seal
from chuyenhoa.store.tables import EventRow, SubmissionRow
from tests.integration.kept_week import faults, kept, sha256_of, spoil, week

__all__ = ["kept", "week"]


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from the archive, each as often as it is."""
    names: list[str] = []

    def noted(ctx: Context, rows: list[SubmissionRow], *others: Any) -> Any:
        names.extend(row.file_name for row in rows)
        return read_part(ctx, rows, *others)

    monkeypatch.setattr("chuyenhoa.pipeline.keep.rebuilding.read.read_part", noted)
    return names


def send_another(data: Path) -> None:
    """The newest workbook of Rạch Giá once more, a byte longer: another file with the same figures."""
    again = archived_path(data / "archive", sha256_of(13)).read_bytes() + b"\0"
    (data / "inbox" / "899-rach-gia" / "them.xlsx").write_bytes(again)
    assert main(["intake"]) == 0


def test_an_audit_reads_what_came_since_the_last_one(kept: Path, read_again: list[str]) -> None:
    first = audit_store(open_context())
    assert (first.faults, first.read_since) == ((), 0)
    assert "lai.xlsx" in read_again
    read_again.clear()
    send_another(kept)
    read_again.clear()
    second = audit_store(open_context())
    assert (second.faults, second.read_since, read_again) == ((), first.events, ["them.xlsx"])
    third = audit_store(open_context())
    assert (third.faults, third.read_since, read_again) == ((), second.events, ["them.xlsx"])
    full = audit_store(open_context(), is_full=True)
    assert (full.faults, full.read_since) == ((), 0)
    assert {"lai.xlsx", "them.xlsx"} <= set(read_again)


def test_what_came_since_is_held_against_the_rules(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference that the short way finds is told as the long way tells it."""
    assert audit_store(open_context()).faults == ()
    send_another(kept)
    number = 14

    def stricter(reading: Reading, findings: Sequence[Finding]) -> tuple[SubmissionStatus, frozenset[str]]:
        return SubmissionStatus.RETURNED, decide_status(reading, findings)[1]

    monkeypatch.setattr("chuyenhoa.pipeline.receive.decide.decide_status", stricter)
    assert any(f"S{number:06d}" in found.where for found in audit_store(open_context()).faults)


def test_no_head_is_kept_where_anything_is_wrong(kept: Path) -> None:
    spoil("DELETE FROM findings WHERE id=(SELECT max(id) FROM findings)")
    assert audit_store(open_context()).faults
    assert not (kept / "audit-head.json").exists()


def test_a_past_that_was_written_anew_is_found_by_the_head(kept: Path) -> None:
    """Ledger and journal both, to the end: without the head nothing but reading all files again finds it."""
    assert audit_store(open_context()).faults == ()
    journal = kept / "archive" / "journal.jsonl"
    entries = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    previous = ""
    seals: dict[int, str] = {}
    for entry in entries:
        if "committed" in entry:
            entry["sha256"] = seals[entry["committed"]]
            continue
        entry["detail"] = "khác" if entry["position"] == 5 else entry["detail"]
        event = EventRow(**{name: value for name, value in entry.items() if name != "facts"})
        entry["sha256"] = previous = seals[entry["position"]] = seal(previous, event)
    journal.write_text("".join(f"{canonical(entry)}\n" for entry in entries), encoding="utf-8")
    with open_context().store.engine.begin() as connection:
        connection.execute(text("UPDATE events SET detail='khác' WHERE position=5"))
        for position, sha256 in seals.items():
            change = text("UPDATE events SET sha256=:sha256 WHERE position=:position")
            connection.execute(change, {"sha256": sha256, "position": position})
    (found,) = faults()
    assert found[0] == "head"
    assert "the past was changed" in found[2]
    (kept / "audit-head.json").unlink()
    assert faults() == []


@pytest.mark.parametrize("field", ["position", "sha256", "at", "seal"])
def test_a_forged_head_is_found_and_proves_nothing(kept: Path, field: str, read_again: list[str]) -> None:
    head = audit_store(open_context())
    path = kept / "audit-head.json"
    entry = json.loads(path.read_text(encoding="utf-8"))
    assert (entry["position"], entry["sha256"]) == (head.events, head.head)
    entry[field] = 1 if field == "position" else f"0{entry[field][1:]}0"
    path.write_text(json.dumps(entry), encoding="utf-8")
    read_again.clear()
    found = audit_store(open_context())
    assert [fault.part for fault in found.faults] == ["head"]
    assert found.read_since == 0
    assert "lai.xlsx" in read_again
    assert audit_store(open_context(), is_full=True).faults == ()
    assert audit_store(open_context()).faults == ()


def test_a_head_of_another_key_proves_nothing(kept: Path) -> None:
    assert audit_store(open_context()).faults == ()
    key = kept / "audit.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    key.write_text("00" * 32, encoding="ascii")
    assert [found[0] for found in faults()] == ["head"]


def test_one_locality_is_read_without_the_others(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of = ["explain", "--assessment", "1", "--locality", "30745", "--criterion", "II.2", "--json"]
    assert main(of) == 0
    before = capsys.readouterr().out
    with open_context().store.engine.begin() as connection:
        others = "locality <> '30745' OR criterion NOT IN ('', 'II.2')"
        assert connection.execute(text(f"UPDATE results SET content='?' WHERE {others}")).rowcount > 100
    assert main(of) == 0
    assert capsys.readouterr().out == before


def test_why_nothing_is_known_needs_no_figure(kept: Path) -> None:
    """`status` asks by the lists of localities alone, and says what the whole evidence says."""
    ctx = open_context()
    found = set()
    with ctx.store.reading() as session:
        for milestone in ctx.milestones:
            evidence = gather_evidence(ctx, session, milestone).evidence
            absences = find_absences(ctx, session, milestone)
            assert absences == {code: known.absence for code, known in evidence.items()}
            found |= set(absences.values())
    assert len(found) > 1
