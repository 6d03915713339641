"""Finds out which unit a name means: by kind, abbreviation, alias and district, and never by guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.intake.tables.header_labels import NUMBERING
from chuyenhoa.kit.vietnamese_text.normal_form import clean_line, fold, strip_marks
from chuyenhoa.model.plan import Locality, Plan, Submitter, Unit

KINDS = {
    "phuong": "phường",
    "p": "phường",
    "ph": "phường",
    "xa": "xã",
    "x": "xã",
    "thi tran": "thị trấn",
    "tt": "thị trấn",
    "t tr": "thị trấn",
    "t t": "thị trấn",
    "dac khu": "đặc khu",
    "dk": "đặc khu",
}
"""How people write the kind of a unit, in plain letters: “P.Rạch Sỏi”, “TT Thứ 11”, “TT. Dương Đông”."""
KIND = re.compile(r"(thi tran|dac khu|phuong|xa|t\.? ?tr|t\.? ?t|ph|dk|p|x)(?:\.\s*|\s+)(?=\S)")
# "UBND phường Vĩnh Lạc", "Công an phường Rạch Sỏi", "Địa bàn: phường Rạch Sỏi": the office is not the name.
BODIES = re.compile(r"^(?:ubnd|uy ban nhan dan|cong an|ban chi dao|bcd|dia ban)\s*:?\s+")
DISTRICT = re.compile(
    r"^(?:huyen|h|thanh pho|tp|thi xa|tx|ban chi dao huyen|ban chi dao thanh pho)(?:\.\s*|\s+)"
)
DISTRICT_WORDS = ("huyen", "h", "thanh pho", "tp", "thi xa", "tx")
# "Vĩnh Lạc - Rạch Giá", "Phường Rạch Sỏi, TP. Rạch Giá": the district stands behind the name.
SPLIT = re.compile(r"\s*[,;(/]\s*|\s+[-–]\s+|\s+-|-\s+")
WORDS_OF_NUMBERS = {
    "mot": 1,
    "nhat": 1,
    "hai": 2,
    "ba": 3,
    "tu": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
}
# Two towns of An Minh are called by numbers: "Thị trấn Thứ Mười Một" is typed "TT Thứ 11".
NUMBERED = re.compile(r"\bthu ((?:muoi )?(?:mot|nhat|hai|ba|tu|nam|sau|bay|tam|chin)|muoi|[0-9]{1,2})\b")
CODE_LENGTH = 5
MAX_NAME_LENGTH = 60
NEAR = 0.8
"""How alike two names must be for one to be suggested for the other: “Vĩnh Lục” and “Vĩnh Lạc” are (D78)."""


@dataclass(frozen=True)
class Named:
    """A unit of the province under one of its names.

    `key` is the name without kind in plain letters ("vinh lac"), `marked` the same with its marks.
    """

    code: str
    name: str
    kind: str
    district: str
    key: str
    marked: str


@dataclass(frozen=True)
class Resolved:
    """What a name means: one own locality, one other unit, several units, or none with a near one."""

    locality: Locality | None = None
    other: Named | None = None
    several: tuple[Named, ...] = ()
    near: Locality | None = None
    former: Unit | None = None
    """A unit that was there before the plan's windows and went into others."""


def number_words(key: str) -> str:
    """“thu muoi mot” as “thu 11”."""

    def digits(match: re.Match[str]) -> str:
        total = sum(10 if word == "muoi" else WORDS_OF_NUMBERS.get(word, 0) for word in match[1].split())
        return f"thu {total or int(match[1] if match[1].isdigit() else 0)}"

    return NUMBERED.sub(digits, key)


def short_key(text: str) -> str:
    """A name as it is looked up: plain letters, with figures for number words ("Thứ Mười Một" → "thu 11")."""
    return number_words(" ".join(re.sub(r"[\W_]+", " ", strip_marks(text)).split()))


@dataclass(frozen=True)
class Gazetteer:
    """The units of a plan by name: which of them a cell such as "P. Vĩnh Lạc - Rạch Giá" means."""

    plan: Plan
    by_key: Mapping[str, tuple[Named, ...]]
    districts: Mapping[str, str]
    """Codes of the districts by their short key."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """The district of every unit by the unit's code."""
    former: Mapping[str, tuple[Unit, ...]] = field(default_factory=dict)
    """Units of earlier days by key, where nothing bears their name any more."""

    def read(self, text: str) -> tuple[str, str, str, str]:
        """A typed name as kind, name, its key and district; "" for what it does not say.

        "2) Phường Rạch Sỏi, TP. Rạch Giá" → ("phường", "Rạch Sỏi", "rach soi", "899")
        """
        # Of "P. Rạch Sỏi" the "P." goes as the number of a line would: such a name says no kind.
        plain = BODIES.sub("", NUMBERING.sub("", clean_line(text)).strip())
        pieces = [piece.strip(" .)") for piece in SPLIT.split(plain) if piece.strip(" .)")]
        head = pieces[0] if pieces else ""
        folded = strip_marks(head)
        body = BODIES.match(folded)
        if body:
            head, folded = head[body.end() :], folded[body.end() :]
        kind = KIND.match(folded)
        # The place of the kind was found in plain letters: it can be cut off only where no letter was lost.
        name = head[kind.end() :].strip() if kind and len(folded) == len(head) else head
        district = ""
        for piece in pieces[1:]:
            district = district or self.district_of(piece)
        word = KINDS.get(" ".join(re.sub(r"\W+", " ", kind[1]).split()), "") if kind else ""
        return word, name, short_key(name), district

    def district_of(self, text: str) -> str:
        """The code of the district that a text names whole; "" when it names none."""
        folded = strip_marks(NUMBERING.sub("", clean_line(text)).strip(" .:)"))
        return self.districts.get(short_key(DISTRICT.sub("", folded)), "")

    def known(self, text: str) -> bool:
        """Whether a text is the name or the code of a unit of the province."""
        text = clean_line(text)
        if len(text) > MAX_NAME_LENGTH or not text:
            return False
        if text.isdigit():
            # A figure of the table is no code: codes have five digits, four where a program dropped the zero.
            return len(text) >= 4 and text.zfill(CODE_LENGTH) in self.homes
        kind, _, key, _ = self.read(text)
        kinds = [entry.kind for entry in self.by_key.get(key, ())]
        kinds += [unit.kind for unit in self.former.get(key, ())]
        return any(not kind or known == kind for known in kinds)

    def mentioned(self, text: str) -> frozenset[str]:
        """The codes of the units that a text names with their kind; of two names in one place the longer."""
        plain = f" {short_key(text)} "
        found: dict[str, set[str]] = {}
        for key, entries in self.by_key.items():
            if f" {key} " in plain:
                for entry in entries:
                    for word in (word for word, kind in KINDS.items() if kind == entry.kind):
                        if f" {word} {key} " in plain:
                            found.setdefault(key, set()).add(entry.code)
        # In "xã Mong Thọ A" no xã Mong Thọ is named.
        longest = [key for key in found if not any(other.startswith(f"{key} ") for other in found)]
        return frozenset(code for key in longest for code in found[key])

    def districts_in(self, text: str) -> frozenset[str]:
        """The codes of the districts that a text names with their kind."""
        plain = f" {short_key(text)} "
        return frozenset(
            code
            for key, code in self.districts.items()
            for word in DISTRICT_WORDS
            if f" {word} {key} " in plain
        )

    def home_of(self, submitter: Submitter) -> str:
        """The district in which a submitter's localities lie; "" when it has none or several."""
        found = {self.homes.get(entry.code, "") for entry in self.plan.localities_of(submitter.code)}
        return found.pop() if len(found) == 1 else ""

    def unit(self, code: str) -> Named:
        """The unit with a code, under its official name."""
        unit = next(unit for unit in self.plan.units if unit.code == code.zfill(CODE_LENGTH))
        return Named(unit.code, unit.name, unit.kind, unit.district_code, "", "")

    def namesakes(self, text: str) -> tuple[Named, ...]:
        """A district and its communes of one name, where a text says no kind; () for any other text.

        "Kiên Lương" in a table of huyện Kiên Lương is its town, or the line with the sum of the district.
        """
        kind, _, key, _ = self.read(text)
        code = self.districts.get(key, "")
        named = [] if kind else [entry for entry in self.by_key.get(key, ()) if entry.district == code]
        name = next((unit.district_name for unit in self.plan.units if unit.district_code == code), "")
        return (*named, Named(code, name, "", code, key, "")) if named else ()

    def is_district(self, text: str) -> bool:
        """Whether a text is the heading of a district: its name with its kind."""
        folded = strip_marks(NUMBERING.sub("", clean_line(text)).strip())
        return bool(DISTRICT.match(folded)) and bool(self.district_of(text))

    def resolve(self, text: str, submitter: Submitter, district: str = "") -> Resolved:
        """Which unit a name means; what could be two is returned as several and never decided by likeness.

        For the submitter of Rạch Giá: "P. Vĩnh Lạc" → its own locality 30745; "P. Vĩnh Thanh" → another unit;
        "Vĩnh Lục" → none, with Vĩnh Lạc near it; for Kiên Lương "Xã Bình An" → several, unless the file names
        its district.

        Args:
            text: the name as typed.
            submitter: who sent the file; its own localities come first.
            district: the district that the file itself names, "" when it names none.
        """
        kind, name, key, named_district = self.read(text)
        if not key:
            return Resolved()
        marked = fold(name)
        found = [entry for entry in self.by_key.get(key, ()) if not kind or entry.kind == kind]
        # "Vĩnh Lác" has a wrong mark and is asked (D78); "vinh lac" has none at all and is taken.
        if not self._is_plain(name):
            found = [entry for entry in found if marked == entry.marked]
        # A district in the cell itself must agree; the file's own only helps where two units are left, for a
        # row of another district may stand in any file.
        for code in (named_district, district):
            narrowed = [entry for entry in found if not code or entry.district == code]
            if (named_district and code == named_district) or (
                len({entry.code for entry in found}) > 1 and narrowed
            ):
                found = narrowed
        units = {entry.code: entry for entry in found}
        if len(units) > 1:
            return Resolved(several=tuple(units.values()))
        own = {entry.code: entry for entry in self.plan.localities_of(submitter.code)}
        for code, entry in units.items():
            return Resolved(locality=own[code]) if code in own else Resolved(other=entry)
        before = [entry for entry in self.former.get(key, ()) if not kind or entry.kind == kind]
        return Resolved(near=self._near(key, own.values()), former=before[0] if len(before) == 1 else None)

    @staticmethod
    def _is_plain(name: str) -> bool:
        """Whether a name was typed without marks, or with figures for number words."""
        return fold(strip_marks(name)) == fold(name) or any(sign.isdigit() for sign in name)

    def _near(self, key: str, own: Iterable[Locality]) -> Locality | None:
        """The own locality whose name is most like a key that is nobody's."""
        scored = []
        for entry in own:
            _, _, other, _ = self.read(entry.name)
            ratio = SequenceMatcher(None, key.replace(" ", ""), other.replace(" ", "")).ratio()
            scored.append((ratio, entry.code, entry))
        best = max(scored, default=None)
        return best[2] if best and best[0] >= NEAR else None


@once_a_plan
def gazetteer_of(plan: Plan) -> Gazetteer:
    """The gazetteer of a plan, computed once.

    Every unit is entered under each of its names: today's, earlier ones of the register, and for localities
    the aliases of localities.csv.

        unit 31078 "Phường Dương Đông", until 2021 "Thị trấn Dương Đông", district 911 →
        by_key["duong dong"] = (Named("31078", … kind="phường"), Named("31078", … kind="thị trấn"))
        homes["31078"] = "911"

    A unit that ended before the plan's last window and left its name to nobody goes to `former`: its figures
    are asked about with the name of its heir ("Xã Hòn Thơm" → Phường An Thới, D96).
    """
    districts: dict[str, str] = {}
    entries: list[tuple[str, str, str]] = []
    homes: dict[str, str] = {}
    for unit in plan.units:
        if unit.district_code:
            key = short_key(DISTRICT.sub("", strip_marks(unit.district_name)))
            districts.setdefault(key, unit.district_code)
        homes[unit.code] = unit.district_code
        entries += [(unit.code, name, unit.name) for name in (unit.name, *plan.register.earlier_names(unit))]
    for locality in plan.localities:
        entries += [(locality.code, name, locality.name) for name in (locality.name, *locality.aliases)]
    # Names are taken apart by the same `read` as typed ones; for that it needs the districts only.
    blank = Gazetteer(plan, {}, districts)
    by_key: dict[str, dict[tuple[str, str], Named]] = {}
    for code, name, official in entries:
        kind, short, key, _ = blank.read(name)
        named = Named(code, official, kind, homes.get(code, ""), key, fold(short))
        # One unit under two kinds stays two entries: "TT. Dương Đông" and "P. Dương Đông" are both right.
        by_key.setdefault(key, {})[code, kind] = named
    names = {key: tuple(found.values()) for key, found in by_key.items()}
    former: dict[str, tuple[Unit, ...]] = {}
    for unit in former_units(plan):
        key = blank.read(unit.name)[2]
        # Where a unit of today bears name and kind, the name means that one.
        if not any(kind == unit.kind for _, kind in by_key.get(key, ())):
            former[key] = (*former.get(key, ()), unit)
    return Gazetteer(plan, names, districts, homes, former)


def former_units(plan: Plan) -> tuple[Unit, ...]:
    """The units that ended before the plan's last window did, those left out that only changed their name."""
    today = {unit.identity for unit in plan.units}
    day = max((period.window.end for period in plan.periods), default=date.max)
    renamed = {name for unit in plan.units for name in plan.register.earlier_names(unit)}
    return tuple(
        unit
        for unit in plan.register.units
        if unit.valid_to is not None and unit.valid_to < day and unit.identity not in today
        if unit.name not in renamed
    )
