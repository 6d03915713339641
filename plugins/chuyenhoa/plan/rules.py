"""Reads the suites of a plan into rules, strictly and without importing Great Expectations.

Only the kinds of expectations listed here may be used, with the arguments that each must and may have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule, split_column
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan.sources import PlanError, Problem

BETWEEN = "expect_column_values_to_be_between"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
WHOLE = "expect_values_to_be_whole_and_not_negative"
NOT_NEGATIVE = "expect_values_not_to_be_negative"
SIGNED_SUM = "expect_signed_sum_to_be_between"
REST_ZERO = "expect_rest_zero_when_first_is_zero"
REST_POSITIVE = "expect_rest_positive_when_first_is_positive"
CHANGE = "expect_change_within_factor"
PAIRS_EQUAL = "expect_pairs_to_be_equal"
PAIRS_NOT_BELOW = "expect_pairs_not_to_be_below"
PAIRS_NOT_ABOVE = "expect_pairs_not_to_be_above"
PAIRS_CHANGE = "expect_pairs_to_change_within_factor"


@dataclass(frozen=True)
class KindShape:
    """The arguments of one kind; of `either` at least one must be there."""

    needed: frozenset[str]
    either: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    fixed: Mapping[str, object] = field(default_factory=dict)
    """Arguments that must hold exactly this: Great Expectations' own default treats a blank otherwise."""
    lengths: tuple[int, int] = (2, 1000)
    """How few and how many columns `column_list` may name."""

    @property
    def allowed(self) -> frozenset[str]:
        """Every argument that may be written."""
        return self.needed | self.either | self.optional | frozenset(self.fixed)


LIMITS = frozenset({"min_value", "max_value"})
COLUMN_LIST = frozenset({"column_list"})

# Great Expectations drops a type that it does not know without a word, so only these are let through.
KINDS: Mapping[str, KindShape] = {
    BETWEEN: KindShape(frozenset({"column"}), either=LIMITS),
    PAIR: KindShape(
        frozenset({"column_A", "column_B", "or_equal"}), fixed={"ignore_row_if": "either_value_is_missing"}
    ),
    WHOLE: KindShape(COLUMN_LIST),
    NOT_NEGATIVE: KindShape(COLUMN_LIST),
    SIGNED_SUM: KindShape(COLUMN_LIST | {"weights"}, either=LIMITS),
    REST_ZERO: KindShape(COLUMN_LIST),
    REST_POSITIVE: KindShape(COLUMN_LIST),
    CHANGE: KindShape(COLUMN_LIST | {"factor", "floor"}, lengths=(2, 2)),
    PAIRS_EQUAL: KindShape(COLUMN_LIST),
    PAIRS_NOT_BELOW: KindShape(COLUMN_LIST),
    PAIRS_NOT_ABOVE: KindShape(COLUMN_LIST),
    PAIRS_CHANGE: KindShape(COLUMN_LIST | {"factor", "floor"}),
}

# Kinds that check every cell by itself: a blank skips that cell only, and each bad cell is a finding.
CELLWISE = frozenset({WHOLE, NOT_NEGATIVE})

# Kinds that check pairs: the first half of `column_list` with the second, each bad pair a finding.
PAIRWISE = frozenset({PAIRS_EQUAL, PAIRS_NOT_BELOW, PAIRS_NOT_ABOVE, PAIRS_CHANGE})

# Great Expectations' words for severity and ours.
SEVERITIES = {"critical": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.NOTE}
LETTERS = {"critical": "E", "warning": "W", "info": "N"}
SUITE_KEYS = frozenset({"name", "expectations", "meta", "notes"})
ENTRY_KEYS = frozenset({"type", "kwargs", "severity", "meta"})
META_TEXTS = ("rule_id", "title", "message", "basis")
META_DAYS = ("valid_from", "valid_to")
META_KEYS = frozenset({*META_TEXTS, *META_DAYS, "cells"})
RULE_ID = re.compile(r"[EWN]\d{2,3}")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Words of a message template beside the rule's own columns, `cell:<column>` and `arg:<argument>`.
WORDS = frozenset({"dia_ban", "quy_tac", "chi_tieu", "ma_chi_tieu", "gia_tri", "o"})
# Words on the other figure of a pair: label, number, cells, and the files and periods it comes from.
OTHER_WORDS = frozenset({"chi_tieu_kia", "gia_tri_kia", "o_kia", "tep_kia", "ky_kia", "cac_ky"})


@dataclass
class _Entry:
    """One expectation on its way to a rule, collecting what is wrong with it."""

    file: str
    line: int
    number: int
    raw: Mapping[str, object]
    codes: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def blame(self, text: str) -> None:
        self.problems.append(Problem(self.file, self.line, f"{self.label}: {text}"))

    def part(self, key: str) -> Mapping[str, object]:
        value = self.raw.get(key)
        if isinstance(value, dict):
            return value
        self.blame(f"`{key}` is missing or not an object")
        return {}

    @property
    def label(self) -> str:
        meta = self.raw.get("meta")
        name = meta.get("rule_id") if isinstance(meta, dict) else None
        return f"expectation {self.number}" + (f" ({name})" if isinstance(name, str) else "")


def load_rules(expectations: Path, plan: Plan) -> tuple[Rule, ...]:
    """The rules of every suite that the plan names, in the order of the files.

    Args:
        expectations: folder of the suites; a suite `x` is the file `x.json` in Great Expectations' own form.
        plan: names the suites and knows the indicators.

    Raises:
        PlanError: with every problem found (unreadable file, unknown key, type, severity or indicator,
            missing or doubled rule id, a message that names what the rule does not have).
    """
    problems: list[Problem] = []
    if not plan.suites:
        problems.append(
            Problem(str(expectations), 0, f"plan {plan.id} names no suite; its figures would not be checked")
        )
    rules: list[Rule] = []
    codes = frozenset(plan.indicator_by_code)
    for name in plan.suites:
        for entry in _read_suite(expectations / f"{name}.json", name, codes, problems):
            rule = _read_rule(entry, name)
            if rule is not None and any(_collide(rule, known) for known in rules):
                entry.blame(f"rule id {rule.rule_id} is used twice for the same days")
            elif rule is not None:
                rules.append(rule)
            problems.extend(entry.problems)
    if problems:
        raise PlanError(problems)
    return tuple(rules)


def _collide(rule: Rule, other: Rule) -> bool:
    """Whether two rules have one id on the same day: only wordings that follow one another may share it."""
    if rule.rule_id != other.rule_id:
        return False
    begin = max(rule.valid_from or date.min, other.valid_from or date.min)
    return begin <= min(rule.valid_to or date.max, other.valid_to or date.max)


def _read_suite(path: Path, name: str, codes: frozenset[str], problems: list[Problem]) -> Iterator[_Entry]:
    """The entries of one file; what is wrong with the file itself goes into `problems`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        suite = json.loads(text)
    except json.JSONDecodeError as error:
        problems.append(Problem(str(path), error.lineno, f"not readable as JSON: {error.msg}"))
        return
    except FileNotFoundError:
        asked = f"plan.yaml names the suite {name} in `suites`, and there is no such file here"
        problems.append(Problem(str(path), 0, f"{asked}; correct the name, or copy another suite to it"))
        return
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(str(path), 0, f"cannot be read: {error}"))
        return
    if not isinstance(suite, dict) or not isinstance(suite.get("expectations"), list):
        problems.append(Problem(str(path), 0, "a suite is an object with `name` and a list `expectations`"))
        return
    problems.extend(Problem(str(path), 0, f"unknown key `{key}`") for key in sorted(set(suite) - SUITE_KEYS))
    if suite.get("name") != name:
        problems.append(
            Problem(str(path), 0, f"`name` is {suite.get('name')!r} and must be {name!r}, as the file")
        )
    if not suite["expectations"]:
        problems.append(
            Problem(str(path), 0, "the suite has no expectation; an empty suite passes everything")
        )
    lines = _lines_of_entries(text)
    for number, raw in enumerate(suite["expectations"], start=1):
        if isinstance(raw, dict):
            yield _Entry(str(path), lines[number - 1], number, raw, codes)
        else:
            problems.append(Problem(str(path), lines[number - 1], f"expectation {number} is not an object"))


def _lines_of_entries(text: str) -> list[int]:
    """The line on which each expectation begins, so that an error can name it."""
    decoder = json.JSONDecoder()
    key = re.search(r'"expectations"\s*:\s*\[', text)
    position = key.end() if key else len(text)
    lines = []
    while (begin := re.compile(r"[\s,]*").match(text, position)) and text[
        begin.end() : begin.end() + 1
    ] not in ("]", ""):
        lines.append(text.count("\n", 0, begin.end()) + 1)
        _, position = decoder.raw_decode(text, begin.end())
    return lines


def _read_rule(entry: _Entry, suite: str) -> Rule | None:
    """The rule that an entry states, or None with the reasons in `entry.problems`."""
    for key in sorted(set(entry.raw) - ENTRY_KEYS):
        entry.blame(f"unknown key `{key}`")
    kind = entry.raw.get("type")
    severity = entry.raw.get("severity")
    kwargs, meta = entry.part("kwargs"), entry.part("meta")
    if not isinstance(severity, str) or severity not in SEVERITIES:
        entry.blame(f"severity {severity!r} is none of {', '.join(SEVERITIES)}")
    elif not str(meta.get("rule_id", "")).startswith(LETTERS[severity]):
        entry.blame(f"a rule id of severity {severity} begins with {LETTERS[severity]}")
    if isinstance(kind, str) and kind in KINDS:
        _check_kwargs(entry, KINDS[kind], kwargs)
    else:
        entry.blame(f"unknown type {kind!r}; known are {', '.join(KINDS)}")
    columns = _columns(entry, kwargs, meta)
    _check_meta(entry, meta, columns, kwargs)
    valid_from, valid_to = (_read_day(entry, meta, key) for key in META_DAYS)
    if valid_from and valid_to and valid_to < valid_from:
        entry.blame("`meta.valid_to` lies before `meta.valid_from`")
    if entry.problems:
        return None
    texts = {key: str(meta[key]) for key in META_TEXTS}
    return Rule(
        severity=SEVERITIES[str(severity)],
        kind=str(kind),
        columns=columns,
        kwargs=kwargs,
        suite=suite,
        valid_from=valid_from,
        valid_to=valid_to,
        **texts,
    )


def _read_day(entry: _Entry, meta: Mapping[str, object], key: str) -> date | None:
    """The first or last day of a rule's force; None where it is open."""
    value = meta.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        entry.blame(f"`meta.{key}` is not a date like 2021-07-01")
        return None


def _check_kwargs(entry: _Entry, shape: KindShape, kwargs: Mapping[str, object]) -> None:
    """Names, numbers and lengths of the arguments."""
    for key in sorted(set(kwargs) - shape.allowed):
        entry.blame(f"unknown argument `{key}`")
    for key in sorted(shape.needed - set(kwargs)):
        entry.blame(f"argument `{key}` is missing")
    if shape.either and not shape.either & set(kwargs):
        entry.blame(f"one of {', '.join(sorted(shape.either))} is needed")
    for key, value in shape.fixed.items():
        if kwargs.get(key) != value:
            entry.blame(f"`{key}` must be {value!r}, so that a blank skips the row")
    for key in sorted((LIMITS | {"factor", "floor"}) & set(kwargs)):
        if not _is_whole(kwargs[key]):
            entry.blame(f"`{key}` must be a whole number")
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        entry.blame("`min_value` is above `max_value`")
    _check_lists(entry, shape, kwargs)


def _check_lists(entry: _Entry, shape: KindShape, kwargs: Mapping[str, object]) -> None:
    """Column list and weights belong together."""
    columns = kwargs.get("column_list", [])
    if not isinstance(columns, list):
        entry.blame("`column_list` must be a list")
        return
    if "column_list" in kwargs and not shape.lengths[0] <= len(columns) <= shape.lengths[1]:
        entry.blame(f"`column_list` must name {shape.lengths[0]} to {shape.lengths[1]} columns")
    if str(entry.raw.get("type")) in PAIRWISE and len(columns) % 2:
        entry.blame("`column_list` holds pairs: as many columns in its second half as in its first")
    if len(set(map(str, columns))) != len(columns):
        entry.blame("`column_list` names a column twice")
    if "weights" in kwargs:
        weights = kwargs["weights"]
        if (
            not isinstance(weights, list)
            or len(weights) != len(columns)
            or not all(_is_whole(w) and w for w in weights)
        ):
            entry.blame("`weights` must hold one whole number other than 0 for each column")


def _columns(entry: _Entry, kwargs: Mapping[str, object], meta: Mapping[str, object]) -> tuple[str, ...]:
    """The columns that take part, in the order of `meta.cells` where that is given."""
    listed = kwargs.get("column_list")
    named = list(listed) if isinstance(listed, list) else []
    named += [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    for column in named:
        if split_column(str(column))[1] not in entry.codes:
            entry.blame(f"unknown indicator {column!r}")
    cells = meta.get("cells", named)
    if not isinstance(cells, list) or sorted(map(str, cells)) != sorted(map(str, named)):
        entry.blame(
            f"`meta.cells` must hold exactly the columns of the expectation: {', '.join(map(str, named))}"
        )
        return ()
    return tuple(map(str, cells))


def _check_meta(
    entry: _Entry, meta: Mapping[str, object], columns: tuple[str, ...], kwargs: Mapping[str, object]
) -> None:
    """Texts that must be there, the form of the id, and placeholders that can be filled."""
    for key in sorted(set(meta) - META_KEYS):
        entry.blame(f"unknown key `meta.{key}`")
    for key in META_TEXTS:
        value = meta.get(key)
        if not isinstance(value, str) or not value.strip():
            entry.blame(f"`meta.{key}` is missing or not a text")
    rule_id = meta.get("rule_id")
    if isinstance(rule_id, str) and not RULE_ID.fullmatch(rule_id):
        entry.blame(f"rule id {rule_id!r} is not of the form E01, W01 or N01")
    if "{dia_ban}" not in str(meta.get("message", "{dia_ban}")):
        entry.blame("the message does not say where: {dia_ban} is missing")
    known = WORDS | set(columns) | {f"cell:{column}" for column in columns} | {f"arg:{key}" for key in kwargs}
    if str(entry.raw.get("type")) in PAIRWISE:
        known |= OTHER_WORDS
    for word in PLACEHOLDER.findall(str(meta.get("message", ""))):
        if word not in known:
            entry.blame(f"the message names {{{word}}}, which the rule does not have")


def _is_whole(value: object) -> bool:
    """Whether a JSON value is a whole number (true and false are not)."""
    return isinstance(value, int) and not isinstance(value, bool)
