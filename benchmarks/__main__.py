"""`make bench`: intake, reader, growth, strength and verdicts, each against a peer or limit in one run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.assessing import bench_country, bench_growth_of_assessing
from benchmarks.comparing import bench_comparison
from benchmarks.formats import bench_formats
from benchmarks.intake import bench_growth, bench_intake, bench_mutants, bench_reader
from benchmarks.load import NOW
from benchmarks.national import DISTRICTS, National
from benchmarks.outcome import bench_assessment, bench_rendering
from benchmarks.outlook import bench_outlook
from benchmarks.rendering import bench_documents
from chuyenhoa import settings
from chuyenhoa.plan import load_plan

SIZES = (15, 150, 1_500)


def main() -> None:
    """Run every benchmark; nothing is kept but mutants that failed, and scenes that differ."""
    where = settings.load()
    with tempfile.TemporaryDirectory(prefix="chuyenhoa-bench-") as name:
        folder = Path(name)
        os.environ |= {"CHUYENHOA_DATA": str(folder / "data"), "CHUYENHOA_NOW": NOW}
        national = National(where.home, folder / "home", max(*SIZES, DISTRICTS))
        os.environ["CHUYENHOA_HOME"] = str(national.home)
        bench_reader(national)
        bench_mutants(national)
        bench_formats(folder)
        bench_intake(national, folder)
        bench_growth(national, folder, SIZES)
        os.environ["CHUYENHOA_HOME"] = str(where.home)
        bench_comparison(where.home, folder)
    plan = load_plan(where.plans, "2021")
    bench_assessment(plan)
    bench_country(plan)
    bench_growth_of_assessing(plan)
    bench_outlook()
    bench_rendering(plan, where.templates)
    bench_documents(plan, where.templates)


if __name__ == "__main__":
    main()
