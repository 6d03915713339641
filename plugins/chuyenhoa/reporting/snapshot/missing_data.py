"""What submitters still have to send at a milestone: reports that never came, and missing figures."""

from __future__ import annotations

from chuyenhoa.reporting.snapshot.frozen import FrozenCriterion, FrozenLocality, Snapshot

_OWED = "submitter"
"""The actor of results that only the submitter can supply."""


def list_outstanding(snapshot: Snapshot) -> list[str]:
    """Codes of the submitters that have to send something; in plan order.

    After the last day on time these are all that sent nothing usable, or whose localities lack figures. Until
    then nobody is late: only those who sent something have to complete it.
    """
    due = set(snapshot.not_reported)
    due |= {entry.submitter for entry in snapshot.localities if lacks_figures(entry)}
    # A letter before the last day would remind people of what is not due yet.
    if not snapshot.period.past_deadline:
        due &= {entry.submitter for entry in snapshot.submissions}
    return [entry.code for entry in snapshot.submitters if entry.code in due]


def list_returned(snapshot: Snapshot) -> list[str]:
    """Submitters that sent something of which nothing could be taken, and nothing usable since."""
    sent = {entry.submitter for entry in snapshot.submissions}
    return [code for code in snapshot.not_reported if code in sent]


def lacks_figures(locality: FrozenLocality) -> bool:
    """Whether a locality lacks figures that its submitter has to supply."""
    return locality.absence is not None or any(awaits_submitter(r) for r in locality.criteria)


def awaits_submitter(result: FrozenCriterion) -> bool:
    """Whether a criterion cannot be assessed without what the submitter has to send."""
    return result.verdict == "insufficient" and result.actor == _OWED


def list_missing(locality: FrozenLocality) -> list[str]:
    """Names of what the submitter still has to give of a locality that reported something, each once.

    A name is that of an input: `TTXH_XR`, `baseline.TTXH_XR`, or the code of a declared criterion.
    """
    found: dict[str, None] = {}
    for result in locality.criteria:
        if awaits_submitter(result):
            found.update(dict.fromkeys(result.missing or [result.criterion]))
    return list(found)
