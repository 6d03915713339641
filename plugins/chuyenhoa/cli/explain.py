"""`chuyenhoa explain`: from a stored verdict down to rule, formula, file, sheet and cell."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from chuyenhoa.assessment import labels as official
from chuyenhoa.cli import labels
from chuyenhoa.cli.output import UnusableError, print_json
from chuyenhoa.model.evidence import JustifiedWarning
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.assess import results as stored_results
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.reporting import FigureInput
from chuyenhoa.store.justifications import gather_justifications


def add_command(commands: Any) -> None:
    """Add `explain` to the parser."""
    explain = commands.add_parser(
        "explain",
        help="from a verdict down to file, sheet and cell",
        description="A result down to formula, file, sheet and cell; what lacks, who must act, what can "
        "still change. Of an assessment or snapshot: as it was stored, with the rules of then "
        "(docs/explanations.md).",
        epilog="Example: chuyenhoa explain --milestone 2021-6t --locality 30745 --criterion II.2",
    )
    of = explain.add_mutually_exclusive_group()
    of.add_argument("--milestone", help="as in 2021-6t: as it stands today")
    of.add_argument("--assessment", type=int, metavar="NUMBER", help="an assessment as it was stored")
    of.add_argument(
        "--snapshot", metavar="ID", help="a snapshot as it was frozen; its first characters will do"
    )
    of.add_argument("--document", metavar="ID", help="where --figure is asked about; the newest if left out")
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument("--locality", help="code of the locality, as in 30745")
    what.add_argument("--figure", metavar="TAG", help="tag of a figure in a document, as in f:ab…")
    explain.add_argument("--criterion", help="code of the criterion, as in II.2; all of them if left out")
    explain.add_argument("--json", action="store_true", help="print for programs")
    explain.set_defaults(run=explain_results)


def _read(ctx: Context, options: argparse.Namespace) -> stored_results.StoredResults:
    try:
        if options.snapshot is not None:
            return stored_results.read_snapshot(ctx, options.snapshot)
        number = options.assessment
        if number is None:
            # Today's state is assessed and stored first, so that what is shown can be cited by its sha256.
            number = assessing.current_assessment(options.milestone)
        return stored_results.read_assessment(ctx, number, options.locality, options.criterion)
    except stored_results.UnknownResultError as error:
        raise UnusableError(str(error)) from error


def explain_results(options: argparse.Namespace) -> int:
    """Print rule, formula and inputs of each result, as they were stored.

    Raises:
        UnusableError: there is no such assessment, snapshot, locality or criterion.
    """
    if options.figure is not None:
        return explain_figure(options)
    # Not left to argparse: --figure needs none of the three.
    if options.milestone is options.assessment is options.snapshot is None:
        raise UnusableError("say whether as of --milestone, --assessment or --snapshot.")
    ctx = open_context()
    stored = _read(ctx, options)
    rules = stored.explanation["rules"]
    locality = next((e for e in stored.localities if e["locality"] == options.locality), None)
    if locality is None:
        # Of the plan as it was stored, not of today's: its list may have changed since.
        known = ", ".join(stored.explanation["types"])
        plan = stored.explanation["plan"]["id"]
        raise UnusableError(f"plan {plan} has no locality {options.locality!r}; it has {known}.")
    results = [r for r in locality["criteria"] if options.criterion in (None, r["criterion"])]
    if not results:
        plan = stored.explanation["plan"]["id"]
        raise UnusableError(f"plan {plan} has no criterion {options.criterion!r}; it has {', '.join(rules)}.")
    if options.json:
        asked = {result["criterion"]: rules[result["criterion"]] for result in results}
        print_json(
            {
                **locality,
                "milestone": stored.milestone,
                "criteria": results,
                "notes": labels.notes_about(stored.notes, options.locality, _named(options, results)),
                "reasons": _reasons(ctx, stored, options, results),
                "explanation": {
                    **stored.explanation,
                    "rules": asked,
                    "types": {options.locality: stored.explanation["types"][options.locality]},
                    "origin": stored.origin,
                    "stored": stored.is_complete,
                },
            }
        )
        return 0
    _print(ctx, stored, options, {**locality, "criteria": results})
    return 0


def _print(
    ctx: Context,
    stored: stored_results.StoredResults,
    options: argparse.Namespace,
    locality: Mapping[str, Any],
) -> None:
    plan, period = ctx.plan_of(stored.milestone), ctx.period(stored.milestone)
    known = plan.locality_by_code.get(options.locality)
    # A locality that the plan has dropped since is shown by its code.
    name = known.name if known else options.locality
    print(f"{name}, {period.label}: {labels.VERDICTS[locality['verdict']]}")
    outlook = "" if options.criterion else labels.explain_locality(locality)
    if outlook:
        print(outlook)
    named = _named(options, locality["criteria"])
    for key, text in labels.notes_about(stored.notes, options.locality, named).items():
        print(labels.format_note_briefly(key, text))
    for result in locality["criteria"]:
        rule = stored.explanation["rules"][result["criterion"]]
        reason = f", {labels.format_reason(result['reason'])}" if result["reason"] else ""
        print(f"\n{result['criterion']}  {rule['title']}: {labels.VERDICTS[result['verdict']]}{reason}")
        print(f"    căn cứ: {rule['legal_basis']}")
        for line in labels.explain_outlook(plan, result):
            print(f"    {line}")
        _print_inputs(result)
    # A snapshot has frozen its justifications; of an assessment they are today's.
    if stored.justifications is None:
        reasons = find_justifications(ctx, stored.milestone, options.locality, named)
        if reasons:
            print("\nGiải trình:")
        for line in format_justifications(reasons):
            print(f"    {line}")
    edition = stored.explanation["plan"]["edition"]
    kind = "đánh giá" if "assessment" in stored.origin else "số liệu chốt"
    # Stored before rules were kept with results: they are taken from the plan in force, which is said.
    doubt = "" if stored.is_complete else "; quy tắc lấy theo kế hoạch hiện hành"
    print(f"Nguồn: {kind} {stored.origin['sha256'][:12]}, kế hoạch ấn bản {edition}{doubt}")


def _named(options: argparse.Namespace, results: list[Mapping[str, Any]]) -> list[str] | None:
    return None if options.criterion is None else [e["name"] for r in results for e in r["inputs"]]


def _reasons(
    ctx: Context,
    stored: stored_results.StoredResults,
    options: argparse.Namespace,
    results: list[Mapping[str, Any]],
) -> list[Any]:
    """The reasons given for the figures behind results: today's, or those that the snapshot froze."""
    named = _named(options, results)
    if stored.justifications is None:
        found = find_justifications(ctx, stored.milestone, options.locality, named)
        return [justification_json(entry) for entry in found]
    return [
        entry
        for entry in stored.justifications
        if entry["locality"] == options.locality and (named is None or entry["indicator"] in named)
    ]


def _print_inputs(result: Mapping[str, Any]) -> None:
    if result["formula"]:
        print(f"    {result['formula']}")
    for entry in result["inputs"]:
        where = f"{entry['sheet']}!{entry['cell']}, {entry['file_name']}, {entry['sha256'][:12]}"
        said = _format_input(entry, is_statement=entry["name"] == result["criterion"])
        print(f"    {entry['name']} = {said}" + (f"  {where}" if entry["cell"] else _format_origin(entry)))


def _format_origin(entry: Mapping[str, Any]) -> str:
    """Where a figure without a cell comes from: a line of the plan's data; empty for a sum."""
    return f"  {entry['file_name']}" if entry["file_name"] else ""


def _format_input(entry: Mapping[str, Any], *, is_statement: bool) -> str:
    in_part = official.format_bounds(entry.get("low"), entry.get("high"))
    if entry["value"] is None and in_part:
        return f"{in_part} {entry['unit']}".rstrip()
    if entry["value"] is None:
        return (
            "(trống)"
            if entry["reason"] in (None, InsufficiencyReason.BLANK)
            else f"({labels.format_reason(entry['reason'])})"
        )
    return (
        labels.format_statement(entry["value"])
        if is_statement
        else f"{entry['value']} {entry['unit']}".rstrip()
    )


# In a formula: COUNT(VERDICT;met;II.2;*) is "số địa bàn có kết quả ĐẠT, tiêu chí II.2", TARGET(T1;reached) a
# target's count.
_COUNT = re.compile(r"(?:COUNT|TARGET)\(([^()]*)\)")
_SUBMITTERS = {
    "expected": "số đơn vị phải báo cáo",
    "reported": "số đơn vị có báo cáo được chấp nhận",
    "absent": "số đơn vị chưa có báo cáo được chấp nhận",
    "late": "số đơn vị gửi sau thời hạn",
    "on_time": "số đơn vị gửi đúng hạn",
    "involved": "số đơn vị có địa bàn",
    "named": "số đơn vị được nêu tên",
}
_TARGETS = {"reached": "số địa bàn đạt", "total": "số địa bàn tính", "needed": "số địa bàn cần đạt"}


def explain_figure(options: argparse.Namespace) -> int:
    """Print where a figure comes from.

    Raises:
        UnusableError: no document holds a figure with this tag.
    """
    try:
        found = stored_results.find_figure(open_context(), options.figure, options.document or "")
    except stored_results.UnknownFigureError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json(found)
        return 0
    figure = found.figure
    print(f"{figure.tag}: {figure.text}")
    print(f"    văn bản: {found.document}")
    print(f"    cách tính: {_COUNT.sub(_format_count, figure.formula)}")
    for entry in figure.inputs:
        print(f"    {_format_figure_input(entry)}")
    print(f"Nguồn: số liệu chốt {found.snapshot[:12]}, kế hoạch ấn bản {found.edition}")
    return 0


def _format_count(found: re.Match[str]) -> str:
    """A count of localities, submitters, files or groups in words."""
    rule, *rest = found[1].split(";")
    if found[0].startswith("TARGET"):
        return f"{_TARGETS[rest[0]]} của chỉ tiêu {rule}"
    if rule == "SUBMITTERS":
        return _SUBMITTERS[rest[0]]
    if rule == "FILES":
        return "số bản nộp có số liệu được dùng"
    verdict = labels.VERDICTS.get(rest[0], "") if rest else ""
    if rule == "GROUPS":
        return f"số nhóm tiêu chí {verdict}".rstrip() + f" của địa bàn {rest[1]}"
    if not verdict:
        return "số địa bàn"
    what = f", {'nhóm' if rule == 'GROUP' else 'tiêu chí'} {rest[1]}" if rest[1] else ""
    return f"số địa bàn có kết quả {verdict}{what}"


def _format_figure_input(entry: FigureInput) -> str:
    name = f"{entry.locality} {entry.name}".rstrip()
    if not entry.source:
        return f"{name}: {labels.VERDICTS.get(entry.value, entry.value)}"
    basis = f" ({labels.BASES[entry.basis]})" if entry.basis else ""
    source = entry.source
    where = f"{source['sheet']}!{source['cell']}, " if source["cell"] else ""
    return f"{name}{basis} = {entry.value}  {where}{source['file_name']}, {source['sha256'][:12]}"


def find_justifications(
    ctx: Context, milestone: str, locality: str, indicators: Sequence[str] | None = None
) -> list[JustifiedWarning]:
    """The justifications of a locality's figures at a milestone; only of the indicators, if any are named."""
    plan, period = ctx.plan_of(milestone), ctx.period(milestone)
    # The plan of this locality alone: nothing is read of the others.
    alone = replace(plan, localities=tuple(e for e in plan.localities if e.code == locality))
    with ctx.store.reading() as session:
        counting = assessing.gather_evidence(ctx, session, period, alone).periods
        periods = dict.fromkeys((milestone, *counting))
        found = gather_justifications(session, plan, periods, ctx.titles_of(plan), [locality])
    return [entry for entry in found if indicators is None or entry.indicator in indicators]


def justification_json(entry: JustifiedWarning) -> dict[str, Any]:
    """The entry of `explain --json`."""
    return asdict(entry)


def format_justifications(found: Sequence[JustifiedWarning]) -> list[str]:
    """Two lines each: rule and figure with its cell, then the reason with its own cell."""
    lines = []
    for entry in found:
        figure, source = entry.figure, entry.source
        where = f"{figure.sheet}!{figure.cell}, {figure.file_name}, {figure.sha256[:12]}"
        lines.append(f"{entry.rule_id}  {entry.title}: {entry.indicator} = {entry.value}  {where}")
        place = f"{source.sheet}!{source.cell}, {source.file_name}, {source.sha256[:12]}"
        lines.append(f"    lý do: “{entry.reason}”  {place}")
    return lines
