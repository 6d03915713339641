"""What is wrong with a template, in the office's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"^(?:(header|footer|footnotes|endnotes)(\d*), )?paragraph (\d+)")
_PARTS = {
    "header": "đầu trang",
    "footer": "chân trang",
    "footnotes": "chú thích",
    "endnotes": "chú thích cuối",
}
_SEVERITIES = {"error": "lỗi", "warning": "cảnh báo"}


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


def _say_place(found: re.Match[str]) -> str:
    """Say `header2, paragraph 3` as the office does."""
    part, number, paragraph = found.groups()
    return f"{_PARTS[part]} {number}, đoạn {paragraph}" if part else f"đoạn {paragraph}"
