"""A milestone of which a part is known: figures fall through blanks, declarations stay proved, gaps bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.assessment.precedence import ReportedWindow, Way
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.assessment.windows import Assembled, assemble
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis, keeps_document
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import CriterionResult, InsufficiencyReason, Verdict

PLACE = "30745"
NOW, BEFORE = Basis.CURRENT, Basis.BASELINE
MONTHS = [f"2021-t{number:02d}" for number in range(5, 13)]
YES, NO, NA = Answer.YES, Answer.NO, Answer.NOT_APPLICABLE
Figures = dict[tuple[str, Basis], int | None]


def source(name: str) -> Source:
    return Source(name, "a" * 64, f"{name}.xlsx", "Số liệu", "D12")


def figure(name: str, value: int | None) -> KnownFigure:
    return KnownFigure(None if value is None else Decimal(value), source(name))


def report(name: str, figures: Figures, said: dict[str, KnownDeclaration] | None = None) -> LocalityEvidence:
    known = {key: figure(name, value) for key, value in figures.items()}
    return LocalityEvidence(PLACE, known, said or {})


def held() -> LocalityEvidence:
    return LocalityEvidence(PLACE, absence=InsufficiencyReason.HELD_BY_FINDINGS)


def put_together(
    plan: Plan, reports: dict[str, LocalityEvidence], *history: ReportedWindow, milestone: str = "2021-nam"
) -> Assembled:
    period = plan.period_by_id[milestone]
    key = plan.register.key_of(PLACE, period.window.end)
    return assemble(plan, period, {name: {PLACE: one} for name, one in reports.items()}, {key: history})


def judged(plan: Plan, found: Assembled) -> dict[str, CriterionResult]:
    year = plan.period_by_id["2021-nam"]
    (result,) = (
        r for r in assess(plan, year, found.evidence, year.window.end).localities if r.locality == PLACE
    )
    return {entry.criterion: entry for entry in result.criteria}


def test_a_blank_in_the_years_report_hides_no_month(plan: Plan) -> None:
    reports = {name: report(name, {("XHD", NOW): 1, ("TTXH_XR", NOW): 2}) for name in MONTHS}
    reports["2021-nam"] = report("2021-nam", {("XHD", NOW): None, ("TTXH_XR", NOW): 16})
    found = put_together(plan, reports)
    figures = found.evidence[PLACE].figures
    assert figures["XHD", NOW].value == 8
    assert figures["TTXH_XR", NOW].source.file_name == "2021-nam.xlsx"
    assert found.periods == ("2021-nam", *MONTHS)
    assert found.differences == ()


@pytest.mark.parametrize("lacking", [report("2021-t06", {("XHD", NOW): None}), held(), None])
def test_one_event_breaks_a_criterion_whatever_lacks(plan: Plan, lacking: LocalityEvidence | None) -> None:
    """A month is blank, held back, or was never sent: the events of the others are there all the same."""
    for events, verdict in ((1, Verdict.NOT_MET), (0, Verdict.INSUFFICIENT)):
        reports = {name: report(name, {("XHD", NOW): 0}) for name in MONTHS}
        reports["2021-t05"] = report("2021-t05", {("XHD", NOW): events})
        del reports["2021-t06"]
        if lacking is not None:
            reports["2021-t06"] = lacking
        found = put_together(plan, reports)
        known = found.evidence[PLACE].figures["XHD", NOW]
        assert (known.value, known.low or 0) == (None, events)
        # The blank cell is shown among the parts, so that it is seen which one to fill.
        is_blank = lacking is not None and lacking.absence is None
        assert [p.source.file_name for p in known.parts if p.value is None] == ["2021-t06.xlsx"] * is_blank
        assert judged(plan, found)["II.4"].verdict is verdict
        assert bool(found.gaps) is (lacking is None or lacking.absence is not None)


def test_a_stock_of_the_last_day_is_known_though_a_month_before_lacks(plan: Plan) -> None:
    found = put_together(plan, {"2021-t12": report("2021-t12", {("DIEM_MT", NOW): 2, ("XHD", NOW): 0})})
    assert found.evidence[PLACE].absence is InsufficiencyReason.GAP_IN_WINDOW
    results = judged(plan, found)
    assert results["III.2"].verdict is Verdict.NOT_MET
    assert (results["II.4"].verdict, results["II.4"].reason) == (
        Verdict.INSUFFICIENT,
        InsufficiencyReason.GAP_IN_WINDOW,
    )


@pytest.mark.parametrize("sent", [{}, {"2021-nam": held()}])
def test_what_a_later_year_tells_counts_though_nothing_of_this_one_was_accepted(
    plan: Plan, sent: dict[str, LocalityEvidence]
) -> None:
    """One blank month sent, and the later figure counted; nothing sent, and it did not."""
    window = plan.period_by_id["2021-nam"].window
    told = {"XHD": figure("2022", 1), "DIEM_MT": figure("2022", None)}
    later = ReportedWindow(window, told, "2022-nam", is_told=True)
    results = judged(plan, put_together(plan, sent, later))
    assert results["II.4"].verdict is Verdict.NOT_MET
    reason = InsufficiencyReason.HELD_BY_FINDINGS if sent else InsufficiencyReason.NOT_SUBMITTED
    assert (results["III.2"].verdict, results["III.2"].reason) == (Verdict.INSUFFICIENT, reason)
    blank = ReportedWindow(window, {"DIEM_MT": figure("2022", None)}, "2022-nam", is_told=True)
    assert put_together(plan, sent, blank).evidence[PLACE] == LocalityEvidence(PLACE, absence=reason)


def past(plan: Plan, name: str, value: int | None) -> ReportedWindow:
    """A report of the year before on the window that a period compares with."""
    return ReportedWindow(
        plan.period_by_id[name].baseline, {"TTXH_XR": figure("2020", value)}, f"2020 {name}"
    )


@pytest.mark.parametrize(
    ("reported", "value", "way"),
    [
        ({"2021-nam": 40}, 40, Way.OWN),
        ({"2021-6t": 30, "2021-t11": 4, "2021-t12": 6}, 40, Way.FINER),
        ({"2021-nam": None, "2021-6t": 30, "2021-t11": 4, "2021-t12": 6}, 40, Way.FINER),
        ({"2021-6t": 30, "2021-t11": 4}, 44, None),
        ({}, 44, None),
    ],
)
def test_reports_of_the_year_before_go_before_the_sheet_that_compares(
    plan: Plan, reported: dict[str, int | None], value: int, way: Way | None
) -> None:
    """“Cùng kỳ” says 44 and what was reported then comes to 40: with 42 now, II.1 is not met."""
    history = [past(plan, name, number) for name, number in reported.items()]
    now = report("2021-nam", {("TTXH_XR", NOW): 42, ("TTXH_XR", BEFORE): 44})
    found = put_together(plan, {"2021-nam": now}, *history)
    assert found.evidence[PLACE].figures["TTXH_XR", BEFORE].value == value
    assert judged(plan, found)["II.1"].verdict is (Verdict.NOT_MET if value == 40 else Verdict.MET)
    clashes = [entry.clash for entry in found.differences]
    assert [(c.ways, c.counted.value, c.other.value) for c in clashes] == (
        [] if way is None else [((way, Way.TOLD), Decimal(40), Decimal(44))]
    )
    assert all((entry.basis, entry.period) == (BEFORE, "2021-nam") for entry in found.differences)


def test_what_a_later_year_tells_of_this_one_comes_last(plan: Plan) -> None:
    year = plan.period_by_id["2021-nam"]
    later = ReportedWindow(year.window, {"XHD": figure("2022", 1)}, "2022-nam", is_told=True)
    blank = {"2021-nam": report("2021-nam", {("XHD", NOW): None})}
    assert put_together(plan, blank, later).evidence[PLACE].figures["XHD", NOW].value == 1
    stated = {"2021-nam": report("2021-nam", {("XHD", NOW): 0})}
    found = put_together(plan, stated, later)
    assert found.evidence[PLACE].figures["XHD", NOW].value == 0
    assert [entry.clash.ways for entry in found.differences] == [(Way.OWN, Way.TOLD)]


def test_a_difference_inside_an_older_year_names_its_days(plan: Plan) -> None:
    """A report of 2020 on days that are no period's window compared with."""
    half = plan.period_by_id["2021-6t"].baseline
    days = replace(half, end=date(2020, 5, 1))
    history = [ReportedWindow(days, {"TTXH_XR": figure(str(n), n)}, f"x{n}") for n in (1, 2)]
    now = report("2021-nam", {("TTXH_XR", NOW): 1})
    (difference,) = put_together(plan, {"2021-nam": now}, *history).differences
    assert difference.period == "2020-04-15/2020-05-01"


def test_households_reached_are_those_of_the_newest_count_and_never_a_sum(plan: Plan) -> None:
    """60 of 100 in one month and 60 in the next are 60 of 100, and not 120."""
    reports = {name: report(name, {("HO_TT", NOW): 60, ("HO_TONG", NOW): 100}) for name in MONTHS}
    result = judged(plan, put_together(plan, reports))["V.2"]
    assert (result.verdict, result.figure) == (Verdict.NOT_MET, "60 < 100 hộ")
    reports["2021-t12"] = report("2021-t12", {("HO_TT", NOW): None, ("HO_TONG", NOW): 100})
    known = put_together(plan, reports).evidence[PLACE].figures["HO_TT", NOW]
    assert (known.value, known.low) == (None, Decimal(60))


def declared(answer: Answer | None, number: str = "", day: date | None = None) -> KnownDeclaration:
    return KnownDeclaration(answer, number, day, "", source(f"{answer} {number} {day}"))


DAY, LATER = date(2021, 5, 1), date(2021, 9, 1)
PROVED = declared(YES, "12/KH-UBND", DAY)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (PROVED, declared(YES), True),
        (PROVED, declared(YES, " 12/kh-ubnd "), True),
        (PROVED, declared(YES, "", DAY), True),
        (PROVED, PROVED, False),
        (PROVED, declared(YES, "", LATER), False),
        (PROVED, declared(YES, "13/KH-UBND"), False),
        (PROVED, declared(YES, "13/KH-UBND", LATER), False),
        (PROVED, declared(NO), False),
        (PROVED, declared(NA), False),
        (PROVED, declared(None), False),
        (declared(NO, "12/KH-UBND", DAY), declared(YES), False),
        (declared(YES), declared(YES), False),
        (declared(YES, "12/KH-UBND"), declared(YES), True),
        (declared(YES, "12/KH-UBND"), declared(YES, "", DAY), False),
    ],
)
def test_a_document_is_kept_by_a_yes_that_only_repeats_it(
    old: KnownDeclaration, new: KnownDeclaration, kept: bool
) -> None:
    assert keeps_document(old, new) is kept


SAID = st.sampled_from([declared(a) for a in (YES, NO, NA, None)] + [PROVED, declared(YES, "13/QĐ", LATER)])
ORDER = [*MONTHS[:6], "2021-6t", *MONTHS[6:], "2021-nam"]


@given(st.dictionaries(st.sampled_from(ORDER), SAID))
def test_a_declaration_is_the_last_word_with_the_document_that_proves_it(
    plan: Plan, said: dict[str, KnownDeclaration]
) -> None:
    """Told in the order of time, with the months of the six months before these; every report came."""
    reports = {name: report(name, {}, {"I.1": said[name]} if name in said else {}) for name in ORDER}
    found = put_together(plan, reports).evidence[PLACE].declarations.get("I.1")
    word: KnownDeclaration | None = None
    for entry in (said[name] for name in ORDER if name in said):
        bare = entry.answer is YES and not entry.document_number
        if entry.answer is None or (bare and word is not None and word.document_number):
            continue
        word = entry
    assert (found if found and found.answer else None) == word
    assert (found is None) is (not said)


@given(st.dictionaries(st.sampled_from(ORDER), SAID), st.sets(st.sampled_from(MONTHS)))
def test_what_is_declared_holds_unless_a_report_that_lacks_could_say_otherwise(
    plan: Plan, said: dict[str, KnownDeclaration], lacking: set[str]
) -> None:
    names = [name for name in MONTHS if name not in lacking]
    reports = {name: report(name, {}, {"I.1": said[name]} if name in said else {}) for name in names}
    found = put_together(plan, reports).evidence[PLACE].declarations.get("I.1")
    spoken = [name for name in names if name in said and said[name].answer is not None]
    open_later = [name for name in lacking if spoken and name > spoken[-1]]
    assert (found is not None and found.answer is not None) is bool(spoken and not open_later)


@given(st.dictionaries(st.sampled_from(ORDER), st.sampled_from([YES, NO, NA, None])), st.booleans())
def test_what_must_hold_throughout_is_refused_by_one_no_and_needs_every_report(
    plan: Plan, said: dict[str, Answer | None], has_all: bool
) -> None:
    """II.5; of a report and of shorter ones inside it the longer one counts."""
    reports = {
        name: report(name, {}, {"II.5": declared(said[name])} if name in said else {})
        for name in ORDER
        if name in said or has_all
    }
    found = put_together(plan, reports).evidence[PLACE].declarations.get("II.5")
    stated = {name for name in said if said[name] is not None}
    if "2021-nam" in stated:
        counting = {"2021-nam"}
    else:
        counting = stated - set(MONTHS[:6]) if "2021-6t" in stated else stated
    covers = counting >= {"2021-nam"} or (
        counting >= {*MONTHS[6:]} and ("2021-6t" in counting or counting >= set(MONTHS))
    )
    answers = {said[name] for name in counting}
    answer = found.answer if found else None
    if NO in answers:
        assert answer is NO
    elif not covers:
        assert answer is None
    elif YES in {said[name] for name in stated if said[name] is not NO}:
        assert answer is YES or answers == {NA}
    else:
        assert answer is NA
