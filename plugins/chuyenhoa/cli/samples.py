"""Templates tried on made-up milestones: longest names, no figures, no locality, 300 of them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from chuyenhoa import reporting, settings
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.clock import ZONE
from chuyenhoa.model import evidence as known
from chuyenhoa.model.evidence import LocalityEvidence, MilestoneData
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Period, Plan
from chuyenhoa.model.results import InsufficiencyReason, Verdict
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.plan import load_plan
from chuyenhoa.reporting import DocumentKind, Previous, Snapshot, TemplateProblem
from chuyenhoa.reporting.papers import context, kinds

MANY = 300
# So many localities came after the version before, for the list of what changed.
_CAME_LATER = 3
# Letters in the longest name of a commune here; the longest real one has about half as many.
_LONGEST_UNIT = 74
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
        self._phrases = reporting.load_phrases()
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
            self._made[key] = reporting.build_snapshot(_as_before(data) if is_before else data, self._phrases)
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
        # One without a report, so that every document shows what "chưa đủ số liệu" looks like.
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
        # A day of the plan and not today: the same template gives the same preview.
        frozen_at=datetime.combine(period.deadline + timedelta(days=1), time(8), tzinfo=ZONE),
    )


def _submissions(plan: Plan, period: Period) -> Iterator[known.SubmissionRecord]:
    for rank, entry in enumerate(plan.submitters):
        own = tuple(locality.code for locality in plan.localities_of(entry.code))
        yield known.SubmissionRecord(
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
    source = known.Source(
        submission=f"mau-{locality.submitter}",
        sha256=_hash(locality.submitter),
        file_name=f"bao-cao-{locality.submitter}.xlsx",
        sheet="Số liệu",
        cell="D12",
    )
    figures = {}
    for code, value in values.items():
        figures[code, Basis.CURRENT] = known.KnownFigure(Decimal(value), source)
        # One more than now: a criterion that asks for fewer cases than before is met, too.
        figures[code, Basis.BASELINE] = known.KnownFigure(Decimal(value + 1), source)
    declarations = {
        entry.code: known.KnownDeclaration(Answer.YES, "12/KH-UBND", plan.issued_on, "", source)
        for entry in plan.criteria
        if entry.is_declared
    }
    return LocalityEvidence(locality.code, figures, declarations)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# The cases that a check tries; a preview tries all.
_QUICK = ("thuong", "chua-gui", "khong-dia-ban")
# The number and date of the sample issue: both are short ones, which must be padded.
_NUMBER, _DAY = "09", "2021-12-05"


@dataclasses.dataclass(frozen=True)
class Trial:
    """A template rendered on one case, and what is wrong with the outcome."""

    kind: str
    case: SampleCase
    document: bytes
    """Empty when it could not be rendered."""
    error: str
    """Why it could not be rendered; empty when it could."""

    @cached_property
    def layout(self) -> tuple[reporting.LayoutProblem, ...]:
        """What the layout check says; none when it could not be rendered. Looked at when first asked for."""
        return reporting.check_layout(self.document) if self.document else ()


def make_samples() -> Samples:
    """Made-up milestones of the newest plan of the project, to try any number of templates on."""
    plans = settings.load().plans
    # Plans are named by their year, so the greatest name is the newest.
    name = max(path.name for path in plans.iterdir() if (path / "plan.yaml").exists())
    return Samples(load_plan(plans, name))


def try_template(
    template: bytes, kind: str, samples: Samples, *, only: tuple[str, ...] = ()
) -> Iterator[Trial]:
    """Render a template on the made-up cases.

    Args:
        template: the .docx.
        kind: a name of `documents.yaml`.
        samples: the made-up milestones.
        only: names of the cases to try; all when empty.

    Yields:
        One trial for each case that the kind can be made for, the ordinary case first.
    """
    listed = reporting.load_kinds()[kind]
    for case in CASES:
        if only and case.name not in only:
            continue
        subjects = reporting.list_subjects(listed, samples.snapshot(listed, case))
        if subjects:
            yield _try(template, listed, case, samples, subjects[0])


@lru_cache(maxsize=1)
def _kept_samples() -> Samples:
    return make_samples()


@lru_cache(maxsize=32)
def sample_context(kind: str) -> Mapping[str, Any]:
    """What the template of a kind would be filled with on ordinary made-up data."""
    listed, samples = reporting.load_kinds()[kind], _kept_samples()
    snapshot = samples.snapshot(listed, CASES[0])
    about = next(iter(reporting.list_subjects(listed, snapshot)), "")
    previous = _sample_previous(listed, CASES[0], samples)
    return context.build_context(kind, snapshot, _sample_issue(snapshot), about, previous)


def _sample_issue(snapshot: Snapshot) -> dict[str, str]:
    return {"number": _NUMBER, "date": _DAY, "signer": snapshot.board.signer}


def _sample_previous(kind: DocumentKind, case: SampleCase, samples: Samples) -> Previous | None:
    """A version before, for a list of what changed since."""
    if kind.goes_to is not kinds.Destination.ATTACHMENT:
        return None
    return Previous(next(iter(reporting.load_kinds())), samples.before(kind, case), _NUMBER, _DAY, 1, 2)


def _try(template: bytes, kind: DocumentKind, case: SampleCase, samples: Samples, about: str) -> Trial:
    snapshot = samples.snapshot(kind, case)
    issue = _sample_issue(snapshot) if kind.symbol else None
    previous = _sample_previous(kind, case, samples)
    try:
        document = reporting.render_document(
            kind.name, template, snapshot, issue, about=about, previous=previous
        )
    except (reporting.RenderError, reporting.PhraseError) as error:
        return Trial(kind.name, case, b"", getattr(error, "told", str(error)))
    return Trial(kind.name, case, document, "")


def write_trials(trials: Iterator[Trial], folder: Path) -> Iterator[tuple[Trial, Path]]:
    """Write what was rendered into a folder, as `<kind>-<case>.docx`.

    Yields:
        Each trial with its path; the file is not there when the trial failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for trial in trials:
        path = folder / f"{trial.kind}-{trial.case.name}.docx"
        # A preview of the last call must not stand where the template now breaks.
        path.unlink(missing_ok=True)
        if trial.document:
            path.write_bytes(trial.document)
        yield trial, path


def diagnose(template: bytes, kind: str, samples: Samples) -> tuple[TemplateProblem, ...]:
    """All that is wrong with a template: its tags and fields, and what comes out of it on made-up data.

    The layout is looked at on ordinary data; on empty data it must merely be possible to render it.
    """
    found = reporting.check_template(template, kind)
    # Rendering would only fail on the same tags again, with a worse text.
    if any(problem.severity == "error" for problem in found):
        return found
    tried: dict[str, TemplateProblem] = {}
    for trial in try_template(template, kind, samples, only=_QUICK):
        if trial.error:
            problem = TemplateProblem(
                "error",
                "",
                f"It cannot be rendered on made-up data ({trial.case.name}): {trial.error}",
                f"không lập được văn bản với {trial.case.title}: {trial.error}",
            )
            # The cases break a template for the same reason mostly; it is named once.
            tried.setdefault(trial.error, problem)
        elif trial.case is CASES[0]:
            for deviation in trial.layout:
                advice = f"thể thức khi in với số liệu mẫu: {deviation}"
                tried[str(deviation)] = TemplateProblem("error", "", f"Layout: {deviation}", advice)
    return (*tried.values(), *found)
