"""Every document reads as it was found right, and stays readable over any figures."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.reporting import build_snapshot, list_subjects, load_kinds, load_phrases
from chuyenhoa.reporting.papers.context import build_context, list_strings
from chuyenhoa.reporting.papers.kinds import Destination
from chuyenhoa.reporting.snapshot.frozen import FrozenSubmitter, Snapshot
from tests.integration.reporting.conftest import ROOT, _source, make_milestone
from tests.integration.reporting.golden import FIGURES, PERIODS, list_documents, path_of, read_document

Make = Callable[..., Snapshot]
TOKENS = re.compile(
    r"\b(None|nan|NaN|null|True|False)\b|\{|\}|(?<![\d.,])(?<!= )0,00%|/0 =|  \.|\.\.|;;|,,| ,| ;|: ?\.|\(\)"
    r"|(?<![:\d])(?<!giờ )\b00 (?!phút)"
)
"""What no document may say; `0/3 = 0,00%` is a figure, and a share of nothing is not."""
PHRASES = load_phrases(ROOT / "templates/messages/report.yaml")


@pytest.mark.parametrize(("kind", "period", "about"), list_documents())
def test_a_document_reads_as_it_was_found_right(
    snapshot_of: Make, kind: str, period: str, about: str
) -> None:
    text = read_document(kind, snapshot_of(period, figures=dict(FIGURES)), about)
    assert text == path_of(kind, period, about).read_text(encoding="utf-8")


def read_all(snapshot: Snapshot, name: str) -> dict[str, list[str]]:
    """The strings of every document of a milestone, of the first and the last subject of each kind."""
    found = {}
    for kind in load_kinds().values():
        if name not in kind.milestones or kind.goes_to is Destination.ATTACHMENT:
            continue
        subjects = list_subjects(kind, snapshot)
        for about in dict.fromkeys([*subjects[:1], *subjects[-1:]]):
            context = dict(build_context(kind.name, snapshot, None, about))
            found[f"{kind.name} {about}"] = list(list_strings(context))
    return found


def find_faults(texts: dict[str, list[str]]) -> list[str]:
    """Forbidden tokens, and sentences of some length that a document says twice in its prose."""
    faults = []
    for document, lines in texts.items():
        faults += [f"{document}: {line}" for line in lines if TOKENS.search(line.replace("…", ""))]
        prose = [line for line in lines if len(line) > 60 and line.endswith(".") and line[0] != "*"]
        faults += [f"{document}: twice: {line}" for line in set(prose) if prose.count(line) > 1]
    return faults


@settings(max_examples=8)
@given(seed=st.integers(0, 10**9), blanks=st.sampled_from([0, 1, 5]), top=st.sampled_from([1, 3, 99999]))
def test_no_forbidden_token_and_no_sentence_twice_over_any_figures(
    plan: Plan, seed: int, blanks: int, top: int
) -> None:
    small, chance = replace(plan, localities=plan.localities[:3]), random.Random(seed)
    evidence = {}
    for entry in small.localities:
        figures = {
            (code, basis): KnownFigure(Decimal(chance.randint(0, top)), _source(entry.submitter, "A1"))
            for code in plan.indicator_by_code
            for basis in Basis
            if chance.randint(0, 5) >= blanks
        }
        evidence[entry.code] = LocalityEvidence(entry.code, figures)
    for name, period in PERIODS.items():
        snapshot = build_snapshot(make_milestone(small, period, evidence=evidence, narratives={}), PHRASES)
        assert find_faults(read_all(snapshot, name)) == []


def all_missing(plan: Plan) -> dict[str, Any]:
    return {
        "evidence": {
            e.code: LocalityEvidence(e.code, absence=InsufficiencyReason.NOT_SUBMITTED)
            for e in plan.localities
        },
        "submissions": (),
        "narratives": {},
    }


def all_met(plan: Plan) -> dict[str, Any]:
    figures: dict[tuple[str, str, Basis], int] = {}
    for entry in plan.localities:
        values = {
            "TTXH_XR": 2,
            "TTXH_KP": 2,
            "TGTB_GQ": 9,
            "TGTB_TON": 0,
            "TGTB_MOI": 9,
            "TGTB_CHUYEN": 0,
            "TGTB_CON": 0,
        }
        figures |= {(entry.code, code, Basis.CURRENT): number for code, number in values.items()}
        figures[entry.code, "TTXH_XR", Basis.BASELINE] = 3
    heard = {e.code for e in plan.localities if e.submitter != "913"}
    return {
        "plan": replace(plan, localities=tuple(e for e in plan.localities if e.code in heard)),
        "figures": {key: number for key, number in figures.items() if key[0] in heard},
    }


def none_met(plan: Plan) -> dict[str, Any]:
    return {"figures": {(e.code, "DIEM_MT", Basis.CURRENT): 2 for e in plan.localities}}


def one_locality(plan: Plan) -> dict[str, Any]:
    return {"plan": replace(plan, localities=plan.localities[1:2])}


def no_locality(plan: Plan) -> dict[str, Any]:
    return {"plan": replace(plan, localities=())}


EDGES = {f.__name__: f for f in (all_missing, all_met, none_met, one_locality, no_locality)}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", PERIODS)
def test_edges_read_well(snapshot_of: Make, plan: Plan, edge: str, name: str) -> None:
    assert find_faults(read_all(snapshot_of(PERIODS[name], **EDGES[edge](plan)), name)) == []


def context_of(snapshot: Snapshot, kind: str, about: str = "") -> dict[str, Any]:
    return dict(build_context(kind, snapshot, None, about))


def subjects_of(snapshot: Snapshot, kind: str) -> list[str]:
    return list_subjects(load_kinds()[kind], snapshot)


def test_nobody_to_recognise_makes_no_submission_and_no_decision(snapshot_of: Make, plan: Plan) -> None:
    snapshot = snapshot_of(**none_met(plan))
    assert subjects_of(snapshot, "to_trinh_cong_nhan") == []
    assert subjects_of(snapshot, "quyet_dinh_cong_nhan") == []
    report = context_of(snapshot, "bao_cao_tong_ket")
    assert report["proposal_lines"] == ["Chưa có địa bàn đủ điều kiện đề nghị công nhận chuyển hóa đạt."]


def test_all_met_leaves_nobody_out(snapshot_of: Make, plan: Plan) -> None:
    context = context_of(snapshot_of(**all_met(plan)), "to_trinh_cong_nhan")
    assert context["left_out"] == ["Tất cả địa bàn trong danh sách đều được đề nghị công nhận."]
    assert len(context["proposed"]) == 15


def test_one_recognised_locality_is_named_in_article_one(snapshot_of: Make, plan: Plan) -> None:
    snapshot = snapshot_of(**one_locality(plan))
    assert subjects_of(snapshot, "quyet_dinh_cong_nhan") == [""]
    first = context_of(snapshot, "quyet_dinh_cong_nhan")["articles"][0]
    assert first["head"] == "Điều 1."
    assert first["text"].startswith("Công nhận phường Rạch Sỏi, thành phố Rạch Giá là địa bàn")


def test_the_decision_cites_the_submission(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    draft = context_of(snapshot, "quyet_dinh_cong_nhan")["basis_lines"]
    assert draft[-1].endswith("tại Tờ trình số        /TTr-CAT-PV01 ngày       tháng       năm 2021.")
    assert all(line.startswith("Căn cứ ") and line.endswith(";") for line in draft[:-1])
    issue = {"number": "5", "date": "2021-12-30", "signer": "A"}
    told = {**issue, "references": {"to_trinh_cong_nhan": {"number": "9", "date": "2021-12-22"}}}
    issued = build_context("quyet_dinh_cong_nhan", snapshot, told)["basis_lines"]
    assert issued[-1].endswith("tại Tờ trình số 09/TTr-CAT-PV01 ngày 22 tháng 12 năm 2021.")
    untold = build_context("quyet_dinh_cong_nhan", snapshot, issue)["basis_lines"]
    assert untold[-1].endswith("tại Tờ trình đề nghị công nhận năm 2021.")


def test_a_letter_goes_to_those_who_owe_and_to_nobody_else(snapshot_of: Make, plan: Plan) -> None:
    context = context_of(snapshot_of(), "cong_van_don_doc")
    assert context["address_lines"] == ["- Ban Chỉ đạo huyện Kiên Hải;", "- Ban Chỉ đạo huyện U Minh Thượng."]
    assert [row["what"] for row in context["owed_rows"]] == ["Toàn bộ báo cáo", "Toàn bộ báo cáo"]
    assert context["late_note"].startswith(
        "Ngoài ra, 01 đơn vị đã gửi đủ báo cáo nhưng sau thời hạn: huyện An Minh;"
    )
    assert context["recipients"][-2:] == [
        "- Ban Chỉ đạo huyện An Minh (để rút kinh nghiệm);",
        "- Lưu: VT, PV01.",
    ]
    done = replace(
        plan,
        localities=tuple(e for e in plan.localities if e.submitter != "913"),
        submitters=tuple(e for e in plan.submitters if e.code not in {"912", "913"}),
    )
    assert subjects_of(snapshot_of(plan=done), "cong_van_don_doc") == []


def test_ties_are_never_cut(snapshot_of: Make, plan: Plan) -> None:
    codes = [entry.code for entry in plan.localities]
    figures = {(code, "TTXH_XR", Basis.CURRENT): 4 for code in codes}
    figures |= {(code, "TTXH_XR", Basis.CURRENT): 9 for code in codes[:2]}
    figures |= {(code, "TTXH_XR", Basis.CURRENT): 7 for code in codes[2:4]}
    ranking = context_of(snapshot_of(figures=figures), "bao_cao_tong_ket")["ranking"][0]
    assert "phường Bình San (07 vụ) và thị trấn Kiên Lương (07 vụ)." in ranking
    figures |= {(code, "TTXH_XR", Basis.CURRENT): 4 for code in codes[2:4]}
    ranking = context_of(snapshot_of(figures=figures), "bao_cao_tong_ket")["ranking"][0]
    assert ranking.endswith("phường Vĩnh Lạc (09 vụ) và phường Rạch Sỏi (09 vụ).")
    figures = {(code, "TTXH_XR", Basis.CURRENT): 4 for code in codes}
    assert "nhiều vụ" not in context_of(snapshot_of(figures=figures), "bao_cao_tong_ket")["ranking"][0]


def test_a_district_sees_its_own_figures_only(snapshot_of: Make) -> None:
    context = context_of(snapshot_of(), "du_thao_bao_cao_huyen", "900")
    text = " ".join(list_strings(context))
    assert "Bình San" in text
    assert "Vĩnh Lạc" not in text
    assert "Rạch Giá" not in text
    assert context["board"]["parent"] == "ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ TIÊN"
    assert context["date_line"].startswith("Hà Tiên, ngày")
    silent = context_of(snapshot_of(), "du_thao_bao_cao_huyen", "913")
    assert silent["causes"] == ["[Đơn vị bổ sung: nguyên nhân khách quan, chủ quan.]"]


def test_sources_name_the_files_in_use(snapshot_of: Make) -> None:
    context = context_of(snapshot_of(), "bao_cao_tong_ket")
    first = context["source_rows"][0]
    assert (first["file"], first["submitter"]) == ("bao-cao-899.xlsx", "Thành phố Rạch Giá")
    assert first["sha256"] == f"{899:064x}"
    assert first["short"] == f"{899:064x}"[:12]
    assert all(row["submitter"] != "Huyện U Minh Thượng" for row in context["source_rows"])


def test_agencies_are_told_with_their_tasks(snapshot_of: Make) -> None:
    lines = context_of(snapshot_of(), "bao_cao_tong_ket")["agency_lines"]
    assert (
        "- Sở Tư pháp (nhiệm vụ III.3): 15/16 địa bàn đạt tiêu chí V.2, 01 địa bàn chưa đủ số liệu." in lines
    )
    assert lines[-1] == (
        "Các cơ quan cấp tỉnh khác được phân công chủ trì nhiệm vụ chưa có báo cáo tiến độ (Phụ lục VII)."
    )
    together = "mỗi tiêu chí IV.1, IV.2 và IV.3 có 15/16 địa bàn đạt, 01 địa bàn chưa đủ số liệu."
    assert f"- Sở Tài nguyên và Môi trường (nhiệm vụ III.5 và IV.8): {together}" in lines


def test_an_agency_that_reports_is_no_longer_named(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    agency = FrozenSubmitter("STP", "Sở Tư pháp", "agency")
    snapshot = replace(snapshot, submitters=(*snapshot.submitters, agency))
    last = context_of(snapshot, "bao_cao_tong_ket")["agency_lines"][-1]
    assert last.startswith("13 cơ quan chưa có báo cáo tiến độ thực hiện nhiệm vụ: Sở Thông tin")
    assert "Sở Tư pháp" not in last
