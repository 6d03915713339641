"""The image is built from the lock, compiled, and runs for a user that is not root."""

from __future__ import annotations

import re

import pytest

from tests.deploy.compose_checks import ROOT


def dockerfile_problems(text: str) -> list[str]:
    """What the Dockerfile lacks of what this project asks of it."""
    wanted = {
        "the cluster lock": r"pip install --compile --no-deps --require-hashes -r requirements/cluster\.txt",
        "the package without dependencies": r"pip install --compile --no-deps --no-build-isolation \.",
        "compiled bytecode": r"python -m compileall",
        "a user that is not root": r"(?m)^USER [1-9]\d*:0$",
        "a pinned base": r"(?m)\A(?:#.*\n)*FROM python:3\.12-slim-bookworm AS build$",
    }
    found = [name for name, pattern in wanted.items() if not re.search(pattern, text)]
    last_user = re.findall(r"(?m)^USER (\S+)$", text)[-1:]
    if last_user != ["50000:0"]:
        found.append("the last user")
    if re.search(r"(?m)^ENV .*PYTHONDONTWRITEBYTECODE", text):
        found.append("bytecode switched off")
    for source in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", text):
        for name in source.split():
            if not (ROOT / name).exists():
                found.append(f"{name} to copy")
            if f"!{name}" not in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
                found.append(f"{name} in the build context")
    return found


def test_the_image_is_built_from_the_lock_for_a_user_that_is_not_root() -> None:
    assert dockerfile_problems((ROOT / "Dockerfile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("-r requirements/cluster.txt", "-r requirements/runtime.txt", "the cluster lock"),
        ("--require-hashes -r requirements/cluster", "-r requirements/cluster", "the cluster lock"),
        ("--no-deps", "", "the package without dependencies"),
        ("USER 50000:0", "USER root", "a user that is not root"),
        ("USER 50000:0", "USER 50000:0\nUSER root", "the last user"),
        ("python -m compileall", "true", "compiled bytecode"),
        ("python:3.12-slim-bookworm", "python:latest", "a pinned base"),
        ("COPY dags dags", "COPY dag dags", "dag to copy"),
        ("COPY dags dags", "COPY tests tests", "tests in the build context"),
    ],
)
def test_a_spoilt_dockerfile_is_noticed(old: str, new: str, told: str) -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    spoilt = text.replace(old, new)
    assert spoilt != text
    assert told in dockerfile_problems(spoilt)


def test_the_cluster_lock_keeps_celery_below_5_7() -> None:
    lock = (ROOT / "requirements" / "cluster.txt").read_text(encoding="utf-8")
    found = re.search(r"(?m)^celery==(\d+)\.(\d+)", lock)
    assert found is not None
    assert (int(found[1]), int(found[2])) < (5, 7)
    assert "--hash=sha256:" in lock
