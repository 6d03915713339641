"""Publishes what validation ran and found, as pages that need no network (docs/decisions/0003)."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from chuyenhoa import settings
from chuyenhoa.model.shown import finalize
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.validation.findings import CheckedFile, ValidationReport

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
RUNS_KEPT = 200
"""Older runs are removed, so that the folder and its index stay bounded."""
FINDINGS_SHOWN = 500
"""A page lists no more findings than this; the receipts hold them all."""


def publish(report: ValidationReport, folder: Path, name: str, at: datetime) -> Path:
    """Write the page of one run and the index of all runs kept, newest first.

    Publishing under the same name again replaces the page.

    Args:
        report: what to show.
        folder: made when missing; holds `index.html`, and `<name>.html` and `<name>.json` for each run.
        name: of the run: letters, digits, `.`, `_` and `-`; not `index`.
        at: when it ran; the page and the order of the index go by it.

    Returns:
        The path of the run's page.

    Raises:
        ValueError: the name cannot be a file's.
    """
    if not NAME.fullmatch(name) or name == "index":
        raise ValueError(f"{name!r} cannot name a page; use letters, digits, '.', '_' and '-'.")
    folder.mkdir(parents=True, exist_ok=True)
    pages = _environment(settings.load().templates / "pages")
    page = folder / f"{name}.html"
    _write(page, pages.get_template("validation.html").render(name=name, at=at, **_contents(report)))
    _write(
        folder / f"{name}.json", json.dumps({"name": name, "at": at.isoformat(), **_totals(report)}, indent=1)
    )
    _drop_old_runs(folder)
    listed: tuple[Path, ...] | None = None
    while listed != (listed := tuple(sorted(folder.glob("*.json")))):  # another task may publish meanwhile
        _write(folder / "index.html", pages.get_template("validation_index.html").render(runs=_runs(folder)))
    return page


@lru_cache(maxsize=8)
def _environment(templates: Path) -> SandboxedEnvironment:
    """Escapes everything, lets templates reach nothing, and stops at an unknown name."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=finalize,
    )
    environment.filters["count"] = _format_count
    environment.filters["moment"] = _format_moment
    return environment


def _format_count(number: int) -> str:
    """A count in Vietnamese form."""
    return f"{number:,}".replace(",", ".")


def _format_moment(at: datetime) -> str:
    """Hour and date as an office writes them."""
    return at.strftime("%H:%M ngày %d/%m/%Y")


def _totals(report: ValidationReport) -> dict[str, int]:
    """The numbers that the index shows for a run."""
    severities = Counter(finding.severity for found in report.findings.values() for finding in found)
    return {
        "files": len(report.files),
        "files_with_findings": len(report.findings),
        "rows": report.rows,
        "rules": len(report.rules),
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
    }


def _contents(report: ValidationReport) -> dict[str, Any]:
    """What the page of a run places."""
    found = [(file, report.findings_of(file.sha256)) for file in report.files]
    listed = [(file, finding) for file, findings in found for finding in findings]
    return {
        "totals": _totals(report),
        "counts": report.counts,
        "files": [_file_row(file, findings) for file, findings in found],
        "findings": listed[:FINDINGS_SHOWN],
        "unlisted": max(0, len(listed) - FINDINGS_SHOWN),
        "Severity": {severity.name: severity for severity in Severity},
    }


def _file_row(file: CheckedFile, findings: tuple[Finding, ...]) -> Mapping[str, Any]:
    """One line of the table of files."""
    severities = Counter(finding.severity for finding in findings)
    return {
        "file": file,
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "rule_ids": list(dict.fromkeys(finding.rule_id for finding in findings)),
    }


def _runs(folder: Path) -> list[dict[str, Any]]:
    """The runs of a folder, newest first."""
    runs = []
    for path in folder.glob("*.json"):
        run = json.loads(path.read_text(encoding="utf-8"))
        runs.append({**run, "at": datetime.fromisoformat(run["at"])})
    return sorted(runs, key=lambda run: (run["at"].timestamp(), run["name"]), reverse=True)


def _drop_old_runs(folder: Path) -> None:
    """Keep the newest runs only."""
    for run in _runs(folder)[RUNS_KEPT:]:
        for suffix in (".html", ".json"):
            (folder / (run["name"] + suffix)).unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    """Put a file in place whole: a reader never sees half a page."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".page-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
