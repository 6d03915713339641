"""The byte code of .xls and .xlsb as the text that is computed again."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.kit.readers.formula_code import write_formula


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


@given(st.binary(max_size=60), st.booleans())
@settings(max_examples=200)
def test_any_bytes_have_a_formula_or_none(code: bytes, wide: bool) -> None:
    assert isinstance(write_formula(code, wide=wide), str)
