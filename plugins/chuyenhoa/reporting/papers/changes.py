"""What changed between two snapshots of one milestone, and which file changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from chuyenhoa.reporting.papers.common import Previous, Request
from chuyenhoa.reporting.snapshot import frozen
from chuyenhoa.reporting.snapshot.view import SnapshotView, read_moment
from chuyenhoa.reporting.wording.fields import ChangedFigure, ChangedFile, ChangedVerdict, ChangesContext
from chuyenhoa.reporting.wording.numbers import format_count, format_date, format_long_date, format_number

Key = tuple[str, str, str]
Entry = TypeVar("Entry", frozen.FrozenFigure, frozen.FrozenDeclaration)


def build_changes(request: Request) -> ChangesContext:
    """What changed since the last issued version.

    Raises:
        ValueError: there is none.
    """
    last, view = request.previous, request.view
    if last is None:
        raise ValueError("A list of changes needs the version before.")
    before = SnapshotView(last.snapshot)
    verdicts, figures = list_changed_verdicts(before, view), list_changed_figures(before, view)
    files = list_new_files(before, view)
    say = view.phrases.say
    return ChangesContext(
        subject=view.phrases.text("changes.subject"),
        document=say(
            "changes.document",
            title=str(view.documents[last.kind].title),
            period=str(view.snapshot.period.label),
            version=str(last.next_version),
        ),
        previous=_name_versions(last, view),
        summary=summarise_changes(verdicts, figures, files, view),
        verdict_rows=verdicts,
        figure_rows=figures,
        file_rows=files,
    )


def _name_versions(last: Previous, view: SnapshotView) -> str:
    """Number, date and time of the data of both versions; a draft has no number yet."""
    is_issued = bool(last.next_date) and view.phrases.has("changes.previous_issued")
    return view.phrases.say(
        "changes.previous_issued" if is_issued else "changes.previous",
        number=last.number,
        date=format_long_date(date.fromisoformat(last.date)),
        version=str(last.version),
        then=format_moment(last.snapshot.frozen_at),
        now=format_moment(view.snapshot.frozen_at),
        next_number=last.next_number,
        next_date=format_long_date(date.fromisoformat(last.next_date)) if is_issued else "",
    )


def list_changed_verdicts(before: SnapshotView, after: SnapshotView) -> list[ChangedVerdict]:
    """Localities whose verdict, or whose verdict on some criterion, is another one; in the list's order."""
    former = {entry.code: entry for entry in before.localities}
    rows: list[ChangedVerdict] = []
    for entry in after.localities:
        old = former.get(entry.code)
        criteria = _changed_criteria(old, entry, after)
        # A locality that the version before did not list is a change of its own.
        if old is not None and old.verdict == entry.verdict and not criteria:
            continue
        rows.append(
            ChangedVerdict(
                number=str(len(rows) + 1),
                name=after.names[entry.code],
                submitter=after.place(entry.submitter),
                before=_verdict(old, before),
                after=_verdict(entry, after),
                is_flip=old is None or old.verdict != entry.verdict,
                criteria=criteria,
            )
        )
    return rows


def _verdict(entry: frozen.FrozenLocality | None, view: SnapshotView) -> str:
    if entry is None:
        return view.phrases.text("changes.not_listed")
    return view.phrases.words("verdicts")[entry.verdict]


def _changed_criteria(
    old: frozen.FrozenLocality | None, new: frozen.FrozenLocality, view: SnapshotView
) -> list[str]:
    """`II.2: Không đạt → Đạt` for every criterion with another verdict."""
    verdicts = view.phrases.words("verdicts")
    former = {entry.criterion: entry.verdict for entry in old.criteria} if old is not None else {}
    return [
        view.phrases.say(
            "changes.criterion",
            code=entry.criterion,
            before=verdicts[former[entry.criterion]],
            after=verdicts[entry.verdict],
        )
        for entry in new.criteria
        # A criterion that was not in force then has no verdict to compare with.
        if entry.criterion in former and former[entry.criterion] != entry.verdict
    ]


def list_changed_figures(before: SnapshotView, after: SnapshotView) -> list[ChangedFigure]:
    """Figures and declarations that read otherwise now, each with the file and cell that it comes from."""
    figures = _compare(_key_figures(before), _key_figures(after), _show_figure, before, after)
    declared = _compare(_key_declarations(before), _key_declarations(after), _show_declaration, before, after)
    return [
        _changed_figure(number, *found, after) for number, found in enumerate([*figures, *declared], start=1)
    ]


def _key_figures(view: SnapshotView) -> dict[Key, frozen.FrozenFigure]:
    return {(e.locality, e.indicator, e.basis): e for e in view.snapshot.figures}


def _key_declarations(view: SnapshotView) -> dict[Key, frozen.FrozenDeclaration]:
    return {(e.locality, e.criterion, ""): e for e in view.snapshot.declarations}


def _compare(
    former: Mapping[Key, Entry],
    current: Mapping[Key, Entry],
    show: Callable[[Entry | None, SnapshotView], str],
    before: SnapshotView,
    after: SnapshotView,
) -> Iterator[tuple[Key, str, str, frozen.FrozenSource]]:
    """What reads otherwise now, with where it stands: of what is gone, where it stood."""
    for key in sorted({*former, *current}):
        old, new = show(former.get(key), before), show(current.get(key), after)
        if old != new:
            yield key, old, new, (current.get(key) or former[key]).source


def _show_figure(entry: frozen.FrozenFigure | None, view: SnapshotView) -> str:
    if entry is None or entry.value is None:
        return _show_nothing(entry, view)
    return format_number(Decimal(entry.value))


def _show_declaration(entry: frozen.FrozenDeclaration | None, view: SnapshotView) -> str:
    if entry is None or entry.answer is None:
        return _show_nothing(entry, view)
    answer = view.phrases.words("changes.answers")[entry.answer]
    day = entry.document_date
    parts = [answer, entry.document_number, format_date(read_moment(day).date()) if day else ""]
    return ", ".join(part for part in parts if part)


def _show_nothing(entry: frozen.FrozenFigure | frozen.FrozenDeclaration | None, view: SnapshotView) -> str:
    # "15 → chưa có số liệu" would read as if the district had left the cell blank, which changes nothing.
    return view.phrases.text(
        "changes.withdrawn" if entry is not None and entry.withdrawn else "changes.blank"
    )


def _changed_figure(
    number: int, key: Key, old: str, new: str, source: frozen.FrozenSource, view: SnapshotView
) -> ChangedFigure:
    locality, code, basis = key
    indicator = view.indicators.get(code)
    criterion = view.criteria.get(code)
    label = indicator.label if indicator else criterion.title if criterion else code
    windows = view.phrases.words("changes.windows")
    return ChangedFigure(
        number=str(number),
        name=view.names.get(locality, locality),
        label=f"{label} ({windows[basis]})" if basis else f"{code}. {label}",
        before=old,
        after=new,
        source=view.phrases.say(
            "changes.source",
            file=source.file_name,
            sheet=source.sheet,
            cell=source.cell,
            submission=source.submission,
        ),
    )


def list_new_files(before: SnapshotView, after: SnapshotView) -> list[ChangedFile]:
    """The files that came in between, in the order of receipt."""
    known = {entry.id for entry in before.snapshot.submissions}
    # By id and not by hash: a file that was sent twice is two submissions.
    fresh = [entry for entry in after.snapshot.submissions if entry.id not in known]
    return [
        ChangedFile(
            number=str(index),
            file=entry.file_name,
            submitter=after.place(entry.submitter),
            received=format_moment(entry.received_at),
            sha256=entry.sha256,
            localities=after.phrases.enumerate([after.names.get(code, code) for code in entry.taken]),
        )
        for index, entry in enumerate(sorted(fresh, key=lambda e: (e.received_at, e.id)), start=1)
    ]


def format_moment(text: str) -> str:
    """An ISO time as `07:30, 20/12/2021`, by the office's clock."""
    moment = read_moment(text)
    return f"{moment.hour:02d}:{moment.minute:02d}, {format_date(moment.date())}"


def summarise_changes(
    verdicts: Sequence[ChangedVerdict],
    figures: Sequence[ChangedFigure],
    files: Sequence[ChangedFile],
    view: SnapshotView,
) -> list[str]:
    """In sentences: how many files came, how many figures and verdicts changed; equal data say so."""
    # A criterion may change without the locality's verdict: only the latter is a flip.
    flips = [row for row in verdicts if row["is_flip"]]
    say = view.phrases.say
    lines = [
        say("changes.files", count=format_count(len(files)))
        if files
        else view.phrases.text("changes.files_none"),
        say("changes.figures", count=format_count(len(figures)))
        if figures
        else view.phrases.text("changes.figures_none"),
    ]
    if not flips:
        return [*lines, view.phrases.text("changes.flips_none")]
    names = view.phrases.enumerate(
        [say("changes.flip", name=row["name"], before=row["before"], after=row["after"]) for row in flips]
    )
    return [*lines, say("changes.flips", count=format_count(len(flips)), names=names)]
