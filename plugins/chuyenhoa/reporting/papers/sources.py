"""Where the figures of a report come from: the files used, and the reasons given for unusual figures."""

from __future__ import annotations

from chuyenhoa.reporting.papers.inputs import name_input
from chuyenhoa.reporting.snapshot.frozen import FrozenJustification, FrozenSubmission
from chuyenhoa.reporting.snapshot.submission_counts import list_used
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording.fields import JustificationRow, SourceFields, SourceRow
from chuyenhoa.reporting.wording.numbers import format_count
from chuyenhoa.reporting.wording.provenance import Figure, count, mark
from chuyenhoa.reporting.wording.tables import say_received

_SHOWN = 12
"""Digits of a sha256 by which people tell files apart."""


def fill_sources(view: SnapshotView) -> SourceFields:
    """The annex of sources; without a file in use it says so."""
    used = list_used(view.snapshot)
    rows = [entry for entry in view.snapshot.submissions if entry.id in used]
    note = "sources.note" if rows else "sources.none"
    return SourceFields(
        source_rows=[_row(index, entry, used[entry.id], view) for index, entry in enumerate(rows, start=1)],
        source_note=view.phrases.say(note, count=format_count(count("FILES", len(rows)))),
        justification_rows=[
            _justify(index, entry, view) for index, entry in enumerate(view.snapshot.justifications, start=1)
        ],
    )


def _row(index: int, entry: FrozenSubmission, codes: dict[str, None], view: SnapshotView) -> SourceRow:
    version = entry.version
    words = "annexes.submissions.version"
    return SourceRow(
        number=str(index),
        file=entry.file_name,
        submitter=view.place(entry.submitter),
        version="" if version is None else view.phrases.say(words, version=format_count(version)),
        received=say_received(entry.received_at, view),
        localities=", ".join(view.names.get(code, code) for code in codes),
        short=entry.sha256[:_SHOWN],
        sha256=entry.sha256,
    )


def _justify(index: int, entry: FrozenJustification, view: SnapshotView) -> JustificationRow:
    source = entry.source
    return JustificationRow(
        number=str(index),
        name=view.names.get(entry.locality, entry.locality),
        label=name_input(entry.indicator, view),
        value=_show_value(entry, view),
        rule=f"{entry.rule_id}. {entry.title}" if entry.title else entry.rule_id,
        reason=entry.reason,
        source=view.phrases.say("sources.cell", file=source.file_name, sheet=source.sheet, cell=source.cell),
    )


def _show_value(entry: FrozenJustification, view: SnapshotView) -> str:
    """The figure that a reason is about, traced where it is the one in force."""
    text = entry.value
    known = view.figure(entry.locality, entry.indicator)
    return mark("N", known, text) if isinstance(known, Figure) and format(known, "f") == text else text
