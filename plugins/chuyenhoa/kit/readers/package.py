"""The safety gate of zip archives: whether their parts may be opened, and what stands beside the values."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from chuyenhoa.kit.readers.book import FileFlaw, FlawReporter

# Bounds before anything is unpacked: a table of 5 MB takes more than 1 GB in an XML parser (decision 0014).
MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 60_000_000
MAX_PARTS = 300
MAX_RATIO = 200
SMALL_PART = 1_000_000
"""Bytes below which a part's compression ratio does not matter."""

LOCAL_HEADER = struct.Struct("<4s2xHH16xHH")
"""Signature, flags, method, length of the name, length of the extra field of an entry's own header."""
ENCRYPTED = 1
ENCODING = re.compile(rb"<\?xml[^>]{0,60}encoding\s*=\s*[\"']([^\"']{1,40})[\"']")
PLAIN_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
MARKUP = (".xml", ".rels")
MACROS = ("vbaproject", "basic/", "scripts/", "macrosheets/")
LINKS = ("externallinks/",)
OBJECTS = ("media/", "embeddings/", "activex/", "pictures/", "object ", "objectreplacements/")
"""What such parts are called in the four formats that are archives, in lower case."""


class BrokenArchiveError(ValueError):
    """A part cannot be unpacked as its archive states it."""


@dataclass(frozen=True)
class Archive:
    """A zip archive whose directory was checked; its parts are unpacked one by one, each bounded."""

    content: bytes
    entries: Mapping[str, zipfile.ZipInfo]
    """By name, without a leading slash and with forward slashes; names differ in more than their case."""

    def read(self, name: str) -> bytes:
        """Unpack one part; never more than the directory states.

        Raises:
            BrokenArchiveError: size, checksum or header are not what the directory states.
        """
        entry = self.entries[name]
        data = _inflate(entry, _packed(self.content, entry))
        if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
            raise BrokenArchiveError(f"phần {name} hỏng")
        return data


@dataclass(frozen=True)
class Package:
    """The markup parts of a workbook by name, unpacked and checked; no macros, pictures, linked files."""

    parts: Mapping[str, bytes]

    def repack(self, names: Collection[str]) -> bytes:
        """A new uncompressed archive of some of the parts, so that no reader sees anything else."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in names:
                if name in self.parts:
                    archive.writestr(zipfile.ZipInfo(name), self.parts[name])
        return buffer.getvalue()


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
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, struct.error, EOFError, OSError, ValueError, NotImplementedError):
        flaws.report(FileFlaw.BROKEN, detail="không giải nén được")
        return None
    named = {entry.filename.replace("\\", "/").lstrip("/"): entry for entry in entries}
    reason = _excess(entries)
    if reason:
        flaws.report(FileFlaw.TOO_LARGE, detail=reason)
    elif any(entry.flag_bits & ENCRYPTED for entry in entries):
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


def _excess(entries: list[zipfile.ZipInfo]) -> str:
    """Why an archive is too much to unpack; empty when it is not."""
    if len(entries) > MAX_PARTS:
        return f"{len(entries)} phần, nhiều nhất {MAX_PARTS}"
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        return f"sau khi giải nén lớn hơn {MAX_UNPACKED_BYTES // 1_000_000} MB"
    for entry in entries:
        if entry.file_size > max(SMALL_PART, MAX_RATIO * entry.compress_size):
            return f"phần {entry.filename} nén quá mức"
    return ""


def _packed(content: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """The packed bytes of an entry, where its own header agrees with the directory."""
    head = content[entry.header_offset : entry.header_offset + LOCAL_HEADER.size]
    if len(head) < LOCAL_HEADER.size:
        raise BrokenArchiveError("không giải nén được")
    # A directory and a header that disagree show two files to two readers.
    signature, flags, method, name_length, extra_length = LOCAL_HEADER.unpack(head)
    if signature != b"PK\3\4" or flags & ENCRYPTED or method != entry.compress_type:
        raise BrokenArchiveError("không giải nén được")
    start = entry.header_offset + LOCAL_HEADER.size + name_length + extra_length
    return memoryview(content)[start : start + entry.compress_size]


def _inflate(entry: zipfile.ZipInfo, packed: memoryview) -> bytes:
    """Unpack up to one byte more than stated: a part that holds more is then seen to lie."""
    if entry.compress_type == zipfile.ZIP_STORED:
        return bytes(packed)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenArchiveError("kiểu nén lạ")
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
    except zlib.error as error:
        raise BrokenArchiveError("không giải nén được") from error


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
