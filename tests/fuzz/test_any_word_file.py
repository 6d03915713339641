"""The layout check and the template doctor answer for any Word file, however strange; they never crash."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import read_parts, write_parts
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W, write_part
from chuyenhoa.reporting import check_layout, check_template
from tests.integration.reporting import model_documents
from tests.integration.reporting.model_documents import save
from tests.office import convert

ROOT = Path(__file__).resolve().parents[2]
BODY, STYLES = "word/document.xml", "word/styles.xml"
WRAPPERS = ("sdt", "ins", "del", "hyperlink", "smartTag", "customXml", "moveFrom", "moveTo")
VALUES = ("", "0", "-1", "99999999999999999999", "NaN", "1e9", "true", "đỏ", "%9", "\u200b")


def ask(document: bytes) -> None:
    """Both answer with sentences of their own."""
    for problem in check_layout(document):
        assert problem.element
        assert problem.expected
    for complaint in check_template(document, "bao_cao_so_ket"):
        assert complaint.advice


def strange_document() -> WordDocument:
    document = Document()
    document.add_heading("Tiêu đề", 0)
    document.add_paragraph("Số:", style="List Number")
    document.add_paragraph("Nơi nhận:", style="List Bullet")
    document.add_paragraph("Kính gửi")
    document.add_paragraph("Điều 99999999999 {{ x")
    document.add_paragraph("QUYẾT ĐỊNH")
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(2, 2)).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập"
    inner = table.cell(0, 0).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "Nơi nhận:"
    document.add_section()
    document.add_table(rows=0, cols=2)
    document.sections[0].footer.paragraphs[0].text = "Địa chỉ"
    return document


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    template = (ROOT / "templates/documents/bao_cao_so_ket.docx").read_bytes()
    return [
        save(Document()),
        save(strange_document()),
        model_documents.write_decision(),
        model_documents.write_letter(),
        template,
    ]


def test_documents_of_others(seeds: list[bytes]) -> None:
    for document in seeds:
        ask(document)
    assert check_layout(seeds[0])


def spoil(document: bytes, chance: random.Random) -> bytes:
    """Move, wrap, copy and delete elements, and write nonsense into attributes."""
    parts = read_parts(document)
    name = chance.choice([BODY, BODY, BODY, STYLES])
    root = parse_xml(parts[name])
    for _ in range(chance.randint(1, 12)):
        nodes = [node for node in root.iter(f"{W}*") if node.getparent() is not None]
        if not nodes:
            break
        node = chance.choice(nodes)
        parent = node.getparent()
        assert parent is not None
        match chance.randint(0, 4):
            case 0:
                parent.remove(node)
            case 1:
                wrapper = etree.Element(f"{W}{chance.choice(WRAPPERS)}")
                parent.replace(node, wrapper)
                target = etree.SubElement(wrapper, f"{W}sdtContent") if wrapper.tag == f"{W}sdt" else wrapper
                target.append(node)
            case 2:
                chance.choice(nodes).append(etree.fromstring(etree.tostring(node)))
            case 3 if node.attrib:
                node.set(chance.choice(list(map(str, node.attrib))), chance.choice(VALUES))
            case _:
                node.text = chance.choice(VALUES)
    return write_parts({**parts, name: write_part(root)})


@pytest.mark.parametrize("seed", range(60))
def test_spoilt_documents(seeds: list[bytes], seed: int) -> None:
    chance = random.Random(seed)
    ask(spoil(chance.choice(seeds), chance))


def test_documents_that_libreoffice_wrote(seeds: list[bytes], tmp_path: Path) -> None:
    """The same documents through LibreOffice: other styles, shapes and numberings, the same elements."""
    paths = []
    for number, document in enumerate(seeds[:4]):
        paths.append(tmp_path / f"{number}.docx")
        paths[-1].write_bytes(document)
    written = convert(paths, "docx", tmp_path / "out")
    for path in written:
        ask(path.read_bytes())
    decision = {problem.element for problem in check_layout(written[2].read_bytes())}
    assert not decision & {
        "Quốc hiệu",
        "Tiêu ngữ",
        "kẻ dưới Tiêu ngữ",
        "căn cứ",
        "Điều",
        "Nơi nhận",
        "khổ giấy",
    }
