"""A Word document seen as it prints: content controls are seen through, deletions are not there."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from chuyenhoa.kit.ooxml.wordml import W

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_THROUGH = frozenset(
    f"{W}{name}"
    for name in (
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "customXml",
        "fldSimple",
        "bdo",
        "dir",
    )
)
"""What holds text or blocks without changing how they print."""
_SIGNS = {
    f"{W}tab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_OFF = frozenset({"0", "false", "off", "none"})


def children(parent: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of some names (without prefix), those within content controls and insertions included."""
    wanted = {f"{W}{name}" for name in names}
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag in _THROUGH:
            yield from children(child, *names)


def own_runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The runs that a paragraph prints itself; those of text boxes that hang on it are not its own."""
    return children(paragraph, "r")


def run_text(run: etree._Element) -> str:
    """What a run prints; a tab is a space, a break a line end."""
    return "".join((node.text or "") if node.tag == f"{W}t" else _SIGNS.get(node.tag, "") for node in run)


def boxed_paragraphs(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of text boxes below an element, each once (not their fallback for old programs)."""
    for content in parent.iter(f"{W}txbxContent"):
        if next(content.iterancestors(f"{MC}Fallback"), None) is None:
            yield from children(content, "p")


def is_on(parent: etree._Element | None, path: str) -> bool:
    """Whether a switch such as `trPr/cantSplit` stands below an element and is not switched off."""
    if parent is None:
        return False
    node = parent.find("/".join(f"{W}{step}" for step in path.split("/")))
    return node is not None and switch(node)


def switch(node: etree._Element) -> bool:
    """The value of an on/off element."""
    return (node.get(f"{W}val") or "1") not in _OFF


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of an attribute; `default` when it is none."""
    try:
        return int(float(text)) if text else default
    except (ValueError, OverflowError):
        return default
