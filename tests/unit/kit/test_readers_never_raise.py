"""Decoders of foreign bytes never raise: whatever a reader stumbles over is a flaw of the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.kit import readers
from chuyenhoa.kit.readers import decode_book, detect, kinds, open_book
from chuyenhoa.kit.readers.book import FileFlaw, Kind
from tests.unit.intake.formats_made import make_zip

BEGINNINGS = (
    b"",
    b"PK\x03\x04",
    kinds.OLE,
    b"<html><table>",
    b"<?xml",
    b"\xff\xfe",
    b"sep=",
    b"MIME-Version: 1.0",
)


class Flaws:
    """Takes the flaws of a file."""

    def __init__(self) -> None:
        self.found: list[tuple[FileFlaw, str]] = []

    def report(self, flaw: FileFlaw, **words: object) -> None:
        self.found.append((flaw, str(words.get("detail", ""))))


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400))
@settings(max_examples=120)
def test_any_bytes_have_a_book_or_a_flaw(start: bytes, rest: bytes) -> None:
    flaws = Flaws()
    book = decode_book(start + rest, flaws)
    assert book is not None or flaws.found


@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError(), UnicodeDecodeError("utf-16", b"", 0, 1, "x")]
)
def test_a_reader_that_fails_leaves_a_damaged_file(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    flaws = Flaws()
    monkeypatch.setattr(readers, "READERS", {Kind.CSV: raising(error)})
    assert open_book(b"a,b", flaws) is None
    assert flaws.found == [(FileFlaw.BROKEN, readers.NOT_DECODED)]


def test_a_lack_of_memory_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "READERS", {Kind.CSV: raising(MemoryError())})
    with pytest.raises(MemoryError):
        open_book(b"a,b", Flaws())


def test_bytes_on_which_the_detection_fails_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "decode_text", raising(IndexError()))
    assert detect(b"a,b") is Kind.UNKNOWN


def test_a_part_without_a_name_is_a_broken_archive() -> None:
    content = make_zip({"xl/workbook.xml": b"<a/>", "a": b"x"})
    place = content.rindex(b"PK\x01\x02") + 28
    flaws = Flaws()
    assert decode_book(content[:place] + b"\0" + content[place + 1 :], flaws) is None
    assert [flaw for flaw, _ in flaws.found] == [FileFlaw.UNREADABLE_KIND]


def raising(error: Exception) -> Callable[..., object]:
    def fail(*_: object) -> object:
        raise error

    return fail
