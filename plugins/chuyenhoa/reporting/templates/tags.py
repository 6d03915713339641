"""The tags of a template as they stand in its paragraphs: what Word or a typist did to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from chuyenhoa.kit.docx_lint.styles import own_runs, run_text
from chuyenhoa.kit.ooxml.docx_package import text_parts
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W
from chuyenhoa.reporting.templates.problem import TemplateProblem

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPEN, _CLOSE = re.compile(r"\{\{|\{%|\{#"), re.compile(r"\}\}|%\}|#\}")
# {subject} for {{ subject }}: it would print as typed, and is no fault for Jinja
_SINGLE = re.compile(r"(?<!\{)\{ *([A-Za-z_]\w*)(?:\.\w+)* *\}(?!\})")
_PARTS = re.compile(r"\{%-?\s*(?:(?P<scope>p|tr|tc|r) +)?(?P<word>\w+)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# Word's AutoCorrect makes “ ” of " " and – of - while the office types a tag.
_SMART = "“”‘’–—„‚"
_CHANGED = tuple(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_SHOWN = 70
_BLOCKS = {"endfor": "for", "endif": "if", "endset": "set", "endfilter": "filter", "endmacro": "macro"}
_INNER = {"else": ("for", "if"), "elif": ("if",)}
_SCOPES = {"p": "đoạn", "tr": "dòng của bảng", "tc": "ô của bảng", "r": "cụm chữ"}
_FORMATS = ("b", "i", "u", "sz", "color", "rFonts", "caps", "strike", "highlight", "vertAlign")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a template."""

    element: etree._Element
    where: str
    """`paragraph 3`, or `header2, paragraph 1`."""
    text: str

    @property
    def shown(self) -> str:
        """Its place and the beginning of its text."""
        return f"{self.where} “{' '.join(self.text.split())[:_SHOWN]}”"

    @property
    def cell(self) -> etree._Element | None:
        """The cell that it stands in."""
        return next(self.element.iterancestors(f"{W}tc"), None)

    @property
    def row(self) -> etree._Element | None:
        """The row that it stands in."""
        return next(self.element.iterancestors(f"{W}tr"), None)


def read_paragraphs(parts: Mapping[str, bytes]) -> list[Paragraph]:
    """Every paragraph of a template, numbered as the messages do; those that were deleted read as empty."""
    found = []
    for part in sorted(text_parts(parts), key=lambda name: name != "word/document.xml"):
        place = "" if part == "word/document.xml" else f"{part.removeprefix('word/').removesuffix('.xml')}, "
        for number, element in enumerate(parse_xml(parts[part]).iter(f"{W}p"), start=1):
            text = "".join(run_text(run) for run in own_runs(element))
            found.append(Paragraph(element, f"{place}paragraph {number}", text))
    return found


def check_tags(paragraphs: Sequence[Paragraph], fields: Sequence[str]) -> list[TemplateProblem]:
    """What is wrong with the tags as they are typed, paragraph by paragraph; `fields` are the known names."""
    found: list[TemplateProblem] = []
    for paragraph in paragraphs:
        found += _check_braces(paragraph, fields)
        for tag in TAG.findall(paragraph.text):
            found += _check_signs(paragraph, tag)
            found += _check_scope(paragraph, tag)
        found += _check_changes(paragraph)
        found += _check_format(paragraph)
    return found + list(_check_blocks(paragraphs))


def _error(paragraph: Paragraph, message: str, advice: str) -> TemplateProblem:
    return TemplateProblem("error", paragraph.shown, message, advice)


def _check_braces(paragraph: Paragraph, fields: Sequence[str]) -> Iterator[TemplateProblem]:
    rest = TAG.sub("", paragraph.text)
    if _OPEN.search(rest) or _CLOSE.search(rest):
        message = "A tag is opened and not closed, or closed and not opened."
        advice = "thẻ mở mà không đóng, hoặc đóng mà không mở; mỗi {{ phải có }}, mỗi {% phải có %}"
        yield _error(paragraph, message, advice)
    for found in _SINGLE.finditer(rest):
        if found[1] in fields:
            message = f"{found[0]} has single braces."
            yield _error(paragraph, message, f"{found[0]} chỉ có một dấu ngoặc; phải là {{{{ {found[1]} }}}}")


def _check_signs(paragraph: Paragraph, tag: str) -> Iterator[TemplateProblem]:
    """Signs that a tag cannot hold outside of quoted texts."""
    if tag.startswith("{#"):
        return
    plain = _QUOTED.sub("", tag)
    smart = next((sign for sign in plain if sign in _SMART), "")
    if smart:
        message = f"The tag holds {smart}; type a plain sign instead."
        yield _error(paragraph, message, f"trong thẻ có dấu {smart} do Word tự đổi; phải gõ dấu thẳng")
        return
    other = next((sign for sign in plain if ord(sign) > 127 and sign != "\xa0"), "")
    if other:
        shown = other if other.isprintable() and not unicodedata.combining(other) else f"U+{ord(other):04X}"
        message = f"The tag holds {shown}; names have plain letters only."
        advice = f"trong thẻ có ký tự {shown}; tên trường chỉ gồm chữ không dấu, chữ số và dấu _"
        yield _error(paragraph, message, advice)


def _check_scope(paragraph: Paragraph, tag: str) -> Iterator[TemplateProblem]:
    """Tags that take their whole paragraph, row or cell away must stand in one, and alone."""
    parts = _PARTS.match(tag)
    scope = parts["scope"] if parts is not None else None
    if scope is None:
        return
    if scope in {"tr", "tc"} and paragraph.row is None:
        message = f"The tag {tag} stands outside of a table."
        yield _error(paragraph, message, f"thẻ {tag} chỉ dùng trong bảng; ngoài bảng dùng {{%p … %}}")
        return
    beside = TAG.sub("", paragraph.text) if scope == "p" else ""
    if scope == "tr" and paragraph.row is not None:
        texts = ["".join(map(str, node.itertext())) for node in paragraph.row.iter(f"{W}p")]
        beside = "".join(texts).replace(tag, "", 1)
    if beside.strip():
        message = f"The text beside {tag} would be lost."
        advice = f"thẻ {tag} chiếm cả {_SCOPES[scope]}: chữ bên cạnh sẽ mất; phải đứng riêng"
        yield _error(paragraph, message, advice)


def _check_changes(paragraph: Paragraph) -> Iterator[TemplateProblem]:
    """Tracked changes: within a tag they break it, elsewhere they would print as changes."""
    changed = [node for node in paragraph.element.iter(*_CHANGED) if node.find(f".//{W}r") is not None]
    if not changed:
        return
    texts = ["".join(t.text or "" for t in node.iter(f"{W}t", f"{W}delText")) for node in changed]
    whole = "".join(t.text or "" for t in paragraph.element.iter(f"{W}t", f"{W}delText"))
    is_inside = any(
        text and (_is_part_of_tag(text, whole) or _OPEN.search(text) or _CLOSE.search(text)) for text in texts
    )
    if is_inside:
        message = "There is a tracked change within a tag."
        advice = "trong thẻ có theo dõi thay đổi (Track Changes); phải chấp nhận hoặc bỏ thay đổi"
        yield _error(paragraph, message, advice)
    else:
        message = "There is a tracked change; every document would print it as one."
        advice = "còn theo dõi thay đổi (Track Changes) trong mẫu; chấp nhận hoặc bỏ trước khi dùng"
        yield TemplateProblem("warning", paragraph.shown, message, advice)


def _is_part_of_tag(text: str, whole: str) -> bool:
    return any(text in tag for tag in TAG.findall(whole))


def _check_format(paragraph: Paragraph) -> Iterator[TemplateProblem]:
    """A tag that Word split over runs of different formats: what is printed takes only one of them."""
    position, spans = 0, []
    for run in own_runs(paragraph.element):
        length = len(run_text(run))
        spans.append((position, position + length, _format_of(run)))
        position += length
    for found in TAG.finditer(paragraph.text):
        formats = [look for start, end, look in spans if start < found.end() and end > found.start()]
        if any(before != after for before, after in pairwise(formats)):
            message = f"The format changes within {found[0]}."
            advice = (
                f"định dạng đổi giữa thẻ {found[0]}: chữ in ra chỉ theo một định dạng; định dạng lại cả thẻ"
            )
            yield TemplateProblem("warning", paragraph.shown, message, advice)


def _format_of(run: etree._Element) -> tuple[tuple[str, str], ...]:
    properties = run.find(f"{W}rPr")
    if properties is None:
        return ()
    return tuple(
        (name, str(sorted(node.attrib.items())))
        for name in _FORMATS
        if (node := properties.find(f"{W}{name}")) is not None
    )


def _check_blocks(paragraphs: Sequence[Paragraph]) -> Iterator[TemplateProblem]:
    """Every loop and condition is closed by its own end, in the same cell and with the same scope."""
    opened: list[tuple[str, str, str, Paragraph]] = []
    for paragraph in paragraphs:
        for tag in TAG.findall(paragraph.text):
            parts = _PARTS.match(tag)
            word, scope = (parts["word"], parts["scope"] or "") if parts is not None else ("", "")
            # {% set x = 1 %} is whole in itself; {% set x %}…{% endset %} is a block.
            if word in {"for", "if", "filter", "macro"} or (word == "set" and "=" not in tag):
                opened.append((word, scope, tag, paragraph))
            elif word in _INNER and (not opened or opened[-1][0] not in _INNER[word]):
                yield _error(
                    paragraph, f"{tag} stands in no if.", f"thẻ {tag} không nằm trong {{% if %}} nào"
                )
            elif word in _BLOCKS:
                if not opened or opened[-1][0] != _BLOCKS[word]:
                    yield _mismatch(paragraph, tag, opened[-1] if opened else None)
                    return
                yield from _check_pair(opened.pop(), scope, tag, paragraph)
    for word, _, tag, paragraph in opened:
        message = f"{tag} is never closed; an end{word} is missing."
        yield _error(paragraph, message, f"thẻ {tag} không có thẻ đóng end{word}")


def _mismatch(
    paragraph: Paragraph, tag: str, opened: tuple[str, str, str, Paragraph] | None
) -> TemplateProblem:
    if opened is None:
        message = f"{tag} closes nothing: Encountered unknown tag."
        return _error(paragraph, message, f"thẻ {tag} không có thẻ mở")
    other = opened[2]
    message = f"{tag} comes before the end of {other}; an end{opened[0]} is missing."
    return _error(paragraph, message, f"thẻ {tag} đứng trước thẻ đóng của {other}; thiếu end{opened[0]}")


def _check_pair(
    opened: tuple[str, str, str, Paragraph], scope: str, tag: str, paragraph: Paragraph
) -> Iterator[TemplateProblem]:
    _, opening_scope, opening, first = opened
    if opening_scope != scope and {opening_scope, scope} & {"tr", "tc"}:
        message = f"{opening} is closed by {tag}: one takes its row or cell, the other does not."
        advice = f"thẻ {opening} phải đóng bằng thẻ cùng loại, không phải {tag}"
        yield _error(paragraph, message, advice)
    elif opening_scope not in {"tr", "tc"} and first.cell is not paragraph.cell:
        message = f"{opening} and {tag} stand in different cells; the table would break."
        advice = f"thẻ {opening} và {tag} phải ở cùng một ô, hoặc cùng ở ngoài bảng"
        yield _error(paragraph, message, advice)
