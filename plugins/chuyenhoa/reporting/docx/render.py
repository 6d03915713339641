"""Snapshot and template → Word bytes: sandboxed, strict about names, and the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from jinja2 import TemplateError, TemplateSyntaxError
from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import PackageError, read_parts, write_parts
from chuyenhoa.kit.ooxml.wordml import paragraph_texts
from chuyenhoa.reporting.docx.chart_parts import add_charts, draw_chart
from chuyenhoa.reporting.docx.charts import CHARTS, Chart
from chuyenhoa.reporting.docx.compiled import TAG, CompiledTemplate, compile_template, find_failing_line
from chuyenhoa.reporting.docx.controls import control_figures
from chuyenhoa.reporting.papers.common import Issue, Previous
from chuyenhoa.reporting.papers.context import build_context, list_strings
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.templates import problem
from chuyenhoa.reporting.wording.provenance import Marked

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEWLINE = re.compile(r"\r\n?")
_UNUSUAL = re.compile(f"{_UNPRINTABLE.pattern[:-1]}\r]")
"""The quick answer for nearly all texts: nothing to replace."""
_DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_FIRST_CHART = 5001
"""Above the ids that `_number_drawings` gives to the template's own drawings (1001 and on)."""
_NAME = re.compile(r"'([^']+)'")


_TEMPLATE_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    etree.XMLSyntaxError,
    ExpatError,
)
"""What an expression in a template can raise; the data cannot, for it is strings and lists only."""


def render_document(
    kind: str,
    template: bytes,
    snapshot: Snapshot,
    issue: Issue | None = None,
    *,
    about: str = "",
    previous: Previous | None = None,
    name: str = "",
) -> bytes:
    """Render a document of a milestone.

    Args:
        kind: One that the snapshot knows, as `bao_cao_so_ket`.
        template: The .docx that the office edits.
        snapshot: As `build_snapshot` made it, or as `decode_snapshot` read it back.
        issue: `number`, `date`, `signer` (and `capacity`, `office` for a deputy); None leaves them blank.
        about: The locality's or submitter's code for a kind that is about one of them.
        previous: The last issued version, for a list of changes.
        name: How messages call the template; `<kind>.docx` when empty.

    Returns:
        The .docx; equal arguments give equal bytes.

    Raises:
        RenderError: the template is broken or asks for a field that does not exist.
    """
    label = name or f"{kind}.docx"
    if kind not in snapshot.documents:
        raise problem.RenderError(
            f"{kind}: no such kind of document; there are {', '.join(snapshot.documents)}."
        )
    context = sanitise(dict(build_context(kind, snapshot, issue, about, previous)))
    compiled, filled = _fill(label, template, context)
    shown = _Charts(snapshot)
    filled = {name: control_figures(xml, shown.draw) for name, xml in filled.items()}
    _refuse_leftovers(label, filled, context)
    parts = {name: _DECLARATION + xml.encode("utf-8") for name, xml in filled.items()}
    core = _properties(str(context["subject"]), snapshot)
    return write_parts(
        add_charts({**compiled.parts, **parts, "docProps/core.xml": core}, shown.drawn.values())
    )


class _Charts:
    """The charts that a document shows, each drawn where its template asks for it first."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._view = SnapshotView(snapshot)
        self.drawn: dict[str, Chart] = {}

    def draw(self, name: str) -> str:
        """The run that shows a chart."""
        chart = self.drawn.get(name) or CHARTS[name](self._view)
        if chart is None:
            return ""
        self.drawn[name] = chart
        return draw_chart(chart, _FIRST_CHART + list(self.drawn).index(name))


def sanitise(value: Any) -> Any:
    """Text that Word can hold: what it cannot (control characters, lone surrogates) shows as U+FFFD."""
    if isinstance(value, str):
        # Of a text with figures the marked form is cleaned: it is the one that prints.
        marked = value.marked if isinstance(value, Marked) else value
        if not _UNUSUAL.search(marked):
            return value
        clean = _UNPRINTABLE.sub("\ufffd", _NEWLINE.sub("\n", marked))
        return Marked(clean) if isinstance(value, Marked) else clean
    if isinstance(value, Mapping):
        return {key: sanitise(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [sanitise(entry) for entry in value]
    return value


def _fill(label: str, template: bytes, context: Mapping[str, Any]) -> tuple[CompiledTemplate, dict[str, str]]:
    """The template and its filled parts, with errors in words that name the paragraph."""
    try:
        compiled = compile_template(template)
    except PackageError as error:
        raise problem.report_damage(label, str(error)) from error
    except TemplateSyntaxError as error:
        where = problem.locate_error(error, read_parts(template))
        raise problem.report_syntax(label, where, (error.message or "").rstrip(".")) from error
    except etree.XMLSyntaxError as error:
        message = f"a part is damaged ({error}); save the template again in Word."
        raise problem.report_damage(label, message) from error
    try:
        return compiled, compiled.fill(context)
    except _TEMPLATE_FAULTS as error:
        where = problem.locate_names(_NAME.findall(str(error)), compiled.parts)
        where = where or problem.locate_line(find_failing_line(template, context), compiled.parts)
        raise problem.report_failure(label, where, error, list(context)) from error


def _refuse_leftovers(label: str, filled: Mapping[str, str], context: Mapping[str, Any]) -> None:
    """No tag may be left in print, unless the data itself holds those very signs."""
    for part, xml in filled.items():
        # A district may have typed "{{ … }}" into its text: then the same signs in print prove nothing.
        if not TAG.search(xml) or TAG.search("\n".join(list_strings(context))):
            continue
        for number, text in enumerate(paragraph_texts(xml.encode("utf-8")), start=1):
            if TAG.search(text):
                where = f", paragraph {number} “{text[:60]}”"
                message = f"{label}, {part}{where}: the tag was not read."
                raise problem.RenderError(
                    message, label, where, "thẻ in ra nguyên văn, không đọc được; gõ lại thẻ"
                )


def _properties(title: str, snapshot: Snapshot) -> bytes:
    """Document properties without a trace of who rendered it or when: title, board, time of the data."""
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    terms, elements = "http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.1/"
    schema = "http://www.w3.org/2001/XMLSchema-instance"
    names = {"cp": core, "dc": elements, "dcterms": terms, "xsi": schema}
    root = etree.Element(f"{{{core}}}coreProperties", nsmap=names)
    etree.SubElement(root, f"{{{elements}}}title").text = title
    etree.SubElement(root, f"{{{elements}}}creator").text = sanitise(snapshot.board.short_name)
    for tag in ("created", "modified"):
        moment = etree.SubElement(root, f"{{{terms}}}{tag}", {f"{{{schema}}}type": "dcterms:W3CDTF"})
        moment.text = snapshot.frozen_at
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
