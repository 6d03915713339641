"""Parses the XML of a file that is hostile until shown otherwise."""

from __future__ import annotations

from lxml import etree

from chuyenhoa.kit.ooxml.markup import DocumentTypeError, parse_xml, xml_parser
from chuyenhoa.kit.readers.book import FileFlaw, FlawReporter


class UnsafeMarkupError(ValueError):
    """Markup with a document type: entities could make it grow without end."""


def parse_markup(data: bytes, name: str) -> etree._Element:
    """The tree of a part; no entities, no network, no huge texts.

    Args:
        data: the bytes of the part.
        name: what to call the part in a message.

    Raises:
        UnsafeMarkupError: it declares a document type.
        lxml.etree.XMLSyntaxError: it is no valid XML.
        MemoryError: it is too large for this process.
    """
    # A declaration in UTF-16 has a zero byte beside each letter.
    if b"<!DOCTYPE" in data[:100_000].replace(b"\0", b"") or b"<!ENTITY" in data.replace(b"\0", b""):
        raise UnsafeMarkupError(f"phần {name}")
    try:
        return parse_xml(data, xml_parser(keep_comments=False))
    except DocumentTypeError as error:
        raise UnsafeMarkupError(f"phần {name}") from error
    except etree.XMLSyntaxError as error:
        pass_on_memory(error)
        raise


NO_WORDS_OF_OURS = "nội dung bên trong không đúng định dạng"


def report_error(error: BaseException, flaws: FlawReporter) -> None:
    """Tell why a file cannot be read, in the submitter's words; the English of a library helps no officer."""
    if isinstance(error, UnsafeMarkupError):
        flaws.report(FileFlaw.UNSAFE, detail=str(error))
        return
    # Our own errors are in Vietnamese; those of libraries are in English, or quote the markup.
    said = " ".join(str(error).split())[:120]
    is_english = said.isascii() or isinstance(error, etree.XMLSyntaxError)
    flaws.report(FileFlaw.BROKEN, detail=NO_WORDS_OF_OURS if is_english else said)


def is_readers(error: BaseException) -> bool:
    """Whether calamine raised it for what is in a file; what is not (no memory, an interrupt) is passed on.

    A panic of calamine, which is written in Rust, is no `Exception`.
    """
    if isinstance(error, Exception):
        return not isinstance(error, MemoryError)
    return type(error).__name__ == "PanicException"


def pass_on_memory(error: Exception) -> None:
    """Raise what libxml2 calls a flaw of the markup as what it is, where memory ran out.

    Raises:
        MemoryError: this process has no memory left for the file.
    """
    if isinstance(error, MemoryError) or getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
        raise MemoryError("the markup is too large to be parsed here.") from error


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for an instruction or comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str:
    """An attribute by its name without its namespace; empty when there is none."""
    if element is None:
        return ""
    return next((str(v) for key, v in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def number_of(element: etree._Element | None, name: str, default: int) -> int:
    """An attribute as a number; `default` when it is none."""
    text = attribute(element, name)
    return int(text) if text.isdecimal() and len(text) < 8 else default
