"""The template doctor: what a template asks for that is not there, and what it never uses."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from chuyenhoa.reporting.compiled import make_environment
from chuyenhoa.reporting.context import contract_of
from chuyenhoa.reporting.kinds import load_kinds
from chuyenhoa.reporting.locate import list_paragraphs, locate_error, locate_names
from chuyenhoa.reporting.package import PackageError, read_parts, text_parts
from chuyenhoa.reporting.words import parse_part

_OPEN = re.compile(r"\{\{|\{%|\{#")
_CLOSE = re.compile(r"\}\}|%\}|#\}")
_TAG = re.compile(r"\{[{%].*?[}%]\}")
_SMART = re.compile("[“”‘’–]")
_ANY = "anything"
_PLACE = re.compile(r"^(?:(header|footer|footnotes|endnotes)(\d*), )?paragraph (\d+)")
_PARTS = {
    "header": "đầu trang",
    "footer": "chân trang",
    "footnotes": "chú thích",
    "endnotes": "chú thích cuối",
}
_SEVERITIES = {"error": "lỗi", "warning": "cảnh báo"}
_UNREADABLE = "không mở được tệp; phải là tệp Word lưu dạng .docx, mở lại bằng Word và lưu lại"


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


def check_template(template: bytes, kind: str) -> tuple[TemplateProblem, ...]:
    """Check a template against the fields of its kind, without data.

    Args:
        template: The .docx.
        kind: One of `documents.yaml`, as `bao_cao_so_ket`.

    Returns:
        Problems, errors first; () when the template can be used and uses every field.

    Raises:
        KeyError: there is no such kind.
    """
    contract = contract_of(load_kinds()[kind].context)
    try:
        parts = read_parts(template)
        paragraphs = list_paragraphs(parts)
    except PackageError as error:
        return (TemplateProblem("error", "", str(error), _UNREADABLE),)
    except etree.XMLSyntaxError as error:
        message = f"The file is damaged ({error}); save it again in Word."
        return (TemplateProblem("error", "", message, _UNREADABLE),)
    found = [problem for where, text in paragraphs for problem in _check_tags(where, text)]
    if found:
        return tuple(found)
    trees, broken = _parse(template, parts)
    if broken:
        return tuple(broken)
    walk = _Walk(contract, parts)
    for tree in trees:
        walk.visit(tree, {})
    unused = [name for name in get_type_hints(contract) if name not in walk.used]
    warnings = [
        TemplateProblem(
            "warning", "", f"The field {name} is never used.", f"trường {name} không được dùng trong mẫu"
        )
        for name in unused
    ]
    return (*walk.problems, *warnings)


def _check_tags(where: str, text: str) -> list[TemplateProblem]:
    """Tags that are not closed, and typographic signs that Word put into one."""
    shown = f"{where} “{text[:70]}”"
    if len(_OPEN.findall(text)) != len(_CLOSE.findall(text)):
        message = "A tag is opened and not closed, or closed and not opened."
        advice = "thẻ mở mà không đóng, hoặc đóng mà không mở; mỗi {{ phải có }}, mỗi {% phải có %}"
        return [TemplateProblem("error", shown, message, advice)]
    smart = [sign for tag in _TAG.findall(text) for sign in _SMART.findall(tag)]
    if smart and not re.search("[\"']", text):
        message = f"The tag holds {smart[0]}; type a plain sign instead."
        advice = f"trong thẻ có dấu {smart[0]} do Word tự đổi; phải gõ dấu thẳng"
        return [TemplateProblem("error", shown, message, advice)]
    return []


def _parse(template: bytes, parts: Mapping[str, bytes]) -> tuple[list[nodes.Template], list[TemplateProblem]]:
    environment = make_environment()
    document = DocxTemplate(io.BytesIO(template))
    trees: list[nodes.Template] = []
    for part in text_parts(parts):
        body = parse_part(parts[part])
        source = document.patch_xml(etree.tostring(body, encoding="unicode"))
        try:
            trees.append(_compile(environment, source))
        except TemplateSyntaxError as error:
            where = locate_error(error, parts).removeprefix(", ")
            reason = (error.message or "").rstrip(".")
            advice = f"thẻ sai cú pháp ({reason}); thẻ phải có dạng {{{{ tên }}}} hoặc {{% lệnh %}}"
            return [], [TemplateProblem("error", where, f"{reason}. Mend it.", advice)]
    return trees, []


def _compile(environment: SandboxedEnvironment, source: str) -> nodes.Template:
    """Parse and compile, since only compiling finds an unknown filter."""
    text = source.replace("><w:", ">\n<w:")
    environment.from_string(text)
    return environment.parse(text)


class _Walk:
    """Walks a template's tree with the types of the fields at hand."""

    def __init__(self, contract: type, parts: Mapping[str, bytes]) -> None:
        self.root = get_type_hints(contract)
        self.parts = parts
        self.used: set[str] = set()
        self.problems: list[TemplateProblem] = []

    def visit(self, node: nodes.Node, scope: Mapping[str, Any]) -> None:
        """Visit a node; names bound by loops and `set` are in `scope` with their types."""
        if isinstance(node, nodes.For):
            self._visit_loop(node, scope)
            return
        if isinstance(node, nodes.Getattr | nodes.Name):
            self._resolve(node, scope)
            return
        inner = dict(scope)
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Assign) and isinstance(child.target, nodes.Name):
                inner[child.target.name] = self._resolve(child.node, inner)
            else:
                self.visit(child, inner)

    def _visit_loop(self, node: nodes.For, scope: Mapping[str, Any]) -> None:
        kind = self._resolve(node.iter, scope)
        entry = get_args(kind)[0] if get_origin(kind) is list else _ANY
        inner = {**scope, "loop": _ANY}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = entry
        for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
            self.visit(child, inner)

    def _resolve(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """The type of an expression; everything that is neither name nor attribute is visited."""
        if isinstance(node, nodes.Name):
            return self._resolve_name(node.name, scope)
        if isinstance(node, nodes.Getattr):
            return self._resolve_attribute(node, scope)
        for child in node.iter_child_nodes():
            self.visit(child, scope)
        return _ANY

    def _resolve_name(self, name: str, scope: Mapping[str, Any]) -> Any:
        if name in scope:
            return scope[name]
        if name in self.root:
            self.used.add(name)
            return self.root[name]
        if name != "namespace":
            self._complain(name, list(self.root) + list(scope))
        return _ANY

    def _resolve_attribute(self, node: nodes.Getattr, scope: Mapping[str, Any]) -> Any:
        owner = self._resolve(node.node, scope)
        if owner is _ANY:
            return _ANY
        fields = get_type_hints(owner) if is_typeddict(owner) else {}
        if node.attr not in fields:
            self._complain(node.attr, list(fields))
            return _ANY
        return fields[node.attr]

    def _complain(self, name: str, known: list[str]) -> None:
        close = difflib.get_close_matches(name, known, n=1)
        advice = f" Did you mean {close[0]}?" if close else ""
        where = locate_names([name], self.parts).removeprefix(", ")
        meant = f"; có phải là {close[0]}?" if close else "; phải là một trường có sẵn"
        problem = TemplateProblem(
            "error", where, f"There is no field {name}.{advice}", f"không có trường {name}{meant}"
        )
        if problem not in self.problems:
            self.problems.append(problem)
