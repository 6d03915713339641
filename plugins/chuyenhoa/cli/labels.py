"""What the commands say to officials: states, results, what lacks, notes; programs get codes (`--json`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chuyenhoa.assessment import labels as official
from chuyenhoa.kit.vietnamese_text.formatting import format_date, format_number
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.form import ANSWER_WORDS
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Actor, InsufficiencyReason, Verdict
from chuyenhoa.model.submissions import Severity, SubmissionStatus
from chuyenhoa.store.documents import DocumentState

# No status of a file, since there is none; it stands in the same column of `status`.
NOT_SUBMITTED = InsufficiencyReason.NOT_SUBMITTED.value

VERDICTS: Mapping[str, str] = official.VERDICTS
SIGNS: Mapping[str, str] = {
    Verdict.MET: "Đ",
    Verdict.NOT_MET: "K",
    Verdict.NOT_APPLICABLE: "-",
    Verdict.INSUFFICIENT: "?",
}
STATUSES: Mapping[str, str] = {
    SubmissionStatus.CLAIMED: "đã nhận tệp, chưa trả lời",
    SubmissionStatus.ACCEPTED: "đã nhận",
    SubmissionStatus.ACCEPTED_WITH_WARNINGS: "đã nhận, có cảnh báo",
    SubmissionStatus.PARTLY_ACCEPTED: "nhận một phần",
    SubmissionStatus.RETURNED: "trả lại",
    SubmissionStatus.REFUSED: "từ chối",
    SubmissionStatus.DUPLICATE: "gửi trùng",
    SubmissionStatus.SET_ASIDE: "hệ thống lỗi nhiều lần, chờ kỹ thuật",
    NOT_SUBMITTED: "chưa gửi",
}
SEVERITIES: Mapping[str, str] = {
    Severity.ERROR: "lỗi",
    Severity.WARNING: "cảnh báo",
    Severity.NOTE: "lưu ý",
}
BASES: Mapping[str, str] = {Basis.CURRENT: "kỳ này", Basis.BASELINE: "cùng kỳ"}
DOCUMENT_STATES: Mapping[str, str] = {
    DocumentState.DRAFT: "dự thảo, chờ phê duyệt",
    DocumentState.APPROVED: "đã duyệt, chờ phát hành",
    DocumentState.ISSUED: "đã phát hành",
    DocumentState.RETURNED: "trả lại",
    DocumentState.SUPERSEDED: "đã có dự thảo mới hơn thay",
}


def format_with_code(words: Mapping[str, str], code: str) -> str:
    """A word with its code behind it, as in "đã nhận (accepted)"."""
    return f"{words[code]} ({code})"


def format_reason(code: str) -> str:
    """Why there is no verdict, as in "chưa có hướng dẫn (no_guidance)"."""
    return f"{official.REASONS[InsufficiencyReason(code)]} ({code})"


def format_statement(value: str) -> str:
    """A declaration as it was made: "yes; 12/KH-UBND; 2021-05-17" is "Có, số 12/KH-UBND, ngày 17/5/2021"."""
    answer, *document = value.split("; ")
    words = [ANSWER_WORDS[Answer(answer)]]
    day = _read_day(document[-1]) if document else None
    # A number may hold "; " itself ("yes; 12/KH-UBND; phần 2"): only a last part that is a date is the day.
    number = "; ".join(document if day is None else document[:-1])
    if number:
        words.append(f"số {number}")
    if day is not None:
        words.append(f"ngày {format_date(day)}")
    return ", ".join(words)


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def format_moment(iso: str) -> str:
    """An ISO time as people read it, "12/10/2021 09:00"; empty for none."""
    return f"{datetime.fromisoformat(iso):%d/%m/%Y %H:%M}" if iso else ""


Result = Mapping[str, Any]


def format_actor(plan: Plan, locality: str, actor: str) -> str:
    """Who must act: the submitter of a locality, the committee's office, or the agency that guides."""
    if actor == Actor.SUBMITTER:
        return plan.submitter_by_code[plan.locality_by_code[locality].submitter].name
    return (
        plan.board.standing_agency if actor == Actor.GUIDING_AGENCY else f"Văn phòng {plan.board.short_name}"
    )


def format_steps(plan: Plan, steps: Sequence[Mapping[str, Any]]) -> str:
    """What lacks for a result to be met: "thiếu 2 vụ (khám phá)"."""
    return "; ".join(_format_step(plan, step) for step in steps)


def format_way(plan: Plan, result: Result) -> str:
    """The steps of a result, and which missing figures must come in besides for them to be enough."""
    needs = result.get("needs")
    besides = f"; ngoài ra còn phải có số liệu {', '.join(needs)}" if needs else ""
    return format_steps(plan, result["steps"]) + besides


def _format_step(plan: Plan, step: Mapping[str, Any]) -> str:
    word = "thiếu" if step["change"] > 0 else "vượt"
    labels = [plan.indicator_by_code[code].label.split(" (")[0] for code in step["terms"]]
    about = ", ".join(label[:1].lower() + label[1:] for label in labels)
    return f"{word} {format_number(abs(step['change']))} {step['unit']} ({about})"


def format_guard(guard: Mapping[str, Any]) -> str:
    """Why a percentage is to be read with care: "sát ngưỡng, mẫu nhỏ (n = 4)"."""
    words = ["sát ngưỡng"] * guard["on_the_edge"] + ["mẫu nhỏ"] * guard["few"]
    return f"{', '.join(words)} (n = {guard['total']})"


def format_possible(possible: Sequence[str]) -> str:
    """The verdicts that are left: "ĐẠT hoặc KHÔNG ĐẠT"."""
    return " hoặc ".join(VERDICTS[verdict] for verdict in possible)


def _format_wide(result: Result) -> str:
    """That not all of what is called possible was worked out (docs/decisions/0036); empty where it was."""
    # Results from before the limit do not hold the key: they were worked out to the end.
    return f" ({official.WIDE})" if result.get("is_wide") else ""


def explain_outlook(plan: Plan, result: Result) -> list[str]:
    """Lines on a criterion's result: by which edition, what lacks, who must act, what no longer matters."""
    lines = [f"ấn bản: {result['edition']}"]
    missing, matters = result["missing"], result["matters"]
    if result["steps"]:
        lines.append(f"để đạt: {format_way(plan, result)}")
    if result["guard"]:
        lines.append(format_guard(result["guard"]))
    if result["actor"]:
        lines.append(f"bên phải làm: {format_actor(plan, result['locality'], result['actor'])}")
        on = f", tùy theo {', '.join(matters)}" if matters else ""
        lines.append(
            f"còn có thể: {format_possible(result['possible'])}{on}{_format_wide(result)}"
            if result["possible"]
            else ""
        )
    # Blanks that cannot change the verdict (decision 0018): nobody need be asked for them.
    settled = [name for name in missing if name not in matters]
    if settled and result["verdict"] != Verdict.INSUFFICIENT:
        lines.append(f"{VERDICTS[result['verdict']]} dù {', '.join(settled)} thế nào")
    elif settled:
        lines.append(f"không tùy theo {', '.join(settled)}")
    return [line for line in lines if line]


def explain_locality(locality: Mapping[str, Any]) -> str:
    """What a locality without a verdict can still become, and on which criteria that depends; else empty."""
    if locality["verdict"] != Verdict.INSUFFICIENT:
        return ""
    open_ones = [r["criterion"] for r in locality["criteria"] if r["verdict"] == Verdict.INSUFFICIENT]
    # Criteria may share a blank, so that all are open and the locality still has one outcome left.
    if len(locality["possible"]) == 1:
        return f"{format_possible(locality['possible'])} dù {', '.join(open_ones)} thế nào"
    can_be = f"còn có thể: {format_possible(locality['possible'])}, tùy theo {', '.join(open_ones)}"
    return can_be + _format_wide(locality)


def list_steps(plan: Plan, localities: Sequence[Mapping[str, Any]]) -> list[str]:
    """For every locality with a failed criterion what it lacks, and marks on percentages, one line each."""
    lines = []
    for locality in localities:
        name = plan.locality_by_code[locality["locality"]].name
        said = [
            f"{r['criterion']} {format_way(plan, r)}"
            + (f" [{format_guard(r['guard'])}]" if r["guard"] else "")
            for r in locality["criteria"]
            if r["steps"]
        ]
        if said:
            lines.append(f"{name}: {'; '.join(said)}")
    return lines


ALL_CRITERIA, ALL_LOCALITIES = "mọi tiêu chí", "mọi địa bàn"
_ON_WINDOWS = ("gap", "overlap")
_ON_FIGURES = ("difference", "restated")


def format_note(plan: Plan, key: str, text: str) -> str:
    """A note with what it is about: a target, or a locality and perhaps one of its figures."""
    kind, *names = key.split(".")
    if kind not in (*_ON_WINDOWS, *_ON_FIGURES):
        return f"{key}: {text}"
    about = plan.locality_by_code[names[0]].name
    figure = _figure_of(key)
    return f"{about}, {_name(*figure)}: {text}" if figure else f"{about}: {text}"


def notes_about(
    notes: Mapping[str, str], locality: str, named: Collection[str] | None = None
) -> dict[str, str]:
    """The notes on a locality; of those on single figures only the ones that are named, where any are."""
    found = {}
    for key, text in notes.items():
        kind, *names = key.split(".")
        if kind not in (*_ON_WINDOWS, *_ON_FIGURES) or names[0] != locality:
            continue
        figure = _figure_of(key)
        if figure is None or named is None or _input_of(*figure) in named:
            found[key] = text
    return found


def format_note_briefly(key: str, text: str) -> str:
    """A note below its locality's own head."""
    figure = _figure_of(key)
    return f"{_name(*figure)}: {text}" if figure else text


def _figure_of(key: str) -> tuple[str, str] | None:
    """Indicator and window that a note is about: `difference.30745.current.XHD`, `restated.30745.XHD`."""
    kind, *names = key.split(".")
    if kind == "difference":
        return names[2], names[1]
    return (names[1], Basis.BASELINE.value) if kind == "restated" else None


def _input_of(indicator: str, basis: str) -> str:
    return indicator if basis == Basis.CURRENT else f"{basis}.{indicator}"


def _name(indicator: str, basis: str) -> str:
    return f"{indicator} ({BASES[basis]})"


def list_open(plan: Plan, localities: Sequence[Mapping[str, Any]]) -> list[str]:
    """What cannot be decided, why, who must act, and where: a line for each of these together."""
    # One line for all localities of one cause: before the first report this would be every locality by every
    # criterion.
    found: dict[tuple[str, str], list[str]] = {}
    for locality in localities:
        code = locality["locality"]
        lacking: dict[str, list[str]] = {}
        for result in locality["criteria"]:
            if result["reason"]:
                actor = format_actor(plan, code, result["actor"])
                why = f"{format_reason(result['reason'])}; bên phải làm: {actor}"
                lacking.setdefault(why, []).append(result["criterion"])
        for why, criteria in lacking.items():
            are_all = len(criteria) == len(locality["criteria"])
            which = ALL_CRITERIA if are_all else ", ".join(criteria)
            found.setdefault((which, why), []).append(plan.locality_by_code[code].name)
    return [
        f"{ALL_LOCALITIES if len(names) == len(localities) > 1 else ', '.join(names)}: {which}: {why}"
        for (which, why), names in found.items()
    ]
