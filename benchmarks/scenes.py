"""A province that never was, two years of it: what its localities counted, and what their boards sent.

Every scene is drawn from one seed. Figures of a year follow from those of its months, so that no rule is
broken but where the scene means to; then reports leave cells blank, state other sums, come in parts, are
corrected, withdrawn, held back for an error, and tell another "Cùng kỳ" than was reported.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from benchmarks.second_opinion import DOES_NOT_APPLY, NO, YES, Report, Said, say_again

YEARS = ("2021", "2022")
MONTHS = tuple(f"t{month:02}" for month in range(5, 13))
RANGES = {**{month: (at, at + 1) for at, month in enumerate(MONTHS)}, "6t": (0, 6), "nam": (0, 8)}
"""Of every period the months that it holds, by their place in the year."""
ORDER = (*MONTHS[:6], "6t", *MONTHS[6:], "nam")
"""Periods in the order in which they end."""
SCHEMES: Sequence[tuple[str, ...]] = (
    ("nam",), ("6t", "nam"), ("6t", "t11", "t12"), MONTHS, (*MONTHS, "nam"), (*MONTHS, "6t", "nam"),
    (*MONTHS[:3], *MONTHS[4:]), ("6t", "t12"), (*MONTHS, "6t"), ("t05", "t12"), ("6t",), (),
)  # fmt: skip
"""What a board sends in a year: all, too much, too little, or nothing."""
CORRECTIONS = {"2021": (("2021", 0.5), ("2021", 0.3)), "2022": (("2022", 0.5), ("2022", 0.3), ("2021", 0.2))}
"""After the reports of a year: which year's are corrected, and what share of them."""
WITHDRAWN = "xóa"
DECLARED = ("I.1", "I.2", "II.5", "V.3")
AT_END: tuple[str, ...] = (
    "NGHIEN_CUOI",
    "TGTB_CON",
    "DIEM_MT",
    "DIEM_NONG",
    "THT",
    "MH_TONG",
    "MH_HQ",
    "HO_TONG",
    "KDC_TONG",
)
AT_END += ("KDC_ATANTT", "HO_TT")
SHIFTED_FLOWS: tuple[str, ...] = (
    "TTXH_XR",
    "TTXH_KP",
    "TTXH_RNT_XR",
    "TTXH_RNT_KP",
    "TTXH_TS",
    "XHD",
    "TNGT_VU",
    "TNGT_CHET",
)
SHIFTED_FLOWS += ("TNGT_BTH", "CHAY_VU", "CHAY_CHET", "THT_TP", "MH_MOI", "MH_CC")
SHIFTED_STOCKS = ("DIEM_MT", "DIEM_NONG", "THT", "MH_HQ", "KDC_ATANTT")
TWINS = {"NGHIEN_DAU": "NGHIEN_CUOI", "TGTB_TON": "TGTB_CON"}
"""Stocks at the start: those at the end of what came before."""
Row = dict[str, Fraction]
Cells = dict[tuple[str, str, str], str]
"""What is typed, by locality, sheet ("current" or "baseline") and code."""


@dataclass
class File:
    """A workbook that a board sends: what stands in its cells, and whom it is held back for."""

    name: str
    period: str
    submitter: str
    cells: Cells = field(default_factory=dict)
    answers: dict[tuple[str, str], Said] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    """Localities with a line RUT."""
    held: set[str] = field(default_factory=set)
    """Localities with an error that was put there."""
    repeats: str = ""
    """The name of an earlier file whose bytes it has."""


@dataclass(frozen=True)
class Board:
    """A submitter and its localities by year; in the second year some are units that were merged."""

    code: str
    localities: Mapping[str, tuple[str, ...]]

    @property
    def folder(self) -> str:
        """Its inbox folder."""
        return self.code.lower()


@dataclass(frozen=True)
class Edge:
    """A unit of the first year that went into one of the second."""

    source: str
    target: str
    whole: bool


@dataclass
class Scene:
    """Everything that is sent, in passes, and what of it is in force when the rules are followed."""

    boards: list[Board]
    edges: list[Edge]
    passes: list[list[File]] = field(default_factory=list)
    accepted: dict[tuple[str, str], Report] = field(default_factory=dict)

    def take(self, files: Sequence[File]) -> None:
        """Send files, those of each period in a pass of their own, and take what is not held."""
        # Files that rest on others of their pass are each checked in a run of Great Expectations.
        for year in YEARS:
            for period in ORDER:
                sent = [file for file in files if file.period == f"{year}-{period}"]
                self.passes += [sent] if sent else []
        for file in files:
            if not file.repeats:
                self._take(file)

    def _take(self, file: File) -> None:
        board = next(board for board in self.boards if board.code == file.submitter)
        for locality in board.localities[file.period[:4]]:
            if locality in file.held:
                continue
            report = self.accepted.setdefault((file.period, locality), Report())
            if locality in file.taken_back:
                report.current.clear()
                report.baseline.clear()
                report.declared.clear()
            for (place, sheet, code), text in file.cells.items():
                if place == locality:
                    _state(getattr(report, sheet), code, text)
            for (place, criterion), said in file.answers.items():
                if place != locality:
                    continue
                if said.answer == WITHDRAWN:
                    report.declared.pop(criterion, None)
                else:
                    report.declared[criterion] = say_again(report.declared.get(criterion), said)


def _state(figures: Row, code: str, text: str) -> None:
    if text == WITHDRAWN:
        figures.pop(code, None)
    else:
        figures[code] = Fraction(text.replace(",", "."))


def breaks_a_rule(row: Mapping[str, Fraction]) -> bool:
    """Whether the figures of a row contradict each other as the rules E03 to E21 see it; blanks do not."""

    def total(*codes: str) -> Fraction | None:
        found = [row.get(code.removeprefix("-")) for code in codes]
        if any(value is None for value in found):
            return None
        signs = [-1 if code.startswith("-") else 1 for code in codes]
        return sum((s * v for s, v in zip(signs, found, strict=True) if v is not None), Fraction(0))

    not_below_zero = (
        ("TTXH_XR", "-TTXH_KP"), ("TTXH_XR", "-TTXH_RNT_XR", "-TTXH_DBNT_XR"),
        ("TTXH_KP", "-TTXH_RNT_KP", "-TTXH_DBNT_KP"), ("TTXH_RNT_XR", "-TTXH_RNT_KP"),
        ("TTXH_DBNT_XR", "-TTXH_DBNT_KP"), ("THT", "-THT_TP"), ("MH_TONG", "-MH_HQ"), ("MH_TONG", "-MH_MOI"),
        ("HO_TONG", "-HO_TT"), ("KDC_TONG", "-KDC_ATANTT"),
    )  # fmt: skip
    follows = (("TNGT_VU", "TNGT_CHET"), ("TNGT_VU", "TNGT_BTH"), ("CHAY_VU", "CHAY_CHET"))
    return any((total(*codes) or 0) < 0 for codes in not_below_zero) or any(
        row.get(first) == 0 and row.get(rest, 0) > 0 for first, rest in follows
    )


class Year:
    """What happened in a locality in one year, month by month."""

    def __init__(self, rng: random.Random) -> None:
        scale = rng.choice((0, 1, 1, 3, 8))
        self.rng = rng
        self.start = {"NGHIEN_CUOI": Fraction(rng.randint(0, 12)), "TGTB_CON": Fraction(rng.randint(0, 3))}
        self.months: list[Row] = []
        level = dict(self.start)
        stocks = self._stocks()
        for _ in MONTHS:
            month = self._month(scale, level)
            level = {code: month[code] for code in level}
            if rng.random() < 0.3:
                stocks |= {"DIEM_MT": rng.choice((0, 0, 1)), "DIEM_NONG": rng.choice((0, 0, 0, 1))}
                stocks["MH_HQ"] = rng.randint(0, 3)
            stocks["HO_TT"] += rng.choice((0, 1, stocks["HO_TONG"])) if rng.random() < 0.4 else 0
            stocks["HO_TT"] = min(stocks["HO_TT"], stocks["HO_TONG"])
            self.months.append(month | {code: Fraction(value) for code, value in stocks.items()})

    def _stocks(self) -> dict[str, int]:
        rng = self.rng
        homes = rng.choice((40, 100, 900))
        blocks = rng.choice((0, 3, 10))
        return {
            "DIEM_MT": rng.choice((0, 0, 0, 1)), "DIEM_NONG": rng.choice((0, 0, 0, 1)),
            "THT": rng.choice((20, 40)), "MH_TONG": 60, "MH_HQ": rng.randint(0, 3), "HO_TONG": homes,
            "HO_TT": rng.choice((0, homes - 1, homes)), "KDC_TONG": blocks,
            "KDC_ATANTT": min(blocks, rng.choice((0, 2, 7, 8))),
        }  # fmt: skip

    def _few(self, most: int) -> int:
        return self.rng.randint(0, most) if self.rng.random() < 0.4 else 0

    def _month(self, scale: int, level: Mapping[str, Fraction]) -> Row:
        rng = self.rng
        happened = rng.randint(0, scale)
        grave = min(happened, self._few(1))
        gravest = min(happened - grave, self._few(1) * self._few(1))
        solved_grave, solved_gravest = grave * rng.choice((0, 1, 1, 1)), gravest * rng.choice((0, 1, 1))
        solved = max(solved_grave + solved_gravest, happened - self._few(1 + scale // 3))
        tips, crashes, fires = rng.randint(0, 4), self._few(2), self._few(1)
        moved = self._few(1) if tips else 0
        open_tips = int(level["TGTB_CON"]) + tips - moved
        done = max(min(open_tips, tips + rng.choice((-1, 0, 0, 1, 2))), 0)
        more, fewer = self._few(2), min(self._few(2), int(level["NGHIEN_CUOI"]))
        counts: dict[str, int | Fraction] = {
            "TTXH_XR": happened, "TTXH_KP": solved, "TTXH_RNT_XR": grave, "TTXH_RNT_KP": solved_grave,
            "TTXH_DBNT_XR": gravest, "TTXH_DBNT_KP": solved_gravest,
            "TTXH_TS": Fraction(self._few(900), 2), "XHD": rng.random() < 0.02, "NGHIEN_MOI": more,
            "NGHIEN_GIAM": fewer, "NGHIEN_CUOI": level["NGHIEN_CUOI"] + more - fewer, "TGTB_MOI": tips,
            "TGTB_CHUYEN": moved, "TGTB_GQ": done, "TGTB_CON": open_tips - done,
            "TNGT_VU": crashes, "TNGT_CHET": crashes and self._few(1), "TNGT_BTH": crashes and self._few(2),
            "CHAY_VU": fires, "CHAY_CHET": fires and rng.random() < 0.2, "THT_TP": rng.random() < 0.25,
            "MH_MOI": rng.random() < 0.12, "MH_CC": rng.random() < 0.12,
        }  # fmt: skip
        return {code: Fraction(value) for code, value in counts.items()}

    def row(self, period: str) -> Row:
        """The true figures of a period: sums, and the stocks of its first and last day."""
        first, after = RANGES[period]
        before = self.months[first - 1] if first else self.start
        found = {start: before[end] for start, end in TWINS.items()}
        for code, value in self.months[after - 1].items():
            is_stock = code in AT_END
            found[code] = value if is_stock else sum((m[code] for m in self.months[first:after]), Fraction(0))
        return found

    def stated(self, period: str) -> Row:
        """What a report states: the truth, or here and there something else that breaks no rule."""
        rng, row = self.rng, self.row(period)
        for code in rng.sample(SHIFTED_FLOWS, 3) if rng.random() < 0.5 else ():
            low, high = self._room(period, code)
            if math.ceil(low) <= math.floor(high):
                shifted = row | {code: Fraction(rng.randint(math.ceil(low), math.floor(high)))}
                row = row if breaks_a_rule(shifted) else shifted
        for code in rng.sample(SHIFTED_STOCKS, 2) if rng.random() < 0.3 else ():
            shifted = row | {code: max(Fraction(0), row[code] + rng.choice((-1, 1)))}
            row = row if breaks_a_rule(shifted) else shifted
        if period not in ("nam", "6t", "t05") and rng.random() < 0.2:
            row["HO_TT"] = Fraction(rng.randint(0, int(row["HO_TONG"])))
        return row

    def _room(self, period: str, code: str) -> tuple[Fraction, Fraction]:
        """How far a sum may be stated off: a year stays above its six months, and these above May (E23)."""
        value, first = self.row(period)[code], self.row("t05")[code]
        if period == "nam":
            return value, value + 2
        if period == "6t":
            return max(first, value - 2), min(value + 2, self.row("nam")[code])
        return max(Fraction(0), value - 1), value if period == "t05" else value + 2


@dataclass(frozen=True)
class Size:
    """How large a scene is: its boards, the localities of each in the first year, and what may be sent."""

    boards: int
    localities: int
    schemes: Mapping[str, Sequence[tuple[str, ...]]] = field(
        default_factory=lambda: dict.fromkeys(YEARS, SCHEMES)
    )
    corrections: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=lambda: CORRECTIONS)


def make_scene(seed: int, size: Size) -> Scene:
    """The scene of a seed."""
    return _Author(random.Random(seed), size).write()


class _Author:
    """Draws a scene."""

    def __init__(self, rng: random.Random, size: Size) -> None:
        self.rng, self.size = rng, size
        self.scene = Scene([], [])
        for number in range(size.boards):
            self._found(number, size.localities)
        self.truth = {(code, year): Year(rng) for code, year in self._counted()}
        self.told = {
            key: self.truth[key] if rng.random() < 0.5 and key in self.truth else Year(rng)
            for key in self._told()
        }
        # A unit that was merged leaves "Cùng kỳ" blank more often: then its former units are summed.
        merged = {edge.target for edge in self.scene.edges}
        self.silent = {c for c, _ in self._told() if rng.random() < (0.6 if c in merged else 0.1)}
        self.names = 0

    def _found(self, number: int, localities: int) -> None:
        """A board; of its localities two are merged, and one is split between two others, in the new year."""
        old = tuple(str(10_000 + number * 40 + at) for at in range(localities))
        merged, shared = str(10_000 + number * 40 + 30), str(10_000 + number * 40 + 31)
        new = old
        if localities >= 5:
            one, other, cut, whole = old[-4:]
            for source, target, is_whole in (
                (one, merged, True),
                (other, merged, True),
                (cut, merged if number % 2 else shared, False),
                (cut, str(10_000 + number * 40 + 32), False),
                (whole, shared, True),
            ):
                self.scene.edges.append(Edge(source, target, is_whole))
            new = (*old[:-4], merged, shared)
        self.scene.boards.append(Board(f"H{number:04}", {"2021": old, "2022": new}))

    def _counted(self) -> Iterator[tuple[str, str]]:
        for board in self.scene.boards:
            for year, codes in board.localities.items():
                yield from ((code, year) for code in codes)

    def _told(self) -> Iterator[tuple[str, str]]:
        """A locality with the year that its report tells of."""
        yield from ((code, str(int(year) - 1)) for code, year in self._counted())

    def write(self) -> Scene:
        """Two years, each sent and then corrected; the first one once more when the second was sent."""
        for year in YEARS:
            self._send_first(year)
            for corrected, share in self.size.corrections.get(year, ()):
                self._correct(corrected, share)
        return self.scene

    def _send_first(self, year: str) -> None:
        files: list[File] = []
        for board in self.scene.boards:
            for period in self.rng.choice(self.size.schemes[year]):
                file = self._file(board, f"{year}-{period}", self.rng.choice((0, 0, 0.04, 0.3)))
                files += self._in_parts(file) if self.rng.random() < 0.25 else [file]
        self.scene.take(files)

    def _file(self, board: Board, period: str, blank: float) -> File:
        """A report on all localities, with some cells left blank and some localities spoiled."""
        file = self._new(board, period)
        for locality in board.localities[period[:4]]:
            if self.rng.random() < 0.04:
                continue  # a row left blank altogether
            for sheet, row in self._rows(locality, period):
                for code, value in row.items():
                    if self.rng.random() >= blank:
                        file.cells[locality, sheet, code] = _typed(value)
            self._answer(file, locality, blank)
            if self.rng.random() < 0.06:
                self._spoil(file, locality)
        return file

    def _new(self, board: Board, period: str) -> File:
        self.names += 1
        return File(f"{self.names:05}-{period}.xlsx", period, board.code)

    def _rows(self, locality: str, period: str) -> list[tuple[str, Row]]:
        year, part = period.split("-")
        rows = [("current", self.truth[locality, year].stated(part))]
        if locality not in self.silent and self.rng.random() < 0.9:
            rows.append(("baseline", self.told[locality, str(int(year) - 1)].stated(part)))
        return rows

    def _answer(self, file: File, locality: str, blank: float) -> None:
        for criterion in DECLARED:
            if self.rng.random() >= blank + 0.03:
                file.answers[locality, criterion] = self._said(file.period[:4])

    def _said(self, year: str) -> Said:
        rng = self.rng
        word = rng.choice((YES,) * 12 + (NO, DOES_NOT_APPLY))
        if word != YES:
            return Said(word)
        number, day = rng.choice(("12/KH-UBND", "12/KH-UBND", "34/NQ-ĐU")), rng.choice(("20/04/", "05/05/"))
        return Said(
            YES,
            rng.choice((number, number, number, "")),
            rng.choice((day + year, day + year, day + year, "")),
        )

    def _spoil(self, file: File, locality: str) -> None:
        """An error on a locality: a word for a number, or more solved than happened."""
        sheet = self.rng.choice(("current", "baseline"))
        file.cells[locality, sheet, "TTXH_XR"] = "3"
        file.cells[locality, sheet, "TTXH_KP"] = self.rng.choice(("4", "khoảng mười vụ"))
        file.held.add(locality)

    def _in_parts(self, file: File) -> list[File]:
        """The same report as two files of one pass: some columns here, the rest and all answers there."""
        if file.held:
            return [file]
        board = next(board for board in self.scene.boards if board.code == file.submitter)
        other = self._new(board, file.period)
        codes = sorted({code for _, _, code in file.cells})
        apart = set(self.rng.sample(codes, len(codes) // 2))
        other.cells = {key: text for key, text in file.cells.items() if key[2] in apart}
        first = File(file.name, file.period, file.submitter, answers=file.answers)
        first.cells = {key: text for key, text in file.cells.items() if key[2] not in apart}
        if self.rng.random() < 0.3:
            self._disagree(first, other)
        return [first, other]

    def _disagree(self, first: File, other: File) -> None:
        """Both state a figure of one locality, each another: neither is believed."""
        places = [place for place, sheet, code in other.cells if (sheet, code) == ("current", "DIEM_MT")]
        for place in places[:1]:
            first.cells[place, "current", "DIEM_MT"] = str(int(other.cells[place, "current", "DIEM_MT"]) + 1)
            first.held.add(place)
            other.held.add(place)

    def _correct(self, year: str, share: float) -> None:
        """Later versions of what was sent: some figures anew, some taken back, or an old file once more."""
        sent = [file for one in self.scene.passes for file in one if file.period.startswith(year)]
        reports = {(file.submitter, file.period) for file in sent}
        files = []
        for board in self.scene.boards:
            for period in sorted(period for submitter, period in reports if submitter == board.code):
                if self.rng.random() < share:
                    files.append(self._version(board, period))
        originals = [file for file in sent if not file.repeats and not file.held]
        for original in self.rng.sample(originals, min(len(originals), 2)):
            board = next(board for board in self.scene.boards if board.code == original.submitter)
            again = self._new(board, original.period)
            again.repeats = original.name
            files.append(again)
        self.scene.take(files)

    def _version(self, board: Board, period: str) -> File:
        file = self._new(board, period)
        for locality in board.localities[period[:4]]:
            kind = self.rng.choice(("nothing", "some", "some", "all", "back", "gone"))
            if kind == "gone" and self.rng.random() < 0.5:
                file.taken_back.add(locality)
            elif kind in ("some", "all"):
                self._restate(file, locality, 1.0 if kind == "all" else 0.2)
            elif kind == "back":
                self._take_back(file, locality)
            if kind == "all" and self.rng.random() < 0.1:
                self._spoil(file, locality)
        return file

    def _restate(self, file: File, locality: str, share: float) -> None:
        standing = self.scene.accepted.get((file.period, locality), Report())
        for sheet, row in self._rows(locality, file.period):
            chosen = {code: value for code, value in row.items() if self.rng.random() < share}
            # What it leaves out stands beside what it states: then all is stated anew, so that it fits.
            if breaks_a_rule(getattr(standing, sheet) | chosen):
                chosen = row
            file.cells |= {(locality, sheet, code): _typed(value) for code, value in chosen.items()}
        self._answer(file, locality, 1 - share)

    def _take_back(self, file: File, locality: str) -> None:
        for code in self.rng.sample(SHIFTED_FLOWS + AT_END, 4):
            file.cells[locality, self.rng.choice(("current", "baseline")), code] = WITHDRAWN
        if self.rng.random() < 0.5:
            file.answers[locality, self.rng.choice(DECLARED)] = Said(WITHDRAWN)


def _typed(value: Fraction) -> str:
    """A figure as it is typed; money may have a half."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
