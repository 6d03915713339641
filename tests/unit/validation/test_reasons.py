"""A text that only repeats that the figure stands is no reason; what happened is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.model.rules import Rule
from chuyenhoa.validation.justifications import (
    Flaw,
    JustificationRules,
    ReasonsError,
    load_justification_rules,
)

PATH = Path(__file__).resolve().parents[3] / "templates" / "messages" / "reasons.yaml"
RULES = load_justification_rules(PATH)
PHRASES = yaml.safe_load(PATH.read_text(encoding="utf-8"))["empty"]

NONE = [
    ("", Flaw.BLANK),
    ("-", Flaw.BLANK),
    ("…", Flaw.BLANK),
    (".", Flaw.BLANK),
    ("ok", Flaw.EMPTY),
    ("O.K!!", Flaw.SHORT),
    ("Đúng", Flaw.EMPTY),
    ("ĐÚNG RỒI Ạ.", Flaw.EMPTY),
    ("dung", Flaw.EMPTY),
    ("Số liệu đúng", Flaw.EMPTY),
    ("so lieu dung", Flaw.EMPTY),
    ("Đã kiểm tra, số liệu đúng thực tế.", Flaw.EMPTY),
    ("Đơn vị đã rà soát lại, số liệu là chính xác", Flaw.EMPTY),
    ("Như trên", Flaw.EMPTY),
    ("Đề nghị chấp nhận số liệu", Flaw.EMPTY),
    ("Do án cũ", Flaw.SHORT),
    ("như báo cáo", Flaw.EMPTY),
    ("Thực tế phát sinh như vậy", Flaw.EMPTY),
    ("Báo cáo đúng theo tình hình thực tế tại địa phương", Flaw.EMPTY),
    ("đã kiểm tra lại và số liệu đúng như báo cáo của Công an phường", Flaw.EMPTY),
    ("Số liệu của Công an xã cung cấp là đúng", Flaw.EMPTY),
    ("Đề nghị Ban Chỉ đạo tỉnh ghi nhận số liệu này", Flaw.EMPTY),
    ("Do thực tế xảy ra nhiều hơn so với cùng kỳ", Flaw.SHORT),
    ("Do làm tốt công tác phòng ngừa", Flaw.SHORT),
    ("12 34 56 78", Flaw.SHORT),
    ("asdf qwer zxcv fghj", Flaw.SHORT),
    ("án án án án án", Flaw.SHORT),
]
GOOD = [
    "Án cũ từ 2019 được làm rõ",
    "Do sáp nhập 02 ấp từ xã bên",
    "Số liệu đúng: tháng 9 mở đợt cao điểm, bắt thêm 06 vụ cờ bạc",
    "an cu nam 2019 chuyen sang, da doi chieu so thu ly",
    "Một đối tượng gây ra ba vụ trộm cắp, khởi tố chung một vụ án.",
    "Cuối kỳ giảm về 0 vì đã xóa tên 05 người chuyển nơi cư trú",
    "Cao điểm tháng 9 bắt thêm 6 vụ",
    "Tăng do Công an phường mở đợt cao điểm truy quét",
    "Do tai nạn va chạm nhẹ, chỉ hư xe",
]


@pytest.mark.parametrize(("text", "flaw"), NONE, ids=[text or "nothing" for text, _ in NONE])
def test_what_is_no_reason(text: str, flaw: Flaw) -> None:
    assert RULES.flaw_of(text) is flaw


@pytest.mark.parametrize("text", GOOD)
def test_what_is_a_reason(text: str) -> None:
    assert RULES.flaw_of(text) is None


def test_the_words_of_the_rule_itself_are_no_reason(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        message = re.sub(r"\{[^{}]*\}", "12", rule.message)
        half = " ".join(message.split()[:14])
        for text in (rule.title, message, half, f"{half} là đúng"):
            assert RULES.flaw_of(text, (rule.title, message)) is not None, (rule.rule_id, text)


def test_our_own_example_is_no_reason() -> None:
    (ours,) = yaml.safe_load(PATH.read_text(encoding="utf-8"))["ours"]
    assert RULES.flaw_of(ours) is Flaw.COPIED
    assert JustificationRules(4, RULES.empty, RULES.filler, (), 60, RULES.why).flaw_of(ours) is None


@given(st.lists(st.sampled_from(PHRASES), max_size=6), st.sampled_from([" ", ", ", ". ", "; ", "\n"]))
def test_phrases_in_any_number_and_order_are_no_reason(phrases: list[str], between: str) -> None:
    assert RULES.flaw_of(between.join(phrases)) is not None


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    assert RULES.flaw_of(text, (text,)) in {None, *Flaw}


@given(st.sampled_from(GOOD), st.lists(st.sampled_from(PHRASES), max_size=3))
def test_a_reason_stays_one_with_phrases_beside_it(good: str, phrases: list[str]) -> None:
    assert RULES.flaw_of(". ".join([*phrases, good])) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("least_words: 4", "least_words: 0"),
        ("empty:", "empties:"),
        ("  - ok\n", "  - '!'\n"),
        ("  short:", "  brief:"),
    ],
)
def test_a_wrong_file_is_our_fault(tmp_path: Path, old: str, new: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "reasons.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ReasonsError):
        load_justification_rules(tmp_path / "reasons.yaml")
