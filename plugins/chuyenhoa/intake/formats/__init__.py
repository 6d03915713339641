"""Opens a file of any format that can be read, after making sure that it is harmless."""

from __future__ import annotations

from chuyenhoa.intake.book import Book
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.formats.package import open_package
from chuyenhoa.intake.formats.xlsx import open_workbook


def open_book(content: bytes, findings: FindingList) -> Book | None:
    """The sheets of a file.

    Args:
        content: the bytes of the file; the name that it carries is not trusted.
        findings: takes what was found on the way.

    Returns:
        None when the file must not or cannot be opened; `findings` then says why and what to send instead.
    """
    package = open_package(content, findings)
    return open_workbook(package, findings) if package else None
