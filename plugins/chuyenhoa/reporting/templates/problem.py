"""What is wrong with a template, in the office's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chuyenhoa.kit.ooxml.wordml import STORIES

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
        place = _PLACE.sub(_say_place, self.where)
        head = ", ".join(part for part in (_SEVERITIES[self.severity], place) if part)
        return f"{head}: {self.advice or self.message}"


def say_syntax(reason: str) -> str:
    """A mistyped tag in the office's words."""
    told = f"({reason})"
    for pattern, words in _REASONS:
        found = pattern.search(reason)
        if found is not None:
            told = f"({words.format(*(_TOKENS.get(part, part) for part in found.groups()))})"
            break
    return f"thẻ sai cú pháp {told}; thẻ phải có dạng {{{{ tên }}}} hoặc {{% lệnh %}}"


def _say_place(found: re.Match[str]) -> str:
    """Say `header2, paragraph 3` as the office does."""
    part, number, paragraph = found.groups()
    return f"{STORIES[part]} {number}, đoạn {paragraph}" if part else f"đoạn {paragraph}"
