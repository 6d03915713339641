"""SMTP servers on loopback: an honest one (aiosmtpd), with TLS and login, and those that fail."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "chuyenhoa@tinh.example", "m@t:khau/7"


@dataclass
class Mailbox:
    """What a server took; `refuse` answers RCPT by address, `data_answers` answers DATA in turn."""

    taken: list[Envelope] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.pop(0)
        self.taken.append(envelope)
        return "250 taken"

    def messages(self) -> list[EmailMessage]:
        """The letters as their readers see them."""
        found = []
        for envelope in self.taken:
            content = envelope.content
            assert isinstance(content, bytes)
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found


@contextmanager
def post_office(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A server on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def login_options(certificate: Path) -> dict[str, Any]:
    """STARTTLS first, then the one right user."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=is_right, handled=False)

    return {
        "tls_context": server_context(certificate),
        "require_starttls": True,
        "authenticator": check,
        "auth_required": True,
    }


def server_context(certificate: Path) -> ssl.SSLContext:
    """TLS with a certificate and its key in one file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def make_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path


Serve = Callable[[socket.socket, threading.Event], None]
"""What a server does with one line."""


@contextmanager
def raw_office(serve: Serve) -> Iterator[int]:
    """A server that does with each line what `serve` says; `serve` ends when the event is set."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def accept() -> None:
        while not stop.is_set():
            with suppress(TimeoutError, OSError):
                line, _ = listener.accept()
                with line:
                    line.settimeout(0.2)
                    serve(line, stop)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join()
        listener.close()


def say_nothing(line: socket.socket, stop: threading.Event) -> None:
    """Take the call and never speak."""
    while not stop.wait(0.05):
        with suppress(TimeoutError):
            if not line.recv(100):
                return


def drip(line: socket.socket, stop: threading.Event) -> None:
    """Send a greeting that never ends, a letter at a time."""
    with suppress(OSError):
        while not stop.wait(0.05):
            line.sendall(b"2")


def die_in_data(line: socket.socket, stop: threading.Event) -> None:
    """Take everything up to the letter itself, then hang up."""
    line.sendall(b"220 here\r\n")
    for answer in (b"250 hello\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
        with suppress(TimeoutError):
            line.recv(4000)
        line.sendall(answer)
    with suppress(TimeoutError):
        line.recv(200)


def greet_busy(line: socket.socket, stop: threading.Event) -> None:
    """Answer that the service is not available."""
    line.sendall(b"421 too busy\r\n")
