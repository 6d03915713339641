"""Only `chuyenhoa.clock` reads a clock, so that a rehearsed year is one everywhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCK = ROOT / "plugins" / "chuyenhoa" / "clock.py"
SOURCES = sorted(path for folder in ("plugins", "dags") for path in (ROOT / folder).rglob("*.py"))
# A clock is read by owner.name(): datetime.now(), date.today(), time.time(), the database's func.now() ...
READS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {
        "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime",
        "gmtime", "ctime", "strftime", "process_time",
    },
    "pendulum": {"now", "today", "tomorrow", "yesterday"},
    "func": {"now", "current_timestamp", "current_date", "current_time"},
    "timezone": {"utcnow"},
    "Timestamp": {"now", "today", "utcnow"},
    "ExpressionTimestamp": {"now"},
}  # fmt: skip


def _reads_of_a_clock(text: str) -> list[str]:
    """`line: owner.name` of every read of a clock in the source text."""
    tree = ast.parse(text)
    real = {
        alias.asname: alias.name.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = (
                node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            )
            owner = real.get(owner, owner)
            if node.attr in READS.get(owner, ()):
                found.append(f"{node.lineno}: {owner}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module in ("time", "pendulum"):
            found += [
                f"{node.lineno}: {node.module}.{a.name}" for a in node.names if a.name in READS[node.module]
            ]
    return found


def test_only_the_clock_reads_the_clock() -> None:
    assert len(SOURCES) > 20
    reads = {
        str(path.relative_to(ROOT)): found
        for path in SOURCES
        if path != CLOCK and (found := _reads_of_a_clock(path.read_text(encoding="utf-8")))
    }
    assert reads == {}


def test_the_clock_itself_is_seen_to_read_it() -> None:
    assert len(_reads_of_a_clock(CLOCK.read_text(encoding="utf-8"))) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime as dt\ndt.date.today()",
        "import time as t\nt.time_ns()",
        "from time import monotonic",
        "from time import perf_counter as pc",
        "import pendulum\npendulum.now('UTC')",
        "from sqlalchemy import func\nfunc.now()",
        "import pandas as pd\npd.Timestamp.now()",
    ],
)
def test_a_read_of_a_clock_is_found_however_it_is_imported(text: str) -> None:
    assert _reads_of_a_clock(text)


def test_other_things_of_these_names_are_left_alone() -> None:
    assert not _reads_of_a_clock(
        "from time import sleep\nfrom chuyenhoa import clock\nclock.now()\nclock.today()"
    )
