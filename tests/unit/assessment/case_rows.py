"""What a row of the case tables is, and the rows that several criteria share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chuyenhoa.model.evidence import KnownDeclaration
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.results import Reason, Verdict
from tests.unit.assessment.building import declared

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
NOT_APPLICABLE, INSUFFICIENT = Verdict.NOT_APPLICABLE, Verdict.INSUFFICIENT
BLANK, NO_BASELINE = Reason.BLANK, Reason.NO_BASELINE


@dataclass(frozen=True)
class CriterionCase:
    """A state of a locality and what a criterion makes of it, with the figure that a table shows."""

    criterion: str
    kind: str
    given: str
    verdict: Verdict
    figure: str
    reason: Reason | None = None
    statement: KnownDeclaration | None = None
    missing: tuple[str, ...] = ()


def figure_cases(
    code: str, *rows: tuple[str, str, Verdict, str] | tuple[str, str, Verdict, str, Reason, str]
) -> list[CriterionCase]:
    """Cases on figures: kind, figures, verdict, figure shown; where it is insufficient reason and names."""
    cases = []
    for row in rows:
        if len(row) == 4:
            cases.append(CriterionCase(code, *row))
        else:
            kind, given, verdict, figure, reason, names = row
            cases.append(
                CriterionCase(code, kind, given, verdict, figure, reason, missing=tuple(names.split()))
            )
    return cases


def declaration_cases(code: str, *, needs_document: bool) -> list[CriterionCase]:
    """The cases of a declaration."""
    day, number = date(2021, 5, 5), "12/KH-UBND"
    number_gap, day_gap = f"{code}.SO_VAN_BAN", f"{code}.NGAY_VAN_BAN"
    full = declared(Answer.YES, number, day)
    cases = [
        CriterionCase(code, "yes", "", MET, "Có (12/KH-UBND, 05/5/2021)", statement=full),
        CriterionCase(code, "no", "", NOT_MET, "Không", statement=declared(Answer.NO)),
        CriterionCase(
            code,
            "not_applicable",
            "",
            NOT_APPLICABLE,
            "Không áp dụng",
            statement=declared(Answer.NOT_APPLICABLE),
        ),
        CriterionCase(code, "missing", "", INSUFFICIENT, "chưa có số liệu", BLANK, declared(None), (code,)),
        CriterionCase(code, "missing", "", INSUFFICIENT, "chưa có số liệu", BLANK, None, (code,)),
        CriterionCase(
            code, "missing", "", INSUFFICIENT, "chưa có số liệu", BLANK, declared(None, number, day), (code,)
        ),
    ]
    if not needs_document:
        return [*cases, CriterionCase(code, "yes", "", MET, "Có", statement=declared(Answer.YES))]
    for statement, words, gaps in (
        (declared(Answer.YES), "Có, chưa có văn bản", (number_gap, day_gap)),
        (declared(Answer.YES, "  ", day), "Có, chưa có số văn bản", (number_gap,)),
        (declared(Answer.YES, number), "Có, chưa có ngày văn bản", (day_gap,)),
    ):
        cases.append(CriterionCase(code, "undocumented", "", INSUFFICIENT, words, BLANK, statement, gaps))
    return cases


def none_allowed_cases(code: str, indicator: str, unit: str) -> list[CriterionCase]:
    """The cases of a criterion that passes on zero alone."""
    return figure_cases(
        code,
        ("on", f"{indicator}=0", MET, f"0 {unit}"),
        ("above", f"{indicator}=1", NOT_MET, f"1 {unit}"),
        ("missing", f"{indicator}=?", INSUFFICIENT, "chưa có số liệu", BLANK, indicator),
        ("missing", "", INSUFFICIENT, "chưa có số liệu", BLANK, indicator),
    )
