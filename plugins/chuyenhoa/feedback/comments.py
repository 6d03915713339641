"""Cell comments of one sheet: ours added below what is there, and taken out again when a file comes back."""

from __future__ import annotations

from lxml import etree

from chuyenhoa.feedback.boxes import add_box, empty_drawing, remove_box
from chuyenhoa.feedback.grid import Grid
from chuyenhoa.feedback.labels import AUTHOR, COMMENT_MARK
from chuyenhoa.feedback.references import CellRef, parse_address
from chuyenhoa.kit.ooxml.xlsx_package import REL_TYPE, SPACE, Package, main_tag, new_root

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


class CommentBook:
    """The comments part and the VML drawing of a sheet; both are made when first needed."""

    def __init__(self, package: Package, sheet_part: str, grid: Grid) -> None:
        """Find what the sheet has of the two."""
        self._package = package
        self._sheet = sheet_part
        self._grid = grid
        relations = package.relations(sheet_part)
        comments = [target for _, kind, target in relations if kind == "comments"]
        self._root = package.tree(comments[0]) if comments else None
        legacy = grid.root.find(main_tag("legacyDrawing"))
        drawing_id = legacy.get(f"{{{REL_TYPE}}}id") if legacy is not None else None
        drawings = [target for key, _, target in relations if key == drawing_id]
        self._drawing = package.tree(drawings[0]) if drawings else None

    def strip_ours(self) -> None:
        """Take out every text of ours; a comment that then says nothing goes with its box."""
        if self._root is None:
            return
        for comment in self._root.findall(f".//{main_tag('comment')}"):
            if (
                not _cut_ours(comment)
                or "".join(node.text or "" for node in comment.iter(main_tag("t"))).strip()
            ):
                continue
            _list_of(self._root).remove(comment)
            ref = parse_address(comment.get("ref", ""))
            if ref is not None and self._drawing is not None:
                remove_box(self._drawing, ref)

    def put(self, ref: CellRef, text: str) -> None:
        """Say `text` at a cell; below the submitter's own words when the cell has a comment already."""
        root, drawing = self._ensure_parts()
        for comment in _list_of(root).iterfind(main_tag("comment")):
            if comment.get("ref") == ref.address:
                _append_run(comment, f"\n\n{text}")
                return
        comment = etree.SubElement(
            _list_of(root), main_tag("comment"), ref=ref.address, authorId=str(_author_id(root))
        )
        etree.SubElement(comment, main_tag("text"))
        _append_run(comment, text)
        add_box(drawing, ref, text, self._grid)

    def _ensure_parts(self) -> tuple[etree._Element, etree._Element]:
        if self._root is None:
            self._root = new_root("comments")
            etree.SubElement(self._root, main_tag("authors"))
            etree.SubElement(self._root, main_tag("commentList"))
            name = self._package.unused_name("xl/comments{}.xml")
            self._package.add(name, self._root, _COMMENTS_TYPE)
            self._package.relate(self._sheet, "comments", name)
        if self._drawing is None:
            self._drawing = empty_drawing()
            name = self._package.unused_name("xl/drawings/vmlDrawing{}.vml")
            self._package.default_type("vml", _VML_TYPE)
            self._package.add(name, self._drawing, _VML_TYPE)
            relation = self._package.relate(self._sheet, "vmlDrawing", name)
            self._grid.set_legacy_drawing(f"{{{REL_TYPE}}}id", relation)
        return self._root, self._drawing


def _list_of(root: etree._Element) -> etree._Element:
    node = root.find(main_tag("commentList"))
    return etree.SubElement(root, main_tag("commentList")) if node is None else node


def _author_id(root: etree._Element) -> int:
    """Number of our name among the authors, added when it is not there."""
    authors = root.find(main_tag("authors"))
    if authors is None:
        authors = root.makeelement(main_tag("authors"), {})
        root.insert(0, authors)
    for number, author in enumerate(authors):
        if author.text == AUTHOR:
            return number
    etree.SubElement(authors, main_tag("author")).text = AUTHOR
    return len(authors) - 1


def _append_run(comment: etree._Element, words: str) -> None:
    """Add a run of text; a plain text that stands there is made a run first, since the two do not mix."""
    text = comment.find(main_tag("text"))
    if text is None:
        text = etree.SubElement(comment, main_tag("text"))
    plain = text.find(main_tag("t"))
    if plain is not None:
        run = text.makeelement(main_tag("r"), {})
        text.insert(0, run)
        run.append(plain)
    run = text.makeelement(main_tag("r"), {})
    text.insert(len(text.findall(main_tag("r"))), run)
    properties = etree.SubElement(run, main_tag("rPr"))
    etree.SubElement(properties, main_tag("sz"), val="10")
    etree.SubElement(properties, main_tag("rFont"), val="Times New Roman")
    node = etree.SubElement(run, main_tag("t"))
    node.set(SPACE, "preserve")
    node.text = words


def _cut_ours(comment: etree._Element) -> bool:
    """Cut a comment off where our words begin; whether there were any."""
    found = False
    for node in list(comment.iter(main_tag("t"))):
        words = node.text or ""
        position = words.find(COMMENT_MARK)
        if found:
            node.text = ""
        elif position >= 0:
            found = True
            node.text = words[:position].rstrip()
    return found
