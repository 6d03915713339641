"""A name is found by any part of it, however it is remembered: the kind, not a list of spellings."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.kit.vietnamese_text.normal_form import search_key, strip_marks

NAMES = st.text("aăâeêioôơuưyđbáàảãạấầểễệọộợủựỳkhlmngtKĐÁẾ0123456789 _-.()", max_size=40)
TYPED = st.sampled_from(
    [
        str.upper,
        str.lower,
        strip_marks,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", ""),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "_"),
    ]
)


@given(NAMES, st.integers(0, 40), st.integers(0, 40), TYPED)
def test_any_part_finds_the_whole(name: str, start: int, length: int, typed: object) -> None:
    part = typed(name[start : start + length])  # type: ignore[operator]
    assert search_key(part) in search_key(name)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Báo cáo Kiên Lương.xlsx", "baocaokienluongxlsx"),
        ("BAO_CAO-kien  luong", "baocaokienluong"),
        ("Đặc khu Phú Quốc (2)", "dackhuphuquoc2"),
        ("%", ""),
    ],
)
def test_only_plain_letters_and_digits_stay(typed: str, key: str) -> None:
    assert search_key(typed) == key
