"""For every D-code of the catalogue a file that brings it about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from chuyenhoa.intake import read_submission
from chuyenhoa.intake.findings import load_catalogue
from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan.messages import load_messages
from tests.unit.intake.drafts import Draft, change_parts, read_part

S, B, D = form.FIGURES_SHEET, form.BASELINE_SHEET, form.DECLARATIONS_SHEET
T, G = form.NARRATIVE_SHEET, form.JUSTIFICATION_SHEET
Case = Callable[[Draft], bytes]
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
SHEET_PART = "xl/worksheets/sheet1.xml"
REFUSING = {f"D{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17, 21)}


def typed(value: object, code: str = "TTXH_XR") -> Case:
    return lambda draft: (draft.put(S, 1, code, value), draft.save())[1]


def filled(sheet: str, *cells: tuple[int, str, object]) -> Case:
    def build(draft: Draft) -> bytes:
        for row, code, value in cells:
            draft.put(sheet, row, code, value)
        return draft.save()

    return build


def meta(key: str, value: object) -> Case:
    def build(draft: Draft) -> bytes:
        draft.set_meta(key, value)
        return draft.save()

    return build


def with_part(name: str, data: bytes) -> Case:
    return lambda draft: change_parts(draft.save(), {name: data})


def raw(content: bytes) -> Case:
    return lambda draft: content


def swapped(old: bytes, new: bytes) -> Case:
    """The first sheet of figures with a piece of its XML replaced."""

    def build(draft: Draft) -> bytes:
        draft.put(S, 1, "TTXH_XR", 987654)
        content = draft.save()
        part = read_part(content, SHEET_PART)
        assert old in part
        return change_parts(content, {SHEET_PART: part.replace(old, new, 1)})

    return build


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


def lock(content: bytes) -> bytes:
    """A zip archive that says of its first part that it is encrypted."""
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


def without_meta(draft: Draft) -> bytes:
    draft.book.remove(draft.sheet(form.META_SHEET))
    return draft.save()


def without_window(draft: Draft) -> bytes:
    for name in form.HEAD_ROWS:
        for row in range(1, 7):
            draft.sheet(name).cell(row, 1).value = None
    return without_meta(draft)


def without_codes(draft: Draft) -> bytes:
    for name in form.HEAD_ROWS:
        draft.sheet(name).delete_rows(1, 12)
    return draft.save()


def hidden_row(draft: Draft) -> bytes:
    draft.sheet(S).row_dimensions[draft.code_row(S) + 1].hidden = True
    return draft.save()


def hidden_sheet(draft: Draft) -> bytes:
    draft.sheet(B).sheet_state = "hidden"
    return draft.save()


def percentage(draft: Draft) -> bytes:
    draft.put(S, 1, "TTXH_XR", 1)
    draft.cell(S, 1, "TTXH_XR").number_format = '0.0%" đạt"'
    return draft.save()


def other_label(draft: Draft) -> bytes:
    draft.cell(S, -3, "TTXH_XR").value = "Nhãn khác"
    return draft.save()


def other_window(draft: Draft) -> bytes:
    draft.sheet(S)["A5"] = "Số liệu từ ngày 15/4/2021 đến ngày 14/12/2021"
    return draft.save()


def doubled_column(draft: Draft) -> bytes:
    draft.cell(S, 0, "TTXH_KP").value = "TTXH_XR"
    return draft.save()


def without_baseline(draft: Draft) -> bytes:
    draft.book.remove(draft.sheet(B))
    return draft.save()


def untouched(draft: Draft) -> bytes:
    return draft.save()


YES = (1, form.ANSWER, "Có")
CASES: dict[str, Case] = {
    "D01": raw(b""),
    "D02": raw(b"MZ\0\0 This program cannot be run in DOS mode"),
    "D03": raw(b"\x09\x04\x06\x00\x00\x00\x10\x00" + b"\0" * 600),
    "D04": lambda draft: lock(draft.save()),
    "D05": lambda draft: draft.save()[:4000],
    "D06": with_part("xl/worksheets/sheet9.xml", b" " * 5_000_000),
    "D07": with_part("xl/sharedStrings.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><sst/>'),
    "D08": swapped(
        b"</row></sheetData>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "D09": with_part("xl/vbaProject.bin", b"macro"),
    "D10": with_part("xl/externalLinks/externalLink1.xml", b"<a/>"),
    "D11": with_part("xl/media/image1.png", b"\x89PNG"),
    "D12": without_window,
    "D13": meta("plan", "2019"),
    "D14": meta("period", "2021-quy1"),
    "D15": meta("submitter", "123"),
    "D16": meta("submitter", "900"),
    "D17": meta("edition", "2020.9"),
    "D18": other_label,
    "D19": other_window,
    "D20": without_meta,
    "D21": without_codes,
    "D22": without_baseline,
    "D23": filled(S, (0, "TTXH_XR", "TTXH_LA")),
    "D24": filled(S, (0, "TTXH_XR", None)),
    "D25": doubled_column,
    "D26": filled(S, (3, form.LOCALITY_CODE, "30772"), (3, "TTXH_XR", 1)),
    "D27": filled(S, (3, form.LOCALITY_CODE, "99999"), (3, "TTXH_XR", 1)),
    "D28": filled(S, (3, form.LOCALITY_CODE, "30745")),
    "D29": filled(
        S, (1, form.LOCALITY_CODE, None), (1, form.LOCALITY_NAME, "Khu vực 3 cảng"), (1, "TTXH_XR", 1)
    ),
    "D30": filled(S, (1, form.LOCALITY_NAME, "Phường Rạch Sỏi")),
    "D31": filled(S, (1, form.LOCALITY_CODE, None), (1, form.LOCALITY_NAME, None)),
    "D32": hidden_row,
    "D33": typed("nhiều"),
    "D34": typed(12.5),
    "D35": typed("-2"),
    "D36": percentage,
    "D37": typed(datetime(2021, 1, 3)),  # noqa: DTZ001
    "D38": typed(True),
    "D39": swapped(b't="n"><v>987654</v>', b't="e"><f>1/0</f><v>#DIV/0!</v>'),
    "D40": typed("=1+1"),
    "D41": typed("x"),
    "D42": typed("1.234", "TTXH_TS"),
    "D43": typed(1e14),
    "D44": filled(D, (1, form.CRITERION_CODE, "IX.9"), YES),
    "D45": filled(D, (1, form.ANSWER, "Đạt")),
    "D46": filled(D, (1, form.DOCUMENT_DATE, "31/02/2021")),
    "D47": filled(D, (2, form.CRITERION_CODE, "I.1")),
    "D48": filled(D, YES),
    "D49": filled(T, (1, form.ITEM_CODE, "KHAC"), (1, form.ITEM_TEXT, "Nội dung")),
    "D50": filled(T, (2, form.ITEM_CODE, "LANH_DAO"), (1, form.ITEM_TEXT, "Một"), (2, form.ITEM_TEXT, "Hai")),
    "D51": filled(G, (1, form.RULE_CODE, "W01")),
    "D52": filled(G, (1, form.RULE_CODE, "W01"), (1, form.LOCALITY_CODE, "30772"), (1, form.REASON, "Đúng")),
    "D53": hidden_sheet,
    "D54": untouched,
}


@pytest.mark.parametrize("code", CASES)
def test_the_file_brings_the_finding_about(code: str, plan: Plan) -> None:
    reading = read_submission(CASES[code](Draft(plan)), "Báo cáo.xlsx", plan, "899-rach-gia")
    found = {finding.rule_id: finding for finding in reading.findings}
    assert code in found
    assert reading.refused == (code in REFUSING)
    assert "{" not in found[code].message
    assert found[code].severity is load_catalogue()[code].severity


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(load_messages(TEMPLATES / "messages" / "reading" / "forms.yaml"))


def test_a_refusal_is_an_error() -> None:
    assert {load_catalogue()[code].severity for code in REFUSING} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x01\x02\x00\x03", "tệp không rõ loại"),
        (archive(ppt__presentation_xml=b"<a/>"), "tệp trình chiếu"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "trang web lưu trữ"),
    ],
)
def test_another_kind_of_file_is_called_by_its_name(content: bytes, kind: str, plan: Plan) -> None:
    reading = read_submission(content, "a.xlsx", plan, None)
    assert [finding.rule_id for finding in reading.findings] == ["D02"]
    assert kind in reading.findings[0].message


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_a_broken_part_is_a_broken_file(part: str, plan: Plan) -> None:
    content = change_parts(Draft(plan).save(), {part: b"<workbook><sheets>"})
    reading = read_submission(content, "a.xlsx", plan, None)
    assert reading.refused
    assert [finding.rule_id for finding in reading.findings] == ["D05"]


def test_a_formatted_but_empty_cell_in_the_last_corner_is_harmless(plan: Plan) -> None:
    content = Draft(plan).save()
    part = read_part(content, SHEET_PART)
    corner = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    content = change_parts(content, {SHEET_PART: part.replace(b"</sheetData>", corner)})
    findings = read_submission(content, "a.xlsx", plan, None).findings
    assert [finding.rule_id for finding in findings] == ["D54"]


def test_the_wrong_folder_is_told_the_right_one(plan: Plan) -> None:
    reading = read_submission(Draft(plan).save(), "a.xlsx", plan, "900-ha-tien")
    assert reading.refused
    assert "“899-rach-gia”" in reading.findings[0].message
    loose = read_submission(Draft(plan).save(), "a.xlsx", plan, "")
    assert "gửi vào thư mục “inbox”" in loose.findings[0].message


def test_too_many_parts_and_doubled_names_are_refused(plan: Plan) -> None:
    parts = {f"xl/a{number}.xml": b"<a/>" for number in range(400)}
    reading = read_submission(change_parts(Draft(plan).save(), parts), "a.xlsx", plan, None)
    assert [finding.rule_id for finding in reading.findings] == ["D06"]
    buffer = io.BytesIO(Draft(plan).save())
    with zipfile.ZipFile(buffer, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/workbook.xml", b"<a/>")
    reading = read_submission(buffer.getvalue(), "a.xlsx", plan, None)
    assert [finding.rule_id for finding in reading.findings] == ["D07"]


def test_titles_that_name_another_period_or_submitter_are_asked(plan: Plan) -> None:
    draft = Draft(plan)
    draft.sheet(S)["A3"] = "Đơn vị báo cáo: Ban Chỉ đạo huyện An Minh"
    draft.sheet(S)["A4"] = "Kỳ báo cáo: năm 2021"
    reading = read_submission(draft.save(), "a.xlsx", plan, "899-rach-gia")
    assert [(finding.rule_id, finding.cell) for finding in reading.findings] == [("D19", "A3"), ("D19", "A4")]


def test_a_catalogue_entry_without_text_is_our_fault(tmp_path: Path) -> None:
    from chuyenhoa.plan.messages import MessageError, load_messages, load_texts

    path = tmp_path / "reading.yaml"
    path.write_text("D01: {name: A, severity: error, title: a}", encoding="utf-8")
    with pytest.raises(MessageError, match="D01"):
        load_messages(path)
    (tmp_path / "again").mkdir()
    for name in ("a", "b"):
        (tmp_path / "again" / f"{name}.yaml").write_text("D01: {name: A, severity: error, title: a, text: b}")
    with pytest.raises(MessageError, match="another file"):
        load_messages(tmp_path / "again")
    with pytest.raises(MessageError, match="D01"):
        load_texts(path)
    with pytest.raises(MessageError, match="missing"):
        load_messages(tmp_path / "missing.yaml")
