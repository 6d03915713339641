"""Word's "accept all" and "reject all" done by hand, for the tests of tracked changes."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from chuyenhoa.kit.docx_redline.parts import open_side
from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_KEY = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def accept_all(content: bytes) -> list[bytes]:
    """The body's blocks after all changes were accepted, runs joined."""
    return _resolve(content, keep="ins", drop="del", former=False)


def reject_all(content: bytes) -> list[bytes]:
    """The body's blocks after all changes were rejected, runs joined."""
    return _resolve(content, keep="del", drop="ins", former=True)


def plain(content: bytes) -> list[bytes]:
    """The body's blocks of a document without changes, runs joined and controls left out."""
    parts = read_parts(content)
    body = open_side(parts["word/document.xml"]).body
    _name_charts(body, parts)
    return _blocks(body)


def _name_charts(body: etree._Element, parts: Mapping[str, bytes]) -> None:
    """A chart goes by what it shows: its relation has another name in a copy that holds two of them."""
    relations = parse_xml(parts["word/_rels/document.xml.rels"])
    targets = {str(r.get("Id")): str(r.get("Target")) for r in relations}
    for chart in body.iter(_CHART):
        target = posixpath.join("/word", targets[str(chart.get(_KEY))]).lstrip("/")
        chart.set(_KEY, hashlib.sha256(parts[target]).hexdigest())


def _resolve(content: bytes, *, keep: str, drop: str, former: bool) -> list[bytes]:
    parts = read_parts(content)
    body = parse_xml(parts["word/document.xml"]).find(f"{W}body")
    assert body is not None
    _name_charts(body, parts)
    for row in list(body.iter(f"{W}tr")):
        _resolve_row(row, keep, drop)
    for paragraph in list(body.iter(f"{W}p")):
        if paragraph.find(f"{W}pPr/{W}rPr/{W}{drop}") is not None:
            assert paragraph.find(f"{W}r") is None, "a dropped end with text that stays"
            _drop(paragraph)
    for node in list(body.iter(f"{W}{drop}")):
        _drop(node)
    for node in list(body.iter(f"{W}{keep}")):
        _unwrap(node)
    for change in list(body.iter()):
        if isinstance(change.tag, str) and change.tag.endswith("Change"):
            _resolve_change(change, former=former)
    for text in body.iter(f"{W}delText"):
        text.tag = f"{W}t"
    return _blocks(body)


def _resolve_row(row: etree._Element, keep: str, drop: str) -> None:
    if row.find(f"{W}trPr/{W}{drop}") is not None:
        table = row.getparent()
        _drop(row)
        if table is not None and table.find(f"{W}tr") is None:
            _drop(table)


def _resolve_change(change: etree._Element, *, former: bool) -> None:
    owner = change.getparent()
    assert owner is not None
    owner.remove(change)
    if former:
        before = change[0]
        kept = [node for node in owner if node.tag in (f"{W}rPr", f"{W}sectPr")]
        for node in list(owner):
            owner.remove(node)
        owner.extend([*before, *kept])


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def _unwrap(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    at = parent.index(node)
    parent.remove(node)
    for offset, entry in enumerate(list(node)):
        parent.insert(at + offset, entry)


def _blocks(body: etree._Element) -> list[bytes]:
    """Blocks in canonical form: neighbouring runs that look alike are one, empty properties none."""
    body = deepcopy(body)
    for paragraph in body.iter(f"{W}p"):
        _join_runs(paragraph)
    for name in ("rPr", "pPr", "trPr", "tcPr"):
        for node in list(body.iter(f"{W}{name}")):
            if not len(node):
                _drop(node)
    return [
        etree.tostring(node, method="c14n", exclusive=True, with_tail=False)
        for node in body
        if node.tag != f"{W}sectPr"
    ]


def _join_runs(paragraph: etree._Element) -> None:
    last: etree._Element | None = None
    for run in paragraph.findall(f"{W}r"):
        for text in run.findall(f"{W}t"):
            text.attrib.pop(_SPACE, "")
            if not text.text:
                run.remove(text)
        if last is not None and run.getprevious() is last and _look(last) == _look(run):
            for node in list(run):
                if node.tag == f"{W}rPr":
                    continue
                if node.tag == f"{W}t" and len(last) and last[-1].tag == f"{W}t":
                    last[-1].text = (last[-1].text or "") + (node.text or "")
                else:
                    last.append(node)
            paragraph.remove(run)
        elif not [node for node in run if node.tag != f"{W}rPr"]:
            paragraph.remove(run)
        else:
            last = run
    for run in paragraph.findall(f"{W}r"):
        _join_texts(run)


def _join_texts(run: etree._Element) -> None:
    for text in run.findall(f"{W}t"):
        before = text.getprevious()
        if before is not None and before.tag == f"{W}t":
            before.text = (before.text or "") + (text.text or "")
            run.remove(text)


def _look(run: etree._Element) -> bytes:
    properties = run.find(f"{W}rPr")
    return b"" if properties is None else etree.tostring(properties, method="c14n", exclusive=True)
