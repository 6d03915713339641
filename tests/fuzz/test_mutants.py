"""A few hundred spoiled workbooks through the confined reader; `make bench` reads thousands (same seeds)."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzzing import fuzz
from benchmarks.mutants import LEVELS, make_mutants
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.context import open_context
from tests.unit.intake.drafts import Draft, save_with_libreoffice

pytestmark = pytest.mark.fuzz
MUTANTS = 400


@pytest.fixture(scope="module")
def originals(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A filled form as openpyxl and as LibreOffice save it, and another district's."""
    draft, other = Draft(plan), Draft(plan, "900", "2021-nam")
    draft.fill_all(plan)
    filled = draft.save()
    return [filled, save_with_libreoffice(filled, tmp_path_factory.mktemp("office")), other.save()]


@pytest.mark.usefixtures("data_folder")
def test_every_spoiled_workbook_has_a_reading(originals: list[bytes], tmp_path: Path) -> None:
    outcome = fuzz(open_context(), originals, 0, MUTANTS, tmp_path)
    assert outcome.failures == [], f"the mutants are in {tmp_path}"
    assert outcome.killed == []
    assert outcome.mutants == MUTANTS
    assert set(outcome.read) == {name for name, _ in LEVELS} == set(outcome.refused)


def test_a_seed_gives_the_same_mutant_again(originals: list[bytes]) -> None:
    first = [mutant.content for mutant in make_mutants(originals, 0, 24)]
    assert first == [mutant.content for mutant in make_mutants(originals, 0, 24)]
    assert len(set(first)) == 24
    assert not set(first) & set(originals)
