"""An .xlsx as a zip of parts: read with care, edited part by part, written back the same way always."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from lxml import etree

from chuyenhoa.kit.ooxml.archive import (
    Archive,
    ArchiveTooLargeError,
    BrokenArchiveError,
    Limits,
    list_entries,
    write_archive,
)
from chuyenhoa.kit.ooxml.markup import DocumentTypeError, parse_xml

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
REL_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
# Workbooks with macros and templates: what is marked of them is a plain .xlsx.
_RELATED_TYPES = frozenset(
    {
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        "application/vnd.ms-excel.template.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    }
)
_MACRO_PARTS = frozenset({"vbaProject", "vbaProjectSignature", "vbaProjectSignatureAgile", "wordVbaData"})
_VBA_TYPE = "application/vnd.ms-office.vbaProject"
_PRINTER_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
_CONTENT_TYPES = "[Content_Types].xml"
# <f>cmd|'/C calc'!A0</f> starts a program when Excel recalculates; so does a <ddeLink ddeService="cmd">.
_LIVE_LINK = re.compile(rb"<(?:\w+:)?(?:ddeLink|oleLink)\b")
_DDE_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<]*\|[^<]*!")
# Never the narrower gate: whatever reading lets through can be marked, pictures and all.
LIMITS = Limits(total_bytes=200 * 1024 * 1024, parts=2_000)


class WorkbookError(ValueError):
    """A workbook cannot be edited in place; the text says why."""


def main_tag(name: str) -> str:
    """The qualified name of an element of the spreadsheet namespace."""
    return f"{{{MAIN}}}{name}"


def new_root(name: str, namespace: str = MAIN) -> etree._Element:
    """An element without children that opens a part, in the part's own namespace."""
    return parse_xml(f'<{name} xmlns="{namespace}"/>'.encode())


def parse_part(content: bytes, part: str) -> etree._Element:
    """Parse a part of a workbook.

    Raises:
        WorkbookError: the part is not well-formed, or declares a document type (no honest workbook does).
    """
    try:
        return parse_xml(content)
    except DocumentTypeError as error:
        raise WorkbookError(f"{part}: declares a document type.") from error
    except etree.XMLSyntaxError as error:
        raise WorkbookError(f"{part}: not well-formed XML: {error}") from error


class Package:
    """The parts of a workbook. Parts that nobody asks to edit are written back byte for byte."""

    def __init__(self, content: bytes) -> None:
        """Read all parts.

        Raises:
            WorkbookError: no zip, encrypted, too large, parts twice, signed, with macro sheets, no workbook.
        """
        self._parts = _read_parts(content)
        self._trees: dict[str, etree._Element] = {}
        if _CONTENT_TYPES not in self._parts:
            raise WorkbookError("no Office file: [Content_Types].xml is missing.")
        self.workbook = self._find_workbook()

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._parts)

    def tree(self, part: str) -> etree._Element:
        """The root of a part, for editing: it is serialised again on saving."""
        if part not in self._trees:
            self._trees[part] = parse_part(self.read(part), part)
        return self._trees[part]

    def read(self, part: str) -> bytes:
        """The bytes of a part as they came.

        Raises:
            WorkbookError: there is no such part.
        """
        try:
            return self._parts[part]
        except KeyError as error:
            raise WorkbookError(f"{part}: named but not in the file.") from error

    def add(self, part: str, root: etree._Element, content_type: str) -> None:
        """Add a part with its content type."""
        self._parts[part] = b""
        self._trees[part] = root
        types = self.tree(_CONTENT_TYPES)
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)

    def remove(self, part: str) -> None:
        """Remove a part, its content type, its relationships and the parts that these alone hold."""
        if part not in self._parts:
            return
        # Only what belongs to one sheet: a picture or a style may be shared with others.
        for _, kind, target in self.relations(part):
            if kind in {"comments", "vmlDrawing", "printerSettings"}:
                self.remove(target)
        for name in (part, _rels_path(part)):
            self._parts.pop(name, None)
            self._trees.pop(name, None)
        for override in self.tree(_CONTENT_TYPES).findall(f"{{{_TYPES}}}Override"):
            if override.get("PartName") == f"/{part}":
                self.tree(_CONTENT_TYPES).remove(override)

    def unused_name(self, pattern: str) -> str:
        """The first part name `pattern.format(number)` that is free."""
        taken = {name.casefold() for name in self._parts}
        number = 1
        while pattern.format(number).casefold() in taken:
            number += 1
        return pattern.format(number)

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """Id, kind (the last word of the type) and target part of every internal relationship of a part."""
        path = _rels_path(part)
        if path not in self._parts:
            return []
        found = []
        for node in self.tree(path).iterfind(f"{{{_RELS}}}Relationship"):
            if node.get("TargetMode") != "External":
                kind = node.get("Type", "").rpartition("/")[2]
                found.append((node.get("Id", ""), kind, _resolve(part, node.get("Target", ""))))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship from `part` to `target` and return its id."""
        path = _rels_path(part)
        if path not in self._parts:
            self._parts[path] = b""
            self._trees[path] = new_root("Relationships", _RELS)
        root = self.tree(path)
        taken = {node.get("Id") for node in root}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root,
            f"{{{_RELS}}}Relationship",
            Id=f"rId{number}",
            Type=f"{REL_TYPE}/{kind}",
            Target=f"/{target}",
        )
        return f"rId{number}"

    def unrelate(self, part: str, relation_id: str) -> None:
        """Remove a relationship of a part."""
        root = self.tree(_rels_path(part))
        for node in root.findall(f"{{{_RELS}}}Relationship"):
            if node.get("Id") == relation_id:
                root.remove(node)

    def default_type(self, extension: str, content_type: str) -> None:
        """Make sure that parts with this extension have a content type."""
        types = self.tree(_CONTENT_TYPES)
        for node in types.findall(f"{{{_TYPES}}}Default"):
            if node.get("Extension", "").casefold() == extension:
                return
        types.insert(
            0, types.makeelement(f"{{{_TYPES}}}Default", Extension=extension, ContentType=content_type)
        )

    def save(self) -> bytes:
        """The workbook as bytes: same parts, same order, fixed times; the same input gives the same file."""
        parts = (
            (name, _serialise(name, self._trees[name]) if name in self._trees else content)
            for name, content in self._parts.items()
        )
        return write_archive(parts, system=0)

    def _find_workbook(self) -> str:
        found = [target for _, kind, target in self.relations("") if kind == "officeDocument"]
        if len(found) != 1 or found[0] not in self._parts:
            raise WorkbookError("no workbook in the file.")
        types = self.tree(_CONTENT_TYPES)
        for node in types.iterfind(f"{{{_TYPES}}}Override"):
            if node.get("PartName", "").lstrip("/") == found[0]:
                if node.get("ContentType") in _RELATED_TYPES:
                    node.set("ContentType", _WORKBOOK_TYPE)
                    self._drop_macros(found[0])
                if node.get("ContentType") == _WORKBOOK_TYPE:
                    return found[0]
        raise WorkbookError("not an .xlsx workbook.")

    def _drop_macros(self, workbook: str) -> None:
        """Take macros out with everything that starts them: what we send back never runs.

        Raises:
            WorkbookError: there are macro sheets of the oldest kind among the sheets.
        """
        for key, kind, target in [*self.relations(workbook)]:
            if kind in {"xlMacrosheet", "xlIntlMacrosheet"}:
                raise WorkbookError("a workbook with macro sheets.")
            if kind in _MACRO_PARTS:
                self._drop_tree(target)
                self.unrelate(workbook, key)
        for key, kind, target in [*self.relations("")]:
            if kind == "extensibility":  # buttons of a ribbon, which call macros
                self._drop_tree(target)
                self.unrelate("", key)
        for node in self.tree(_CONTENT_TYPES).iterfind(f"{{{_TYPES}}}Default"):
            if node.get("ContentType") == _VBA_TYPE:
                # The default covers all parts "*.bin": printer settings stay, which need some content type.
                node.set("ContentType", _PRINTER_TYPE)

    def _drop_tree(self, part: str) -> None:
        """Remove a part and whatever hangs on it, be it in a circle."""
        held = self.relations(part)
        self._parts.pop(_rels_path(part), None)
        self.remove(part)
        for _, _, target in held:
            self._drop_tree(target)


def _read_parts(content: bytes) -> dict[str, bytes]:
    try:
        entries = [entry for entry in list_entries(content) if not entry.is_dir()]
        LIMITS.check(entries)
        archive = Archive(content, {entry.filename: entry for entry in entries})
        if len(archive.entries) != len(entries):
            raise WorkbookError("a part is there twice.")
        if any(name.startswith("_xmlsignatures/") for name in archive.entries):
            raise WorkbookError("digitally signed: marking would break the signature.")
        parts = {name: archive.read(name) for name in archive.entries}
    except ArchiveTooLargeError as error:
        raise WorkbookError("too large to be marked.") from error
    except BrokenArchiveError as error:
        raise WorkbookError(f"not a readable .xlsx: {error}") from error
    _check_live(parts)
    return parts


def _check_live(parts: Mapping[str, bytes]) -> None:
    """Refuse what starts another program when it is opened: it is not sent back (decision 0014)."""
    for name, content in parts.items():
        if name.startswith("xl/activeX/"):
            raise WorkbookError("a workbook with ActiveX controls.")
        if name.startswith("xl/externalLinks/") and _LIVE_LINK.search(content):
            raise WorkbookError("a workbook with DDE or OLE links.")
        if name.startswith("xl/worksheets/") and _DDE_FORMULA.search(content):
            raise WorkbookError("a workbook with DDE formulas.")


def _serialise(part: str, root: etree._Element) -> bytes:
    if part.endswith(".vml"):  # Excel writes and expects these without a declaration
        return etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _rels_path(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolve(part: str, target: str) -> str:
    joined = target if target.startswith("/") else posixpath.join("/", posixpath.dirname(part), target)
    return posixpath.normpath(joined).lstrip("/")
