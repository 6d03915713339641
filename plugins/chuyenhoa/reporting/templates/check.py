"""The template doctor: what a template asks for that is not there, and what it never uses."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, get_type_hints, is_typeddict

from docxtpl import DocxTemplate
from jinja2 import TemplateAssertionError, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import PackageError, read_parts, text_parts
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.reporting.docx.compiled import make_environment
from chuyenhoa.reporting.papers.context import contract_of
from chuyenhoa.reporting.papers.kinds import DocumentKind, load_kinds
from chuyenhoa.reporting.templates.problem import (
    UNREADABLE,
    TemplateProblem,
    describe_syntax,
    locate_error,
    locate_names,
)
from chuyenhoa.reporting.templates.tags import check_tags, read_paragraphs
from chuyenhoa.reporting.templates.walk import Walk

__all__ = ["MANDATORY", "TemplateProblem", "check_template"]

MANDATORY = {
    "number_line": "số, ký hiệu",
    "date_line": "địa danh, ngày tháng",
    "subject": "trích yếu",
    "recipients": "nơi nhận",
    "board.name": "tên cơ quan ban hành",
    "board.capacity": "chức vụ người ký",
    "board.signer": "họ tên người ký",
}
"""What the template of a numbered document must print, where the fields of its kind have it."""


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
    listed = load_kinds()[kind]
    contract = contract_of(listed.context)
    try:
        parts = read_parts(template)
        paragraphs = read_paragraphs(parts)
    except PackageError as error:
        return (TemplateProblem("error", "", str(error), UNREADABLE),)
    except etree.XMLSyntaxError as error:
        message = f"The file is damaged ({error}); save it again in Word."
        return (TemplateProblem("error", "", message, UNREADABLE),)
    found = check_tags(paragraphs, list(get_type_hints(contract)))
    if not any(problem.severity == "error" for problem in found):
        trees, broken = _parse(template, parts)
        found += broken or _check_fields(contract, listed, trees, parts)
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.severity != "error"))


def _check_fields(
    contract: type, kind: DocumentKind, trees: Sequence[nodes.Template], parts: Mapping[str, bytes]
) -> list[TemplateProblem]:
    """Unknown and misused names, mandatory fields that are missing, and fields that are never used."""
    found: list[TemplateProblem] = []

    def complain(message: str, advice: str, names: Sequence[str]) -> None:
        where = locate_names(names, parts).removeprefix(", ")
        found.append(TemplateProblem("error", where, message, advice))

    walk = Walk(contract, complain)
    for tree in trees:
        walk.visit(tree, {})
    missing = _find_missing(walk, kind)
    for name in missing:
        advice = f"thiếu trường bắt buộc {name} ({MANDATORY[name]})"
        found.append(TemplateProblem("error", "", f"The mandatory field {name} is missing.", advice))
    for name in get_type_hints(contract):
        if name not in walk.used and name not in missing:
            message, advice = f"The field {name} is never used.", f"trường {name} không được dùng trong mẫu"
            found.append(TemplateProblem("warning", "", message, advice))
    return found


def _find_missing(walk: Walk, kind: DocumentKind) -> list[str]:
    """The mandatory fields that the kind has and the template does not print."""
    # Without a symbol it has no number: a sheet or a list of changes is not issued by itself.
    if not kind.symbol:
        return []
    missing = []
    for path in MANDATORY:
        name, _, part = path.partition(".")
        # A contract need not have the field: nothing is missing then.
        if name not in walk.root:
            continue
        owner: Any = walk.root[name]
        if not part:
            is_missing = name not in walk.used
        else:
            is_missing = (
                is_typeddict(owner) and part in get_type_hints(owner) and (owner, part) not in walk.used_parts
            )
        missing += [path] if is_missing else []
    return missing


def _parse(template: bytes, parts: Mapping[str, bytes]) -> tuple[list[nodes.Template], list[TemplateProblem]]:
    environment = make_environment()
    document = DocxTemplate(io.BytesIO(template))
    trees: list[nodes.Template] = []
    for part in text_parts(parts):
        body = parse_xml(parts[part])
        source = document.patch_xml(etree.tostring(body, encoding="unicode"))
        try:
            trees.append(_compile(environment, source))
        except TemplateSyntaxError as error:
            where = locate_error(error, parts).removeprefix(", ")
            reason = (error.message or "").rstrip(".")
            return [], [TemplateProblem("error", where, f"{reason}. Fix it.", describe_syntax(reason))]
        except (TemplateError, RecursionError, SyntaxError) as error:
            message = f"The tags cannot be read ({error})."
            return [], [TemplateProblem("error", "", message, f"không đọc được các thẻ ({error})")]
    return trees, []


def _compile(environment: SandboxedEnvironment, source: str) -> nodes.Template:
    """Parse and compile, since only compiling finds an unknown filter."""
    # A line per element, so that `lineno` of an error means something.
    text = source.replace("><w:", ">\n<w:")
    environment.from_string(text)
    tree = environment.parse(text)
    # Within a condition Jinja looks for them only when it gets there.
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        word, known = (
            ("filter", environment.filters) if isinstance(node, nodes.Filter) else ("test", environment.tests)
        )
        if node.name not in known:
            raise TemplateAssertionError(f"No {word} named {node.name!r}.", node.lineno)
    return tree
