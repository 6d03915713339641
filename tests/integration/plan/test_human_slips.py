"""Slips of people who copy, save and edit plan data: each is told once, where it is, and how to mend it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chuyenhoa.cli import main
from chuyenhoa.plan import PlanError, load_plan
from tests.homes import add_next_year, copy_home

CRITERION = """  - code: IV.4
    group: IV
    title: Số vụ cháy, nổ không tăng so với cùng kỳ
    legal_basis: Kế hoạch số 121/KH-BCĐ, mục III.5
    measure: {kind: compare, left: [CHAY_VU], right: [baseline.CHAY_VU]}
    threshold: {value: 0, unit: vụ, direction: at_most}
    applies_to_types: [1, 2, 3, 4]
    status: unverified
"""
BEFORE = "  - code: V.1\n"
TEXT_SLIPS = [
    # file, what stands there, what a person makes of it, line, what is said
    ("plan.yaml", 'id: "2022"', 'id: "2021"', 2, "`id` is '2021' and must be '2022', as the folder"),
    ("plan.yaml", 'id: "2022"', "id: 2022", 2, "not '2022'; put it in quotation marks"),
    ("plan.yaml", "code: KET_QUA", "code: LANH_DAO", 65, "code LANH_DAO is duplicated"),
    ("plan.yaml", "texts:\n", "texts: &a {x: *a}\nmore:\n", None, "an entry contains itself"),
    ("periods.yaml", "from: 2022-04-15", "from: 15/04/2022", 5, "not '15/04/2022'; write the day as"),
    ("periods.yaml", "to: 2022-10-14", "to: 20221014", 6, "not '20221014'; write the day as"),
    ("periods.yaml", "deadline: 2022-10-17", "deadline: 2032-10-17", 7, "deadline is over a year after"),
    ("periods.yaml", "opens: 2022-10-01", "opens: 2021-10-01", 10, "opens over a year before the end"),
    ("periods.yaml", "  label: 06", "\tlabel: 06", 3, "indent with blanks, not with tabs"),
    ("criteria.yaml", "title: Khảo sát", "title: Khảo sát: củng", 26, "put a text with a colon in quotation"),
    ("submitters.csv", "900,Ban Chỉ đạo", '900,"Ban Chỉ đạo', 3, "close its quotation mark"),
    (
        "submitters.csv",
        "bcd.ha-tien@kiengiang.example",
        "bcd.ha-tien",
        3,
        "'bcd.ha-tien' is not an e-mail address",
    ),
    (
        "localities.csv",
        "code,name,submitter,types,status,aliases",
        "code,name,submitter,types,status,name",
        1,
        "column is duplicated: name",
    ),
]
CRITERION_SLIPS = [
    ("value: 0", "value: 80%", "not '80%'; write a number alone"),
    ("{value: 0, unit: vụ, direction: at_most}", "80", "not '80'; write its parts with their names"),
    ("left: [CHAY_VU]", "left: CHAY_VU", "not 'CHAY_VU'; put what is listed in brackets"),
    ("baseline.CHAY_VU", "basline.CHAY_VU", "not 'basline.CHAY_VU'"),
    ("    title: Số vụ cháy, nổ không tăng so với cùng kỳ", "    title:", "it is empty"),
    ("    legal_basis", "    legal_base", "is it misspelt?"),
]


def save_as(*, delimiter: str = ",", encoding: str = "utf-8") -> Callable[[str], bytes]:
    """A file as Excel or Notepad saves it."""
    return lambda text: text.replace(",", delimiter).encode(encoding, "replace")


SAVED = [
    ("submitters.csv", save_as(delimiter=";", encoding="utf-8-sig"), "are separated by semicolons"),
    ("submitters.csv", save_as(delimiter="\t"), "are separated by tabs"),
    ("submitters.csv", save_as(encoding="utf-16"), "not in UTF-8; save it again as UTF-8"),
    ("localities.csv", save_as(encoding="cp1252"), "not in UTF-8; save it again as UTF-8"),
    ("plan.yaml", save_as(encoding="utf-16"), "not in UTF-8; save it again as UTF-8"),
    ("submitters.csv", lambda text: text.splitlines()[0].encode(), "there is no submitter below the header"),
    (
        "periods.yaml",
        lambda text: text.replace("  label: 06", "   label: 06").encode(),
        "not readable as YAML",
    ),
]
"""Files of which nothing can be told, so that nothing else may be blamed for what they lack."""


@pytest.fixture
def home(root: Path, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's data with the plan of 2022 that the README describes."""
    home = copy_home(root, tmp_path / "home")
    add_next_year(home / "plans")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    return home


def edit(home: Path, name: str, old: str, new: str) -> None:
    path = home / "plans" / "2022" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(home: Path) -> list[tuple[str, int, str]]:
    load_plan.cache_clear()
    with pytest.raises(PlanError) as refused:
        load_plan(home / "plans", "2022")
    return [(problem.file, problem.line, problem.text) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "line", "said"), TEXT_SLIPS, ids=[f"{s[0]} {s[4][:30]}" for s in TEXT_SLIPS]
)
def test_a_slip_is_told_with_its_line_and_how_to_mend_it(
    home: Path, file: str, right: str, wrong: str, line: int | None, said: str
) -> None:
    edit(home, file, right, wrong)
    found = [(number, text) for _, number, text in problems(home) if said in text]
    assert found
    assert line is None or found[0][0] == line


@pytest.mark.parametrize(("right", "wrong", "said"), CRITERION_SLIPS, ids=[s[2] for s in CRITERION_SLIPS])
def test_a_slip_in_a_new_criterion_is_told(home: Path, right: str, wrong: str, said: str) -> None:
    assert right in CRITERION
    edit(home, "criteria.yaml", BEFORE, CRITERION.replace(right, wrong, 1) + BEFORE)
    assert any("criterion IV.4" in text and said in text for _, _, text in problems(home))


@pytest.mark.parametrize(("file", "saved", "said"), SAVED, ids=[f"{s[0]} {s[2]}" for s in SAVED])
def test_a_file_that_cannot_be_used_is_the_only_one_blamed(
    home: Path, file: str, saved: Callable[[str], bytes], said: str
) -> None:
    path = home / "plans" / "2022" / file
    path.write_bytes(saved(path.read_text(encoding="utf-8")))
    ((name, _, text),) = problems(home)
    assert name == file
    assert said in text


def test_what_excel_and_notepad_add_does_no_harm(home: Path) -> None:
    for name in ("submitters.csv", "localities.csv"):
        path = home / "plans" / "2022" / name
        text = path.read_text(encoding="utf-8")
        blank = "," * (text.splitlines()[0].count(",")) + "\r\n"
        path.write_text(text.replace("\n", "\r\n") + blank + blank, encoding="utf-8-sig", newline="")
    suite = home / "expectations" / "so_lieu.2021.json"
    suite.write_text(suite.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert main(["plan", "check"]) == 0


@pytest.mark.parametrize("key", ["severity", "type"])
def test_a_list_where_a_rule_has_a_word_is_told(
    home: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = home / "expectations" / "so_lieu.2021.json"
    text = suite.read_text(encoding="utf-8")
    begin = text.index(f'"{key}": "')
    end = text.index('"', begin + len(f'"{key}": "')) + 1
    word = text[begin + len(f'"{key}": ') : end]
    suite.write_text(text[:begin] + f'"{key}": [{word}]' + text[end:], encoding="utf-8")
    assert main(["plan", "check"]) == 1
    assert "so_lieu.2021.json:" in capsys.readouterr().err


def test_a_suite_that_was_forgotten_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(home, "plan.yaml", "so_lieu.2021", "so_lieu.2022")
    assert main(["plan", "check"]) == 1
    said = capsys.readouterr().err
    assert "plan.yaml names the suite so_lieu.2022 in `suites`, and there is no such file" in said
    assert "Errno" not in said


def test_a_folder_that_is_no_plan_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "plans" / "2022" / "plan.yaml").rename(home / "plans" / "2022" / "plan.yml")
    assert main(["plan", "check"]) == 1
    assert "plan 2022: plan.yaml: there is no such file" in capsys.readouterr().err


def test_broken_samples_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "plans" / "samples" / "measures.yaml").write_text("a: [\n", encoding="utf-8")
    assert main(["plan", "check"]) == 1
    assert "plan samples: measures.yaml:2: not readable as YAML" in capsys.readouterr().err


def test_a_copy_beside_its_plan_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(home / "plans" / "2022", home / "plans" / "2022 - Copy")
    assert main(["plan", "check"]) == 1
    assert "plan 2022 - Copy: plan.yaml:2: plan: `id` is '2022'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("name;email;documents\nBộ;bo@mail.example;\n", 1, "are separated by semicolons"),
        ("name,email,documents\nBộ,bo@mail.example,\nSở,so,\n", 3, "email: String should match pattern"),
    ],
)
def test_a_wrong_recipient_is_told_before_documents_are_issued(
    home: Path, content: str, line: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "plans" / "2022" / "recipients.csv").write_text(content, encoding="utf-8")
    assert main(["plan", "check"]) == 1
    error = capsys.readouterr().err
    assert f"recipients.csv:{line}: " in error
    assert said in error


def test_a_date_by_which_nothing_is_ever_judged_is_warned_of(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(home, "guidance.yaml", "2022-11-01", "2032-11-01")
    late = CRITERION.replace("    status:", "    valid_from: 2032-10-01\n    status:")
    edit(home, "criteria.yaml", BEFORE, late + BEFORE)
    assert main(["plan", "check"]) == 1  # what the cases show of VI.1 is never assessed
    said = capsys.readouterr().out
    assert re.search(
        r"warning: criteria\.yaml:\d+: criterion IV\.4 is in force at no milestone \(.*2032-", said
    )
    assert re.search(r"warning: guidance\.yaml:4: .* of 2032-11-01 is later than every milestone", said)


DOUBTS = [
    (
        "plan.yaml",
        "year: 2022",
        "year: 2021",
        "the window of period 2022-6t, 2022-04-15 to 2022-10-14, is not in 2021, the `year` of plan.yaml",
    ),
    (
        "periods.yaml",
        "{from: 2021-04-15, to: 2021-10-14}",
        "{from: 2020-04-15, to: 2020-10-14}",
        "the baseline of period 2022-6t begins 730 days before its window, and not a year",
    ),
    (
        "criteria.yaml",
        "code: V.1\n    group: V\n",
        "code: V.1\n    group: IV\n",
        "criterion V.1 is of group IV, and its code says otherwise",
    ),
    (
        "indicators.csv",
        'HO_TT,"Hộ được phổ biến, tuyên truyền",hộ,distinct,',
        'HO_TT,"Hộ được phổ biến, tuyên truyền",hộ,flow,',
        "indicator HO_TT is a flow of hộ, summed over months;"
        " is each counted once (kind distinct), or each time (events in the column counts)?",
    ),
]


@pytest.mark.parametrize(("file", "right", "wrong", "said"), DOUBTS, ids=[doubt[3] for doubt in DOUBTS])
def test_what_may_be_meant_is_warned_of(
    home: Path, file: str, right: str, wrong: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "check"]) == 0
    assert "warning" not in capsys.readouterr().out
    edit(home, file, right, wrong)
    load_plan.cache_clear()
    assert main(["plan", "check"]) == 0
    assert re.search(
        rf"^plan 2022: warning: \S+:\d+: {re.escape(said)}$", capsys.readouterr().out, re.MULTILINE
    )


def test_a_plan_whose_localities_are_not_chosen_yet_is_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "plans" / "2022" / "localities.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert main(["plan", "check"]) == 0
    assert "plan 2022: warning: localities.csv:1: there is no locality below" in capsys.readouterr().out
