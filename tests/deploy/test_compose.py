"""The compose file is sound and asks for every secret; checked without a Docker engine."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.compose_checks import (
    AIRFLOW_SERVICES,
    COMPOSE_TEXT,
    ROOT,
    SECRETS,
    Document,
    load_compose,
    problems_of,
)


def test_the_compose_file_is_sound() -> None:
    assert problems_of(load_compose()) == []


def test_every_airflow_service_runs_its_part_with_the_same_settings() -> None:
    compose = load_compose()
    common = compose["x-airflow-common"]["environment"]
    assert common["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert common["AIRFLOW__CORE__AUTH_MANAGER"].endswith(".FabAuthManager")
    assert common["AIRFLOW__CORE__LOAD_EXAMPLES"] == "false"
    assert common["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "false"
    assert common["GX_ANALYTICS_ENABLED"] == "false"
    assert common["CHUYENHOA_STORE"].startswith("postgresql+psycopg2://")
    for name, command in AIRFLOW_SERVICES.items():
        service = compose["services"][name]
        assert common.items() <= service["environment"].items(), name
        assert command is None or service["command"] == command


def test_initialisation_migrates_and_makes_pools_and_the_administrator() -> None:
    script = load_compose()["services"]["airflow-init"]["command"][0]
    for wanted in (
        "airflow db migrate",
        "\nchuyenhoa migrate\n",
        "airflow pools set",
        "airflow users create --role Admin",
    ):
        assert wanted in script
    assert '--password "$$AIRFLOW_ADMIN_PASSWORD"' in script


def test_the_example_environment_names_every_variable_and_holds_no_secret() -> None:
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_TEXT))
    assert used - {"CHUYENHOA_IMAGE"} == set(example) - {"HOSTNAME"}
    assert {name for name in SECRETS if example[name]} == set()


def _change(compose: Document, service: str, key: str, value: Any) -> None:
    compose["services"][service][key] = value


SPOILT: dict[str, tuple[Callable[[Document], None], str]] = {
    "a literal password": (
        lambda c: c["services"]["postgres"]["environment"].update(POSTGRES_PASSWORD="airflow"),
        "holds a literal secret",
    ),
    "a password in an address": (
        lambda c: c["services"]["airflow-worker"]["environment"].update(X="redis://:airflow@redis/0"),
        "holds a literal secret",
    ),
    "a secret with a default": (
        lambda c: c["services"]["airflow-worker"]["environment"].update(X="${FERNET_KEY:-none}"),
        "FERNET_KEY has another form",
    ),
    "a secret nobody asks for": (
        lambda c: c["services"]["airflow-init"]["environment"].update(AIRFLOW_ADMIN_PASSWORD="${OTHER}"),
        "AIRFLOW_ADMIN_PASSWORD is not required",
    ),
    "no health check": (
        lambda c: c["services"]["airflow-worker"].pop("healthcheck"),
        "'healthcheck' is a required",
    ),
    "a health check switched off": (
        lambda c: _change(c, "airflow-worker", "healthcheck", {"disable": True}),
        "airflow-worker: healthcheck",
    ),
    "a misspelt key": (lambda c: _change(c, "redis", "volume", []), "'volume' was unexpected"),
    "an unknown dependency": (
        lambda c: c["services"]["airflow-worker"]["depends_on"].update(
            mysql={"condition": "service_started"}
        ),
        "depends on unknown mysql",
    ),
    "no wait for the database": (
        lambda c: c["services"]["airflow-worker"]["depends_on"].pop("postgres"),
        "does not wait for its databases",
    ),
    "no wait for the migration": (
        lambda c: c["services"]["airflow-worker"]["depends_on"].pop("airflow-init"),
        "does not wait for airflow-init",
    ),
    "a wait for the health of a one-shot": (
        lambda c: c["services"]["redis"].update(
            depends_on={"airflow-init": {"condition": "service_healthy"}}
        ),
        "which has no check",
    ),
    "a mount that is not there": (
        lambda c: _change(c, "redis", "volumes", ["./nowhere:/x:ro"]),
        "./nowhere is not in the repository",
    ),
    "code that the services may change": (
        lambda c: _change(c, "redis", "volumes", ["./dags:/x"]),
        "./dags is mounted writable",
    ),
    "an undeclared volume": (
        lambda c: _change(c, "redis", "volumes", ["lost:/x"]),
        "volume lost is not declared",
    ),
    "an image without version": (lambda c: _change(c, "redis", "image", "redis"), "is not pinned"),
    "an image of a registry": (
        lambda c: _change(c, "redis", "image", "example.org/redis:7"),
        "names a registry",
    ),
    "root": (lambda c: _change(c, "airflow-worker", "user", "0:0"), "airflow-worker: runs as root"),
    "capabilities": (lambda c: c["services"]["airflow-worker"].pop("cap_drop"), "keeps capabilities"),
    "privileges": (lambda c: c["services"]["redis"].pop("security_opt"), "may gain privileges"),
    "a published database": (lambda c: _change(c, "postgres", "ports", ["5432:5432"]), "publishes a port"),
    "a service gone": (
        lambda c: c["services"].pop("airflow-triggerer"),
        "airflow-triggerer: no such service",
    ),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_compose_file_is_noticed(spoil: str) -> None:
    change, told = SPOILT[spoil]
    compose = copy.deepcopy(load_compose())
    change(compose)
    assert any(told in problem for problem in problems_of(compose)), problems_of(compose)
