"""The byte code of .xls and .xlsb as the text that is computed again."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.kit.readers import formula_code
from chuyenhoa.kit.readers.formula_code import SheetFormulas, write_formula


def integer(value: int) -> bytes:
    return b"\x1e" + struct.pack("<H", value)


SUM_OF_AREA = b"\x25" + struct.pack("<4H", 6, 11, 0xC003, 0xC003) + b"\x19\x10\0\0"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (integer(50) + integer(3) + b"\x03", "(50+3)"),
        (integer(5) + b"\x1f" + struct.pack("<d", 0.5) + b"\x05\x13", "(-(5*(0.5)))"),
        (integer(5) + b"\x14\x15", "((5%))"),
        (b"\x44" + struct.pack("<2H", 6, 0xC003) + integer(2) + b"\x06", "(D7/2)"),
        (SUM_OF_AREA, "SUM(D7:D12)"),
        (b"\x65" + SUM_OF_AREA[1:-4] + b"\x19\x40\0\1" + integer(1) + b"\x42\x02\x04\0", "SUM(D7:D12,1)"),
        (b"\x01" + struct.pack("<2H", 6, 3), ""),
        (integer(1) + b"\x42\x01\x05\0", ""),
        (b"\x42\x03\x04\0", ""),
        (b"\x03", ""),
        (integer(1) + integer(2), ""),
        (b"\x19\x02\0\0", ""),
        (b"\x1e", ""),
        (b"", ""),
        (integer(1) + b"\x15" * 1000, ""),
    ],
)
def test_tokens_become_a_formula(code: bytes, text: str) -> None:
    assert write_formula(code, wide=False) == text


def test_rows_are_wider_in_a_binary_workbook() -> None:
    assert write_formula(b"\x44" + struct.pack("<IH", 69_999, 0xC001), wide=True) == "B70000"
    area = b"\x25" + struct.pack("<2I2H", 0, 9, 0, 1) + b"\x19\x10\0\0"
    assert write_formula(area, wide=True) == "SUM(A1:B10)"


NEAR = b"\x4c" + struct.pack("<2H", 0, 0xC0FE) + b"\x4c" + struct.pack("<2H", 0, 0xC0FF) + b"\x03"
"""The cell two to the left and the one beside, on the same row."""


def test_a_shared_formula_is_written_for_each_cell() -> None:
    assert write_formula(NEAR, wide=False, at=(6, 3)) == "(B7+C7)"
    assert write_formula(NEAR, wide=False) == ""
    above = b"\x2c" + struct.pack("<2H", 0xFFFF, 0xC000) + b"\x2c" + struct.pack("<2H", 3, 0x8002) + b"\x03"
    assert write_formula(above, wide=False, at=(6, 3)) == "(D6+C10)", "a column that does not move"
    area = b"\x2d" + struct.pack("<4H", 6, 0xFFFF, 0x4000, 0x4001) + b"\x19\x10\0\0"
    assert write_formula(area, wide=False, at=(0, 3)) == "SUM(D7:E65536)", "rows that do not move"
    wide = b"\x4c" + struct.pack("<IH", 0xFFFFF, 0xFFFF)
    assert write_formula(wide, wide=True, at=(6, 3)) == "C6"


@pytest.mark.parametrize("wide", [False, True])
def test_cells_that_share_a_formula_name_the_first_of_them(wide: bool) -> None:
    near = b"\x4c" + struct.pack("<IH" if wide else "<2H", 0, 0xFFFF if wide else 0xC0FF)
    named = [b"\x01" + struct.pack("<I", 6), struct.pack("<I", 3)] if wide else [b"\x01\x06\0\x03\0", b""]
    found = SheetFormulas(wide=wide)
    found.add((6, 3), *named)
    found.share(near)
    found.add((7, 3), integer(4))
    found.add((8, 3), *named)
    found.add((9, 3), b"\x01")
    found.add((9, 4), b"\x01" + b"\x09\0\0\0", b"\x09\0\0\0" if wide else b"")
    assert found.write() == {(6, 3): "C7", (7, 3): "4", (8, 3): "C9", (9, 3): "", (9, 4): ""}


def test_a_formula_shared_by_half_a_million_cells_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula_code, "MAX_SHARED", 100)
    found = SheetFormulas(wide=False)
    for row in range(1000):
        found.add((row, 3), b"\x01\0\0\x03\0")
        if not row:
            found.share(NEAR)
    texts = [text for text in found.write().values() if text]
    assert texts[0] == "(B1+C1)"
    assert sum(map(len, texts)) < 120


@given(st.binary(max_size=60), st.booleans())
@settings(max_examples=200)
def test_any_bytes_have_a_formula_or_none(code: bytes, wide: bool) -> None:
    assert isinstance(write_formula(code, wide=wide), str)
    found = SheetFormulas(wide=wide)
    found.add((3, 3), b"\x01" + code, code)
    found.share(code)
    assert set(found.write()) == {(3, 3)}
