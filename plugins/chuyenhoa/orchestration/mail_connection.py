"""The mail server as an Airflow connection describes it."""

from __future__ import annotations

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from chuyenhoa.kit.mail import MailConfigError, MailServer
from chuyenhoa.kit.mail.server import PLAIN, PORTS, STARTTLS, TIMEOUT_SECONDS, TLS, check_server

CONNECTION = "smtp_default"


def find_mail_server() -> MailServer | None:
    """The server of connection `smtp_default`; None when there is no such connection.

    The extras are those of Airflow's own SMTP provider: `from_email`, `timeout`, `disable_ssl` (no encryption
    from the first byte), `disable_tls` (no STARTTLS either); `ca_file` names the certificates to trust.

    Raises:
        MailConfigError: the connection describes no usable server.
    """
    try:
        connection = Connection.get(CONNECTION)
    except AirflowNotFoundException:
        return None
    extra = connection.extra_dejson
    security = TLS
    if _is_set(extra.get("disable_ssl")):
        security = PLAIN if _is_set(extra.get("disable_tls")) else STARTTLS
    try:
        timeout = float(extra.get("timeout") or TIMEOUT_SECONDS)
    except ValueError as error:
        raise MailConfigError(f"connection {CONNECTION}: timeout is no number of seconds.") from error
    server = MailServer(
        host=connection.host or "",
        port=connection.port or PORTS[security],
        security=security,
        sender=str(extra.get("from_email") or ""),
        user=connection.login or "",
        password=connection.password or "",
        ca_file=str(extra.get("ca_file") or ""),
        timeout=timeout,
    )
    check_server(server)
    return server


def _is_set(value: object) -> bool:
    return str(value).strip().lower() in {"true", "1", "yes"}
