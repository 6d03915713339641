"""What every DAG keeps to: it loads, says who owns it and what it does, is thin, and costs no parsing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow import plugins_manager
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from chuyenhoa.orchestration.approval import ASK_AGAIN
from chuyenhoa.orchestration.failures import WHAT_TO_DO
from chuyenhoa.pipeline.receive.batches import IntakeError

ROOT = Path(__file__).parents[2]
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
VERBS = {
    "assess", "await", "batch", "check", "claim", "describe", "find", "freeze", "issue", "open", "process",
    "list", "publish", "record", "render", "resolve", "send", "summarise",
}  # fmt: skip
ENDS_RED_AT_ONCE: dict[str, list[Any]] = {"process_batch": [["S000001"]], "summarise_intake": [[["S000001"]]]}
"""The tasks that tell of our own fault on files, with their arguments: a second try would end green."""
HEAVY = (
    "great_expectations", "pandas", "numpy", "docxtpl", "docx", "openpyxl", "lxml", "xlsxwriter",
    "python_calamine", "alembic", "chuyenhoa.pipeline", "chuyenhoa.intake", "chuyenhoa.validation",
    "chuyenhoa.store", "chuyenhoa.reporting", "chuyenhoa.workbooks", "chuyenhoa.feedback",
    "chuyenhoa.release", "chuyenhoa.assessment",
)  # fmt: skip


@pytest.fixture(scope="module")
def dags() -> dict[str, DAG]:
    bag = DagBag(dag_folder=str(ROOT / "dags"))
    assert bag.import_errors == {}
    return dict(bag.dags)


def _text_of(task: Any) -> str:
    """A task's text; Airflow does not copy the docstring of a function that is mapped."""
    return str(task.doc_md or task.python_callable.__doc__ or "").strip()


def test_every_dag_file_holds_the_dag_of_its_name(dags: dict[str, DAG]) -> None:
    assert set(dags) == {path.stem for path in DAG_FILES}
    assert set(dags) == {"assessment", "intake", "milestone_report", "period_opening"}


@pytest.mark.parametrize("answered", [None, [], [[]]])
def test_a_cleared_intake_run_without_batches_skips_what_tells_the_assessment(
    dags: dict[str, DAG], answered: list[list[str]] | None
) -> None:
    """Cleared batches are `removed`: any rule that asks for a success would turn the run red."""
    publish: Any = dags["intake"].get_task("publish_observations")
    assert publish.trigger_rule == "all_done"
    with pytest.raises(AirflowSkipException):
        publish.python_callable(answered)
    assert publish.python_callable([["S000001", "S000002"], []]) == 2


def test_every_mapped_task_tells_in_the_grid_what_it_works_on(dags: dict[str, DAG]) -> None:
    mapped = {task.task_id: task for dag in dags.values() for task in dag.tasks if _is_mapped(task)}
    assert set(mapped) == {
        "assess_milestone",
        "await_approval",
        "issue_documents",
        "open_period",
        "process_batch",
    }
    # Where documents are issued their names are not known to the template; the question before has them.
    assert [name for name, task in mapped.items() if not task.map_index_template] == ["issue_documents"]


def _is_mapped(task: Any) -> bool:
    """Whether a task is expanded, alone or with its group."""
    return bool(task.is_mapped or task.get_closest_mapped_task_group())


def test_every_dag_has_owner_tags_and_text(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        assert "chuyenhoa" in dag.tags
        assert len(dag.tags) >= 2
        assert len(dag.doc_md or "") > 100
        assert dag.description == (dag.doc_md or "").splitlines()[0]
        for task in dag.tasks:
            assert task.owner in {"engineer", "office"}, task.task_id
            assert _text_of(task), task.task_id
            assert task.has_on_failure_callback, task.task_id


def test_tasks_are_verbs_of_one_sentence(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            assert task.task_id.split("_")[0] in VERBS, task.task_id
            assert len(_text_of(task).splitlines()) == 1, task.task_id


def test_every_task_outlasts_a_disk_or_store_that_is_away_for_a_moment(dags: dict[str, DAG]) -> None:
    tried = {task.task_id: (task.retries, task.retry_delay) for dag in dags.values() for task in dag.tasks}
    # The office is asked again whenever its answer cannot be recorded.
    assert tried.pop("await_approval") == (ASK_AGAIN, timedelta(seconds=1))
    assert set(tried.values()) == {(2, timedelta(seconds=20))}


@pytest.mark.parametrize("task_id", ENDS_RED_AT_ONCE)
@pytest.mark.parametrize("is_final", [True, False])
def test_a_second_try_never_hides_our_fault_on_a_file(
    dags: dict[str, DAG], monkeypatch: pytest.MonkeyPatch, task_id: str, is_final: bool
) -> None:
    """The third failure sets a file aside: tried again, the batch would find nothing and end green."""

    def fail(ids: list[str]) -> None:
        raise IntakeError(f"{ids[0]}: a bug of ours", is_final=is_final)

    monkeypatch.setattr(f"chuyenhoa.pipeline.receive.batches.{task_id}", fail)
    expected = AirflowFailException if is_final else IntakeError
    task: Any = dags["intake"].get_task(task_id)
    with pytest.raises(expected, match="S000001: a bug of ours"):
        task.python_callable(*ENDS_RED_AT_ONCE[task_id])


def test_what_to_do_fits_the_task_that_failed(dags: dict[str, DAG]) -> None:
    tasks = {task.task_id for dag in dags.values() for task in dag.tasks}
    assert set(WHAT_TO_DO) == tasks
    # A letter that cannot be written has nothing to do with the files, nor a form of the office.
    assert len({WHAT_TO_DO[name] for name in dags["intake"].task_dict}) == 5
    assert len({WHAT_TO_DO[name] for name in dags["milestone_report"].task_dict}) == 7
    named = {word for text in WHAT_TO_DO.values() for word in re.findall(r"clear (\w+_\w+)", text)}
    assert named
    assert named <= tasks


def test_mapped_tasks_show_names(dags: dict[str, DAG]) -> None:
    mapped: dict[str, Any] = {
        task.task_id: task for dag in dags.values() for task in dag.tasks if task.is_mapped
    }
    assert set(mapped) == {"process_batch", "assess_milestone", "open_period"}
    for name, task in mapped.items():
        assert task.partial_kwargs.get("map_index_template"), name


def test_no_two_intake_runs_work_at_once(dags: dict[str, DAG]) -> None:
    tasks = dags["intake"].task_dict
    assert tasks["claim_drops"].pool == tasks["process_batch"].pool == "intake"


def test_a_batch_that_fails_turns_the_intake_run_red(dags: dict[str, DAG]) -> None:
    leaves = {task.task_id: task for task in dags["intake"].leaves}
    assert leaves["summarise_intake"].trigger_rule == "all_success"
    assert "process_batch" in leaves["summarise_intake"].upstream_task_ids


def test_a_milestone_run_that_lacks_a_document_is_red_whatever_becomes_of_the_others(
    dags: dict[str, DAG],
) -> None:
    leaves = {task.task_id: task for task in dags["milestone_report"].leaves}
    assert leaves["check_completeness"].trigger_rule == "all_success"
    assert leaves["check_completeness"].upstream_task_ids == {"freeze_snapshot", "check_drafts"}
    # The sound ones are asked about meanwhile.
    asked = dags["milestone_report"].get_task("list_for_office")
    assert asked.upstream_task_ids == {"check_drafts"}


def test_a_dag_file_stays_short_and_imports_the_pipeline_inside_its_tasks() -> None:
    for path in DAG_FILES:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 120, path.name
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = {alias.name for alias in node.names}
                assert "pipeline" not in names, path.name


@pytest.mark.parametrize(
    "path", [*DAG_FILES, ROOT / "plugins" / "chuyenhoa_plugin.py"], ids=lambda path: path.stem
)
def test_parsing_imports_nothing_heavy(path: Path) -> None:
    code = (
        "import runpy, sys\n"
        f"runpy.run_path({str(path)!r})\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_airflow_executes_no_module_of_our_package() -> None:
    stems = {path.stem for path in (ROOT / "plugins").rglob("*.py")} - {"__init__", "chuyenhoa_plugin"}
    before = stems & set(sys.modules)
    plugins_manager._get_plugins.cache_clear()
    loaded, errors = plugins_manager._get_plugins()
    assert errors == {}
    assert [plugin.name for plugin in loaded if plugin.name == "chuyenhoa"] == ["chuyenhoa"]
    assert stems & set(sys.modules) == before
