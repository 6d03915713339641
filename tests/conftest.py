"""Fixtures that all tests share: the root, the plan of 2021, its rules, and a clean data folder."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from tests.postgres import Server, start_server
from tests.stores import PREPARED, new_data, new_store

ROOT = Path(__file__).resolve().parents[1]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["GX_ANALYTICS_ENABLED"] = "false"
# No test is timed: on a busy machine an example of 15 ms once took 380. The examples are the same in every
# run, so that a change and nothing else turns the suite red; others: ARGS=--hypothesis-profile=random.
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("random", deadline=None)
hypothesis.settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make test` asks for the coverage that the whole suite must reach."""
    parser.addoption("--pure-floor", type=float, default=None, help="least coverage of model and assessment")


KINDS = {
    "unit": "no process, no server, no store on disk: the whole kind in under a minute",
    "integration": "stores, processes, real servers on loopback, LibreOffice",
    "airflow": "a DAG bag, or a whole Airflow",
    "deploy": "what is deployed: image, compose file, settings",
}
"""The kinds of tests, by the folder below tests/ that tells and the marker that decides."""
_KIND_OF_FOLDER = {"rules": "integration", "fuzz": "integration"}
_SCENES = ("integration", "fuzz")
"""The folders whose own files play scenes: the whole way of files and documents, again and again.

To trace them for coverage would double their time for lines that a test of the room in question runs as
well; without them the coverage that is measured is rather too low, so that the floors fail as before.
"""
_TRACED_SCENES = frozenset(
    f"test_{name}.py" for name in ("handover", "later_files", "lifecycle", "office_decisions", "office_forms")
)
"""Scenes that are traced all the same: little else runs what they run."""
_FORBIDDEN = (
    "subprocess.Popen",
    "os.fork",
    "os.posix_spawn",
    "socket.bind",
    "socket.connect",
    "sqlite3.connect",
)
"""What a unit test may not do, as Python's audit events are called."""
_running_unit = False


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known (`-m fuzz` picks spoiled files), and see that unit tests stay by themselves."""
    for kind, meaning in KINDS.items():
        config.addinivalue_line("markers", f"{kind}: {meaning}")
    config.addinivalue_line("markers", "scene: dear, and what it runs is traced in other tests")
    for place in ("first", "last"):
        config.addinivalue_line("markers", f"{place}: starts a whole Airflow, and runs {place}")
    config.addinivalue_line(
        "markers", "fuzz: spoiled files by the hundred, always the same (make bench: more)"
    )
    if not hasattr(config, "workerinput"):
        os.environ[PREPARED] = tempfile.mkdtemp(prefix="chuyenhoa-prepared-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ[PREPARED], ignore_errors=True))
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a unit test that starts a process, speaks to a server or opens a store on disk."""
    if not _running_unit or event not in _FORBIDDEN:
        return
    if event == "sqlite3.connect" and str(arguments[0]) in (":memory:", ""):
        return
    raise RuntimeError(f"A unit test may not do this: {event} {arguments[:2]!r}; mark it as integration.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with the kind that its folder tells, and put those marked `first` and `last` there.

    Two files start a whole Airflow, which takes minutes and most of two cores: one opens the suite and one
    closes it, so that they never run beside each other.
    """
    places: dict[pytest.Item, int] = {}
    for item in items:
        # One walk over the markers of each: with thousands of tests in every process, a walk a name costs.
        marked = {marker.name for marker in item.iter_markers()}
        place = item.path.relative_to(ROOT / "tests")
        if not marked & KINDS.keys():
            item.add_marker(_KIND_OF_FOLDER.get(place.parts[0], place.parts[0]))
        if place.parent.as_posix() in _SCENES and place.name not in _TRACED_SCENES:
            item.add_marker("scene")
        places[item] = ("last" in marked) - ("first" in marked)
    items.sort(key=places.__getitem__)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Know when a unit test runs, and trace no scene; what a test's fixtures do belongs to it."""
    global _running_unit
    _running_unit = item.get_closest_marker("unit") is not None
    with contextlib.ExitStack() as stack:
        if item.get_closest_marker("scene") is not None:
            stack.enter_context(_untraced(item.config))
        try:
            return (yield)
        finally:
            _running_unit = False


@contextlib.contextmanager
def _untraced(config: pytest.Config) -> Iterator[None]:
    """Measure no coverage for a while; the plugin's own way leaves the fixtures of a test out."""
    controller = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if controller is None or not controller.started:
        yield
        return
    controller.pause()
    try:
        yield
    finally:
        controller.resume()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a line or branch of `model` or `assessment` was not run."""
    floor = session.config.getoption("--pure-floor")
    if floor is None or session.exitstatus != 0 or hasattr(session.config, "workerinput"):
        return  # of the processes that share a run, the one that gathers their coverage judges it
    import coverage

    measured = coverage.Coverage()
    measured.load()
    report = io.StringIO()
    reached = measured.report(
        include=["*/chuyenhoa/model/*", "*/chuyenhoa/assessment/*"],
        show_missing=True,
        skip_covered=True,
        file=report,
    )
    if reached < floor:
        sys.stderr.write(
            f"\nmodel and assessment are covered to {reached:.1f} %, not {floor:.0f} %:\n{report.getvalue()}"
        )
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def plan(root: Path) -> Plan:
    """The plan of 2021 as shipped."""
    return load_plan(root / "plans", "2021")


@pytest.fixture(scope="session")
def rules(root: Path, plan: Plan) -> tuple[Rule, ...]:
    """The rules of the plan's suites."""
    return load_rules(root / "expectations", plan)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL, the same for all tests of a run."""
    yield from start_server()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store without rows, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return new_store(tmp_path / "deep" / "store.db")
    server: Server = request.getfixturevalue("postgres")
    return server.new_store()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A URL at which there is no store yet, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'store.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a store without rows and nothing else, and a clock that stands on 12/10/2021."""
    data = new_data(tmp_path / "data")
    monkeypatch.setenv("CHUYENHOA_DATA", str(data))
    monkeypatch.setenv("CHUYENHOA_SETTLE_SECONDS", "0")
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-12T09:00:00+07:00")
    monkeypatch.delenv("CHUYENHOA_STORE", raising=False)
    return data
