"""plan check, templates check and layout check, on shipped and on broken data."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from chuyenhoa.cli import samples
from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.reporting import LayoutProblem, TemplateProblem
from tests.homes import copy_home
from tests.integration.cli.conftest import Call

KINDS = ("bao_cao_so_ket", "bao_cao_tong_ket")


@pytest.fixture
def template(root: Path, tmp_path: Path) -> Path:
    """A copy of a shipped template under a name of the office's own."""
    path = tmp_path / "Mẫu sơ kết.docx"
    shutil.copy(root / "templates" / "documents" / "bao_cao_so_ket.docx", path)
    return path


def change(path: Path, old: str, new: str, part: str = "word/document.xml") -> None:
    parts = read_parts(path.read_bytes())
    text = parts[part].decode()
    assert old in text
    path.write_bytes(write_parts({**parts, part: text.replace(old, new, 1).encode()}))


@pytest.mark.scene
def test_the_shipped_templates_have_no_problem(call: Call, root: Path) -> None:
    found = call("templates", "check", "--json").json
    assert {Path(path) for path in found} == set((root / "templates" / "documents").glob("*.docx"))
    assert not any(found.values())


def test_sound_templates_are_named_one_by_one(call: Call, home: Path) -> None:
    for path in (home / "templates" / "documents").glob("*.docx"):
        if path.stem not in KINDS:
            path.unlink()
    answer = call("templates", "check")
    assert answer.code == 0
    assert all(f"{kind}.docx: no problem" in answer.out for kind in KINDS)


def test_a_template_of_another_name_needs_its_kind(call: Call, template: Path) -> None:
    answer = call("templates", "check", template)
    assert (answer.code, "Traceback" in answer.err) == (2, False)
    assert "--kind" in answer.err
    assert all(kind in answer.err for kind in KINDS)
    assert call("templates", "check", template, "--kind", "bao_cao_so_ket").code == 0
    answer = call("templates", "check", template, "--kind", "to_trinh")
    assert answer.code == 2
    assert "'to_trinh' is no kind" in answer.err
    assert call("templates", "check", "--kind", "bao_cao_so_ket").code == 2


def test_template_problems_are_sentences(call: Call, template: Path) -> None:
    change(template, "subject", "subjekt")
    answer = call("templates", "check", template, "--kind", "bao_cao_so_ket")
    assert answer.code == 1
    (line,) = [line for line in answer.out.splitlines() if "subjekt" in line]
    assert "TemplateProblem" not in answer.out
    assert line.startswith("  lỗi, đoạn ")
    assert line.endswith("không có trường subjekt; có phải là subject?")
    found = call("templates", "check", template, "--kind", "bao_cao_so_ket", "--json").json[str(template)]
    assert set(found[0]) >= {"severity", "where", "message", "text"}
    assert found[0]["text"] == line.strip()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ subject }}", "{{ subject ", "thẻ mở mà không đóng"),
        ("{{ subject }}", "{{ subject|”x” }}", "dấu ” do Word tự đổi"),
        ("{{ subject }}", "{{ subject + }}", "thẻ sai cú pháp"),
        ("{{ data_note }}", "x", "cảnh báo: trường data_note không được dùng"),
        ("{{ subject }}", "x", "lỗi: thiếu trường bắt buộc subject"),
        ("{{ subject }}", "{{ subject }}{{ khong_co_gi }}", "không có trường khong_co_gi; phải là"),
    ],
)
def test_every_template_problem_is_vietnamese(
    call: Call, template: Path, old: str, new: str, said: str
) -> None:
    change(template, old, new)
    answer = call("templates", "check", template, "--kind", "bao_cao_so_ket")
    assert answer.code == 1
    assert said in answer.out


def test_where_a_template_problem_stands() -> None:
    assert str(TemplateProblem("error", "header2, paragraph 3 “x”", "a", "b")) == (
        "lỗi, đầu trang 2, đoạn 3 “x”: b"
    )
    assert str(TemplateProblem("error", "", "only English")) == "lỗi: only English"


def test_layout_problems_are_sentences(call: Call, template: Path) -> None:
    change(template, 'w:left="', 'w:left="9')
    answer = call("layout", "check", template)
    assert answer.code == 1
    assert "LayoutProblem" not in answer.out
    assert any(
        line.startswith("  lề trái, phần 1: ") and line.endswith(" mm; yêu cầu: 30–35 mm")
        for line in answer.out.splitlines()
    )
    found = call("layout", "check", template, "--json").json[str(template)]
    assert {"element", "found", "expected", "text"} <= set(found[0])
    assert str(LayoutProblem("cỡ chữ", "12", "13")) == "cỡ chữ: 12; yêu cầu: 13"


def test_a_rendered_draft_passes_the_layout(call: Call) -> None:
    paths = call("report", "--milestone", "2021-6t").out.split()
    assert paths
    for path in paths:
        answer = call("layout", "check", path)
        assert (answer.code, answer.out) == (0, f"{path}: no problem\n")


@pytest.mark.parametrize("command", ["templates", "layout"])
def test_files_that_are_no_documents(call: Call, root: Path, tmp_path: Path, command: str) -> None:
    name = "bao_cao_so_ket.docx"
    broken = tmp_path / name
    shipped = read_parts((root / "templates" / "documents" / name).read_bytes())

    def refused(*words: str) -> None:
        answer = call(command, "check", broken)
        assert (answer.code, answer.out) == (2, "")
        assert "Traceback" not in answer.err
        assert [word for word in (str(broken), *words) if word not in answer.err] == []

    refused("No such file")
    broken.write_bytes(b"no zip")
    refused("no .docx")
    broken.write_bytes(write_parts({**shipped, "word/styles.xml": b"<w:styles"}))
    refused("damaged")
    broken.write_bytes(write_parts({**shipped, "word/document.xml": b"<document/>"}))
    refused("damaged")
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("word/document.xml", shipped["word/document.xml"])
    refused("damaged")
    broken.unlink()
    broken.mkdir()
    refused("directory")


@pytest.fixture
def home(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's data to be spoilt."""
    copy_home(root, tmp_path / "home")
    monkeypatch.setenv("CHUYENHOA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_lock_file_of_an_open_word_is_no_template(call: Call, home: Path) -> None:
    documents = home / "templates" / "documents"
    (documents / "~$o_cao_so_ket.docx").write_bytes(b"lock")
    for path in documents.glob("*.docx"):
        if not path.name.startswith(("~$", "phieu")):
            path.unlink()
    assert call("templates", "check").code == 0
    for path in documents.glob("*.docx"):
        path.unlink()
    answer = call("templates", "check")
    assert answer.code == 2
    assert "no template here" in answer.err


def test_a_template_that_cannot_be_rendered_stops_the_report(call: Call, home: Path) -> None:
    change(home / "templates" / "documents" / "bao_cao_so_ket.docx", "{{ subject }}", "{{ subjekt }}")
    answer = call("report", "--milestone", "2021-6t")
    assert (answer.code, "Traceback" in answer.err) == (2, False)
    assert "subjekt" in answer.err
    assert "templates check" in answer.err


def test_plan_check_counts_what_is_there(call: Call) -> None:
    answer = call("plan", "check")
    assert answer.code == 0
    assert "plan 2021: " in answer.out
    assert "16 localities" in answer.out
    assert call("plan", "check", "--json").json == {"2021": []}


def test_plan_check_names_file_and_line(call: Call, home: Path) -> None:
    path = home / "plans" / "2021" / "periods.yaml"
    path.write_text(path.read_text().replace("deadline: 2021-10-17", "deadline: sớm", 1))
    answer = call("plan", "check")
    assert (answer.code, answer.out) == (1, "")
    assert "plan 2021: periods.yaml:" in answer.err
    (problem, *_) = call("plan", "check", "--json").json["2021"]
    assert set(problem) == {"file", "line", "text", "severity"}
    # The status goes on with what there is, and tells the fault first.
    answer = call("status")
    assert (answer.code, "Traceback" in answer.err) == (0, False)
    assert answer.out.startswith("! kế hoạch 2021 hỏng")


@pytest.mark.scene
def test_a_preview_writes_every_case_and_says_what_breaks(
    call: Call, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "preview"
    arguments = ("templates", "preview", template, "--kind", "bao_cao_so_ket", "--out", out, "--no-pdf")
    answer = call(*arguments)
    assert answer.code == 0
    names = {path.name for path in out.iterdir()}
    cases = ("thuong", "ten-dai", "chua-gui", "khong-dia-ban", "300-dia-ban")
    assert names == {f"bao_cao_so_ket-{case}.docx" for case in cases}
    assert answer.out.count("no problem") == len(cases)
    change(template, "Độc lập - Tự do", "Độc lập – Tự do")
    # Hundreds of localities would be written and checked once more for the same line at the head.
    monkeypatch.setattr(samples, "CASES", samples.CASES[:-1])
    answer = call(*arguments, "--json")
    assert answer.code == 1
    assert len(answer.json) == len(cases) - 1
    assert all("Tiêu ngữ" in entry["problems"][0] for entry in answer.json)


def test_fields_are_printed_by_kind(call: Call) -> None:
    answer = call("templates", "fields", "--kind", "bao_cao_so_ket")
    assert answer.code == 0
    assert "risk_lines  (danh sách): Địa bàn có nguy cơ không đạt" in answer.out
    assert "lessons" not in answer.out
    assert {"name", "meaning", "example", "kinds"} <= set(call("templates", "fields", "--json").json[0])
    assert call("templates", "fields", "--kind", "khong_co").code == 2


def test_warnings_are_in_the_json_and_strict_makes_them_errors(call: Call, home: Path) -> None:
    path = home / "plans" / "2021" / "plan.yaml"
    path.write_text(path.read_text().replace("place: Kiên Giang", "place: Cà Mau"))
    answer = call("plan", "check")
    assert (answer.code, answer.err) == (0, "")
    text = "board.place does not fit the board of tỉnh Kiên Giang: 'Cà Mau'"
    assert f"plan 2021: warning: plan.yaml:19: {text}" in answer.out
    told = {"file": "plan.yaml", "line": 19, "text": text}
    assert call("plan", "check", "--json").json == {"2021": [{**told, "severity": "warning"}]}
    answer = call("plan", "check", "--strict")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"plan 2021: plan.yaml:19: {text}\n"
    answer = call("plan", "check", "--strict", "--json")
    assert (answer.code, answer.json) == (1, {"2021": [{**told, "severity": "error"}]})


def test_a_case_of_which_the_engine_makes_something_else_is_an_error(call: Call, home: Path) -> None:
    path = home / "plans" / "samples" / "measures.yaml"
    path.write_text(path.read_text().replace('figure: "1 mô hình"', 'figure: "01 mô hình"', 1))
    answer = call("plan", "check")
    assert answer.code == 1
    assert "plan samples: measures.yaml:15: cases: I.1, case `below` with MH_MOI=1: figure is" in answer.err
