"""A store that the program left before its migrations became one opens, and all of it is as it was left.

`old_store.tar.xz` holds what that program made of a workbook of Rạch Giá and an empty file of Hà Tiên: the
dump of its store, and those files of the data folder that prove it.
"""

from __future__ import annotations

import json
import sqlite3
import tarfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from chuyenhoa.cli import main
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.store.results import digest, iterate_content
from chuyenhoa.store.tables import AssessmentRow
from tests.homes import copy_home

NEW_RULES = {"W29", "W30"}
OLD = Path(__file__).with_name("old_store.tar.xz")
ROWS = {
    "submissions": 2,
    "submission_localities": 2,
    "observations": 280,
    "declarations": 8,
    "findings": 1,
    "events": 17,
    "deliveries": 2,
    "assessments": 1,
    "snapshots": 1,
    "documents": 2,
    "approval_forms": 2,
    "register": 1,
}


RESULTS = 304
"""16 localities with 18 criteria each, which the migration makes rows of the one assessment."""


def stored_text(file: Path) -> str:
    """The assessment as it stands in its row."""
    with closing(sqlite3.connect(file)) as store:
        (content,) = store.execute("SELECT content FROM assessments").fetchone()
    return str(content)


def count_rows(file: Path) -> Mapping[str, int]:
    """The rows of every table that has any."""
    with closing(sqlite3.connect(file)) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: store.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    del counts["alembic_version"]
    return {name: count for name, count in counts.items() if count}


@pytest.fixture
def old_data(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder as the old program left it."""
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-20T10:00:00+07:00")
    with tarfile.open(OLD) as files:
        files.extractall(data_folder, filter="data")
    file, dump = data_folder / "chuyenhoa.db", data_folder / "store.sql"
    file.unlink()
    with closing(sqlite3.connect(file)) as store:
        store.executescript(dump.read_text(encoding="utf-8"))
    dump.unlink()
    return data_folder


@pytest.fixture
def old_rules(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules as they were then: the audit holds a stored answer against those of today.

    The workbook has 3,000 people where the year before had 30, on which there was no rule yet.
    """
    home = copy_home(root, tmp_path / "home")
    suite = home / "expectations" / "so_lieu.2021.json"
    content = json.loads(suite.read_text(encoding="utf-8"))
    known = [entry for entry in content["expectations"] if entry["meta"]["rule_id"] not in NEW_RULES]
    assert len(known) == len(content["expectations"]) - len(NEW_RULES)
    suite.write_text(json.dumps({**content, "expectations": known}, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))


@pytest.mark.usefixtures("old_rules")
def test_an_old_store_opens_and_all_of_it_is_as_it_was_left(
    old_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert count_rows(old_data / "chuyenhoa.db") == ROWS
    whole = stored_text(old_data / "chuyenhoa.db")
    assert main(["migrate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["from"] == "0008"
    assert count_rows(old_data / "chuyenhoa.db") == {**ROWS, "results": RESULTS}
    with open_context().store.reading() as session:
        row = session.query(AssessmentRow).one()
        assert "".join(iterate_content(session, row.id, row.content)) == whole
        assert digest([whole]) == row.sha256
    assert main(["audit"]) == 0, capsys.readouterr().out
    assert "17 events, 2 submissions, 2 originals: no fault" in capsys.readouterr().out
    assert main(["report", "--verify"]) == 0, capsys.readouterr().out
    assert "2021-6t.cong_van_don_doc.v1" in capsys.readouterr().out
