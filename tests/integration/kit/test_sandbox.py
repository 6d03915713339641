"""A confined call: what comes back, what it may not do, and what its death costs."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest

from chuyenhoa.intake.plan_choice import read_by_plans
from chuyenhoa.kit import sandbox
from chuyenhoa.kit.sandbox import Death, DeathKind, FaultError, Limits, Pool, Task
from chuyenhoa.kit.sandbox.worker import CodecError, codec_of
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading
from tests.integration.kit.sandbox_targets import Colour, Note, Seen

MODULE = "tests.integration.kit.sandbox_targets"
QUICK = Limits(cpu_seconds=1, wall_seconds=6)
PATIENT = Limits(cpu_seconds=1, wall_seconds=90)
NOTE = Note(
    "chữ “đ”\n\x00\uffff\U0001f600",
    Colour.RED,
    Decimal("1.50"),
    date(2021, 1, 5),
    b"\0\xff",
    {"a": 1},
    ((1, "x"),),
    True,
    0.5,
)


@pytest.fixture(autouse=True)
def _findable(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the confined processes of these tests find the tests' own functions."""
    from chuyenhoa.kit.sandbox import pool

    real = pool._environment

    def environment(more: Mapping[str, str]) -> dict[str, str]:
        kept = real(more)
        return {**kept, "PYTHONPATH": f"{kept['PYTHONPATH']}{os.pathsep}{root}"}

    monkeypatch.setattr(pool, "_environment", environment)


@pytest.fixture
def acting() -> Iterator[Pool]:
    pool = Pool(Task(f"{MODULE}:act", limits=QUICK))
    yield pool
    pool.close()


def call(function: str, *shared: Any, job: tuple[Any, ...] = ()) -> Any:
    pool = Pool(Task(f"{MODULE}:{function}", shared))
    try:
        return pool.call_all([job])[0]
    finally:
        pool.close()


def test_what_goes_in_and_comes_out_is_the_same() -> None:
    first, second = call("mirror", "lần hai", job=(NOTE,))
    assert first == NOTE
    assert second.text == f"lần hai {NOTE.text}"


def test_a_confined_process_can_open_nothing_and_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://u:secret@h/d")
    monkeypatch.setenv("CHUYENHOA_STORE", "postgresql://u:secret@h/d")
    pool = Pool(Task(f"{MODULE}:look_around"), environment={"CHUYENHOA_HOME": "/"})
    try:
        (seen,) = pool.call_all([()])
    finally:
        pool.close()
    assert isinstance(seen, Seen)
    assert seen.process != os.getpid()
    assert set(seen.refused) == {"open a file", "write a file", "open a connection", "start a process"}
    assert set(seen.environment) <= {
        *sandbox.pool.PASSED_ON,
        "PYTHONPATH",
        "PYTHONUTF8",
        "CHUYENHOA_HOME",
        "LC_CTYPE",
    }
    assert "CHUYENHOA_HOME" in seen.environment
    assert call("used_memory") == Limits().memory


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("memory", DeathKind.MEMORY),
        ("recursion", DeathKind.MEMORY),
        ("abort", DeathKind.CRASH),
        ("segmentation fault", DeathKind.CRASH),
        ("exit", DeathKind.CRASH),
        ("lie", DeathKind.CRASH),
        ("garbage", DeathKind.CRASH),
        ("compute", DeathKind.TIME),
        ("sleep", DeathKind.TIME),
    ],
)
def test_a_death_is_an_outcome_and_costs_nobody_else_anything(
    what: str, kind: DeathKind, acting: Pool
) -> None:
    jobs = [("một",), ("hai",), (what,), ("ba",), ("bốn",)]
    if what == "compute":  # the time on the processor is what ends it, however busy the machine is
        acting.task = Task(f"{MODULE}:act", limits=PATIENT)
    outcomes = acting.call_all(jobs)
    assert isinstance(outcomes[2], Death)
    assert outcomes[2].kind is kind
    assert what != "compute" or "SIGXCPU" in outcomes[2].detail
    assert [text.split()[0] for text in outcomes[:2] + outcomes[3:]] == ["một", "hai", "ba", "bốn"]


def test_a_death_is_tried_once_more_in_a_process_that_saw_nothing_else(
    acting: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chuyenhoa.kit.sandbox import pool

    lives: list[list[Any]] = []
    real_init, real_call = pool._Worker.__init__, pool._Worker.call

    def init(self: Any, task: Task, environment: Mapping[str, str]) -> None:
        real_init(self, task, environment)
        self.life = []
        lives.append(self.life)

    def note(self: Any, arguments: tuple[Any, ...]) -> Any:
        self.life.append(arguments[0])
        return real_call(self, arguments)

    monkeypatch.setattr(pool._Worker, "__init__", init)
    monkeypatch.setattr(pool._Worker, "call", note)
    acting.call_all([("một",)])
    assert isinstance(acting.call_all([("abort",)])[0], Death)
    assert acting.call_all([("hai",)])[0].startswith("hai")
    assert lives == [["một", "abort"], ["abort"], ["hai"]]


def test_our_own_fault_comes_back_with_its_trace(acting: Pool) -> None:
    fault, fine = acting.call_all([("fault",), ("một",)])
    assert isinstance(fault, FaultError)
    assert fault.name == "builtins:LookupError"
    assert fault.message == "our own mistake with “đ”"
    assert "sandbox_targets.py" in str(fault)
    assert fine.startswith("một")


def test_a_worker_is_kept_for_many_calls_and_replaced_after_its_share() -> None:
    pool = Pool(Task(f"{MODULE}:act", limits=Limits(calls=3)), workers=1)
    try:
        processes = [answer.split()[1] for job in "abcdefg" for answer in pool.call_all([(job,)])]
    finally:
        pool.close()
    assert [processes.index(entry) for entry in processes] == [0, 0, 0, 3, 3, 3, 6]


def children() -> set[int]:
    """The processes that this one started and that still are."""
    return {child.pid for child in psutil.Process().children()}


def test_no_process_is_left_behind(acting: Pool) -> None:
    before = children()
    acting.call_all([("một",), ("abort",), ("compute",), ("hai",)])
    acting.close()
    gc.collect()
    assert children() <= before


def test_workers_end_with_the_process_that_owns_them(root: Path) -> None:
    script = (
        "import os, psutil, signal\n"
        "from chuyenhoa.kit import sandbox\n"
        "task = sandbox.Task('chuyenhoa.intake.inbox.archives:unpack')\n"
        "sandbox.call_all(task, [(b'', 'a')] * 2)\n"
        "print(*(child.pid for child in psutil.Process().children()), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(root / "plugins")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    workers = done.stdout.split()
    assert workers
    for number in workers:
        for _ in range(100):
            if not Path(f"/proc/{number}").exists():
                break
            signal.sigtimedwait([], 0.1)
        assert not Path(f"/proc/{number}").exists()


def test_a_fork_does_not_share_its_parents_workers(caplog: pytest.LogCaptureFixture) -> None:
    task = Task(f"{MODULE}:act")
    sandbox.shut_down()
    (first,) = sandbox.call_all(task, [("a",)])
    child = os.fork()
    if child == 0:
        status = 1
        try:
            (other,) = sandbox.call_all(task, [("a",)])
            status = 0 if other.startswith("a ") and other != first else 2
            sandbox.shut_down()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert sandbox.call_all(task, [("a",)]) == [first]
    assert "second try" not in caplog.text
    sandbox.shut_down()


def test_an_answer_of_another_type_is_not_taken() -> None:
    codec = codec_of(tuple[Note, ...])
    packed = codec.encode((NOTE, NOTE))
    assert codec.decode(packed) == (NOTE, NOTE)
    for broken in (
        b"[1]",
        b"{}",
        b"null",
        b"[[2],[]]",
        b"[" * 100_000,
        b'["\xff"]',
        packed.replace(b'"red"', b'"blue"'),
        packed[:-1],
    ):
        with pytest.raises(CodecError):
            codec.decode(broken)
    for place, lie in (
        ("is_open", packed.replace(b"true", b"1")),
        ("day", packed.replace(b'"2021-01-05"', b"5")),
    ):
        with pytest.raises(CodecError, match=rf"\$\[0\]\.{place}"):
            codec.decode(lie)
    with pytest.raises(TypeError, match="no plain form"):
        codec_of(object)


def test_every_reading_has_a_plain_form() -> None:
    empty = Reading("0" * 64, "a")
    assert codec_of(Reading).decode(codec_of(Reading).encode(empty)) == empty


def test_a_file_name_that_is_no_text_does_not_keep_a_reading_back(plan: Plan) -> None:
    reading = read_by_plans((plan,), b"", b"b\xe1o c\xe1o.xlsx".decode("utf-8", "surrogateescape"), None)
    assert codec_of(Reading).decode(codec_of(Reading).encode(reading)) == reading
    assert reading.refused
