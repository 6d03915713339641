"""A letter of ours as an e-mail: plain text, attachments, and headers into which nobody can write."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
MAX_ATTACHMENT_BYTES = 8_000_000
"""Bytes that a file may have to travel with a letter; what is larger has to be fetched."""
_LONGEST_ADDRESS = 254
_LONGEST_SUBJECT = 180


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter, under the name that the recipient sees."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One letter to one recipient.

    `message_id` is `<…@…>` and stays the same however often the letter is tried, so that a mailbox that got
    it twice can tell.
    """

    message_id: str
    recipient: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class _Policy(EmailPolicy):
    """CRLF lines, and subjects folded by the older `Header`.

    The newer folding loses the blank between two encoded words ("XỬ LÝ" comes out as "XỬLÝ").
    """

    def fold(self, name: str, value: Any) -> str:
        """One header as it is sent."""
        if name.lower() != "subject":
            return str(super().fold(name, value))
        words = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {words}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii")


def is_address(text: str) -> bool:
    """Whether a text is one plain e-mail address: ASCII, no name beside it, nothing that ends a header."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def split_addresses(text: str) -> tuple[str, ...]:
    """The addresses in a field that may hold several, parted by `;`, `,` or spaces; each once, as written."""
    return tuple(dict.fromkeys(part for part in re.split(r"[;,\s]+", text) if part))


def build_message(letter: Letter, sender: str, sender_name: str, at: datetime) -> EmailMessage:
    """The letter as a message with CRLF lines and UTF-8 text.

    Args:
        letter: what to send.
        sender: the address that it comes from.
        sender_name: the name beside that address.
        at: the time to date it with, with a zone.

    Raises:
        ValueError: the recipient, the sender or the message id is none.
    """
    for address in (letter.recipient, sender):
        if not is_address(address):
            raise ValueError(f"{address!r} is no e-mail address.")
    if not re.fullmatch(r"<[\w.+-]+@[\w.-]+>", letter.message_id, re.ASCII):
        raise ValueError(f"{letter.message_id!r} is no message id.")
    message = EmailMessage(policy=_Policy(linesep="\r\n"))
    message["From"] = Address(display_name=one_line(sender_name), addr_spec=sender)
    message["To"] = letter.recipient
    message["Subject"] = one_line(letter.subject)[:_LONGEST_SUBJECT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    # Asks mailboxes not to answer by themselves: an answer would find nobody.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_printable(letter.text), charset="utf-8", cte="quoted-printable")
    for attachment in letter.attachments:
        _attach(message, attachment)
    return message


def one_line(text: str) -> str:
    """`text` on one line, without control characters: what a header may hold."""
    plain = "".join(" " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in text)
    return " ".join(plain.split())


def _printable(text: str) -> str:
    """`text` without control characters but line ends and tabs."""
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"}
    )


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    # As bytes in base64 even where it is text: mail servers may change lines of text.
    message.add_attachment(
        attachment.content, maintype=main, subtype=sub, filename=one_line(attachment.name), cte="base64"
    )
