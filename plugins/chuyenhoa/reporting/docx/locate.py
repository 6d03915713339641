"""Where in a template a complaint belongs: the paragraph as the office sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jinja2 import TemplateAssertionError, TemplateSyntaxError

from chuyenhoa.kit.ooxml.docx_package import text_parts
from chuyenhoa.kit.ooxml.wordml import paragraph_texts

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
        plain = re.sub(r"\s+", "", re.sub(r"\{([%{])-?(p|tr|tc|r) ", r"{\1", text))
        if any(tag in plain for tag in tags):
            return f", {where} “{text[:_SHOWN]}”"
    return ""


def locate_names(names: Sequence[str], parts: Mapping[str, bytes]) -> str:
    """The first paragraph with a tag that mentions one of the names, the last name first."""
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
