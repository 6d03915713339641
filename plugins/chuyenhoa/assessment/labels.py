"""The few Vietnamese words that figures and formulas need.

Official text lives in the plan's data and in templates. These words are grammar, not policy: how a number
that is missing, has fallen or has risen is read aloud. What a criterion says when nothing occurred is data.
"""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.model.criteria import Direction
from chuyenhoa.model.results import InsufficiencyReason, Verdict

# Statistical usage: there may be a figure, but it is not available.
MISSING = "…"

NO_DATA = "chưa có số liệu"
CONTRADICTORY = "số liệu mâu thuẫn"
NOT_APPLICABLE = "không áp dụng"
AT_LEAST = "ít nhất"
AT_MOST = "nhiều nhất"
FROM, TO = "từ", "đến"
OF = "trong"
FALLS = "giảm"
RISES = "tăng"
SAME_AS_BASELINE = "bằng cùng kỳ"
NOTHING_HAPPENED = "không xảy ra"
THIS_PERIOD = "kỳ này"
SAME_PERIOD = "cùng kỳ"
AND = "và"

NO_DOCUMENT = "chưa có văn bản"
NO_DOCUMENT_NUMBER = "chưa có số văn bản"
NO_DOCUMENT_DATE = "chưa có ngày văn bản"
# Said beside what is still possible where the work on it ended at the limit (decision 0036).
WIDE = "chưa tính hết vì nhiều tiêu chí cùng dùng số liệu còn thiếu; khả năng thực tế có thể ít hơn"
NO_EARLIER_YEARS = "Chưa có số liệu các năm trước để đánh giá chỉ tiêu này."
NO_LOCALITIES = "Kế hoạch không có địa bàn nào để đánh giá chỉ tiêu này."

VERDICTS: Mapping[str, str] = {
    Verdict.MET: "ĐẠT",
    Verdict.NOT_MET: "KHÔNG ĐẠT",
    Verdict.NOT_APPLICABLE: "KHÔNG ÁP DỤNG",
    Verdict.INSUFFICIENT: "CHƯA ĐỦ SỐ LIỆU",
}

# What a table shows in place of a figure when the whole result lacks for one reason.
REASONS = {
    InsufficiencyReason.NOT_SUBMITTED: "chưa có báo cáo",
    InsufficiencyReason.BLANK: NO_DATA,
    InsufficiencyReason.HELD_BY_FINDINGS: "số liệu có lỗi, chờ sửa",
    InsufficiencyReason.GAP_IN_WINDOW: "số liệu chưa đủ thời gian của kỳ",
    InsufficiencyReason.NO_BASELINE: "chưa có số liệu cùng kỳ",
    InsufficiencyReason.NO_GUIDANCE: "chưa có hướng dẫn",
    InsufficiencyReason.UNIT_CHANGED: "địa bàn đã thay đổi, không so sánh được",
    InsufficiencyReason.CONFLICTING_SOURCES: CONTRADICTORY,
    InsufficiencyReason.WITHDRAWN: "đã rút số liệu",
}

SIGNS = {
    Direction.AT_LEAST: "≥",
    Direction.AT_MOST: "≤",
    Direction.LESS_THAN: "<",
    Direction.MORE_THAN: ">",
    Direction.EQUAL: "=",
}
# The relation that holds where the one asked for does not.
OPPOSITE_SIGNS = {
    Direction.AT_LEAST: "<",
    Direction.AT_MOST: ">",
    Direction.LESS_THAN: "≥",
    Direction.MORE_THAN: "≤",
    Direction.EQUAL: "≠",
}


def format_bounds(low: str | None, high: str | None) -> str:
    """What is known of a figure in part: "ít nhất 1", "nhiều nhất 5", "từ 1 đến 5"; empty for nothing."""
    if low and high:
        return f"{FROM} {low} {TO} {high}"
    return f"{AT_LEAST} {low}" if low else f"{AT_MOST} {high}" if high else ""
