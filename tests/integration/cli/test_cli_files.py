"""workbook, check, intake and trace on real files."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.integration.cli.conftest import RACH_GIA, Call, Form

SHARED_KEYS = {
    "sha256",
    "submitter",
    "period",
    "status",
    "findings",
    "observations",
    "normalisations",
    "read",
}
FINDING_KEYS = {"rule_id", "severity", "sheet", "cell", "locality", "indicator", "value", "message"}
OBSERVATION_KEYS = {"locality", "indicator", "window", "value", "sheet", "cell"}
WRONG: dict[tuple[str, str], object] = {("30745", "TTXH_KP"): 25}
Send = Callable[[Path], None]


def test_a_blank_workbook_is_written_where_asked(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "form.xlsx"
    answer = call("workbook", "--period", "2021-nam", "--submitter", "899", "-o", path)
    assert (answer.code, answer.out) == (0, f"{path}\n")
    assert "Số liệu" in load_workbook(path).sheetnames


def test_a_clean_file(call: Call, form: Form, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer = call("check", form())
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "bao-cao.xlsx: đã nhận (accepted), đọc 141/141 ô số\n"
    assert [r.getMessage() for r in caplog.records if "temporary directory" in r.getMessage()] == []


def test_a_file_with_an_error(call: Call, form: Form, data_folder: Path) -> None:
    path = form(changes=WRONG)
    answer = call("check", path)
    assert answer.code == 1
    head, *lines = answer.out.splitlines()
    assert head == "bao-cao.xlsx: nhận một phần (partly_accepted), đọc 141/141 ô số"
    assert any(line.startswith("  lỗi ") and "Số liệu!" in line and "25" in line for line in lines)
    assert not (data_folder / "archive").exists()


def test_a_warning_is_a_finding_too(call: Call, form: Form) -> None:
    answer = call("check", form(changes={("30745", "TTXH_LRC"): 8}))
    assert answer.code == 1
    assert "  cảnh báo  W" in answer.out


def test_notes_alone_are_clean(call: Call, form: Form, tmp_path: Path) -> None:
    form()
    answer = call("check", tmp_path / "blank.xlsx")
    assert answer.code == 0
    assert "  lưu ý " in answer.out


def test_check_as_programs_read_it(call: Call, form: Form) -> None:
    path = form(changes={**WRONG, ("30745", "XHD"): "không có"})
    answer = call("check", path, "--json")
    found = answer.json
    assert answer.code == 1
    assert set(found) >= SHARED_KEYS
    assert found["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found["submitter"], found["period"], found["status"]) == ("899", "2021-6t", "partly_accepted")
    assert all(set(entry) >= FINDING_KEYS for entry in found["findings"])
    (wrong,) = [entry for entry in found["findings"] if entry["severity"] == "error"]
    assert (wrong["locality"], wrong["sheet"]) == ("30745", "Số liệu")
    assert all(set(entry) >= OBSERVATION_KEYS for entry in found["observations"])
    assert {entry["window"] for entry in found["observations"]} == {"current", "baseline"}
    (read,) = [
        (entry["value"], entry["cell"])
        for entry in found["observations"]
        if (entry["locality"], entry["indicator"], entry["window"]) == ("30745", "XHD", "current")
    ]
    assert read[0] == 0
    assert [(e["before"], e["after"], e["cell"]) for e in found["normalisations"]] == [
        ("không có", "0", read[1])
    ]


def test_files_that_cannot_be_checked(call: Call, tmp_path: Path) -> None:
    for path, why in ((tmp_path / "missing.xlsx", "No such file"), (tmp_path, "directory")):
        answer = call("check", path)
        assert (answer.code, answer.out) == (2, "")
        assert why in answer.err
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    answer = call("check", broken)
    assert answer.code == 2
    assert "từ chối (refused)" in answer.out
    answer = call("check", broken, "--json")
    assert (answer.code, answer.json["status"]) == (2, "refused")


def test_check_as_if_in_a_folder(call: Call, form: Form) -> None:
    path = form()
    assert call("check", path, "--submitter", "899").code == 0
    assert call("check", path, "--submitter", "900").code != 0
    answer = call("check", path, "--submitter", "1")
    assert answer.code == 2
    assert "no submitter '1'" in answer.err


def test_an_intake_with_nothing_to_do_says_so(call: Call, data_folder: Path) -> None:
    answer = call("intake")
    assert (answer.code, answer.out) == (0, f"no file was waiting in {data_folder / 'inbox'}\n")
    assert call("intake", "--json").json == {"answered": [], "letters": {}, "set_aside": []}


def test_intake_lists_what_it_answered(call: Call, form: Form, data_folder: Path) -> None:
    inbox = data_folder / "inbox" / RACH_GIA
    inbox.mkdir(parents=True)
    form().replace(inbox / "a.xlsx")
    answer = call("intake")
    assert answer.code == 0
    assert "a.xlsx" in answer.out
    assert "S000001" in answer.out
    (inbox / "b.xlsx").write_bytes(b"no workbook")
    (entry,) = call("intake", "--json").json["answered"]
    assert (entry["file_name"], entry["status"], entry["folder"]) == ("b.xlsx", "refused", RACH_GIA)
    assert (data_folder / entry["receipt"]).is_file()


def test_trace_as_programs_read_it(call: Call, form: Form, send: Send) -> None:
    path = form(changes=WRONG)
    send(path)
    answer = call("trace", path, "--json")
    life = answer.json
    assert answer.code == 0
    assert set(life) >= SHARED_KEYS | {"file_name", "version", "received_at", "events"}
    assert (life["file_name"], life["version"], life["status"]) == ("bao-cao.xlsx", 1, "partly_accepted")
    assert life["received_at"] == "2021-10-12T09:00:00+07:00"
    assert [event["kind"] for event in life["events"]][::2] == ["claimed", "answered"]
    checked = call("check", path, "--json").json
    assert {key: life[key] for key in ("sha256", "submitter", "period", "status")} == {
        key: checked[key] for key in ("sha256", "submitter", "period", "status")
    }
    assert life["findings"] == checked["findings"]
    assert len(life["observations"]) == len(checked["observations"])
    assert call("trace", life["sha256"][:8].upper(), "--json").json == life


def test_trace_tells_every_time_a_file_came(call: Call, form: Form, send: Send) -> None:
    path = form(changes=WRONG)
    send(path)
    send(path.rename(path.with_name("again.xlsx")))
    answer = call("trace", path.with_name("again.xlsx"))
    assert answer.code == 0
    assert "S000001  bao-cao.xlsx  nhận một phần (partly_accepted)" in answer.out
    assert "S000002  again.xlsx  gửi trùng (duplicate)" in answer.out
    assert "12/10/2021 09:00  claimed" in answer.out
    assert "  lỗi " in answer.out
    found = call("trace", path.with_name("again.xlsx"), "--json").json
    assert [life["status"] for life in found["receptions"]] == ["partly_accepted", "duplicate"]
    assert found["file_name"] == "bao-cao.xlsx"


def test_a_name_cannot_play_with_the_terminal(call: Call, data_folder: Path) -> None:
    folder = data_folder / "inbox" / RACH_GIA
    folder.mkdir(parents=True)
    (folder / "a\x1b[31m\n\u202ecod.txt").write_text("no workbook")
    taken = call("intake")
    answer = call("trace", "S000001")
    shown = "a\\x1b[31m\\n\\u202ecod.txt"
    assert answer.out.splitlines()[0].startswith(f"S000001  {shown}  ")
    assert shown in taken.out
    assert "\x1b" not in answer.out + taken.out


@pytest.mark.parametrize("what", ["", "%", "không.xlsx", "0123456789abcdef"])
def test_what_cannot_be_traced(call: Call, form: Form, send: Send, what: str) -> None:
    send(form())
    answer = call("trace", what)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(what)


@pytest.fixture
def remembered(call: Call, data_folder: Path) -> list[str]:
    """Three files that came one after the other, in two folders; their ids."""
    named = [
        ("899-rach-gia", "Báo cáo Rạch Giá 0912345678.txt"),
        ("902-kien-luong", "Báo cáo Kiên Lương.xlsx"),
        ("902-kien-luong", "bao_cao_KIEN-LUONG (2).xlsx"),
    ]
    for number, (folder, name) in enumerate(named):
        inbox = data_folder / "inbox" / folder
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_text(f"no workbook {number}")
        assert call("intake").code == 0
    return ["S000001", "S000002", "S000003"]


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("bao cao kien luong", [3, 2]),
        ("BÁO CÁO kiên  lương", [3, 2]),
        ("902-kien-luong", [3, 2]),
        ("inbox/902-kien-luong/", [3, 2]),
        ("bao cao", [3, 2, 1]),
        ("kien luong (2)", [3]),
        ("inbox/902-kien-luong/bao_cao_KIEN-LUONG (2).xlsx", [3]),
        ("899 Rạch Giá", [1]),
        ("S000003", [3]),
        ("s1", [1]),
        ("1", [1]),
        # A part of a name, and a number: both may be meant.
        ("2", [3, 2]),
    ],
)
def test_a_file_is_found_by_what_is_remembered(
    call: Call, remembered: list[str], what: str, found: list[int]
) -> None:
    answer = call("trace", what, "--json")
    assert answer.code == 0
    matches = answer.json.get("matches", [answer.json])
    assert [entry["id"] for entry in matches] == [remembered[number - 1] for number in found]
    assert ("events" in answer.json) is (len(found) == 1)


def test_several_files_are_listed_newest_first(call: Call, remembered: list[str]) -> None:
    answer = call("trace", "bao cao")
    head, _, *lines = answer.out.splitlines()
    assert head.split() == ["id", "received_at", "submitter", "period", "status", "file_name"]
    assert [line.split("  ")[0] for line in lines] == remembered[::-1]
    assert [line.split("  ")[1] for line in lines] == ["12/10/2021 09:00"] * 3
    assert all("từ chối" in line for line in lines)
    assert set(call("trace", "bao cao", "--json").json["matches"][0]) == set(head.split())


def test_more_files_than_a_person_reads_are_counted(
    call: Call, remembered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chuyenhoa.cli.files.MAX_MATCHES_SHOWN", 2)
    answer = call("trace", "bao cao")
    assert remembered[0] not in answer.out
    assert answer.out.splitlines()[-1].startswith("… 1 more")
    assert len(call("trace", "bao cao", "--json").json["matches"]) == 3


def test_a_list_neither_shows_nor_confirms_personal_data(call: Call, remembered: list[str]) -> None:
    listed = call("trace", "bao cao", "--json")
    assert "0912345678" not in call("trace", "bao cao").out + listed.out
    assert listed.json["matches"][-1]["id"] == remembered[0]
    assert "đã che" in listed.json["matches"][-1]["file_name"]
    for part in ("0912345678", "gia 0912", "đã che"):
        assert call("trace", part).code == 2


def test_a_receipt_leads_to_its_file(call: Call, remembered: list[str]) -> None:
    receipt = call("trace", remembered[1], "--json").json["receipt"]
    for what in (receipt, Path(receipt).name, Path(receipt).stem.upper()):
        assert call("trace", what, "--json").json["id"] == remembered[1]


def test_a_hash_is_told_by_eight_characters_and_not_by_seven(call: Call, remembered: list[str]) -> None:
    sha256 = hashlib.sha256(b"no workbook 1").hexdigest()
    assert call("trace", sha256[:8], "--json").json["id"] == remembered[1]
    assert call("trace", sha256[:7]).code == 2


def test_a_name_of_a_copy_leads_to_every_time_it_came(call: Call, form: Form, send: Send) -> None:
    path = form("bao-cao.xlsx")
    send(path)
    send(path.rename(path.with_name("gửi lại.xlsx")))
    found = call("trace", "gui lai", "--json").json
    assert [life["id"] for life in found["receptions"]] == ["S000001", "S000002"]
    assert call("trace", "x" * 5000).code == 2
