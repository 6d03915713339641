"""Numbers and dates as clerks write them: taken where they are clear, asked again where they are not."""

from __future__ import annotations

from datetime import date

import pytest

from chuyenhoa.release.decision import DecisionError, check_date, read_decision

DAY = date(2021, 10, 20)


def read(**changes: str) -> tuple[str, date | None]:
    raw = {"chosen": "approve", "number": "152", "date": "20/10/2021", "signer": "A", "by": "B", **changes}
    decision = read_decision(raw, series=["BC-BCĐ"])
    return decision.number, decision.date


@pytest.mark.parametrize(
    "text",
    [
        "20/10/2021",
        " 20-10-2021 ",
        "20.10.2021",
        "20 / 10 / 2021",
        "ngày 20 tháng 10 năm 2021",
        "Ngày 20 tháng 10 năm 2021.",
        "2021-10-20",
        "2021-10-20 00:00:00",
    ],
)
def test_a_date_is_read_as_it_is_usually_written(text: str) -> None:
    assert read(date=text)[1] == DAY


@pytest.mark.parametrize(
    "text", ["10/20/2021", "20/10/21", "31/02/2021", "44489", "20/10", "hôm nay", "２０/10/2021"]
)
def test_a_date_that_is_not_clear_is_asked_again(text: str) -> None:
    with pytest.raises(DecisionError, match="ngày ban hành hợp lệ"):
        read(date=text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", "07"),
        ("07", "07"),
        ("007", "07"),
        ("152", "152"),
        ("0152/BC-BCĐ", "152"),
        ("12a", "12a"),
        ("9 / bc-bcđ", "09"),
    ],
)
def test_the_same_number_is_the_same_however_it_is_written(text: str, number: str) -> None:
    assert read(number=text)[0] == number


@pytest.mark.parametrize("text", ["0", "00", "-3", "Số 152", "１５２", "152;153", "1234567"])
def test_what_is_no_number_is_asked_again(text: str) -> None:
    with pytest.raises(DecisionError, match="số văn bản hợp lệ"):
        read(number=text)


def test_a_symbol_of_another_kind_of_document_is_asked_again() -> None:
    with pytest.raises(DecisionError, match="không đúng"):
        read(number="152/QĐ-BCĐ")


@pytest.mark.parametrize(
    ("day", "said"), [(date(2021, 10, 14), "không sau ngày cuối kỳ"), (date(2031, 10, 20), "quá xa")]
)
def test_a_date_that_cannot_be_is_asked_again(day: date, said: str) -> None:
    check_date(DAY, date(2021, 10, 14), date(2021, 10, 18))
    with pytest.raises(DecisionError, match=said):
        check_date(day, date(2021, 10, 14), date(2021, 10, 18))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"chosen": ""},
            r"Câu trả lời chưa đủ hoặc chưa đúng: chưa chọn quyết định \(phê duyệt hoặc trả lại\)\.",
        ),
        ({"chosen": "Đồng ý"}, "lựa chọn “Đồng ý” không hợp lệ"),
        ({"number": "152/QĐ-BCĐ"}, "ký hiệu “QĐ-BCĐ” không đúng"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_office(change: dict[str, str], said: str) -> None:
    with pytest.raises(DecisionError, match=said):
        read(**change)
