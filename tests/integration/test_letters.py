"""Answers by e-mail, through the pipeline and a real SMTP server: each recipient gets each answer once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chuyenhoa import feedback
from chuyenhoa.cli import main
from chuyenhoa.feedback import render_letter
from chuyenhoa.kit.mail import MailConfigError, MailServer, SmtpLine
from chuyenhoa.pipeline import context
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.notify.mailing import LetterError, send_letters
from chuyenhoa.pipeline.receive.batches import IntakeError
from chuyenhoa.store import deliveries
from chuyenhoa.store.tables import DeliveryRow, EventRow
from tests.integration.forms import fill
from tests.integration.mail.post_offices import (
    Mailbox,
    Serve,
    die_in_data,
    post_office,
    raw_office,
    say_nothing,
)
from tests.integration.prepared import open_periods
from tests.integration.rehearsal import run_intake

RACH_GIA, HA_TIEN = "899-rach-gia", "900-ha-tien"
SENDER = "bcd@tinh.example"
TO = "bcd.rach-gia@kiengiang.example"


@pytest.fixture
def data(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CHUYENHOA_SMTP", raising=False)
    open_periods(data_folder, "2021-6t")
    return data_folder


def drop(data: Path, name: str = "bc.xlsx", folder: str = RACH_GIA, kp: int = 17) -> None:
    form = data / "outbox" / folder / f"BIEU-MAU-2021-6t-{folder}.xlsx"
    (data / "inbox" / folder / name).write_bytes(fill(form, {("30745", "TTXH_KP"): kp}))


def letters() -> list[DeliveryRow]:
    with open_context().store.reading() as session:
        return session.query(DeliveryRow).order_by(DeliveryRow.id).all()


def states() -> list[tuple[str, str, int]]:
    return [(row.kind, row.state, row.attempts) for row in letters()]


def server(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, "plain", SENDER, timeout=0.5, letter_seconds=2)


@contextmanager
def office(mailbox: Mailbox) -> Iterator[MailServer]:
    with post_office(mailbox) as port:
        yield server(port)


def at(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", f"2021-10-{time}:00+07:00")


def test_an_answer_is_mailed_once_with_receipt_and_workbook(data: Path) -> None:
    drop(data, kp=99)
    run_intake()
    mailbox = Mailbox()
    with office(mailbox) as where:
        assert send_letters(where) == {"sent": 1}
        assert send_letters(where) == {}
        run_intake()
        assert send_letters(where) == {}
    (message,) = mailbox.messages()
    assert mailbox.taken[0].rcpt_tos == [TO]
    assert message["Subject"].startswith("TIẾP NHẬN MỘT PHẦN – bc.xlsx – ")
    text, page, book = message.iter_parts()
    assert "Kính gửi Ban Chỉ đạo thành phố Rạch Giá," in text.get_content()
    assert "Số vụ khám phá" in text.get_content()
    outbox = data / "outbox" / RACH_GIA
    assert page.get_payload(decode=True) == (outbox / str(page.get_filename())).read_bytes()
    assert book.get_payload(decode=True) == (outbox / str(book.get_filename())).read_bytes()
    assert str(book.get_filename()).startswith("CAN-SUA-bc-")
    with open_context().store.reading() as session:
        kinds = [event.kind for event in session.query(EventRow)]
    assert kinds.count("mailed") == 1


def test_every_address_gets_its_own_letter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "split_addresses", lambda text: (text, "to-cntt@kiengiang.example"))
    drop(data)
    run_intake()
    mailbox = Mailbox(refuse={TO: "550 gone"})
    with office(mailbox) as where:
        assert send_letters(where) == {"failed": 1, "sent": 1}
    assert [entry.rcpt_tos for entry in mailbox.taken] == [["to-cntt@kiengiang.example"]]
    assert states() == [("answer", "failed", 1), ("answer", "sent", 1)]
    assert "550 gone" in letters()[0].last_error


def test_without_a_server_answers_lie_in_the_outbox_alone(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(data)
    assert main(["intake", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["letters"] == {}
    assert states() == [("answer", "waiting", 0)]
    assert list((data / "outbox" / RACH_GIA).glob("PHIEU-*"))


def test_a_server_that_is_down_fails_nothing_and_is_tried_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at(monkeypatch, "12T09:00")
    drop(data)
    drop(data, folder=HA_TIEN)
    monkeypatch.setenv("CHUYENHOA_SMTP", f"smtp://127.0.0.1:9?from={SENDER}&timeout=2")
    assert main(["intake"]) == 0
    capsys.readouterr()
    # The first letter found that the server is down, so the second was not tried.
    assert states() == [("answer", "waiting", 1), ("answer", "waiting", 0)]
    assert main(["status", "--period", "2021-6t"]) == 0
    shown = capsys.readouterr().out
    assert "Thư điện tử: 2 thư chờ gửi" in shown
    assert f"S000001 → {TO}: 1 lần, " in shown
    assert "Connection refused" in shown
    mailbox = Mailbox()
    with office(mailbox) as where:
        at(monkeypatch, "12T09:04")
        assert send_letters(where) == {"sent": 1}  # the one that was not tried
        at(monkeypatch, "12T09:05")
        assert send_letters(where) == {"sent": 1}
    assert sorted(entry.rcpt_tos[0] for entry in mailbox.taken)[-1] == TO
    assert main(["status", "--period", "2021-6t", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["undelivered"] == []


@pytest.mark.parametrize("serve", [say_nothing, die_in_data])
def test_a_server_that_hangs_or_breaks_off_postpones(data: Path, serve: Serve) -> None:
    drop(data)
    run_intake()
    with raw_office(serve) as port:
        assert send_letters(server(port)) == {"postponed": 1}
    assert states() == [("answer", "waiting", 1)]
    assert letters()[0].next_try_at == "2021-10-12T09:05:00+07:00"


def test_greylisting_ends_with_the_same_letter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(data)
    run_intake()
    mailbox = Mailbox(data_answers=["451 greylisted"])
    with office(mailbox) as where:
        assert send_letters(where) == {"postponed": 1}
        assert send_letters(where) == {}
        at(monkeypatch, "12T09:06")
        assert send_letters(where) == {"sent": 1}
    assert states() == [("answer", "sent", 2)]


def test_a_letter_is_given_up_after_five_days(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(data)
    run_intake()
    with raw_office(say_nothing) as port:
        tries = 0
        for day in range(12, 19):
            for hour in (0, 6, 12, 18):
                if day > 12 or hour > 8:
                    at(monkeypatch, f"{day}T{hour:02}:30")
                tries += sum(send_letters(server(port)).values())
                if letters()[0].state == "failed":
                    break
    (row,) = letters()
    assert (row.state, row.attempts) == ("failed", tries)
    assert row.attempts >= 5
    assert row.next_try_at[:10] >= "2021-10-17"


def test_a_death_after_the_server_took_it_sends_the_same_message_id_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    drop(data)
    run_intake()
    mailbox = Mailbox()
    with office(mailbox) as where:
        with monkeypatch.context() as patch:
            patch.setattr(deliveries, "mark_sent", cut)
            with pytest.raises(PowerCutError):
                send_letters(where)
        assert send_letters(where) == {}
        at(monkeypatch, "12T09:05")
        assert send_letters(where) == {"sent": 1}
        assert send_letters(where) == {}
    first, second = mailbox.messages()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@tinh.example>")


def test_two_passes_at_once_send_one_letter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(data)
    run_intake()
    mailbox = Mailbox()
    with office(mailbox) as where:
        real = SmtpLine.send

        def send(self: SmtpLine, *args: object) -> None:
            monkeypatch.setattr(SmtpLine, "send", real)
            assert send_letters(where) == {}  # the other pass, while this one is about to send
            real(self, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(SmtpLine, "send", send)
        assert send_letters(where) == {"sent": 1}
    assert len(mailbox.taken) == 1


def test_who_has_no_address_and_what_lies_nowhere_is_noted(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "inbox" / "lac.xlsx").write_bytes(b"")
    monkeypatch.setattr(context, "split_addresses", lambda _: ("a@b.vn\nBcc: moi-nguoi@b.vn",))
    drop(data)
    run_intake()
    mailbox = Mailbox()
    with office(mailbox) as where:
        assert send_letters(where) == {"failed": 1}
    assert mailbox.taken == []
    assert sorted(states()) == [("answer", "failed", 1), ("answer", "no_address", 0)]
    assert main(["status", "--period", "2021-6t"]) == 0
    assert "1 thư không gửi được, 1 phiếu không có địa chỉ thư" in capsys.readouterr().out


def test_the_folder_decides_who_gets_the_letter(data: Path) -> None:
    form = data / "outbox" / HA_TIEN / f"BIEU-MAU-2021-6t-{HA_TIEN}.xlsx"
    (data / "inbox" / RACH_GIA / "cua-ha-tien.xlsx").write_bytes(fill(form))
    run_intake()
    assert [row.recipient for row in letters()] == [TO]


def test_the_answer_overtakes_news_of_our_fault(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chuyenhoa.pipeline.receive import answer

    def fail(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    drop(data, "a.xlsx")
    with monkeypatch.context() as patch:
        patch.setattr(answer, "make_workbooks", fail)
        with pytest.raises(IntakeError):
            run_intake()
    assert states() == [("fault", "waiting", 0)]
    run_intake()
    assert states() == [("fault", "cancelled", 0), ("answer", "waiting", 0)]
    drop(data, "b.xlsx", kp=18)
    with monkeypatch.context() as patch:
        patch.setattr(answer, "make_workbooks", fail)
        with pytest.raises(IntakeError):
            run_intake()
    mailbox = Mailbox()
    with office(mailbox) as where:
        assert send_letters(where) == {"sent": 2}
        run_intake()
        assert send_letters(where) == {"sent": 1}
    subjects = [message["Subject"].split(" – ")[0] for message in mailbox.messages()]
    assert subjects == ["ĐÃ TIẾP NHẬN", "ĐÃ NHẬN TỆP, HỆ THỐNG CHƯA XỬ LÝ XONG", "ĐÃ TIẾP NHẬN"]


def test_a_letter_that_we_cannot_write_holds_up_no_other(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(data)
    drop(data, folder=HA_TIEN)
    run_intake()

    def render(receipt: object, *rest: object) -> object:
        if receipt.folder == RACH_GIA:  # type: ignore[attr-defined]
            raise RuntimeError("template broke")
        return render_letter(receipt, *rest)  # type: ignore[arg-type]

    mailbox = Mailbox()
    with office(mailbox) as where, monkeypatch.context() as patch:
        patch.setattr(feedback, "render_letter", render)
        with pytest.raises(LetterError, match="template broke"):
            send_letters(where)
    assert len(mailbox.taken) == 1
    assert sorted(row.state for row in letters()) == ["sent", "waiting"]


def test_old_answers_are_not_sent_when_mail_is_set_up_late(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, "01T09:00")
    drop(data, "cu.xlsx")
    run_intake()
    at(monkeypatch, "12T09:00")
    drop(data, "moi.xlsx", kp=18)
    run_intake()
    mailbox = Mailbox()
    with office(mailbox) as where:
        assert send_letters(where) == {"sent": 1}
    assert "moi.xlsx" in mailbox.messages()[0]["Subject"]
    assert [row.state for row in letters()] == ["cancelled", "sent"]


def test_a_link_in_the_outbox_is_not_followed(data: Path, tmp_path: Path) -> None:
    drop(data, kp=99)
    run_intake()
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"of somebody else")
    (book,) = (data / "outbox" / RACH_GIA).glob("CAN-SUA-*")
    book.unlink()
    book.symlink_to(secret)
    mailbox = Mailbox()
    with office(mailbox) as where:
        assert send_letters(where) == {"sent": 1}
    assert len(list(mailbox.messages()[0].iter_attachments())) == 1


def test_a_linked_outbox_folder_is_not_followed(data: Path, tmp_path: Path) -> None:
    drop(data, kp=99)
    run_intake()
    moved = tmp_path / "elsewhere"
    shutil.move(data / "outbox" / RACH_GIA, moved)
    (data / "outbox" / RACH_GIA).symlink_to(moved)
    mailbox = Mailbox()
    with office(mailbox) as where:
        assert send_letters(where) == {"sent": 1}
    assert len(list(mailbox.messages()[0].iter_attachments())) == 1


def test_a_wrong_setting_is_told_to_the_caller(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHUYENHOA_SMTP", "mail.tinh.example")
    drop(data)
    assert main(["intake"]) == 2
    assert "smtp+starttls://" in capsys.readouterr().err
    assert list((data / "outbox" / RACH_GIA).glob("PHIEU-*"))
    with pytest.raises(MailConfigError):
        send_letters()
