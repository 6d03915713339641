"""Letters as programs save them: .eml by the standard library, .msg as Outlook lays it out."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from itertools import pairwise

END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
Tree = Mapping[str, "bytes | Tree"]
"""Streams and storages by name."""


def make_eml(*files: tuple[str, bytes], logo: bytes = b"", body: str = "Kính gửi Ban Chỉ đạo") -> bytes:
    """A letter with attachments, and a logo in its text if there is one."""
    message = EmailMessage()
    message["From"], message["To"] = "a@example.test", "b@example.test"
    message["Subject"], message["Date"] = "Báo cáo 06 tháng", "Tue, 12 Oct 2021 08:00:00 +0700"
    message.set_content(body)
    if logo:
        message.add_related(logo, "image", "png", cid="<logo>", filename="logo.png")
    for name, content in files:
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes()


def make_msg(*files: tuple[str, bytes], inner: Sequence[tuple[str, bytes]] = (), logo: bytes = b"") -> bytes:
    """An Outlook letter; `inner` are the attachments of a letter attached to it."""
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": bytes(32)}
    for number, (name, content) in enumerate(files):
        tree[_store(number)] = _attachment(name, content)
    if logo:
        tree[_store(70)] = {
            **_attachment("logo.png", logo),
            "__substg1.0_3712001F": "l@1".encode("utf-16-le"),
        }
    if inner:
        stores = {_store(number): _attachment(*entry) for number, entry in enumerate(inner)}
        tree[_store(80)] = {"__substg1.0_3701000D": {"__properties_version1.0": bytes(24), **stores}}
    return make_compound(tree)


def _store(number: int) -> str:
    return f"__attach_version1.0_#{number:08X}"


def _attachment(name: str, content: bytes) -> dict[str, bytes | Tree]:
    return {"__substg1.0_37010102": content, "__substg1.0_3707001F": name.encode("utf-16-le")}


def make_compound(tree: Tree) -> bytes:
    """A compound file (OLE2) with storages; a stream has 4096 bytes at least, and sectors of its own."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries: list[list[int | str]] = [["Root Entry", 5, FREE, FREE, END, 0]]

    def add(items: Tree) -> int:
        """The number of the first of some siblings, each with the next one on its right."""
        places = []
        for name in sorted(items, key=lambda text: (len(text), text.upper())):
            value = items[name]
            place = len(entries)
            places.append(place)
            if isinstance(value, bytes):
                entries.append([name, 2, FREE, FREE, *_keep(value)])
            else:
                entries.append([name, 1, FREE, FREE, 0, 0])
                entries[place][3] = add(value)
        for place, following in pairwise(places):
            entries[place][2] = following
        return places[0] if places else FREE

    def _keep(data: bytes) -> tuple[int, int]:
        start = len(sectors)
        data = data.ljust(4096, b"\0")
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        chain.extend([*range(start + 1, start + len(pieces)), END])
        sectors.extend(pieces)
        return start, len(data)

    entries[0][3] = add(tree)
    raw = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    directory = len(sectors)
    pieces = [raw[at : at + 512].ljust(512, b"\0") for at in range(0, len(raw), 512)]
    chain.extend([*range(directory + 1, directory + len(pieces)), END])
    sectors.extend(pieces)
    tables = -(-(len(chain) + 109) // 128)
    first = len(sectors)
    chain.extend([0xFFFFFFFD] * tables)
    chain.extend([FREE] * (tables * 128 - len(chain)))
    sectors.extend(struct.pack("<128I", *chain[at : at + 128]) for at in range(0, len(chain), 128))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H6x", 62, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, tables, directory, 0, 4096, END, 0, END, 0, 0)
    places = [*range(first, first + tables), *[FREE] * (109 - tables)]
    return head[:76] + struct.pack("<109I", *places) + b"".join(sectors)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB3I", len(raw), kind, 1, FREE, right, child)
    return head.ljust(116, b"\0") + struct.pack("<III", start, size, 0)
