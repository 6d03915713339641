"""The safety gate of zip archives: whether their parts may be opened, and what stands beside the values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from chuyenhoa.kit.ooxml.archive import (
    ENCRYPTED,
    Archive,
    ArchiveTooLargeError,
    BrokenArchiveError,
    Limits,
    list_entries,
    write_archive,
)
from chuyenhoa.kit.readers.book import FileFlaw, FlawReporter

# Bounds before anything is unpacked: a table of 5 MB takes more than 1 GB in an XML parser (decision 0014).
MAX_FILE_BYTES = 20_000_000
LIMITS = Limits(total_bytes=60_000_000, parts=300, ratio=200)
"""What a submitter's file may unpack to. The form of the plan of 2021 has 22 parts and unpacks to 0.3 MB."""
ENCODING = re.compile(rb"<\?xml[^>]{0,60}encoding\s*=\s*[\"']([^\"']{1,40})[\"']")
PLAIN_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
MARKUP = (".xml", ".rels")
MACROS = ("vbaproject", "basic/", "scripts/", "macrosheets/")
LINKS = ("externallinks/",)
OBJECTS = ("media/", "embeddings/", "activex/", "pictures/", "object ", "objectreplacements/")
"""What such parts are called in the four formats that are archives, in lower case."""


@dataclass(frozen=True)
class Package:
    """The markup parts of a workbook by name, unpacked and checked; no macros, pictures, linked files."""

    parts: Mapping[str, bytes]

    def repack(self, names: Collection[str]) -> bytes:
        """A new uncompressed archive of some of the parts, so that no reader sees anything else."""
        return write_archive(((name, self.parts[name]) for name in names if name in self.parts), level=None)


def open_package(content: bytes, flaws: FlawReporter) -> Package | None:
    """The parts of a workbook (`kinds.detect` saw that it is one), after checking that it is harmless.

    Args:
        content: the bytes of the file, whatever its name says.
        flaws: takes what was found; macros, links and embedded objects are only mentioned.

    Returns:
        The parts, or None when the file must not or cannot be opened.
    """
    archive = open_archive(content, flaws)
    return _sift_workbook(archive, flaws) if archive else None


def open_archive(content: bytes, flaws: FlawReporter) -> Archive | None:
    """Check the directory of a zip archive, of whatever kind, before anything in it is unpacked.

    Returns:
        None when it is broken, too large, encrypted or has two parts of one name; `flaws` says which.
    """
    try:
        entries = [entry for entry in list_entries(content) if not entry.is_dir()]
        LIMITS.check(entries)
    except BrokenArchiveError as error:
        flaws.report(FileFlaw.BROKEN, detail=str(error))
        return None
    except ArchiveTooLargeError as error:
        flaws.report(FileFlaw.TOO_LARGE, detail=str(error))
        return None
    named = {entry.filename.replace("\\", "/").lstrip("/"): entry for entry in entries}
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        flaws.report(FileFlaw.ENCRYPTED)
    # calamine takes a part of another letter case where the one named is missing (decision 0016): what was
    # checked and what is read could be two parts.
    elif len({name.casefold() for name in named}) != len(entries):
        flaws.report(FileFlaw.UNSAFE, detail="hai phần trùng tên")
    # `xl/../xl/workbook.xml` is one part to some readers and two to others.
    elif any(not set(name.split("/")).isdisjoint({"", ".", ".."}) for name in named):
        flaws.report(FileFlaw.UNSAFE, detail="tên phần không hợp lệ")
    else:
        return Archive(content, named)
    return None


def _sift_workbook(archive: Archive, flaws: FlawReporter) -> Package | None:
    """The markup parts of a workbook, with a word on what was left out; None when it is broken or unsafe."""
    try:
        markup = {name: archive.read(name) for name in archive.entries if name.endswith(MARKUP)}
    except BrokenArchiveError as error:
        flaws.report(FileFlaw.BROKEN, detail=str(error))
        return None
    for name, data in markup.items():
        if is_unsafe(data):
            flaws.report(FileFlaw.UNSAFE, detail=f"phần {name}")
            return None
    report_extras(archive.entries, flaws)
    # A DDE formula that Excel has saved once: its command stands in a part of the links.
    if any("xl/externalLinks/" in name and b"ddeLink" in data for name, data in markup.items()):
        flaws.report(FileFlaw.COMMANDS)
    # Read by nobody, so that no reader can be led to them.
    kept = {
        name: data
        for name, data in markup.items()
        if not name.startswith(("xl/externalLinks/", "xl/activeX/"))
    }
    return Package(kept)


def is_unsafe(markup: bytes) -> bool:
    """Whether a part declares a document type, or is in an encoding in which it could hide one."""
    # In UTF-16 or another encoding a document type would not show as the bytes that are looked for.
    encoding = ENCODING.match(markup.removeprefix(b"\xef\xbb\xbf"))
    return (
        b"<!DOCTYPE" in markup
        or b"\0" in markup
        or markup.startswith((b"\xff\xfe", b"\xfe\xff"))
        or (encoding is not None and encoding[1].lower() not in PLAIN_ENCODINGS)
    )


def report_extras(names: Iterable[str], flaws: FlawReporter) -> None:
    """Tell of parts that are never opened, one finding a kind."""
    parts = [f"/{name.casefold()}" for name in names]
    for flaw, words in ((FileFlaw.MACROS, MACROS), (FileFlaw.LINKS, LINKS), (FileFlaw.OBJECTS, OBJECTS)):
        if any(f"/{word}" in part for part in parts for word in words):
            flaws.report(flaw)
