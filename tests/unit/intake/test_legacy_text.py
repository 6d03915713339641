"""Text of TCVN3 and VNI becomes Unicode, and Unicode stays what it is."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from chuyenhoa.intake import read_submission
from chuyenhoa.intake.legacy import convert_book, plan_words
from chuyenhoa.kit.readers.book import Book, Sheet
from chuyenhoa.kit.vietnamese_text.legacy import TCVN3, VNI, decode_vni, is_syllable
from chuyenhoa.kit.vietnamese_text.normal_form import fold
from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from tests.unit.intake.drafts import Draft

CORPUS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "legacy_corpus.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
TONE_MARKS = {"\u0301": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0323": 4}
VNI_TONES = {"": "ùøûõï", "\u0302": "áàåãä", "\u0306": "éèúüë"}
VNI_HORNS = {"o": "ô", "u": "ö"}
ENGLISH = """
café|naïve|résumé|façade|señor|Zürich|Malmö|São Paulo|Straße|Noël|über|piñata|crème brûlée|El Niño|Ångström
coöperate|25 °C|10 m²|±5 %|§ 12|© 2021|Excel®|½|3 × 4|µm|5 µg|£5|“quoted”|year–month|co\u00adoperate
Krông Nô|Đắk Lắk|Pleiku|Krông Năng|«Hòa Bình»|Ôtô|kilômét|càphê
TTXH_XR|145/BC-BCĐ|30745|1.234,5|Có|Không|vụ|ô|à
"""
FOREIGN = [text for line in ENGLISH.strip().splitlines() for text in line.split("|")]
_LETTERS = {a: b for plain, spelt in CORPUS for a, b in zip(plain, spelt, strict=True)}


def tcvn3_small(text: str) -> str:
    """The text as a font of capitals stores it: small letters."""
    return "".join(_LETTERS.get(sign, sign) for sign in text.lower())


def vni(text: str) -> str:
    """The text as a VNI font stores it, built from letters and marks and not from the table under test."""
    return "".join(map(_vni_letter, text))


def _vni_letter(letter: str) -> str:
    small = letter.lower()
    base, *marks = list(unicodedata.normalize("NFD", small))
    tones = [TONE_MARKS[mark] for mark in marks if mark in TONE_MARKS]
    quality = "".join(mark for mark in marks if mark not in TONE_MARKS)
    if small == "đ":
        spelt = "ñ"
    elif not marks:
        return letter
    elif base == "i":
        spelt = "íìæóò"[tones[0]]
    elif base == "y" and tones == [4]:
        spelt = "î"
    elif quality == "\u031b":
        spelt = VNI_HORNS[base] + ("ùøûõï"[tones[0]] if tones else "")
    elif quality and not tones:
        spelt = base + {"\u0302": "â", "\u0306": "ê"}[quality]
    else:
        spelt = base + VNI_TONES[quality][tones[0]]
    return spelt.upper() if letter.isupper() else spelt


Spelling = tuple[str, str, Callable[[tuple[str, ...]], str]]
SPELLINGS: list[Spelling] = [
    ("TCVN3 (ABC)", ".VnTime", lambda pair: pair[1]),
    ("TCVN3 (ABC)", ".VnTimeH", lambda pair: tcvn3_small(pair[0])),
    ("VNI", "VNI-Times", lambda pair: vni(pair[0])),
    ("VNI", "VNI-Times", lambda pair: unicodedata.normalize("NFD", vni(pair[0]))),
]
NAMES = ("TCVN3", "TCVN3-H", "VNI", "VNI decomposed")


def book_of(texts: list[str], font: str = "") -> Book:
    fonts = {(row, 0): font for row in range(len(texts))} if font else {}
    return Book("xlsx", (Sheet("S", False, [[text] for text in texts], fonts=fonts),))


def texts_of(book: Book) -> list[str]:
    return [str(row[0]) for row in book.sheets[0].rows]


def wrong(book: Book) -> list[tuple[str, str]]:
    pairs = zip((plain for plain, _ in CORPUS), texts_of(book), strict=True)
    return [(plain, text) for plain, text in pairs if fold(text) != fold(plain)]


def test_the_corpus_is_large_and_holds_every_unit(root: Path, plan: Plan) -> None:
    plain = {pair[0] for pair in CORPUS}
    assert len(plain) == len(CORPUS) > 1500
    with (root / "plans" / "units" / "units.csv").open(encoding="utf-8") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert len(names) > 120
    assert names <= plain
    assert {text for entry in plan.indicators if not (text := entry.label).isascii()} <= plain


@pytest.mark.parametrize(("encoding", "font", "spell"), SPELLINGS, ids=NAMES)
def test_by_the_font_all_words_are_recovered(
    encoding: str, font: str, spell: Callable[[tuple[str, ...]], str]
) -> None:
    book, notes = convert_book(book_of([spell(pair) for pair in CORPUS], font), ())
    assert wrong(book) == []
    assert {note.why for note in notes} == {f"chữ ở bảng mã {encoding}, chuyển sang Unicode"}


@pytest.mark.parametrize(("encoding", "font", "spell"), SPELLINGS, ids=NAMES)
def test_without_a_font_all_words_of_a_sheet_are_recovered(
    encoding: str, font: str, spell: Callable[[tuple[str, ...]], str]
) -> None:
    book, _ = convert_book(book_of([spell(pair) for pair in CORPUS]), ())
    assert wrong(book) == []


@pytest.mark.parametrize(("encoding", "font", "spell"), SPELLINGS, ids=NAMES)
def test_alone_no_word_is_recovered_wrongly_and_every_known_name_rightly(
    encoding: str, font: str, spell: Callable[[tuple[str, ...]], str], plan: Plan
) -> None:
    known = plan_words(plan)
    names = set(map(fold, known))
    for pair in CORPUS:
        spelt = unicodedata.normalize("NFC", spell(pair))
        [read] = texts_of(convert_book(book_of([spelt]), known)[0])
        assert read == spelt or fold(read) == fold(pair[0])
        assert fold(read) == fold(pair[0]) or fold(pair[0]) not in names


def test_alone_nearly_all_phrases_are_recovered(plan: Plan) -> None:
    phrases = [pair for pair in CORPUS if " " in pair[0]]
    for spell in (SPELLINGS[0][2], SPELLINGS[2][2]):
        found = [texts_of(convert_book(book_of([spell(p)]), plan_words(plan))[0])[0] for p in phrases]
        right = sum(fold(text) == fold(pair[0]) for text, pair in zip(found, phrases, strict=True))
        assert right / len(phrases) > 0.97


@pytest.mark.parametrize("shape", ["NFC", "NFD"])
def test_unicode_is_never_converted(shape: Literal["NFC", "NFD"], plan: Plan) -> None:
    texts = [unicodedata.normalize(shape, pair[0]) for pair in CORPUS] + FOREIGN
    for given_texts in (texts, *[[text] for text in texts]):
        book, notes = convert_book(book_of(list(given_texts)), plan_words(plan))
        assert notes == ()
        assert texts_of(book) == list(given_texts)


def test_unicode_in_an_old_font_is_left_alone() -> None:
    texts = ["Phường Vĩnh Lạc", "Xã Hòa Điền", "Bà con", "123", "TTXH_XR", ""]
    book, notes = convert_book(book_of(texts, ".VnTime"), ())
    assert (texts_of(book), notes) == (texts, ())


def test_capital_fonts_show_capitals() -> None:
    book, notes = convert_book(book_of(["ph­êng r¹ch sái"], ".VnTimeH"), ())
    assert texts_of(book) == ["PHƯỜNG RẠCH SỎI"]
    assert (notes[0].before, notes[0].after) == ("ph-êng r¹ch sái", "PHƯỜNG RẠCH SỎI")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Kiªn Giang", "Kiên Giang"),
        ("Thµnh phè R¹ch Gi¸", "Thành phố Rạch Giá"),
        ("HuyÖn VÜnh ThuËn", "Huyện Vĩnh Thuận"),
        ("ph¹m ph¸p h×nh sù", "phạm pháp hình sự"),
        ("®èi t\u00adîng", "đối tượng"),
        ("§«ng Hå", "Đông Hồ"),
        ("Kieân Giang", "Kiên Giang"),
        ("Raïch Giaù", "Rạch Giá"),
        ("Phuù Quoác", "Phú Quốc"),
        ("ñoái töôïng", "đối tượng"),
        ("02 vô", "02 vụ"),
        ("Cã", "Có"),
        ("Kh«ng", "Không"),
    ],
)
def test_known_spellings(typed: str, read: str, plan: Plan) -> None:
    assert texts_of(convert_book(book_of([typed]), plan_words(plan))[0]) == [read]


def test_a_doubtful_word_follows_its_sheet_only_when_that_is_of_one_encoding() -> None:
    old = ["Thµnh phè R¹ch Gi¸", "ph¹m ph¸p h×nh sù", "HuyÖn VÜnh ThuËn"]
    assert texts_of(convert_book(book_of([*old, "sè"]), ())[0])[-1] == "số"
    assert texts_of(convert_book(book_of([*old, "Phường", "sè"]), ())[0])[-1] == "sè"
    assert texts_of(convert_book(book_of([*old, "Raïch Giaù", "sè"]), ())[0])[-1] == "sè"
    assert texts_of(convert_book(book_of([*old[:2], "sè"]), ())[0])[-1] == "sè"


def test_a_text_converted_many_times_is_told_once() -> None:
    _, notes = convert_book(book_of(["Kiªn Giang", "1", "Kiªn Giang"]), ())
    assert [(note.cell_ref.cell, note.before, note.after) for note in notes] == [
        ("A1", "Kiªn Giang", "Kiên Giang")
    ]


def test_the_tables_are_complete() -> None:
    vowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
    marked = {letter for letter in vowels if not letter.isascii()}
    assert marked | set("ĂÂÊÔƠƯĐ") == set(TCVN3.values())
    assert marked | {letter.upper() for letter in marked} == set(VNI.values())
    assert decode_vni("".join(map(vni, "ẳẲ"))) == "ẳẲ"


@given(st.sampled_from(CORPUS), st.sampled_from(CORPUS))
def test_converting_twice_is_converting_once(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    for texts in ([one[1], two[1]], [vni(one[0]), vni(two[0])], [one[0], two[1]]):
        once = convert_book(book_of(texts), ())[0]
        assert convert_book(once, ())[0] == once


@given(st.text(max_size=20), st.sampled_from(["", ".VnTime", ".VnTimeH", "VNI-Times"]))
def test_no_text_raises_and_digits_stay(text: str, font: str) -> None:
    read = texts_of(convert_book(book_of([text], font), ())[0])[0]
    assert [sign for sign in read if sign in "0123456789"] == [sign for sign in text if sign in "0123456789"]


@pytest.mark.parametrize(
    "word", ["nghiêng", "giếng", "quốc", "hoà", "hòa", "yên", "gì", "thuở", "khuỷu", "đông"]
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["café", "krông", "hàc", "señor", "ôtô", "đ", "", "áà", "straße", "bc"])
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


def test_a_workbook_in_old_fonts_reads_as_one_in_unicode(plan: Plan) -> None:
    draft = Draft(plan)
    for name, value in ((form.ANSWER, "Cã"), (form.NOTE, "®ang chØ ®¹o"), (form.DOCUMENT_NUMBER, "12/KH")):
        draft.put(form.DECLARATIONS_SHEET, 1, name, value)
    draft.put(form.DECLARATIONS_SHEET, 1, form.DOCUMENT_DATE, "ngµy 05 th¸ng 01 n¨m 2021")
    draft.put(form.FIGURES_SHEET, 1, "TTXH_XR", "02 vô")
    draft.put(form.FIGURES_SHEET, 1, "TTXH_KP", "kh«ng ph¸t sinh")
    cell = draft.cell(form.NARRATIVE_SHEET, 1, form.ITEM_TEXT)
    cell.value, cell.font = "Sè vô", Font(name=".VnTime")
    reading = read_submission(draft.save(), "a.xlsx", plan, None)
    assert not any(finding.severity == "error" for finding in reading.findings)
    values = {entry.indicator: entry.value for entry in reading.observations if entry.value is not None}
    assert values == {"TTXH_XR": 2, "TTXH_KP": 0}
    declared = [entry for entry in reading.declarations if entry.answer]
    assert [(entry.note, str(entry.document_date)) for entry in declared] == [("đang chỉ đạo", "2021-01-05")]
    assert [entry.text for entry in reading.narratives] == ["Số vụ"]
    told = {(note.before, note.after) for note in reading.normalisations}
    assert {("Cã", "Có"), ("®ang chØ ®¹o", "đang chỉ đạo"), ("Sè vô", "Số vụ"), ("02 vô", "02 vụ")} <= told
