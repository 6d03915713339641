"""Why a template could not be rendered: for programs in English, and told to the office in its words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from jinja2.exceptions import SecurityError, UndefinedError

from chuyenhoa.reporting.templates.problem import UNREADABLE, TemplateProblem, say_syntax

_UNKNOWN = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'")


class RenderError(RuntimeError):
    """A template cannot be rendered; the message says which, where, and how to mend it."""

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


def tell_damage(label: str, message: str) -> RenderError:
    """The file is no Word document, or a damaged one."""
    return RenderError(f"{label}: {message}", label, "", UNREADABLE)


def tell_syntax(label: str, where: str, reason: str) -> RenderError:
    """A tag is mistyped."""
    return RenderError(f"{label}{where}: {reason}. Mend it.", label, where, say_syntax(reason))


def tell_failure(label: str, where: str, error: Exception, fields: Sequence[str]) -> RenderError:
    """A tag is well typed and cannot be carried out; `fields` are the names that there are."""
    message = f"{label}{where}: {error}. Use a field that `chuyenhoa templates check` knows."
    return RenderError(message, label, where, _say_failure(error, fields))


def _say_failure(error: Exception, fields: Sequence[str]) -> str:
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
