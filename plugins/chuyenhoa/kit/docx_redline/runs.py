"""Compares two paragraphs word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from lxml import etree

from chuyenhoa.kit.docx_redline.marks import SPACE, Marker
from chuyenhoa.kit.ooxml.wordml import W

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Atom:
    """A word, a stretch of spaces, or another piece of a run; equal keys read and look alike."""

    look: bytes
    """The run's properties, canonically written."""
    piece: bytes
    """Canonical form of the piece."""
    properties: etree._Element | None
    element: etree._Element

    @property
    def key(self) -> tuple[bytes, bytes]:
        """What makes two atoms equal."""
        return self.look, self.piece


def compare_paragraphs(before: etree._Element, after: etree._Element, marker: Marker) -> None:
    """Turn `after` into a paragraph that tracks its changes against `before`."""
    old, new = list(_atoms(before)), list(_atoms(after))
    matcher = SequenceMatcher(None, [a.key for a in old], [a.key for a in new], autojunk=False)
    pieces: list[etree._Element] = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            pieces += _runs(new[j1:j2])
            continue
        if i1 < i2:
            pieces.append(marker.wrap("del", _runs(old[i1:i2])))
        if j1 < j2:
            pieces.append(marker.wrap("ins", _runs(new[j1:j2])))
    _replace_content(after, pieces)
    marker.keep_former(after, before, "pPr")


def mark_whole(paragraph: etree._Element, name: str, marker: Marker) -> None:
    """Turn a paragraph into one that is inserted or deleted as a whole, its end included."""
    runs = _runs(list(_atoms(paragraph)))
    _replace_content(paragraph, [marker.wrap(name, runs)] if runs else [])
    marker.mark_paragraph(paragraph, name)


def _replace_content(paragraph: etree._Element, pieces: Sequence[etree._Element]) -> None:
    """Everything but the properties gives way to `pieces`."""
    for node in list(paragraph):
        if node.tag != f"{W}pPr":
            paragraph.remove(node)
    paragraph.extend(pieces)


def _atoms(paragraph: etree._Element) -> Iterator[Atom]:
    """The pieces of all runs, those in links and simple fields included."""
    for run in paragraph.iter(f"{W}r"):
        if _is_nested(run, paragraph):
            continue
        properties = run.find(f"{W}rPr")
        look = b"" if properties is None else etree.tostring(properties, method="c14n", exclusive=True)
        for node in run:
            if node.tag == f"{W}rPr" or not isinstance(node.tag, str):
                continue
            for piece in _split(node):
                yield Atom(look, etree.tostring(piece, method="c14n", exclusive=True), properties, piece)


def _is_nested(run: etree._Element, paragraph: etree._Element) -> bool:
    """Whether a run belongs to a paragraph inside a drawing of this one."""
    node = run.getparent()
    while node is not None and node is not paragraph:
        if node.tag == f"{W}p":
            return True
        node = node.getparent()
    return False


def _split(node: etree._Element) -> list[etree._Element]:
    """A text as its words and spaces; any other piece as it is."""
    if node.tag != f"{W}t" or not node.text:
        piece = deepcopy(node)
        piece.tail = None
        return [piece]
    return [_text(word) for word in _WORDS.findall(node.text)]


def _text(text: str) -> etree._Element:
    element = etree.Element(f"{W}t")
    element.text = text
    element.set(SPACE, "preserve")
    return element


def _runs(atoms: Sequence[Atom]) -> list[etree._Element]:
    """Atoms as runs again: neighbours that look alike share one, and their words one text."""
    found = []
    for _, group in groupby(atoms, key=lambda atom: atom.look):
        members = list(group)
        run = etree.Element(f"{W}r")
        if members[0].properties is not None:
            run.append(deepcopy(members[0].properties))
        for atom in members:
            last = run[-1] if len(run) else None
            if atom.element.tag == f"{W}t" and last is not None and last.tag == f"{W}t":
                last.text = (last.text or "") + (atom.element.text or "")
            else:
                run.append(deepcopy(atom.element))
        found.append(run)
    return found
