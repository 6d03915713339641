"""Milestones made up for the reports' tests: the real plan and assessment on believable figures."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.clock import ZONE
from chuyenhoa.model.evidence import (
    KnownDeclaration,
    KnownFigure,
    LocalityEvidence,
    MilestoneData,
    Source,
    SubmissionRecord,
)
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.plan import load_plan
from chuyenhoa.reporting.snapshot.build import build_snapshot
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.wording.phrases import load_phrases

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates" / "documents"
SILENT = "912"
LATE = "909"
FigureMap = dict[tuple[str, Basis], KnownFigure]

TEXTS = {
    "LANH_DAO": "Ban hành Kế hoạch số 35/KH-BCĐ ngày 28/6/2021; thành lập tổ công tác gồm 12 thành viên\n"
    "Phân công từng thành viên phụ trách địa bàn, tổ chức 04 đợt kiểm tra.",
    "KET_QUA": "Duy trì hiệu quả mô hình “Camera an ninh”, “Tổ tự quản khu nhà trọ”.",
    "TON_TAI": "Tình hình trộm cắp tài sản còn diễn biến phức tạp; tiến độ lập hồ sơ cai nghiện chậm.",
    "NGUYEN_NHAN": "Do dịch Covid-19, một số hoạt động tuyên truyền tập trung phải tạm dừng.",
    "KIEN_NGHI": "Đề nghị hỗ trợ kinh phí lắp đặt camera an ninh.",
}


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan(ROOT / "plans", "2021")


@pytest.fixture(scope="session")
def make_data(plan: Plan) -> Callable[..., MilestoneData]:
    def make(period_id: str = "2021-nam", **changes: Any) -> MilestoneData:
        return make_milestone(changes.pop("plan", plan), period_id, **changes)

    return make


@pytest.fixture(scope="session")
def snapshot_of(make_data: Callable[..., MilestoneData]) -> Callable[..., Snapshot]:
    def make(period_id: str = "2021-nam", **changes: Any) -> Snapshot:
        return build_snapshot(
            make_data(period_id, **changes), load_phrases(ROOT / "templates/messages/report.yaml")
        )

    return make


def make_milestone(
    plan: Plan,
    period_id: str,
    *,
    figures: dict[tuple[str, str, Basis], int | None] | None = None,
    **changes: Any,
) -> MilestoneData:
    """A milestone of the real plan; `figures` overrides single ones (None makes a blank)."""
    period = plan.period_by_id[period_id]
    evidence = {entry.code: _make_evidence(entry, plan) for entry in plan.localities}
    for (locality, indicator, basis), value in (figures or {}).items():
        known = dict(evidence[locality].figures)
        source = _source(plan.locality_by_code[locality].submitter, "A1")
        known[indicator, basis] = KnownFigure(None if value is None else Decimal(value), source)
        evidence[locality] = LocalityEvidence(locality, known, evidence[locality].declarations)
    evidence.update(changes.pop("evidence", {}))
    texts = {s.code: TEXTS for s in plan.submitters[:4]}
    values: dict[str, Any] = {
        "plan": plan,
        "period": period,
        "assessment": assess(plan, period, evidence, period.window.end),
        "evidence": evidence,
        "submissions": _make_submissions(plan, period.deadline),
        "narratives": texts,
        "justifications": (),
        "frozen_at": datetime(2021, period.deadline.month, 18, 8, 0, tzinfo=ZONE),
        **changes,
    }
    return MilestoneData(**values)


def _source(submitter: str, cell: str) -> Source:
    return Source(f"S-{submitter}", f"{int(submitter):064x}", f"bao-cao-{submitter}.xlsx", "Số liệu", cell)


def _make_evidence(locality: Locality, plan: Plan) -> LocalityEvidence:
    if locality.submitter == "913":
        return LocalityEvidence(locality.code, absence=InsufficiencyReason.NOT_SUBMITTED)
    chance = random.Random(int(locality.code))
    numbers = {code: Decimal(value) for code, value in _make_numbers(chance).items()}
    figures: FigureMap = {}
    for index, code in enumerate(plan.indicator_by_code):
        then = numbers.get(code, Decimal(0)) + (Decimal(chance.randint(0, 3)) if code in numbers else 0)
        figures[code, Basis.CURRENT] = KnownFigure(
            numbers.get(code, Decimal(0)), _source(locality.submitter, f"D{index}")
        )
        figures[code, Basis.BASELINE] = KnownFigure(then, _source(locality.submitter, f"E{index}"))
    declarations = {
        entry.code: KnownDeclaration(
            Answer.YES, "12/KH-UBND", date(2021, 6, 30), "", _source(locality.submitter, "C3")
        )
        for entry in plan.criteria
        if entry.is_declared
    }
    return LocalityEvidence(locality.code, figures, declarations)


def _make_numbers(chance: random.Random) -> dict[str, int]:
    cases = chance.randint(5, 30)
    homes, addicts = chance.randint(1500, 4200), chance.randint(4, 40)
    reports = chance.randint(20, 60)
    return {
        "TTXH_XR": cases, "TTXH_KP": cases - cases // 6, "TTXH_LRC": chance.randint(0, 3),
        "TTXH_DT": cases + 5, "TTXH_BN": chance.randint(0, 1), "TTXH_RNT_XR": 1, "TTXH_RNT_KP": 1,
        "TTXH_BTH": chance.randint(0, 4), "TTXH_TS": chance.randint(50, 900), "KT_PH": chance.randint(0, 2),
        "MTR_PH": chance.randint(0, 3), "MAT_VU": chance.randint(0, 9), "MAT_DT": chance.randint(9, 15),
        "NGHIEN_DAU": addicts, "NGHIEN_MOI": 2, "NGHIEN_GIAM": chance.randint(1, 4),
        "NGHIEN_CUOI": addicts - chance.randint(0, 2),
        "TGTB_TON": 4, "TGTB_MOI": reports, "TGTB_CHUYEN": 1, "TGTB_GQ": reports, "TGTB_CON": 3,
        "TN_BAT": chance.randint(0, 2), "TNGT_VU": chance.randint(0, 4), "TNGT_BTH": chance.randint(0, 4),
        "CB_VU": chance.randint(0, 5), "TCKK_PS": chance.randint(0, 6), "TCKK_GQ": 0,
        "HS_GDX": chance.randint(0, 9), "HS_CNBB": chance.randint(0, 6), "THT": 9 + cases,
        "THT_TP": 1,
        "MH_TONG": 9, "MH_MOI": 1, "MH_CC": 2, "MH_HQ": 7, "HO_TONG": homes, "HO_TT": homes,
        "TT_CUOC": chance.randint(9, 40), "TT_LUOT": chance.randint(900, 5200), "KDC_TONG": 10,
        "KDC_ATANTT": 8,
        "XPVPHC": chance.randint(12, 80),
    }  # fmt: skip


def _make_submissions(plan: Plan, deadline: date) -> tuple[SubmissionRecord, ...]:
    found = []
    for index, entry in enumerate(plan.submitters):
        if entry.code in {SILENT, "913"}:
            continue
        day = deadline.day + (1 if entry.code == LATE else -2)
        own = tuple(locality.code for locality in plan.localities if locality.submitter == entry.code)
        is_partial = entry.code == "902"
        found.append(
            SubmissionRecord(
                id=f"S-{entry.code}",
                submitter=entry.code,
                version=1,
                status=SubmissionStatus.PARTLY_ACCEPTED if is_partial else SubmissionStatus.ACCEPTED,
                file_name=f"bao-cao-{entry.code}.xlsx",
                sha256=f"{int(entry.code):064x}",
                received_at=datetime(2021, deadline.month, day, 9, index, tzinfo=ZONE),
                is_late=entry.code == LATE,
                taken=own[1:] if is_partial else own,
                held=own[:1] if is_partial else (),
            )
        )
    return tuple(found)
