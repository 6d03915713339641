"""The order in which Word wants the children of its property elements (ECMA-376, part 1, transitional)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.kit.ooxml.wordml import W

_BORDERS = "top left start bottom right end insideH insideV tl2br tr2bl"
ORDERS = {
    "sectPr": "headerReference* footerReference* footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
    "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid "
    "printerSettings sectPrChange",
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi "
    "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection "
    "textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "ins del moveFrom moveTo rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow "
    "emboss imprint noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
    "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
    "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign "
    "hideMark headers cellIns cellDel cellMerge tcPrChange",
    "tblBorders": _BORDERS,
    "tcBorders": _BORDERS,
    "tblCellMar": _BORDERS,
    "tcMar": _BORDERS,
    "sdt": "sdtPr sdtEndPr sdtContent",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
    "qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr*",
}
"""A name with a star may stand several times."""
_BODY_PARTS = ("document", "styles", "header", "footer", "footnotes", "numbering")


def find_disorder(document: bytes) -> set[str]:
    """Elements of a .docx whose children stand twice or out of order: Word may call such a file damaged."""
    found = set()
    for name, content in read_parts(document).items():
        stem = name.removeprefix("word/").removesuffix(".xml").rstrip("0123456789")
        if name.startswith("word/") and stem in _BODY_PARTS:
            for element in etree.fromstring(content).iter(*(f"{W}{tag}" for tag in ORDERS)):
                found |= {f"{name}: {fault}" for fault in _faults(element)}
    return found


def _faults(element: etree._Element) -> Iterator[str]:
    tag = element.tag.removeprefix(W)
    order = ORDERS[tag].split()
    places = {entry.rstrip("*"): place for place, entry in enumerate(order)}
    last = -1
    for child in element:
        name = str(child.tag).removeprefix(W)
        if name.startswith("{"):
            continue
        place = places.get(name, -1)
        if place < last or (place == last and not order[place].endswith("*")):
            yield f"{tag}: {name} is out of place"
        last = max(last, place)
