"""An SMTP server: described by a URL, asked within bounds of time, its answers sorted by what to do next."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from chuyenhoa.kit.mail.letter import is_address

TLS, STARTTLS, PLAIN = "tls", "starttls", "plain"
_SECURITY = {"smtps": TLS, "smtp+starttls": STARTTLS, "smtp": PLAIN}
PORTS = {TLS: 465, STARTTLS: 587, PLAIN: 25}
TIMEOUT_SECONDS = 20.0
LETTER_SECONDS = 60.0
"""The most that one letter may take, however slowly a server answers."""
_GOODBYE_SECONDS = 3.0
_READY = 220


class MailConfigError(ValueError):
    """The mail server is described wrongly; the text says what to write, and never the password."""


class MailError(RuntimeError):
    """A letter was not taken.

    `is_final` when another try would end the same (the address is refused); `is_server` when the server
    itself does not answer, so that other letters need not be tried now.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_server: bool = False) -> None:
        """Keep the reason as one line without what a server may have put into it."""
        super().__init__(" ".join(reason.split())[:500])
        self.is_final = is_final
        self.is_server = is_server


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in, and under which address."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""
    ca_file: str = ""
    timeout: float = TIMEOUT_SECONDS
    letter_seconds: float = LETTER_SECONDS

    def __repr__(self) -> str:
        """The server without its password, for logs."""
        login = f"{self.user}@" if self.user else ""
        return f"{self.security}:{login}{self.host}:{self.port}"

    @contextmanager
    def line(self) -> Iterator[SmtpLine]:
        """A line to the server that opens with the first letter and is closed at the end."""
        line = SmtpLine(self)
        try:
            yield line
        finally:
            line.close()


def read_server(url: str, setting: str = "mail server") -> MailServer:
    """The server that a URL describes.

    `smtp+starttls://USER:PASSWORD@HOST:PORT?from=ADDRESS&timeout=SECONDS&ca=FILE`; `smtps://` where
    encryption begins with the first byte, `smtp://` for none. A password is sent without encryption only to
    this machine.

    Args:
        url: the description.
        setting: the name of the setting that holds it, for messages.

    Raises:
        MailConfigError: something is missing or wrong in it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MailConfigError(f"{setting} is no URL: host or port cannot be read.") from error
    security = _SECURITY.get(parts.scheme)
    if security is None or not parts.hostname:
        raise MailConfigError(
            f"{setting}: write smtp+starttls://USER:PASSWORD@HOST:587?from=ADDRESS (or smtps://, smtp://)."
        )
    options = _read_options(parts, setting)
    server = MailServer(
        host=parts.hostname,
        port=port or PORTS[security],
        security=security,
        sender=options.get("from", ""),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca_file=options.get("ca", ""),
        timeout=_read_seconds(options.get("timeout", "")),
    )
    check_server(server)
    return server


def check_server(server: MailServer) -> None:
    """Refuse a description that could not work or would give a password away.

    Raises:
        MailConfigError: it is one.
    """
    if not server.host:
        raise MailConfigError("mail server: the host is missing.")
    if not is_address(server.sender):
        raise MailConfigError("mail server: the address that letters come from is missing (from=ADDRESS).")
    if not (server.user + server.password).isascii():
        raise MailConfigError(f"mail server {server.host}: user and password must be ASCII.")
    if server.user and server.security == PLAIN and not _is_this_machine(server.host):
        raise MailConfigError(
            f"mail server {server.host}: a password would travel in the clear; use smtp+starttls:// or smtps://."
        )


def _read_options(parts: SplitResult, setting: str) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    unknown = sorted(set(options) - {"from", "timeout", "ca"})
    if unknown:
        raise MailConfigError(f"{setting}: unknown option {', '.join(unknown)}; known: from, timeout, ca.")
    return options


def _read_seconds(text: str) -> float:
    if not text:
        return TIMEOUT_SECONDS
    with suppress(ValueError):
        if 0 < float(text) <= LETTER_SECONDS:
            return float(text)
    raise MailConfigError(
        f"mail server: timeout={text} is no number of seconds from 1 to {LETTER_SECONDS:g}."
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


class SmtpLine:
    """A line to a mail server, opened when first needed and again after a failure."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand a message in; it returns once the server has taken responsibility for it.

        Raises:
            MailError: it was not taken, or the line broke before the server said so.
        """
        try:
            with self._watched(self._server.letter_seconds):
                self._open().send_message(message, self._server.sender, [recipient])
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self._drop()
            raise _explain(error, self._server) from error

    def close(self) -> None:
        """Say goodbye, if there is anybody on the line, and do not wait long for an answer."""
        client = self._client
        if client is not None:
            with suppress(smtplib.SMTPException, OSError), self._watched(_GOODBYE_SECONDS):
                client.quit()
        self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        """Cut the line when it takes too long: time-outs of sockets start again with every byte."""
        watch = threading.Timer(seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        sock = getattr(self._client, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _open(self) -> smtplib.SMTP:
        if self._client is not None:
            return self._client
        server = self._server
        # Kept before it connects, so that the watch can cut a greeting that never ends.
        client = self._client = self._make_client()
        code, text = client.connect(server.host, server.port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, text)
        if server.security == STARTTLS:
            client.starttls(context=self._context())
        if server.user:
            client.login(server.user, server.password)
        return client

    def _make_client(self) -> smtplib.SMTP:
        server = self._server
        # Without a name of ours smtplib would ask the DNS for one, for as long as that takes.
        name = server.sender.rpartition("@")[2]
        client = (
            smtplib.SMTP_SSL(local_hostname=name, timeout=server.timeout, context=self._context())
            if server.security == TLS
            else smtplib.SMTP(local_hostname=name, timeout=server.timeout)
        )
        # smtplib keeps the host, which the certificate must name, only when the constructor connects.
        client._host = server.host  # type: ignore[attr-defined]
        return client

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._server.ca_file or None)
        except OSError as error:
            raise MailConfigError(
                f"mail server: ca={self._server.ca_file} cannot be read: {error}"
            ) from error


def _explain(error: Exception, server: MailServer) -> MailError:
    """What a failure means for this letter and for the others."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (0, b""))
        return MailError(f"recipient refused: {code} {_plain(text)}", is_final=500 <= code < 600)
    # Neither is the fault of this letter: the next ones would fail the same way.
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        return MailError(f"{server!r}: {error.smtp_code} {_plain(error.smtp_error)}", is_server=True)
    if isinstance(error, smtplib.SMTPDataError):
        final = 500 <= error.smtp_code < 600
        return MailError(f"letter refused: {error.smtp_code} {_plain(error.smtp_error)}", is_final=final)
    return MailError(f"{server!r}: {type(error).__name__}: {error}", is_server=True)


def _plain(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
