"""Works a stored result out again from its explanation's JSON alone; knows nothing of the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]
FILLS = (0, 1, 7, 1000)
ORDER = ("not_met", "insufficient", "met")


def faults_of(stored: Json) -> list[str]:
    """What does not follow from an assessment's JSON (`localities` and `explanation`); [] when all does."""
    rules, types = stored["explanation"]["rules"], stored["explanation"]["types"]
    found = []
    for locality in stored["localities"]:
        code, results = locality["locality"], locality["criteria"]
        if [result["criterion"] for result in results] != list(rules):
            found.append(f"{code}: not one result a rule")
        for result in results:
            found += [f"{code} {result['criterion']}: {f}" for f in _check(rules, types[code], result)]
        groups = {entry["group"]: entry["verdict"] for entry in locality["groups"]}
        for group in stored["explanation"]["groups"]:
            of = [r["verdict"] for r in results if rules[r["criterion"]]["group"] == group]
            if groups[group] != roll_up(of):
                found.append(f"{code} group {group}: {groups[group]}")
        if locality["verdict"] != roll_up(groups.values()):
            found.append(f"{code}: {locality['verdict']}")
    return found


def roll_up(verdicts: Iterable[str]) -> str:
    """One failure fails, else one gap leaves it open; what does not apply is neutral."""
    known = set(verdicts)
    return next((verdict for verdict in ORDER if verdict in known), "not_applicable")


def _check(rules: Json, types: list[int], result: Json) -> list[str]:
    """What is wrong with one result."""
    rule = rules[result["criterion"]]
    found = [f"edition {rule['edition']!r}"] if rule["edition"] != result["edition"] else []
    found += _check_sums(result["inputs"])
    asked = _asked(rule, types)
    values = {e["name"]: _number(e["value"]) for e in result["inputs"] if e["name"] != result["criterion"]}
    bounds = {e["name"]: _bounds(e) for e in result["inputs"]}
    said = next((e["value"] for e in result["inputs"] if e["name"] == result["criterion"]), None)
    if result["verdict"] != "insufficient":
        for fill in FILLS:
            known = {name: bounds[name](fill) if value is None else value for name, value in values.items()}
            verdict = _judge_all(asked, known, said)
            if verdict not in (result["verdict"], None):
                found.append(f"{result['verdict']}, and from its inputs {verdict} (blanks as {fill})")
    elif not result["missing"] and result["reason"] not in ("no_guidance", "conflicting_sources"):
        found.append("insufficient, and nothing lacks")
    elif result["reason"] == "conflicting_sources" and not result["missing"]:
        verdict = _judge_all(asked, values, said)
        found += [f"conflicting, and its inputs give {verdict}"] if verdict else []
    return found + _check_percent(asked, values, result)


def _bounds(entry: Json) -> Callable[[int], Fraction]:
    """What a blank may be filled in with: nothing below what is known of it in part, nor above."""
    low, high = _number(entry.get("low")) or Fraction(0), _number(entry.get("high"))
    return lambda fill: max(low, Fraction(fill) if high is None else min(high, Fraction(fill)))


def _asked(rule: Json, types: list[int]) -> list[Json]:
    """The measures that a locality of these types must pass; none where the rule does not apply."""
    asked = []
    for one in types:
        if one in rule["applies_to_types"]:
            special = next((e["measure"] for e in rule["by_type"] if one in e["types"]), rule["measure"])
            asked += [] if special in asked else [special]
    return asked


def _check_sums(inputs: list[Json]) -> list[str]:
    """A figure put together from reports is the sum of those, or that of its moment where it is a stock."""
    named = {entry["name"]: entry for entry in inputs}
    found = []
    for name, entry in named.items():
        parts = [e for n, e in named.items() if re.fullmatch(re.escape(name) + r"\.\d+", n)]
        if parts and all(part["value"] is not None for part in parts):
            total = sum(_number(part["value"]) or 0 for part in parts)
            if total != (_number(entry["value"]) or 0) * _divisor(entry["value"]):
                found.append(f"{name} = {entry['value']}, and its parts come to {total}")
        if entry["cell"] and not (entry["sha256"] and entry["file_name"] and entry["sheet"]):
            found.append(f"{name}: a cell without its file")
    return found


def _divisor(text: str | None) -> int:
    return int(text.partition("/")[2] or 1) if text else 1


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _judge_all(asked: list[Json], values: Json, said: str | None) -> str | None:
    if not asked:
        return "not_applicable"
    return _combine([_judge(measure, values, said) for measure in asked], None)


def _judge(measure: Json, values: Json, said: str | None) -> str | None:
    """The verdict of a measure; None where its figures contradict each other or it compares nothing."""
    kind = measure["kind"]
    if kind in ("all_of", "at_least"):
        return _combine([_judge(part, values, said) for part in measure["parts"]], measure["k"])
    if kind == "declaration":
        return _declared(measure, said)
    if kind == "guidance":
        return None
    if kind == "compare":
        left, right = _sum(measure["left"], values), _sum(measure["right"], values)
        return _word(_holds(left, right, measure["direction"]))
    limit = Fraction(measure["threshold"]["value"])
    direction = measure["threshold"]["direction"]
    if kind == "value":
        return _word(_holds(_sum(measure["of"], values), limit, direction))
    if kind == "ratio":
        part, base = _sum(measure["numerator"], values), _sum(measure["denominator"], values)
        if base <= 0:
            return None if base < 0 else str(measure["when_nothing"]["verdict"])
        return _word(_holds(part / base * 100, limit, direction))
    return _changed(measure, values, limit, direction)


def _changed(measure: Json, values: Json, limit: Fraction, direction: str) -> str | None:
    now, before = _sum(measure["of"], values), _sum(measure["before"], values)
    in_percent, rises = measure["threshold"]["unit"] == "percent", measure["kind"] == "increase"
    if before < 0:
        return None
    if before == 0 and (in_percent or not rises):
        return _word(now > 0 if rises else now == 0)
    change = now - before if rises else before - now
    return _word(change > 0 and _holds(change / before * 100 if in_percent else change, limit, direction))


def _declared(measure: Json, said: str | None) -> str | None:
    answer, *document = (said or "").split("; ")
    if not answer or (answer == "yes" and measure["needs_document"] and len(document) < 2):
        return None
    return {"yes": "met", "no": "not_met", "not_applicable": "not_applicable"}[answer]


def _combine(verdicts: list[str | None], at_least: int | None) -> str | None:
    if "not_met" in verdicts and at_least is None:
        return "not_met"
    if at_least is not None and verdicts.count("met") >= at_least:
        return "met"
    if None in verdicts:
        return None
    if set(verdicts) == {"not_applicable"}:
        return "not_applicable"
    return _word(at_least is None)


def _sum(terms: list[Json], values: Json) -> Fraction:
    return sum((term["sign"] * Fraction(values[term["input"]]) for term in terms), Fraction(0))


def _holds(value: Fraction, limit: Fraction, direction: str) -> bool:
    return {
        "at_least": value >= limit,
        "at_most": value <= limit,
        "less_than": value < limit,
        "more_than": value > limit,
        "equal": value == limit,
    }[direction]


def _word(passes: bool) -> str:
    return "met" if passes else "not_met"


def _check_percent(asked: list[Json], values: Json, result: Json) -> list[str]:
    """The percentage that a table shows for a single share is that of its inputs, halves rounded up."""
    shown = re.fullmatch(r"(\S+)/(\S+) = (\S+)%", result["figure"])
    if not shown or len(asked) != 1 or asked[0]["kind"] != "ratio":
        return []
    part, base = _sum(asked[0]["numerator"], values), _sum(asked[0]["denominator"], values)
    percent = shown[3].replace(".", "").replace(",", ".")
    exact = part / base * 100
    step = Decimal(1).scaleb(-len(percent.partition(".")[2]))
    wide = Decimal(exact.numerator * 10**12 // exact.denominator) / 10**12
    rounded = wide.quantize(step, ROUND_HALF_UP)
    return [] if rounded == Decimal(percent) else [f"{result['figure']}, and its inputs give {rounded} %"]
