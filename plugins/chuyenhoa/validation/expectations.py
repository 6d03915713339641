"""Expectations that Great Expectations lacks, known to its suites by their snake-case names.

Importing this module imports Great Expectations and registers them; only `engine` does so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    MulticolumnMapMetricProvider,
    multicolumn_condition_partial,
)

if TYPE_CHECKING:
    import pandas as pd

on_pandas = multicolumn_condition_partial(engine=PandasExecutionEngine)
RowFilter = Literal["all_values_are_missing", "any_value_is_missing", "never"]


class WholeAndNotNegative(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """Every value that is filled in is a whole number of zero or more."""

    condition_metric_name = "chuyenhoa.whole_and_not_negative"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        return (column_list.isna() | ((column_list >= 0) & (column_list % 1 == 0))).all(axis=1)


class NotNegative(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """Every value that is filled in is zero or more."""

    condition_metric_name = "chuyenhoa.not_negative"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        return (column_list.isna() | (column_list >= 0)).all(axis=1)


class SignedSum(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """The weighted sum of a row lies within the limits, both included."""

    condition_metric_name = "chuyenhoa.signed_sum"
    condition_value_keys = ("weights", "min_value", "max_value")

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805
        column_list: pd.DataFrame,
        weights: list[int],
        min_value: int | None = None,
        max_value: int | None = None,
        **kwargs: Any,
    ) -> pd.Series[bool]:
        total = (column_list * weights).sum(axis=1)
        low = float("-inf") if min_value is None else min_value
        high = float("inf") if max_value is None else max_value
        return (total >= low) & (total <= high)


class RestZeroWhenFirstIsZero(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """Where the first column is zero, so are all others: nobody is hurt where nothing happened."""

    condition_metric_name = "chuyenhoa.rest_zero_when_first_is_zero"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        return (column_list.iloc[:, 0] != 0) | (column_list.iloc[:, 1:] == 0).all(axis=1)


class RestPositiveWhenFirstIsPositive(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """Where the first column is above zero, so is at least one of the others."""

    condition_metric_name = "chuyenhoa.rest_positive_when_first_is_positive"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        return (column_list.iloc[:, 0] <= 0) | (column_list.iloc[:, 1:] > 0).any(axis=1)


class ChangeWithinFactor(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """Now is no more than `factor` times then, and not zero where then was something.

    Rows in which both numbers are below `floor` pass: from 1 to 4 is no jump worth a question.
    """

    condition_metric_name = "chuyenhoa.change_within_factor"
    condition_value_keys = ("factor", "floor")

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, factor: int, floor: int, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        now, then = column_list.iloc[:, 0], column_list.iloc[:, 1]
        is_small = (now < floor) & (then < floor)
        is_jump = (now > factor * then) | ((now == 0) & (then > 0))
        return is_small | ~is_jump


def _halves(pairs: pd.DataFrame) -> tuple[Any, Any, Any]:
    """The first and the second half of the columns as arrays, and where one of a pair is blank."""
    count = pairs.shape[1] // 2
    first, second = pairs.iloc[:, :count].to_numpy(), pairs.iloc[:, count:].to_numpy()
    return first, second, pairs.isna().to_numpy()[:, :count] | pairs.isna().to_numpy()[:, count:]


class PairsEqual(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """In every pair that is filled in, the first equals the second."""

    condition_metric_name = "chuyenhoa.pairs_equal"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        first, second, blank = _halves(column_list)
        return _by_row(column_list, blank | (first == second))


class PairsNotBelow(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """In every pair that is filled in, the first is no less than the second."""

    condition_metric_name = "chuyenhoa.pairs_not_below"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        first, second, blank = _halves(column_list)
        return _by_row(column_list, blank | (first >= second))


class PairsNotAbove(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """In every pair that is filled in, the first is no more than the second."""

    condition_metric_name = "chuyenhoa.pairs_not_above"

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        first, second, blank = _halves(column_list)
        return _by_row(column_list, blank | (first <= second))


class PairsChangeWithinFactor(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """In every pair that is filled in, the first is no jump against the second (`ChangeWithinFactor`)."""

    condition_metric_name = "chuyenhoa.pairs_change_within_factor"
    condition_value_keys = ("factor", "floor")

    @on_pandas  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, factor: int, floor: int, **kwargs: Any) -> pd.Series[bool]:  # noqa: N805
        now, then, blank = _halves(column_list)
        is_small = (now < floor) & (then < floor)
        is_jump = (now > factor * then) | ((now == 0) & (then > 0))
        return _by_row(column_list, blank | is_small | ~is_jump)


def _by_row(frame: pd.DataFrame, good: Any) -> pd.Series[bool]:
    """Whether every pair of a row is good, under the frame's own positions."""
    import pandas as pd

    return pd.Series(good.all(axis=1), index=frame.index)


class ExpectValuesToBeWholeAndNotNegative(MulticolumnMapExpectation):  # type: ignore[misc]
    """Counts are whole numbers of zero or more; a blank is not checked."""

    map_metric: ClassVar[str | None] = "chuyenhoa.whole_and_not_negative"
    ignore_row_if: RowFilter = "never"


class ExpectValuesNotToBeNegative(MulticolumnMapExpectation):  # type: ignore[misc]
    """Amounts are zero or more; a blank is not checked."""

    map_metric: ClassVar[str | None] = "chuyenhoa.not_negative"
    ignore_row_if: RowFilter = "never"


class ExpectSignedSumToBeBetween(MulticolumnMapExpectation):  # type: ignore[misc]
    """The sum of the columns, each times its weight, lies within the limits; a blank skips the row."""

    weights: list[int]
    min_value: int | None = None
    max_value: int | None = None
    map_metric: ClassVar[str | None] = "chuyenhoa.signed_sum"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "weights", "min_value", "max_value")
    ignore_row_if: RowFilter = "any_value_is_missing"


class ExpectRestZeroWhenFirstIsZero(MulticolumnMapExpectation):  # type: ignore[misc]
    """No consequences without a case; a blank skips the row."""

    map_metric: ClassVar[str | None] = "chuyenhoa.rest_zero_when_first_is_zero"
    ignore_row_if: RowFilter = "any_value_is_missing"


class ExpectRestPositiveWhenFirstIsPositive(MulticolumnMapExpectation):  # type: ignore[misc]
    """A case with some consequence; a blank skips the row."""

    map_metric: ClassVar[str | None] = "chuyenhoa.rest_positive_when_first_is_positive"
    ignore_row_if: RowFilter = "any_value_is_missing"


class ExpectChangeWithinFactor(MulticolumnMapExpectation):  # type: ignore[misc]
    """No jump against the baseline; a blank skips the row."""

    factor: int
    floor: int
    map_metric: ClassVar[str | None] = "chuyenhoa.change_within_factor"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "factor", "floor")
    ignore_row_if: RowFilter = "any_value_is_missing"


class ExpectPairsToBeEqual(MulticolumnMapExpectation):  # type: ignore[misc]
    """The first half of the columns equals the second, pair by pair; a blank skips its pair."""

    map_metric: ClassVar[str | None] = "chuyenhoa.pairs_equal"
    ignore_row_if: RowFilter = "never"


class ExpectPairsNotToBeBelow(MulticolumnMapExpectation):  # type: ignore[misc]
    """No first of a pair is less than its second; a blank skips its pair."""

    map_metric: ClassVar[str | None] = "chuyenhoa.pairs_not_below"
    ignore_row_if: RowFilter = "never"


class ExpectPairsNotToBeAbove(MulticolumnMapExpectation):  # type: ignore[misc]
    """No first of a pair is more than its second; a blank skips its pair."""

    map_metric: ClassVar[str | None] = "chuyenhoa.pairs_not_above"
    ignore_row_if: RowFilter = "never"


class ExpectPairsToChangeWithinFactor(MulticolumnMapExpectation):  # type: ignore[misc]
    """No first of a pair is a jump against its second; a blank skips its pair."""

    factor: int
    floor: int
    map_metric: ClassVar[str | None] = "chuyenhoa.pairs_change_within_factor"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "factor", "floor")
    ignore_row_if: RowFilter = "never"
