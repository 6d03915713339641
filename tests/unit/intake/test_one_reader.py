"""One reader for all paths: codes, names and titles mean the same wherever in a file they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from chuyenhoa.intake import read_submission
from chuyenhoa.model import form
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity
from tests.unit.intake.drafts import Draft
from tests.unit.intake.handmade import FOLDER, FOOT, TITLES, Grid, book, codes, flip, read, values

S, B = form.FIGURES_SHEET, form.BASELINE_SHEET
XR, KP = "Số vụ phạm pháp hình sự xảy ra", "Khám phá"
HEAD = ["STT", "Địa bàn", XR, KP]
CODED = ["MA_DIA_BAN", "TEN_DIA_BAN", "TTXH_XR", "TTXH_KP"]
LAC, SOI = [1, "Phường Vĩnh Lạc", 10, 8], [2, "Phường Rạch Sỏi", 5, 4]
CODED_LAC, CODED_SOI = ["30745", *LAC[1:]], ["30754", *SOI[1:]]
TAKEN = {
    ("30745", "TTXH_XR"): 10,
    ("30745", "TTXH_KP"): 8,
    ("30754", "TTXH_XR"): 5,
    ("30754", "TTXH_KP"): 4,
}
TRAFFIC = ["Số vụ tai nạn giao thông", "Số người chết do tai nạn giao thông"]
TRAFFIC_TAKEN = {
    **TAKEN,
    ("30745", "TNGT_VU"): 3,
    ("30745", "TNGT_CHET"): 1,
    ("30754", "TNGT_VU"): 2,
    ("30754", "TNGT_CHET"): 0,
}


def filled(plan: Plan) -> Draft:
    draft = Draft(plan)
    draft.fill_all(plan)
    return draft


def read_draft(draft: Draft, plan: Plan) -> Reading:
    return read_submission(draft.save(), "Báo cáo.xlsx", plan, FOLDER)


def questions(reading: Reading) -> list[str]:
    """The codes of errors and warnings, without the one on the head of a form that was changed."""
    grave = (f.rule_id for f in reading.findings if f.severity is not Severity.NOTE)
    return [code for code in grave if code not in {"D18", "D20"}]


def all_figures(reading: Reading) -> dict[tuple[str, str, Basis], object]:
    return {(o.locality, o.indicator, o.basis): o.value for o in reading.observations}


# Codes decide.


def test_a_form_without_the_column_of_locality_codes_is_read_by_codes_and_names(plan: Plan) -> None:
    whole, draft = filled(plan), filled(plan)
    for name in (S, B):
        # openpyxl leaves merged areas where they were when a column goes.
        for area in list(draft.sheet(name).merged_cells.ranges):
            draft.sheet(name).unmerge_cells(str(area))
        draft.sheet(name).delete_cols(draft.column(name, form.LOCALITY_CODE))
    reading = read_draft(draft, plan)
    assert all_figures(reading) == all_figures(read_draft(whole, plan))
    assert not codes(reading)


def test_a_code_decides_under_a_heading_that_nobody_knows(plan: Plan) -> None:
    head = ["STT", "Địa bàn", "Vụ việc của đội 1", "Vụ việc của đội 2"]
    grid = [*TITLES, head, ["", "", "TTXH_XR", "TTXH_KP"], LAC, SOI]
    assert values(read(book({"Biểu": grid}), plan)) == TAKEN


def test_a_code_behind_its_label_decides(plan: Plan) -> None:
    grid = [*TITLES, ["STT", "Địa bàn", "Xảy ra (TTXH_XR)", "TTXH_KP – Phá án"], LAC, SOI]
    assert values(read(book({"Biểu": grid}), plan)) == TAKEN


def test_a_label_over_the_code_of_another_indicator_is_one_question(plan: Plan) -> None:
    draft = filled(plan)
    sheet, row = draft.sheet(S), draft.code_row(S) - 3
    first, second = (sheet.cell(row, draft.column(S, code)) for code in ("TTXH_XR", "TTXH_KP"))
    first.value, second.value = second.value, first.value
    reading = read_draft(draft, plan)
    assert questions(reading) == ["D140"]
    (finding,) = (entry for entry in reading.findings if entry.rule_id == "D140")
    columns = [draft.cell(S, 0, code).coordinate for code in ("TTXH_XR", "TTXH_KP")]
    assert list(finding.cells) == columns
    unread = {("TTXH_XR", Basis.CURRENT), ("TTXH_KP", Basis.CURRENT)}
    assert all_figures(reading) == {
        key: value
        for key, value in all_figures(read_draft(filled(plan), plan)).items()
        if key[1:] not in unread
    }


def test_a_label_over_another_code_is_one_question_in_a_table_made_by_hand(plan: Plan) -> None:
    grid = [*TITLES, ["STT", "Địa bàn", KP, XR], ["", "", "TTXH_XR", "TTXH_KP"], LAC, SOI]
    reading = read(book({"Biểu": grid}), plan)
    assert questions(reading) == ["D140"]
    assert not values(reading)


@pytest.mark.parametrize(("head", "number"), [("Tỷ lệ khám phá", 0.9), ("Số cuộc họp", 3), ("", 41)])
def test_a_column_with_numbers_and_no_code_is_named_as_not_read(plan: Plan, head: str, number: float) -> None:
    grid = [
        *TITLES,
        ["", "", XR, head, KP],
        ["MA_DIA_BAN", "TEN_DIA_BAN", "TTXH_XR", "", "TTXH_KP"],
        ["30745", "Phường Vĩnh Lạc", 10, number, 8],
        ["30754", "Phường Rạch Sỏi", 5, "", 4],
    ]
    reading = read(book({S: grid}), plan)
    assert values(reading) == TAKEN
    (finding,) = (entry for entry in reading.findings if entry.rule_id == "D141")
    assert finding.cells[0] in {"D4", "D7", "D8"}
    assert "D9" in finding.cells
    assert (head or "không có tiêu đề") in finding.message


def test_a_column_without_a_code_goes_by_its_label(plan: Plan) -> None:
    head = ["MA_DIA_BAN", "TEN_DIA_BAN", "TTXH_XR", ""]
    grid = [*TITLES, ["", "", XR, KP], head, CODED_LAC, CODED_SOI]
    assert values(read(book({S: grid}), plan)) == TAKEN


def test_numbers_of_lines_are_no_column_without_a_code(plan: Plan) -> None:
    grid = [*TITLES, ["", *CODED], [1, *CODED_LAC], [2, *CODED_SOI]]
    reading = read(book({S: grid}), plan)
    assert values(reading) == TAKEN
    assert not [entry for entry in reading.findings if entry.rule_id == "D141"]


def test_codes_of_localities_over_a_table_of_labels_lose_nothing(plan: Plan) -> None:
    grid = [*TITLES, ["MA_DIA_BAN", "TEN_DIA_BAN", XR, KP], CODED_LAC, CODED_SOI]
    assert values(read(book({S: grid}), plan)) == TAKEN


# Names.


def test_blank_codes_fall_back_to_names_on_every_sheet(plan: Plan) -> None:
    draft = filled(plan)
    for name in (S, B, form.DECLARATIONS_SHEET):
        for row in range(1, draft.sheet(name).max_row - draft.code_row(name) + 1):
            draft.put(name, row, form.LOCALITY_CODE, None)
    reading, whole = read_draft(draft, plan), read_draft(filled(plan), plan)
    assert all_figures(reading) == all_figures(whole)
    assert reading.declarations == whole.declarations
    assert not codes(reading)


WORDS = [
    (form.DECLARATIONS_SHEET, form.LOCALITY_CODE),
    (form.DECLARATIONS_SHEET, form.CRITERION_CODE),
    (form.NARRATIVE_SHEET, form.ITEM_CODE),
]


@pytest.mark.parametrize("is_deleted", [True, False])
@pytest.mark.parametrize(("name", "code"), WORDS)
def test_names_stand_for_codes_on_the_sheets_of_words(
    plan: Plan, name: str, code: str, is_deleted: bool
) -> None:
    draft = filled(plan)
    if is_deleted:
        draft.sheet(name).delete_cols(draft.column(name, code))
    else:
        for row in range(1, draft.sheet(name).max_row - draft.code_row(name) + 1):
            draft.put(name, row, code, None)
    reading, whole = read_draft(draft, plan), read_draft(filled(plan), plan)
    answers = {(entry.locality, entry.criterion): entry.answer for entry in whole.declarations}
    assert {(entry.locality, entry.criterion): entry.answer for entry in reading.declarations} == answers
    texts = [(entry.item, entry.text) for entry in whole.narratives]
    assert [(entry.item, entry.text) for entry in reading.narratives] == texts
    assert not questions(reading)


def test_a_namesake_elsewhere_is_not_meant_in_a_form_of_ours(plan: Plan) -> None:
    # "Xã Bình An" is in Kiên Lương and in Châu Thành; the form was made for Kiên Lương.
    draft = Draft(plan, "902", "2021-t07")
    for row in (1, 2):
        draft.put(B, row, form.LOCALITY_CODE, None)
        draft.put(B, row, "TTXH_XR", row)
    reading = read_submission(draft.save(), "a.xlsx", plan, "902-kien-luong")
    assert {(key[0], value) for key, value in values(reading, Basis.BASELINE).items()} == {
        ("30787", 1),
        ("30808", 2),
    }
    assert not questions(reading)


def test_a_misspelt_name_without_a_code_holds_the_place_that_it_is_near(plan: Plan) -> None:
    draft = filled(plan)
    draft.put(S, 1, form.LOCALITY_CODE, None)
    draft.put(S, 1, form.LOCALITY_NAME, "Phường Vĩnh Lạcc")
    reading = read_draft(draft, plan)
    (finding,) = (entry for entry in reading.findings if entry.severity is Severity.ERROR)
    assert (finding.rule_id, finding.locality) == ("D78", "30745")
    # Its row is there: it is not said to be missing.
    assert "D31" not in {entry.rule_id for entry in reading.findings}


BLANKS: Mapping[str, Callable[[str], str]] = {
    "two blanks": lambda text: text.replace(" ", "  "),
    "a hard blank": lambda text: text.replace(" ", "\u00a0"),
    "a line break": lambda text: text.replace(" ", "\n"),
    "a Windows line break": lambda text: text.replace(" ", "\r\n"),
    "a narrow blank and a tab": lambda text: text.replace(" ", "\u2009\t"),
}
LAYOUTS: Mapping[str, Callable[[Grid], Mapping[str, Grid]]] = {
    "upright": lambda rows: {"Biểu": [*TITLES, *rows]},
    "on its side": lambda rows: {"Biểu": [*TITLES, *flip(rows)]},
    "below the codes": lambda rows: {S: [*TITLES, *rows[:1], ["", "TEN_DIA_BAN", *CODED[2:]], *rows[1:]]},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("blanks", BLANKS)
def test_every_blank_is_a_blank(plan: Plan, layout: str, blanks: str) -> None:
    spread = BLANKS[blanks]
    rows = [[spread(v) if isinstance(v, str) else v for v in row] for row in (HEAD, LAC, SOI)]
    reading = read(book(LAYOUTS[layout](rows)), plan)
    assert values(reading) == TAKEN
    assert not questions(reading)


def test_a_word_of_the_list_in_an_old_font_stays_what_it_is(plan: Plan) -> None:
    draft = filled(plan)
    for row in range(1, 2 * len(plan.declared_criteria) + 1):
        draft.cell(form.DECLARATIONS_SHEET, row, form.ANSWER).font = Font(name=".VnTime")
    reading = read_draft(draft, plan)
    assert {entry.answer for entry in reading.declarations} == {Answer.YES}


# Titles.


@pytest.mark.parametrize("with_meta", [True, False])
@pytest.mark.parametrize(
    "title",
    ["Kỳ báo cáo: Tháng 7 năm 2021", "KỲ BÁO CÁO:  THÁNG 07\u00a0NĂM 2021", "Kỳ báo cáo: tháng 7/2021"],
)
def test_a_month_is_read_without_its_zero_on_every_sheet(plan: Plan, title: str, with_meta: bool) -> None:
    draft = Draft(plan, "902", "2021-t07")
    draft.put(S, 1, "TTXH_XR", 1)
    for name in form.HEAD_ROWS:
        for row in draft.sheet(name).iter_rows(max_row=6):
            if str(row[0].value).startswith("Kỳ báo cáo"):
                row[0].value = title
    if not with_meta:
        del draft.book[form.META_SHEET]
    reading = read_submission(draft.save(), "a.xlsx", plan, "902-kien-luong")
    assert reading.period == "2021-t07"
    assert not questions(reading)


def test_another_month_in_the_title_is_asked_still(plan: Plan) -> None:
    draft = Draft(plan, "902", "2021-t07")
    draft.put(S, 1, "TTXH_XR", 1)
    draft.sheet(S)["A4"] = "Kỳ báo cáo: Tháng 8 năm 2021"
    reading = read_submission(draft.save(), "a.xlsx", plan, "902-kien-luong")
    assert questions(reading) == ["D19"]


# Tables in parts.

SHEETS: Mapping[str, tuple[Mapping[str, Grid], Mapping[tuple[str, str], int]]] = {
    "rows behind a blank": ({"Biểu": [*TITLES, HEAD, LAC, [], [], SOI]}, TAKEN),
    "the head again": ({"Biểu": [*TITLES, HEAD, LAC, [], ["(tiếp theo)"], HEAD, SOI]}, TAKEN),
    "rows behind the signatures of a page": ({"Biểu": [*TITLES, HEAD, LAC, *FOOT, [], SOI]}, TAKEN),
    "other columns below": (
        {
            "Biểu": [
                *(*TITLES, HEAD, LAC, SOI, [], ["STT", "Địa bàn", *TRAFFIC]),
                *([1, "Phường Vĩnh Lạc", 3, 1], [2, "Phường Rạch Sỏi", 2, 0]),
            ]
        },
        TRAFFIC_TAKEN,
    ),
    "other codes below": (
        {
            S: [
                *(*TITLES, CODED, CODED_LAC, CODED_SOI, [], [*CODED[:2], "TNGT_VU", "TNGT_CHET"]),
                *(["30745", "Phường Vĩnh Lạc", 3, 1], ["30754", "Phường Rạch Sỏi", 2, 0]),
            ]
        },
        TRAFFIC_TAKEN,
    ),
    "other codes below, by names": (
        {
            S: [
                *(*TITLES, CODED, CODED_LAC, CODED_SOI, [], ["TEN_DIA_BAN", "TNGT_VU", "TNGT_CHET"]),
                *(["Phường Vĩnh Lạc", 3, 1], ["Phường Rạch Sỏi", 2, 0]),
            ]
        },
        TRAFFIC_TAKEN,
    ),
    "a sheet for each commune": (
        {"Vĩnh Lạc": [*TITLES, [XR, KP], [10, 8]], "P. Rạch Sỏi": [[XR, KP], [5, 4]]},
        TAKEN,
    ),
    "a sheet for each commune, under codes": (
        {"Vĩnh Lạc": [*TITLES, CODED, CODED_LAC], "Rạch Sỏi": [CODED, CODED_SOI]},
        TAKEN,
    ),
    "a sheet for each commune, under codes alone": (
        {"Vĩnh Lạc": [*TITLES, CODED[2:], LAC[2:]], "Rạch Sỏi": [CODED[2:], SOI[2:]]},
        TAKEN,
    ),
}


@pytest.mark.parametrize("kind", SHEETS)
def test_parts_of_a_table_are_joined(plan: Plan, kind: str) -> None:
    sheets, taken = SHEETS[kind]
    reading = read(book(sheets), plan)
    assert values(reading) == taken
    assert not questions(reading)


@pytest.mark.parametrize(
    "unit", [["vụ", "vụ"], ["(vụ)", "(vụ)"], ["ĐVT: vụ", "Đơn vị tính: vụ"], ["Số vụ", "Số vụ"]]
)
def test_a_unit_below_a_label_is_read(plan: Plan, unit: list[str]) -> None:
    below = [*TITLES, HEAD, ["", "", *unit], LAC, SOI]
    assert values(read(book({"Biểu": below}), plan)) == TAKEN
    joined = [*TITLES, [*HEAD[:2], f"{XR}\n({unit[0]})", f"{KP}\n{unit[1]}"], LAC, SOI]
    if "ĐVT" in unit[0]:
        assert values(read(book({"Biểu": joined}), plan)) == TAKEN


# What a true word adds.

FIGURES = {"TTXH_XR": XR, "TTXH_KP": KP, "TNGT_VU": TRAFFIC[0]}
NAMES = {"30745": "Phường Vĩnh Lạc", "30754": "Phường Rạch Sỏi"}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, bool], list[bool]]:
    """Which true words a file carries, and over which of its columns a code stands."""
    words = (
        "names",
        "codes",
        "place_code",
        "place_name",
        "labels",
        "title",
        "sheet",
        "turned",
        "codes_on_top",
    )
    return {word: draw(st.booleans()) for word in words}, [draw(st.booleans()) for _ in FIGURES]


def build(words: Mapping[str, bool], coded: list[bool]) -> dict[str, Grid]:
    """A table of three figures of two places, with as many true words on it as asked for."""
    marks = [code if has else "" for code, has in zip(FIGURES, coded, strict=True)]
    labels = ["", "Địa bàn", *(label if words["labels"] else "" for label in FIGURES.values())]
    ids = ["MA_DIA_BAN" if words["place_code"] else "", "TEN_DIA_BAN" if words["place_name"] else "", *marks]
    rows: list[list[object]] = [
        [code if words["codes"] else "", name if words["names"] else "", *(10 * place + n for n in range(3))]
        for place, (code, name) in enumerate(NAMES.items(), start=1)
    ]
    head = [ids, labels] if words["codes_on_top"] else [labels, ids]
    table: Grid = [*(row for row in head if any(row)), *rows]
    title = [["Kỳ báo cáo: 06 tháng năm 2021"]] if words["title"] else []
    return {
        S if words["sheet"] else "Biểu 1": [*TITLES, *title, *(flip(table) if words["turned"] else table)]
    }


ADDED = ("names", "codes", "place_code", "place_name", "labels", "title")


def test_a_true_code_name_or_title_never_lowers_what_is_read(plan: Plan) -> None:
    @settings(max_examples=40)
    @given(tables(), st.sampled_from((*ADDED, 0, 1, 2)))
    def check(made: tuple[dict[str, bool], list[bool]], added: str | int) -> None:
        words, coded = made
        before = values(read(book(build(words, coded)), plan))
        more_words = {**words, **({added: True} if isinstance(added, str) else {})}
        more_codes = [has or number == added for number, has in enumerate(coded)]
        after = values(read(book(build(more_words, more_codes)), plan))
        assert before.items() <= after.items()

    check()


# One cause, one row.


def test_a_head_without_its_sections_is_one_row_for_all_columns_of_both_sheets(plan: Plan) -> None:
    head = ["STT", "Địa bàn", "Xảy ra", "Chết", "Số vụ", "Bị thương", "Số đối tượng"]
    rows = [[1, "Phường Vĩnh Lạc", 1, 2, 3, 4, 5], [2, "Phường Rạch Sỏi", 5, 4, 3, 2, 1]]
    reading = read(book({"Biểu 1": [*TITLES, head, *rows], "Cùng kỳ": [head, *rows]}), plan)
    assert questions(reading) == ["D142"]
    (finding,) = (entry for entry in reading.findings if entry.rule_id == "D142")
    assert finding.cells[:2] == ("C7", "D7")
    assert "'Cùng kỳ'!C1" in finding.cells
    assert "“Biểu 1”, “Cùng kỳ”" in finding.message


def test_three_unclear_columns_are_asked_one_by_one(plan: Plan) -> None:
    head = ["STT", "Địa bàn", "Xảy ra", "Chết", "Bị thương"]
    reading = read(book({"Biểu 1": [*TITLES, head, [1, "Phường Vĩnh Lạc", 1, 2, 3]]}), plan)
    assert set(questions(reading)) == {"D74"}


def test_many_absent_places_are_one_row(plan: Plan) -> None:
    submitter = max(plan.submitters, key=lambda entry: len(plan.localities_of(entry.code)))
    first, *others = plan.localities_of(submitter.code)
    grid: Grid = [[TITLES[3][0]], ["Mã", "Địa bàn", XR, KP], [first.code, first.name, 10, 8]]
    reading = read(book({"Biểu 1": grid}), plan, submitter.folder)
    absent = [entry for entry in reading.findings if entry.rule_id in {"D31", "D143"}]
    assert len(absent) == (len(others) if len(others) < 4 else 1)


def test_a_wrong_title_on_every_sheet_is_one_row(plan: Plan) -> None:
    draft = filled(plan)
    for name in form.HEAD_ROWS:
        draft.sheet(name)["A4"] = "Kỳ báo cáo: năm 2021"
    reading = read_draft(draft, plan)
    (finding,) = (entry for entry in reading.findings if entry.rule_id == "D19")
    assert finding.cells == ("A4", *(f"'{name}'!A4" for name in list(form.HEAD_ROWS)[1:]))


def test_a_row_without_figures_is_there(plan: Plan) -> None:
    grid = [*TITLES, HEAD, LAC, [2, "Phường Rạch Sỏi", "", ""]]
    assert "D31" not in {entry.rule_id for entry in read(book({"Biểu": grid}), plan).findings}
    unread = [*TITLES, ["STT", "Địa bàn", "Số cuộc họp", "Số tổ dân phố"], LAC, SOI]
    assert "D103" not in {entry.rule_id for entry in read(book({"Biểu": unread}), plan).findings}
