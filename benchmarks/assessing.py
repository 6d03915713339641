"""What assessing a whole country costs: 10,600 localities of twelve months, against a pandas groupby."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.timing import Timing, show
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.assessment.windows import assemble
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Period, Plan

COUNTRY = 10_600
MONTHS = 12
SIZES = (1_000, 10_000, 100_000)
CHUNK = 1_000
"""Localities that are assembled and assessed at once: so that memory does not grow with the country."""


def national_plan(plan: Plan, count: int) -> tuple[Plan, Period]:
    """The plan with so many localities and twelve months in its year's window."""
    like = plan.localities[0]
    localities = tuple(
        Locality(f"{number:05d}", f"Xã {number}", like.submitter, like.types, like.status)
        for number in range(count)
    )
    year = plan.milestones[-1]
    starts = [year.window.start + timedelta(days=20 * n) for n in range(MONTHS)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), year.window.end]
    months = tuple(
        replace(year, id=f"m{n:02d}", is_milestone=False, window=Window(start, end))
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    return replace(plan, localities=localities, periods=(year, *months)), year


def figure_of(locality: int, indicator: int, basis: Basis, month: int) -> int:
    """A made-up figure, the same at every run."""
    return (locality * 31 + indicator * 7 + month * 3 + (5 if basis is Basis.BASELINE else 0)) % 9


def reports_of(plan: Plan, numbers: range) -> dict[str, dict[str, LocalityEvidence]]:
    """Every month's report of some localities: all figures of both windows, and all declarations."""
    codes = list(plan.indicator_by_code)
    found: dict[str, dict[str, LocalityEvidence]] = {}
    for month, period in enumerate(plan.periods[1:]):
        source = Source(f"S{month:06d}", "0" * 64, f"{period.id}.xlsx", "Số liệu", "D12")
        values = [KnownFigure(Decimal(value), source) for value in range(9)]
        said = KnownDeclaration(Answer.YES, "12/KH-UBND", date(2021, 5, 17), "", source)
        declarations = {entry.code: said for entry in plan.declared_criteria}
        found[period.id] = {}
        for number in numbers:
            figures = {
                (code, basis): values[figure_of(number, place, basis, month)]
                for place, code in enumerate(codes)
                for basis in Basis
            }
            code = plan.localities[number].code
            found[period.id][code] = LocalityEvidence(code, figures, declarations)
    return found


def assess_all(plan: Plan, year: Period) -> Iterator[tuple[float, Mapping[str, int]]]:
    """Seconds and verdicts, province by province; making the figures up is not counted."""
    for start in range(0, len(plan.localities), CHUNK):
        numbers = range(start, min(start + CHUNK, len(plan.localities)))
        part = replace(plan, localities=plan.localities[start : start + CHUNK])
        reported = reports_of(plan, numbers)
        gc.collect()
        begun = time.process_time()
        found = assess(part, year, assemble(part, year, reported).evidence, year.window.end)
        spent = time.process_time() - begun
        yield spent, {str(verdict): count for verdict, count in found.counts().items()}


def bench_country(plan: Plan) -> None:
    """A country of 10,600 localities, twelve months, all criteria explained, against a pandas groupby."""
    wide, year = national_plan(plan, COUNTRY)
    spent = sum(seconds for seconds, _ in assess_all(wide, year))
    ours = Timing("assemble and assess: every criterion with explanation", spent / COUNTRY, COUNTRY)
    grouped = Timing("pandas groupby: the same months summed, no verdict", _group(wide) / COUNTRY, COUNTRY)
    show(f"Assessing {COUNTRY:,} localities of {MONTHS} months ({spent:.0f} s in all)", ours, grouped)


def _group(plan: Plan) -> float:
    """Seconds in which pandas sums the months of every locality and figure, from a frame that is there."""
    import numpy as np
    import pandas as pd

    indicators = len(plan.indicators)
    count = len(plan.localities) * MONTHS
    locality = np.repeat(np.arange(len(plan.localities)), MONTHS)
    month = np.tile(np.arange(MONTHS), len(plan.localities))
    columns = {
        f"{basis}_{place}": (locality * 31 + place * 7 + month * 3 + (5 if basis is Basis.BASELINE else 0))
        % 9
        for place in range(indicators)
        for basis in Basis
    }
    frame = pd.DataFrame({"locality": locality, **columns}).melt("locality", var_name="figure")
    begun = time.process_time()
    sums = frame.groupby(["locality", "figure"], sort=False)["value"].sum()
    spent = time.process_time() - begun
    assert len(sums) == len(plan.localities) * indicators * len(Basis), count
    return spent


def bench_growth_of_assessing(plan: Plan, sizes: tuple[int, ...] = SIZES) -> None:
    """Time and memory from a province to many countries; a linear engine keeps both per locality."""
    print("\nGrowth of assessing")
    for size in sizes:
        wide, year = national_plan(plan, size)
        spent = sum(seconds for seconds, _ in assess_all(wide, year))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  {size:>7,} localities {spent:9.1f} s {spent / size * 1000:7.2f} ms each   peak {peak:,} MB")
