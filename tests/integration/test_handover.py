"""What is issued is registered, packed with its proofs, sent to each recipient once, and comes out again."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from chuyenhoa.cli import main
from chuyenhoa.kit.mail import MailServer
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.notify.mailing import send_letters
from chuyenhoa.pipeline.publish import handover
from chuyenhoa.pipeline.publish.handover import write_handover
from chuyenhoa.pipeline.publish.issuing import issue_documents, record_decision
from chuyenhoa.store.archive import archived_path
from chuyenhoa.store.tables import SnapshotRow
from tests.homes import copy_home
from tests.integration.mail.post_offices import Mailbox, post_office
from tests.integration.test_office_decisions import APPROVAL, draft, render, row, send_more

__all__ = ["draft"]


@pytest.fixture
def issued(draft: str, data_folder: Path) -> Path:
    """The issued report."""
    record_decision([draft], APPROVAL)
    (path,) = issue_documents([draft])
    return data_folder / path


@pytest.fixture
def home(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own whose plan names recipients."""
    home = copy_home(root, tmp_path / "home")
    (home / "plans" / "2021" / "recipients.csv").write_text(
        "name,email,documents\n"
        "Văn phòng Bộ Công an,vp@bca.example,bao_cao_so_ket;bao_cao_tong_ket\n"
        "Thường trực Tỉnh ủy,tu@kiengiang.example,\n"
        "Phòng khác,khac@kiengiang.example,bao_cao_tong_ket\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    return home


def test_the_package_holds_documents_annex_evidence_and_true_checksums(
    issued: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    path = data_folder / write_handover("2021-6t")
    first = path.read_bytes()
    folder = data_folder / "office" / "handover" / "2021-6t"
    with zipfile.ZipFile(path) as book:
        names = set(book.namelist())
        assert names == {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert book.read(f"van-ban/{issued.name}") == issued.read_bytes()
        lines = [line.split("  ", 1) for line in book.read("SHA256SUMS").decode().splitlines()]
        sums = {name: sha256 for sha256, name in lines}
        assert set(sums) == names - {"SHA256SUMS"}
        assert all(hashlib.sha256(book.read(name)).hexdigest() == sums[name] for name in sums)
        (evidence,) = (name for name in names if "so-lieu-chot" in name)
        with open_context().store.reading() as session:
            (snapshot,) = session.query(SnapshotRow)
        assert hashlib.sha256(book.read(evidence)).hexdigest() == snapshot.id
        (explained,) = (name for name in names if "giai-trinh" in name)
        assert "TTXH_KP" in book.read(explained).decode()
        originals = {hashlib.sha256(book.read(n)).hexdigest() for n in names if "tep-goc" in n}
        assert originals == {entry["sha256"] for entry in json.loads(snapshot.content)["submissions"]}
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    write_handover("2021-6t")
    assert path.read_bytes() == first


def test_the_annex_holds_every_figure_and_no_formula(issued: Path, data_folder: Path) -> None:
    write_handover("2021-6t")
    (annex,) = (data_folder / "office" / "handover" / "2021-6t").glob("phu-luc/*.xlsx")
    with open_context().store.reading() as session:
        content = json.loads(session.query(SnapshotRow).one().content)
    book = openpyxl.load_workbook(annex)
    rows = list(book["Số liệu"].iter_rows(min_row=2, values_only=True))
    windows = {"current": "kỳ báo cáo", "baseline": "cùng kỳ"}
    assert [(r[0], r[2], r[4]) for r in rows] == [
        (e["locality"], e["indicator"], windows[e["basis"]]) for e in content["figures"]
    ]
    assert {r[2]: r[5] for r in rows if r[0] == "30745" and r[4] == "kỳ báo cáo"}["TTXH_KP"] == 17
    english = {str(c.value) for sheet in book for c in sheet[1]} & {"locality", "verdict", "value", "status"}
    assert english == set(), "the annex goes to offices"
    formulas = [c for sheet in book for line in sheet.iter_rows() for c in line if c.data_type == "f"]
    assert formulas == []


def test_a_pdf_goes_with_every_document_and_is_made_once(issued: Path, data_folder: Path) -> None:
    path = data_folder / write_handover("2021-6t")
    pdf = data_folder / "office" / "handover" / "2021-6t" / "van-ban" / f"{issued.stem}.pdf"
    assert pdf.read_bytes().startswith(b"%PDF")
    first = path.read_bytes()
    write_handover("2021-6t")
    assert path.read_bytes() == first


def test_a_libreoffice_that_hangs_is_ended_and_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "soffice"
    script.write_text("#!/bin/sh\nsleep 600 &\necho $! > " + str(tmp_path / "child") + "\nwait\n")
    script.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(script))
    assert handover.make_pdfs({"a": b"x"}, seconds=1.0) == {}
    child = (tmp_path / "child").read_text().strip()
    stat = Path(f"/proc/{child}/stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_each_recipient_gets_each_document_once(issued: Path, home: Path, data_folder: Path) -> None:
    write_handover("2021-6t")
    write_handover("2021-6t")
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        server = MailServer("127.0.0.1", port, "plain", "bcd@tinh.example", timeout=5, letter_seconds=10)
        send_letters(server)
        write_handover("2021-6t")
        send_letters(server)
    sent = [
        entry.rcpt_tos for entry in mailbox.taken if entry.rcpt_tos[0].startswith(("vp@", "tu@", "khac@"))
    ]
    assert sorted(sent) == [["tu@kiengiang.example"], ["vp@bca.example"]]
    letter = next(m for m, e in zip(mailbox.messages(), mailbox.taken, strict=True) if e.rcpt_tos == sent[0])
    text, attached = letter.iter_parts()
    assert attached.get_payload(decode=True) == issued.read_bytes()
    assert hashlib.sha256(issued.read_bytes()).hexdigest() in text.get_content()
    with open_context().store.reading() as session:
        from chuyenhoa.pipeline.publish.issuing import find_entries

        (entry,) = find_entries(open_context(), session)
    assert entry.sent == ("tu@kiengiang.example", "vp@bca.example")


def test_letters_wait_while_the_mail_server_is_down(issued: Path, home: Path) -> None:
    write_handover("2021-6t")
    down = MailServer("127.0.0.1", 9, "plain", "bcd@tinh.example", timeout=1, letter_seconds=2)
    assert send_letters(down) == {"postponed": 1}


def test_a_mail_server_away_for_weeks_costs_no_recipient_the_document(
    issued: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_handover("2021-6t")
    down = MailServer("127.0.0.1", 9, "plain", "bcd@tinh.example", timeout=1, letter_seconds=2)
    for day in range(21, 31):
        monkeypatch.setenv("CHUYENHOA_NOW", f"2021-10-{day}T09:00:00+07:00")
        send_letters(down)
    write_handover("2021-6t")
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        server = MailServer("127.0.0.1", port, "plain", "bcd@tinh.example", timeout=5, letter_seconds=10)
        send_letters(server)
        write_handover("2021-6t")
        send_letters(server)
    assert sorted(e.rcpt_tos[0] for e in mailbox.taken if e.rcpt_tos[0][:3] in ("vp@", "tu@")) == [
        "tu@kiengiang.example",
        "vp@bca.example",
    ]


def test_a_document_issued_long_before_there_was_a_mail_server_is_still_sent(
    issued: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_handover("2021-6t")
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-12-01T09:00:00+07:00")
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        send_letters(MailServer("127.0.0.1", port, "plain", "bcd@tinh.example", timeout=5, letter_seconds=10))
    assert {e.rcpt_tos[0] for e in mailbox.taken} == {"tu@kiengiang.example", "vp@bca.example"}


def test_the_register_tells_number_version_and_what_was_replaced(
    issued: Path, draft: str, data_folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    send_more(data_folder)
    newer = render()
    record_decision([newer], {**APPROVAL, "number": "16", "signer": "Nguyễn Thị B"})
    issue_documents([newer])
    assert main(["register", "--json", "--xlsx", str(tmp_path / "so.xlsx")]) == 0
    first, second = json.loads(capsys.readouterr().out)["documents"]
    assert (first["number"], first["version"], first["supersedes"]) == ("07/BC-BCĐ", 1, "")
    assert (second["number"], second["version"], second["supersedes"]) == ("16/BC-BCĐ", 2, draft)
    assert second["approver"] == "office"
    assert "Văn phòng Bộ Công an" in second["recipients"]
    assert second["sha256"] == row(newer).issued_sha256
    shown = openpyxl.load_workbook(tmp_path / "so.xlsx").worksheets[0]
    assert [line[0] for line in shown.iter_rows(min_row=2, values_only=True)] == ["07/BC-BCĐ", "16/BC-BCĐ"]
    assert [line[5] for line in shown.iter_rows(min_row=2, values_only=True)] == [
        "",
        "07/BC-BCĐ, 20/10/2021",
    ]
    assert main(["register", "--milestone", "2021-6t"]) == 0
    assert "07/BC-BCĐ" in capsys.readouterr().out


def test_an_issued_document_comes_out_again_even_when_its_template_was_edited(
    issued: Path, home: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "templates" / "documents" / "bao_cao_so_ket.docx").write_bytes(b"edited")
    assert main(["report", "--verify"]) == 0
    assert "same bytes" in capsys.readouterr().out
    original = issued.read_bytes()
    issued.write_bytes(original + b" ")
    assert main(["report", "--verify", "--milestone", "2021-6t", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["documents"][0]["is_same"] is False
    issued.write_bytes(original)
    template = archived_path(data_folder / "archive", row("2021-6t.bao_cao_so_ket.v1").template_sha256)
    template.chmod(0o600)
    template.write_bytes(io.BytesIO(b"other").getvalue())
    assert main(["report", "--verify", "2021-6t.bao_cao_so_ket.v1"]) == 1
    assert "damaged" in capsys.readouterr().out
    assert main(["audit", "--quick"]) == 1
    assert main(["report", "--verify", "no-such-document"]) == 2


def test_nothing_issued_is_nothing_to_hand_over(draft: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handover", "--milestone", "2021-6t"]) == 2
    assert "no document is issued" in capsys.readouterr().err
