"""The intake against its peers: reader, whole load, growth, and thousands of spoiled workbooks."""

from __future__ import annotations

import io
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from python_calamine import load_workbook as load_raw

from benchmarks.fuzzing import fuzz
from benchmarks.load import Load, fill_inbox, run_load
from benchmarks.national import DISTRICTS, FAULTS, PROVINCES, National, folder_of
from benchmarks.timing import Timing, measure, show
from chuyenhoa.intake import read_submission
from chuyenhoa.pipeline.context import open_context

READ_FILES = 60
MUTANTS = 2_400
ORIGINALS = 5
KEPT = Path("var/bench")
"""Where mutants on which something failed are put."""
PEER_FILES = 20
"""Workbooks that frictionless validates; one in five has a fault, as in the whole load."""
GX_FILES = 4


def bench_reader(national: National) -> None:
    """Gates, typed values and cell addresses against the bare reader underneath, on the same files."""
    files = [(folder_of(number), national.workbook(number)) for number in range(READ_FILES)]

    def read_all() -> None:
        for folder, content in files:
            read_submission(content, "a.xlsx", national.plan, folder)

    def read_raw() -> None:
        for _, content in files:
            book = load_raw(io.BytesIO(content))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python(skip_empty_area=False)

    read_all()
    ours = measure("ours: gates, typed values, addresses, findings", READ_FILES, read_all, repeats=5)
    raw = measure("raw python-calamine, all sheets", READ_FILES, read_raw, repeats=5)
    show("Reading a workbook (aim: at most 4 times the time of calamine)", ours, raw)


def bench_mutants(national: National) -> None:
    """Spoiled workbooks in confined processes; the same ones every time."""
    originals = [national.workbook(number) for number in range(ORIGINALS)]
    started = time.perf_counter()
    outcome = fuzz(open_context(), originals, 0, MUTANTS, KEPT)
    seconds = time.perf_counter() - started
    print(f"\nSpoiled workbooks: {outcome.mutants} of {MUTANTS} answered, {len(outcome.failures)} failures")
    for kind in sorted(outcome.read | outcome.refused):
        print(f"  {kind:20} {outcome.read[kind]:6} read {outcome.refused[kind]:6} refused with a reason")
    print(f"  ended their reader, and were answered so: {outcome.killed or 'none'}")
    print(f"  {seconds * 1000 / MUTANTS:.1f} ms per file, with the making of it")
    if outcome.failures:
        raise SystemExit("\n".join([*outcome.failures, f"The files are in {KEPT}."]))


def bench_intake(national: National, folder: Path) -> None:
    """All districts of the country through the whole intake, against peers that do a part of it."""
    from benchmarks.peers import Frictionless, judge_one_by_one

    print(f"\nThe intake of {DISTRICTS} districts in {PROVINCES} provinces, three localities each")
    validator = Frictionless(national.plan, national.rules, national.workbook(0))
    spent, computing = [], [time.process_time()]
    for number in range(PEER_FILES):
        path = folder / f"{number}.xlsx"
        path.write_bytes(national.workbook(number))
        started = time.perf_counter()
        found = validator.validate(path)
        spent.append(time.perf_counter() - started)
        if bool(found) != (number in FAULTS and FAULTS[number][0] != "CB_VU"):
            raise RuntimeError(f"frictionless does not see what is in file {number}: {found}")
    computing.append(time.process_time())
    peer = Timing(f"frictionless, validating only ({PEER_FILES} files)", statistics.fmean(spent), PEER_FILES)
    readings = [
        read_submission(national.workbook(number), "a.xlsx", national.plan, folder_of(number))
        for number in range(GX_FILES + 1)
    ]
    judge_one_by_one(readings[:1], national.plan, national.rules)  # the import is not part of it
    started, computed = time.perf_counter(), time.process_time()
    judge_one_by_one(readings[1:], national.plan, national.rules)
    each, alone = (time.perf_counter() - started) / GX_FILES, (time.process_time() - computed) / GX_FILES
    load = _take_in(national, folder, DISTRICTS)
    ours = Timing("ours: archive to receipt", load.seconds / load.files, load.files)
    show(
        "Whole intake per file (aims: 3 times as fast as frictionless, 50 times as one GX run a file)",
        ours,
        peer,
        Timing(f"one GX run a file ({GX_FILES} files, extrapolated)", each, GX_FILES),
    )
    mine, theirs = load.computing / load.files, (computing[1] - computing[0]) / PEER_FILES
    show(
        "Computing per file, whatever else the machine does",
        Timing("ours, confined readers included", mine, load.files),
        Timing("frictionless", theirs, PEER_FILES),
        Timing("one GX run a file", alone, GX_FILES),
    )
    _show_stages(load)


def _take_in(national: National, folder: Path, count: int) -> Load:
    """The whole intake of the first `count` districts; its data is removed afterwards."""
    data = fill_inbox(folder, {folder_of(number): national.workbook(number) for number in range(count)})
    try:
        return run_load(national.home, data, count)
    finally:
        shutil.rmtree(data)


def _show_stages(load: Load) -> None:
    print(f"\nWhere the time goes ({load.files} files in {load.seconds:.1f} s, {load.statuses})")
    for stage, seconds in sorted(load.stages.items(), key=lambda entry: -entry[1]):
        share = seconds / load.seconds
        print(f"  {stage:58} {seconds * 1000 / load.files:10.2f} ms per file {share:6.1%}")
    each, waits = load.sync_seconds * 1000, load.syncs / load.files
    limit = f"{waits:.1f} waits for the disk per file at {each:.2f} ms"
    print(f"  the disk's own limit: {limit:36} {waits * each:10.2f} ms per file")


def bench_growth(national: National, folder: Path, sizes: Sequence[int]) -> None:
    """How time and memory grow with the number of files."""
    print("\nGrowth (aim: time linear, memory flat)")
    print(f"  {'files':>6} {'seconds':>9} {'ms/file':>9} {'pipeline MB':>12} {'one reader MB':>14}")
    first: Load | None = None
    for size in sizes:
        load = _take_in(national, folder, size)
        first = first or load
        each = load.seconds / load.files
        print(
            f"  {size:6} {load.seconds:9.1f} {each * 1000:9.1f} {load.memory / 1e6:12.0f}"
            f" {load.reader_memory / 1e6:14.0f}   {load.seconds / first.seconds:6.1f} times the time and"
            f" {load.memory / first.memory:.2f} times the memory of {first.files} files"
        )
