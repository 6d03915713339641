"""A letter's headers hold what we put there and nothing that a file name or a plan could smuggle in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

import pytest

from chuyenhoa.clock import ZONE
from chuyenhoa.kit.mail import Attachment, Letter, build_message, is_address, split_addresses

AT = datetime(2021, 10, 18, 8, 5, tzinfo=ZONE)
SENDER = "bcd@tinh.example"


def text_of(part: Message) -> str:
    """The text of a part, with the line ends of this machine."""
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_letter_says_in_vietnamese_what_we_wrote(letter: Letter) -> None:
    message = message_from_bytes(
        build_message(letter, SENDER, "Ban Chỉ đạo tỉnh", AT).as_bytes(), policy=policy.default
    )
    assert message["Subject"] == letter.subject
    assert message["From"] == "Ban Chỉ đạo tỉnh <bcd@tinh.example>"
    assert message["To"] == letter.recipient
    assert message["Message-ID"] == letter.message_id
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert isinstance(message, EmailMessage)
    body, page, book = message.iter_parts()
    assert text_of(body) == letter.text
    assert body.get_content_type() == "text/plain"
    assert (page.get_filename(), page.get_content_type()) == ("PHIEU-TIEP-NHAN-Báo-cáo.html", "text/html")
    assert page.get_payload(decode=True) == letter.attachments[0].content
    assert book.get_filename() == "CAN-SUA-Báo-cáo.xlsx"
    assert book.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert book.get_payload(decode=True) == letter.attachments[1].content


@pytest.mark.parametrize("pad", range(0, 90, 7))
def test_no_blank_of_a_subject_is_lost_wherever_it_is_folded(letter: Letter, pad: int) -> None:
    subject = "x" * pad + "ĐÃ NHẬN TỆP, HỆ THỐNG CHƯA XỬ LÝ XONG – Báo cáo quý.xlsx"
    content = build_message(replace(letter, subject=subject), SENDER, "Ban Chỉ đạo", AT).as_bytes()
    assert message_from_bytes(content, policy=policy.default)["Subject"] == subject


def test_the_message_travels_as_plain_ascii(letter: Letter) -> None:
    content = build_message(letter, SENDER, "Ban Chỉ đạo", AT).as_bytes()
    assert content.isascii()
    head = content.split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x00\n"])
def test_no_name_of_a_file_writes_a_header(letter: Letter, end: str) -> None:
    attack = f"bc.xlsx{end}Bcc: moi-nguoi@example.com{end}{end}Nội dung giả"
    letter = replace(letter, subject=attack, attachments=(Attachment(attack, b"x"),))
    content = build_message(letter, SENDER, attack, AT).as_bytes()
    message = message_from_bytes(content, policy=policy.default)
    assert message["Bcc"] is None
    assert "Bcc: moi-nguoi@example.com" in message["Subject"]
    assert message.defects == []
    assert [text_of(part) for part in message.walk() if part.get_content_type() == "text/plain"] == [
        letter.text
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a b@tinh.example",
        "a@tinh.example\nBcc: b@tinh.example",
        "a@tinh.example, b@tinh.example",
        "Tên <a@tinh.example>",
        "văn-phòng@tinh.example",
        "a@tinh.example\r",
        "khong-co-a-cong",
        "a@" + "x" * 260,
    ],
)
def test_what_is_no_single_address_gets_no_letter(letter: Letter, address: str) -> None:
    assert not is_address(address)
    with pytest.raises(ValueError, match="is no e-mail address"):
        build_message(replace(letter, recipient=address), SENDER, "", AT)
    with pytest.raises(ValueError, match="is no e-mail address"):
        build_message(letter, address, "", AT)


def test_a_message_id_with_a_line_end_is_refused(letter: Letter) -> None:
    with pytest.raises(ValueError, match="is no message id"):
        build_message(replace(letter, message_id="<a@b>\nBcc: c@d"), SENDER, "", AT)


def test_a_field_may_hold_several_addresses() -> None:
    assert split_addresses("") == ()
    assert split_addresses(" a@b.vn; c@d.vn,a@b.vn\n") == ("a@b.vn", "c@d.vn")
    assert is_address("a.b+c@d-e.gov.vn")
    assert is_address("root@localhost")


def test_control_characters_leave_the_text(letter: Letter) -> None:
    message = build_message(
        replace(letter, attachments=(), text="một\x00\x1b[2Jhai\ud800\n\tba\n"), SENDER, "", AT
    )
    body = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert text_of(next(body.walk())) == "một[2Jhai\n\tba\n"
