"""From the list to recognition, follow-up and relapse by the command; audited and rebuilt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from chuyenhoa.cli import main
from chuyenhoa.model.lifecycle import State
from chuyenhoa.pipeline.assess.locality_status import list_history
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.keep.auditing import audit_store, compare, dump_store
from chuyenhoa.pipeline.keep.rebuilding import rebuild_store
from chuyenhoa.pipeline.publish.rendering import freeze_snapshot
from chuyenhoa.store import open_store
from chuyenhoa.store.tables import DocumentRow, SnapshotRow

Run = Callable[..., tuple[int, Any, str]]
REASON = "theo biên bản thẩm định ngày 20/01/2022"
GIVEN = ("--number", "12/QĐ-BCĐ", "--date", "24/01/2022", "--by", "Văn phòng")


@pytest.fixture
def run(data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command on 1/2/2022; its code, what it printed as JSON, and its complaints."""
    monkeypatch.setenv("CHUYENHOA_NOW", "2022-02-01T08:00:00+07:00")

    def call(*arguments: object) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in (*arguments, "--json")])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return call


def _recognise(run: Run, code: str, decision: str = "met", *more: str) -> tuple[int, Any, str]:
    given = (*GIVEN, *more)
    return run("recognise", "--milestone", "2021-nam", "--locality", code, "--decision", decision, *given)


def _state(run: Run, code: str) -> str | None:
    found: str | None = run("lifecycle", "--locality", code)[1]["localities"][0]["state"]
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_life_across_plans_is_recorded_audited_and_rebuilt(
    run: Run, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if database == "postgresql":
        monkeypatch.setenv("CHUYENHOA_STORE", request.getfixturevalue("postgres").new_store())
    code, made, _ = _recognise(run, "30745", "met", "--reason", REASON)
    assert code == 0
    assert [entry["state"] for entry in made] == ["selected", "transforming", "recognised"]
    assert made[-1]["computed"] == "insufficient"
    assert made[-1]["assessment"] is not None
    assert (made[0]["decision_number"], made[0]["decision_date"]) == ("121/KH-BCĐ", "2021-06-14")
    for state in ("monitored", "relapsed"):
        assert run("transition", "--plan", "2021", "--state", state, "--locality", "30745", *GIVEN)[0] == 0
    assert _state(run, "30745") == "relapsed"
    back = ("--withdraw", 5, "--by", "Văn phòng")
    assert "lý do hủy" in run("transition", *back)[2]
    assert run("transition", *back, "--reason", "ghi nhầm địa bàn")[0] == 0
    assert _state(run, "30745") == "monitored"
    ctx = open_context()
    assert audit_store(ctx).faults == ()
    target = f"sqlite:///{tmp_path / 'again' / 'store.db'}"
    assert rebuild_store(ctx, target).differences == []
    with ctx.store.reading() as here, open_store(target).reading() as there:
        before, after = dump_store(here), dump_store(there)
    assert len(before["transitions"]) == 6
    assert list(compare(before, after)) == []


def test_a_record_that_was_changed_is_found(run: Run) -> None:
    from sqlalchemy import text

    assert _recognise(run, "30745", "met", "--reason", REASON)[0] == 0
    with open_context().store.engine.begin() as connection:
        connection.execute(text("UPDATE transitions SET decision_number = '13/QĐ-BCĐ' WHERE number = 3"))
    (fault,) = audit_store(open_context(), is_quick=True).faults
    assert (fault.part, fault.where) == ("records", "transitions 3")


def test_a_decision_that_differs_from_the_verdict_needs_a_reason(run: Run) -> None:
    code, made, complaint = _recognise(run, "30745")
    assert (code, made) == (2, None)
    assert "quyết định khác kết quả tính toán (CHƯA ĐỦ SỐ LIỆU): phải ghi lý do" in complaint
    assert list_history() == []


@pytest.mark.parametrize(
    ("reason", "flaw"), [("x", "chỉ nói"), ("đúng thực tế", "chỉ nói"), ("theo biên bản", "quá ngắn")]
)
def test_a_filler_is_no_reason_for_a_decision_that_differs(run: Run, reason: str, flaw: str) -> None:
    code, _, complaint = _recognise(run, "30745", "met", "--reason", reason)
    assert code == 2
    assert f"(CHƯA ĐỦ SỐ LIỆU): lý do “{reason}” {flaw}" in complaint
    assert list_history() == []


@pytest.mark.parametrize("state", ["recognised", "not_recognised"])
def test_recognition_of_a_plan_never_goes_round_the_computed_verdict(run: Run, state: str) -> None:
    about = ("--plan", "2021", "--locality", "30745")
    for before in ("selected", "transforming"):
        assert run("transition", *about, "--state", before, *GIVEN)[0] == 0
    code, _, complaint = run("transition", *about, "--state", state, *GIVEN, "--reason", REASON)
    assert code == 2
    assert "ghi bằng lệnh chuyenhoa recognise" in complaint
    assert _state(run, "30745") == "transforming"


def test_recognition_rests_on_the_last_milestone(run: Run) -> None:
    about = ("--milestone", "2021-6t", "--locality", "30745", "--decision", "met", "--reason", REASON)
    code, _, complaint = run("recognise", *about, *GIVEN)
    assert code == 2
    assert "2021-6t là mốc sơ kết" in complaint
    assert "mốc 2021-nam" in complaint
    assert list_history() == []


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (("--date", "24/01/2022", "--by", "VP"), "chưa có số quyết định"),
        (("--number", "1", "--by", "VP"), "chưa có ngày quyết định hợp lệ"),
        (("--number", "1", "--date", "31/02/2022", "--by", "VP"), "chưa có ngày quyết định hợp lệ"),
        (("--number", "1", "--date", "02/02/2022", "--by", "VP"), "sau ngày hôm nay"),
        (("--number", "1", "--date", "13/06/2021", "--by", "VP"), "trước ngày của bản ghi trước"),
        (("--number", "1", "--date", "24/01/2022", "--by", " "), "không rõ ai ghi nhận"),
    ],
)
def test_a_record_needs_a_decision_a_date_and_somebody(
    run: Run, given: tuple[str, ...], complaint: str
) -> None:
    about = ("--milestone", "2021-nam", "--locality", "30745", "--decision", "met", "--reason", REASON)
    code, _, told = run("recognise", *about, *given)
    assert code == 2
    assert complaint in told
    assert list_history() == []


def test_a_locality_that_is_not_listed_cannot_be_recognised(run: Run) -> None:
    assert (
        "không có trong danh sách của kế hoạch 2021" in _recognise(run, "30748", "met", "--reason", REASON)[2]
    )
    chosen = run("transition", "--plan", "2021", "--state", "selected", "--locality", "30748", *GIVEN)
    assert "30748 (Phường An Hòa): không có trong danh sách của kế hoạch 2021" in chosen[2]
    unknown = run("transition", "--plan", "2021", "--state", "released", "--locality", "99999", *GIVEN)
    assert "không có địa bàn này" in unknown[2]
    no_plan = run("transition", "--plan", "21", "--state", "selected", "--locality", "30745", *GIVEN)
    assert "không có kế hoạch '21'" in no_plan[2]


def test_recognised_twice_is_refused_with_what_is_allowed_and_nothing_else_is_kept(run: Run) -> None:
    assert _recognise(run, "30745", "met", "--reason", REASON)[0] == 0
    two = ("--locality", "30754", "--locality", "30745")
    about = ("--milestone", "2021-nam", "--decision", "not_met", "--reason", REASON)
    code, _, complaint = run("recognise", *about, *two, *GIVEN)
    assert code == 2
    assert "được phép: theo dõi (monitored), ra khỏi diện (released), tái phức tạp (relapsed)" in complaint
    assert _state(run, "30754") is None


def _workbook(folder: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = folder / "quyet-dinh.xlsx"
    book.save(path)
    return path


def _csv(folder: Path, rows: list[list[object]]) -> Path:
    path = folder / "quyet-dinh.csv"
    lines = (";".join(str(value) if value is not None else "" for value in row) for row in rows)
    path.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("write", [_workbook, _csv])
def test_all_localities_at_once_from_a_file(
    run: Run, tmp_path: Path, write: Callable[[Path, list[list[object]]], Path]
) -> None:
    codes = list(open_context().plan_of("2021-nam").locality_by_code)
    day = date(2022, 1, 25) if write is _workbook else "25/01/2022"
    rows: list[list[object]] = [["MA_DIA_BAN", "KET_QUA", "SO_QUYET_DINH", "NGAY_QUYET_DINH", "LY_DO"]]
    rows += [[c, "Đạt" if n < 10 else "Chưa đạt", None, None, REASON] for n, c in enumerate(codes)]
    rows[3][2:4] = ["15/QĐ-BCĐ", day]
    rows.append([None] * 5)
    path = write(tmp_path, rows)
    code, made, complaint = run("recognise", "--milestone", "2021-nam", "--file", path, *GIVEN)
    assert code == 0, complaint
    decided = [entry for entry in made if entry["state"] in ("recognised", "not_recognised")]
    assert [entry["locality"] for entry in decided] == codes
    assert [entry["decision_number"] for entry in decided[1:4]] == ["12/QĐ-BCĐ", "15/QĐ-BCĐ", "12/QĐ-BCĐ"]
    assert decided[2]["decision_date"] == "2022-01-25"
    kpis = run("lifecycle", "--plan", "2021")[1]["kpis"]
    official = next(k for k in kpis if k["code"] == "P1" and k["origin"] == "recorded")
    assert (official["total"], official["reached"], official["needed"]) == (16, 10, 10)
    assert official["verdict"] == "met"
    assert official["reached_localities"] == codes[:10]
    forecast = next(k for k in kpis if k["code"] == "P1" and k["origin"] == "computed")
    assert (forecast["reached"], forecast["verdict"]) == (0, "insufficient")


def test_a_file_with_one_bad_row_records_nothing_and_names_the_row(run: Run, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["MA_DIA_BAN", "KET_QUA", "LY_DO"],
        ["30745", "Đạt", REASON],
        ["30754", "Giỏi", REASON],
    ]
    code, _, complaint = run("recognise", "--milestone", "2021-nam", "--file", _csv(tmp_path, rows), *GIVEN)
    assert code == 2
    assert "dòng 3: chưa rõ địa bàn '30754' được quyết định thế nào ('giỏi')" in complaint
    rows[2][1], rows[2][2] = "Đạt", ""
    code, _, complaint = run("recognise", "--milestone", "2021-nam", "--file", _csv(tmp_path, rows), *GIVEN)
    assert code == 2
    assert "dòng 3, 30754 (Phường Rạch Sỏi): quyết định khác kết quả" in complaint
    assert list_history() == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "không có dòng nào"),
        (b"A;B\n1;2", "không có cột MA_DIA_BAN"),
        (b"MA_DIA_BAN\n", "không có quyết định nào"),
        (b"PK\x03\x04junk", "không đọc được như một tệp Excel"),
        (b"\xff\xfe", "không phải tệp Excel hay CSV"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    run: Run, tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    code, _, told = run("recognise", "--milestone", "2021-nam", "--file", path, *GIVEN)
    assert code == 2
    assert complaint in told


def test_an_issued_decision_binds_number_and_date(run: Run) -> None:
    snapshot = freeze_snapshot("2021-nam")
    with open_context().store.writing() as session:
        assert session.get_one(SnapshotRow, snapshot).milestone == "2021-nam"
        session.add(
            DocumentRow(
                id="2021-nam.quyet_dinh_cong_nhan.v1",
                milestone="2021-nam",
                kind="quyet_dinh_cong_nhan",
                version=1,
                snapshot=snapshot,
                template_sha256="",
                draft_sha256="",
                draft_path="",
                state="issued",
                rendered_at="",
                number="07",
                date="2022-01-20",
            )
        )
    code, _, complaint = _recognise(run, "30745", "met", "--reason", REASON)
    assert code == 2
    assert "quyết định công nhận đã ban hành là số 07 ngày 20/01/2022" in complaint
    about = ("--milestone", "2021-nam", "--decision", "met", "--reason", REASON, "--by", "VP")
    named = run("recognise", *about, "--locality", "30745", "--number", "7/QĐ-BCĐ", "--date", "20/1/2022")[1]
    assert (named[-1]["document"], named[-1]["decision_number"]) == (
        "2021-nam.quyet_dinh_cong_nhan.v1",
        "7/QĐ-BCĐ",
    )
    taken = run("recognise", *about, "--locality", "30754")[1]
    assert (taken[-1]["decision_number"], taken[-1]["decision_date"]) == ("07", "2022-01-20")


def test_earlier_plans_count_for_the_target_and_stand_in_the_snapshot(run: Run) -> None:
    for state, codes in {
        "recognised": ("30730", "30733"),
        "monitored": ("30730",),
        "relapsed": ("30733",),
    }.items():
        acts = [part for code in codes for part in ("--locality", code)]
        given = ("--number", "5", "--date", "20/04/2021", "--by", "VP")
        assert run("transition", "--plan", "2020", "--state", state, *acts, *given)[0] == 0
    assert _recognise(run, "30745", "met", "--reason", REASON)[0] == 0
    found = run("assess", "--milestone", "2021-nam")[1]["targets"]
    target = next(entry for entry in found if entry["code"] == "P2")
    assert (target["total"], target["reached"], target["needed"], target["verdict"]) == (2, 1, 2, "not_met")
    with open_context().store.reading() as session:
        frozen = json.loads(session.get_one(SnapshotRow, freeze_snapshot("2021-nam")).content)
    assert frozen["recognitions"]["30745"]["state"] == "recognised"
    assert frozen["recognitions"]["30745"]["computed"] == "insufficient"
    assert [(e["locality"], e["state"]) for e in frozen["earlier"]] == [
        ("30730", "monitored"),
        ("30733", "relapsed"),
    ]
    assert frozen["states"]["30745"] == "recognised"
    assert frozen["states"]["30754"] is None
    assert {(k["code"], k["origin"]) for k in frozen["kpis"]} == {
        ("P1", "computed"),
        ("P1", "recorded"),
        ("P2", "recorded"),
    }


def test_what_was_not_met_is_named_when_the_next_plan_omits_it(
    run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--number", "5", "--date", "20/04/2021", "--by", "VP")
    assert (
        run("transition", "--plan", "2020", "--state", "not_recognised", "--locality", "30745", *given)[0]
        == 0
    )
    assert (
        run("transition", "--plan", "2020", "--state", "not_recognised", "--locality", "30730", *given)[0]
        == 0
    )
    assert run("lifecycle", "--plan", "2021")[1]["not_carried_over"] == ["30730"]
    assert main(["plan", "check"]) == 0
    printed = capsys.readouterr().out
    assert "warning: localities.csv:1: locality 30730 was chưa đạt in plan 2020 (5)" in printed
    assert "30745" not in printed
    assert run("transition", "--plan", "2021", "--state", "released", "--locality", "30730", *GIVEN)[0] == 0
    assert run("lifecycle", "--plan", "2021")[1]["not_carried_over"] == []


def test_people_read_the_history_of_one_locality(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    _recognise(run, "30745", "not_met", "--reason", REASON)
    assert main(["lifecycle", "--locality", "30745"]) == 0
    printed = capsys.readouterr().out
    assert "chưa đạt: số 12/QĐ-BCĐ ngày 24/01/2022, Văn phòng ghi nhận" in printed
    assert f"tính toán: CHƯA ĐỦ SỐ LIỆU; lý do: {REASON}" in printed
    assert main(["lifecycle", "--locality", "00000"]) == 2
    assert main(["lifecycle", "--plan", "1999"]) == 2
    assert main(["recognise", "--milestone", "2021-nam", "--by", "VP"]) == 2
    assert main(["transition", "--by", "VP"]) == 2
    assert list_history("2021", "30745")[-1].transition.state is State.NOT_RECOGNISED
