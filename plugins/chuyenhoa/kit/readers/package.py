"""The safety gate: what kind of file it is by its content, and whether its parts may be opened at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.ooxml.archive import (
    ENCRYPTED,
    Archive,
    ArchiveTooLargeError,
    BrokenArchiveError,
    Limits,
    list_entries,
    write_archive,
)

MAX_FILE_BYTES = 20_000_000
LIMITS = Limits(total_bytes=60_000_000, parts=300, ratio=200)
"""What a submitter's file may unpack to. The form of the plan of 2021 has 22 parts and unpacks to 0.3 MB."""
ENCODING = re.compile(rb"<\?xml[^>]{0,60}encoding\s*=\s*[\"']([^\"']{1,40})[\"']")
PLAIN_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
MARKUP = (".xml", ".rels")


@dataclass(frozen=True)
class Package:
    """The markup parts of a workbook by name, unpacked and checked; no macros, pictures, linked files."""

    parts: Mapping[str, bytes]

    def repack(self, names: Collection[str]) -> bytes:
        """A new uncompressed archive of some of the parts, so that no reader sees anything else."""
        return write_archive(((name, self.parts[name]) for name in names if name in self.parts), level=None)


def open_package(content: bytes, findings: FindingList) -> Package | None:
    """The parts of a workbook (`kinds.detect` saw that it is one), after checking that it is harmless.

    Args:
        content: the bytes of the file, whatever its name says.
        findings: takes what was found; macros, links and embedded objects are only mentioned.

    Returns:
        The parts, or None when the file must not or cannot be opened.
    """
    archive = open_archive(content, findings)
    return _sift_workbook(archive, findings) if archive else None


def open_archive(content: bytes, findings: FindingList) -> Archive | None:
    """Check the directory of a zip archive, of whatever kind, before anything in it is unpacked.

    Returns:
        None when it is broken, too large, encrypted or has two parts of one name; `findings` says which.
    """
    try:
        entries = [entry for entry in list_entries(content) if not entry.is_dir()]
        LIMITS.check(entries)
    except BrokenArchiveError as error:
        findings.add("D05", detail=str(error))
        return None
    except ArchiveTooLargeError as error:
        findings.add("D06", detail=str(error))
        return None
    named = {entry.filename.replace("\\", "/").lstrip("/"): entry for entry in entries}
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        findings.add("D04")
    elif len({name.casefold() for name in named}) != len(entries):
        findings.add("D07", detail="hai phần trùng tên")
    elif any(not set(name.split("/")).isdisjoint({"", ".", ".."}) for name in named):
        findings.add("D07", detail="tên phần không hợp lệ")
    else:
        return Archive(content, named)
    return None


def _sift_workbook(archive: Archive, findings: FindingList) -> Package | None:
    """The markup parts of a workbook, with a word on what was left out; None when it is broken or unsafe."""
    try:
        markup = {name: archive.read(name) for name in archive.entries if name.endswith(MARKUP)}
    except BrokenArchiveError as error:
        findings.add("D05", detail=str(error))
        return None
    for name, data in markup.items():
        if is_unsafe(data):
            findings.add("D07", detail=f"phần {name}")
            return None
    _mention_extras(archive.entries, findings)
    kept = {
        name: data
        for name, data in markup.items()
        if not name.startswith(("xl/externalLinks/", "xl/activeX/"))
    }
    return Package(kept)


def is_unsafe(markup: bytes) -> bool:
    """Whether a part declares a document type, or is in an encoding in which it could hide one."""
    encoding = ENCODING.match(markup.removeprefix(b"\xef\xbb\xbf"))
    return (
        b"<!DOCTYPE" in markup
        or b"\0" in markup
        or markup.startswith((b"\xff\xfe", b"\xfe\xff"))
        or (encoding is not None and encoding[1].lower() not in PLAIN_ENCODINGS)
    )


def _mention_extras(parts: Iterable[str], findings: FindingList) -> None:
    """What the file carries beside values; nothing of it is run, followed or opened."""
    names = " ".join(parts)
    if "vbaProject" in names or "macrosheets/" in names:
        findings.add("D09")
    if "xl/externalLinks/" in names:
        findings.add("D10")
    if any(f"xl/{folder}/" in names for folder in ("media", "embeddings", "activeX")):
        findings.add("D11")
