"""The rows of an export: only what is stated, exact, and no text that names anybody or misleads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.pipeline.publish.exporting import _declarations, _figures

SOURCE = Source("S000007", "ab" * 32, "bao-cao.xlsx", "Số\u202e liệu 0912345678", "D7")
SAID = KnownDeclaration(Answer.YES, "12/KH-UBND", date(2021, 4, 20), "", SOURCE)


def test_a_figure_has_its_window_and_its_cell_and_a_blank_has_no_row(plan: Plan) -> None:
    period = plan.period_by_id["2021-6t"]
    figures = {
        ("TTXH_TS", Basis.CURRENT): KnownFigure(Decimal("150.50"), SOURCE),
        ("TTXH_XR", Basis.BASELINE): KnownFigure(Decimal(0), SOURCE),
        ("TTXH_KP", Basis.CURRENT): KnownFigure(None, SOURCE),
        ("XHD", Basis.CURRENT): KnownFigure(None, SOURCE, lacks=InsufficiencyReason.WITHDRAWN),
        # A plan that was edited since: the figure is still in force, only its label is gone.
        ("DA_BO", Basis.CURRENT): KnownFigure(Decimal(1), SOURCE),
    }
    rows = {row[0]: row for row in _figures(plan, period, LocalityEvidence("30745", figures))}
    label = plan.indicator_by_code["TTXH_TS"].label
    cell = ("S000007", "bao-cao.xlsx", "Số liệu [đã che: có thể là dữ liệu cá nhân]", "D7")
    window = (date(2021, 4, 15), date(2021, 10, 14))
    assert rows["TTXH_TS"] == ("TTXH_TS", label, "triệu đồng", "current", *window, Decimal("150.50"), *cell)
    assert rows["TTXH_XR"][3:7] == ("baseline", date(2020, 4, 15), date(2020, 10, 14), Decimal(0))
    assert rows["DA_BO"][:3] == ("DA_BO", "", "")
    assert set(rows) == {"TTXH_TS", "TTXH_XR", "DA_BO"}


def test_a_declaration_names_nobody_and_a_withdrawn_one_has_no_row(plan: Plan) -> None:
    period = plan.period_by_id["2021-6t"]
    declarations = {
        "I.1": replace(SAID, document_number="12 \u202e0912345678", note="gọi 0912\u202e345678"),
        "I.2": replace(SAID, answer=None),
        "II.5": replace(SAID, answer=None, withdrawn=True),
    }
    (row,) = _declarations(plan, period, LocalityEvidence("30745", declarations=declarations))
    assert row[:2] == ("I.1", plan.criterion_by_code["I.1"].title)
    assert row[4] == "yes"
    assert "0912345678" not in str(row)
    assert "\u202e" not in "".join(map(str, row))
    assert row[6] == date(2021, 4, 20)
