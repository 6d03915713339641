"""Sentences that a clerk of the board would write: reasons, none and all, who is reminded, who is quoted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from chuyenhoa.clock import ZONE
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.reporting import list_subjects, load_kinds
from chuyenhoa.reporting.papers.common import name_input
from chuyenhoa.reporting.papers.context import build_context
from chuyenhoa.reporting.snapshot.frozen import FrozenSubmitter, Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording.outcomes import write_verdicts
from chuyenhoa.reporting.wording.prose import rank_localities, write_chapter
from chuyenhoa.reporting.wording.review import write_directions, write_shortcomings
from tests.integration.reporting.conftest import _make_submissions

Make = Callable[..., Snapshot]
NOW, THEN = Basis.CURRENT, Basis.BASELINE
PLACE = "30754"
"""Phường Rạch Sỏi, of Thành phố Rạch Giá (899)."""
DEADLINE = date(2021, 12, 17)
EARLY = datetime(2021, 12, 10, 8, 0, tzinfo=ZONE)


def context_of(snapshot: Snapshot, kind: str, about: str = "") -> dict[str, Any]:
    return dict(build_context(kind, snapshot, None, about))


def justification_check_of(snapshot: Snapshot) -> str:
    lines = write_verdicts(SnapshotView(snapshot))
    return next(line for line in lines if line.startswith("- Phường Rạch Sỏi"))


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({("DIEM_MT", NOW): 1}, "còn 01 điểm, tụ điểm phức tạp về ma túy."),
        ({("HO_TT", NOW): 4000}, "tuyên truyền đến 4.000/4.085 hộ (97,92%)."),
        (
            {("TTXH_XR", NOW): 8, ("TTXH_KP", NOW): 8, ("TTXH_XR", THEN): 8},
            "xảy ra 08 vụ, bằng cùng kỳ năm 2020.",
        ),
        (
            {("TNGT_CHET", NOW): 2, ("TNGT_CHET", THEN): 1},
            "xảy ra 02 vụ (cùng kỳ 02 vụ), làm chết 02 người (cùng kỳ 01 người), "
            "làm bị thương 03 người (cùng kỳ 03 người).",
        ),
    ],
)
def test_a_reason_is_told_in_words_and_not_as_a_formula(
    snapshot_of: Make, figures: dict[tuple[str, Basis], int], told: str
) -> None:
    snapshot = snapshot_of(figures={(PLACE, *key): value for key, value in figures.items()})
    assert justification_check_of(snapshot).endswith(told)


def test_a_share_that_would_print_as_the_limit_it_misses_is_told_by_the_assessment(snapshot_of: Make) -> None:
    figures = {(PLACE, "TTXH_XR", NOW): 2499, (PLACE, "TTXH_KP", NOW): 1999, (PLACE, "TTXH_XR", THEN): 9999}
    assert "khám phá 1.999/2.499 vụ (79,99%)" in justification_check_of(snapshot_of(figures=figures))
    figures |= {
        (PLACE, "TTXH_XR", NOW): 24999,
        (PLACE, "TTXH_KP", NOW): 19999,
        (PLACE, "TTXH_XR", THEN): 99999,
    }
    reason = justification_check_of(snapshot_of(figures=figures))
    assert "80,00" not in reason
    assert "19.999/24.999 = 79,999" in reason


def test_localities_with_the_same_reasons_share_a_line(snapshot_of: Make, plan: Plan) -> None:
    evidence = {
        e.code: LocalityEvidence(e.code, absence=InsufficiencyReason.NOT_SUBMITTED)
        for e in plan.localities[:2]
    }
    lines = write_verdicts(SnapshotView(snapshot_of(evidence=evidence)))
    together = "- Phường Vĩnh Lạc, phường Rạch Sỏi và xã An Minh Bắc: đơn vị chưa gửi báo cáo."
    assert together in lines


def test_a_count_of_several_criteria_is_said_of_each(snapshot_of: Make) -> None:
    context = context_of(snapshot_of(), "bao_cao_tong_ket")
    assert any(
        "mỗi tiêu chí IV.1, IV.2 và IV.3 có 15/16 địa bàn đạt" in line for line in context["task_lines"]
    )


def test_none_of_several_and_the_only_one(snapshot_of: Make, plan: Plan) -> None:
    homes = {(e.code, "HO_TT", NOW): 1 for e in plan.localities if e.submitter != "913"}
    (line,) = write_chapter("propaganda", SnapshotView(snapshot_of(figures=homes)))
    assert (
        "chưa có địa bàn nào bảo đảm 100% hộ dân được phổ biến, tuyên truyền (chưa đạt: phường Vĩnh Lạc"
        in line
    )
    alone, home = replace(plan, localities=(plan.locality_by_code[PLACE],)), {(PLACE, "HO_TT", NOW): 1}
    (line,) = write_chapter("propaganda", SnapshotView(snapshot_of(plan=alone)))
    assert line.endswith("; phường Rạch Sỏi bảo đảm 100% hộ dân được phổ biến, tuyên truyền.")
    (line,) = write_chapter("propaganda", SnapshotView(snapshot_of(plan=alone, figures=home)))
    assert line.endswith("; phường Rạch Sỏi chưa bảo đảm 100% hộ dân được phổ biến, tuyên truyền.")


def test_nothing_is_said_of_the_victims_of_accidents_that_did_not_happen(
    snapshot_of: Make, plan: Plan
) -> None:
    codes = ("TNGT_VU", "TNGT_CHET", "TNGT_BTH")
    figures = {(e.code, code, basis): 0 for e in plan.localities for code in codes for basis in Basis}
    lines = write_chapter("situation", SnapshotView(snapshot_of(figures=figures)))
    assert "Tai nạn giao thông: không xảy ra." in lines
    figures |= {(PLACE, "TNGT_CHET", THEN): 2, (PLACE, "TNGT_VU", THEN): 1}
    (line,) = [
        e for e in write_chapter("situation", SnapshotView(snapshot_of(figures=figures))) if "giao thông" in e
    ]
    assert "không có người chết, giảm 02 người (100%) so với cùng kỳ năm 2020" in line
    assert "bị thương" not in line


def test_a_ranking_of_all_and_of_one(snapshot_of: Make, plan: Plan) -> None:
    figures = {(e.code, "TTXH_XR", THEN): 99 for e in plan.localities if e.submitter != "913"}
    lines = rank_localities(SnapshotView(snapshot_of(figures=figures)))
    assert lines[-1].startswith(
        "Tất cả 15 địa bàn có số liệu của hai kỳ đều giảm số vụ so với cùng kỳ năm 2020: "
    )
    nothing = {(e.code, "TTXH_XR", basis): 0 for e in plan.localities for basis in Basis}
    assert rank_localities(SnapshotView(snapshot_of(figures=nothing))) == []
    alone = replace(plan, localities=plan.localities[:1])
    assert rank_localities(SnapshotView(snapshot_of(plan=alone))) == []


def test_strengths_are_what_most_localities_reach(snapshot_of: Make, plan: Plan) -> None:
    first = context_of(snapshot_of(), "bao_cao_tong_ket")["strengths"][0]
    assert first.startswith(
        "Các nhóm tiêu chí có kết quả tốt: nhóm I (công tác lãnh đạo, chỉ đạo) 15/16 địa bàn; "
    )
    assert "nhóm II " not in first
    half = {(e.code, "HO_TT", NOW): 1 for e in plan.localities[:8]}
    assert "nhóm V " not in context_of(snapshot_of(figures=half), "bao_cao_tong_ket")["strengths"][0]


def test_criteria_that_fall_short_are_told_in_one_sentence(snapshot_of: Make) -> None:
    view = SnapshotView(snapshot_of(figures={(PLACE, "DIEM_MT", NOW): 1}))
    weak = [line for line in write_shortcomings(view) if "tiêu chí" in line.lower()]
    assert len(weak) == 1
    assert weak[0].startswith("Còn 03 tiêu chí có địa bàn không đạt: II.1 (")
    assert weak[0].endswith("; III.2 (không còn điểm ma túy) tại phường Rạch Sỏi.")
    directions = write_directions(view)
    assert sum("khắc phục" in line for line in directions) == 1
    assert directions[-1].startswith("Giao Công an tỉnh")


def test_before_the_last_day_nobody_is_late(snapshot_of: Make) -> None:
    kind = load_kinds()["cong_van_don_doc"]
    assert list_subjects(kind, snapshot_of(frozen_at=EARLY)) == []
    blank = snapshot_of(frozen_at=EARLY, figures={(PLACE, "TTXH_XR", NOW): None})
    assert list_subjects(kind, blank) == [""]
    context = context_of(blank, "cong_van_don_doc")
    assert context["address"] == "Kính gửi: Ban Chỉ đạo thành phố Rạch Giá"
    assert "chưa gửi" not in context["state"]
    assert [row["what"] for row in context["owed_rows"]] == [
        "Còn thiếu: số vụ phạm tội về trật tự xã hội xảy ra"
    ]
    on_the_day = snapshot_of(frozen_at=datetime(2021, 12, 17, 23, 59, tzinfo=ZONE))
    assert list_subjects(kind, on_the_day) == []
    assert list_subjects(kind, snapshot_of(frozen_at=datetime(2021, 12, 18, 0, 0, tzinfo=ZONE))) == [""]


def test_a_letter_says_of_a_report_that_never_came_that_it_never_came(snapshot_of: Make, plan: Plan) -> None:
    """Figures of the first six months alone leave a gap; that is no report with mistakes."""
    code = "30985"
    sent = tuple(e for e in _make_submissions(plan, DEADLINE) if e.submitter != "909")
    gap = {code: LocalityEvidence(code, absence=InsufficiencyReason.GAP_IN_WINDOW)}
    context = context_of(snapshot_of(evidence=gap, submissions=sent), "cong_van_don_doc")
    owed = {row["locality"]: row["what"] for row in context["owed_rows"]}
    assert owed["Thị trấn Thứ Mười Một"] == "Toàn bộ báo cáo"
    assert "còn 03 đơn vị chưa gửi báo cáo" in context["state"]


def test_a_letter_tells_what_was_returned_from_what_never_came(snapshot_of: Make, plan: Plan) -> None:
    sent = _make_submissions(plan, DEADLINE)
    returned = replace(sent[0], submitter="913", status=SubmissionStatus.RETURNED, taken=(), held=("31027",))
    context = context_of(snapshot_of(submissions=(*sent, returned)), "cong_van_don_doc")
    assert (
        "còn 01 đơn vị chưa gửi báo cáo; 01 đơn vị có báo cáo đã trả lại để sửa, chưa gửi lại"
        in context["state"]
    )
    assert context["owed_rows"][1]["what"] == "Toàn bộ báo cáo (bản đã gửi có lỗi, đã trả lại để sửa)"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("THT_TP", "người chấp hành xong án phạt tù, đặc xá về cư trú, trong đó tái phạm tội"),
        ("TNGT_BTH", "số người bị thương (tai nạn giao thông)"),
        ("TTXH_XR", "số vụ phạm tội về trật tự xã hội xảy ra"),
        ("baseline.CHAY_VU", "số vụ cháy, nổ (cùng kỳ)"),
        ("V.3", "nội dung kê khai “An toàn về an ninh, trật tự”"),
    ],
)
def test_what_is_missing_is_called_so_that_it_is_found(snapshot_of: Make, name: str, said: str) -> None:
    assert name_input(name, SnapshotView(snapshot_of())) == said


def test_the_ministry_is_asked_for_what_is_its_own_to_answer(snapshot_of: Make) -> None:
    texts = {
        "899": {"KIEN_NGHI": "Đề nghị Bộ Công an bổ sung biên chế."},
        "900": {"KIEN_NGHI": "Đề nghị tỉnh hỗ trợ."},
    }
    snapshot = snapshot_of(narratives=texts)
    assert context_of(snapshot, "bao_cao_bo_cong_an")["requests"] == [
        "Các địa phương kiến nghị, đề xuất:",
        "- Thành phố Rạch Giá: Đề nghị Bộ Công an bổ sung biên chế.",
    ]
    assert len(context_of(snapshot, "bao_cao_tong_ket")["proposals"]) == 3
    none = snapshot_of(narratives={"900": texts["900"]})
    assert context_of(none, "bao_cao_bo_cong_an")["requests"] == ["Không có kiến nghị, đề xuất."]


def test_an_agency_is_no_district_and_speaks_for_itself(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    agencies = (
        FrozenSubmitter("STP", "Sở Tư pháp", "agency"),
        FrozenSubmitter("BDBP", "Bộ Chỉ huy Bộ đội Biên phòng tỉnh", "agency"),
    )
    texts = {
        "STP": {"KET_QUA": "Mở 12 lớp."},
        "BDBP": {"KET_QUA": "Tuần tra 40 đợt\nBắt 02 vụ."},
    }
    snapshot = replace(
        snapshot,
        submitters=(*snapshot.submitters, *agencies),
        narratives={**snapshot.narratives, **texts},
    )
    context = context_of(snapshot, "bao_cao_tong_ket")
    assert context["data_note"].startswith("Số liệu tổng hợp từ báo cáo của 13/15 đơn vị cấp huyện")
    assert not any("Mở 12 lớp" in line for line in context["highlights"])
    lines = context["agency_lines"]
    assert any(
        line.startswith("- Sở Tư pháp (nhiệm vụ III.3): 15/16") and line.endswith(": Mở 12 lớp.")
        for line in lines
    )
    at = lines.index(
        "- Bộ Chỉ huy Bộ đội Biên phòng tỉnh (nhiệm vụ IV.5), theo báo cáo của cơ quan: Tuần tra 40 đợt."
    )
    assert lines[at + 1] == "Bắt 02 vụ."


def test_a_district_that_sent_nothing_is_asked_and_not_accused(snapshot_of: Make) -> None:
    context = context_of(snapshot_of(), "du_thao_bao_cao_huyen", "913")
    assert context["situation"] == ["[Đơn vị bổ sung số liệu.]"]
    assert context["guide"].startswith("Đơn vị chưa có số liệu được chấp nhận")
    assert context["verdict_lines"] == ["- Xã An Minh Bắc: [tự đánh giá sau khi có đủ số liệu]."]


def test_a_district_sees_which_of_its_localities_is_not_in_the_sums(snapshot_of: Make) -> None:
    evidence = {PLACE: LocalityEvidence(PLACE, absence=InsufficiencyReason.NOT_SUBMITTED)}
    lines = context_of(snapshot_of(evidence=evidence), "du_thao_bao_cao_huyen", "899")["localities"]
    assert lines[1].endswith("[Chưa có số liệu được chấp nhận; các số liệu dưới đây chưa gồm địa bàn này.]")
    assert "chưa gồm" not in lines[0]


@pytest.mark.parametrize("kind", ["quyet_dinh_cong_nhan", "to_trinh_cong_nhan", "bao_cao_bo_cong_an"])
def test_what_recognises_says_that_the_criteria_are_a_sample(snapshot_of: Make, kind: str) -> None:
    assert (
        context_of(snapshot_of(), kind)["notice"] == "Bộ tiêu chí mẫu, chưa đối chiếu Kế hoạch số 72/KH-BCĐ"
    )


def test_a_sheet_names_figures_by_label(snapshot_of: Make) -> None:
    figures = {(PLACE, code, NOW): 0 for code in ("TTXH_RNT_XR", "TTXH_RNT_KP")}
    rows = context_of(snapshot_of(figures=figures), "phieu_danh_gia", PLACE)["rows"]
    (row,) = [entry for entry in rows if entry["code"] == "II.3"]
    assert row["figure"] == "không xảy ra"
    assert "TTXH" not in row["formula"]
    assert "rất nghiêm trọng: xảy ra" in row["formula"]


def test_no_heading_stays_empty_while_there_is_no_locality(snapshot_of: Make, plan: Plan) -> None:
    context = build_context("bao_cao_so_ket", snapshot_of("2021-6t", plan=replace(plan, localities=())))
    for name in ("leadership", "forces", "verdict_lines", "risk_lines", "task_lines", "agency_lines"):
        assert context[name], name
