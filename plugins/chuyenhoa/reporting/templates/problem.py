"""What is wrong with a template, in the office's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import TemplateAssertionError, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from chuyenhoa.kit.ooxml.docx_package import text_parts
from chuyenhoa.kit.ooxml.wordml import STORIES, paragraph_texts

_PLACE = re.compile(r"^(?:(header|footer|footnotes|endnotes)(\d*), )?paragraph (\d+)")
_SEVERITIES = {"error": "lỗi", "warning": "cảnh báo"}


UNREADABLE = "không mở được tệp; phải là tệp Word lưu dạng .docx, mở lại bằng Word và lưu lại"
_REASONS = (
    (re.compile(r"No filter named '(.+?)'"), "không có bộ lọc {0}"),
    (re.compile(r"No test named '(.+?)'"), "không có phép thử {0}"),
    (re.compile(r"Encountered unknown tag '(.+?)'"), "không có lệnh {0}"),
    (re.compile(r"expected token '?(.+?)'?, got '?(.+?)'?$"), "gặp {1}, lẽ ra là {0}"),
    (re.compile(r"unexpected '(.+?)'"), "dấu {0} không đúng chỗ"),
    (re.compile(r"Missing end of (\w+)"), "thiếu thẻ đóng của {0}"),
)
"""What the reader of tags says, in the office's words."""
_TOKENS = {"end of print statement": "}}", "end of statement block": "%}", "name": "tên trường"}


@dataclass(frozen=True)
class TemplateProblem:
    """What is wrong with a template; `severity` is `error` (it cannot be used) or `warning`."""

    severity: str
    where: str
    message: str
    advice: str = ""
    """The message in the office's words: what is, and what must be."""

    def __str__(self) -> str:
        place = _PLACE.sub(_format_place, self.where)
        head = ", ".join(part for part in (_SEVERITIES[self.severity], place) if part)
        return f"{head}: {self.advice or self.message}"


def describe_syntax(reason: str) -> str:
    """A mistyped tag in the office's words."""
    told = f"({reason})"
    for pattern, words in _REASONS:
        found = pattern.search(reason)
        if found is not None:
            told = f"({words.format(*(_TOKENS.get(part, part) for part in found.groups()))})"
            break
    return f"thẻ sai cú pháp {told}; thẻ phải có dạng {{{{ tên }}}} hoặc {{% lệnh %}}"


def _format_place(found: re.Match[str]) -> str:
    """Say `header2, paragraph 3` as the office does."""
    part, number, paragraph = found.groups()
    return f"{STORIES[part]} {number}, đoạn {paragraph}" if part else f"đoạn {paragraph}"


_TAG = re.compile(r"\{[{%#].*?[}%#]\}")
_SHOWN = 70
_CONTEXT = 3
"""Lines that docxtpl keeps in front of the faulty one."""


def locate_error(error: TemplateSyntaxError, parts: Mapping[str, bytes]) -> str:
    """The paragraph of a syntax error, from the lines that docxtpl keeps about it, or that jinja names."""
    if isinstance(error, TemplateAssertionError):  # an unknown filter or test: its name is in the message
        return locate_names(re.findall(r"'([^']+)'", error.message or ""), parts)
    lines = [re.sub(r"<[^>]+>", "", str(line)) for line in getattr(error, "docx_context", [])]
    around = min(error.lineno - 1, _CONTEXT)
    # The faulty line first: a tag of its neighbours is looked for only where it holds none itself.
    lines = lines[around:] + lines[:around]
    source = (error.source or "").splitlines()
    if error.lineno and 0 < error.lineno <= len(source):
        lines.append(re.sub(r"<[^>]+>", "", source[error.lineno - 1]))
    return _find_tags(lines, parts)


def locate_line(line: str, parts: Mapping[str, bytes]) -> str:
    """The paragraph that holds the tags of a line of the source; empty for a line without tags."""
    return _find_tags([re.sub(r"<[^>]+>", "", line)], parts)


def _find_tags(lines: Sequence[str], parts: Mapping[str, bytes]) -> str:
    """The first paragraph with a tag of one of these lines."""
    tags = [re.sub(r"\s+", "", tag) for line in lines for tag in _TAG.findall(line)]
    for where, text in list_paragraphs(parts):
        # The office typed "{%tr for row in rows %}"; docxtpl has made "{% for row in rows %}" of it by now.
        plain = re.sub(r"\s+", "", re.sub(r"\{([%{])-?(p|tr|tc|r) ", r"{\1", text))
        if any(tag in plain for tag in tags):
            return f", {where} “{text[:_SHOWN]}”"
    return ""


def locate_names(names: Sequence[str], parts: Mapping[str, bytes]) -> str:
    """The first paragraph with a tag that mentions one of the names, the last name first."""
    # 'dict object' has no attribute 'nme': the last name is the one that somebody typed.
    for name in reversed(names):
        for where, text in list_paragraphs(parts):
            if any(re.search(rf"\b{re.escape(name)}\b", tag) for tag in _TAG.findall(text)):
                return f", {where} “{text[:_SHOWN]}”"
    return ""


def list_paragraphs(parts: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Every paragraph of a template with the words for where it stands."""
    found = []
    for part in sorted(text_parts(parts), key=lambda name: name != "word/document.xml"):
        place = "" if part == "word/document.xml" else f"{part.removeprefix('word/').removesuffix('.xml')}, "
        for number, text in enumerate(paragraph_texts(parts[part]), start=1):
            found.append((f"{place}paragraph {number}", text))
    return found


_UNKNOWN = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'")


class RenderError(RuntimeError):
    """A template cannot be rendered; the message says which, where, and how to fix it."""

    def __init__(self, message: str, label: str = "", where: str = "", advice: str = "") -> None:
        """Keep the message, and the same in the office's words.

        Args:
            message: for programs and engineers.
            label: how the template is called.
            where: the paragraph, as `locate` says it.
            advice: what is wrong and what must be, in Vietnamese; the message serves where it is empty.
        """
        super().__init__(message)
        problem = TemplateProblem("error", where.removeprefix(", "), message, advice)
        self.told = f"{label}: {problem}" if advice else message
        """The message in the office's words."""


def report_damage(label: str, message: str) -> RenderError:
    """The file is no Word document, or a damaged one."""
    return RenderError(f"{label}: {message}", label, "", UNREADABLE)


def report_syntax(label: str, where: str, reason: str) -> RenderError:
    """A tag is mistyped."""
    return RenderError(f"{label}{where}: {reason}. Fix it.", label, where, describe_syntax(reason))


def report_failure(label: str, where: str, error: Exception, fields: Sequence[str]) -> RenderError:
    """A tag is well typed and cannot be carried out; `fields` are the names that there are."""
    message = f"{label}{where}: {error}. Use a field that `chuyenhoa templates check` knows."
    return RenderError(message, label, where, _describe_failure(error, fields))


def _describe_failure(error: Exception, fields: Sequence[str]) -> str:
    unknown = _UNKNOWN.search(str(error))
    if unknown is not None:
        name = unknown[1] or unknown[2]
        close = difflib.get_close_matches(name, fields, n=1)
        meant = f"có phải là {close[0]}?" if close else "phải là một trường có sẵn"
        return f"không có trường {name}; {meant}"
    if isinstance(error, SecurityError):
        return "thẻ dùng lệnh không được phép trong mẫu; chỉ in trường, lặp danh sách và xét điều kiện"
    if isinstance(error, UndefinedError | LookupError):
        return "thẻ đòi một mục không có trong số liệu; kiểm tra số thứ tự trong dấu [ ]"
    if isinstance(error, ArithmeticError):
        return "thẻ có phép tính không làm được (chia cho 0); mẫu chỉ in trường, không tính toán"
    if isinstance(error, TypeError):
        return "không thực hiện được thẻ; mẫu chỉ in trường, không gọi hàm, không tính toán với chữ"
    return f"không thực hiện được thẻ ({error}); mẫu chỉ in trường, không gọi hàm, không tính toán"
