"""The register of issued documents as the store holds it, with titles and names."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chuyenhoa.pipeline.context import Context
from chuyenhoa.release import Entry, list_entries
from chuyenhoa.reporting import load_kinds


def find_entries(ctx: Context, session: Session, milestone: str = "") -> list[Entry]:
    """The lines of the register, of one milestone or of all."""
    titles = {name: kind.title for name, kind in load_kinds(ctx.settings.templates).items()}
    names: dict[str, str] = {}
    for plan in ctx.plans.values():
        names |= {entry.code: entry.name for entry in plan.submitters}
        names |= {entry.code: entry.name for entry in plan.localities}
    return list_entries(session, titles, names, milestone)
