"""After a messy week the store is recreated from the archive alone, and whoever changed anything is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from chuyenhoa.cli import main
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.pipeline.assess.assessing import (
    assess_milestone,
    milestones_to_assess,
)
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.auditing import audit_store, compare, dump_store
from chuyenhoa.pipeline.keep.rebuilding import RebuildError, rebuild_store
from chuyenhoa.pipeline.receive.decide import decide_status
from chuyenhoa.store import open_store
from chuyenhoa.store.archive import archived_path
from chuyenhoa.store.journal import seal
from chuyenhoa.store.tables import EventRow, SubmissionRow
from tests.integration.kept_week import faults, kept, sha256_of, spoil, week
from tests.postgres import Server

__all__ = ["kept", "week"]


def test_a_store_as_it_was_left_has_no_fault(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["faults"] == []
    assert found["submissions"] == 13
    assert main(["audit", "--quick"]) == 0
    assert "13 submissions, 11 originals: no fault" in capsys.readouterr().out


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_the_store_is_recreated_from_the_archive_alone(
    kept: Path, tmp_path: Path, target: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessed = assess_milestone("2021-6t")
    ctx = open_context()
    with ctx.store.reading() as session:
        before = dump_store(session)
    ctx.store.engine.dispose()
    only = tmp_path / "bare" / "data"
    shutil.copytree(kept / "archive", only / "archive")
    monkeypatch.setenv("CHUYENHOA_DATA", str(only))
    url = f"sqlite:///{tmp_path / 'again.db'}"
    if target == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        url = server.new_database()
    assert main(["rebuild", "--into", url]) == 0
    with open_store(url).reading() as session:
        again = dump_store(session)
    assert list(compare(before, again)) == []
    assert {table: len(rows) for table, rows in again.items() if rows}["submissions"] == 13
    assert [row["state"] for row in again["documents"].values()] == ["issued", "draft"]
    assert (len(again["register"]), len(again["approval_forms"])) == (1, 2)
    monkeypatch.setenv("CHUYENHOA_STORE", url)
    assert assess_milestone("2021-6t") == assessed
    assert milestones_to_assess() == []


def test_a_rebuilt_store_goes_on(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    assert main(["rebuild", "--into", url]) == 0
    monkeypatch.setenv("CHUYENHOA_STORE", url)
    (kept / "inbox" / "899-rach-gia" / "them.xlsx").write_bytes(b"nothing")
    assert main(["intake"]) == 0
    assert audit_store(open_context()).faults == ()


def test_only_an_empty_store_is_written_anew(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild", "--into", open_context().settings.store_url]) == 2
    assert "is no empty store" in capsys.readouterr().err


def test_without_a_journal_nothing_is_rebuilt(kept: Path, tmp_path: Path) -> None:
    (kept / "archive" / "journal.jsonl").unlink()
    with pytest.raises(RebuildError, match="is this the archive"):
        rebuild_store(open_context(), f"sqlite:///{tmp_path / 'again.db'}")


def test_who_changed_a_figure_is_found_with_its_cell(kept: Path) -> None:
    spoil(
        "UPDATE observations SET value='19' WHERE submission=13 AND locality='30745' AND basis='current' "
        "AND indicator='TTXH_KP'"
    )
    quick = faults()
    assert quick == [
        (
            "ledger",
            "S000013 899-rach-gia/lai.xlsx",
            "what is stored of it (figures, findings, texts) was changed after it was judged",
        )
    ]
    (figure,) = [found for found in faults(is_quick=False) if found[0] == "figures"]
    assert figure[1].startswith(
        "S000013 899-rach-gia/lai.xlsx, observations 13/30745/TTXH_KP/current (Số liệu!"
    )
    assert figure[2] == "value: the store holds '19', the files say '17'"


CHANGES: dict[str, tuple[str, str]] = {
    "an event is changed": (
        "UPDATE events SET detail='khác' WHERE position=5",
        "it was changed, or the event before it was",
    ),
    "an event is taken out": ("DELETE FROM events WHERE position=5", "the 1 events before it are gone"),
    "an event changes its place": (
        "UPDATE events SET position=1000 WHERE position=5",
        "events before it are gone",
    ),
    "the last event is cut off": (
        "DELETE FROM events WHERE position=(SELECT max(position) FROM events)",
        "1 events at the end are gone from the ledger",
    ),
    "an event is put in": (
        "INSERT INTO events (id, position, submission, subject, at, kind, detail, facts_sha256, sha256) "
        "SELECT id+1, position+1, 1, '', at, 'answered', 'x', '', sha256 FROM events "
        "ORDER BY position DESC LIMIT 1",
        "it was changed, or the event before it was",
    ),
    "a file came earlier": (
        "UPDATE submissions SET received_at='2021-10-01T00:00:00+07:00' WHERE number=13",
        "received_at is '2021-10-01T00:00:00+07:00', and was settled as '2021-10-19T09:00:00+07:00'",
    ),
    "a refused file is accepted": (
        "UPDATE submissions SET status='accepted' WHERE number=4",
        "status is 'accepted', and was settled as 'refused'",
    ),
    "a finding is gone": (
        "DELETE FROM findings WHERE id=(SELECT max(id) FROM findings)",
        "was changed after it was judged",
    ),
    "a document has another signer": (
        "UPDATE documents SET signer='Người khác' WHERE state='issued'",
        "signer is 'Người khác', and was recorded as",
    ),
    "an assessment is changed": (
        "UPDATE assessments SET content=replace(content, 'insufficient', 'met') WHERE id=1",
        "content is {'archived':",
    ),
    "a result is changed": (
        "UPDATE results SET content=replace(content, 'insufficient', 'met') "
        "WHERE assessment=1 AND position=0",
        "content is {'archived':",
    ),
    "a result is taken out": (
        "DELETE FROM results WHERE assessment=1 AND position=3",
        "content is {'archived':",
    ),
    "a result is listed as another": (
        "UPDATE results SET verdict='met' WHERE assessment=1 AND position=0",
        "its columns say otherwise than its content",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_behind_our_back_is_found(kept: Path, change: str) -> None:
    statement, what = CHANGES[change]
    assert faults() == []
    spoil(statement)
    assert [found for found in faults() if what in found[2]], faults()
    assert main(["audit", "--quick"]) == 1


def test_a_chain_that_was_forged_to_the_end_differs_from_the_journal(kept: Path) -> None:
    with open_context().store.engine.begin() as connection:
        connection.execute(text("UPDATE events SET detail='khác' WHERE position=5"))
    with open_context().store.writing() as session:
        previous = ""
        for event in session.query(EventRow).order_by(EventRow.position):
            event.sha256 = previous = seal(previous, event)
    found = faults()
    assert found[0][0] == "journal"
    assert "'khác'" in found[0][2]


def test_a_ledger_that_was_put_back_is_found(kept: Path, tmp_path: Path) -> None:
    database = kept / "chuyenhoa.db"
    open_context().store.engine.dispose()
    shutil.copy(database, tmp_path / "yesterday.db")
    (kept / "inbox" / "899-rach-gia" / "hai.xlsx").write_bytes(b"one")
    assert main(["intake"]) == 0
    open_context().store.engine.dispose()
    for path in kept.glob("chuyenhoa.db*"):
        path.unlink()
    shutil.copy(tmp_path / "yesterday.db", database)
    assert any("events at the end are gone from the ledger" in found[2] for found in faults())
    (kept / "inbox" / "899-rach-gia" / "ba.xlsx").write_bytes(b"two")
    assert main(["intake"]) == 0
    assert any("the ledger was put back and went on" in found[1] for found in faults())


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_store_whose_whole_story_is_gone_is_no_new_one(kept: Path, is_quick: bool) -> None:
    with open_context().store.engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))
    (kept / "archive" / "journal.jsonl").unlink()
    told = [found for found in faults(is_quick=is_quick) if found[0] == "ledger"]
    assert len(told) == 13
    assert {found[2] for found in told} == {"no event tells how it came"}


def _damage(data: Path) -> str:
    path = archived_path(data / "archive", sha256_of(13))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    return "the archived file is damaged"


def _lose(data: Path) -> str:
    archived_path(data / "archive", sha256_of(13)).unlink()
    return "cannot be read"


def _stray(data: Path) -> str:
    (data / "archive" / "00").mkdir(exist_ok=True)
    (data / "archive" / "00" / "la.xlsx").write_bytes(b"?")
    return "does not belong here"


def _tidy_outbox(data: Path) -> str:
    with open_context().store.reading() as session:
        (data / session.get_one(SubmissionRow, 13).receipt).unlink()
    return "the answer to S000013 is gone"


def _retouch(data: Path) -> str:
    (path,) = (data / "office" / "issued").rglob("*.docx")
    path.write_bytes(path.read_bytes() + b"x")
    return "was changed after it was issued"


def _rewrite_journal(data: Path) -> str:
    path = data / "archive" / "journal.jsonl"
    path.write_text(path.read_text().replace('"status":"refused"', '"status":"accepted"', 1))
    return "the journal is not as it was written"


def _cut_journal(data: Path) -> str:
    path = data / "archive" / "journal.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-4]))
    return "at the end are gone from the journal"


def _spoil_facts(data: Path) -> str:
    path = data / "archive" / "journal.jsonl"
    path.write_text(path.read_text().replace('"table":"documents"', '"table":"doctments"', 1))
    return "the journal is not as it was written"


def _slip_in_a_line(data: Path) -> str:
    path = data / "archive" / "journal.jsonl"
    path.write_text("[1]\n" + path.read_text())
    return "the journal is not as it was written"


def _lead_elsewhere(data: Path) -> str:
    path = archived_path(data / "archive", sha256_of(13))
    path.rename(data / "elsewhere")
    path.symlink_to(data / "elsewhere")
    return "cannot be read"


def _swap(data: Path) -> str:
    one, two = (archived_path(data / "archive", sha256_of(number)) for number in (12, 13))
    first, second = one.read_bytes(), two.read_bytes()
    for path, content in ((one, second), (two, first)):
        path.chmod(0o600)
        path.write_bytes(content)
    return "the archived file is damaged"


DAMAGES = (_damage, _lose, _lead_elsewhere, _swap, _stray, _tidy_outbox, _retouch)
JOURNAL_DAMAGES = (_rewrite_journal, _cut_journal, _spoil_facts, _slip_in_a_line)


@pytest.mark.parametrize("damage", [*DAMAGES, *JOURNAL_DAMAGES])
def test_every_damage_to_the_files_is_found(kept: Path, damage: Callable[[Path], str]) -> None:
    what = damage(kept)
    assert [found for found in faults() if what in found[2]]


def test_bytes_that_say_otherwise_today_are_told(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a change of the reader or the rules: the rebuild says which files and what."""

    def stricter(reading: Reading, findings: Sequence[Finding]) -> tuple[SubmissionStatus, frozenset[str]]:
        return SubmissionStatus.RETURNED, decide_status(reading, findings)[1]

    monkeypatch.setattr("chuyenhoa.pipeline.receive.decide.decide_status", stricter)
    rebuilt = rebuild_store(open_context(), f"sqlite:///{tmp_path / 'again.db'}")
    assert any("S000013" in text and "'accepted' → 'returned'" in text for text in rebuilt.differences)


def test_the_week_is_a_messy_one(kept: Path) -> None:
    with open_context().store.reading() as session:
        statuses = {row.status for row in session.query(SubmissionRow)}
        inside = [
            row.member for row in session.query(SubmissionRow).where(SubmissionRow.container.is_not(None))
        ]
    assert statuses >= {"accepted", "refused", "duplicate", "returned", "partly_accepted"}
    assert inside == ["a/bao-cao.xlsx", "b.txt"]


def test_a_life_is_told_by_id_receipt_and_use(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "S000013", "--json"]) == 0
    life = json.loads(capsys.readouterr().out)
    assert [event["kind"] for event in life["events"]][:3] == ["claimed", "judged", "answered"]
    assert {used.partition(" ")[0] for used in life["used_by"]} == {"assessment", "snapshot", "document"}
    assert main(["trace", Path(life["receipt"]).name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "S000013"
    assert main(["trace", "S000008", "--json"]) == 0
    member = json.loads(capsys.readouterr().out)
    assert (member["container"], member["member"]) == ("S000005", "a/bao-cao.xlsx")
    assert main(["trace", "S000005", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == ["S000008", "S000009"]


def test_status_shows_what_stays_in_the_inbox(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kept / "inbox" / "899-rach-gia" / "link.xlsx").symlink_to("/etc/hostname")
    assert main(["intake"]) == 0
    capsys.readouterr()
    assert main(["status", "--json"]) == 0
    (left,) = json.loads(capsys.readouterr().out)["inbox_left"]
    assert (left["path"], left["why"]) == ("899-rach-gia/link.xlsx", "link")
