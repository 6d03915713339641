"""The layout checker passes our documents and finds every seeded fault, and nothing beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.kit.ooxml.wordml import W
from chuyenhoa.model.plan import Plan
from chuyenhoa.reporting import check_layout, render_document
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting import model_documents
from tests.integration.reporting.word_edits import BODY, STYLES, WordFile

Make = Callable[..., Snapshot]
Edit = Callable[[WordFile], object]
TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
ISSUE = {
    "number": "09",
    "date": "2021-12-05",
    "signer": "Nguyễn Văn A",
    "capacity": "KT. TRƯỞNG BAN\nPHÓ TRƯỞNG BAN",
    "office": "GIÁM ĐỐC CÔNG AN TỈNH",
}
PARENT, OWN = "ỦY BAN NHÂN DÂN", "BAN CHỈ ĐẠO PHÒNG"
NATION, MOTTO = "CỘNG HÒA XÃ HỘI", "Độc lập - Tự do"
SUBJECT, OPENING = "Tổng kết 01 năm", "Căn cứ Kế hoạch số 72"


@pytest.fixture(scope="module")
def report(snapshot_of: Make, plan: Plan) -> bytes:
    """The annual report with every annex, on three localities: it is checked in two thirds of the time."""
    return render_annual(snapshot_of(plan=replace(plan, localities=plan.localities[:3])))


def render_annual(snapshot: Snapshot) -> bytes:
    template = (TEMPLATES / "bao_cao_tong_ket.docx").read_bytes()
    return render_document("bao_cao_tong_ket", template, snapshot, ISSUE)


@pytest.fixture(scope="module")
def models() -> dict[str, bytes]:
    return {
        "decision": model_documents.write_decision(),
        "letter": model_documents.write_letter(),
        "submission": model_documents.write_submission(),
    }


def elements(document: bytes) -> set[str]:
    return {problem.element for problem in check_layout(document)}


def edited(document: bytes, edit: Edit) -> bytes:
    file = WordFile(document)
    edit(file)
    changed = file.bytes()
    assert changed != document
    return changed


def test_documents_by_the_decree_pass(snapshot_of: Make, report: bytes, models: dict[str, bytes]) -> None:
    assert check_layout(report) == check_layout(render_annual(snapshot_of())) == ()
    template = (TEMPLATES / "bao_cao_so_ket.docx").read_bytes()
    assert check_layout(render_document("bao_cao_so_ket", template, snapshot_of("2021-6t"))) == ()
    assert {name: check_layout(document) for name, document in models.items()} == dict.fromkeys(models, ())


def lie_down(file: WordFile) -> None:
    file.section(1, "pgSz", w="16838", h="11906", orient="landscape")


def break_nation(file: WordFile) -> None:
    run = next(file.line(NATION).iter(f"{W}r"))
    run.append(run.makeelement(f"{W}br"))
    text = run.makeelement(f"{W}t")
    text.text = "VIỆT NAM"
    run.append(text)
    file.replace("CHỦ NGHĨA VIỆT NAM", "CHỦ NGHĨA")


def narrow_cells(file: WordFile) -> None:
    for width in file.tables()[0].iter(f"{W}tcW"):
        width.set(f"{W}w", "4500")


def widen(number: int, share: float) -> Edit:
    """Change the length of a drawn rule: 0 agency, 1 Tiêu ngữ, 2 subject."""

    def edit(file: WordFile) -> None:
        rule = file.rules()[number]
        rule.set("cx", str(round(int(rule.get("cx") or 0) * share)))

    return edit


def underline_motto(file: WordFile) -> None:
    file.unrule(1)
    file.run(MOTTO, "u", val="single")


def decompose(file: WordFile) -> None:
    file.say("Trên đây là", unicodedata.normalize("NFD", "Trên đây là báo cáo./."))


def split_number(file: WordFile) -> None:
    """The number and the date on rows of their own."""
    row = next(file.line("Số:").iterancestors(f"{W}tr"))
    cells = row.findall(f"{W}tc")
    for paragraph in list(cells[1].findall(f"{W}p")):
        cells[0].append(paragraph)
    cells[1].append(cells[1].makeelement(f"{W}p"))


def unmark(name: str) -> Edit:
    """Take `tblHeader` or `cantSplit` from a row of the last table."""

    def edit(file: WordFile) -> None:
        node = next(file.tables()[-1].iter(f"{W}{name}"))
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)

    return edit


def unmark_in_text(file: WordFile) -> None:
    table = next(t for t in file.tables() if "Nhóm tiêu chí" in "".join(map(str, t.itertext())))
    node = next(table.iter(f"{W}tblHeader"))
    node.set(f"{W}val", "false")


REPORT_FAULTS: dict[str, tuple[Edit, str]] = {
    "letter paper": (lambda f: f.section(1, "pgSz", w="12240", h="15840"), "khổ giấy"),
    "text on its side": (lie_down, "khổ giấy"),
    "left margin": (lambda f: f.section(1, "pgMar", left="1134"), "lề trái"),
    "right margin": (lambda f: f.section(1, "pgMar", right="400"), "lề phải"),
    "top margin": (lambda f: f.section(1, "pgMar", top="720"), "lề trên"),
    "bottom margin": (lambda f: f.section(2, "pgMar", bottom="2000"), "lề dưới"),
    "number on page 1": (lambda f: f.drop(1, "titlePg"), "số trang"),
    "roman page numbers": (lambda f: f.section(1, "pgNumType", fmt="upperRoman"), "số trang"),
    "annex numbered on": (lambda f: f.drop(3, "pgNumType"), "số trang"),
    "annex from 5": (lambda f: f.section(2, "pgNumType", start="5"), "số trang"),
    "another font": (lambda f: f.run("BÁO CÁO", "rFonts", ascii="Arial", hAnsi="Arial"), "phông chữ"),
    "font of marked letters only": (lambda f: f.run("BÁO CÁO", "rFonts", hAnsi="Arial"), "phông chữ"),
    "symbol font": (lambda f: f.run("1. Ưu điểm", "rFonts", ascii="Wingdings"), "phông chữ"),
    "theme font": (lambda f: f.run(SUBJECT, "rFonts", asciiTheme="minorBidi"), "phông chữ"),
    "red": (lambda f: f.run("BÁO CÁO", "color", val="FF0000"), "màu chữ"),
    "theme colour": (lambda f: f.run("BÁO CÁO", "color", val="4472C4", themeColor="accent1"), "màu chữ"),
    "decomposed letters": (decompose, "bảng mã"),
    "nation in small letters": (lambda f: f.replace("CỘNG HÒA", "Cộng hòa"), "Quốc hiệu"),
    "nation too large": (lambda f: f.run(NATION, "sz", val="28"), "Quốc hiệu"),
    "nation on two lines": (break_nation, "Quốc hiệu"),
    "nation not bold": (lambda f: f.run(NATION, "b", val="0"), "Quốc hiệu"),
    "nation wraps": (narrow_cells, "Quốc hiệu"),
    "nation spaced": (lambda f: f.paragraph(NATION, "spacing", line="360"), "Quốc hiệu"),
    "motto with dashes": (lambda f: f.say(MOTTO, "Độc lập – Tự do – Hạnh phúc"), "Tiêu ngữ"),
    "motto unspaced": (lambda f: f.say(MOTTO, "Độc lập-Tự do-Hạnh phúc"), "Tiêu ngữ"),
    "motto large": (lambda f: f.run(MOTTO, "sz", val="30"), "Tiêu ngữ"),
    "motto italic": (lambda f: f.run(MOTTO, "i"), "Tiêu ngữ"),
    "motto's rule short": (widen(1, 0.5), "kẻ dưới Tiêu ngữ"),
    "motto underlined": (underline_motto, "kẻ dưới Tiêu ngữ"),
    "parent bold": (lambda f: f.run(PARENT, "b", val="1"), "tên cơ quan chủ quản"),
    "parent small letters": (lambda f: f.replace(PARENT, "Ủy ban nhân dân"), "tên cơ quan chủ quản"),
    "agency not bold": (lambda f: f.run(OWN, "b", val="0"), "tên cơ quan ban hành"),
    "agency left": (lambda f: f.paragraph(OWN, "jc", val="left"), "tên cơ quan ban hành"),
    "agency's rule long": (widen(0, 2.5), "kẻ dưới tên cơ quan"),
    "agency's rule gone": (lambda f: f.unrule(0), "kẻ dưới tên cơ quan"),
    "number unpadded": (lambda f: f.replace("Số: 09/", "Số: 9/"), "số, ký hiệu"),
    "symbol with spaces": (lambda f: f.say("Số:", "Số: 09/BC - BCĐ"), "số, ký hiệu"),
    "symbol of a plan": (lambda f: f.say("Số:", "Số: 09/KH-BCĐ"), "số, ký hiệu"),
    "no stroke": (lambda f: f.say("Số:", "Số: 09 BC-BCĐ"), "số, ký hiệu"),
    "number size": (lambda f: f.run("Số:", "sz", val="24"), "số, ký hiệu"),
    "day unpadded": (lambda f: f.replace("ngày 05 tháng", "ngày 5 tháng"), "địa danh, ngày tháng"),
    "month zero": (
        lambda f: f.say("Kiên Giang, ngày", "Kiên Giang, ngày 05 tháng 1 năm 2021"),
        "địa danh, ngày tháng",
    ),
    "no comma": (lambda f: f.replace("Kiên Giang, ngày", "Kiên Giang ngày"), "địa danh, ngày tháng"),
    "date upright": (lambda f: f.run("Kiên Giang, ngày", "i", val="0"), "địa danh, ngày tháng"),
    "date under the number": (split_number, "địa danh, ngày tháng"),
    "unknown type": (lambda f: f.replace("BÁO CÁO", "VĂN BẢN"), "tên loại văn bản"),
    "title small": (lambda f: f.run("BÁO CÁO", "sz", val="24"), "tên loại văn bản"),
    "title in small letters": (lambda f: f.replace("BÁO CÁO", "Báo cáo"), "tên loại văn bản"),
    "title right": (lambda f: f.paragraph("BÁO CÁO", "jc", val="right"), "tên loại văn bản"),
    "subject not bold": (lambda f: f.run(SUBJECT, "b", val="0"), "trích yếu"),
    "subject in capitals": (lambda f: f.run(SUBJECT, "caps"), "trích yếu"),
    "subject's rule long": (widen(2, 2.4), "kẻ dưới trích yếu"),
    "subject's rule gone": (lambda f: f.unrule(2), "kẻ dưới trích yếu"),
    "text left": (lambda f: f.paragraph(OPENING, "jc", val="left"), "nội dung"),
    "no indent": (lambda f: f.paragraph(OPENING, "ind", firstLine="0"), "nội dung"),
    "hanging": (lambda f: f.paragraph(OPENING, "ind", hanging="720"), "nội dung"),
    "too close": (lambda f: f.paragraph(OPENING, "spacing", before="0", after="40"), "nội dung"),
    "double spaced": (lambda f: f.paragraph(OPENING, "spacing", line="480"), "nội dung"),
    "exactly 30 points": (
        lambda f: f.paragraph(OPENING, "spacing", line="600", lineRule="exact"),
        "nội dung",
    ),
    "text small": (lambda f: f.run(OPENING, "sz", val="24"), "nội dung"),
    "text italic": (lambda f: f.run("Trên đây là", "i"), "nội dung"),
    "text bold": (lambda f: f.run("Trên đây là", "b"), "nội dung"),
    "chapter in small letters": (lambda f: f.say("II. KẾT QUẢ", "II. Kết quả thực hiện"), "đề mục"),
    "chapter not bold": (lambda f: f.run("II. KẾT QUẢ", "b", val="0"), "đề mục"),
    "clause italic": (lambda f: f.run("1. Ưu điểm", "i"), "khoản, điểm"),
    "capacity small letters": (
        lambda f: f.replace("KT. TRƯỞNG BAN", "KT. Trưởng Ban"),
        "quyền hạn, chức vụ người ký",
    ),
    "capacity without its second line": (lambda f: f.remove("PHÓ TRƯỞNG BAN"), "quyền hạn, chức vụ người ký"),
    "capacity without a stop": (
        lambda f: f.replace("KT. TRƯỞNG", "KT TRƯỞNG"),
        "quyền hạn, chức vụ người ký",
    ),
    "office not bold": (lambda f: f.run("GIÁM ĐỐC CÔNG AN", "b", val="0"), "chức vụ khác của người ký"),
    "name not bold": (lambda f: f.run("Nguyễn Văn A", "b", val="0"), "họ tên người ký"),
    "name with a degree": (lambda f: f.replace("Nguyễn Văn A", "TS. Nguyễn Văn A"), "họ tên người ký"),
    "name with a rank": (lambda f: f.replace("Nguyễn Văn A", "Đại tá Nguyễn Văn A"), "họ tên người ký"),
    "name in capitals": (lambda f: f.replace("Nguyễn Văn A", "NGUYỄN VĂN A"), "họ tên người ký"),
    "no Nơi nhận": (lambda f: f.say("Nơi nhận:", "Gửi:"), "Nơi nhận"),
    "Nơi nhận upright": (lambda f: f.run("Nơi nhận:", "i", val="0"), "Nơi nhận"),
    "Nơi nhận large": (lambda f: f.run("Nơi nhận:", "sz", val="28"), "Nơi nhận"),
    "recipient large": (lambda f: f.run("- Lưu:", "sz", val="26"), "Nơi nhận"),
    "recipient without end": (lambda f: f.replace("hvlv.", "hvlv"), "Nơi nhận"),
    "recipient ends otherwise": (lambda f: f.replace("Bộ Công an;", "Bộ Công an,"), "Nơi nhận"),
    "recipient without a dash": (lambda f: f.replace("- Văn phòng Bộ", "+ Văn phòng Bộ"), "Nơi nhận"),
    "not filed": (lambda f: f.replace("- Lưu: VT, CA tỉnh", "- Công an tỉnh"), "Nơi nhận"),
    "annex in Arabic numbers": (lambda f: f.say("Phụ lục II", "Phụ lục 2"), "phụ lục"),
    "annex out of order": (lambda f: f.say("Phụ lục III", "Phụ lục IV"), "phụ lục"),
    "annex in capitals": (lambda f: f.say("Phụ lục IV", "PHỤ LỤC IV"), "phụ lục"),
    "annex at the left": (lambda f: f.paragraph("Phụ lục I", "jc", val="left"), "phụ lục"),
    "annex size": (lambda f: f.run("Phụ lục I", "sz", val="26"), "phụ lục"),
    "annex without head": (lambda f: f.say("Phụ lục VI", "Bảng theo dõi"), "phụ lục"),
    "annex title small letters": (
        lambda f: f.say("TÌNH HÌNH NỘP", "Tình hình nộp báo cáo"),
        "tiêu đề phụ lục",
    ),
    "annex title not bold": (lambda f: f.run("TÌNH HÌNH NỘP", "b", val="0"), "tiêu đề phụ lục"),
    "annex note upright": (lambda f: f.run("(Kèm theo", "i", val="0"), "dòng kèm theo"),
    "annex note gone": (lambda f: f.remove("(Kèm theo"), "dòng kèm theo"),
    "head not repeated": (unmark("tblHeader"), "bảng"),
    "row splits": (unmark("cantSplit"), "bảng"),
    "head in the text not repeated": (unmark_in_text, "bảng"),
}


@pytest.mark.scene
@pytest.mark.parametrize("fault", REPORT_FAULTS)
def test_a_seeded_fault_of_a_report_is_found_and_nothing_else(report: bytes, fault: str) -> None:
    edit, element = REPORT_FAULTS[fault]
    found = check_layout(edited(report, edit))
    assert {problem.element for problem in found} == {element}
    assert all(problem.found and problem.expected for problem in found)


def decide_not(file: WordFile) -> None:
    file.remove("QUYẾT ĐỊNH:")


def number_articles(file: WordFile) -> None:
    file.replace("Điều 2.", "Điều 3.")


MODEL_FAULTS: dict[str, tuple[str, Edit, str]] = {
    "no authority": ("decision", lambda f: f.remove("TRƯỞNG BAN CHỈ ĐẠO"), "thẩm quyền ban hành"),
    "authority not bold": (
        "decision",
        lambda f: f.run("TRƯỞNG BAN CHỈ ĐẠO", "b", val="0"),
        "thẩm quyền ban hành",
    ),
    "căn cứ upright": ("decision", lambda f: f.run("Căn cứ Kế hoạch", "i", val="0"), "căn cứ"),
    "căn cứ ends otherwise": ("decision", lambda f: f.replace("14/6/2021;", "14/6/2021,"), "căn cứ"),
    "last căn cứ ends": ("decision", lambda f: f.replace("Công an tỉnh.", "Công an tỉnh;"), "căn cứ"),
    "no QUYẾT ĐỊNH:": ("decision", decide_not, "lệnh ban hành"),
    "QUYẾT ĐỊNH: left": ("decision", lambda f: f.paragraph("QUYẾT ĐỊNH:", "jc", val="left"), "lệnh ban hành"),
    "Điều not bold": ("decision", lambda f: f.run("Điều 2.", "b", val="0"), "Điều"),
    "Điều without a stop": ("decision", lambda f: f.replace("Điều 2.", "Điều 2:"), "Điều"),
    "Điều left out": ("decision", number_articles, "Điều"),
    "Điều without indent": ("decision", lambda f: f.paragraph("Điều 2.", "ind", firstLine="0"), "nội dung"),
    "symbol of a report": ("decision", lambda f: f.replace("/QĐ-", "/BC-"), "số, ký hiệu"),
    "letter with a type": ("letter", lambda f: f.replace("152/BCĐ", "152/bcđ"), "số, ký hiệu"),
    "no V/v": ("letter", lambda f: f.remove("V/v"), "trích yếu công văn"),
    "V/v large": ("letter", lambda f: f.run("V/v", "sz", val="28"), "trích yếu công văn"),
    "V/v bold": ("letter", lambda f: f.run("V/v", "b"), "trích yếu công văn"),
    "V/v too close": ("letter", lambda f: f.paragraph("V/v", "spacing", before="0"), "trích yếu công văn"),
    "V/v spelt out": ("letter", lambda f: f.replace("V/v đôn đốc", "Về việc đôn đốc"), "trích yếu công văn"),
    "addressee ends otherwise": ("letter", lambda f: f.replace("Rạch Giá;", "Rạch Giá,"), "Kính gửi"),
    "addressees bold": ("letter", lambda f: f.run("Kính gửi", "b"), "Kính gửi"),
    "no addressee": ("submission", lambda f: f.remove("Kính gửi"), "Kính gửi"),
    "addressees on one line": (
        "submission",
        lambda f: f.replace("Trưởng Ban Chỉ đạo tỉnh", "Trưởng Ban; Công an tỉnh; Sở Tư pháp"),
        "Kính gửi",
    ),
    "submission with BC": ("submission", lambda f: f.replace("/TTr-", "/TTR-"), "số, ký hiệu"),
}  # fmt: skip


@pytest.mark.parametrize("fault", MODEL_FAULTS)
def test_a_seeded_fault_of_another_type_is_found(models: dict[str, bytes], fault: str) -> None:
    name, edit, element = MODEL_FAULTS[fault]
    assert elements(edited(models[name], edit)) == {element}


def test_a_problem_names_element_place_and_what_must_be(report: bytes) -> None:
    (problem,) = check_layout(edited(report, lambda f: f.run("1. Ưu điểm", "sz", val="24")))
    assert str(problem).startswith("khoản, điểm, đoạn ")
    assert str(problem).endswith("“1. Ưu điểm”: cỡ chữ 12; yêu cầu: cỡ chữ 13–14")
    (problem,) = check_layout(edited(report, unmark("cantSplit")))
    assert str(problem).startswith("bảng, bảng ")
    assert "dòng 1 có thể bị ngắt trang" in problem.found


def header_of(document: bytes) -> str:
    return next(n for n, p in read_parts(document).items() if n.startswith("word/header") and b"PAGE" in p)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("<w:pPr>", '<w:pPr><w:jc w:val="right"/>', "không canh giữa"),
        ("PAGE", "DATE", "không có số trang ở lề trên"),
        ("<w:r><w:t>2<", '<w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:t>2<', "cỡ chữ 11"),
    ],
)
def test_page_numbers_as_they_print(report: bytes, before: str, after: str, found: str) -> None:
    parts = read_parts(report)
    text = parts[header_of(report)].decode()
    assert before in text
    changed = write_parts({**parts, header_of(report): text.replace(before, after, 1).encode()})
    problems = check_layout(changed)
    assert {problem.element for problem in problems} == {"số trang"}
    assert found in {problem.found for problem in problems}


def test_styles_count_as_they_print(report: bytes) -> None:
    """A fault in a style is a fault of every paragraph that takes after it."""
    text = read_parts(report)[STYLES].decode("utf-8")
    start = text.index('w:val="Thân văn bản"')
    end = text.index("</w:style>", start)

    def with_style(before: str, after: str) -> bytes:
        style = text[start:end]
        assert before in style
        changed = text[:start] + style.replace(before, after) + text[end:]
        return write_parts({**read_parts(report), STYLES: changed.encode("utf-8")})

    for before, after, found in (
        ('w:val="28"', 'w:val="22"', "cỡ chữ 11"),
        ('w:val="both"', 'w:val="left"', "canh trái"),
        ('w:firstLine="720"', 'w:firstLine="0"', "lùi dòng đầu 0.0 mm"),
        ('w:after="120"', 'w:after="40"', "cách đoạn 2 pt"),
        ('w:line="276"', 'w:line="480"', "cách dòng 2"),
    ):
        assert found in {problem.found for problem in check_layout(with_style(before, after))}, found
    arial = with_style('w:hAnsi="Times New Roman"', 'w:hAnsi="Arial"')
    assert ("Arial", "Times New Roman") in {(p.found, p.expected) for p in check_layout(arial)}


def test_fonts_of_the_theme_count(report: bytes) -> None:
    parts = read_parts(report)
    styles = parts[STYLES].decode().replace('w:ascii="Times New Roman"', 'w:asciiTheme="minorHAnsi"')
    themed = write_parts({**parts, STYLES: styles.encode()})
    assert check_layout(themed) == ()
    theme = parts["word/theme/theme1.xml"].decode()
    calibri = theme.replace('typeface="Times New Roman"', 'typeface="Calibri"')
    changed = write_parts({**read_parts(themed), "word/theme/theme1.xml": calibri.encode()})
    assert "Calibri" in {problem.found for problem in check_layout(changed)}


def test_bold_of_two_kinds_of_style_cancels_out(report: bytes) -> None:
    """Word's rule for switches: a bold character style within a bold paragraph style prints upright."""
    parts = read_parts(report)
    style = '<w:style w:type="character" w:styleId="Strong9"><w:rPr><w:b/></w:rPr></w:style></w:styles>'
    strong = write_parts({**parts, STYLES: parts[STYLES].replace(b"</w:styles>", style.encode())})
    assert check_layout(strong) == ()

    def mark(file: WordFile) -> None:
        run = next(file.line("II. KẾT QUẢ").iter(f"{W}r"))
        properties = run.makeelement(f"{W}rPr")
        named = properties.makeelement(f"{W}rStyle")
        named.set(f"{W}val", "Strong9")
        properties.append(named)
        run.insert(0, properties)

    (problem,) = check_layout(edited(strong, mark))
    assert (problem.element, problem.found) == ("đề mục", "chữ không đậm")


def test_content_controls_are_seen_through(report: bytes) -> None:
    """Runs, paragraphs, cells, rows and tables within content controls are checked as any other."""
    file = WordFile(report)
    table = file.tables()[-1]
    for node in (
        next(file.line(OPENING).iter(f"{W}r")),
        next(file.line("Số:").iter(f"{W}r")),
        file.line("BÁO CÁO"),
        file.line("- Lưu:"),
        next(table.iter(f"{W}tc")),
        list(table.iter(f"{W}tr"))[1],
        table,
        file.tables()[0],
    ):
        file.wrap(node)
    wrapped = file.bytes()
    assert check_layout(wrapped) == ()
    for fault in ("number unpadded", "text small", "title small", "row splits", "recipient without end"):
        edit, element = REPORT_FAULTS[fault]
        assert elements(edited(wrapped, edit)) == {element}, fault


def test_tracked_changes_count_as_accepted(report: bytes) -> None:
    file = WordFile(report)
    run = next(file.line("Số:").iter(f"{W}r"))
    parent = run.getparent()
    assert parent is not None
    deleted = parent.makeelement(f"{W}del")
    parent.replace(run, deleted)
    deleted.append(run)
    for text in run.iter(f"{W}t"):
        text.tag = f"{W}delText"
    assert elements(file.bytes()) == {"số, ký hiệu", "địa danh, ngày tháng"}
    inserted = parent.makeelement(f"{W}ins")
    new = parent.makeelement(f"{W}r")
    inserted.append(new)
    text = parent.makeelement(f"{W}t")
    text.text = "Số: 10/BC-BCĐ"
    new.append(text)
    deleted.addnext(inserted)
    properties = parent.makeelement(f"{W}rPr")
    size = parent.makeelement(f"{W}sz")
    size.set(f"{W}val", "26")
    properties.append(size)
    new.insert(0, properties)
    assert check_layout(file.bytes()) == ()


def test_documents_without_the_elements(report: bytes) -> None:
    empty = {**read_parts(report)}
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    empty[BODY] = f'<w:document xmlns:w="{space}"><w:body><w:sectPr/></w:body></w:document>'.encode()
    missing = elements(write_parts(empty))
    assert {"Quốc hiệu", "Tiêu ngữ", "số, ký hiệu", "địa danh, ngày tháng"} <= missing
    assert {"tên loại văn bản", "Nơi nhận", "khổ giấy"} <= missing
    assert elements(b"no document") == {"tệp"}
    empty[BODY] = f'<w:document xmlns:w="{space}"/>'.encode()
    assert elements(write_parts(empty)) == {"tệp"}
