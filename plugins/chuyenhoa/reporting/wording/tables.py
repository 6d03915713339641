"""The annexes' rows: every figure ready as text, gaps marked, totals that say what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chuyenhoa.reporting.snapshot.frozen import FrozenSubmission
from chuyenhoa.reporting.snapshot.view import SnapshotView, read_moment
from chuyenhoa.reporting.wording import numbers
from chuyenhoa.reporting.wording.fields import ComparisonRow, LocalityRow, SubmissionRow, Table, TableRow
from chuyenhoa.reporting.wording.outcomes import explain_locality
from chuyenhoa.reporting.wording.patterns import Column
from chuyenhoa.reporting.wording.provenance import add_sign, seal, seal_lines


def list_localities(view: SnapshotView) -> list[LocalityRow]:
    """Annex I: each locality with its types, its verdict and why."""
    verdicts = view.phrases.words("verdicts")
    return [
        LocalityRow(
            number=str(index),
            name=entry.name,
            submitter=view.place(entry.submitter),
            types=", ".join(str(kind) for kind in entry.types),
            verdict=verdicts[entry.verdict],
            remark=explain_locality(entry, view),
        )
        for index, entry in enumerate(view.localities, start=1)
    ]


def count_verdicts(view: SnapshotView) -> str:
    """The "Tổng cộng" of annex I: how many localities carry each verdict, the empty ones left out."""
    verdicts = view.phrases.words("verdicts")
    order = ("met", "not_met", "not_applicable", "insufficient")
    counts = ((verdicts[verdict], view.count_verdicts(verdict)) for verdict in order)
    return "; ".join(f"{title}: {numbers.format_count(count)}" for title, count in counts if count)


def compare_indicators(view: SnapshotView) -> list[ComparisonRow]:
    """Annex II: the province's figures by section against the window compared with."""
    titles = {entry.code: entry.title for entry in view.snapshot.sections}
    rows: list[ComparisonRow] = []
    number = 0
    for section in view.phrases.texts("annexes.comparison.sections"):
        members = [code for code, entry in view.indicators.items() if entry.section == section]
        if members:
            rows.append(_comparison_heading(titles.get(section, section)))
        for code in members:
            number += 1
            rows.append(seal(_compare(number, code, view)))
    return rows


def _comparison_heading(title: str) -> ComparisonRow:
    return ComparisonRow(
        is_heading=True,
        number="",
        label=title,
        unit="",
        current="",
        baseline="",
        difference="",
        share="",
        remark="",
    )


def _compare(number: int, code: str, view: SnapshotView) -> ComparisonRow:
    """One indicator; both columns are over the same localities, so that the difference is theirs."""
    total, pair = view.total(code), view.pair(code)
    unknown = view.phrases.text("annexes.unknown")
    row = ComparisonRow(
        is_heading=False,
        number=str(number),
        label=view.indicators[code].label,
        unit=view.unit(code),
        current=unknown if total.value is None else numbers.format_number(total.value),
        baseline=unknown,
        difference=unknown,
        share=unknown,
        remark=_remark_gap(total.missing, view),
    )
    if total.value is None:
        return row
    if pair is None:
        row["remark"] = _append(row["remark"], view.phrases.text("annexes.comparison.no_baseline"))
        return row
    # The columns compare like with like: 14 localities with both years, although 15 reported this year. The
    # remark then gives the sum of all 15.
    known = view.count_named([name for name in view.names if name not in total.missing])
    if pair.counted != known:
        partial = view.phrases.say(
            "annexes.comparison.partial",
            counted=numbers.format_count(pair.counted),
            known=numbers.format_count(known),
            total=numbers.format_number(total.value),
        )
        row["remark"] = _append(row["remark"], partial)
    row["current"], row["baseline"] = (
        numbers.format_number(pair.current),
        numbers.format_number(pair.baseline),
    )
    row["difference"] = numbers.format_signed(pair.current - pair.baseline)
    row["share"] = _change_share(pair.current, pair.baseline)
    return row


def _remark_gap(missing: Sequence[str], view: SnapshotView) -> str:
    """How many localities a row leaves out beside those that a note above the table names for all rows."""
    # A locality of which nothing came would stand in every row.
    more = [code for code in missing if code not in view.silent]
    if not more:
        return ""
    return view.phrases.say("annexes.comparison.gap", count=numbers.format_count(view.count_named(more)))


def _append(text: str, more: str) -> str:
    return f"{text}; {more}" if text else more


def _change_share(current: Decimal, baseline: Decimal) -> str:
    """The change in percent with its sign; `-` where there is nothing to divide by."""
    # From nothing to three is no percentage; the difference stands in the column before.
    if baseline == 0:
        return "-"
    share = numbers.format_share(abs(current - baseline), baseline)
    if current == baseline:
        return share
    return add_sign("-" if current < baseline else "+", share)


def build_table(name: str, view: SnapshotView) -> Table:
    """A table by locality with the columns that `report.yaml` lists under `annexes.<name>`."""
    columns = [c for c in view.phrases.patterns(f"annexes.{name}.columns", Column) if _is_known(c, view)]
    unknown = view.phrases.text("annexes.unknown")
    rows = [
        TableRow(
            number=str(index),
            name=view.names[code],
            cells=seal_lines(_cell(column, [code], view) or unknown for column in columns),
        )
        for index, code in enumerate(view.names, start=1)
    ]
    pairs_only = view.phrases.words(f"annexes.{name}").get("totals") == "pairs"
    # `totals: pairs`: this year's sum of 15 beside last year's of 14 would show a rise that nobody had.
    complete = [code for code in view.names if all(_cell(c, [code], view) is not None for c in columns)]
    totals, has_gap = [], False
    for column in columns:
        known = [code for code in view.names if _cell(column, [code], view) is not None]
        full = complete if pairs_only else known
        gap = len(full) < len(view.names)
        mark = view.phrases.text("annexes.gap_mark") if gap and full else ""
        totals.append(f"{_cell(column, full, view)}{mark}" if full else unknown)
        has_gap = has_gap or gap
    note = "annexes.pair_note" if pairs_only else "annexes.gap_note"
    notes = [view.phrases.text(note)] if has_gap else []
    return Table(heads=[c.title for c in columns], table_rows=rows, totals=seal_lines(totals), notes=notes)


def _is_known(column: Column, view: SnapshotView) -> bool:
    return all(term.removeprefix("-") in view.indicators for term in column.terms)


def _cell(column: Column, codes: Sequence[str], view: SnapshotView) -> str | None:
    """A cell over one or more localities; None when a figure of any of them is missing."""
    if column.ratio is not None:
        part = view.add(codes, column.ratio.part)
        whole = view.add(codes, column.ratio.whole)
        if part is None or whole is None:
            return None
        return numbers.format_share(part, whole) if whole > 0 else "-"
    if column.difference or column.change:
        return _change_cell(column, codes, view)
    value = view.add(codes, column.sum) if column.sum else view.add(codes, [column.of], column.basis)
    return None if value is None else numbers.format_number(value)


def _change_cell(column: Column, codes: Sequence[str], view: SnapshotView) -> str | None:
    code = column.difference or column.change
    now = view.add(codes, [code])
    then = view.add(codes, [code], "baseline")
    if now is None or then is None:
        return None
    return numbers.format_signed(now - then) if column.difference else _change_share(now, then)


def build_matrix(view: SnapshotView) -> Table:
    """Annex IV: localities by criteria; the last line counts those met."""
    marks = view.phrases.words("marks")
    rows = []
    for index, entry in enumerate(view.localities, start=1):
        found = {result.criterion: marks[result.verdict] for result in entry.criteria}
        cells = [found.get(code, "") for code in view.criteria]
        outcome = marks[entry.verdict]
        rows.append(TableRow(number=str(index), name=view.names[entry.code], cells=[*cells, outcome]))
    # "" counts the verdict as a whole: the last column.
    met = [view.count_verdicts("met", code) for code in (*view.criteria, "")]
    legend = [
        view.phrases.say("annexes.matrix.legend", code=code, title=entry.title)
        for code, entry in view.criteria.items()
    ]
    return Table(
        heads=[*view.criteria, view.phrases.text("annexes.matrix.outcome")],
        table_rows=rows,
        totals=seal_lines(numbers.format_number(count) for count in met),
        notes=[view.phrases.text("marks_legend"), f"{'; '.join(legend)}."],
    )


def list_submissions(view: SnapshotView) -> list[SubmissionRow]:
    """Annex VI: every file of every submitter, and those who sent none."""
    words, statuses = (
        view.phrases.words("annexes.submissions"),
        view.phrases.words("annexes.submissions.statuses"),
    )
    rows: list[SubmissionRow] = []
    for index, (code, place) in enumerate(view.places.items(), start=1):
        sent = [entry for entry in view.snapshot.submissions if entry.submitter == code]
        for entry in sent:
            rows.append(
                SubmissionRow(
                    number=str(index),
                    submitter=place,
                    version=_version(entry, view),
                    received=format_received(entry.received_at, view),
                    status=statuses.get(entry.status, entry.status),
                    held=", ".join(view.names.get(held, held) for held in entry.held),
                    remark=words["late"] if entry.is_late else "",
                )
            )
        if not sent:
            rows.append(_absent_row(index, place, words["none"]))
    return rows


def _absent_row(index: int, place: str, status: str) -> SubmissionRow:
    return SubmissionRow(
        number=str(index), submitter=place, version="", received="", status=status, held="", remark=""
    )


def _version(entry: FrozenSubmission, view: SnapshotView) -> str:
    if entry.version is None:
        return ""
    return view.phrases.say("annexes.submissions.version", version=numbers.format_count(entry.version))


def format_received(text: str, view: SnapshotView) -> str:
    """When a file came: `09:12 ngày 16/12/2021`."""
    moment = read_moment(text)
    return view.phrases.say(
        "annexes.submissions.received", time=moment.strftime("%H:%M"), date=numbers.format_date(moment.date())
    )
