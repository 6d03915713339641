"""Spoiled files of every other format, and of tables without our codes, through the confined reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.formats import MAKE as FORMATS
from benchmarks.formats import TABLE
from benchmarks.fuzzing import decode_mutants, fuzz
from benchmarks.mutants import levels_of, make_mutants
from chuyenhoa.intake.inbox.archives import Unpacked
from chuyenhoa.kit import sandbox
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.receive.read import FileToRead, unpack_file
from tests.unit.intake.drafts import Draft
from tests.unit.intake.formats_made import (
    convert,
    make_csv,
    make_docx,
    make_html,
    make_spreadsheet_xml,
    make_xlsb,
    make_zip,
    rows_of,
)
from tests.unit.intake.handmade import book

pytestmark = pytest.mark.fuzz
MUTANTS = 60
MAKE: dict[str, Callable[[bytes, Path], bytes]] = {
    "xls": lambda form, folder: convert(form, folder, "xls"),
    "ods": lambda form, folder: convert(form, folder, "ods"),
    "xlsb": lambda form, folder: make_xlsb(rows_of(form)),
    "csv": lambda form, folder: make_csv(rows_of(form)[0][1]),
    "docx": lambda form, folder: make_docx([(["Kỳ báo cáo: 06 tháng năm 2021"], TABLE)]),
    "html": lambda form, folder: make_html(rows_of(form)),
    "xml": lambda form, folder: make_spreadsheet_xml(rows_of(form)),
    "xlsx by hand": lambda form, folder: book({"Biểu 1": TABLE}),
}


@pytest.fixture(scope="module")
def form(plan: Plan) -> bytes:
    draft = Draft(plan)
    draft.fill_all(plan)
    return draft.save()


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize("kind", MAKE)
def test_every_spoiled_file_has_a_reading(kind: str, form: bytes, tmp_path: Path) -> None:
    original = MAKE[kind](form, tmp_path)
    outcome = fuzz(open_context(), [original], 0, MUTANTS, tmp_path / "kept")
    assert outcome.failures == [], f"the mutants are in {tmp_path}"
    assert outcome.mutants == MUTANTS
    assert {name for name, _ in levels_of(original)} >= set(outcome.read) | set(outcome.refused)
    assert outcome.read or outcome.refused


@pytest.mark.parametrize("kind", FORMATS)
def test_no_reader_raises_on_a_spoiled_file(kind: str, tmp_path: Path) -> None:
    assert decode_mutants(FORMATS[kind](tmp_path), MUTANTS) == []


def test_every_spoiled_archive_is_unpacked_in_part_or_refused(form: bytes) -> None:
    inner = make_zip({"con/bao-cao.xlsx": form})
    archive = make_zip({"899/bao-cao.xlsx": form, "thu.txt": b"x", "con.zip": inner})
    mutants = [mutant.content for mutant in make_mutants([archive], 0, MUTANTS)]
    outcomes = [unpack_file(FileToRead(content, "a.zip", None)) for content in mutants]
    assert len(outcomes) == MUTANTS
    for outcome in outcomes:
        assert not isinstance(outcome, sandbox.FaultError)
        if isinstance(outcome, Unpacked):
            assert outcome.members or outcome.findings
