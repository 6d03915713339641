"""Sentences of the reports: forms for none, one and few, gaps said aloud, nothing empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs

from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.reporting.papers.context import build_context, list_strings
from chuyenhoa.reporting.papers.sheet import list_notes
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.outcomes import (
    write_annual_proposals,
    write_progress,
    write_targets,
    write_verdicts,
)
from chuyenhoa.reporting.wording.phrases import PhraseError, Phrases, fill, load_phrases
from chuyenhoa.reporting.wording.prose import describe_change, list_by_place, rank_localities, write_chapter
from chuyenhoa.reporting.wording.review import quote_narratives, write_shortcomings, write_strengths
from chuyenhoa.reporting.wording.tables import build_matrix, build_table, compare_indicators, list_submissions

Make = Callable[..., Snapshot]
NOW, THEN = Basis.CURRENT, Basis.BASELINE
KINDS = (("bao_cao_so_ket", "2021-6t"), ("bao_cao_tong_ket", "2021-nam"))


def only(plan: Plan, *codes: str) -> Plan:
    return replace(plan, localities=tuple(entry for entry in plan.localities if entry.code in codes))


@pytest.mark.parametrize(
    ("current", "baseline", "text"),
    [
        (5478, 6327, "giảm 849 vụ (13,42%) so với cùng kỳ năm 2020"),
        (12, 10, "tăng 02 vụ (20,00%) so với cùng kỳ năm 2020"),
        (0, 5, "giảm 05 vụ (100%) so với cùng kỳ năm 2020"),
        (3, 0, "tăng 03 vụ (cùng kỳ năm 2020 không xảy ra)"),
        (7, 7, "bằng cùng kỳ năm 2020"),
        (0, 0, ""),
    ],
)
def test_changes(snapshot_of: Make, current: int, baseline: int, text: str) -> None:
    view = SnapshotView(snapshot_of())
    assert describe_change(Decimal(current), Decimal(baseline), "vụ", view) == text


def test_a_rise_from_nothing_of_persons(snapshot_of: Make) -> None:
    view = SnapshotView(snapshot_of())
    assert (
        describe_change(Decimal(2), Decimal(0), "người", view) == "tăng 02 người (cùng kỳ năm 2020 không có)"
    )


def test_a_remark_on_a_figure_names_the_figure(snapshot_of: Make) -> None:
    notes = {
        "gap.30754": "g",
        "difference.30754.current.XHD": "d",
        "difference.30754.baseline.TNGT_VU.2021-6t": "e",
        "restated.30754.TNGT_VU": "r",
        "difference.30745.current.XHD": "of another locality",
    }
    snapshot = replace(snapshot_of(), notes=notes, justifications=())
    about = next(entry for entry in snapshot.localities if entry.code == "30754")
    assert list_notes(about, SnapshotView(snapshot)) == [
        "g.",
        "Vụ, nhóm có dấu hiệu hoạt động “xã hội đen”: d.",
        "Số vụ tai nạn giao thông (cùng kỳ): e.",
        "Số vụ tai nạn giao thông (cùng kỳ): r.",
    ]


def test_nothing_is_said_in_words(snapshot_of: Make, plan: Plan) -> None:
    figures = {("30754", "CHAY_VU", NOW): 0, ("30754", "CHAY_VU", THEN): 0}
    view = SnapshotView(snapshot_of(plan=only(plan, "30754"), figures=figures))
    assert "Cháy, nổ: không xảy ra." in write_chapter("situation", view)


def test_a_blank_is_said_and_never_counted(snapshot_of: Make, plan: Plan) -> None:
    figures = {
        ("30754", "CHAY_VU", NOW): None,
        ("30772", "CHAY_VU", NOW): 4,
        ("30772", "CHAY_VU", THEN): 2,
    }
    view = SnapshotView(snapshot_of(plan=only(plan, "30754", "30772"), figures=figures))
    (line,) = [entry for entry in write_chapter("situation", view) if entry.startswith("Cháy")]
    assert line.startswith(
        "Cháy, nổ: xảy ra 04 vụ (chưa gồm số liệu của phường Rạch Sỏi), "
        "tăng 02 vụ (100%) so với cùng kỳ năm 2020"
    )


def test_comparisons_are_over_localities_with_both_windows(snapshot_of: Make, plan: Plan) -> None:
    figures = {
        ("30754", "TTXH_XR", NOW): 100,
        ("30754", "TTXH_XR", THEN): None,
        ("30772", "TTXH_XR", NOW): 9,
        ("30772", "TTXH_XR", THEN): 12,
    }
    view = SnapshotView(snapshot_of(plan=only(plan, "30754", "30772"), figures=figures))
    line = write_chapter("situation", view)[0]
    assert "xảy ra 109 vụ; tính riêng 01 địa bàn có số liệu của cả hai kỳ: giảm 03 vụ (25,00%)" in line
    row = next(entry for entry in compare_indicators(view) if entry["number"] == "1")
    assert (row["current"], row["baseline"], row["difference"], row["share"]) == ("9", "12", "-3", "-25,00%")
    table = build_table("comparison_localities", view)
    assert table["totals"] == ["9*", "12*", "-3*", "-25,00%*"]
    assert table["notes"] == ["* Tổng cộng chỉ tính các địa bàn có số liệu của cả hai kỳ."]
    assert row["remark"] == "Tính trên 01 địa bàn có số liệu hai kỳ; tổng số kỳ này của 02 địa bàn: 109"


def test_no_baseline_is_said(snapshot_of: Make, plan: Plan) -> None:
    figures = {("30754", "TTXH_XR", NOW): 5, ("30754", "TTXH_XR", THEN): None}
    view = SnapshotView(snapshot_of(plan=only(plan, "30754"), figures=figures))
    assert "xảy ra 05 vụ, chưa có số liệu cùng kỳ năm 2020 để so sánh" in write_chapter("situation", view)[0]
    row = next(entry for entry in compare_indicators(view) if entry["number"] == "1")
    assert (row["current"], row["baseline"], row["remark"]) == ("5", "…", "Chưa có số liệu cùng kỳ")


def test_a_locality_without_any_figure_is_named_once_for_all_sums(snapshot_of: Make) -> None:
    view = SnapshotView(snapshot_of(figures={("30754", "TNGT_BTH", NOW): None}))
    assert view.silent == ("31027",)
    note = build_context("bao_cao_tong_ket", view.snapshot)["data_note"]
    assert note.endswith("Chưa có số liệu của xã An Minh Bắc; các số liệu dưới đây không gồm địa bàn này.")
    chapters = cast(dict[str, object], view.snapshot.phrases["chapters"])
    text = " ".join(line for name in chapters for line in write_chapter(name, view))
    assert "An Minh Bắc" not in text
    assert text.count("chưa gồm") == 1
    assert "(chưa gồm cả số liệu của phường Rạch Sỏi)" in text
    assert "15/16 địa bàn đã ban hành nghị quyết, kế hoạch chuyển hóa địa bàn." in text


def test_a_province_that_reported_nothing(snapshot_of: Make, plan: Plan) -> None:
    evidence = {
        e.code: LocalityEvidence(e.code, absence=InsufficiencyReason.NOT_SUBMITTED) for e in plan.localities
    }
    for kind, period in KINDS:
        snapshot = snapshot_of(period, evidence=evidence, submissions=(), narratives={})
        context = build_context(kind, snapshot)
        assert context["situation"][0] == "Tội phạm về trật tự xã hội: chưa có số liệu."
        assert context["ranking"] == []
        assert context["highlights"] == ["Các địa phương chưa báo cáo kết quả nổi bật."]
        assert context["investigation_table"]["totals"] == ["…"] * 11
        assert len(context["submission_rows"]) == len(plan.submitters)
        assert_readable(context)


def test_a_plan_without_localities(snapshot_of: Make, plan: Plan) -> None:
    for kind, period in KINDS:
        context = build_context(kind, snapshot_of(period, plan=replace(plan, localities=())))
        assert context["locality_lines"] == []
        assert context["locality_intro"].startswith("Năm 2021 chưa có địa bàn")
        assert context["verdict_lines"] == ["Chưa có địa bàn để đánh giá."]
        assert_readable(context)


@pytest.mark.parametrize(("kind", "period"), KINDS)
def test_no_heading_is_left_empty(snapshot_of: Make, kind: str, period: str) -> None:
    context: dict[str, Any] = dict(build_context(kind, snapshot_of(period, narratives={})))
    optional = {"ranking", "shortcoming_quotes", "justification_rows", "difference_lines"}
    empty = [name for name, value in context.items() if value == [] and name not in optional]
    assert empty == []


@pytest.mark.parametrize(("kind", "period"), KINDS)
def test_every_text_reads_well(snapshot_of: Make, kind: str, period: str) -> None:
    assert_readable(build_context(kind, snapshot_of(period)))


def assert_readable(context: object) -> None:
    for text in list_strings(context):
        assert not re.search(r"None|nan\b|\b0,00%|\{[a-z]|  +\S.*\.$|,\s*\.|\(\)|: \.", text), text


def test_lists_of_one_two_and_three() -> None:
    phrases = Phrases(load_phrases())
    assert phrases.enumerate([]) == ""
    assert phrases.enumerate(["A"]) == "A"
    assert phrases.enumerate(["A", "B"]) == "A và B"
    assert phrases.enumerate(["A", "B", "C"]) == "A, B và C"


def test_ranking_names_the_highest_and_the_changes(snapshot_of: Make, plan: Plan) -> None:
    figures = {
        ("30754", "TTXH_XR", NOW): 9,
        ("30754", "TTXH_XR", THEN): 0,
        ("30772", "TTXH_XR", NOW): 12,
        ("30772", "TTXH_XR", THEN): 15,
        ("30745", "TTXH_XR", NOW): 4,
        ("30745", "TTXH_XR", THEN): 4,
    }
    view = SnapshotView(snapshot_of(plan=only(plan, "30745", "30754", "30772"), figures=figures))
    assert rank_localities(view) == [
        "Địa bàn xảy ra nhiều vụ phạm tội về trật tự xã hội nhất: phường Bình San (12 vụ), "
        "phường Rạch Sỏi (09 vụ) và phường Vĩnh Lạc (04 vụ).",
        "Có 01/03 địa bàn giảm số vụ so với cùng kỳ năm 2020: phường Bình San giảm 03 vụ (20,00%).",
        "Có 01/03 địa bàn tăng số vụ so với cùng kỳ năm 2020: "
        "phường Rạch Sỏi tăng 09 vụ (cùng kỳ năm 2020 không xảy ra).",
        "Có 01/03 địa bàn có số vụ bằng cùng kỳ năm 2020: phường Vĩnh Lạc.",
    ]


def test_homonyms_carry_their_district(snapshot_of: Make, plan: Plan) -> None:
    twins = tuple(replace(entry, name="Xã Bình An") for entry in plan.localities[:3])
    view = SnapshotView(snapshot_of(plan=replace(plan, localities=twins)))
    assert view.names["30772"] == "Xã Bình An (Thành phố Hà Tiên)"
    assert list_by_place(view)[0].startswith("Năm 2021, Ban Chỉ đạo tỉnh chọn 03 địa bàn thuộc 02 đơn vị")


def test_annual_outcomes(snapshot_of: Make) -> None:
    view = SnapshotView(snapshot_of(figures={("30808", "DIEM_MT", NOW): 1}))
    lines = write_verdicts(view)
    told = "- Xã Bình An: không đạt tiêu chí III.2 – không còn điểm ma túy: còn 01 điểm, tụ điểm phức tạp"
    assert any(line.startswith(told) for line in lines)
    assert "- Xã An Minh Bắc: đơn vị chưa gửi báo cáo." in lines
    proposals = write_annual_proposals(view)
    met = len(view.with_verdict("met"))
    assert met > 0
    assert proposals["proposal_lines"] == [
        "Công an tỉnh – Cơ quan thường trực trình Trưởng Ban Chỉ đạo tỉnh xem xét, quyết định công nhận "
        f"chuyển hóa đạt năm 2021 đối với {met:02d} địa bàn đạt tất cả các nhóm tiêu chí nêu tại điểm 2."
    ]
    assert any("năm 2022" in line for line in proposals["continue_lines"])


def test_six_month_outcomes(snapshot_of: Make) -> None:
    view = SnapshotView(snapshot_of("2021-6t", figures={("30808", "DIEM_MT", NOW): 1}))
    lines, risks = write_progress(view)
    assert any("chờ hướng dẫn của Công an tỉnh" in line for line in lines)
    assert "- Xã An Minh Bắc: đơn vị chưa gửi báo cáo." in lines
    assert any(line.startswith("- Xã Bình An: không đạt tiêu chí III.2") for line in risks)
    assert not any("VI.1" in line for line in risks)


def test_targets_by_outcome(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    one, other = snapshot.targets
    one = structs.replace(one, verdict="met", reached=10, total=16, needed=10)
    other = structs.replace(other, verdict="not_applicable")
    first, second = write_targets(SnapshotView(replace(snapshot, targets=(one, other))))
    assert first.endswith(
        "có 10/16 địa bàn đủ điều kiện xem xét công nhận, dự kiến đạt chỉ tiêu (yêu cầu ít nhất 10 địa bàn)."
    )
    assert second.endswith("không có địa bàn thuộc diện đánh giá.")
    snapshot = replace(snapshot, targets=(structs.replace(one, verdict="insufficient"), other))
    assert "chưa đủ số liệu để kết luận" in write_targets(SnapshotView(snapshot))[0]
    assert write_targets(SnapshotView(snapshot_of()))[1].endswith(
        "chưa có danh sách địa bàn thuộc diện đánh giá."
    )


def test_quotes_keep_every_paragraph_and_end_in_a_stop(snapshot_of: Make) -> None:
    texts = {"899": {"LANH_DAO": "Một\r\n\r\n Hai!\n"}, "900": {"LANH_DAO": "  "}}
    view = SnapshotView(snapshot_of(narratives=texts))
    assert quote_narratives("leadership", view) == [
        "Công tác chỉ đạo tại các địa phương:",
        "- Thành phố Rạch Giá: Một.",
        "Hai!",
    ]
    assert quote_narratives("proposals", view) == []


def test_review_names_late_and_silent_submitters(snapshot_of: Make) -> None:
    view = SnapshotView(snapshot_of())
    text = " ".join(write_shortcomings(view))
    assert "01 đơn vị gửi báo cáo sau thời hạn: huyện An Minh." in text
    assert "02 đơn vị chưa có báo cáo được chấp nhận: huyện Kiên Hải và huyện U Minh Thượng." in text
    assert "12/15 đơn vị cấp huyện gửi báo cáo đúng hạn." in write_strengths(view)


def test_tables_mark_gaps_in_cells_and_totals(snapshot_of: Make, plan: Plan) -> None:
    figures = {("30754", "TTXH_KP", NOW): None, ("30772", "TTXH_XR", NOW): 10, ("30772", "TTXH_KP", NOW): 8}
    view = SnapshotView(snapshot_of(plan=only(plan, "30754", "30772"), figures=figures))
    table = build_table("investigation", view)
    assert table["table_rows"][0]["cells"][1:3] == ["…", "…"]
    assert table["totals"][1:3] == ["8*", "80,00%*"]
    assert table["notes"]
    assert build_matrix(view)["totals"][0] == "2"


def test_submissions_list_late_and_absent(snapshot_of: Make) -> None:
    rows = {row["submitter"]: row for row in list_submissions(SnapshotView(snapshot_of()))}
    assert rows["Huyện An Minh"]["remark"] == "Gửi sau thời hạn"
    assert rows["Huyện Kiên Hải"]["status"] == "Chưa gửi báo cáo"
    assert rows["Huyện Kiên Lương"]["held"] == "Thị trấn Kiên Lương"
    assert rows["Thành phố Rạch Giá"]["received"] == "09:00 ngày 15/12/2021"


def test_abbreviations_stay_in_capitals() -> None:
    assert lower_first("TNGT không tăng") == "TNGT không tăng"
    assert lower_first("Phường An Thới") == "phường An Thới"


def test_phrases_are_strict(tmp_path: Path) -> None:
    with pytest.raises(PhraseError, match=r"asks for \{gone\}; it can use: name"):
        fill("{gone}", "x", {"name": "A"})
    assert fill("{name}", "x", {"name": "{gone}"}) == "{gone}"
    with pytest.raises(PhraseError, match=r"no entry 'a\.b'"):
        Phrases({"a": "text"}).text("a.b")
    with pytest.raises(PhraseError, match="cannot be read"):
        load_phrases(tmp_path / "none.yaml")
    (tmp_path / "list.yaml").write_text("- one\n", encoding="utf-8")
    with pytest.raises(PhraseError, match="no mapping"):
        load_phrases(tmp_path / "list.yaml")


def test_indicators_that_a_plan_does_not_know_are_left_out(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    known = tuple(entry for entry in snapshot.indicators if entry.code == "TTXH_XR")
    snapshot = replace(snapshot, indicators=known)
    context = build_context("bao_cao_tong_ket", snapshot)
    assert len(context["situation"]) == 1
    assert context["investigation_table"]["heads"] == ["Xảy ra (vụ)"]
    assert context["management"] == []
