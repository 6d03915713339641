"""Validation is cheap to import, opens no connection, and leaves telemetry and progress bars off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHEAP = """
import sys
import chuyenhoa.validation
heavy = {"great_expectations", "pandas", "scipy"} & set(sys.modules)
sys.exit(f"imported with the package: {heavy}" if heavy else 0)
"""

QUIET = """
import os, socket, sys
from decimal import Decimal
from pathlib import Path

def refuse(*given, **named):
    print("NETWORK", given, file=sys.stderr)
    os._exit(9)

socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
from chuyenhoa.model.figures import Basis, Observation, CellRef
from chuyenhoa.model.submissions import Reading
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.validation import validate

root = Path(sys.argv[1])
plan = load_plan(root / "plans", "2021")
seen = Observation(plan.localities[0].code, "THT", Basis.CURRENT, Decimal(-1), CellRef("S", "C8"))
readings = [Reading("a", "a.xlsx", observations=(seen,))]
report = validate(readings, plan, load_rules(root / "expectations", plan))
print(len(report.findings_of("a")), os.environ["GX_ANALYTICS_ENABLED"])
"""


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "GX_ANALYTICS_ENABLED"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_importing_validation_does_not_import_great_expectations() -> None:
    done = run_python(CHEAP)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_opens_no_socket_prints_no_bars_and_switches_telemetry_off(root: Path) -> None:
    done = run_python(QUIET, str(root))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1", "false"]
    assert "Calculating Metrics" not in done.stderr
    assert "%|" not in done.stderr
