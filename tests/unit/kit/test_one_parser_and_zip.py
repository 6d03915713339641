"""XML and zips are opened in one place only, `kit/ooxml`, whose bounds hold for whatever a file says."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from pathlib import Path

import pytest

import chuyenhoa
from chuyenhoa.kit.ooxml.archive import (
    Archive,
    ArchiveTooLargeError,
    BrokenArchiveError,
    Limits,
    list_entries,
    write_archive,
)
from chuyenhoa.kit.ooxml.markup import DocumentTypeError, parse_xml, xml_parser

ROOT = Path(chuyenhoa.__file__).parent
OWN_OPENING = re.compile(
    r"\b(XMLParser|XMLPullParser|ZipFile|iterparse|etree\.(fromstring|XML|parse))\(|huge_tree|ElementTree\b"
)
"""What opens XML or a zip otherwise than through `kit/ooxml`; with lxml's defaults entities are expanded."""
PARTS = {"a.xml": b"<a/>", "b/c.xml": b"<c>1</c>" * 500}


def test_nothing_else_opens_markup_or_archives() -> None:
    elsewhere = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(ROOT.rglob("*.py"))
        if not path.is_relative_to(ROOT / "kit" / "ooxml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OWN_OPENING.search(line)
    ]
    assert not elsewhere, "\n".join(elsewhere)


@pytest.mark.parametrize(
    "declaration",
    [b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY b "c">]>', b'<!DOCTYPE a SYSTEM "file:///etc/passwd">'],
)
def test_a_document_type_is_refused(declaration: bytes) -> None:
    with pytest.raises(DocumentTypeError, match="document type"):
        parse_xml(declaration + b"<a/>")


def test_comments_and_blanks_go_when_they_are_not_wanted() -> None:
    markup = b"<a> <b>1<!-- -->2</b> </a>"
    assert parse_xml(markup, xml_parser(keep_comments=False)).findtext("b") == "12"
    assert parse_xml(markup, xml_parser(keep_blanks=False)).text is None
    assert len(parse_xml(markup)[0]) == 1


def open_whole(content: bytes) -> Archive:
    return Archive(content, {entry.filename: entry for entry in list_entries(content)})


def test_what_is_written_is_read_and_the_same_each_time() -> None:
    for level in (None, 3, 6):
        content = write_archive(PARTS.items(), level=level)
        assert content == write_archive(PARTS.items(), level=level)
        archive = open_whole(content)
        assert {name: archive.read(name) for name in archive.entries} == PARTS


@pytest.mark.parametrize("size", [0, 10, 4_000, 5_000])
def test_the_start_of_a_part(size: int) -> None:
    for level in (None, 6):
        archive = open_whole(write_archive(PARTS.items(), level=level))
        assert archive.read_start("b/c.xml", size) == PARTS["b/c.xml"][:size]


def test_the_start_of_a_bomb_costs_no_memory() -> None:
    content = write_archive([("mimetype", b" " * 50_000_000)])
    tracemalloc.start()
    assert open_whole(content).read_start("mimetype", 100) == b" " * 100
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_without_a_bound_is_refused(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.xml", b"<a/>")
    with pytest.raises(BrokenArchiveError, match="kiểu nén lạ"):
        open_whole(buffer.getvalue()).read("a.xml")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(total_bytes=1_000), "lớn hơn 0 MB"),
        (Limits(total_bytes=10_000, parts=1), "2 phần, nhiều nhất 1"),
        (Limits(total_bytes=10_000, parts=2, ratio=1), ""),
    ],
)
def test_limits(limits: Limits, said: str) -> None:
    entries = list_entries(write_archive(PARTS.items()))
    if not said:
        limits.check(entries)
        return
    with pytest.raises(ArchiveTooLargeError, match=said):
        limits.check(entries)


def test_a_part_that_packs_too_well_is_refused_by_what_it_states() -> None:
    content = write_archive([("a.xml", b" " * 1_000_001)])
    with pytest.raises(ArchiveTooLargeError, match=r"a\.xml nén quá mức"):
        Limits(total_bytes=10_000_000, ratio=200).check(list_entries(content))
