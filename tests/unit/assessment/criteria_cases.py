"""The case table of plan 2021: every criterion below, on and above its limit, with nothing, with blanks."""

from __future__ import annotations

from chuyenhoa.model.results import Reason
from tests.unit.assessment.case_rows import (
    BLANK,
    INSUFFICIENT,
    MET,
    NO_BASELINE,
    NOT_APPLICABLE,
    NOT_MET,
    CriterionCase,
    declaration_cases,
    figure_cases,
    none_allowed_cases,
)


def _traffic(vehicles: str, dead: str, hurt: str) -> str:
    """Figures of road accidents, each as "now/before", `?` for a blank."""
    return " ".join(
        f"TNGT_{code}={now} baseline.TNGT_{code}={before}"
        for code, (now, before) in zip(
            ("VU", "CHET", "BTH"), (text.split("/") for text in (vehicles, dead, hurt)), strict=True
        )
    )


_CRIME = [
    *figure_cases(
        "II.1",
        ("below", "TTXH_XR=80 baseline.TTXH_XR=100", MET, "giảm 20,00% (100 → 80 vụ)"),
        ("below", "TTXH_XR=99999 baseline.TTXH_XR=100000", MET, "giảm 0,001% (100.000 → 99.999 vụ)"),
        ("on", "TTXH_XR=100 baseline.TTXH_XR=100", NOT_MET, "bằng cùng kỳ (100 vụ)"),
        ("above", "TTXH_XR=101 baseline.TTXH_XR=100", NOT_MET, "tăng 1,00% (100 → 101 vụ)"),
        ("zero", "TTXH_XR=0 baseline.TTXH_XR=0", MET, "không xảy ra"),
        ("zero", "TTXH_XR=5 baseline.TTXH_XR=0", NOT_MET, "tăng 5 vụ (cùng kỳ không xảy ra)"),
        ("missing", "TTXH_XR=? baseline.TTXH_XR=9", INSUFFICIENT, "9 → … vụ", BLANK, "TTXH_XR"),
        ("missing", "TTXH_XR=5", INSUFFICIENT, "… → 5 vụ", NO_BASELINE, "baseline.TTXH_XR"),
        (
            "missing",
            "TTXH_XR=5 baseline.TTXH_XR=?",
            INSUFFICIENT,
            "… → 5 vụ",
            NO_BASELINE,
            "baseline.TTXH_XR",
        ),
        ("missing", "", INSUFFICIENT, "chưa có số liệu", BLANK, "TTXH_XR baseline.TTXH_XR"),
    ),
    # None happened: met against any baseline, of zero as of more.
    CriterionCase("II.1", "decided", "TTXH_XR=0", MET, "… → 0 vụ", missing=("baseline.TTXH_XR",)),
    *figure_cases(
        "II.2",
        ("below", "TTXH_KP=7996 TTXH_XR=10000", NOT_MET, "7.996/10.000 = 79,96%"),
        ("below", "TTXH_KP=79996 TTXH_XR=100000", NOT_MET, "79.996/100.000 = 79,996%"),
        ("on", "TTXH_KP=80 TTXH_XR=100", MET, "80/100 = 80,00%"),
        ("above", "TTXH_KP=81 TTXH_XR=100", MET, "81/100 = 81,00%"),
        ("zero", "TTXH_KP=0 TTXH_XR=0", MET, "không xảy ra"),
        ("missing", "TTXH_KP=? TTXH_XR=100", INSUFFICIENT, "…/100", BLANK, "TTXH_KP"),
        ("missing", "TTXH_KP=80", INSUFFICIENT, "80/…", BLANK, "TTXH_XR"),
        ("missing", "TTXH_KP=0", INSUFFICIENT, "0/…", BLANK, "TTXH_XR"),
    ),
    CriterionCase("II.2", "decided", "TTXH_XR=0", MET, "không xảy ra", missing=("TTXH_KP",)),
    *figure_cases(
        "II.3",
        ("below", "TTXH_RNT_KP=9 TTXH_DBNT_KP=9 TTXH_RNT_XR=10 TTXH_DBNT_XR=9", NOT_MET, "18/19 = 94,74%"),
        ("on", "TTXH_RNT_KP=10 TTXH_DBNT_KP=9 TTXH_RNT_XR=10 TTXH_DBNT_XR=10", MET, "19/20 = 95,00%"),
        ("above", "TTXH_RNT_KP=2 TTXH_DBNT_KP=1 TTXH_RNT_XR=2 TTXH_DBNT_XR=1", MET, "3/3 = 100,00%"),
        ("zero", "TTXH_RNT_KP=0 TTXH_DBNT_KP=0 TTXH_RNT_XR=0 TTXH_DBNT_XR=0", MET, "không xảy ra"),
        ("missing", "TTXH_RNT_KP=1 TTXH_DBNT_KP=0 TTXH_RNT_XR=1", INSUFFICIENT, "1/…", BLANK, "TTXH_DBNT_XR"),
    ),
    # Both that occurred are solved; the blank can only add to them.
    CriterionCase(
        "II.3", "decided", "TTXH_RNT_KP=2 TTXH_RNT_XR=2 TTXH_DBNT_XR=0", MET, "…/2", missing=("TTXH_DBNT_KP",)
    ),
    *none_allowed_cases("II.4", "XHD", "vụ"),
    *declaration_cases("II.5", needs_document=False),
    *figure_cases(
        "II.6",
        ("below", "TGTB_GQ=89 TGTB_TON=10 TGTB_MOI=95 TGTB_CHUYEN=5", NOT_MET, "89/100 = 89,00%"),
        ("on", "TGTB_GQ=90 TGTB_TON=10 TGTB_MOI=95 TGTB_CHUYEN=5", MET, "90/100 = 90,00%"),
        ("above", "TGTB_GQ=90 TGTB_TON=10 TGTB_MOI=95 TGTB_CHUYEN=6", MET, "90/99 = 90,91%"),
        ("zero", "TGTB_GQ=0 TGTB_TON=2 TGTB_MOI=3 TGTB_CHUYEN=5", MET, "không phát sinh"),
        (
            "missing",
            "TGTB_GQ=? TGTB_TON=10 TGTB_MOI=95 TGTB_CHUYEN=5",
            INSUFFICIENT,
            "…/100",
            BLANK,
            "TGTB_GQ",
        ),
        (
            "contradictory",
            "TGTB_GQ=0 TGTB_TON=0 TGTB_MOI=1 TGTB_CHUYEN=2",
            INSUFFICIENT,
            "số liệu mâu thuẫn",
            Reason.CONFLICTING_SOURCES,
            "",
        ),
    ),
    # All ten of at most ten are handled, however many of them were handed on.
    CriterionCase(
        "II.6", "decided", "TGTB_GQ=10 TGTB_TON=5 TGTB_MOI=5", MET, "10/…", missing=("TGTB_CHUYEN",)
    ),
    *figure_cases(
        "II.7",
        ("below", "THT_TP=14 THT=100", MET, "14/100 = 14,00%"),
        ("below", "THT_TP=14999 THT=100000", MET, "14.999/100.000 = 14,999%"),
        ("on", "THT_TP=15 THT=100", NOT_MET, "15/100 = 15,00%"),
        ("above", "THT_TP=16 THT=100", NOT_MET, "16/100 = 16,00%"),
        ("zero", "THT_TP=0 THT=0", MET, "không có người chấp hành xong án"),
        ("missing", "THT_TP=? THT=100", INSUFFICIENT, "…/100", BLANK, "THT_TP"),
        ("missing", "THT_TP=1", INSUFFICIENT, "1/…", BLANK, "THT"),
    ),
    CriterionCase("II.7", "decided", "THT_TP=0", MET, "0/…", missing=("THT",)),
]

_ORDER = [
    *figure_cases(
        "III.1",
        ("below", "NGHIEN_CUOI=11 NGHIEN_DAU=12", MET, "11 < 12 người"),
        ("on", "NGHIEN_CUOI=12 NGHIEN_DAU=12", MET, "12 = 12 người"),
        ("above", "NGHIEN_CUOI=13 NGHIEN_DAU=12", NOT_MET, "13 > 12 người"),
        ("zero", "NGHIEN_CUOI=0 NGHIEN_DAU=0", MET, "0 = 0 người"),
        ("missing", "NGHIEN_CUOI=? NGHIEN_DAU=12", INSUFFICIENT, "… ≤ 12 người", BLANK, "NGHIEN_CUOI"),
    ),
    CriterionCase("III.1", "decided", "NGHIEN_CUOI=0", MET, "0 ≤ … người", missing=("NGHIEN_DAU",)),
    *none_allowed_cases("III.2", "DIEM_MT", "điểm"),
    *none_allowed_cases("IV.1", "DIEM_NONG", "vụ"),
    *figure_cases(
        "IV.2",
        (
            "below",
            _traffic("8/10", "0/1", "5/6"),
            MET,
            "8 vụ (cùng kỳ 10 vụ); 0 người (cùng kỳ 1 người); 5 người (cùng kỳ 6 người)",
        ),
        (
            "on",
            _traffic("8/8", "1/1", "6/6"),
            MET,
            "8 vụ (cùng kỳ 8 vụ); 1 người (cùng kỳ 1 người); 6 người (cùng kỳ 6 người)",
        ),
        (
            "above",
            _traffic("8/8", "2/1", "6/6"),
            NOT_MET,
            "8 vụ (cùng kỳ 8 vụ); 2 người (cùng kỳ 1 người); 6 người (cùng kỳ 6 người)",
        ),
        (
            "zero",
            _traffic("0/0", "0/0", "0/0"),
            MET,
            "0 vụ (cùng kỳ 0 vụ); 0 người (cùng kỳ 0 người); 0 người (cùng kỳ 0 người)",
        ),
        (
            "missing",
            _traffic("8/8", "?/1", "6/6"),
            INSUFFICIENT,
            "8 vụ (cùng kỳ 8 vụ); … người (cùng kỳ 1 người); 6 người (cùng kỳ 6 người)",
            BLANK,
            "TNGT_CHET",
        ),
        (
            "missing",
            "TNGT_VU=1 TNGT_CHET=1 TNGT_BTH=1",
            INSUFFICIENT,
            "1 vụ (cùng kỳ … vụ); 1 người (cùng kỳ … người); 1 người (cùng kỳ … người)",
            NO_BASELINE,
            "baseline.TNGT_VU baseline.TNGT_CHET baseline.TNGT_BTH",
        ),
        (
            "missing",
            _traffic("8/8", "?/1", "6/?"),
            INSUFFICIENT,
            "8 vụ (cùng kỳ 8 vụ); … người (cùng kỳ 1 người); 6 người (cùng kỳ … người)",
            BLANK,
            "TNGT_CHET baseline.TNGT_BTH",
        ),
    ),
    # One of the three is worse already, whatever the blank turns out to be.
    CriterionCase(
        "IV.2",
        "decided",
        _traffic("9/8", "?/1", "6/6"),
        NOT_MET,
        "9 vụ (cùng kỳ 8 vụ); … người (cùng kỳ 1 người); 6 người (cùng kỳ 6 người)",
        missing=("TNGT_CHET",),
    ),
    *none_allowed_cases("IV.3", "CHAY_CHET", "người"),
]

_MOVEMENT = [
    *figure_cases(
        "V.1",
        ("below", "MH_MOI=0 MH_CC=0 MH_HQ=2", NOT_MET, "0 mô hình; 2 mô hình"),
        ("below", "MH_MOI=1 MH_CC=1 MH_HQ=0", NOT_MET, "2 mô hình; 0 mô hình"),
        ("on", "MH_MOI=0 MH_CC=1 MH_HQ=1", MET, "1 mô hình; 1 mô hình"),
        ("above", "MH_MOI=1 MH_CC=1 MH_HQ=3", MET, "2 mô hình; 3 mô hình"),
        ("zero", "MH_MOI=0 MH_CC=0 MH_HQ=0", NOT_MET, "0 mô hình; 0 mô hình"),
        ("missing", "MH_MOI=0 MH_CC=? MH_HQ=2", INSUFFICIENT, "… mô hình; 2 mô hình", BLANK, "MH_CC"),
        ("missing", "MH_MOI=1 MH_CC=0", INSUFFICIENT, "1 mô hình; chưa có số liệu", BLANK, "MH_HQ"),
    ),
    CriterionCase(
        "V.1", "decided", "MH_MOI=1 MH_CC=? MH_HQ=2", MET, "ít nhất 1 mô hình; 2 mô hình", missing=("MH_CC",)
    ),
    CriterionCase(
        "V.1", "decided", "MH_HQ=0", NOT_MET, "chưa có số liệu; 0 mô hình", missing=("MH_MOI", "MH_CC")
    ),
    *figure_cases(
        "V.2",
        ("below", "HO_TT=1999 HO_TONG=2000", NOT_MET, "1.999 < 2.000 hộ"),
        ("on", "HO_TT=2000 HO_TONG=2000", MET, "2.000 = 2.000 hộ"),
        # Findings stop these two on their way here; should they come, the measure stands as written.
        ("above", "HO_TT=2001 HO_TONG=2000", NOT_MET, "2.001 > 2.000 hộ"),
        ("zero", "HO_TT=0 HO_TONG=0", MET, "0 = 0 hộ"),
        ("missing", "HO_TT=2000", INSUFFICIENT, "2.000 = … hộ", BLANK, "HO_TONG"),
    ),
    *declaration_cases("V.3", needs_document=False),
    *figure_cases(
        "VI.1",
        ("below", "KDC_ATANTT=16 KDC_TONG=25", NOT_MET, "16/25 = 64,00%"),
        ("on", "KDC_ATANTT=7 KDC_TONG=10", MET, "7/10 = 70,00%"),
        ("above", "KDC_ATANTT=18 KDC_TONG=25", MET, "18/25 = 72,00%"),
        ("zero", "KDC_ATANTT=0 KDC_TONG=0", NOT_APPLICABLE, "không có khu dân cư"),
        ("missing", "KDC_ATANTT=7", INSUFFICIENT, "7/…", BLANK, "KDC_TONG"),
    ),
    CriterionCase(
        "VI.1", "decided", "KDC_TONG=0", NOT_APPLICABLE, "không có khu dân cư", missing=("KDC_ATANTT",)
    ),
]

CASES = (
    *declaration_cases("I.1", needs_document=True),
    *declaration_cases("I.2", needs_document=True),
    *_CRIME,
    *_ORDER,
    *_MOVEMENT,
)
