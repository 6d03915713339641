"""The sheet of one locality: every criterion with its figures, limit, verdict, clause and source."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypedDict

from chuyenhoa.reporting.papers import common
from chuyenhoa.reporting.snapshot.frozen import FrozenCriterion, FrozenLocality, FrozenRule
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.numbers import format_count, format_number
from chuyenhoa.reporting.wording.outcomes import report_result
from chuyenhoa.reporting.wording.provenance import count, quote_result

_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")


class SheetRow(TypedDict):
    """A criterion with its outcome; a group's heading has only title and verdict."""

    is_heading: bool
    code: str
    title: str
    basis: str
    threshold: str
    figure: str
    formula: str
    verdict: str
    sources: list[str]


class MissingRow(TypedDict):
    """What is missing for a criterion, why, and who has to act."""

    number: str
    criterion: str
    what: str
    reason: str
    actor: str


class SheetContext(common.PaperFields):
    """The sheet of one locality (phiếu đánh giá)."""

    notice: str
    particulars: list[str]
    rows: list[SheetRow]
    missing_rows: list[MissingRow]
    notes: list[str]
    conclusion: str


def build_sheet(request: common.Request) -> SheetContext:
    """Fill the sheet of the locality that the request is about."""
    view = request.view
    locality = next(entry for entry in view.localities if entry.code == request.about)
    fields = common.fill_paper(request)
    fields["subject"] = view.phrases.say(
        "sheet.subject",
        name=lower_first(locality.name),
        place=lower_first(view.place(locality.submitter)),
        year=str(view.snapshot.plan.year),
    )
    return SheetContext(
        **fields,
        notice=str(view.snapshot.plan.notice),
        particulars=_describe(locality, view),
        rows=_list_rows(locality, view),
        missing_rows=_list_missing(locality, view),
        notes=list_notes(locality, view),
        conclusion=_conclude(locality, view),
    )


def _describe(locality: FrozenLocality, view: SnapshotView) -> list[str]:
    types = view.phrases.enumerate([str(kind) for kind in locality.types])
    return view.phrases.say_all(
        "sheet.particulars",
        name=locality.name,
        code=locality.code,
        submitter=lower_first(view.place(locality.submitter)),
        types=types or view.phrases.text("sheet.no_types"),
        window=common.write_window(view.window, view),
        baseline=common.write_window(view.baseline_window, view),
    )


def _list_rows(locality: FrozenLocality, view: SnapshotView) -> list[SheetRow]:
    verdicts = view.phrases.words("verdicts")
    results = {result.criterion: result for result in locality.criteria}
    rows: list[SheetRow] = []
    for group in view.snapshot.groups:
        title = view.phrases.say("assessment.group_title", code=group.code, title=group.title)
        verdict = locality.groups.get(group.code)
        members = [c for c in view.criteria.values() if c.group == group.code and c.code in results]
        if members:
            rows.append(_head_row(title, verdicts[verdict] if verdict else ""))
        rows += [_fill_row(entry, results[entry.code], locality, view) for entry in members]
    return rows


def _head_row(title: str, verdict: str) -> SheetRow:
    return SheetRow(
        is_heading=True,
        code="",
        title=title,
        basis="",
        threshold="",
        figure="",
        formula="",
        verdict=verdict,
        sources=[],
    )


def _fill_row(
    criterion: FrozenRule, result: FrozenCriterion, locality: FrozenLocality, view: SnapshotView
) -> SheetRow:
    return SheetRow(
        is_heading=False,
        code=criterion.code,
        title=criterion.title,
        basis=view.phrases.say("sheet.basis", text=criterion.legal_basis),
        threshold=_format_threshold(criterion, view),
        figure=report_result(locality, result, view),
        formula=_format_formula(locality.code, result, view),
        verdict=view.phrases.words("verdicts")[result.verdict],
        sources=_list_sources(result, view),
    )


def _format_formula(code: str, result: FrozenCriterion, view: SnapshotView) -> str:
    """The formula; where it could not be filled in it names figures by code, and a signed paper by label."""
    formula = result.formula
    # "TTXH_KP × 100 ≥ 80 × TTXH_XR", where a figure is missing: codes are for programs, labels for readers.
    named = _CODE.sub(lambda found: _name_code(found[0], view), formula)
    return quote_result(code, result.criterion, formula, "F") if named == formula and result.inputs else named


def _name_code(code: str, view: SnapshotView) -> str:
    return common.name_indicator(code, view) if code in view.indicators else code


def _format_threshold(criterion: FrozenRule, view: SnapshotView) -> str:
    """`Mức yêu cầu: từ 80% trở lên`; empty where the title says it all."""
    limit = criterion.threshold
    if limit is None:
        return ""
    value = Decimal(limit.value)
    # "từ 0% trở lên" of "giảm so với cùng kỳ": the title says all there is.
    if not value and limit.direction == "at_least":
        return ""
    unit = "%" if limit.unit == "percent" else f" {limit.unit}"
    text = view.phrases.say(f"sheet.limits.{limit.direction}", value=f"{format_number(value)}{unit}")
    return view.phrases.say("sheet.threshold", text=text)


def _list_sources(result: FrozenCriterion, view: SnapshotView) -> list[str]:
    """The cells by file and sheet: `bao-cao-899.xlsx, sheet “Số liệu”: D12, E12`."""
    by_sheet: dict[tuple[str, str], list[str]] = {}
    for entry in result.inputs:
        if entry.file_name:
            cells = by_sheet.setdefault((entry.file_name, entry.sheet), [])
            if entry.cell and entry.cell not in cells:
                cells.append(entry.cell)
    return [
        view.phrases.say("sheet.source", file=file, sheet=sheet, cells=", ".join(cells))
        for (file, sheet), cells in by_sheet.items()
    ]


def _list_missing(locality: FrozenLocality, view: SnapshotView) -> list[MissingRow]:
    """What is missing by criterion; a locality of which nothing can be assessed has one row for all."""
    actors = view.phrases.words("sheet.actors")
    if locality.absence and not any(result.verdict in ("met", "not_met") for result in locality.criteria):
        return [
            MissingRow(
                number="1",
                criterion=view.phrases.text("sheet.all_criteria"),
                what=view.phrases.text("sheet.all_figures"),
                reason=view.phrases.word("reasons", locality.absence),
                actor=_name_actor(actors["submitter"], locality, view),
            )
        ]
    lacking = [result for result in locality.criteria if result.verdict == "insufficient"]
    return [
        MissingRow(
            number=str(index),
            criterion=result.criterion,
            what="; ".join(common.name_input(name, view) for name in result.missing)
            or view.criteria[result.criterion].short,
            reason=view.phrases.word("reasons", result.reason),
            actor=_name_actor(actors.get(result.actor or "submitter", actors["submitter"]), locality, view),
        )
        for index, result in enumerate(lacking, start=1)
    ]


def _name_actor(pattern: str, locality: FrozenLocality, view: SnapshotView) -> str:
    return pattern.replace("{place}", lower_first(view.place(locality.submitter)))


def list_notes(locality: FrozenLocality, view: SnapshotView) -> list[str]:
    """What the assessment remarked on the locality's figures, and the reasons given for unusual ones."""
    code = locality.code
    notes = [*common.list_restated(view.only(code)), *common.quote_notes(code, view)]
    for entry in view.snapshot.justifications:
        if entry.locality == code:
            label = common.name_input(entry.indicator, view)
            notes.append(
                view.phrases.say(
                    "sheet.justified", label=label, value=entry.value, reason=entry.reason.rstrip(".")
                )
            )
    return notes


def _conclude(locality: FrozenLocality, view: SnapshotView) -> str:
    groups = locality.groups
    met, code = sum(verdict == "met" for verdict in groups.values()), locality.code
    failed = [group for group, verdict in groups.items() if verdict == "not_met"]
    lacking = [group for group, verdict in groups.items() if verdict == "insufficient"]
    return view.phrases.say(
        f"sheet.conclusion.{locality.verdict}",
        name=locality.name,
        met=format_count(count("GROUPS", met, "met", code)),
        total=format_count(count("GROUPS", len(groups), "all", code)),
        failed=view.phrases.enumerate(failed),
        lacking=view.phrases.enumerate(lacking),
    )
