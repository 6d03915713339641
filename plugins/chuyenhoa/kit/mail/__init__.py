"""Letters by e-mail: put together safely, and handed to an SMTP server within bounds of time."""

from __future__ import annotations

from chuyenhoa.kit.mail.letter import (
    MAX_ATTACHMENT_BYTES,
    Attachment,
    Letter,
    build_message,
    is_address,
    split_addresses,
)
from chuyenhoa.kit.mail.server import MailConfigError, MailError, MailServer, SmtpLine, read_server

__all__ = [
    "MAX_ATTACHMENT_BYTES",
    "Attachment",
    "Letter",
    "MailConfigError",
    "MailError",
    "MailServer",
    "SmtpLine",
    "build_message",
    "is_address",
    "read_server",
    "split_addresses",
]
