"""A district's own annual report, drafted from its figures alone for the district to finish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from chuyenhoa.reporting.papers import common
from chuyenhoa.reporting.snapshot import frozen
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.fields import ComparisonRow, Table
from chuyenhoa.reporting.wording.outcomes import explain_locality
from chuyenhoa.reporting.wording.prose import write_chapter
from chuyenhoa.reporting.wording.review import split_lines
from chuyenhoa.reporting.wording.tables import build_matrix, compare_indicators

Own = TypeVar("Own", frozen.FrozenFigure, frozen.FrozenDeclaration, frozen.FrozenJustification)


class DistrictContext(common.PaperFields, common.AddressFields):
    """The draft of a submitter's annual report."""

    notice: str
    guide: str
    opening: str
    localities: list[str]
    situation: list[str]
    leadership: list[str]
    propaganda: list[str]
    movement: list[str]
    management: list[str]
    rehabilitation: list[str]
    investigation: list[str]
    forces: list[str]
    highlights: list[str]
    verdict_lines: list[str]
    shortcomings: list[str]
    causes: list[str]
    directions: list[str]
    proposals: list[str]
    attachment_line: str
    comparison_rows: list[ComparisonRow]
    matrix: Table


def build_district(request: common.Request) -> DistrictContext:
    """Fill the draft of one submitter; what only a person can write stands in brackets."""
    view = SnapshotView(narrow(request.view.snapshot, request.about))
    # Everything below sees the narrowed snapshot: a draft must not show another district's figures.
    own = common.Request(request.kind, request.about, view, request.issue)
    names, say = common.name_parties(view), view.phrases.say
    place = lower_first(view.place(request.about))
    # A district that sent nothing gets questions in brackets: "không xảy ra" of it would be made up.
    is_empty = len(view.silent) == len(view.names)

    def chapter(name: str) -> list[str]:
        return [view.phrases.text("district.asked.figures")] if is_empty else write_chapter(name, view)

    return DistrictContext(
        **common.fill_paper(own),
        **common.address([say("district.addressee", **names)], view),
        notice=str(view.snapshot.plan.notice),
        guide=view.phrases.text(f"district.guide{'_empty' if is_empty else ''}"),
        opening=say(
            "district.opening",
            place=place,
            window=common.write_window(view.window, view),
            baseline=common.write_window(view.baseline_window, view),
            **names,
        ),
        localities=[_introduce(entry, view) for entry in view.localities],
        situation=[*chapter("situation"), *common.list_restated(view)],
        leadership=[*([] if is_empty else chapter("leadership")), *_own_words("leadership", own)],
        propaganda=chapter("propaganda"),
        movement=chapter("movement"),
        management=chapter("management"),
        rehabilitation=chapter("rehabilitation"),
        investigation=chapter("investigation"),
        forces=chapter("forces"),
        highlights=_own_words("highlights", own),
        verdict_lines=[_describe_verdict(entry, view) for entry in view.localities],
        shortcomings=[*_weak(view), *_own_words("shortcomings", own)],
        causes=_own_words("causes", own),
        directions=view.phrases.say_all("district.directions", **names),
        proposals=_own_words("proposals", own),
        attachment_line=common.write_attachment(request.kind, view, request.issue, request.about),
        comparison_rows=compare_indicators(view),
        matrix=build_matrix(view),
    )


def narrow(snapshot: frozen.Snapshot, submitter: str) -> frozen.Snapshot:
    """The part of a snapshot that is one submitter's: its localities, figures, files and texts."""
    localities = tuple(entry for entry in snapshot.localities if entry.submitter == submitter)
    codes = {entry.code for entry in localities}

    def of_own(entries: Iterable[Own]) -> tuple[Own, ...]:
        return tuple(entry for entry in entries if entry.locality in codes)

    return replace(
        snapshot,
        localities=localities,
        submitters=tuple(entry for entry in snapshot.submitters if entry.code == submitter),
        submissions=tuple(entry for entry in snapshot.submissions if entry.submitter == submitter),
        not_reported=tuple(code for code in snapshot.not_reported if code == submitter),
        narratives={submitter: snapshot.narratives.get(submitter, {})},
        figures=of_own(snapshot.figures),
        declarations=of_own(snapshot.declarations),
        justifications=of_own(snapshot.justifications),
    )


def _introduce(locality: frozen.FrozenLocality, view: SnapshotView) -> str:
    types = ", ".join(str(kind) for kind in locality.types)
    name = f"district.locality{'' if types else '_plain'}"
    line = view.phrases.say(name, name=locality.name, types=types)
    if locality.code not in view.silent or len(view.silent) == len(view.names):
        return line
    return f"{line} {view.phrases.text('district.locality_silent')}"


def _own_words(chapter: str, request: common.Request) -> list[str]:
    """What the submitter wrote on a chapter; a bracket that asks for it where it wrote nothing."""
    view = request.view
    item = view.phrases.text(f"narratives.{chapter}")
    written = split_lines(str(view.snapshot.narratives[request.about].get(item) or ""))
    return written or [view.phrases.text(f"district.asked.{chapter}")]


def _describe_verdict(locality: frozen.FrozenLocality, view: SnapshotView) -> str:
    """The locality's outcome by the criteria, with the reasons where it is not met."""
    if locality.absence and locality.verdict != "not_met":
        return view.phrases.say("district.verdicts.absent", name=locality.name)
    return view.phrases.say(
        f"district.verdicts.{locality.verdict}",
        name=locality.name,
        reasons=explain_locality(locality, view) or view.phrases.text("reasons.other"),
    )


def _weak(view: SnapshotView) -> list[str]:
    """The criteria that its localities do not meet."""
    found = [(code, view.with_verdict("not_met", code)) for code in view.criteria]
    return [
        view.phrases.say(
            "district.weak",
            code=code,
            short=lower_first(view.criteria[code].short),
            names=view.name_list([entry.code for entry in entries]),
        )
        for code, entries in found
        if entries
    ]
