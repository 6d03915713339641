"""The parts around the body: what must be alike, and what the former body still needs (its charts)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W, write_part

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TYPES = "[Content_Types].xml"
_BODY, _BODY_RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
_UNTRACKED = re.compile(r"word/(styles|numbering|header\d*|footer\d*|footnotes|endnotes)\.xml")
# <w:p w:rsidR="00A1" w14:paraId="3F2C">: Word writes new ones on each save of the same text.
_EDITING = re.compile(r"\}(rsid\w*|paraId|textId)$")
_ZERO_WIDTH = ("bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd", "lastRenderedPageBreak")


class RedlineError(ValueError):
    """Two versions cannot be compared with tracked changes; the text says why."""


@dataclass(frozen=True)
class Side:
    """One version's main part, made ready for comparing."""

    root: etree._Element
    body: etree._Element


@dataclass(frozen=True)
class Adopted:
    """The new version's parts with those that only the old body needs, and that body pointing to them."""

    parts: Mapping[str, bytes]
    old_body: bytes


def refuse_unlike(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """Refuse versions whose styles, headers or footers differ: no tracked change can say that.

    Raises:
        RedlineError: naming the parts.
    """
    names = sorted(name for name in {*old, *new} if _UNTRACKED.fullmatch(name))
    unlike = [name for name in names if old.get(name) != new.get(name)]
    if _sections(old) != _sections(new):
        unlike.append("the page layout")
    if unlike:
        raise RedlineError(
            f"The two versions come from different templates ({', '.join(unlike)} differ); "
            "a copy with tracked changes cannot show that."
        )


def _sections(parts: Mapping[str, bytes]) -> list[bytes]:
    """Every section's page layout, in order."""
    root = parse_xml(parts[_BODY])
    _forget_editing(root)
    return [
        etree.tostring(node, method="c14n", exclusive=True, with_tail=False)
        for node in root.iter(f"{W}sectPr")
    ]


def _forget_editing(root: etree._Element) -> None:
    """Leave out the attributes by which Word knows its editing sessions."""
    for node in root.iter():
        for attribute in [name for name in map(str, node.attrib) if _EDITING.search(name)]:
            del node.attrib[attribute]


def open_side(content: bytes) -> Side:
    """The body without content controls, bookmarks and marks of the spelling checker.

    Raises:
        RedlineError: the version holds tracked changes of its own.
    """
    root = parse_xml(content)
    if any(True for _ in root.iter(f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo")):
        raise RedlineError("A version holds tracked changes already; accept them in Word first.")
    for name in _ZERO_WIDTH:
        for node in list(root.iter(f"{W}{name}")):
            _remove(node)
    for control in list(root.iter(f"{W}sdt")):
        _unwrap(control)
    _forget_editing(root)
    body = root.find(f"{W}body")
    if body is None:
        raise RedlineError("A version has no body.")
    return Side(root, body)


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _unwrap(control: etree._Element) -> None:
    """A content control gives way to what it holds."""
    parent, content = control.getparent(), control.find(f"{W}sdtContent")
    if parent is None:
        return
    at = parent.index(control)
    parent.remove(control)
    for offset, node in enumerate(list(content) if content is not None else []):
        parent.insert(at + offset, node)


def adopt_parts(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Adopted:
    """Bring along what the old body shows and the new package does not hold: charts with other figures."""
    parts = dict(new)
    here = _relations(new.get(_BODY_RELATIONS))
    theirs = _relations(old.get(_BODY_RELATIONS))
    body = parse_xml(old[_BODY])
    renamed: dict[str, str] = {}
    for number, (key, relation) in enumerate(sorted(theirs.items()), start=1):
        twin = here.get(key)
        # Ids of relations are the template's: equal ids are the same chart, whose figures may differ.
        if twin is not None and _same(old, relation, new, twin):
            continue
        if not _is_used(body, key):
            continue
        renamed[key] = f"rIdOld{number}"
        _copy_tree(old, _target(relation), parts)
        _add_relation(parts, relation, renamed[key])
    _rename(body, renamed)
    return Adopted(parts, write_part(body))


def _relations(content: bytes | None) -> dict[str, etree._Element]:
    if content is None:
        return {}
    return {str(entry.get("Id")): entry for entry in parse_xml(content).iter(f"{{{RELATIONS}}}Relationship")}


def _target(relation: etree._Element, base: str = "word") -> str:
    return posixpath.normpath(posixpath.join("/" + base, str(relation.get("Target")))).lstrip("/")


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _same(
    old: Mapping[str, bytes], theirs: etree._Element, new: Mapping[str, bytes], ours: etree._Element
) -> bool:
    """Whether two relations lead to the same content, what hangs on it included."""
    if theirs.get("TargetMode") == "External" or ours.get("TargetMode") == "External":
        return theirs.get("Target") == ours.get("Target")
    return _tree(old, _target(theirs)) == _tree(new, _target(ours))


def _tree(parts: Mapping[str, bytes], part: str) -> list[bytes | None]:
    """A part with everything that it relates to, in a fixed order."""
    found = [parts.get(part)]
    for _, relation in sorted(_relations(parts.get(_relations_of(part))).items()):
        if relation.get("TargetMode") != "External":
            found += _tree(parts, _target(relation, posixpath.dirname(part)))
    return found


def _is_used(body: etree._Element, key: str) -> bool:
    return any(
        value == key
        for node in body.iter()
        for name, value in node.attrib.items()
        if str(name).startswith(_R)
    )


def _rename(body: etree._Element, renamed: Mapping[str, str]) -> None:
    for node in body.iter():
        for name, value in node.attrib.items():
            if str(name).startswith(_R) and value in renamed:
                node.set(name, renamed[str(value)])


def _old_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/old-{name}"


def _copy_tree(old: Mapping[str, bytes], part: str, parts: dict[str, bytes]) -> None:
    """Copy a part and what it relates to under names of their own, with their content types."""
    parts[_old_name(part)] = old[part]
    _copy_type(old, part, parts)
    relations = old.get(_relations_of(part))
    if relations is None:
        return
    tree = parse_xml(relations)
    for relation in tree.iter(f"{{{RELATIONS}}}Relationship"):
        if relation.get("TargetMode") != "External":
            target = _target(relation, posixpath.dirname(part))
            _copy_tree(old, target, parts)
            relation.set("Target", "/" + _old_name(target))
    parts[_relations_of(_old_name(part))] = write_part(tree)


def _copy_type(old: Mapping[str, bytes], part: str, parts: dict[str, bytes]) -> None:
    types = parse_xml(parts[_TYPES])
    for entry in parse_xml(old[_TYPES]):
        if entry.get("PartName") == f"/{part}":
            entry.set("PartName", f"/{_old_name(part)}")
            types.append(entry)
        elif entry.get("Extension") == posixpath.splitext(part)[1].lstrip("."):
            known = {node.get("Extension") for node in types}
            if entry.get("Extension") not in known:
                types.insert(0, entry)
    parts[_TYPES] = write_part(types)


def _add_relation(parts: dict[str, bytes], relation: etree._Element, key: str) -> None:
    tree = parse_xml(parts[_BODY_RELATIONS])
    entry = deepcopy(relation)
    tree.append(entry)
    entry.set("Id", key)
    if relation.get("TargetMode") != "External":
        entry.set("Target", "/" + _old_name(_target(relation)))
    parts[_BODY_RELATIONS] = write_part(tree)


def switch_off_tracking(parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The copy shows changes; it does not go on tracking what its reader types."""
    settings = parts.get("word/settings.xml")
    if settings is None:
        return parts
    tree = parse_xml(settings)
    for node in tree.findall(f"{W}trackRevisions"):
        tree.remove(node)
    return {**parts, "word/settings.xml": write_part(tree)}
