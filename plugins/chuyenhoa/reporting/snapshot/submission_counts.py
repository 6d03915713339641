"""What a document counts beside figures: submitters, files, groups of criteria, the province's targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import asdict

from chuyenhoa.model.submissions import ACCEPTING
from chuyenhoa.reporting.snapshot.frozen import FrozenSource, FrozenSubmission, Snapshot

Counted = tuple[str, str, str, Mapping[str, str]]
"""What is counted: its code, a second code, what is said of it, and the file that shows it."""
Tally = tuple[int, Sequence[Counted]]
"""A number with what it counts; of none, what was looked through."""

EXPECTED, REPORTED, ABSENT = "expected", "reported", "absent"
LATE, ON_TIME, INVOLVED = "late", "on_time", "involved"
_TAKEN = frozenset(status.value for status in ACCEPTING)


def list_answers(snapshot: Snapshot) -> list[FrozenSubmission]:
    """The submissions that count, of submitters who did report."""
    silent = set(snapshot.not_reported)
    return [e for e in snapshot.submissions if e.submitter not in silent and e.status in _TAKEN]


def _first_answers(snapshot: Snapshot) -> dict[str, FrozenSubmission]:
    """Each submitter's first accepted file."""
    first: dict[str, FrozenSubmission] = {}
    for entry in list_answers(snapshot):
        # Submissions stand in the order of receipt: a correction after the deadline makes nobody late.
        first.setdefault(entry.submitter, entry)
    return first


def list_submitters(snapshot: Snapshot, state: str) -> list[str]:
    """Codes of the boards in a state: `late` and `on_time` go by the first accepted file.

    An agency of the province answers for no place: what it reported stands with its tasks.
    """
    every = [entry.code for entry in snapshot.submitters if entry.kind != "agency"]
    first, silent = _first_answers(snapshot), set(snapshot.not_reported)
    if state == INVOLVED:
        return list(dict.fromkeys(entry.submitter for entry in snapshot.localities))
    if state == LATE:
        return [code for code, entry in first.items() if entry.is_late and code in every]
    found: Mapping[str, Callable[[str], bool]] = {
        EXPECTED: lambda code: True,
        REPORTED: lambda code: code not in silent,
        ABSENT: lambda code: code in silent,
        ON_TIME: lambda code: code in first and not first[code].is_late,
    }
    return [code for code in every if found[state](code)]


def _count_submitters(snapshot: Snapshot, state: str, named: str = "") -> Tally:
    """Those in a state, or those named; each with its first accepted file, where it has one."""
    names = {entry.code: entry.name for entry in snapshot.submitters}
    first = _first_answers(snapshot)
    # Of none, all that were looked through are inputs: "0 đơn vị" is traced to the list that shows it.
    codes = named.split(",") if named else list_submitters(snapshot, state)
    shown = codes or list(names)
    return len(codes), [(code, "", names.get(code, code), _file(first.get(code))) for code in shown]


def _file(entry: FrozenSubmission | None) -> Mapping[str, str]:
    if entry is None:
        return {}
    return asdict(FrozenSource(entry.id, entry.sha256, entry.file_name, sheet="", cell=""))


def list_used(snapshot: Snapshot) -> dict[str, dict[str, None]]:
    """The localities by submission whose figures or declarations are in force."""
    used: dict[str, dict[str, None]] = {}
    sources = [(entry.source.submission, entry.locality) for entry in snapshot.figures]
    sources += [(entry.source.submission, entry.locality) for entry in snapshot.declarations]
    for submission, locality in sources:
        if submission:
            used.setdefault(submission, {})[locality] = None
    return used


def _count_files(snapshot: Snapshot) -> Tally:
    used = list_used(snapshot)
    shown: list[Counted] = [
        (entry.submitter, "", entry.received_at, _file(entry))
        for entry in snapshot.submissions
        if entry.id in used
    ]
    return len(shown), shown


def _count_groups(snapshot: Snapshot, verdict: str, locality: str) -> Tally:
    """The groups of a locality with a verdict; all are shown."""
    groups = next(e for e in snapshot.localities if e.code == locality).groups
    number = sum(verdict in ("all", found) for found in groups.values())
    return number, [(locality, group, found, {}) for group, found in groups.items()]


TALLIES: Mapping[str, Callable[..., Tally]] = {
    "SUBMITTERS": _count_submitters,
    "FILES": _count_files,
    "GROUPS": _count_groups,
}
"""By the first word of a COUNT."""


def read_target(snapshot: Snapshot, code: str, which: str) -> Tally:
    """`reached`, `total` or `needed` of a target, with what it is counted from."""
    target = next(entry for entry in snapshot.targets if entry.code == code)
    numbers = {"reached": target.reached, "total": target.total, "needed": target.needed}
    named: list[Counted]
    if target.of == "recognised":
        named = [(e.code, "", e.verdict, {}) for e in snapshot.localities]
    else:
        named = [(e.locality, "", e.state, {}) for e in snapshot.earlier or ()]
    return numbers[which], named
