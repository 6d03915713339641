"""The submitter's own workbook back, the cells to fix coloured, commented and listed on a first sheet.

Personal data goes out of it wherever it stands.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.feedback import labels
from chuyenhoa.feedback.grouping import is_explained, order_findings, places_of, split_message
from chuyenhoa.feedback.listing import ListedChange, Painted, build_listing, printable, read_memory
from chuyenhoa.kit.ooxml.xlsx_book import SheetBook, StyleBook
from chuyenhoa.kit.ooxml.xlsx_cells import CellAddress, Grid, parse_address
from chuyenhoa.kit.ooxml.xlsx_comments import CommentBook
from chuyenhoa.kit.ooxml.xlsx_package import SPACE, Package, WorkbookError, main_tag, parse_part
from chuyenhoa.model import form, personal
from chuyenhoa.model.form import COMMENT_MARK
from chuyenhoa.model.personal import MASK, find_personal, is_personal_number
from chuyenhoa.model.shown import show_plainly
from chuyenhoa.model.submissions import Finding, Severity

# How the names of parts begin that hold words beside those of cells.
_TEXT_PARTS = (
    *("xl/comments", "xl/threadedComments", "xl/persons", "xl/drawings/drawing", "xl/drawings/vmlDrawing"),
    *("xl/charts/chart", "docProps/"),
)
# What divides a header: `&C0912345678` is a number in the middle, and no word.
_HEADER_CODE = re.compile("(&[A-Z])")


class MarkError(ValueError):
    """A workbook cannot be marked; its submitter then gets the receipt alone."""


@dataclass(frozen=True)
class Marked:
    """A marked workbook, or why there is none."""

    content: bytes = b""
    reason: str = ""


def warm_up() -> None:
    """Load what is otherwise loaded on first use: a confined process can open no file any more."""
    for name in ("cp437", "ascii", "latin-1", "utf-16", "utf-8-sig"):
        codecs.lookup(name)


def try_mark(
    original: bytes,
    findings: tuple[Finding, ...],
    locality_names: Mapping[str, str],
    changes: tuple[ListedChange, ...] = (),
) -> Marked:
    """`mark_workbook` with its refusal as a value, for a process of its own: the file may be hostile."""
    try:
        return Marked(content=mark_workbook(original, findings, locality_names, changes))
    except MarkError as error:
        return Marked(reason=str(error))


def mark_workbook(
    original: bytes,
    findings: Sequence[Finding],
    locality_names: Mapping[str, str],
    changes: Sequence[ListedChange] = (),
) -> bytes:
    """Mark the cells that findings name; all else stays as it was, cached formula values included.

    Errors are red, warnings yellow; notes and explained warnings are not marked. What an earlier marking left
    in it is replaced. Personal numbers are replaced by a notice wherever they stand.

    The parts of the .xlsx are edited in place: openpyxl would drop cached values and extensions on saving.

    Args:
        original: the .xlsx or .xlsm as it was dropped; the macros of an .xlsm are left out.
        findings: what validation says about it, in any order.
        locality_names: names by locality code, in the plan's order.
        changes: what the file changed of what was in force; listed behind the findings, and not coloured.

    Returns:
        The marked .xlsx; the same arguments give the same bytes.

    Raises:
        MarkError: there is nothing to mark (no error, no warning without a reason), or this file cannot be
            marked (no workbook, encrypted, with macro sheets, signed, damaged).
    """
    still_open = (f for f in findings if f.severity is not Severity.NOTE and not is_explained(f))
    shown = order_findings(still_open, locality_names)
    if not shown:
        raise MarkError("nothing to mark: no error, and no warning without a reason.")
    try:
        return _Marking(Package(original)).run(shown, locality_names, changes)
    except WorkbookError as error:
        raise MarkError(str(error)) from error
    except (ValueError, etree.LxmlError) as error:
        raise MarkError(f"the workbook is damaged: {error}") from error


class _Marking:
    """One workbook while it is being marked."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._book = SheetBook(package)
        self._styles = StyleBook(package.tree(self._book.styles_part), (labels.RED, labels.YELLOW))
        self._memory = self._forget_listing()
        self._grids: dict[str, Grid] = {}
        self._comments: dict[str, CommentBook] = {}
        self._names: dict[str, str] = {}
        for name, part in self._book.worksheets():
            self._names[_fold(name)] = name
            grid = self._grids[name] = Grid(package.tree(part))
            self._comments[name] = CommentBook(package, part, grid, author=labels.AUTHOR, mark=COMMENT_MARK)

    def run(
        self,
        findings: Sequence[Finding],
        locality_names: Mapping[str, str],
        changes: Sequence[ListedChange],
    ) -> bytes:
        withhold_personal(self._package, self._grids)
        for name, grid in self._grids.items():
            self._comments[name].strip_ours()
            self._restore(name, grid)
        # Sorted: styles and boxes are numbered as cells are marked, and equal files must give equal bytes.
        wanted = self._cells_of(findings)
        painted = []
        for (sheet, ref), members in sorted(wanted.items()):
            painted.append(self._mark(sheet, ref, members))
        linked = frozenset(
            place for finding in findings for place in places_of(finding) if self._resolve(*place) is not None
        )
        listing = build_listing(findings, linked, painted, locality_names, self._styles, changes)
        self._book.put_first(labels.LISTING_NAME, listing)
        return self._package.save()

    def _forget_listing(self) -> dict[tuple[str, CellAddress], int]:
        """Take an earlier listing out; returns the former styles that it remembers."""
        memory: dict[tuple[str, CellAddress], int] = {}
        for name, part in self._book.worksheets():
            if _fold(name) == _fold(labels.LISTING_NAME):
                for entry in read_memory(self._package.tree(part), self._book.shared_strings()):
                    memory[entry.sheet, entry.ref] = entry.style
                self._book.remove(name)
        return memory

    def _restore(self, name: str, grid: Grid) -> None:
        """Give coloured cells their former look; without a memory of it, no fill."""
        for ref, style in grid.cells():
            if self._styles.is_painted(style):
                former = self._memory.get((name, ref))
                grid.set_style(ref, self._styles.unpaint(style) if former is None else former)

    def _resolve(self, sheet: str, address: str) -> tuple[str, CellAddress] | None:
        name = self._names.get(_fold(sheet))
        ref = parse_address(address)
        return None if name is None or ref is None else (name, self._grids[name].anchor(ref))

    def _cells_of(self, findings: Sequence[Finding]) -> dict[tuple[str, CellAddress], list[Finding]]:
        wanted: dict[tuple[str, CellAddress], list[Finding]] = {}
        for finding in findings:
            for place in places_of(finding):
                resolved = self._resolve(*place)
                if resolved is not None and finding not in wanted.setdefault(resolved, []):
                    wanted[resolved].append(finding)
        return wanted

    def _mark(self, sheet: str, ref: CellAddress, members: Sequence[Finding]) -> Painted:
        grid = self._grids[sheet]
        former = grid.style(ref)
        is_error = any(finding.severity is Severity.ERROR for finding in members)
        grid.set_style(ref, self._styles.paint(former, labels.RED if is_error else labels.YELLOW))
        texts = [_comment_text(finding, sheet, ref) for finding in members]
        self._comments[sheet].put(ref, "\n\n".join(dict.fromkeys(texts)))
        return Painted(sheet, ref, former)


def _comment_text(finding: Finding, sheet: str, ref: CellAddress) -> str:
    problem, remedy = split_message(finding)
    mark = labels.REASON_MARK if finding.needs_reason else labels.CHECK_MARK
    mark = labels.ERROR_MARK if finding.severity is Severity.ERROR else mark
    first_sheet, first = next(places_of(finding))
    hint = ""
    if parse_address(first) != ref or _fold(first_sheet) != _fold(sheet):
        where = first if _fold(first_sheet) == _fold(sheet) else f"{first_sheet}!{first}"
        hint = "\n" + labels.SEE_FIRST.format(first=where)
    return printable(show_plainly(f"{mark} ({finding.rule_id}): {problem}\n→ {remedy}{hint}"))


def _fold(name: str) -> str:
    """A sheet's name as it is compared: Excel ignores case, and `ệ` is one letter or three."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def withhold_personal(package: Package, grids: Mapping[str, Grid]) -> None:
    """Replace every personal number in cells, comments, headers, text boxes and properties by a notice.

    The words around it stay, so that the submitter finds the place again; so does the sheet of guidance,
    which names whom to call. Where there is no such number, no part changes.

    Args:
        package: the workbook.
        grids: its worksheets by name.

    Raises:
        WorkbookError: one stands in the name of a sheet, which formulas may use.
    """
    # Renaming a sheet would break every formula and link that names it, so such a file goes back as the form.
    if any(map(find_personal, grids)):
        raise WorkbookError("the name of a sheet holds personal data.")
    shown = [grid for name, grid in grids.items() if name != form.GUIDE_SHEET]
    for part in package.names():
        if part.endswith("sharedStrings.xml"):
            _mask_shared(package, part, shown)
        elif part.startswith(_TEXT_PARTS) and part.endswith((".xml", ".vml")):
            _mask_words(package, part)
    for grid in shown:
        for cell in filter(_is_personal, grid.root.iter(main_tag("c"))):
            _put_text(cell)
        for node in grid.root.iterfind(f"{main_tag('headerFooter')}/*"):
            node.text = "".join(map(personal.mask_personal, _HEADER_CODE.split(node.text or "")))


def _mask_shared(package: Package, part: str, grids: Iterable[Grid]) -> None:
    """Mask the texts that cells of some sheets share."""
    texts = [_text_of(item) for item in parse_part(package.read(part), part)]
    found = {str(number) for number, text in enumerate(texts) if find_personal(text)}
    if not found:
        return
    used = {
        cell.findtext(main_tag("v"))
        for grid in grids
        for cell in grid.root.iter(main_tag("c"))
        if cell.get("t") == "s"
    }
    # Texts that only the guidance uses stay: it names the office's own telephone.
    for number in sorted(map(int, found & used)):
        _put_plain(package.tree(part)[number], personal.mask_personal(texts[number]))


def _mask_words(package: Package, part: str) -> None:
    """Mask all texts of a part, if any of them needs it; otherwise it stays as it came, byte for byte."""
    if not any(map(find_personal, _all_texts(parse_part(package.read(part), part)))):
        return
    for node in package.tree(part).iter(etree.Element):
        node.text = personal.mask_personal(node.text) if node.text else node.text
        node.tail = personal.mask_personal(node.tail) if node.tail else node.tail


def _all_texts(root: etree._Element) -> Iterator[str]:
    return (str(text) for text in root.itertext())


def _text_of(item: etree._Element) -> str:
    """The text of a cell or shared text, whatever runs it is made of."""
    return "".join(node.text or "" for node in item.iter(main_tag("t")))


def _put_plain(item: etree._Element, text: str) -> None:
    for child in list(item):
        item.remove(child)
    node = etree.SubElement(item, main_tag("t"))
    node.text = text
    node.set(SPACE, "preserve")


def _is_personal(cell: etree._Element) -> bool:
    """Whether a cell holds a personal number itself: typed, calculated, or written into its formula."""
    formula, value = cell.findtext(main_tag("f")) or "", cell.findtext(main_tag("v")) or ""
    kind = cell.get("t", "n")
    if find_personal(formula):
        return True
    if kind in {"n", ""} and value:
        try:
            return is_personal_number(float(value))
        except (ValueError, OverflowError):
            return bool(find_personal(value))
    return kind != "s" and bool(find_personal(value) or find_personal(_text_of(cell)))


def _put_text(cell: etree._Element) -> None:
    """Leave the words of a text and a notice of a number; a formula that gives one away goes."""
    text = personal.mask_personal(_text_of(cell)) if cell.get("t") == "inlineStr" else MASK
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    _put_plain(etree.SubElement(cell, main_tag("is")), text)
