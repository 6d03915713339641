"""Compares two bodies: sequences of paragraphs and tables, tables row by row, paragraphs word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from lxml import etree

from chuyenhoa.kit.docx_redline.marks import SPACE, Marker
from chuyenhoa.kit.ooxml.wordml import W, paragraph_text

_WORDS = re.compile(r"\s+|[^\s]+")
# From this share of common words on, a paragraph or row is the former one with changes; below it, a reader
# understands one that went and one that came more easily than words struck and added one by one.
ALIKE = 0.4

Nodes = Sequence[etree._Element]
Pairs = list[tuple[etree._Element | None, etree._Element | None]]


def compare_bodies(before: etree._Element, after: etree._Element, marker: Marker) -> None:
    """Turn the body (or cell) `after` into one that tracks its changes against `before`."""
    names = (f"{W}p", f"{W}tbl")
    old = [node for node in before if node.tag in names]
    new = [node for node in after if node.tag in names]
    rest = [node for node in after if node.tag not in names]
    content: list[etree._Element] = []
    for then, now in _pair(old, new, keep_last=True):
        content.append(_compare_block(then, now, marker))
    head = [node for node in rest if node.tag == f"{W}tcPr"]
    foot = [node for node in rest if node.tag != f"{W}tcPr"]
    for node in list(after):
        after.remove(node)
    after.extend([*head, *content, *foot])


def _compare_block(then: etree._Element | None, now: etree._Element | None, marker: Marker) -> etree._Element:
    """One paragraph or table with its tracked changes."""
    if then is None or now is None:
        return _mark_only(then, now, marker)
    if now.tag == f"{W}p":
        compare_paragraphs(then, now, marker)
    else:
        _compare_tables(then, now, marker)
    return now


def _mark_only(then: etree._Element | None, now: etree._Element | None, marker: Marker) -> etree._Element:
    """A paragraph, table or row of one side only, as inserted or deleted."""
    name = "del" if now is None else "ins"
    only = deepcopy(then) if now is None else now
    if only is None:
        raise ValueError("A pair has at least one side.")
    if only.tag == f"{W}p":
        mark_whole(only, name, marker)
    for row in [only] if only.tag == f"{W}tr" else only.findall(f"{W}tr"):
        for paragraph in row.findall(f"{W}tc/{W}p"):
            mark_whole(paragraph, name, marker)
        marker.mark_row(row, name)
    return only


def _pair(old: Nodes, new: Nodes, *, keep_last: bool = False) -> Pairs:
    """Old and new entries side by side, in order; None where the other side has no counterpart.

    With `keep_last` the two last paragraphs are the same one: a body or a cell must end with a paragraph that
    stays.
    """
    tail: Pairs = []
    if keep_last and old and new and old[-1].tag == new[-1].tag == f"{W}p":
        tail = [(old[-1], new[-1])]
        old, new = old[:-1], new[:-1]
    matcher = SequenceMatcher(None, [_key(n) for n in old], [_key(n) for n in new], autojunk=False)
    pairs: Pairs = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            pairs += zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            pairs += _pair_alike(old[i1:i2], new[j1:j2])
    return pairs + tail


def _pair_alike(old: Nodes, new: Nodes) -> Pairs:
    """The pairing in order with the most likeness, by dynamic programming over the changed stretch."""
    # difflib pairs equal entries only: of ten rows with new figures it would make ten deleted and ten new.
    scores = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    likeness = {(i, j): _likeness(then, now) for i, then in enumerate(old) for j, now in enumerate(new)}
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = likeness[i, j] + scores[i + 1][j + 1] if likeness[i, j] else 0.0
            scores[i][j] = max(paired, scores[i + 1][j], scores[i][j + 1])
    pairs: Pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if likeness[i, j] and scores[i][j] == likeness[i, j] + scores[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif scores[i][j] == scores[i + 1][j]:
            pairs.append((old[i], None))
            i += 1
        else:
            pairs.append((None, new[j]))
            j += 1
    return [*pairs, *((then, None) for then in old[i:]), *((None, now) for now in new[j:])]


def _likeness(then: etree._Element, now: etree._Element) -> float:
    """From 0 (another one) to 1 (the same): the share of words in common."""
    if then.tag != now.tag or _shape(then) != _shape(now):
        return 0.0
    ours, theirs = _text(then).split(), _text(now).split()
    if not ours and not theirs:
        return 1.0
    share = SequenceMatcher(None, ours, theirs, autojunk=False).ratio()
    return share if share >= ALIKE or then.tag == f"{W}tbl" else 0.0


def _shape(node: etree._Element) -> object:
    """What must agree for a comparison piece by piece: a table's columns, a row's spans, a section's end."""
    if node.tag == f"{W}tbl":
        return len(node.findall(f"{W}tblGrid/{W}gridCol"))
    if node.tag == f"{W}tr":
        return [
            [
                etree.tostring(span, method="c14n", exclusive=True)
                for span in cell.iterfind(f"{W}tcPr/*")
                if span.tag in (f"{W}gridSpan", f"{W}vMerge")
            ]
            for cell in node.findall(f"{W}tc")
        ]
    section = node.find(f"{W}pPr/{W}sectPr")
    return None if section is None else etree.tostring(section, method="c14n", exclusive=True)


def _text(node: etree._Element) -> str:
    if node.tag == f"{W}p":
        return paragraph_text(node)
    return " | ".join(paragraph_text(paragraph) for paragraph in node.iter(f"{W}p"))


def _key(node: etree._Element) -> bytes:
    written: bytes = etree.tostring(node, method="c14n", exclusive=True, with_tail=False)
    return written


def _compare_tables(then: etree._Element, now: etree._Element, marker: Marker) -> None:
    """Rows that came, went or changed; the frame of the table keeps its former properties."""
    content = []
    for before, after in _pair(then.findall(f"{W}tr"), now.findall(f"{W}tr")):
        if before is None or after is None:
            content.append(_mark_only(before, after, marker))
            continue
        _compare_rows(before, after, marker)
        content.append(after)
    for row in now.findall(f"{W}tr"):
        now.remove(row)
    now.extend(content)
    marker.keep_former(now, then, "tblPr")


def _compare_rows(then: etree._Element, now: etree._Element, marker: Marker) -> None:
    for before, after in zip(then.findall(f"{W}tc"), now.findall(f"{W}tc"), strict=True):
        compare_bodies(before, after, marker)
        marker.keep_former(after, before, "tcPr")


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
    return [_text_element(word) for word in _WORDS.findall(node.text)]


def _text_element(text: str) -> etree._Element:
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
