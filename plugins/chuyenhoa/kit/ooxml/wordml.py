"""WordprocessingML read plainly: names, and the text of paragraphs."""

from __future__ import annotations

from lxml import etree

STORIES = {
    "header": "đầu trang",
    "footer": "chân trang",
    "footnotes": "chú thích",
    "endnotes": "chú thích cuối",
}
"""What the parts beside the body are called, by the beginning of their names."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def parse_part(content: bytes) -> etree._Element:
    """Parse a part of a .docx, following no entity and no address.

    Raises:
        lxml.etree.XMLSyntaxError: the part is no well-formed XML.
    """
    return etree.fromstring(content, _PARSER)


def write_part(root: etree._Element) -> bytes:
    """A part as bytes, the same ones for the same tree."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def paragraph_text(paragraph: etree._Element) -> str:
    """The text of one paragraph, as it reads; runs do not matter."""
    pieces = []
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        pieces.append((node.text or "") if node.tag == f"{W}t" else " ")
    return "".join(pieces)


def paragraph_texts(content: bytes) -> list[str]:
    """The text of every paragraph of a part, those in tables included, in the order of the file."""
    return [paragraph_text(paragraph) for paragraph in parse_part(content).iter(f"{W}p")]
