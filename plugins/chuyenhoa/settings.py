"""Where things are: the project's folders and the data at rest, from the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

# A file still being copied into the inbox grows; two seconds without a change are taken for its end.
SETTLE_SECONDS = "2"


class SettingsError(ValueError):
    """An environment variable holds what cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Paths of the project's own files and of the data, and the URL of the store."""

    home: Path
    data: Path
    store_url: str
    settle_seconds: float
    """How long a file in the inbox must stay unchanged before it is taken."""
    plan_id: str
    """The plan that counts as today's; empty to let the calendar decide."""
    smtp_url: str = ""
    """Where letters are handed in (see `chuyenhoa.kit.mail.read_server`); empty when none are sent."""
    office_users: tuple[str, ...] = ("office",)
    """The accounts that may approve and return documents; nobody else's answer is recorded."""

    audit_key: Path = Path("audit.key")
    """The key that seals what an audit has verified."""

    plans: Path = field(init=False)
    """Plan data, a folder a year."""
    expectations: Path = field(init=False)
    """Great Expectations suites."""
    templates: Path = field(init=False)
    """Word templates, messages and pages."""
    inbox: Path = field(init=False)
    """Where submitters drop files, a folder a submitter."""
    outbox: Path = field(init=False)
    """Where submitters find forms and answers, a folder a submitter."""
    archive: Path = field(init=False)
    """Every file that ever came, by sha256."""
    drafts: Path = field(init=False)
    """Documents that wait for the office."""
    issued: Path = field(init=False)
    """Documents that the office issued."""
    office_inbox: Path = field(init=False)
    """Where the office drops approval forms that it filled in."""
    office_outbox: Path = field(init=False)
    """Where the office finds what became of its forms."""
    handover: Path = field(init=False)
    """Packages of issued documents with all that proves them, a folder a milestone."""
    data_docs: Path = field(init=False)
    """Pages that show what validation ran and found."""

    def __post_init__(self) -> None:
        office = self.data / "office"
        folders = {
            "plans": self.home / "plans",
            "expectations": self.home / "expectations",
            "templates": self.home / "templates",
            "inbox": self.data / "inbox",
            "outbox": self.data / "outbox",
            "archive": self.data / "archive",
            "drafts": office / "drafts",
            "issued": office / "issued",
            "office_inbox": office / "inbox",
            "office_outbox": office / "outbox",
            "handover": office / "handover",
            "data_docs": self.data / "data_docs",
        }
        for name, folder in folders.items():
            object.__setattr__(self, name, folder)  # the class is frozen for everybody else


def _project_home() -> Path:
    """The checkout that holds `plans/`: CHUYENHOA_HOME, else the one this package stands in, else here."""
    named = os.environ.get("CHUYENHOA_HOME")
    if named:
        return Path(named).resolve()
    # plugins/chuyenhoa/settings.py → two folders up; an installed package has no plans/ there.
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "plans").is_dir() else Path.cwd()


def reads_utf8() -> bool:
    """Whether this process reads names of files as they are written on every disk of today."""
    return sys.getfilesystemencoding().lower() == "utf-8"


def default_store(data: Path) -> str:
    """The store where CHUYENHOA_STORE names none: an SQLite file in the data folder itself."""
    # Only what a URL would take for something else: letters stay as people read them.
    path = str(data / "chuyenhoa.db").replace("%", "%25").replace("?", "%3F")
    return f"sqlite:///{path}"


def office_users() -> tuple[str, ...]:
    """Who may decide on documents: CHUYENHOA_OFFICE_USERS, ids with commas between (default `office`)."""
    names = os.environ.get("CHUYENHOA_OFFICE_USERS", "office").split(",")
    return tuple(name.strip() for name in names if name.strip())


def project_folders() -> tuple[Path, Path]:
    """The project's folder and that of the data, whatever lies there; CHUYENHOA_HOME and _DATA."""
    home = _project_home()
    # `or`, not a default of `get`: a compose file hands an unset variable on as an empty one (`${NAME:-}`).
    return home, Path(os.environ.get("CHUYENHOA_DATA") or home / "var" / "data").absolute()


def load() -> Settings:
    """Read the settings from the environment.

    CHUYENHOA_HOME, _DATA, _STORE, _PLAN, _SMTP, _OFFICE_USERS, _AUDIT_KEY and _SETTLE_SECONDS.

    Raises:
        SettingsError: there is no plan below the project's folder, the seconds are no number, or names of
            files are read in another encoding than UTF-8.
    """
    if not reads_utf8():  # the command starts itself anew; Airflow's processes cannot
        encoding = sys.getfilesystemencoding()
        raise SettingsError(f"This process reads names of files as {encoding}: set PYTHONUTF8=1 for it.")
    home, data = project_folders()
    store_url = os.environ.get("CHUYENHOA_STORE") or default_store(data)
    if not any((home / "plans").glob("*/plan.yaml")):
        raise SettingsError(f"{home}: no plan in plans/ here; set CHUYENHOA_HOME to the project's folder.")
    settle = os.environ.get("CHUYENHOA_SETTLE_SECONDS") or SETTLE_SECONDS
    try:
        settle_seconds = float(settle)
    except ValueError as error:
        raise SettingsError(f"CHUYENHOA_SETTLE_SECONDS: {settle!r} is no number of seconds.") from error
    return Settings(
        home=home,
        data=data,
        store_url=store_url,
        settle_seconds=settle_seconds,
        plan_id=os.environ.get("CHUYENHOA_PLAN", ""),
        smtp_url=os.environ.get("CHUYENHOA_SMTP", "").strip(),
        audit_key=Path(os.environ.get("CHUYENHOA_AUDIT_KEY") or data / "audit.key").absolute(),
        office_users=office_users(),
    )
