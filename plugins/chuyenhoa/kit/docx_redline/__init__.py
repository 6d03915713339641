"""A copy of a new version that carries Word's own tracked changes against the version before."""

from __future__ import annotations

from datetime import datetime

from chuyenhoa.kit.docx_redline.compare import compare_bodies
from chuyenhoa.kit.docx_redline.marks import Marker
from chuyenhoa.kit.docx_redline.parts import (
    RedlineError,
    Side,
    adopt_parts,
    open_side,
    refuse_unlike,
    switch_off_tracking,
)
from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.kit.ooxml.wordml import write_part

__all__ = ["RedlineError", "redline_document"]


def redline_document(old: bytes, new: bytes, author: str, at: datetime) -> bytes:
    """Compare two versions of a document.

    Args:
        old: the version before, a .docx.
        new: the version that takes its place, rendered from the same template.
        author: who the changes are attributed to.
        at: the time that they carry.

    Returns:
        The new version as a .docx in which every difference of the body is a tracked change: accepting all
        of them gives the new text, rejecting all the old one. Content controls and bookmarks are left out of
        this copy, since Word keeps an empty control in place of a deleted one. Equal arguments give equal
        bytes.

    Raises:
        PackageError: one of the two is no .docx.
        RedlineError: the two differ in what tracked changes cannot express (page layout, headers, styles).
    """
    old_parts, new_parts = read_parts(old), read_parts(new)
    refuse_unlike(old_parts, new_parts)
    adopted = adopt_parts(old_parts, new_parts)
    before: Side = open_side(adopted.old_body)
    after: Side = open_side(adopted.parts["word/document.xml"])
    compare_bodies(before.body, after.body, Marker(author, at))
    parts = {**adopted.parts, "word/document.xml": write_part(after.root)}
    return write_parts(switch_off_tracking(parts))
