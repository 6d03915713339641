"""Archives of reports: names, depth, sizes and tricks; every code of the formats' catalogue has its file."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.inbox.archives import MAX_MEMBERS, MAX_NAME_LENGTH, Unpacked, may_be_archive, unpack
from chuyenhoa.kit import sandbox
from chuyenhoa.kit.readers import open_book
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Severity
from chuyenhoa.pipeline.receive.read import FileToRead, describe_death, unpack_file
from chuyenhoa.plan.messages import load_messages
from tests.unit.intake.drafts import Draft
from tests.unit.intake.formats_made import make_docx, make_html, make_zip
from tests.unit.intake.letters_made import make_eml

TABLE = b"a,b\n1,2\n"


def opened(content: bytes) -> Unpacked:
    unpacked = unpack(content, "a.zip")
    assert unpacked is not None
    return unpacked


def codes(unpacked: Unpacked) -> list[str]:
    return [finding.rule_id for finding in unpacked.findings]


def named(raw: bytes, *, utf8: bool = False) -> bytes:
    """An archive with one file whose name is stored as these bytes."""
    content = make_zip({"x" * len(raw): TABLE})
    content = content.replace(b"x" * len(raw), raw)
    if not utf8:
        return content
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + place
        content = content[:at] + (0x800).to_bytes(2, "little") + content[at + 2 :]
    return content


def test_files_of_all_kinds_come_out_with_their_paths(plan: Plan) -> None:
    inner = make_zip({"c.csv": TABLE, "d/e.csv": TABLE * 2})
    content = make_zip({"a.csv": TABLE, "thư mục/b.xlsx": Draft(plan).save(), "trong.zip": inner})
    unpacked = opened(content)
    assert codes(unpacked) == []
    assert [m.path for m in unpacked.members] == [
        "a.csv",
        "thư mục/b.xlsx",
        "trong.zip/c.csv",
        "trong.zip/d/e.csv",
    ]
    assert unpacked.members[0].content == TABLE
    assert unpacked.members[3].content == TABLE * 2


def test_an_office_file_is_no_archive(plan: Plan) -> None:
    for content in (Draft(plan).save(), make_docx([([], [["1", "2"]])]), TABLE, b"PK\x03\x04 broken"):
        assert unpack(content, "a") is None


@pytest.mark.parametrize(
    ("raw", "utf8", "path"),
    [
        ("Báo cáo quý.csv".encode(), True, "Báo cáo quý.csv"),
        ("Báo cáo quý.csv".encode(), False, "Báo cáo quý.csv"),
        ("Giang Tha\u0300nh.csv".encode("cp1258"), False, "Giang Thành.csv"),
        (b"thu muc\\a.csv", False, "thu muc/a.csv"),
        (b"a\x1b[2J\n.csv", False, "a_[2J_.csv"),
        (b"b" * 400 + b".csv", False, ("b" * 400 + ".csv")[-MAX_NAME_LENGTH:]),
    ],
)
def test_names_are_read_in_their_encoding_and_made_harmless(raw: bytes, utf8: bool, path: str) -> None:
    assert [member.path for member in opened(named(raw, utf8=utf8)).members] == [path]


@pytest.mark.parametrize(
    "raw",
    [
        b"../a.csv",
        b"/etc/a.csv",
        b"a/../../b",
        b"..\\a.csv",
        b"C:\\a.csv",
        b"\\\\host\\a",
        b"a//b.csv",
        b"a/./b.csv",
    ],
)
def test_a_path_that_leads_elsewhere_closes_the_archive(raw: bytes) -> None:
    unpacked = opened(named(raw))
    assert unpacked.members == ()
    assert codes(unpacked) == ["D65"]
    assert "chỉ ra ngoài" in unpacked.findings[0].message


def test_what_the_system_adds_is_left_out() -> None:
    parts = {
        "__MACOSX/a.csv": b"x",
        ".DS_Store": b"x",
        "Thumbs.db": b"x",
        "~$a.xlsx": b"x",
        "d/": b"",
        "a.csv": TABLE,
    }
    unpacked = opened(make_zip(parts))
    assert [member.path for member in unpacked.members] == ["a.csv"]
    assert codes(unpacked) == []


def doubled() -> bytes:
    content = make_zip({"a.csv": TABLE, "b.csv": TABLE})
    return content.replace(b"b.csv", b"a.csv")


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
        archive.writestr("a.csv", TABLE)
    return buffer.getvalue()


def locked() -> bytes:
    content = make_zip({"a.csv": TABLE})
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


def nested(depth: int, width: int = 1) -> bytes:
    content = make_zip({"a.csv": TABLE})
    for _ in range(depth - 1):
        content = make_zip({f"{number}.zip": content for number in range(width)})
    return content


def broken() -> bytes:
    content = bytearray(make_zip({"a.csv": TABLE * 100, "b.csv": TABLE}, zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code", "words", "left"),
    [
        (doubled(), "D65", "trùng tên", 0),
        (locked(), "D65", "mật khẩu", 0),
        (make_zip({"a.csv": b"\0" * 20_000_000}), "D65", "nén quá mức", 0),
        (make_zip({f"{n}.csv": b"x" for n in range(MAX_MEMBERS + 1)}), "D65", f"hơn {MAX_MEMBERS} tệp", 0),
        (nested(4, 16), "D65", f"hơn {MAX_MEMBERS} tệp", 0),
        (linked(), "D66", "liên kết", 1),
        (nested(3), "D66", "quá sâu", 0),
        (broken(), "D66", "hỏng", 1),
        (make_zip({"big.bin": bytes(range(256)) * 90_000}, zipfile.ZIP_STORED), "D66", "lớn hơn 20 MB", 0),
        (make_zip({"d/": b""}), "D67", "không có tệp nào", 0),
    ],
)
def test_tricks_and_excess_are_named(content: bytes, code: str, words: str, left: int) -> None:
    unpacked = opened(content)
    assert codes(unpacked) == [code]
    assert words in unpacked.findings[0].message
    assert len(unpacked.members) == left


def test_the_sizes_of_all_levels_are_counted_together() -> None:
    piece = random.Random(1).randbytes(5_000_000).hex().encode()
    inner = make_zip({f"{number}.bin": piece for number in range(3)})
    assert len(opened(inner).members) == 3
    unpacked = opened(make_zip({"a.zip": inner, "b.zip": inner}, zipfile.ZIP_STORED))
    assert codes(unpacked) == ["D65"]
    assert "60 MB" in unpacked.findings[0].message


@pytest.mark.integration
def test_unpacking_is_confined(plan: Plan) -> None:
    content = make_zip({"a.csv": TABLE, "b.xlsx": Draft(plan).save()})
    assert may_be_archive(content)
    assert unpack_file(FileToRead(content, "a.zip", None)) == unpack(content, "a.zip")
    assert unpack_file(FileToRead(Draft(plan).save(), "a.zip", None)) is None
    assert unpack_file(FileToRead(TABLE, "a.zip", None)) is None


CASES: dict[str, Callable[[], str]] = {
    "D60": lambda: describe_death("a.xlsx", sandbox.Death(sandbox.DeathKind.MEMORY, ""))[0].message,
    "D61": lambda: refused(b"%PDF-1.4"),
    "D62": lambda: refused(b"{\\rtf1}"),
    "D63": lambda: refused(b"Rar!\x1a\x07"),
    "D65": lambda: opened(locked()).findings[0].message,
    "D66": lambda: opened(linked()).findings[0].message,
    "D67": lambda: opened(make_zip({"d/": b""})).findings[0].message,
    "D68": lambda: refused(make_html([("S", [["1"]])]), is_read=True),
    "D69": lambda: refused(b"Xin chao"),
    "D134": lambda: opened(make_eml()).findings[0].message,
    "D135": lambda: refused(b"[InternetShortcut]\nURL=a"),
    "D136": lambda: refused(b"a,b\n=cmd|'/c calc'!A0,2", is_read=True),
}


def refused(content: bytes, *, is_read: bool = False) -> str:
    findings = FindingList("a.xls")
    assert (open_book(content, findings) is not None) == is_read
    (finding,) = findings.found
    return f"{finding.rule_id}: {finding.message}"


def test_every_code_of_the_formats_has_a_file_that_brings_it_about(root: Path) -> None:
    catalogue = load_messages(root / "templates" / "messages" / "reading" / "formats.yaml")
    assert set(CASES) == set(catalogue)
    for code, build in CASES.items():
        text = build()
        assert "{" not in text
        assert text.startswith((f"{code}: ", "Tệp", "Trong"))
        assert catalogue[code].severity is (Severity.WARNING if code in ("D68", "D136") else Severity.ERROR)
