"""Whatever the layout, the figures are those of the form or a finding asks; never a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan import load_plan
from tests.unit.intake.handmade import FOOT, TITLES, book, flip, read

PLAN = load_plan(Path(__file__).resolve().parents[3] / "plans", "2021")
NAMES = {
    "30745": (
        "Phường Vĩnh Lạc",
        "P. Vĩnh Lạc",
        "Vĩnh Lạc",
        "VĨNH LẠC",
        "phuong vinh lac",
        "Vĩnh Lạc - Rạch Giá",
    ),
    "30754": ("Phường Rạch Sỏi", "P.Rạch Sỏi", "Rạch Sỏi", "rach soi", "2. Phường Rạch Sỏi"),
}
ODD_LABELS = ("Số cuộc họp", "Số lượt kiểm tra", "Tin đã đăng")


@dataclass(frozen=True)
class Sketch:
    """One way to lay a table out."""

    columns: tuple[tuple[Indicator, str], ...]
    """The indicators with the label chosen for each, in order; no two of one section stand apart."""
    has_sections: bool
    has_merges: bool
    has_baseline: bool
    has_titles: bool
    has_numbers: bool
    has_total: bool
    has_subheading: bool
    has_unknown: bool
    is_turned: bool
    names: tuple[tuple[str, str], ...]


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    places = draw(st.lists(st.integers(0, len(PLAN.indicators) - 1), min_size=2, max_size=9, unique=True))
    chosen = [PLAN.indicators[place] for place in places]
    sections = list(dict.fromkeys(entry.section for entry in chosen))
    ordered = [entry for section in sections for entry in chosen if entry.section == section]
    labels = [
        draw(st.sampled_from([entry.label, *(alias.lstrip("!") for alias in entry.aliases)]))
        for entry in ordered
    ]
    codes = draw(st.permutations(sorted(NAMES)))
    flags = [draw(st.booleans()) for _ in range(8)]
    is_turned = draw(st.booleans())
    return Sketch(
        tuple(zip(ordered, labels, strict=True)),
        flags[0],
        flags[1],
        flags[2] and not is_turned,
        flags[3],
        flags[4],
        flags[5],
        flags[6] and not is_turned,
        flags[7],
        is_turned,
        tuple((code, draw(st.sampled_from(NAMES[code]))) for code in codes),
    )


def figure(code: str, number: int, is_baseline: bool) -> int:
    """A figure that no other cell of the table holds."""
    return 1000 + number * 10 + (5 if code == "30754" else 0) + (1 if is_baseline else 0)


def head_of(sketch: Sketch, titles: dict[str, str]) -> tuple[list[list[object]], list[tuple[int, int, int]]]:
    """The rows of the head, and the merges as row, first and last column."""
    left = (["STT"] if sketch.has_numbers else []) + ["Địa bàn"]
    rows: list[list[object]] = [[*left], [""] * len(left), [""] * len(left)]
    merges: list[tuple[int, int, int]] = []
    before = ""
    for indicator, label in sketch.columns:
        start = len(rows[0])
        width = 2 if sketch.has_baseline else 1
        title = titles[indicator.section] if indicator.section != before else ""
        if not title and sketch.has_sections and merges:
            merges[-1] = (0, merges[-1][1], start + width - 1)
        elif sketch.has_sections:
            merges.append((0, start, start + width - 1))
        rows[0] += [title] + [""] * (width - 1)
        rows[1] += [label] + [""] * (width - 1)
        rows[2] += ["Kỳ này", "Cùng kỳ"] if sketch.has_baseline else [""]
        before = indicator.section
    merges += [(1, c, c + 1) for c in range(len(left), len(rows[1]), 2)] if sketch.has_baseline else []
    if not sketch.has_sections:
        rows[1][: len(left)] = left
        rows, merges = rows[1:], [(row - 1, a, b) for row, a, b in merges]
    if not sketch.has_baseline:
        rows = rows[:-1]
    return rows, merges


def data_of(sketch: Sketch) -> list[list[object]]:
    """The rows of figures, sub-headings and totals."""
    rows: list[list[object]] = (
        [["I", "Thành phố Rạch Giá"]] if sketch.has_subheading and sketch.has_numbers else []
    )
    totals = [0] * (len(sketch.columns) * (2 if sketch.has_baseline else 1))
    for number, (code, name) in enumerate(sketch.names, start=1):
        cells = [
            figure(code, place, is_baseline)
            for place in range(len(sketch.columns))
            for is_baseline in ([False, True] if sketch.has_baseline else [False])
        ]
        totals = [one + two for one, two in zip(totals, cells, strict=True)]
        rows.append([*([number] if sketch.has_numbers else []), name, *cells])
    if sketch.has_total:
        rows.append([*([""] if sketch.has_numbers else []), "Tổng cộng", *totals])
    return rows


def lay_out(sketch: Sketch, titles: dict[str, str]) -> bytes:
    head, merges = head_of(sketch, titles)
    rows = [*head, *data_of(sketch)]
    if sketch.has_unknown:
        for number, row in enumerate(rows):
            row += [""] * (len(head[0]) - len(row))
            row.append(ODD_LABELS[0] if number == len(head) - 1 - sketch.has_baseline else number * 7)
        for row in rows[: len(head)]:
            row[-1] = row[-1] if row[-1] == ODD_LABELS[0] else ""
    table: Sequence[Sequence[object]] = flip(rows) if sketch.is_turned else rows
    above = [*TITLES, *([["Ghi chú: số liệu đã kiểm tra"], []] if sketch.has_titles else [])]
    areas = []
    if sketch.has_merges:
        for line, first, last in merges:
            places = [(line + 1, len(above) + place + 1) for place in (first, last)]
            if not sketch.is_turned:
                places = [(place + 1, len(above) + line + 1) for place in (first, last)]
            corners = [f"{get_column_letter(column)}{row}" for column, row in places]
            areas += [":".join(corners)] if first != last else []
    return book({"Biểu 1": [*above, *table, *FOOT]}, {"Biểu 1": areas})


@settings(max_examples=60)
@given(sketch=sketches())
def test_no_layout_gives_a_wrong_figure(sketch: Sketch) -> None:
    titles = {section.code: section.title for section in PLAN.sections}
    reading = read(lay_out(sketch, titles), PLAN)
    right = {
        (code, indicator.code, basis): Decimal(figure(code, place, basis is Basis.BASELINE))
        for code, _ in sketch.names
        for place, (indicator, _) in enumerate(sketch.columns)
        for basis in (Basis if sketch.has_baseline else (Basis.CURRENT,))
    }
    read_values = {
        (entry.locality, entry.indicator, entry.basis): entry.value
        for entry in reading.observations
        if entry.value is not None
    }
    assert {key: right.get(key) for key in read_values} == read_values
    if read_values != right:
        asked = {f.rule_id for f in reading.findings if f.severity is Severity.ERROR}
        assert asked, f"{sorted(right.keys() - read_values.keys())} were lost without a word"
    if sketch.has_sections and (sketch.has_merges or not sketch.is_turned):
        assert read_values == right


def test_a_code_that_is_a_word_too_heads_both_of_its_columns() -> None:
    # "XPVPHC" over "Kỳ này | Cùng kỳ", not merged: the second column lost its heading.
    chosen = (("TTXH_XR", "Xảy ra"), ("XPVPHC", "XPVPHC"), ("KT_KT", "Khởi tố"))
    columns = tuple((PLAN.indicator_by_code[code], label) for code, label in chosen)
    names = tuple((code, names[0]) for code, names in NAMES.items())
    plain = Sketch(
        columns,
        has_sections=True,
        has_merges=False,
        has_baseline=True,
        has_titles=False,
        has_numbers=False,
        has_total=False,
        has_subheading=False,
        has_unknown=False,
        is_turned=False,
        names=names,
    )
    reading = read(lay_out(plain, {section.code: section.title for section in PLAN.sections}), PLAN)
    fines = [entry.value for entry in reading.observations if entry.indicator == "XPVPHC" and entry.value]
    assert sorted(fines) == [1010, 1011, 1015, 1016]


@settings(max_examples=60)
@given(
    grid=st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "STT",
                    "Địa bàn",
                    "Phường Vĩnh Lạc",
                    "Rạch Sỏi",
                    "Xảy ra",
                    "Khám phá",
                    "Tai nạn giao thông",
                    "Chết",
                    "Kỳ này",
                    "Cùng kỳ",
                    "Tổng cộng",
                    "Ma túy",
                    "Số vụ",
                    "Lũy kế",
                    "%",
                    "(vụ)",
                    1,
                    2,
                    3,
                    12,
                    "I",
                    "Từ tháng 1 đến tháng 3/2021",
                    "Nơi nhận:",
                    "Thành phố Rạch Giá",
                    "Số liệu từ 15/4/2021 đến 14/10/2021",
                ]
            ),
            max_size=7,
        ),
        max_size=12,
    )
)
def test_no_grid_breaks_the_reader(grid: list[list[object]]) -> None:
    reading = read(book({"Biểu 1": grid}), PLAN)
    assert reading.refused or reading.localities or reading.findings
