"""Made-up milestones that strain a template: longest names, no figures, no locality, 300 of them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial

from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.clock import ZONE
from chuyenhoa.model.evidence import (
    KnownDeclaration,
    KnownFigure,
    LocalityEvidence,
    MilestoneData,
    Source,
    SubmissionRecord,
)
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Period, Plan
from chuyenhoa.model.results import InsufficiencyReason, Verdict
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.reporting import DocumentKind, Snapshot, build_snapshot
from chuyenhoa.reporting.wording.phrases import load_phrases

MANY = 300
_CAME_LATER = 3
_LONGEST_UNIT = 74
"""Letters in the longest name of a commune here; the longest real one has about half as many."""
_LONG_BOARD = (
    "BAN CHỈ ĐẠO PHÒNG, CHỐNG TỘI PHẠM, TỆ NẠN XÃ HỘI, PHÒNG, CHỐNG MUA BÁN NGƯỜI VÀ XÂY DỰNG PHONG TRÀO "
    "TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC VÙNG ĐỒNG BẰNG VÀ BIÊN GIỚI TỈNH"
)
_LONG_WORDS = "Nguyễn Trường Thượng Khuyến Nghiêng Phương Chương Đường Giường Hương Tuyết Quỳnh Trưng Vương"


@dataclasses.dataclass(frozen=True)
class SampleCase:
    """One made-up milestone: its name in the office's words, and how it is made from a plan."""

    name: str
    title: str
    make: Callable[[Plan, Period], MilestoneData]


class Samples:
    """The made-up milestones of a plan as snapshots; each is made when it is first asked for, and once."""

    def __init__(self, plan: Plan) -> None:
        """Keep the plan: its criteria, indicators and wording are used as they are."""
        self._plan = plan
        self._phrases = load_phrases()
        self._made: dict[tuple[str, str, bool], Snapshot] = {}

    def snapshot(self, kind: DocumentKind, case: SampleCase) -> Snapshot:
        """A case as a milestone that a kind of document is made for; the last one if it belongs to none."""
        return self._make(kind, case, is_before=False)

    def before(self, kind: DocumentKind, case: SampleCase) -> Snapshot:
        """The same milestone as it stood before the first localities' figures and the last file came."""
        return self._make(kind, case, is_before=True)

    def _make(self, kind: DocumentKind, case: SampleCase, *, is_before: bool) -> Snapshot:
        period = _period_for(self._plan, kind)
        key = (period.id, case.name, is_before)
        if key not in self._made:
            data = case.make(self._plan, period)
            self._made[key] = build_snapshot(_as_before(data) if is_before else data, self._phrases)
        return self._made[key]


def _as_before(now: MilestoneData) -> MilestoneData:
    late = [entry.code for entry in now.plan.localities[:_CAME_LATER]]
    absent = {code: LocalityEvidence(code, absence=InsufficiencyReason.NOT_SUBMITTED) for code in late}
    before = _collect(now.plan, now.period, {**now.evidence, **absent})
    return dataclasses.replace(before, submissions=now.submissions[:-1])


def _period_for(plan: Plan, kind: DocumentKind) -> Period:
    fitting = [period for period in plan.milestones if period.kind in kind.milestones]
    return (fitting or list(plan.milestones))[-1]


def _ordinary(plan: Plan, period: Period) -> MilestoneData:
    """Believable figures, most localities met, one that is not, and one that sent nothing."""
    pattern = _find_pattern(plan, period)
    evidence = {
        entry.code: _evidence(plan, entry, _ordinary_values(plan, pattern, rank))
        for rank, entry in enumerate(plan.localities)
    }
    if len(plan.localities) > 2:
        silent = plan.localities[-1].code
        evidence[silent] = LocalityEvidence(silent, absence=InsufficiencyReason.NOT_SUBMITTED)
    return _collect(plan, period, evidence)


def _longest_names(plan: Plan, period: Period) -> MilestoneData:
    """Names of boards, submitters and localities longer than any in the country."""
    words = _LONG_WORDS.split()

    def stretch(name: str, rank: int) -> str:
        long = " ".join([name, *(words[(rank + step) % len(words)] for step in range(len(words)))])
        return long[:_LONGEST_UNIT].rsplit(" ", 1)[0]

    board = dataclasses.replace(
        plan.board,
        parent="ỦY BAN NHÂN DÂN TỈNH BÀ RỊA - VŨNG TÀU",
        name=_LONG_BOARD,
        place="Bà Rịa - Vũng Tàu",
        recipients=tuple(f"{entry} {_LONG_WORDS}" for entry in plan.board.recipients[:-1])
        + plan.board.recipients[-1:],
        signatory=dataclasses.replace(plan.board.signatory, name="Tôn Nữ Công Huyền Phương Khanh"),
    )
    localities = tuple(
        dataclasses.replace(entry, name=stretch(entry.name, rank))
        for rank, entry in enumerate(plan.localities)
    )
    submitters = tuple(
        dataclasses.replace(entry, name=stretch(entry.name, rank))
        for rank, entry in enumerate(plan.submitters)
    )
    return _ordinary(
        dataclasses.replace(plan, board=board, localities=localities, submitters=submitters), period
    )


def _nothing_sent(plan: Plan, period: Period) -> MilestoneData:
    """No submitter sent anything: every result is insufficient."""
    evidence = {
        entry.code: LocalityEvidence(entry.code, absence=InsufficiencyReason.NOT_SUBMITTED)
        for entry in plan.localities
    }
    return dataclasses.replace(_collect(plan, period, evidence), submissions=(), narratives={})


def _no_locality(plan: Plan, period: Period) -> MilestoneData:
    """A plan whose list of localities is still empty."""
    empty = dataclasses.replace(plan, localities=())
    return dataclasses.replace(_collect(empty, period, {}), submissions=(), narratives={})


def _many(plan: Plan, period: Period, count: int) -> MilestoneData:
    """So many localities that every table runs over pages."""
    named = plan.localities or (None,)
    localities = []
    for rank in range(count):
        model = named[rank % len(named)]
        if model is not None:
            code = f"{90000 + rank}"
            localities.append(
                dataclasses.replace(model, code=code, name=f"{model.name} {rank + 1}", aliases=())
            )
    return _ordinary(dataclasses.replace(plan, localities=tuple(localities)), period)


CASES = (
    SampleCase("thuong", "số liệu thông thường", _ordinary),
    SampleCase("ten-dai", "tên đơn vị, địa bàn dài nhất", _longest_names),
    SampleCase("chua-gui", "chưa đơn vị nào gửi số liệu", _nothing_sent),
    SampleCase("khong-dia-ban", "chưa có địa bàn nào", _no_locality),
    SampleCase("300-dia-ban", f"{MANY} địa bàn", partial(_many, count=MANY)),
)


def _collect(plan: Plan, period: Period, evidence: Mapping[str, LocalityEvidence]) -> MilestoneData:
    texts = {
        entry.code: {item.code: f"{item.title}: đã thực hiện theo kế hoạch." for item in plan.narrative_items}
        for entry in plan.submitters[:3]
    }
    return MilestoneData(
        plan=plan,
        period=period,
        assessment=assess(plan, period, evidence, period.window.end),
        evidence=evidence,
        submissions=tuple(_submissions(plan, period)),
        narratives=texts,
        justifications=(),
        frozen_at=datetime.combine(period.deadline + timedelta(days=1), time(8), tzinfo=ZONE),
    )


def _submissions(plan: Plan, period: Period) -> Iterator[SubmissionRecord]:
    for rank, entry in enumerate(plan.submitters):
        own = tuple(locality.code for locality in plan.localities_of(entry.code))
        yield SubmissionRecord(
            id=f"mau-{entry.code}",
            submitter=entry.code,
            version=1,
            status=SubmissionStatus.ACCEPTED,
            file_name=f"bao-cao-{entry.code}.xlsx",
            sha256=_hash(entry.code),
            received_at=datetime.combine(period.deadline, time(9, rank % 60), tzinfo=ZONE),
            is_late=False,
            taken=own,
            held=(),
        )


def _ordinary_values(plan: Plan, pattern: Mapping[str, int], rank: int) -> dict[str, int]:
    """Figures by the pattern of a locality that is met; every fifth locality follows none, and is not."""
    scale = 10 + rank % 5
    if rank % 5 == 4:
        return {entry.code: scale for entry in plan.indicators}
    return {code: value * scale for code, value in pattern.items()}


def _find_pattern(plan: Plan, period: Period) -> dict[str, int]:
    """Zeros and ones with which as many criteria as can be are met, whatever this plan's criteria are.

    It starts from ones, which fill every ratio, and takes away what must not be there.
    """
    pattern = {entry.code: 1 for entry in plan.indicators}
    if not plan.localities:
        return pattern
    first = plan.localities[0]
    alone = dataclasses.replace(plan, localities=(first,))

    def count(values: Mapping[str, int]) -> int:
        result = assess(alone, period, {first.code: _evidence(plan, first, values)}, period.window.end)
        return sum(entry.verdict is Verdict.MET for entry in result.localities[0].criteria)

    best = count(pattern)
    for code in pattern:
        tried = {**pattern, code: 0}
        if (met := count(tried)) > best:
            pattern, best = tried, met
    return pattern


def _evidence(plan: Plan, locality: Locality, values: Mapping[str, int]) -> LocalityEvidence:
    """A locality with some figures, each one higher in the window that it is compared with."""
    source = Source(
        submission=f"mau-{locality.submitter}",
        sha256=_hash(locality.submitter),
        file_name=f"bao-cao-{locality.submitter}.xlsx",
        sheet="Số liệu",
        cell="D12",
    )
    figures = {}
    for code, value in values.items():
        figures[code, Basis.CURRENT] = KnownFigure(Decimal(value), source)
        figures[code, Basis.BASELINE] = KnownFigure(Decimal(value + 1), source)
    declarations = {
        entry.code: KnownDeclaration(Answer.YES, "12/KH-UBND", plan.issued_on, "", source)
        for entry in plan.criteria
        if entry.is_declared
    }
    return LocalityEvidence(locality.code, figures, declarations)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
