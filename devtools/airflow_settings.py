"""The settings under which our own launcher runs Airflow, and the secrets that belong to one AIRFLOW_HOME."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

USERS = {"engineer": "admin", "office": "user"}
"""The users of a local Airflow and their roles: engineers run it, the office approves."""


@dataclass(frozen=True)
class Folders:
    """Where one local Airflow lives and where it listens."""

    home: Path
    """AIRFLOW_HOME: its database, logs, passwords."""
    data: Path
    """CHUYENHOA_DATA: inbox, outbox, archive, documents."""
    project: Path
    """The checkout with dags/, plugins/, plans/."""
    port: int

    @property
    def base_url(self) -> str:
        """The address of API and pages; loopback only."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        """Logs of the tasks and of Airflow's own processes."""
        return self.home / "logs"

    @property
    def passwords_file(self) -> Path:
        """The passwords of USERS, as JSON; readable by its owner only."""
        return self.home / "passwords.json"


def read_passwords(home: Path) -> dict[str, str]:
    """The passwords of USERS, made up at random when this AIRFLOW_HOME has none yet."""
    return _read_or_make(home / "passwords.json", {user: secrets.token_urlsafe(12) for user in USERS})


def build_environment(folders: Folders, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of Airflow's processes; `extra` overrides what is set here."""
    environment = {
        **os.environ,
        **_project_variables(folders),
        **_airflow_variables(folders),
        **_secret_variables(folders.home),
        **extra,
    }
    # Without bytecode every Airflow process pays 6 to 12 seconds at start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _project_variables(folders: Folders) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "SCARF_ANALYTICS": "false",
        "CHUYENHOA_HOME": str(folders.project),
        "CHUYENHOA_DATA": str(folders.data),
        "CHUYENHOA_OFFICE_USERS": "office",
    }


def _airflow_variables(folders: Folders) -> dict[str, str]:
    return {
        "AIRFLOW_HOME": str(folders.home),
        "AIRFLOW__API__BASE_URL": folders.base_url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(folders.port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(folders.project / "dags"),
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{folders.base_url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # Throughput is executor slots per scheduler loop, not processor time.
        "AIRFLOW__CORE__PARALLELISM": "8",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folders.project / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folders.passwords_file),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(
            f"{user}:{role}" for user, role in USERS.items()
        ),
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folders.home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folders.logs),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "10",
    }


def _secret_variables(home: Path) -> dict[str, str]:
    made = {
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(48),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    return _read_or_make(home / "secrets.json", made)


def _read_or_make(path: Path, made: dict[str, str]) -> dict[str, str]:
    """What `path` holds; `made` is written to it first, for its owner only, when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found
