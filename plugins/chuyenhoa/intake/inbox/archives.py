"""Unpacks archives (.zip) and letters (.eml, .msg) of reports in memory.

Neither their names nor their sizes nor their depth are trusted.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from chuyenhoa.intake.findings import FindingList, load_catalogue
from chuyenhoa.intake.inbox.scan import is_ignored
from chuyenhoa.kit.ooxml.archive import ENCRYPTED, Archive, BrokenArchiveError, list_entries
from chuyenhoa.kit.readers import Kind, detect
from chuyenhoa.kit.readers.kinds import OLE
from chuyenhoa.kit.readers.letters import TooLargeError, read_attachments
from chuyenhoa.kit.readers.markup import pass_on_memory
from chuyenhoa.kit.readers.package import LIMITS, MAX_FILE_BYTES
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.submissions import Finding

MAX_MEMBERS = 100
MAX_DEPTH = 2
"""An archive inside an archive is opened, one inside that is not."""
MAX_NAME_LENGTH = 200
UTF8_NAME = 0x800
CRATES = frozenset({Kind.ZIP, Kind.MAIL})
SAMPLE_LETTER = b"""From: a
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Disposition: attachment; filename*=UTF-8''a%20b
Content-Transfer-Encoding: base64

YQ==
--b
Content-Disposition: attachment; filename="=?iso-8859-1?Q?a?="
Content-Transfer-Encoding: quoted-printable

a=3D
--b--
"""
OFFICE_BEGINS = (b"[Content_Types].xml", b"mimetype", b"_rels/", b"docProps/", b"xl/", b"word/")
"""The first part of an Office file, which is a zip archive as well."""


class HostileArchiveError(ValueError):
    """An archive that no honest program makes, or one beyond the limits; the text says why."""


@dataclass(frozen=True)
class Member:
    """A file inside an archive; `path` has forward slashes and names the archives on the way like folders."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Unpacked:
    """What an archive holds: files to be read, and what is said of the archive itself."""

    members: tuple[Member, ...]
    findings: tuple[Finding, ...]


# "Received: from …" and the other lines that a letter begins with.
LETTER_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t\r\n]")


def may_be_archive(head: bytes) -> bool:
    """Whether a file that begins so (100 bytes) may be an archive or letter and is no Office file.

    An old Excel file and an Outlook letter (.msg) begin alike: `unpack` tells them apart.
    """
    if head.startswith(OLE) or LETTER_BEGINS.match(head):
        return True
    return head.startswith(b"PK\x03\x04") and not head[30:].startswith(OFFICE_BEGINS)


def unpack(content: bytes, file_name: str) -> Unpacked | None:
    """The files of an archive, those of archives inside it included.

    Args:
        content: the bytes of the file.
        file_name: the name to call it by in messages.

    Returns:
        None when the file is no archive of reports. An archive that plays tricks (paths that lead elsewhere,
        two files of one name, sizes beyond all measure) has no members and a finding.
    """
    kind = detect(content)
    if kind not in CRATES:
        return None
    findings = FindingList(file_name)
    try:
        members = take_apart(content, kind, findings)
    except Exception as error:  # nothing that an archive holds is a fault of ours
        pass_on_memory(error)
        findings.found.clear()
        said = str(error) if isinstance(error, HostileArchiveError) else "không giải nén được"
        findings.add(Code.REFUSED_ARCHIVE, detail=said)
        return Unpacked((), tuple(findings.found))
    if not members and not findings.found:
        findings.add(Code.LETTER_WITHOUT_FILE if kind is Kind.MAIL else Code.ARCHIVE_WITHOUT_REPORT)
    return Unpacked(members, tuple(findings.found))


def take_apart(content: bytes, kind: Kind, findings: FindingList) -> tuple[Member, ...]:
    """`unpack` of a known kind as it is, so that a fuzzer sees where anything else is raised.

    Raises:
        HostileArchiveError: it is built to deceive or to exhaust.
    """
    crate = _Crate(findings)
    crate.open(content, "", 1, kind)
    return tuple(crate.members)


def warm_up() -> None:
    """Load all that unpacking needs, before a confined process gives up opening files."""
    load_catalogue()
    read_attachments(SAMPLE_LETTER, MAX_FILE_BYTES)
    for encoding in ("cp437", "cp1258", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "latin-1"):
        "".encode(encoding)


@dataclass
class _Crate:
    """An archive while it is unpacked, with those inside it."""

    findings: FindingList
    members: list[Member] = field(default_factory=list)
    _seen: int = 0
    _size: int = 0

    def open(self, content: bytes, prefix: str, depth: int, kind: Kind) -> None:
        """Take out the files of one archive or letter.

        Raises:
            HostileArchiveError: it is built to deceive or to exhaust.
        """
        if kind is Kind.MAIL:
            self._open_letter(content, prefix, depth)
            return
        paths: set[str] = set()
        for entry, path in _entries(content):
            # Programs differ in which of two entries of one name they open: the submitter may have seen the
            # other.
            if path in paths:
                raise HostileArchiveError("hai tệp bên trong trùng tên")
            paths.add(path)
            self._weigh(entry)
            self._take(content, entry, prefix + _shown(path), depth)

    def _weigh(self, entry: zipfile.ZipInfo) -> None:
        """Count an entry against the limits by the size that it states; it is never unpacked beyond that."""
        self._count(entry.file_size)
        if LIMITS.is_bomb(entry):
            raise HostileArchiveError("nén quá mức")

    def _count(self, size: int) -> None:
        self._seen += 1
        # Counted over all levels: an archive full of small archives would pass each single limit.
        self._size += size
        if self._seen > MAX_MEMBERS:
            raise HostileArchiveError(f"có hơn {MAX_MEMBERS} tệp bên trong")
        if self._size > LIMITS.total_bytes:
            raise HostileArchiveError(f"sau khi giải nén lớn hơn {LIMITS.total_bytes // 1_000_000} MB")

    def _open_letter(self, content: bytes, prefix: str, depth: int) -> None:
        paths: set[str] = set()
        try:
            attachments = read_attachments(content, MAX_FILE_BYTES)
        except TooLargeError as error:
            detail = f"có tệp đính kèm lớn hơn {MAX_FILE_BYTES // 1_000_000} MB"
            raise HostileArchiveError(detail) from error
        for attachment in attachments:
            # A name may hold slashes; a letter has no folders.
            name = (
                unicodedata.normalize("NFC", re.sub(r"[/\\:\0]", "_", attachment.name)).strip()
                or "tep-dinh-kem"
            )
            self._count(len(attachment.content))
            if is_ignored(name):
                continue
            # Two attachments of one name are two files: programs number them when they save them.
            path, number = name, 1
            while path in paths:
                number += 1
                path = f"({number}) {name}"
            paths.add(path)
            self._put(prefix + _shown(path), attachment.content, depth)

    def _take(self, content: bytes, entry: zipfile.ZipInfo, path: str, depth: int) -> None:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            self.findings.add(Code.REFUSED_ARCHIVE_MEMBER, value=path, detail="là liên kết hoặc tệp đặc biệt")
            return
        if entry.file_size > MAX_FILE_BYTES:
            self.findings.add(
                Code.REFUSED_ARCHIVE_MEMBER, value=path, detail=f"lớn hơn {MAX_FILE_BYTES // 1_000_000} MB"
            )
            return
        try:
            data = Archive(content, {path: entry}).read(path)
        except BrokenArchiveError:
            self.findings.add(
                Code.REFUSED_ARCHIVE_MEMBER, value=path, detail="hỏng hoặc nén theo cách không hỗ trợ"
            )
            return
        self._put(path, data, depth)

    def _put(self, path: str, data: bytes, depth: int) -> None:
        """Keep a file that was taken out, or open it in its turn."""
        kind = detect(data)
        if kind not in CRATES:
            self.members.append(Member(path, data))
        elif depth < MAX_DEPTH:
            self.open(data, f"{path}/", depth + 1, kind)
        else:
            self.findings.add(
                Code.REFUSED_ARCHIVE_MEMBER, value=path, detail="là tệp nén nằm quá sâu trong tệp nén khác"
            )


def _entries(content: bytes) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files of an archive with their checked paths; folders and files of the system are left out."""
    try:
        entries = list_entries(content)
    except BrokenArchiveError as error:
        raise HostileArchiveError("không giải nén được") from error
    for entry in entries:
        path = unicodedata.normalize("NFC", _name(entry).replace("\\", "/"))
        parts = path.removesuffix("/").split("/")
        if not set(parts).isdisjoint({"", ".", ".."}) or ":" in parts[0] or "\0" in entry.orig_filename:
            raise HostileArchiveError("tên tệp bên trong chỉ ra ngoài tệp nén")
        if entry.flag_bits & ENCRYPTED:
            raise HostileArchiveError("được đặt mật khẩu")
        if not path.endswith("/") and "__MACOSX" not in parts and not any(map(is_ignored, parts)):
            yield entry, path


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; programs that do not say which encoding they use write UTF-8 or the local one."""
    if entry.flag_bits & UTF8_NAME:
        return entry.orig_filename
    # Without the flag zipfile reads cp437. Windows writes the local code page, cp1258; many programs write
    # UTF-8.
    raw = entry.orig_filename.encode("cp437")
    for encoding in ("utf-8", "cp1258"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.orig_filename


def _shown(path: str) -> str:
    """A path that can be printed and stored, whatever was written in the archive."""
    printable = "".join(sign if sign.isprintable() else "_" for sign in path)
    return "/".join(part[-MAX_NAME_LENGTH:] for part in printable.split("/"))[-5 * MAX_NAME_LENGTH :]
