"""The mail server as the Airflow connection `smtp_default` describes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from chuyenhoa.kit.mail import MailConfigError, MailServer
from chuyenhoa.orchestration.mail_connection import find_mail_server

EXTRA = {"from_email": "bcd@tinh.example", "disable_ssl": True, "timeout": 9}


def connect(monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], **fields: Any) -> None:
    described = {"conn_type": "smtp", "host": "mail.tinh.example", "extra": extra, **fields}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(described))


def test_starttls_with_login(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, {**EXTRA, "ca_file": "/etc/ca.pem"}, login="u", password="p", port=2587)
    assert find_mail_server() == MailServer(
        "mail.tinh.example", 2587, "starttls", "bcd@tinh.example", "u", "p", "/etc/ca.pem", 9.0
    )


@pytest.mark.parametrize(
    ("extra", "security", "port"),
    [
        ({"disable_ssl": False}, "tls", 465),
        ({"disable_ssl": True, "disable_tls": False}, "starttls", 587),
        ({"disable_ssl": "true", "disable_tls": "True"}, "plain", 25),
    ],
)
def test_the_extras_of_airflows_own_provider(
    monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], security: str, port: int
) -> None:
    connect(monkeypatch, {**EXTRA, **extra})
    server = find_mail_server()
    assert server is not None
    assert (server.security, server.port) == (security, port)


@pytest.mark.parametrize(
    ("extra", "fields", "said"),
    [
        ({"from_email": ""}, {}, "from=ADDRESS"),
        ({"timeout": "soon"}, {}, "timeout"),
        ({}, {"host": ""}, "host is missing"),
        ({"disable_tls": True}, {"login": "u", "password": "SECRET"}, "in the clear"),
    ],
)
def test_a_connection_that_could_not_work_is_our_fault(
    monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], fields: dict[str, str], said: str
) -> None:
    connect(monkeypatch, {**EXTRA, **extra}, **fields)
    with pytest.raises(MailConfigError, match=said) as caught:
        find_mail_server()
    assert "SECRET" not in str(caught.value)


def test_without_a_connection_there_is_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(conn_id: str) -> None:
        raise AirflowNotFoundException(conn_id)

    monkeypatch.setattr(Connection, "get", none)
    assert find_mail_server() is None
