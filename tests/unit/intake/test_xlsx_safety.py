"""Hostile workbooks: parts that lie about their size, hidden document types, odd names, links and macros."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from chuyenhoa.intake import read_submission
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.ooxml.archive import BrokenArchiveError
from chuyenhoa.kit.readers.package import open_archive, open_package
from chuyenhoa.model.plan import Plan
from tests.unit.intake.drafts import Draft, change_parts, read_part

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def filled(plan: Plan) -> bytes:
    draft = Draft(plan)
    draft.fill_all(plan)
    return draft.save()


def codes_of(content: bytes, plan: Plan) -> list[str]:
    return [finding.rule_id for finding in read_submission(content, "a.xlsx", plan, None).findings]


def detail_of(content: bytes, plan: Plan) -> str:
    return read_submission(content, "a.xlsx", plan, None).findings[0].message


def state_size(content: bytes, name: str, size: int) -> bytes:
    """The same archive whose directory states another unpacked size for one part."""
    data = bytearray(content)
    at = data.rindex(name.encode()) - 46
    assert data[at : at + 4] == b"PK\1\2"
    struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def test_a_part_that_unpacks_to_more_than_it_states_is_never_unpacked(filled: bytes, plan: Plan) -> None:
    bomb = change_parts(filled, {"xl/theme/theme1.xml": b"<a>" + b" " * 50_000_000 + b"</a>"})
    lying = state_size(bomb, "xl/theme/theme1.xml", 1_000)
    tracemalloc.start()
    codes = codes_of(lying, plan)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes == ["D05"]
    assert peak < 20_000_000


def test_a_part_that_unpacks_to_less_than_it_states_is_broken(filled: bytes, plan: Plan) -> None:
    assert codes_of(state_size(filled, SHEET, 900_000), plan) == ["D05"]


def test_a_bomb_is_known_by_its_directory(filled: bytes, plan: Plan) -> None:
    bomb = change_parts(filled, {SHEET: b"<a>" + b" " * 30_000_000 + b"</a>"})
    assert codes_of(bomb, plan) == ["D06"]
    many = change_parts(filled, {f"xl/{number}.xml": b"" for number in range(300)})
    assert codes_of(many, plan) == ["D06"]


@pytest.mark.parametrize(
    "prelude",
    [
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        b'<?xml version="1.0" encoding="UTF-7"?>',
        b"<?xml version='1.0' encoding = 'utf-16le'?>",
        b"\xff\xfe",
    ],
)
def test_a_document_type_is_refused_also_where_it_could_hide(
    filled: bytes, plan: Plan, prelude: bytes
) -> None:
    assert codes_of(filled, plan) == []
    sheet = read_part(filled, SHEET).partition(b"?>\n")[2] or read_part(filled, SHEET)
    assert codes_of(change_parts(filled, {SHEET: prelude + sheet}), plan) == ["D07"]


@pytest.mark.parametrize("name", ["XL/Worksheets/SHEET1.xml", "xl\\worksheets\\sheet1.xml", "/" + SHEET])
def test_two_names_that_one_reader_takes_for_one_part_are_refused(
    filled: bytes, plan: Plan, name: str
) -> None:
    content = change_parts(filled, {name: b"<a/>"})
    assert codes_of(content, plan) == ["D07"]
    assert "trùng tên" in detail_of(content, plan)


@pytest.mark.parametrize("name", ["xl/worksheets/../worksheets/sheet1.xml", "../../etc/passwd", "xl//a.xml"])
def test_paths_that_lead_elsewhere_are_refused(filled: bytes, plan: Plan, name: str) -> None:
    content = change_parts(filled, {name: b"<a/>"})
    assert codes_of(content, plan) == ["D07"]
    assert "tên phần" in detail_of(content, plan)


def test_names_with_backslashes_are_the_parts_that_they_mean(filled: bytes, plan: Plan) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\"), old.read(name))
    assert codes_of(buffer.getvalue(), plan) == []


def test_macros_links_and_objects_are_mentioned_and_the_values_read(filled: bytes, plan: Plan) -> None:
    content = change_parts(
        filled,
        {
            "xl/vbaProject.bin": b"\0" * 100,
            "xl/externalLinks/externalLink1.xml": b"<externalLink><ddeLink ddeService='cmd'/></externalLink>",
            "xl/embeddings/oleObject1.bin": b"\0" * 100,
        },
    )
    reading = read_submission(content, "a.xlsm", plan, None)
    assert [finding.rule_id for finding in reading.findings] == ["D09", "D10", "D11", "D136"]
    assert reading.observations == read_submission(filled, "a.xlsx", plan, None).observations
    package = open_package(content, FindingList("a.xlsm"))
    assert package is not None
    assert not [name for name in package.parts if "externalLinks" in name or name.endswith(".bin")]


def test_an_entry_whose_own_header_says_otherwise_is_broken(filled: bytes) -> None:
    archive = open_archive(filled, FindingList("a.xlsx"))
    assert archive is not None
    at = archive.entries[SHEET].header_offset
    for place, value in ((0, 0), (6, 1), (8, 99)):
        data = bytearray(filled)
        data[at + place] = value
        spoiled = open_archive(bytes(data), FindingList("a.xlsx"))
        assert spoiled is not None
        with pytest.raises(BrokenArchiveError):
            spoiled.read(SHEET)
    assert archive.read(SHEET) == read_part(filled, SHEET)
