"""Takes the attachments out of letters that were saved as files: .eml of most programs, .msg of Outlook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header

from chuyenhoa.kit.readers.ole import Compound, open_compound

# "Received: from mx …", "Subject: Bao cao thang 7": a letter begins with lines of the form Name: text.
HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|\r?\n|$)")
KNOWN = frozenset({"from", "to", "subject", "date", "received", "message-id", "mime-version", "return-path"})
NEEDED = 3
"""Known headers that make a text a letter: a table may begin with lines `Date:` and `From:` as well."""
WEB_PAGE = re.compile(r"^from:.{0,5}saved by ", re.IGNORECASE | re.MULTILINE)
ATTACHMENT = "__attach_version1.0_"
DATA, INNER = "__substg1.0_37010102", "__substg1.0_3701000D"
NAMES = (("__substg1.0_3707001F", "utf-16-le"), ("__substg1.0_3707001E", "cp1258"))
SHORT_NAMES = (("__substg1.0_3704001F", "utf-16-le"), ("__substg1.0_3704001E", "cp1258"))
CONTENT_IDS = ("__substg1.0_3712001F", "__substg1.0_3712001E")
"""What Outlook calls the parts of an attachment; in the text of the letter a picture has a content id."""
MAX_DEPTH = 5
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")


class TooLargeError(ValueError):
    """An attachment that is larger than any report; the text is its name."""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a letter, under the name that the letter gives it."""

    name: str
    content: bytes


def looks_like_letter(head: str) -> bool:
    """Whether a text that begins so is a letter with its headers, and no saved page of the web (.mht)."""
    lines = re.split(r"\r?\n", head.lstrip("\ufeff\r\n \t").partition("\n\n")[0].partition("\r\n\r\n")[0])
    names = []
    for line in lines[:200]:
        match = HEADER.match(line)
        if match:
            names.append(match[1].lower())
        elif not line.startswith((" ", "\t")):
            break
    return len(KNOWN & set(names)) >= NEEDED and not WEB_PAGE.search("\n".join(lines))


def read_attachments(content: bytes, largest: int) -> Sequence[Attachment]:
    """The files that came with a letter, those of letters inside it included; pictures of its text are not.

    Args:
        content: the bytes of the letter.
        largest: bytes that one may have.

    Raises:
        TooLargeError: one is larger.
        BrokenCompoundError: an Outlook letter whose container is broken.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return tuple(_of_outlook(open_compound(content), [], largest, 0))
    return tuple(_of_mime(content, largest))


def _of_mime(content: bytes, largest: int) -> Iterator[Attachment]:
    for part in message_from_bytes(content).walk():
        if part.is_multipart():
            continue
        name = part.get_filename("")
        if not name and part.get_content_disposition() != "attachment":
            continue  # the text of the letter itself, or its copy in HTML
        data = part.get_payload(decode=True)
        found = data if isinstance(data, bytes) else b""
        if part.get("Content-ID") and found.startswith(PICTURES):
            continue  # <img src="cid:…">: the signature's logo
        yield _attachment(_decode_name(name), found, largest)


def _decode_name(name: str) -> str:
    """A name as people read it; many programs write it as an encoded word: `=?UTF-8?B?QsOhbw==?=`."""
    try:
        return str(make_header(decode_header(name)))
    except (ValueError, LookupError, OSError):  # an encoding that is unknown, or not loaded in confinement
        return name


def _of_outlook(compound: Compound, above: list[str], largest: int, depth: int) -> Iterator[Attachment]:
    """The attachments of a letter at a place of the container; a letter in a letter is a storage in it."""
    if depth >= MAX_DEPTH:
        return
    paths = compound.file.listdir(streams=True, storages=True)
    for store in _below(paths, above):
        if not store.startswith(ATTACHMENT):
            continue
        place = [*above, store]
        inside = set(_below(paths, place))
        if DATA in inside:
            name = _named(compound, place, inside)
            if compound.file.get_size([*place, DATA]) > largest:
                raise TooLargeError(name)
            data = compound.file.openstream([*place, DATA]).read()
            if not (data.startswith(PICTURES) and not inside.isdisjoint(CONTENT_IDS)):
                yield _attachment(name, data, largest)
        elif INNER in inside:
            yield from _of_outlook(compound, [*place, INNER], largest, depth + 1)


def _below(paths: Sequence[list[str]], place: list[str]) -> Sequence[str]:
    """The names right below a place of a container, each once."""
    depth = len(place)
    return tuple(dict.fromkeys(path[depth] for path in paths if len(path) > depth and path[:depth] == place))


def _named(compound: Compound, place: list[str], inside: set[str]) -> str:
    for stream, encoding in (*NAMES, *SHORT_NAMES):
        if stream in inside:
            raw: bytes = compound.file.openstream([*place, stream]).read(1000)
            name = raw.decode(encoding, "replace").rstrip("\0")
            if name.strip():
                return name
    return ""


def _attachment(name: str, content: bytes, largest: int) -> Attachment:
    if len(content) > largest:
        raise TooLargeError(name)
    return Attachment(name, content)
