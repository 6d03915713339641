"""Documents that could not be produced: told in a note beside the drafts, while the others go on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.plan.messages import load_texts
from chuyenhoa.reporting import RenderError, check_template, load_kinds
from chuyenhoa.store.documents import Subject

logger = logging.getLogger(__name__)

FAULTS_NOTE = "VAN-BAN-LOI.txt"
"""Stands beside the drafts of a milestone while one of its documents could not be produced."""
Faults = Mapping[Subject, str]


def tell_fault(ctx: Context, kind: str, error: Exception) -> str:
    """Why a document of a kind cannot be produced, in the office's words.

    All that is wrong with its template is told, and not only what stopped it first.
    """
    name = f"{kind}.docx"
    path = ctx.settings.templates / "documents" / name
    if not path.exists():
        texts = load_texts(ctx.settings.templates / "messages" / "drafts.yaml")
        return texts["missing"].format(template=name)
    if not isinstance(error, RenderError):
        return str(error)
    found = [str(entry) for entry in check_template(path.read_bytes(), kind) if entry.severity == "error"]
    return f"{name}: {'; '.join(found)}" if found else error.told


def note_faults(ctx: Context, milestone: str, faults: Faults, *, keep: bool) -> None:
    """Write the note of a milestone, or take it away when nothing is wrong.

    Args:
        ctx: where the data lie.
        milestone: the milestone's id.
        faults: what is wrong, by document.
        keep: whether what the note says already stays in it.
    """
    texts = load_texts(ctx.settings.templates / "messages" / "drafts.yaml")
    path = _note_path(ctx, milestone)
    lines = _entries(path) if keep else []
    for subject, fault in faults.items():
        logger.error("%s cannot be produced: %s", subject.name, fault)
        kind = load_kinds(ctx.settings.templates).get(subject.kind)
        title = kind.title if kind is not None else subject.kind
        told = " ".join(fault.split())
        lines.append(texts["entry"].format(title=title, name=subject.name, fault=told))
    if not lines:
        path.unlink(missing_ok=True)
        return
    head = texts["title"].format(period=ctx.period(milestone).label)
    write_file(path, "\n".join([head, "", *dict.fromkeys(lines), "", texts["advice"], ""]).encode())


def list_faults(milestone: str) -> list[str]:
    """What is wrong with the documents of a milestone, a line each; () when all could be produced."""
    return _entries(_note_path(open_context(), milestone))


def _note_path(ctx: Context, milestone: str) -> Path:
    return ctx.settings.data / "office" / "drafts" / milestone / FAULTS_NOTE


def _entries(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
