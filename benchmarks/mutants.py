"""Real workbooks spoiled on purpose: in their bytes, their zip entries, their XML and their cells."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

PLACES = ("", "A0", "a1", "$A$1", "A1:B2", "1A", "XFD1048576", "A1048576", "KO12", "A99999999999", "Ô1")
NUMBERS = ("-1", "0", "4294967295", "4294967296", "9" * 20, "1e309", "NaN", "0x10", "1.5", "abc", " 7 ")
KINDS = ("s", "n", "b", "d", "e", "str", "inlineStr", "x", "")
TEXTS = (
    "",
    " ",
    "999999999999999999999999",
    "-0",
    "1E+400",
    "inf",
    "#DIV/0!",
    "=1+1",
    "\u200b",
    "Ｏ１２",
    "x" * 40_000,
    "﷽" * 500,
    "2021-13-45",
)
NAMES = ("c", "row", "v", "f", "is", "t", "sheetData", "worksheet", "sheet", "mergeCell", "si", "xf", "x")
PART_NAMES = (
    "../xl/workbook.xml",
    "/xl/workbook.xml",
    "xl\\workbook.xml",
    "XL/WORKBOOK.XML",
    "xl/worksheets/Sheet1.xml",
    "xl/vbaProject.bin",
    "xl/externalLinks/externalLink1.xml",
    "xl//styles.xml",
    "con",
    "a" * 300,
)
PRELUDES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>',
    b'<?xml version="1.0" encoding="UTF-7"?>',
    b'<?xml version="1.0" encoding="UTF-16"?>',
    b"<!-- - -->",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b"  ",
)
Parts = list[tuple[str, bytes]]
Level = tuple[str, Callable[[bytes, random.Random], bytes]]


@dataclass(frozen=True)
class Mutant:
    """One spoiled file; `seed` and `original` make it again."""

    seed: int
    original: int
    kind: str
    content: bytes


def make_mutants(originals: Sequence[bytes], first_seed: int, count: int) -> Iterator[Mutant]:
    """`count` mutants, the same ones for the same seed."""
    for seed in range(first_seed, first_seed + count):
        yield make_mutant(originals, seed)


def make_mutant(originals: Sequence[bytes], seed: int) -> Mutant:
    """The mutant of a seed: one to three changes, all on one level."""
    chance = random.Random(seed)
    number = seed % len(originals)
    levels = levels_of(originals[number])
    level, change = levels[seed // len(originals) % len(levels)]
    return Mutant(seed, number, level, change(originals[number], chance))


def levels_of(content: bytes) -> tuple[Level, ...]:
    """The levels on which a file can be spoiled: archives in their parts, others in their bytes and lines."""
    if not content.startswith(b"PK"):
        return (LEVELS[0], ("lines", spoil_lines))
    names = [name for name, _ in _unzip(content)]
    has_markup = any(name.endswith((".xml", ".rels")) for name in names)
    has_cells = any(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names)
    # Changed after packing, the bytes of a part only break its checksum: those of .xlsb are changed before.
    has_records = any(name.endswith(".bin") for name in names)
    records = (("records", spoil_records),) if has_records else ()
    return (*LEVELS[:2], *(LEVELS[2:3] if has_markup else ()), *(LEVELS[3:] if has_cells else ()), *records)


def spoil_lines(content: bytes, chance: random.Random) -> bytes:
    """Repeat, swap, cut and recode pieces between line ends, quotes, separators and records."""
    sign = chance.choice((b"\n", b",", b";", b'"', b"<", b"\0\0", b"\t"))
    pieces = content.split(sign)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        choice = chance.randrange(6)
        if choice == 0:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif choice == 1:
            pieces[at] = pieces[at] * chance.choice((0, 2, 50))
        elif choice == 2:
            pieces[at:at] = [pieces[other]] * chance.choice((1, 300))
        elif choice == 3:
            pieces[at] = pieces[at] + chance.choice(
                (b'"', b"\r", b"\xff\xfe", b"\0", b"\xe1\xba", b"<table>")
            )
        elif choice == 4:
            pieces[at] = chance.choice(TEXTS).encode()
        else:
            pieces[0] = chance.choice(PRELUDES) + pieces[0]
    return sign.join(pieces)


def spoil_bytes(content: bytes, chance: random.Random) -> bytes:
    """Change the file as a bad disk or a cut transfer would."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(data))
        end = min(len(data), start + chance.choice((1, 1, 4, 64, 1024)))
        choice = chance.randrange(6)
        if choice == 0:
            data[start] ^= 1 << chance.randrange(8)
        elif choice == 1:
            del data[start : chance.choice((end, len(data)))]
        elif choice == 2:
            data[start:start] = chance.randbytes(end - start)
        elif choice == 3:
            data[start:end] = bytes(end - start)
        elif choice == 4:
            data[start:start] = data[start:end]
        else:
            _spoil_directory(data, chance)
        if not data:
            break
    return bytes(data)


def _spoil_directory(data: bytearray, chance: random.Random) -> None:
    """Change a byte of a header, where sizes, offsets, flags and methods stand."""
    signature = chance.choice((b"PK\1\2", b"PK\3\4", b"PK\5\6"))
    places = [i for i in range(len(data) - 4) if data[i] == 0x50 and data[i : i + 4] == signature]
    if places:
        place = min(len(data) - 1, chance.choice(places) + chance.randrange(4, 46))
        data[place] = chance.choice((0, 1, 8, 99, 0x7F, 0xFF))


def spoil_entries(content: bytes, chance: random.Random) -> bytes:
    """Drop, repeat, rename, cut, swap or prefix the parts of the archive."""
    parts = _unzip(content)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(parts))
        other = chance.randrange(len(parts))
        (name, data), (other_name, other_data) = parts[at], parts[other]
        choice = chance.randrange(8)
        if choice == 0 and len(parts) > 1:
            del parts[at]
        elif choice == 1:
            parts.append((chance.choice((name, name.upper(), other_name)), other_data))
        elif choice == 2:
            parts[at] = (chance.choice(PART_NAMES), data)
        elif choice == 3:
            parts[at] = (name, data[: chance.randrange(len(data) + 1)])
        elif choice == 4:
            parts[at], parts[other] = (name, other_data), (other_name, data)
        elif choice == 5:
            parts[at] = (name, chance.choice(PRELUDES) + data)
        elif choice == 6:
            parts[at] = (name, data * chance.choice((0, 2, 3)))
        else:
            parts.append((chance.choice(PART_NAMES), chance.choice((b"", data, bytes(2_000_000)))))
    return _zip(parts)


def spoil_records(content: bytes, chance: random.Random) -> bytes:
    """Change bytes of one binary part (.xlsb), and pack the archive anew."""
    parts = _unzip(content)
    at = chance.choice([i for i, (name, data) in enumerate(parts) if name.endswith(".bin") and data])
    parts[at] = (parts[at][0], spoil_bytes(parts[at][1], chance))
    return _zip(parts)


def spoil_markup(content: bytes, chance: random.Random) -> bytes:
    """Delete, repeat, rename, move or re-attribute elements of any part."""
    return _spoil_trees(content, chance, lambda name: name.endswith((".xml", ".rels")), _spoil_element)


def spoil_cells(content: bytes, chance: random.Random) -> bytes:
    """Change addresses, styles, kinds and values of cells and rows."""
    return _spoil_trees(content, chance, lambda name: name.startswith("xl/worksheets/"), _spoil_cell)


def _spoil_trees(
    content: bytes,
    chance: random.Random,
    wanted: Callable[[str], bool],
    change: Callable[[etree._Element, random.Random], None],
) -> bytes:
    """Apply a change to some elements of one or two parts."""
    parts = _unzip(content)
    for _ in range(chance.randint(1, 2)):
        at = chance.choice([i for i, (name, _) in enumerate(parts) if wanted(name)])
        root = etree.fromstring(parts[at][1])
        for _ in range(chance.randint(1, 4)):
            change(root, chance)
        parts[at] = (parts[at][0], etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    return _zip(parts)


def _spoil_element(root: etree._Element, chance: random.Random) -> None:
    element = chance.choice([e for e in root.iter() if isinstance(e.tag, str)])
    parent = element.getparent()
    choice = chance.randrange(8)
    if choice == 0 and parent is not None:
        parent.remove(element)
    elif choice == 1 and parent is not None:
        for _ in range(chance.choice((1, 2, 300))):
            parent.append(_copy(element))
    elif choice == 2:
        space = etree.QName(element).namespace
        element.tag = f"{{{chance.choice((space, 'urn:x'))}}}{chance.choice(NAMES)}" if space else "x"
    elif choice == 3 and parent is not None:
        parent.insert(0, element)
    elif choice == 4 and parent is not None:
        element.append(chance.choice((_copy(parent), etree.Comment("c"))))
    elif choice == 5:
        element.text = chance.choice(TEXTS)
    elif element.attrib:
        name = chance.choice([str(key) for key in element.attrib])
        if choice == 6:
            del element.attrib[name]
        else:
            element.set(name, chance.choice((*PLACES, *NUMBERS, *KINDS)))


def _spoil_cell(root: etree._Element, chance: random.Random) -> None:
    cells = [e for e in root.iter("{*}c", "{*}row") if len(e) or chance.random() < 0.2]
    if not cells:
        return
    cell = chance.choice(cells)
    choice = chance.randrange(7)
    if choice == 0:
        cell.set("r", chance.choice((*PLACES, *NUMBERS)))
    elif choice == 1:
        cell.set("s", chance.choice(NUMBERS))
    elif choice == 2:
        cell.set("t", chance.choice(KINDS))
    elif choice == 3:
        for value in cell.iter("{*}v", "{*}t"):
            value.text = chance.choice((*TEXTS, *NUMBERS))
    elif choice == 4:
        space = etree.QName(cell).namespace
        formula = etree.SubElement(cell, f"{{{space}}}f" if space else "f")
        formula.text = chance.choice(("1/0", "cmd|' /c calc'!A0", "SUM(A1:XFD1048576)", ""))
    elif choice == 5:
        cell.set("hidden", chance.choice(("1", "true", "x")))
    else:
        other = chance.choice(cells)
        cell.set("r", other.get("r", ""))


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _unzip(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _zip(parts: Parts) -> bytes:
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore", category=UserWarning),  # two parts of one name are meant
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for name, data in parts:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()


LEVELS: tuple[Level, ...] = (
    ("bytes", spoil_bytes),
    ("zip entries", spoil_entries),
    ("markup", spoil_markup),
    ("cells", spoil_cells),
)
