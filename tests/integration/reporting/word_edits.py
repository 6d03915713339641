"""Changes to the XML of a Word document, as a careless hand in Word would make them."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W, paragraph_text, write_part

BODY, STYLES = "word/document.xml", "word/styles.xml"


class WordFile:
    """A .docx opened for changes; `bytes` writes it."""

    def __init__(self, document: bytes) -> None:
        self.parts = read_parts(document)
        self.root = parse_xml(self.parts[BODY])

    def bytes(self) -> bytes:
        return write_parts({**self.parts, BODY: write_part(self.root)})

    def lines(self, text: str) -> Iterator[etree._Element]:
        return (p for p in self.root.iter(f"{W}p") if paragraph_text(p).strip().startswith(text))

    def line(self, text: str) -> etree._Element:
        """The first paragraph that opens with a text."""
        found = next(self.lines(text), None)
        assert found is not None, text
        return found

    def say(self, text: str, new: str) -> None:
        """Replace the text of a paragraph that opens so, in its first run."""
        runs = list(self.line(text).iter(f"{W}t"))
        runs[0].text = new
        runs[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        for run in runs[1:]:
            run.text = ""

    def replace(self, old: str, new: str) -> None:
        """Replace a piece of text within a run, once."""
        node = next((t for t in self.root.iter(f"{W}t") if old in (t.text or "")), None)
        assert node is not None, old
        node.text = str(node.text).replace(old, new, 1)

    def remove(self, text: str) -> None:
        node = self.line(text)
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)

    def run(self, text: str, name: str, **values: str) -> None:
        """Set a property on all runs of a paragraph: `run("BÁO CÁO", "sz", val="24")`."""
        for run in self.line(text).iter(f"{W}r"):
            properties = run.find(f"{W}rPr")
            if properties is None:
                properties = etree.Element(f"{W}rPr")
                run.insert(0, properties)
            _set(properties, name, values)

    def paragraph(self, text: str, name: str, **values: str) -> None:
        """Set a property on a paragraph: `paragraph("BÁO CÁO", "jc", val="left")`."""
        line = self.line(text)
        properties = line.find(f"{W}pPr")
        if properties is None:
            properties = etree.Element(f"{W}pPr")
            line.insert(0, properties)
        _set(properties, name, values)

    def section(self, number: int, name: str, **values: str) -> None:
        """Set attributes in the properties of a section, counted from 1."""
        section = list(self.root.iter(f"{W}sectPr"))[number - 1]
        node = section.find(f"{W}{name}")
        if node is None:
            node = etree.SubElement(section, f"{W}{name}")
        for key, value in values.items():
            node.set(f"{W}{key}", value)

    def drop(self, number: int, name: str) -> None:
        """Take an element out of the properties of a section."""
        section = list(self.root.iter(f"{W}sectPr"))[number - 1]
        nodes = section.findall(f"{W}{name}")
        assert nodes
        for node in nodes:
            section.remove(node)

    def rules(self) -> list[etree._Element]:
        """The drawn rules, in the order of the page."""
        space = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
        return list(self.root.iter(f"{space}extent"))

    def unrule(self, number: int) -> None:
        """Delete a drawn rule."""
        run = next(self.rules()[number].iterancestors(f"{W}r"))
        parent = run.getparent()
        assert parent is not None
        parent.remove(run)

    def tables(self) -> list[etree._Element]:
        return list(self.root.iter(f"{W}tbl"))

    def wrap(self, node: etree._Element) -> etree._Element:
        """Put an element into a content control."""
        parent = node.getparent()
        assert parent is not None
        control = etree.Element(f"{W}sdt")
        parent.replace(node, control)
        etree.SubElement(etree.SubElement(control, f"{W}sdtPr"), f"{W}tag").set(f"{W}val", "figure")
        etree.SubElement(control, f"{W}sdtContent").append(node)
        return control

    def repeat(self, text: str) -> etree._Element:
        """A copy of a paragraph, put after it."""
        line = self.line(text)
        twin = copy.deepcopy(line)
        line.addnext(twin)
        return twin


def _set(properties: etree._Element, name: str, values: dict[str, str]) -> None:
    node = properties.find(f"{W}{name}")
    if node is None:
        node = etree.SubElement(properties, f"{W}{name}")
    for key, value in values.items():
        node.set(f"{W}{key}", value)
