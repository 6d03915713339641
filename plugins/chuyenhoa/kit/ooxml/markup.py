"""XML that is hostile until shown otherwise: the one parser set-up of the programme.

No entity is expanded, no DTD loaded, no address opened, and libxml2's own bounds on the length of texts and
the depth of elements hold (`huge_tree` stays off): what a part makes us build is bounded by its size.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from io import BytesIO

from lxml import etree


class DocumentTypeError(etree.XMLSyntaxError):
    """Markup declares a document type: its entities could make it grow without end.

    No Office program writes one, and ECMA-376 (part 2) forbids it in a package.
    """

    def __init__(self) -> None:
        # lxml's stubs know only the arguments of the base class: code, line and column come behind the text.
        super().__init__("it declares a document type", 0, 0, 0)  # type: ignore[call-arg, arg-type]


@cache
def xml_parser(*, keep_comments: bool = True, keep_blanks: bool = True) -> etree.XMLParser:
    """The parser for all XML that the programme did not write itself in this process.

    Args:
        keep_comments: without them, `1<!-- -->2` is the one text `12`, as every program shows it.
        keep_blanks: without them, the white space between elements of a pretty-printed part is no text.
    """
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not keep_comments,
        remove_blank_text=not keep_blanks,
    )


def parse_xml(content: bytes, parser: etree.XMLParser | None = None) -> etree._Element:
    """Parse a part, following no entity and no address.

    Args:
        content: its bytes.
        parser: one of `xml_parser`; the usual one when not given.

    Raises:
        lxml.etree.XMLSyntaxError: the part is not well-formed.
        DocumentTypeError: it declares a document type; a kind of `XMLSyntaxError`.
    """
    root = etree.fromstring(content, parser or xml_parser())
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentTypeError
    return root


def iterate_xml(content: bytes, events: Sequence[str], tags: Collection[str]) -> etree.iterparse:
    """The same, element by element: for parts whose tree would take too much memory."""
    return etree.iterparse(
        BytesIO(content),
        events=events,
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
