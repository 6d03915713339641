"""The kinds of documents, as `templates/documents/documents.yaml` lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from chuyenhoa import settings
from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.model.plan import PeriodKind
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.missing_data import list_outstanding

CONDITIONS: Mapping[str, Callable[[Snapshot], bool]] = {
    "any_met": lambda snapshot: any(entry.verdict == "met" for entry in snapshot.localities),
    "owed_reports": lambda snapshot: bool(list_outstanding(snapshot)),
}
"""`any_met`: some locality is met. `owed_reports`: some submitter sent nothing, or has figures to supply."""


class About(StrEnum):
    """What one document of a kind speaks of."""

    PROVINCE = "province"
    LOCALITY = "locality"
    SUBMITTER = "submitter"


class Issuer(StrEnum):
    """In whose name a document is issued, and whose head signs it."""

    BOARD = "board"
    AGENCY = "agency"
    """The standing agency that keeps the board's office."""
    SUBMITTER = "submitter"
    """The submitter that the document is about."""


class Destination(StrEnum):
    """Who gets a rendered document first."""

    OFFICE = "office"
    SUBMITTER = "submitter"
    DOSSIER = "dossier"
    """Lies beside the office's drafts as evidence for them; it has no number and is not issued itself."""
    ATTACHMENT = "attachment"
    """Goes with a new version of another document."""


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document; its template is `<name>.docx`."""

    name: str
    title: str
    milestones: frozenset[PeriodKind]
    about: About
    goes_to: Destination
    symbol: str
    context: str
    """Name of the context that its template is filled with, see `chuyenhoa.reporting.papers.context`."""
    issuer: Issuer = Issuer.BOARD
    when: str = ""
    """The condition under which it is produced, of `CONDITIONS`; "" is always."""
    recipients: tuple[str, ...] = ()
    """The list under "Nơi nhận:"; that of the issuer when empty."""


class KindError(ValueError):
    """The list of documents cannot be used; the text names the file and the entry."""


def load_kinds(templates: Path | None = None) -> Mapping[str, DocumentKind]:
    """The kinds by name, in the order of the list.

    Args:
        templates: the project's `templates/`; that of the settings when None.

    Raises:
        KindError: the list is missing, or an entry lacks something or says something unknown.
    """
    return _read((templates or settings.load().templates) / "documents" / "documents.yaml")


def list_subjects(kind: DocumentKind, snapshot: Snapshot) -> list[str]:
    """Whom the documents of a kind are about: codes of localities or submitters, "" for the province.

    Of the submitters those count that have a locality in the plan's list. A kind whose condition does not
    hold is about nobody.
    """
    if kind.when and not CONDITIONS[kind.when](snapshot):
        return []
    if kind.about is About.PROVINCE:
        return [""]
    if kind.about is About.LOCALITY:
        return [entry.code for entry in snapshot.localities]
    # An agency of the province is a submitter too, and has no district report to draft.
    reporting = {entry.submitter for entry in snapshot.localities}
    return [entry.code for entry in snapshot.submitters if entry.code in reporting]


# Asked for once a document; a test may have several folders of templates.
@lru_cache(maxsize=8)
def _read(path: Path) -> Mapping[str, DocumentKind]:
    try:
        entries = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise KindError(f"{path}: cannot be read: {error}") from error
    if not isinstance(entries, dict):
        raise KindError(f"{path}: entries by kind of document are expected.")
    return MappingProxyType(
        {str(name): _read_kind(path, str(name), entry) for name, entry in entries.items()}
    )


def _check_condition(name: str) -> str:
    if name and name not in CONDITIONS:
        raise ValueError(f"there is no condition {name!r}; there are {', '.join(CONDITIONS)}")
    return name


def _read_kind(path: Path, name: str, entry: Any) -> DocumentKind:
    try:
        return DocumentKind(
            name=name,
            title=str(entry["title"]),
            milestones=frozenset(PeriodKind(word) for word in entry["milestones"]),
            about=About(entry["about"]),
            goes_to=Destination(entry["goes_to"]),
            symbol=str(entry["symbol"]),
            context=str(entry["context"]),
            issuer=Issuer(entry.get("issuer", "board")),
            when=_check_condition(str(entry.get("when", ""))),
            recipients=tuple(str(line) for line in entry.get("recipients", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KindError(f"{path}: {name}: {error}; see the head of the file.") from error
