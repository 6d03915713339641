"""A messy week and what the office made of it, to be spoiled by tests of audit and rebuild."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.auditing import audit_store
from chuyenhoa.pipeline.publish.approval_forms import ask_office
from chuyenhoa.pipeline.publish.issuing import issue_documents, record_decision
from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.messy import play
from tests.integration.prepared import once
from tests.stores import new_data

NOW = "2021-10-20T09:00:00+07:00"


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder after the week, played once."""
    data = new_data(tmp_path_factory.mktemp("week") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUYENHOA_DATA", str(data))
        patch.setenv("CHUYENHOA_SETTLE_SECONDS", "0")
        patch.delenv("CHUYENHOA_STORE", raising=False)

        def make() -> None:
            play(data, lambda moment: patch.setenv("CHUYENHOA_NOW", moment))
            patch.setenv("CHUYENHOA_NOW", NOW)
            office(data)
            open_context().store.engine.dispose()

        once(data, "messy week", make)
        patch.setenv("CHUYENHOA_NOW", NOW)
        yield data


def office(data: Path) -> None:
    """A milestone's documents, drafted and put to the office; the report approved and issued."""
    drafts = check_drafts(render_drafts(freeze_snapshot("2021-6t")))
    report = [name for name in ask_office(drafts) if ".bao_cao_so_ket." in name]
    decision: dict[str, object] = {
        "chosen": "approve",
        "number": "45/BC-BCĐ",
        "date": "20/10/2021",
        "signer": open_context().plan.board.signatory.name,
        "by": "office",
        "comment": "",
    }
    assert issue_documents(record_decision(report, decision))


@pytest.fixture
def kept(week: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the week's data, to be spoiled."""
    shutil.copytree(week, data_folder, dirs_exist_ok=True)
    monkeypatch.setenv("CHUYENHOA_NOW", NOW)
    return data_folder


def spoil(statement: str) -> None:
    """Change the store behind everybody's back."""
    with open_context().store.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1


def faults(*, is_quick: bool = True) -> list[tuple[str, str, str]]:
    """What an audit finds: part, where, what."""
    return [(f.part, f.where, f.what) for f in audit_store(open_context(), is_quick=is_quick).faults]


def sha256_of(number: int) -> str:
    """The hash of a submission's file."""
    with open_context().store.reading() as session:
        return session.get_one(SubmissionRow, number).sha256
