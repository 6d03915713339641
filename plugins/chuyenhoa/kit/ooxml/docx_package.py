"""A .docx as the zip that it is: parts read safely, and written so that the same parts are the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chuyenhoa.kit.ooxml.archive import (
    Archive,
    ArchiveTooLargeError,
    BrokenArchiveError,
    Limits,
    list_entries,
    write_archive,
)

# Readers that look at the first entry only to tell what a zip is find these there, as Word writes them.
_FIRST = ("[Content_Types].xml", "_rels/.rels")
# Only the sum: templates and drafts come from the office itself, with any number of pictures. What the
# programme makes of the plan of 2021 unpacks to less than 1 MB.
LIMITS = Limits(total_bytes=64 * 1024 * 1024)
# How hard parts are packed: in half the time of zlib's usual 6, documents are an eighth larger.
LEVEL = 3


class PackageError(ValueError):
    """The bytes are no .docx."""


def read_parts(content: bytes) -> dict[str, bytes]:
    """The parts of a .docx by name.

    Raises:
        PackageError: it is no zip, holds no main document, or unpacks to more than 64 MB.
    """
    try:
        entries = list_entries(content)
        LIMITS.check(entries)
        archive = Archive(content, {entry.filename: entry for entry in entries})
        parts = {name: archive.read(name) for name in archive.entries}
    except ArchiveTooLargeError as error:
        raise PackageError("The file unpacks to more than 64 MB; it is no Word document of ours.") from error
    except BrokenArchiveError as error:
        raise PackageError(
            "The file is no .docx (it cannot be unpacked); save it in Word as .docx."
        ) from error
    if "word/document.xml" not in parts:
        raise PackageError("The file is no .docx (it holds no word/document.xml); save it in Word as .docx.")
    return parts


def write_parts(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts with fixed dates and order."""
    ordered = [name for name in _FIRST if name in parts] + sorted(set(parts) - set(_FIRST))
    return write_archive(((name, parts[name]) for name in ordered), level=LEVEL)


def text_parts(parts: Mapping[str, bytes]) -> list[str]:
    """The names of the parts that hold text: the body, headers, footers and notes."""
    pattern = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
    return [name for name in sorted(parts) if pattern.fullmatch(name)]
