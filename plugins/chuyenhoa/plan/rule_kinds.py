"""The kinds of expectations that a suite may use, with the arguments that each must and may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
}
"""Great Expectations drops a type that it does not know without a word, so only these are let through."""

CELLWISE = frozenset({WHOLE, NOT_NEGATIVE})
"""Kinds that judge every cell by itself: a blank skips that cell only, and each bad cell is a finding."""

PAIRWISE = frozenset({PAIRS_EQUAL, PAIRS_NOT_BELOW, PAIRS_NOT_ABOVE})
"""Kinds that judge pairs: the first half of `column_list` against the second, each bad pair a finding."""
