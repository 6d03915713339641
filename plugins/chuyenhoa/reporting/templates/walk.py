"""Checks a template's expressions against the fields of its kind: names, attributes, lists, prints."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from jinja2 import nodes

ANY = "anything"
Complain = Callable[[str, str, Sequence[str]], None]
"""Takes an English message, the office's words for it, and the names to look for in the paragraphs."""
_WORDS = {str: "văn bản", bool: "giá trị có/không", int: "số", list: "danh sách"}


class Walk:
    """Walks a template's tree with the types of the fields at hand."""

    def __init__(self, contract: type, complain: Complain) -> None:
        """Walk against a TypedDict; complaints go to `complain`."""
        self.root = get_type_hints(contract)
        self.complain = complain
        self.used: set[str] = set()
        self.used_parts: set[tuple[Any, str]] = set()
        """Attributes that are used, with the TypedDict that they belong to."""

    def visit(self, node: nodes.Node, scope: Mapping[str, Any]) -> None:
        """Visit a node; names bound by loops and `set` are in `scope` with their types."""
        if isinstance(node, nodes.For):
            self._visit_loop(node, scope)
        elif isinstance(node, nodes.Output):
            self._visit_output(node, scope)
        elif isinstance(node, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends):
            word = type(node).__name__.lower()
            self.complain(
                f"A template cannot {word} another.", f"không dùng được thẻ {word} trong mẫu", (word,)
            )
        elif isinstance(node, nodes.Expr):
            self.resolve(node, scope)
        else:
            self._visit_block(node, scope)

    def _visit_block(self, node: nodes.Node, scope: Mapping[str, Any]) -> None:
        inner = dict(scope)
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Assign) and isinstance(child.target, nodes.Name):
                inner[child.target.name] = self.resolve(child.node, inner)
            else:
                self.visit(child, inner)

    def _visit_loop(self, node: nodes.For, scope: Mapping[str, Any]) -> None:
        kind = self.resolve(node.iter, scope)
        if kind is not ANY and get_origin(kind) is not list:
            name = _name_of(node.iter)
            message = f"{name} is no list; a loop goes over lists only."
            self.complain(message, f"{name} là {describe_type(kind)}, không phải danh sách để lặp", (name,))
        entry = get_args(kind)[0] if get_origin(kind) is list else ANY
        inner = {**scope, "loop": ANY}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = entry
        else:
            inner.update({name.name: ANY for name in node.target.find_all(nodes.Name)})
        for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
            self.visit(child, inner)

    def _visit_output(self, node: nodes.Output, scope: Mapping[str, Any]) -> None:
        for child in node.nodes:
            kind = self.resolve(child, scope)
            if get_origin(kind) is list or is_typeddict(kind) or kind is bool:
                name = _name_of(child)
                message = f"{name} is printed as a whole; print its entries."
                advice = f"{name} là {describe_type(kind)}, không in trực tiếp được"
                self.complain(message, advice, (name,))

    def resolve(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """The type of an expression; `ANY` for what is computed."""
        if isinstance(node, nodes.Name):
            return self._resolve_name(node.name, scope)
        if isinstance(node, nodes.Getattr):
            return self._resolve_attribute(node.node, node.attr, scope)
        if isinstance(node, nodes.Getitem):
            return self._resolve_item(node, scope)
        for child in node.iter_child_nodes():
            self.resolve(child, scope)
        return ANY

    def _resolve_item(self, node: nodes.Getitem, scope: Mapping[str, Any]) -> Any:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._resolve_attribute(node.node, node.arg.value, scope)
        owner = self.resolve(node.node, scope)
        self.resolve(node.arg, scope)
        # rows[0] is a row, rows[1:] is a list again (whose rows are not followed any further).
        is_entry = get_origin(owner) is list and not isinstance(node.arg, nodes.Slice)
        return get_args(owner)[0] if is_entry else ANY

    def _resolve_name(self, name: str, scope: Mapping[str, Any]) -> Any:
        if name in scope:
            return scope[name]
        if name in self.root:
            self.used.add(name)
            return self.root[name]
        if name != "namespace":
            self._unknown(name, [*self.root, *scope], "")
        return ANY

    def _resolve_attribute(self, node: nodes.Node, name: str, scope: Mapping[str, Any]) -> Any:
        owner = self.resolve(node, scope)
        if owner is ANY:
            return ANY
        fields = get_type_hints(owner) if is_typeddict(owner) else {}
        if name not in fields:
            where = f"{_name_of(node)} là {describe_type(owner)}, " if not fields else ""
            self._unknown(name, list(fields), where)
            return ANY
        self.used_parts.add((owner, name))
        return fields[name]

    def _unknown(self, name: str, known: Sequence[str], where: str) -> None:
        close = difflib.get_close_matches(name, known, n=1)
        message = f"There is no field {name}." + (f" Did you mean {close[0]}?" if close else "")
        meant = f"; có phải là {close[0]}?" if close else "; phải là một trường có sẵn"
        self.complain(message, f"{where}không có trường {name}{meant}", (name,))


def describe_type(kind: Any) -> str:
    """What a field is, in the office's words."""
    if get_origin(kind) is list:
        return _WORDS[list]
    return "nhóm trường" if is_typeddict(kind) else _WORDS.get(kind, "giá trị")


def _name_of(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    return node.attr if isinstance(node, nodes.Getattr) else "biểu thức"
