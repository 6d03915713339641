"""What assessing a whole country costs: 10,600 localities of twelve months, against pandas groupbys."""

from __future__ import annotations

import gc
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from benchmarks.timing import Timing, show
from chuyenhoa.assessment import columns
from chuyenhoa.assessment.verdicts import assess_each
from chuyenhoa.assessment.windows import assemble
from chuyenhoa.model.calendars import Window, same_window
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Period, Plan

COUNTRY = 10_600
MONTHS = 12
SIZES = (1_000, 10_000, 100_000)
CHUNK = 1_000
"""Localities of which there are objects at once: so that memory does not grow with the country."""
LARGEST = 8
"""No figure of a month is larger."""


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
        replace(
            year,
            id=f"m{n:02d}",
            is_milestone=False,
            window=Window(start, end),
            baseline=same_window(Window(start, end), 1),
        )
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    return replace(plan, localities=localities, periods=(year, *months)), year


def figures_of(plan: Plan, numbers: range) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """[month, figure, locality]: made-up figures, the same at every run, without a pattern that repeats."""
    shape = (MONTHS, len(plan.indicators) * len(Basis), len(numbers))
    # One generator a locality, so that a country in parts is the country at once.
    found = np.empty(shape, np.int64)
    for place, number in enumerate(numbers):
        found[:, :, place] = np.random.default_rng(number).integers(0, LARGEST + 1, shape[:2])
    return found


def keys_of(plan: Plan) -> list[tuple[str, Basis]]:
    """The figures of `figures_of`, a row each."""
    return [(code, basis) for code in plan.indicator_by_code for basis in Basis]


def reports_of(plan: Plan, numbers: range) -> dict[str, dict[str, LocalityEvidence]]:
    """Every month's report of some localities: all figures of both windows, and all declarations."""
    made = figures_of(plan, numbers).tolist()
    rows = list(enumerate(keys_of(plan)))
    codes = [plan.localities[number].code for number in numbers]
    found: dict[str, dict[str, LocalityEvidence]] = {}
    for month, period in enumerate(plan.periods[1:]):
        source = Source(f"S{month:06d}", "0" * 64, f"{period.id}.xlsx", "Số liệu", "D12")
        values = [KnownFigure(Decimal(value), source) for value in range(LARGEST + 1)]
        said = KnownDeclaration(Answer.YES, "12/KH-UBND", date(2021, 5, 17), "", source)
        declarations = {entry.code: said for entry in plan.declared_criteria}
        found[period.id] = {
            code: LocalityEvidence(
                code, {key: values[made[month][row][place]] for row, key in rows}, declarations
            )
            for place, code in enumerate(codes)
        }
    return found


def monthly_columns(plan: Plan) -> list[columns.Columns]:
    """Every month of the whole country as columns: all figures of both windows, and all declarations."""
    made = figures_of(plan, range(len(plan.localities)))
    declared = [entry.code for entry in plan.declared_criteria]
    said = (len(declared), len(plan.localities))
    return [
        columns.Columns(
            {key: row for row, key in enumerate(keys_of(plan))},
            month,
            np.ones(month.shape, np.bool_),
            (1,) * len(month),
            {code: row for row, code in enumerate(declared)},
            np.full(said, columns.MET, np.int8),
            np.ones(said, np.bool_),
            np.zeros(said[1], np.bool_),
        )
        for month in made
    ]


def seconds(run: Callable[..., object], *arguments: object) -> float:
    """Processor time of one run."""
    gc.collect()
    begun = time.process_time()
    run(*arguments)
    return time.process_time() - begun


def decide_columns(plan: Plan, year: Period, monthly: list[columns.Columns]) -> columns.Decided:
    """Sums and verdicts, from the months to the localities."""
    criteria = plan.criteria_on(year.window.end)
    joined = columns.join_windows(plan.indicator_by_code, columns.figures_in(criteria), monthly)
    codes = columns.verdict_codes(criteria, plan.localities, joined)
    # Denominators below zero, of which made-up figures have some, would be the engine's.
    assert (codes != columns.EXACT).mean() > 0.9
    return columns.gather(plan, criteria, np.maximum(codes, np.int8(columns.INSUFFICIENT)))


def chunks(plan: Plan) -> Iterator[tuple[Plan, Mapping[str, Mapping[str, LocalityEvidence]]]]:
    """The country in parts, with what was reported of each."""
    for start in range(0, len(plan.localities), CHUNK):
        numbers = range(start, min(start + CHUNK, len(plan.localities)))
        yield replace(plan, localities=plan.localities[start : start + CHUNK]), reports_of(plan, numbers)
        gc.collect()


def decide_reports(plan: Plan, year: Period) -> float:
    """Seconds from the evidence of every month to all verdicts."""
    spent = 0.0
    for part, reported in chunks(plan):
        begun = time.process_time()
        columns.decide(part, assemble(part, year, reported).evidence, year.window.end)
        spent += time.process_time() - begun
    return spent


def explain_all(plan: Plan, year: Period, store: Path) -> tuple[float, float, int]:
    """Seconds to put months together, seconds to explain and store every result, and the bytes stored."""
    encoder = msgspec.json.Encoder(order="sorted")
    assembling = explaining = 0.0
    size = 0
    with sqlite3.connect(store) as connection:
        connection.execute("CREATE TABLE results (locality, criterion, verdict, content)")
        for part, reported in chunks(plan):
            begun = time.process_time()
            evidence = assemble(part, year, reported).evidence
            assembling += time.process_time() - begun
            begun = time.process_time()
            connection.executemany(
                "INSERT INTO results VALUES (?, ?, ?, ?)",
                (
                    (found.locality, found.criterion, found.verdict.value, encoder.encode(found))
                    for locality in assess_each(part, evidence, year.window.end)
                    for found in locality.criteria
                ),
            )
            connection.commit()
            explaining += time.process_time() - begun
        size = connection.execute("SELECT sum(length(content)) FROM results").fetchone()[0]
    return assembling, explaining, size


def peak_memory() -> int:
    """The most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def bench_country(plan: Plan) -> None:
    """A country of 10,600 localities, twelve months, verdicts and explanations, against pandas groupbys."""
    wide, year = national_plan(plan, COUNTRY)
    with tempfile.TemporaryDirectory(prefix="chuyenhoa-bench-") as folder:
        assembling, explaining, size = explain_all(wide, year, Path(folder) / "results.db")
    objects = decide_reports(wide, year)
    monthly = monthly_columns(wide)
    verdicts = min(seconds(decide_columns, wide, year, monthly) for _ in range(3))
    peak = peak_memory()
    long, short = group(wide)
    print(f"\nA country of {COUNTRY:,} localities, {MONTHS} months of {len(keys_of(wide))} figures each")
    peers = [
        Timing("pandas groupby, long frame: months summed, no verdict", long / COUNTRY, COUNTRY),
        Timing("pandas groupby, a column a figure: months summed, no verdict", short / COUNTRY, COUNTRY),
    ]
    for name, spent in (
        ("columns: months summed and all verdicts", verdicts),
        ("evidence of every month to all verdicts", objects),
        ("assembled windows to all results, explained and stored", explaining),
        ("evidence of every month to all results, explained and stored", assembling + explaining),
    ):
        show(f"{name} ({spent:.2f} s)", Timing(name, spent / COUNTRY, COUNTRY), *peers)
    print(f"  stored: {size / 1e6:,.0f} MB of results; peak of ours, before pandas: {peak:,} MB")


def group(plan: Plan) -> tuple[float, float]:
    """Seconds in which pandas sums the months of every locality and figure, from a frame that is there."""
    made = figures_of(plan, range(len(plan.localities)))
    figures, count = made.shape[1], made.shape[2]
    cells = made.transpose(2, 0, 1).reshape(count * MONTHS, figures)
    frame = pd.DataFrame(cells, columns=[f"f{row}" for row in range(figures)])
    frame.insert(0, "locality", np.repeat(np.arange(count), MONTHS))
    short = min(seconds(sum_columns, frame) for _ in range(3))
    long = frame.melt("locality", var_name="figure")
    return seconds(sum_rows, long), short


def sum_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The months of a frame with a column a figure."""
    return frame.groupby("locality", sort=False).sum()


def sum_rows(frame: pd.DataFrame) -> pd.Series[int]:
    """The months of a frame with a row a figure."""
    return frame.groupby(["locality", "figure"], sort=False)["value"].sum()


def bench_growth_of_assessing(plan: Plan, sizes: tuple[int, ...] = SIZES) -> None:
    """Time and memory from a province to many countries; a linear engine keeps both per locality."""
    print("\nGrowth of assessing: months summed and all verdicts, in columns; then explained and stored")
    for size in sizes:
        wide, year = national_plan(plan, size)
        monthly = monthly_columns(wide)
        spent = seconds(decide_columns, wide, year, monthly)
        print(f"  {size:>7,} localities {spent:8.2f} s {spent / size * 1e6:7.1f} µs each", end="")
        with tempfile.TemporaryDirectory(prefix="chuyenhoa-bench-") as folder:
            together = sum(explain_all(wide, year, Path(folder) / "results.db")[:2])
        print(f"   {together:9.1f} s {together / size * 1000:7.2f} ms each   peak {peak_memory():,} MB")
