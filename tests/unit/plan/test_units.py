"""The register of units: what it says of each day, and every contradiction with its file and line."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from chuyenhoa.model.calendars import Window
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.units import UnitRegister
from chuyenhoa.plan.sources import Problems
from chuyenhoa.plan.units import read_register, units_of

REFORM = date(2025, 7, 1)


def test_the_two_maps_of_kien_giang(plan: Plan) -> None:
    """145 units before Phú Quốc became a city, 144 in 2021, 143 after Rạch Giá's merger, 48 from 1/7/2025."""
    register = plan.register
    counts = [
        sum(unit.is_valid_on(day) for unit in register.units)
        for day in (date(2020, 6, 1), date(2021, 6, 1), date(2025, 6, 30), REFORM)
    ]
    assert counts == [145, 144, 143, 48]
    new = [unit for unit in register.units if unit.valid_from == REFORM]
    assert [sum(u.kind == kind for u in new) for kind in ("xã", "phường", "đặc khu")] == [41, 4, 3]
    assert {(unit.province_code, unit.province_name, unit.district_code) for unit in new} == {
        ("91", "Tỉnh An Giang", "")
    }
    names = [register.on("30742", day) for day in (date(2024, 1, 1), date(2025, 3, 1), REFORM)]
    assert [unit.name for unit in names if unit] == [
        "Phường Vĩnh Bảo",
        "Phường Vĩnh Thanh Vân",
        "Phường Rạch Giá",
    ]
    assert register.on("30730", REFORM) is None
    assert register.key_of("99999", REFORM) == "99999"
    keys = [register.key_of("30742", day) for day in (date(2024, 1, 1), date(2025, 3, 1), REFORM)]
    assert keys == ["30742", "30742@2025-01-01", "30742@2025-07-01"]


def test_every_unit_of_2021_has_one_heir_and_the_names_of_before(plan: Plan) -> None:
    register = plan.register
    assert all(len(register.heirs(unit, REFORM)) == 1 for unit in plan.units)
    an_thoi = register.on("31081", date(2021, 6, 1))
    assert an_thoi is not None
    assert [unit.name for unit in register.former(an_thoi, date(2020, 6, 1))] == [
        "Thị trấn An Thới",
        "Xã Hòn Thơm",
    ]
    assert register.heirs(an_thoi, date(2022, 1, 1)) == (an_thoi,)
    duong_dong = register.on("31078", date(2021, 6, 1))
    assert duong_dong is not None
    assert register.earlier_names(duong_dong) == ("Thị trấn Dương Đông",)
    days = (date(2020, 12, 31), date(2021, 12, 14), date(2025, 12, 14))
    assert [register.territory_of("31078", day) for day in days[:2]] == ["31078", "31078"]
    assert [register.territory_of("31081", day) for day in days[:2]] == ["31081", "31081@2021-03-01"]
    assert [register.territory_of("30742", day) for day in days[1:]] == ["30742", "30742@2025-07-01"]
    assert register.territory_of("99999", days[0]) == "99999"
    rach_gia = register.on("30742", REFORM)
    assert rach_gia is not None
    assert {"30730", "30742", "30742@2025-01-01", "30733"} < register.ancestors(rach_gia)
    assert len(register.ancestors(rach_gia)) == 11
    backwards = UnitRegister(register.units[::-1])
    assert {unit.identity for unit in backwards.in_span(Window(date(2025, 6, 1), date(2025, 7, 14)))} == {
        unit.identity for unit in register.in_span(Window(date(2025, 6, 1), date(2025, 7, 14)))
    }
    assert not register.has_moved(duong_dong, date(2020, 6, 1))
    assert register.has_moved(an_thoi, date(2020, 6, 1))


def test_units_of_a_span_are_named_as_on_its_last_day(plan: Plan) -> None:
    found = {unit.code: unit for unit in plan.register.in_span(Window(date(2025, 6, 1), date(2025, 7, 14)))}
    assert found["30742"].name == "Phường Rạch Giá"
    assert found["30733"].name == "Phường Vĩnh Thanh"  # nobody bears its code any more
    assert "30730" not in found
    assert units_of(UnitRegister((found["30742"],)), []) == (found["30742"],)


FAULTS: dict[str, tuple[str, dict[str, str], dict[str, str] | None, str]] = {
    "an unknown code": (
        "successions.csv",
        {"from_code": "30733"},
        {"to_code": "39999"},
        "unknown unit 39999",
    ),
    "a whole that is doubled": (
        "successions.csv",
        {"from_code": "30733"},
        None,
        "is marked whole, but it went into several units",
    ),
    "a part alone": (
        "successions.csv",
        {"from_code": "30733"},
        {"extent": "part"},
        "is marked part, and where the rest went is not said",
    ),
    "a split that is whole": ("successions.csv", {"from_code": "30733"}, {"kind": "split"}, "goes in parts"),
    "a merger of one": ("successions.csv", {"from_code": "30811"}, {"kind": "merge"}, "takes several units"),
    "a name of several": ("successions.csv", {"from_code": "30733"}, {"kind": "rename"}, "takes one unit"),
    "a circle": (
        "successions.csv",
        {"from_code": "31078", "from_valid_from": "2021-03-01"},
        {"to_code": "31078", "to_valid_from": "2021-03-01"},
        "a circle",
    ),
    "a gap": ("units.csv", {"code": "30733"}, {"valid_to": "2025-05-31"}, "a gap or an overlap"),
    "an end before the beginning": (
        "units.csv",
        {"code": "31084", "valid_from": "2021-03-01"},
        {"valid_to": "2020-06-30"},
        "ends before it begins",
    ),
    "two at once": ("units.csv", {"code": "30811", "valid_from": ""}, {"valid_to": "2025-07-09"}, "overlaps"),
    "no heir": ("successions.csv", {"from_code": "30733"}, {}, "does not say into what it went"),
    "no origin": ("successions.csv", {"from_code": "30811"}, {}, "does not say what it came from"),
    "an odd kind": ("units.csv", {"code": "30811", "valid_from": ""}, {"kind": "làng"}, "kind"),
    "an odd extent": ("successions.csv", {"from_code": "30733"}, {"extent": "half"}, "extent"),
    "a unit twice": ("units.csv", {"code": "30811", "valid_from": ""}, None, "is duplicated; first in line"),
    "an edge twice": ("successions.csv", {"from_code": "30811"}, None, "is duplicated"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_contradiction_is_named_with_its_line(name: str, root: Path, tmp_path: Path) -> None:
    """The row that fits is changed; doubled where there is no change, left out where the change is empty."""
    file, wanted, change, said = FAULTS[name]
    shutil.copytree(root / "plans" / "units", tmp_path / "units")
    path = tmp_path / "units" / file
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    (index,) = [n for n, row in enumerate(rows) if all(row[k] == v for k, v in wanted.items())]
    if change is None:
        doubled = {**rows[index], "to_code": "30760"} if "whole" in name else rows[index]
        rows.append(doubled)
    elif not change:
        rows.pop(index)
    else:
        rows[index] = {**rows[index], **change}
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    problems = Problems()
    read_register(tmp_path / "units", problems)
    assert any(said in problem.text for problem in problems.found), problems.found
    assert all(
        problem.line > 1 and problem.file in ("units.csv", "successions.csv") for problem in problems.found
    )


def test_the_register_as_it_is_has_no_fault(root: Path) -> None:
    problems = Problems()
    register = read_register(root / "plans" / "units", problems)
    assert problems.found == []
    assert (len(register.units), len(register.successions)) == (203, 155)
