"""What a sound compose file is here: a part of the compose specification, and this project's own demands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
AIRFLOW_SERVICES = {
    "airflow-apiserver": "api-server",
    "airflow-scheduler": "scheduler",
    "airflow-dag-processor": "dag-processor",
    "airflow-worker": "celery worker",
    "airflow-triggerer": "triggerer",
    "airflow-init": None,
}
SECRETS = {
    "FERNET_KEY",
    "API_AUTH__JWT_SECRET",
    "API__SECRET_KEY",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "AIRFLOW_ADMIN_PASSWORD",
    "AIRFLOW_ADMIN_EMAIL",
}
Document = dict[str, Any]

DURATION = {"type": "string", "pattern": r"^(\d+(h|m|s|ms))+$"}
HEALTHCHECK: Document = {
    "type": "object",
    "additionalProperties": False,
    "oneOf": [{"required": ["test"]}, {"required": ["disable"]}],
    "properties": {
        "test": {"type": "array", "items": {"type": "string"}, "minItems": 2},
        "interval": DURATION,
        "timeout": DURATION,
        "start_period": DURATION,
        "retries": {"type": "integer", "minimum": 1},
        "disable": {"const": True},
    },
}
# The part of the compose specification that this file uses; a key outside it is taken for a slip.
SERVICE: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image", "environment", "healthcheck", "restart"],
    "properties": {
        "image": {"type": "string"},
        "build": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"context": {"type": "string"}, "args": {"type": "object"}},
        },
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "volumes": {"type": "array", "uniqueItems": True, "items": {"type": "string", "pattern": ":/"}},
        "user": {"type": "string"},
        "command": {"type": ["string", "array"]},
        "entrypoint": {"type": "array", "items": {"type": "string"}},
        "expose": {"type": "array", "items": {"type": "string"}},
        "ports": {"type": "array", "items": {"type": "string"}},
        "healthcheck": HEALTHCHECK,
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "stop_grace_period": DURATION,
        "security_opt": {"type": "array", "items": {"type": "string"}},
        "cap_drop": {"type": "array", "items": {"type": "string"}},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {
                    "condition": {
                        "enum": ["service_started", "service_healthy", "service_completed_successfully"]
                    }
                },
            },
        },
    },
}
SCHEMA: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["services", "volumes"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
}


def load_compose() -> Document:
    document = yaml.safe_load(COMPOSE_TEXT)
    assert isinstance(document, dict)
    return document


def problems_of(compose: Document) -> list[str]:
    """Everything that is wrong with a compose document; empty for a sound one."""
    found = [
        f"schema: {error.message}" for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(compose)
    ]
    if found:
        return found
    services: Document = compose["services"]
    checks: tuple[Callable[[str, Document, Document], list[str]], ...] = (
        health_problems,
        dependency_problems,
        mount_problems,
        image_problems,
        privilege_problems,
    )
    for name, service in services.items():
        for check in checks:
            found += check(name, service, compose)
    found += [f"{name}: no such service" for name in AIRFLOW_SERVICES.keys() - services.keys()]
    return found + secret_problems(services)


def health_problems(name: str, service: Document, _: Document) -> list[str]:
    one_shot = name == "airflow-init"
    if ("disable" in service["healthcheck"]) != one_shot:
        return [f"{name}: healthcheck"]
    return []


def dependency_problems(name: str, service: Document, compose: Document) -> list[str]:
    wanted = service.get("depends_on", {})
    found = [f"{name}: depends on unknown {other}" for other in wanted if other not in compose["services"]]
    for other, entry in wanted.items():
        has_health = "disable" not in compose["services"].get(other, {}).get("healthcheck", {"disable": True})
        if entry["condition"] == "service_healthy" and not has_health:
            found.append(f"{name}: waits for the health of {other}, which has no check")
    if name in AIRFLOW_SERVICES and not {"postgres", "redis"} <= wanted.keys():
        found.append(f"{name}: does not wait for its databases")
    if name in AIRFLOW_SERVICES and name != "airflow-init" and "airflow-init" not in wanted:
        found.append(f"{name}: does not wait for airflow-init")
    return found


def mount_problems(name: str, service: Document, compose: Document) -> list[str]:
    found = []
    for mount in service.get("volumes", []):
        source = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", mount).split(":")[0]
        if source.startswith("./"):
            if not (ROOT / source).exists():
                found.append(f"{name}: {source} is not in the repository")
            if not mount.endswith(":ro"):
                found.append(f"{name}: {source} is mounted writable")
        elif source not in compose["volumes"]:
            found.append(f"{name}: volume {source} is not declared")
    return found


def image_problems(name: str, service: Document, _: Document) -> list[str]:
    image = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", service["image"])
    tag = image.rpartition(":")[2] if ":" in image else "latest"
    found = []
    if not re.search(r"\d", tag):
        found.append(f"{name}: image {image} is not pinned")
    if "." in image.split("/")[0].split(":")[0]:
        found.append(f"{name}: image {image} names a registry")
    return found


def privilege_problems(name: str, service: Document, _: Document) -> list[str]:
    found = []
    if name in AIRFLOW_SERVICES:
        if not re.fullmatch(r"\$\{AIRFLOW_UID:-[1-9]\d*\}:0", service.get("user", "")):
            found.append(f"{name}: runs as root")
        if service.get("cap_drop") != ["ALL"]:
            found.append(f"{name}: keeps capabilities")
    elif "ports" in service:
        found.append(f"{name}: publishes a port")
    if "no-new-privileges:true" not in service.get("security_opt", []):
        found.append(f"{name}: may gain privileges")
    return found


def secret_problems(services: Document) -> list[str]:
    text = yaml.safe_dump(services, width=10_000)
    found = [f"{name} is not required" for name in SECRETS if f"${{{name}:?" not in text]
    for name in SECRETS:
        found += [f"{name} has another form" for _ in re.findall(rf"\$\{{{name}(?!:\?)[^}}]*\}}", text)]
    for service, entry in services.items():
        for key, value in entry["environment"].items():
            literal = re.search(r"(PASSWORD|SECRET|FERNET|CLI_AUTH)", key) and not value.startswith("${")
            in_address = re.search(r"://[^/@:]*:(?!\$\{)[^@]*@", value)
            if literal or in_address:
                found.append(f"{service}: {key} holds a literal secret")
    return found
