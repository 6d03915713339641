"""Letters to real SMTP servers on loopback: honest ones, and those that are down, slow or break off."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from chuyenhoa.clock import ZONE
from chuyenhoa.kit.mail import (
    Letter,
    MailConfigError,
    MailError,
    MailServer,
    SmtpLine,
    build_message,
    read_server,
)
from tests.integration.mail.post_offices import (
    PASSWORD,
    USER,
    Mailbox,
    Serve,
    die_in_data,
    drip,
    greet_busy,
    login_options,
    post_office,
    raw_office,
    say_nothing,
    server_context,
)

AT = datetime(2021, 10, 18, 8, 5, tzinfo=ZONE)
SENDER = "bcd@tinh.example"


def send(server: MailServer, *letters: Letter) -> None:
    with server.line() as line:
        for letter in letters:
            line.send(build_message(letter, server.sender, "BCĐ tỉnh", AT), letter.recipient)


def plain(port: int, **options: Any) -> MailServer:
    return MailServer("127.0.0.1", port, "plain", SENDER, **options)


def fail(server: MailServer, letter: Letter) -> MailError:
    with pytest.raises(MailError) as caught:
        send(server, letter)
    return caught.value


def test_a_plain_server_takes_letters_over_one_line(letter: Letter) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        send(plain(port), letter, replace(letter, recipient="khac@kiengiang.example"))
    assert [entry.rcpt_tos for entry in mailbox.taken] == [[letter.recipient], ["khac@kiengiang.example"]]
    assert [entry.mail_from for entry in mailbox.taken] == [SENDER] * 2
    message = mailbox.messages()[0]
    assert message["Subject"] == letter.subject
    parts = list(message.iter_parts())
    assert parts[0].get_content().replace("\r\n", "\n") == letter.text
    assert [part.get_payload(decode=True) for part in parts[1:]] == [a.content for a in letter.attachments]


def test_starttls_and_login(letter: Letter, certificate: Path) -> None:
    mailbox = Mailbox()
    with post_office(mailbox, **login_options(certificate)) as port:
        login = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
        url = f"smtp+starttls://{login}@127.0.0.1:{port}?from={SENDER}&ca={certificate}&timeout=5"
        send(read_server(url), letter)
        wrong = fail(replace(read_server(url), password="sai"), letter)
        bare = fail(plain(port), letter)
        unknown = fail(replace(read_server(url), ca_file=""), letter)
    assert len(mailbox.taken) == 1
    assert wrong.is_server
    assert "535" in str(wrong)
    assert "sai" not in str(wrong)
    assert bare.is_server
    assert unknown.is_server
    assert "CERTIFICATE_VERIFY_FAILED" in str(unknown)


def test_encryption_from_the_first_byte(letter: Letter, certificate: Path) -> None:
    mailbox = Mailbox()
    with post_office(mailbox, ssl_context=server_context(certificate)) as port:
        send(read_server(f"smtps://127.0.0.1:{port}?from={SENDER}&ca={certificate}"), letter)
    assert len(mailbox.taken) == 1


def test_a_server_without_starttls_gets_nothing_in_the_clear(letter: Letter) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        failure = fail(read_server(f"smtp+starttls://127.0.0.1:{port}?from={SENDER}"), letter)
    assert failure.is_server
    assert "STARTTLS" in str(failure)
    assert mailbox.taken == []


def test_a_server_that_is_down(letter: Letter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    failure = fail(plain(port), letter)
    assert (failure.is_server, failure.is_final) == (True, False)
    assert "ConnectionRefusedError" in str(failure)


@pytest.mark.parametrize(
    ("answer", "is_final"), [("550 no such mailbox", True), ("451 greylisted, come again", False)]
)
def test_a_recipient_refused_does_not_stop_the_others(letter: Letter, answer: str, is_final: bool) -> None:
    mailbox = Mailbox(refuse={letter.recipient: answer})
    other = replace(letter, recipient="khac@kiengiang.example")
    with post_office(mailbox) as port, plain(port).line() as line:
        with pytest.raises(MailError, match=answer) as caught:
            line.send(build_message(letter, SENDER, "", AT), letter.recipient)
        line.send(build_message(other, SENDER, "", AT), other.recipient)
    assert (caught.value.is_final, caught.value.is_server) == (is_final, False)
    assert [entry.rcpt_tos for entry in mailbox.taken] == [[other.recipient]]


@pytest.mark.parametrize(("answer", "is_final"), [("552 too large", True), ("451 try later", False)])
def test_a_letter_refused_after_its_text(letter: Letter, answer: str, is_final: bool) -> None:
    with post_office(Mailbox(data_answers=[answer])) as port:
        failure = fail(plain(port), letter)
    assert (failure.is_final, failure.is_server) == (is_final, False)
    assert answer in str(failure)


@pytest.mark.parametrize("serve", [say_nothing, drip, die_in_data, greet_busy])
def test_a_server_that_hangs_drips_or_breaks_off(letter: Letter, serve: Serve) -> None:
    with raw_office(serve) as port:
        failure = fail(plain(port, timeout=0.5, letter_seconds=1.5), letter)
    assert (failure.is_server, failure.is_final) == (True, False)


def test_a_server_that_is_too_busy_is_not_spoken_to(letter: Letter) -> None:
    with raw_office(greet_busy) as port:
        failure = fail(plain(port, timeout=0.5), letter)
    assert failure.is_server
    assert "421" in str(failure)
    assert "too busy" in str(failure)


def test_a_line_that_broke_is_opened_anew(letter: Letter) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        line = SmtpLine(plain(port))
        line.send(build_message(letter, SENDER, "", AT), letter.recipient)
        line._cut()
        with pytest.raises(MailError):
            line.send(build_message(letter, SENDER, "", AT), letter.recipient)
        line.send(build_message(letter, SENDER, "", AT), letter.recipient)
        line.close()
    assert len(mailbox.taken) == 2


def test_the_server_behind_a_url() -> None:
    server = read_server("smtp+starttls://a%40b.vn:x%2Fy@mail.tinh.example?from=bcd@tinh.example&timeout=7.5")
    assert server == MailServer(
        "mail.tinh.example", 587, "starttls", "bcd@tinh.example", "a@b.vn", "x/y", timeout=7.5
    )
    assert "x/y" not in repr(server)
    assert read_server("smtps://h?from=a@b.vn").port == 465
    assert read_server("smtp://h?from=a@b.vn").port == 25
    assert read_server("smtp://u:p@localhost:2525?from=a@b.vn").user == "u"
    assert read_server("smtp://u:p@127.0.0.2?from=a@b.vn").user == "u"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.tinh.example", "write smtp"),
        ("http://mail.tinh.example?from=a@b.vn", "write smtp"),
        ("smtp://?from=a@b.vn", "write smtp"),
        ("smtp://h:port?from=a@b.vn", "host or port"),
        ("smtp://h:99999?from=a@b.vn", "host or port"),
        ("smtp://h", "from=ADDRESS"),
        ("smtp://h?from=văn@b.vn", "from=ADDRESS"),
        ("smtp://h?from=a@b.vn&timeout=0", "timeout"),
        ("smtp://h?from=a@b.vn&timeout=nan", "timeout"),
        ("smtp://h?from=a@b.vn&timeout=soon", "timeout"),
        ("smtp://h?from=a@b.vn&tls=no", "unknown option tls"),
        ("smtps://user:SECRET-mật@h?from=a@b.vn", "ASCII"),
        ("smtp://user:SECRET@mail.tinh.example?from=a@b.vn", "in the clear"),
    ],
)
def test_a_wrong_description_is_refused_without_its_password(url: str, said: str) -> None:
    with pytest.raises(MailConfigError, match=said) as caught:
        read_server(url)
    assert "SECRET" not in str(caught.value)


def test_a_missing_certificate_file_is_our_own_fault(letter: Letter) -> None:
    with pytest.raises(MailConfigError, match="cannot be read"):
        send(read_server("smtps://127.0.0.1:9?from=a@b.vn&ca=/no/such/file.pem"), letter)


def test_a_host_that_no_name_can_be_is_a_failure_of_the_server(letter: Letter) -> None:
    assert fail(replace(plain(9), host="x" * 70 + ".example"), letter).is_server
