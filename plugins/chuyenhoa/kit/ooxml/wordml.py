"""WordprocessingML read plainly: names, and the text of paragraphs."""

from __future__ import annotations

from lxml import etree

from chuyenhoa.kit.ooxml.markup import parse_xml

# What the parts beside the body are called, by the beginning of their names.
STORIES = {
    "header": "đầu trang",
    "footer": "chân trang",
    "footnotes": "chú thích",
    "endnotes": "chú thích cuối",
}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


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
    return [paragraph_text(paragraph) for paragraph in parse_xml(content).iter(f"{W}p")]
