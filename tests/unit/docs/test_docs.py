"""What the documents say is there: links, commands, make targets, status words, rules, variables."""

from __future__ import annotations

import ast
import json
import re
import shutil
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

from chuyenhoa.cli import build_parser
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason, Verdict
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Severity, SubmissionStatus
from chuyenhoa.plan import PlanError, load_plan
from chuyenhoa.plan.messages import load_messages
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store.documents import DocumentState
from devtools.commands_page import write_page
from tests.unit.docs.reading_docs import (
    CHANGING,
    COMMANDS,
    DEVELOPERS,
    GLOSSARY,
    GUIDES,
    README,
    ROOT,
    RUNBOOK,
    SETTINGS,
    choices_of,
    code_pieces,
    commands,
    fenced,
    list_documents,
    make_targets,
    options_of,
    read,
    relative_links,
    rule_ids,
)


@pytest.mark.parametrize("document", list_documents(), ids=lambda path: path.name)
def test_every_relative_link_resolves(document: Path) -> None:
    assert [link for link in relative_links(read(document)) if not (document.parent / link).exists()] == []


def test_the_readme_leads_to_every_guide() -> None:
    links = {(ROOT / link).resolve() for link in relative_links(read(README))}
    assert {*GUIDES, RUNBOOK, DEVELOPERS, COMMANDS, CHANGING, SETTINGS, GLOSSARY} <= links


@pytest.mark.parametrize("document", list_documents(), ids=lambda path: path.name)
def test_every_command_and_option_exists(document: Path) -> None:
    known = choices_of(build_parser())
    wrong = []
    for name, second, options in commands(read(document)):
        parser = known.get(name)
        if parser is not None and choices_of(parser):
            parser = choices_of(parser).get(second)
        missing = [option for option in options if parser is not None and option not in options_of(parser)]
        if parser is None or missing:
            wrong.append((name, second, missing))
    assert wrong == []


def test_the_page_of_commands_names_every_command() -> None:
    assert {name for name, _, _ in commands(read(COMMANDS))} == set(choices_of(build_parser()))


def test_the_page_of_commands_is_what_the_parser_says() -> None:
    assert read(COMMANDS) == write_page(), "run `make docs`"


def test_every_place_in_the_guide_for_developers_exists() -> None:
    text = re.sub(r"^ {4}.*$", "", read(DEVELOPERS), flags=re.MULTILINE)
    places = {piece for piece in re.findall(r"`([\w./-]+)`", text) if "/" in piece}
    assert len(places) >= 50
    roots = (ROOT, ROOT / "plugins" / "chuyenhoa")
    assert [place for place in sorted(places) if not any((root / place).exists() for root in roots)] == [
        "inbox/899-rach-gia/"
    ]


@pytest.mark.parametrize("document", list_documents(), ids=lambda path: path.name)
def test_every_make_target_exists(document: Path) -> None:
    rules = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert make_targets(read(document)) <= rules


def test_every_listed_make_target_is_described() -> None:
    listed = set(re.findall(r"^([a-z-]+):.*##", read(ROOT / "Makefile"), re.MULTILINE))
    assert listed <= make_targets(read(DEVELOPERS))


@pytest.mark.parametrize("words", [SubmissionStatus, Severity, Verdict, InsufficiencyReason, DocumentState])
def test_the_glossary_explains_every_status_word(words: type[StrEnum]) -> None:
    code = set(code_pieces(read(GLOSSARY)))
    assert [word.value for word in words if word.value not in code] == []


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        (GUIDES[0], SubmissionStatus),
        (GUIDES[1], SubmissionStatus),
        (GUIDES[1], Verdict),
        (GUIDES[1], InsufficiencyReason),
        (GUIDES[1], DocumentState),
    ],
)
def test_the_guides_explain_every_status_word(guide: Path, words: type[StrEnum]) -> None:
    code = set(code_pieces(read(guide)))
    assert [word.value for word in words if word.value not in code] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_quoted_rule_exists(guide: Path, rules: tuple[Rule, ...]) -> None:
    gates = set(load_messages(ROOT / "templates" / "messages" / "reading"))
    assert rule_ids(read(guide)) <= {rule.rule_id for rule in rules} | gates


def test_the_district_guide_gives_the_windows_of_the_plan(plan: Plan) -> None:
    lines = read(GUIDES[0]).splitlines()
    for period in plan.milestones:
        line = next(line for line in lines if f"`{period.id}`" in line)
        assert f"{period.window.start:%-d/%-m/%Y} đến {period.window.end:%-d/%-m/%Y}" in line
        assert f"{period.opens:%d/%m/%Y} | {period.deadline:%d/%m/%Y}" in line


def test_every_variable_that_the_code_reads_is_described() -> None:
    code = "\n".join(read(path) for path in sorted((ROOT / "plugins").rglob("*.py")))
    used = set(re.findall(r"environ(?:\.get\(|\[)\s*\"(CHUYENHOA_[A-Z_]+)\"", code))
    assert len(used) >= 6
    assert used <= set(code_pieces(read(SETTINGS)))


def test_the_runbook_names_every_dag_and_task() -> None:
    runbook = set(code_pieces(read(RUNBOOK)))
    for path in sorted((ROOT / "dags").glob("*.py")):
        names = {path.stem} | {
            node.name
            for node in ast.walk(ast.parse(read(path)))
            if isinstance(node, ast.FunctionDef) and node.decorator_list
        }
        assert names <= runbook, path.name


@pytest.fixture
def copied(tmp_path: Path, root: Path) -> Path:
    """A copy of plans and expectations to be changed."""
    for name in ("plans", "expectations"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def test_the_criterion_of_the_guide_can_be_added(copied: Path) -> None:
    path = copied / "plans" / "2021" / "criteria.yaml"
    entry = fenced(read(CHANGING), "yaml")
    path.write_text(read(path).replace("\ntargets:", f"\n{entry}\ntargets:"), encoding="utf-8")
    criteria = {criterion.code for criterion in load_plan(copied / "plans", "2021").criteria}
    assert yaml.safe_load(entry)[0]["code"] in criteria


def test_the_error_in_the_guide_is_what_plan_check_says(copied: Path) -> None:
    path = copied / "plans" / "2021" / "criteria.yaml"
    entry = fenced(read(CHANGING), "yaml").replace("baseline.CHAY_VU", "baseline.CHAY_XX")
    path.write_text(read(path).replace("\n  - code: V.1\n", f"\n{entry}  - code: V.1\n"), encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(copied / "plans", "2021")
    assert [f"plan 2021: {problem}" in read(CHANGING) for problem in caught.value.problems] == [True]


def test_the_rule_of_the_guide_can_be_added(copied: Path, plan: Plan) -> None:
    path = copied / "expectations" / "so_lieu.2021.json"
    suite = json.loads(read(path))
    rule = json.loads(fenced(read(CHANGING), "json"))
    suite["expectations"].append(rule)
    path.write_text(json.dumps(suite, ensure_ascii=False), encoding="utf-8")
    assert rule["meta"]["rule_id"] in {entry.rule_id for entry in load_rules(copied / "expectations", plan)}
