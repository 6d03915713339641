"""The safety gate: what kind of file it is by its content, and whether its parts may be opened at all."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from chuyenhoa.intake.findings import FindingList

LARGEST_FILE = 20_000_000
LARGEST_PARTS = 60_000_000
MOST_PARTS = 300
HIGHEST_RATIO = 200
SMALL_PART = 1_000_000
"""Bytes below which a part's compression ratio does not matter."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "tệp PDF"),
    (b"\x89PNG", "tệp hình ảnh"),
    (b"\xff\xd8\xff", "tệp hình ảnh"),
    (b"GIF8", "tệp hình ảnh"),
    (b"{\\rtf", "tệp văn bản RTF"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén GZ"),
    (b"MZ", "chương trình"),
)
"""How other kinds of files begin, and what to call them."""


@dataclass(frozen=True)
class Package:
    """The parts of a workbook by name, unpacked and checked, without macros, pictures and linked files."""

    parts: Mapping[str, bytes]

    def repack(self) -> bytes:
        """A new uncompressed archive of the checked parts, so that no reader sees anything else."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in self.parts.items():
                archive.writestr(zipfile.ZipInfo(name), data)
        return buffer.getvalue()


def open_package(content: bytes, findings: FindingList) -> Package | None:
    """Unpack a workbook after checking that it is one and that it is harmless.

    Args:
        content: the bytes of the file, whatever its name says.
        findings: takes what was found; macros, links and embedded objects are only mentioned.

    Returns:
        The parts, or None when the file must not or cannot be opened.
    """
    if not content.strip(b"\0\r\n\t "):
        findings.add("D01")
    elif len(content) > LARGEST_FILE:
        findings.add("D06", detail=f"tệp lớn hơn {LARGEST_FILE // 1_000_000} MB")
    elif content.startswith(OLE):
        findings.add("D04" if "EncryptedPackage".encode("utf-16-le") in content else "D03")
    elif not content.startswith(b"PK"):
        findings.add("D02", kind=_name_kind(content))
    else:
        return _unpack(content, findings)
    return None


def _name_kind(content: bytes) -> str:
    """What a file that is no workbook looks like."""
    head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
    for start, name in KINDS:
        if head.startswith(start):
            return name
    if re.match(rb"<!doctype html|<html|<table", head, re.IGNORECASE):
        return "trang web HTML"
    if b"\0" in head:
        return "tệp không rõ loại"
    return "tệp văn bản hoặc CSV"


def _unpack(content: bytes, findings: FindingList) -> Package | None:
    """The parts of a zip archive, each read through once so that its stated size and checksum are true."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            reason = _excess(entries)
            if reason:
                findings.add("D06", detail=reason)
                return None
            if any(entry.flag_bits & 1 for entry in entries):
                findings.add("D04")
                return None
            parts = {entry.filename.lstrip("/"): archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        findings.add("D05", detail="không giải nén được")
        return None
    if len(parts) != len(entries):
        findings.add("D07", detail="hai phần trùng tên")
        return None
    return _sift(parts, findings)


def _excess(entries: list[zipfile.ZipInfo]) -> str:
    """Why an archive is too much to unpack; empty when it is not."""
    if len(entries) > MOST_PARTS:
        return f"{len(entries)} phần, nhiều nhất {MOST_PARTS}"
    if sum(entry.file_size for entry in entries) > LARGEST_PARTS:
        return f"sau khi giải nén lớn hơn {LARGEST_PARTS // 1_000_000} MB"
    for entry in entries:
        if entry.file_size > max(SMALL_PART, HIGHEST_RATIO * entry.compress_size):
            return f"phần {entry.filename} nén quá mức"
    return ""


def _sift(parts: Mapping[str, bytes], findings: FindingList) -> Package | None:
    """Only what a reader of values needs, with a word on what was left out."""
    if "xl/workbook.xml" not in parts:
        findings.add("D02", kind=_name_archive(parts))
        return None
    markup = {name: data for name, data in parts.items() if name.endswith((".xml", ".rels"))}
    for name, data in markup.items():
        if b"<!DOCTYPE" in data.replace(b"\0", b"") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            findings.add("D07", detail=f"phần {name}")
            return None
    names = " ".join(parts)
    if "vbaProject" in names or "macrosheets/" in names:
        findings.add("D09")
    if "xl/externalLinks/" in names:
        findings.add("D10")
    if any(f"xl/{folder}/" in names for folder in ("media", "embeddings", "activeX")):
        findings.add("D11")
    kept = {
        name: data
        for name, data in markup.items()
        if not name.startswith(("xl/externalLinks/", "xl/activeX/"))
    }
    return Package(kept)


def _name_archive(parts: Mapping[str, bytes]) -> str:
    """What kind of archive it is when it is no .xlsx."""
    if any(name.startswith("word/") for name in parts):
        return "văn bản Word"
    if any(name.startswith("ppt/") for name in parts):
        return "tệp trình chiếu"
    if "xl/workbook.bin" in parts:
        return "tệp Excel nhị phân (.xlsb)"
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis"):
        return "tệp OpenDocument"
    return "tệp nén ZIP"
