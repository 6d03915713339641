"""Fills the message template of a rule with names, numbers and cells, the way a submitter writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.rules import Rule
from chuyenhoa.plan.rules import PLACEHOLDER
from chuyenhoa.validation.errors import ValidationFault
from chuyenhoa.validation.frame import Row


def render_message(rule: Rule, row: Row, locality_name: str, words: Mapping[str, str]) -> str:
    """The message of a rule for one row.

    A placeholder is an indicator code (its number), `cell:<CODE>` (its cell), `arg:<name>` (an argument of
    the expectation), `dia_ban` (the locality, and for the baseline its sheet), `quy_tac` or one of `words`.

    Raises:
        ValidationFault: the template names something that the rule does not have.
    """

    def fill(match: re.Match[str]) -> str:
        word = match.group(1)
        if word in known:
            return known[word]
        if word.startswith("arg:") and word[4:] in rule.kwargs:
            return str(rule.kwargs[word[4:]])
        if word.startswith("cell:") and word[5:] in row.places:
            return row.places[word[5:]].cell
        if word in row.values:
            return format_number(row.values[word])
        raise ValidationFault(
            f"Rule {rule.rule_id}: the message names {{{word}}}, which row {row.locality} lacks."
        )

    known = {"dia_ban": _where(row, locality_name), "quy_tac": rule.rule_id, **words}
    return PLACEHOLDER.sub(fill, rule.message)


def _where(row: Row, locality_name: str) -> str:
    """The locality; for a baseline row with the sheet, since its cells have the same addresses."""
    if row.basis is Basis.CURRENT:
        return locality_name
    sheets = {place.sheet for place in row.places.values() if place.sheet}
    return f"{locality_name} (sheet {min(sheets)})" if sheets else f"{locality_name} (số liệu cùng kỳ)"


def words_of_other(row: Row, column: str, label: str) -> Mapping[str, str]:
    """What a message may say of the figure of other reports that stands in `column`."""
    past = row.history.get(column)
    sources = past.sources if past else ()
    return {
        "chi_tieu_kia": label,
        "gia_tri_kia": format_number(row.values[column]),
        "o_kia": "; ".join(
            dict.fromkeys(f"{source.cell_ref.sheet}!{source.cell_ref.cell}" for source in sources)
        ),
        "tep_kia": ", ".join(
            f"“{name}”" for name in dict.fromkeys(mask_personal(source.file_name) for source in sources)
        ),
        "ky_kia": ", ".join(dict.fromkeys(source.period for source in sources)),
        "cac_ky": "; ".join(f"{source.period}: {format_number(source.value)}" for source in sources),
    }
