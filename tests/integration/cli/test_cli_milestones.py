"""assess, explain, report and status: codes for programs, words for officials."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

from chuyenhoa import clock
from chuyenhoa.assessment.labels import WIDE
from chuyenhoa.cli.explain import _format_input
from chuyenhoa.cli.labels import (
    DOCUMENT_STATES,
    SEVERITIES,
    STATUSES,
    VERDICTS,
    explain_locality,
    explain_outlook,
    format_actor,
    format_guard,
    format_reason,
    format_statement,
)
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason, Verdict
from chuyenhoa.model.submissions import Severity, SubmissionStatus
from chuyenhoa.pipeline.publish.issuing import issue_documents, record_decision
from chuyenhoa.pipeline.receive.batches import claim_drops
from chuyenhoa.store.documents import DocumentState
from tests.integration.cli.conftest import RACH_GIA, Call, Form
from tests.integration.forms import fill

Send = Callable[[Path], None]
MILESTONE = ("--milestone", "2021-6t")


def test_assess_as_programs_read_it(call: Call, form: Form, send: Send, plan: Plan) -> None:
    send(form(changes={("30745", "TTXH_KP"): 3}))
    found = call("assess", *MILESTONE, "--json").json
    assert found["milestone"] == "2021-6t"
    assert [entry["locality"] for entry in found["localities"]] == [e.code for e in plan.localities]
    for locality in found["localities"]:
        assert {"locality", "verdict", "groups", "criteria"} <= set(locality)
        assert [result["criterion"] for result in locality["criteria"]] == [c.code for c in plan.criteria]
    assert [target["code"] for target in found["targets"]] == [target.code for target in plan.targets]
    assert set(found["counts"]) == {verdict.value for verdict in Verdict}
    assert sum(found["counts"].values()) == len(plan.localities) * len(plan.criteria)
    assert found["counts"]["not_met"] == 1


def test_assess_as_officials_read_it(call: Call, form: Form, send: Send, plan: Plan) -> None:
    send(form(changes={("30745", "TTXH_KP"): 3}))
    answer = call("assess", *MILESTONE)
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[2].split()[:1] == ["30745"]
    assert " K " in lines[2]
    assert " K " not in lines[3]
    assert "Ký hiệu: Đ ĐẠT, K KHÔNG ĐẠT, - KHÔNG ÁP DỤNG, ? CHƯA ĐỦ SỐ LIỆU" in lines
    assert any(line.startswith("Số kết quả: ") and "KHÔNG ĐẠT 1," in line for line in lines)
    assert any(line.startswith(f"P1  {plan.targets[0].title}: 0/16 địa bàn, cần 10: ") for line in lines)
    assert "  P2: Chưa có số liệu các năm trước để đánh giá chỉ tiêu này." in lines


def send_month(
    data: Path,
    call: Call,
    tmp_path: Path,
    month: str,
    moment: str,
    changes: dict[tuple[str, str], object] | None = None,
) -> None:
    """Rạch Giá sends a month's report: the same figures as for the six months."""
    blank = tmp_path / f"{month}.xlsx"
    assert call("workbook", "--period", month, "--submitter", "899", "-o", blank).code == 0
    inbox = data / "inbox" / RACH_GIA
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{month}-{moment}.xlsx").write_bytes(fill(blank, changes))
    assert call("intake").code == 0


def test_assess_tells_gaps_in_the_window(call: Call, data_folder: Path, tmp_path: Path) -> None:
    send_month(data_folder, call, tmp_path, "2021-t05", "a")
    answer = call("assess", *MILESTONE)
    assert "Ghi chú:" in answer.out
    assert "  Phường Vĩnh Lạc: Chưa có số liệu: 15/05/2021 - 14/10/2021" in answer.out.splitlines()
    of = ("explain", *MILESTONE, "--locality", "30745", "--criterion", "II.2")
    assert call(*of).out.splitlines()[1] == "Chưa có số liệu: 15/05/2021 - 14/10/2021"
    assert list(call(*of, "--json").json["notes"]) == ["gap.30745"]


def test_an_offence_of_one_month_breaks_a_criterion_though_the_others_lack(
    call: Call, data_folder: Path, tmp_path: Path
) -> None:
    """One month of six came: 1 sign of "xã hội đen" there, and 30754 has none; a blank May hides no June."""
    send_month(data_folder, call, tmp_path, "2021-t06", "a", {("30745", "XHD"): 1, ("30754", "XHD"): 0})
    results = call("assess", *MILESTONE, "--json").json["localities"]
    verdicts = {
        locality["locality"]: {entry["criterion"]: entry["verdict"] for entry in locality["criteria"]}
        for locality in results
    }
    assert verdicts["30745"]["II.4"] == "not_met"
    assert verdicts["30754"]["II.4"] == "insufficient"
    whole = {locality["locality"]: locality["verdict"] for locality in results}
    assert (whole["30745"], whole["30754"]) == ("not_met", "insufficient")
    explained = call("explain", *MILESTONE, "--locality", "30745", "--criterion", "II.4").out
    assert "XHD.1 = 1 vụ  Số liệu!" in explained


@pytest.mark.scene
def test_assess_tells_figures_that_do_not_add_up(
    call: Call, form: Form, send: Send, data_folder: Path, tmp_path: Path
) -> None:
    send(form())
    for month in ("05", "06", "07", "08", "09", "10"):
        send_month(data_folder, call, tmp_path, f"2021-t{month}", "a")
    notes = [line for line in call("assess", *MILESTONE).out.splitlines() if "cộng các kỳ" in line]
    assert any(
        line.startswith("  Phường Vĩnh Lạc, TTXH_XR (kỳ này): Số liệu cả kỳ là 20, ") and "120" in line
        for line in notes
    )
    assert any(line.startswith("  Phường Vĩnh Lạc, TTXH_XR (cùng kỳ): ") for line in notes)
    explained = call("explain", *MILESTONE, "--locality", "30745", "--criterion", "II.2").out.splitlines()
    assert [line.split(":")[0] for line in explained[1:3]] == ["TTXH_KP (kỳ này)", "TTXH_XR (kỳ này)"]
    # Both sources with their cells: the six months' own, and one of each month.
    assert [line.count("sheet “Số liệu”, ô ") for line in explained[1:3]] == [7, 7]
    told = call("explain", *MILESTONE, "--locality", "30745", "--criterion", "II.2", "--json").json["notes"]
    assert told["difference.30745.current.TTXH_XR"].count("; tính theo số liệu cả kỳ (nguồn: ") == 1
    assert told["difference.30745.current.TTXH_XR"].count("sheet “Số liệu”, ô ") == 7


def test_explain_speaks_as_officials_do(call: Call, form: Form, send: Send) -> None:
    send(form(changes={("30745", "TTXH_KP"): None}))
    answer = call("explain", *MILESTONE, "--locality", "30745")
    lines = [line.strip() for line in answer.out.splitlines()]
    assert answer.code == 0
    assert lines[0] == "Phường Vĩnh Lạc, 06 tháng năm 2021: CHƯA ĐỦ SỐ LIỆU"
    (declared,) = [line for line in lines if line.startswith("I.1 = ")]
    assert declared.startswith("I.1 = Có, số 12/KH-UBND, ngày 10/5/2021  Định tính!")
    (held,) = [line for line in lines if line.startswith("VI.1  ")]
    assert held.endswith("CHƯA ĐỦ SỐ LIỆU, chưa có hướng dẫn (no_guidance)")
    assert any(line.startswith("TTXH_KP = (trống)  Số liệu!") for line in lines)
    assert any(line.startswith("TTXH_XR = 20 vụ  Số liệu!") for line in lines)


def test_explain_one_criterion_of_a_locality_without_a_report(call: Call) -> None:
    of = ("explain", *MILESTONE, "--locality", "30787", "--criterion", "II.2")
    answer = call(*of)
    assert "CHƯA ĐỦ SỐ LIỆU, chưa có báo cáo (not_submitted)" in answer.out
    assert "II.3" not in answer.out
    found = call(*of, "--json").json
    assert (found["milestone"], found["locality"]) == ("2021-6t", "30787")
    assert [result["reason"] for result in found["criteria"]] == ["not_submitted"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("yes; 12/KH-UBND; 2021-05-17", "Có, số 12/KH-UBND, ngày 17/5/2021"),
        ("no", "Không"),
        ("not_applicable", "Không áp dụng"),
        ("yes; 2021-01-05", "Có, ngày 05/01/2021"),
        ("yes; 12/KH-UBND; phần 2", "Có, số 12/KH-UBND; phần 2"),
    ],
)
def test_a_statement_in_words(value: str, said: str) -> None:
    assert format_statement(value) == said


def test_every_code_has_a_word() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(STATUSES) == {*SubmissionStatus, "not_submitted"}
    assert set(SEVERITIES) == set(Severity)
    assert set(DOCUMENT_STATES) == set(DocumentState)
    assert all(format_reason(reason.value).endswith(f" ({reason.value})") for reason in InsufficiencyReason)


def test_report_renders_once(call: Call) -> None:
    found = call("report", *MILESTONE, "--json").json
    assert set(found) == {"milestone", "snapshot", "documents"}
    paths = [document["path"] for document in found["documents"]]
    assert "bao_cao_so_ket" in paths[0]
    assert all(Path(path).is_file() for path in paths)
    assert call("report", *MILESTONE).out.splitlines() == paths


STATUS_KEYS = {"period", "label", "deadline", "is_milestone", "submitters", "blocked_by", "documents"}
ALONE_KEYS = {"plan_faults", "undelivered", "inbox", "inbox_left", "unsettled", "set_aside"}
"""What `status` says once, whatever the periods are: of letters and of files that wait for somebody."""
SUBMITTER_KEYS = {
    *("code", "name", "status", "version", "received_at", "is_late", "is_overdue", "held", "owed")
}


def test_status_looks_into_the_inbox_itself(
    call: Call, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pass ran, and none could have noted anything: the disk is full."""
    assert call("status", "--json").json["inbox"]["files"] == 0
    assert "inbox" not in call("status").out
    folder = data_folder / "inbox" / "899-rach-gia"
    folder.mkdir(parents=True)
    first = folder / "0912345678.xlsx"
    for name in (first.name, "thư mục/b.csv", ".~lock.a.xlsx#", "~$a.xlsx", "c.part", "Thumbs.db"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
        sleep(0.01)
    os.utime(folder / "thư mục" / "b.csv", (0, 0))  # a copy keeps the time of its original
    (folder / "link.xlsx").symlink_to(first)
    came = datetime.fromtimestamp(first.stat().st_ctime, clock.ZONE)
    for minutes, is_overdue in ((15, False), (21, True)):
        monkeypatch.setenv("CHUYENHOA_NOW", (came + timedelta(minutes=minutes)).isoformat())
        found = call("status", "--json").json
        inbox = found["inbox"]
        assert (inbox["files"], inbox["is_overdue"], inbox["error"]) == (2, is_overdue, "")
        assert "0912345678" not in inbox["oldest"]
        assert inbox["oldest"].startswith("899-rach-gia/")
        assert abs(datetime.fromisoformat(inbox["since"]) - came) < timedelta(milliseconds=1)
        assert [(left["path"], left["why"]) for left in found["inbox_left"]] == [
            ("899-rach-gia/link.xlsx", "link")
        ]
        line = next(line for line in call("status").out.splitlines() if "tệp chờ lấy" in line)
        assert line.startswith("! inbox: 2 " if is_overdue else "inbox: 2 ")


def test_status_says_when_the_inbox_cannot_be_read(call: Call, data_folder: Path) -> None:
    (data_folder / "inbox").write_text("a file where the folder should be")
    assert call("status", "--json").json["inbox"]["error"] == "Not a directory"
    assert "! inbox: không đọc được (Not a directory)" in call("status").out


def test_what_no_longer_lies_in_the_inbox_is_no_more_told(call: Call, data_folder: Path) -> None:
    folder = data_folder / "inbox" / "899-rach-gia"
    folder.mkdir(parents=True)
    (folder / "link.xlsx").symlink_to("/etc/hostname")
    call("intake")
    assert len(call("status", "--json").json["inbox_left"]) == 1
    (folder / "link.xlsx").unlink()
    assert call("status", "--json").json["inbox_left"] == []


def test_status_lists_the_milestones(call: Call, plan: Plan) -> None:
    found = call("status", "--json").json
    assert [entry["period"] for entry in found["periods"]] == ["2021-6t", "2021-nam"]
    for entry in found["periods"]:
        assert set(entry) == STATUS_KEYS
        assert [set(submitter) for submitter in entry["submitters"]] == [SUBMITTER_KEYS] * 15
        assert len(entry["blocked_by"]) == len(plan.localities)
    out = call("status").out
    assert "2021-6t: 06 tháng năm 2021, hạn 17/10/2021" in out
    assert "2021-nam: năm 2021, hạn 17/12/2021" in out
    assert "quá hạn" not in out


def test_status_of_one_period(call: Call, form: Form, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    send(form(changes={("30745", "TTXH_KP"): 25}))
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-18T08:00:00+07:00")
    of = ("status", "--period", "2021-6t")
    found = call(*of, "--json").json
    assert set(found) == STATUS_KEYS | ALONE_KEYS
    by_code = {entry["code"]: entry for entry in found["submitters"]}
    owed = by_code["899"].pop("owed")
    assert by_code["899"] == {
        "code": "899",
        "name": "Ban Chỉ đạo thành phố Rạch Giá",
        "status": "partly_accepted",
        "version": 1,
        "received_at": "2021-10-12T09:00:00+07:00",
        "is_late": False,
        "is_overdue": False,
        "held": ["30745"],
    }
    # All of the locality that is held back, and nothing of the other one's figures.
    first = owed[0]
    assert (first["locality"], first["figures"], first["baseline"]) == ("30745", 70, 70)
    assert (by_code["900"]["status"], by_code["900"]["is_overdue"]) == ("not_submitted", True)
    blocked = {entry["locality"]: entry["reason"] for entry in found["blocked_by"]}
    assert blocked["30745"] == "held_by_findings"
    assert blocked["30772"] == "not_submitted"
    assert "30754" not in blocked
    lines = call(*of).out.splitlines()
    (sent,) = [line for line in lines if line.startswith("899 ")]
    assert "nhận một phần (partly_accepted)" in sent
    assert "12/10/2021 09:00" in sent
    assert "giữ lại: Phường Vĩnh Lạc; còn thiếu " in sent
    (unsent,) = [line for line in lines if line.startswith("900 ")]
    assert "chưa gửi (not_submitted)" in unsent
    assert unsent.endswith("quá hạn")
    assert "Văn bản còn chờ số liệu của 15/16 địa bàn." in lines
    (waiting,) = [line for line in lines if line.startswith("  ! Phường Vĩnh Lạc")]
    assert waiting.endswith("(Ban Chỉ đạo thành phố Rạch Giá): số liệu có lỗi, chờ sửa (held_by_findings)")


def test_status_of_a_late_file(call: Call, form: Form, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-18T08:00:00+07:00")
    send(form())
    (line,) = [n for n in call("status", "--period", "2021-6t").out.splitlines() if n.startswith("899 ")]
    assert "gửi muộn; còn thiếu " in line


def test_status_sums_up_what_is_late_or_wrong(
    call: Call, form: Form, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = ("status", "--period", "2021-6t")
    assert call(*of).out.splitlines()[1] == "Đã gửi 0/15 đơn vị."
    send(form(changes={("30745", "TTXH_KP"): 25}))
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-18T08:00:00+07:00")
    assert call(*of).out.splitlines()[1] == "Đã gửi 1/15 đơn vị; quá hạn: 14; có địa bàn bị giữ lại: 1."
    send(form())
    assert call(*of).out.splitlines()[1] == "Đã gửi 1/15 đơn vị; quá hạn: 14; gửi muộn: 1."


def test_status_names_a_refused_file_until_another_is_sent(
    call: Call, form: Form, send: Send, tmp_path: Path
) -> None:
    broken = tmp_path / "hỏng.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    send(broken)
    (file,) = call("status", "--json").json["unsettled"]
    assert (file["id"], file["file_name"], file["status"]) == ("S000001", "899-rach-gia/hỏng.xlsx", "refused")
    said = "! S000001 899-rach-gia/hỏng.xlsx: từ chối (refused), 12/10/2021 09:00; chưa gửi lại"
    assert said in call("status").out.splitlines()
    send(broken)
    assert len(call("status", "--json").json["unsettled"]) >= 1
    send(form())
    assert call("status", "--json").json["unsettled"] == []


def test_status_names_a_file_that_nobody_answered(call: Call, form: Form, data_folder: Path) -> None:
    inbox = data_folder / "inbox" / "899-rach-gia"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "a.xlsx").write_bytes(form().read_bytes())
    claim_drops()
    assert "! S000001 899-rach-gia/a.xlsx: đã nhận tệp, chưa trả lời (claimed), 12/10/2021 09:00" in (
        call("status").out.splitlines()
    )


def test_before_anything_happened_nothing_is_wrong(call: Call) -> None:
    assert call("audit").code == 0
    assert call("register").out == "Chưa có văn bản nào được phát hành.\n"


def test_status_of_a_month_blocks_nothing(call: Call) -> None:
    of = ("status", "--period", "2021-t05")
    found = call(*of, "--json").json
    assert set(found) == STATUS_KEYS | ALONE_KEYS
    assert (found["is_milestone"], found["blocked_by"]) == (False, [])
    out = call(*of).out
    assert "!" not in out
    assert "Văn bản" not in out


@pytest.mark.scene
def test_status_of_a_milestone_that_months_cover(call: Call, data_folder: Path, tmp_path: Path) -> None:
    for month in ("05", "06", "07", "08", "09", "10"):
        send_month(data_folder, call, tmp_path, f"2021-t{month}", "a")
    found = call("status", "--period", "2021-6t", "--json").json
    assert "30745" not in {entry["locality"] for entry in found["blocked_by"]}


def test_status_tells_where_a_document_stands(call: Call, plan: Plan) -> None:
    path = call("report", *MILESTONE).out.splitlines()[0]
    draft = call("status", "--period", "2021-6t", "--json").json["documents"][0]
    assert (draft["state"], path.endswith(draft["path"])) == ("draft", True)
    assert f": dự thảo, chờ phê duyệt (draft), {draft['path']}" in call("status").out
    decision: dict[str, object] = {
        "chosen": "approve",
        "number": "09",
        "date": "20/10/2021",
        "signer": plan.board.signatory.name,
        "comment": "",
        "by": "office",
    }
    (issued,) = issue_documents(record_decision([draft["id"]], decision))
    assert f": đã phát hành (issued), số 09, {issued}" in call("status").out


def test_explain_says_what_lacks_who_must_act_and_what_no_longer_matters(
    call: Call, form: Form, send: Send
) -> None:
    changes: dict[tuple[str, str], object] = {("30745", "TTXH_KP"): 12, ("30745", "TNGT_CHET"): None}
    changes |= {
        ("30745", "TNGT_VU"): 9,
        ("30745", "TGTB_GQ"): None,
        ("30745", "THT"): 8,
        ("30745", "MH_CC"): None,
    }
    send(form(changes=changes))
    answer = call("explain", *MILESTONE, "--locality", "30745")
    by_code: dict[str, list[str]] = {}
    for block in answer.out.split("\n\n")[1:]:
        code, *lines = block.splitlines()
        by_code[code.split()[0]] = [line.strip() for line in lines]
    assert "để đạt: thiếu 4 vụ (khám phá)" in by_code["II.2"]
    besides = "vượt 5 vụ (số vụ tai nạn giao thông); ngoài ra còn phải có số liệu TNGT_CHET"
    assert f"để đạt: {besides}" in by_code["IV.2"]
    assert "KHÔNG ĐẠT dù TNGT_CHET thế nào" in by_code["IV.2"]
    assert "bên phải làm: Ban Chỉ đạo thành phố Rạch Giá" in by_code["II.6"]
    assert "còn có thể: ĐẠT hoặc KHÔNG ĐẠT, tùy theo TGTB_GQ" in by_code["II.6"]
    assert "bên phải làm: Công an tỉnh" in by_code["VI.1"]
    assert "sát ngưỡng (n = 8)" in by_code["II.7"]
    assert "ĐẠT dù MH_CC thế nào" in by_code["V.1"]
    assert all("ấn bản: 2021.1 (mẫu)" in lines for lines in by_code.values())
    listed = call("assess", *MILESTONE).out.splitlines()
    assert listed[listed.index("Chỉ tiêu của tỉnh, tạm tính (kết luận ở mốc 2021-nam):") + 1][:2] == "P1"
    row = listed.index("Còn thiếu để đạt:") + 1
    assert listed[row] == f"  Phường Vĩnh Lạc: II.2 thiếu 4 vụ (khám phá); IV.2 {besides}"
    row = listed.index("Chưa kết luận được:")
    assert listed[row + 1 : row + 3] == [
        "  Phường Vĩnh Lạc: II.6: chưa có số liệu (blank); bên phải làm: Ban Chỉ đạo thành phố Rạch Giá",
        "  mọi địa bàn: VI.1: chưa có hướng dẫn (no_guidance); bên phải làm: Công an tỉnh",
    ]
    assert listed[row + 3].startswith("  Phường Bình San: I.1, I.2, II.1")
    assert listed[row + 3].endswith(
        ": chưa có báo cáo (not_submitted); bên phải làm: Ban Chỉ đạo thành phố Hà Tiên"
    )


def test_explain_says_what_a_locality_can_still_become(call: Call, form: Form, send: Send) -> None:
    send(form())
    lines = call("explain", *MILESTONE, "--locality", "30745").out.splitlines()
    assert lines[1] == "còn có thể: ĐẠT hoặc KHÔNG ĐẠT, tùy theo VI.1"
    absent = call("explain", *MILESTONE, "--locality", "30787").out.splitlines()
    assert absent[1].startswith("còn có thể: ĐẠT hoặc KHÔNG ĐẠT, tùy theo I.1, I.2, II.1")


def test_words_for_what_is_left_to_say(plan: Plan) -> None:
    assert format_actor(plan, "30745", "office") == f"Văn phòng {plan.board.short_name}"
    assert format_guard({"total": "3", "on_the_edge": True, "few": True}) == "sát ngưỡng, mẫu nhỏ (n = 3)"
    settled = {
        "verdict": "insufficient",
        "possible": ["met"],
        "criteria": [{"criterion": "C7", "verdict": "insufficient"}],
    }
    assert explain_locality(settled) == "ĐẠT dù C7 thế nào"
    assert explain_locality({**settled, "verdict": "met"}) == ""
    wide = {**settled, "possible": ["met", "not_met"], "is_wide": True}
    assert explain_locality(wide) == f"còn có thể: ĐẠT hoặc KHÔNG ĐẠT, tùy theo C7 ({WIDE})"
    assert WIDE.startswith("chưa tính hết")
    result = {
        "edition": "2",
        "steps": [],
        "guard": None,
        "actor": "office",
        "locality": "30745",
        "possible": [],
        "missing": ["A"],
        "matters": [],
        "verdict": "insufficient",
    }
    assert explain_outlook(plan, result)[-1] == "không tùy theo A"
    wide = {**result, "possible": ["met", "not_met"], "matters": ["A"], "is_wide": True}
    assert explain_outlook(plan, wide)[-1] == f"còn có thể: ĐẠT hoặc KHÔNG ĐẠT, tùy theo A ({WIDE})"


def test_a_figure_known_in_part_is_printed_with_its_bounds() -> None:
    entry = {"value": None, "reason": "blank", "unit": "vụ", "low": "1", "high": None}
    assert _format_input(entry, is_statement=False) == "ít nhất 1 vụ"
    assert _format_input({**entry, "high": "3"}, is_statement=False) == "từ 1 đến 3 vụ"
    assert _format_input({**entry, "low": None, "high": "3"}, is_statement=False) == "nhiều nhất 3 vụ"
    assert _format_input({**entry, "low": None}, is_statement=False) == "(trống)"
    assert _format_input({"value": None, "reason": None, "unit": "vụ"}, is_statement=False) == "(trống)"
