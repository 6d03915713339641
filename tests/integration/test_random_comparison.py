"""Random reports through workbooks, intake and `assess --json`, against a second opinion: the small version.

`make bench` runs the large one (benchmarks/comparing.py).
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.comparing import compare_scene
from benchmarks.scenes import Size

SMALL = Size(
    boards=5,
    localities=6,
    schemes={
        "2021": (("6t", "nam"), ("6t", "t11", "t12"), ("6t", "t12"), ("6t", "t11", "t12", "nam"), ()),
        "2022": (("nam",),),
    },
    corrections={"2021": (("2021", 0.7),)},
)


SEED = 14


def test_random_reports_are_judged_as_a_second_opinion_judges_them(root: Path, tmp_path: Path) -> None:
    found = compare_scene(root, tmp_path, SEED, SMALL)
    assert found.differences == []
    assert found.results == (6 + 4) * 5 * 2 * 26
    assert min(found.verdicts.values()) > 50
    assert set(found.verdicts) == {"met", "not_met", "insufficient", "not_applicable"}
