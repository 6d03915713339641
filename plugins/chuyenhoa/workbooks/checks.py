"""Turns the rules of the suites into Excel formulas, so that form and pipeline check the same.

One formula a row, in the column "Kiểm tra", joins the ids of the rules that the row breaks:
    =TRIM(…&IF(IF(COUNT($D12,$C12)=2,$C12<$D12,FALSE),"E03 ","")&…)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from xlsxwriter.utility import xl_col_to_name

from chuyenhoa.model.form import BASELINE_SHEET
from chuyenhoa.model.rules import BASELINE_PREFIX, Rule
from chuyenhoa.plan import rules as kinds

# Characters that Excel takes in one formula.
MAX_FORMULA_LENGTH = 8192


class CheckError(ValueError):
    """A rule cannot be written as an Excel formula; the text names the rule."""


def build_check(rules: Sequence[Rule], columns: Mapping[str, int], row: int, on_baseline: bool) -> str:
    """The formula of the check column for one row: the ids of the rules that the row breaks.

    Args:
        rules: the rules of the plan.
        columns: the column of every indicator, counted from 0.
        row: the row as Excel counts, from 1.
        on_baseline: whether the row stands on sheet "Cùng kỳ", where nothing is compared with a baseline.

    Rules that need other reports are left to the pipeline: the form does not know them.

    Raises:
        CheckError: a rule of an unknown kind, or more rules than one formula can hold.
    """
    parts = [
        f'IF({condition_of(rule, columns, row)},"{rule.rule_id} ","")'
        for rule in rules
        if not rule.needs_history and not (on_baseline and rule.needs_baseline)
    ]
    joined = "&".join(parts) or '""'
    formula = f"=TRIM({joined})"
    if len(formula) > MAX_FORMULA_LENGTH:
        raise CheckError(
            f"{len(rules)} rules do not fit into one formula of {MAX_FORMULA_LENGTH} characters."
        )
    return formula


def build_blank_count(columns: Mapping[str, int], row: int) -> str:
    """The formula that counts the cells of a row that are still blank."""
    return f"=COUNTBLANK({_cell(min(columns.values()), row)}:{_cell(max(columns.values()), row)})"


def condition_of(rule: Rule, columns: Mapping[str, int], row: int) -> str:
    """The condition under which a row breaks a rule; a blank or a text in any cell of it breaks nothing.

    Raises:
        CheckError: the rule's kind has no formula.
    """
    if rule.kind in (kinds.WHOLE, kinds.NOT_NEGATIVE):
        return _cellwise(rule, columns, row)
    if rule.kind == kinds.PAIRS_CHANGE:
        return _pairs_change(rule, columns, row)
    named = {column: _reference(column, columns, row) for column in rule.columns}
    writer = WRITERS.get(rule.kind)
    if writer is None:
        raise CheckError(f"{rule.rule_id}: no Excel check for {rule.kind}.")
    # COUNT sees numbers only: a blank or a text makes it smaller, and Excel would take a blank for 0.
    cells = ",".join(named.values())
    return f"IF(COUNT({cells})={len(named)},{writer(rule, named)},FALSE)"


def cell_condition(rule: Rule, column: int, row: int) -> str:
    """The condition under which one cell breaks a rule that checks every cell by itself."""
    cell = f"{xl_col_to_name(column)}{row}"
    part = f",{cell}<>INT({cell})" if rule.kind == kinds.WHOLE else ""
    return f"IF(ISNUMBER({cell}),OR({cell}<0{part}),FALSE)"


def _cell(column: int, row: int) -> str:
    return f"${xl_col_to_name(column)}{row}"


def _reference(column: str, columns: Mapping[str, int], row: int) -> str:
    """The cell of an indicator; a baseline figure stands at the same address of sheet "Cùng kỳ"."""
    if column.startswith(BASELINE_PREFIX):
        return f"'{BASELINE_SHEET}'!{_cell(columns[column.removeprefix(BASELINE_PREFIX)], row)}"
    return _cell(columns[column], row)


def _cellwise(rule: Rule, columns: Mapping[str, int], row: int) -> str:
    """Any negative number, and for whole ones any with a decimal sign, stretch by stretch of columns."""
    terms = []
    for first, last in _stretches(sorted(columns[code] for code in rule.columns)):
        area = f"{_cell(first, row)}:{_cell(last, row)}"
        terms.append(f'COUNTIF({area},"<0")')
        if rule.kind == kinds.WHOLE:
            # INT would fail on a text; a number with decimals is known by the sign in what it shows.
            plain = f'SUBSTITUTE(SUBSTITUTE({area}&"",".",""),",","")'
            terms.append(f'SUMPRODUCT(ISNUMBER({area})*(LEN({plain})<LEN({area}&"")))')
    return f"{'+'.join(terms)}>0"


def _pairs_change(rule: Rule, columns: Mapping[str, int], row: int) -> str:
    """Any jump against the same column of the sheet "Cùng kỳ", stretch by stretch of columns."""
    factor, floor = rule.kwargs["factor"], rule.kwargs["floor"]
    own = [code for code in rule.columns if not code.startswith(BASELINE_PREFIX)]
    terms = []
    for first, last in _stretches(sorted(columns[code] for code in own)):
        now = f"{_cell(first, row)}:{_cell(last, row)}"
        then = f"'{BASELINE_SHEET}'!{now}"
        both = f"ISNUMBER({now})*ISNUMBER({then})*(({now}>={floor})+({then}>={floor})>0)"
        jump = f"(({now}>{factor}*{then})+({now}=0)*({then}>0)>0)"
        # A text in the stretch makes an error of the product: then the pipeline alone looks at it.
        terms.append(f"IFERROR(SUMPRODUCT({both}*{jump}),0)")
    return f"{'+'.join(terms)}>0"


def _stretches(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring columns as first and last."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _outside(value: str, rule: Rule) -> str:
    """The condition that a value leaves the rule's limits."""
    low, high = rule.kwargs.get("min_value"), rule.kwargs.get("max_value")
    if low is not None and low == high:
        return f"{value}<>{low}"
    terms = [f"{value}<{low}"] if low is not None else []
    terms += [f"{value}>{high}"] if high is not None else []
    return f"OR({','.join(terms)})" if len(terms) > 1 else terms[0]


def _between(rule: Rule, cells: Mapping[str, str]) -> str:
    return _outside(cells[str(rule.kwargs["column"])], rule)


def _pair(rule: Rule, cells: Mapping[str, str]) -> str:
    sign = "<" if rule.kwargs["or_equal"] else "<="
    return f"{cells[str(rule.kwargs['column_A'])]}{sign}{cells[str(rule.kwargs['column_B'])]}"


def _listed(rule: Rule, cells: Mapping[str, str]) -> list[str]:
    return [cells[code] for code in cast("list[str]", rule.kwargs["column_list"])]


def _signed_sum(rule: Rule, cells: Mapping[str, str]) -> str:
    weights = cast("list[int]", rule.kwargs["weights"])
    terms = [f"{weight:+d}*{cell}" for weight, cell in zip(weights, _listed(rule, cells), strict=True)]
    total = "".join(terms).replace("+1*", "+").replace("-1*", "-").removeprefix("+")
    return _outside(f"({total})", rule)


def _rest_zero(rule: Rule, cells: Mapping[str, str]) -> str:
    first, *rest = _listed(rule, cells)
    return f"AND({first}=0,OR({','.join(f'{cell}<>0' for cell in rest)}))"


def _rest_positive(rule: Rule, cells: Mapping[str, str]) -> str:
    first, *rest = _listed(rule, cells)
    return f"AND({first}>0,{','.join(f'{cell}<=0' for cell in rest)})"


def _change(rule: Rule, cells: Mapping[str, str]) -> str:
    now, then = _listed(rule, cells)
    factor, floor = rule.kwargs["factor"], rule.kwargs["floor"]
    return f"AND(OR({now}>={floor},{then}>={floor}),OR({now}>{factor}*{then},AND({now}=0,{then}>0)))"


WRITERS: Mapping[str, Callable[[Rule, Mapping[str, str]], str]] = {
    kinds.BETWEEN: _between,
    kinds.PAIR: _pair,
    kinds.SIGNED_SUM: _signed_sum,
    kinds.REST_ZERO: _rest_zero,
    kinds.REST_POSITIVE: _rest_positive,
    kinds.CHANGE: _change,
}
