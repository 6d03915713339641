"""Templates tried on made-up data: rendered, their layout checked, written for the office to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chuyenhoa import settings
from chuyenhoa.cli.templates.worst_case import CASES, SampleCase, Samples
from chuyenhoa.plan import load_plan
from chuyenhoa.reporting import (
    DocumentKind,
    LayoutProblem,
    PhraseError,
    Previous,
    RenderError,
    Snapshot,
    TemplateProblem,
    check_layout,
    check_template,
    list_subjects,
    load_kinds,
    render_document,
)
from chuyenhoa.reporting.papers.context import build_context
from chuyenhoa.reporting.papers.kinds import Destination

_QUICK = ("thuong", "chua-gui", "khong-dia-ban")
"""The cases that a check tries; a preview tries all."""
_NUMBER, _DAY = "09", "2021-12-05"
"""The number and date of the sample issue: both are short ones, which must be padded."""


@dataclass(frozen=True)
class Trial:
    """A template rendered on one case, and what is wrong with the outcome."""

    kind: str
    case: SampleCase
    document: bytes
    """Empty when it could not be rendered."""
    error: str
    """Why it could not be rendered; empty when it could."""
    layout: tuple[LayoutProblem, ...]


def make_samples() -> Samples:
    """Made-up milestones of the newest plan of the project, to try any number of templates on."""
    plans = settings.load().plans
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
    listed = load_kinds()[kind]
    for case in CASES:
        if only and case.name not in only:
            continue
        subjects = list_subjects(listed, samples.snapshot(listed, case))
        if subjects:
            yield _try(template, listed, case, samples, subjects[0])


@lru_cache(maxsize=1)
def _kept_samples() -> Samples:
    return make_samples()


@lru_cache(maxsize=32)
def sample_context(kind: str) -> Mapping[str, Any]:
    """What the template of a kind would be filled with on ordinary made-up data."""
    listed, samples = load_kinds()[kind], _kept_samples()
    snapshot = samples.snapshot(listed, CASES[0])
    about = next(iter(list_subjects(listed, snapshot)), "")
    previous = _sample_previous(listed, CASES[0], samples)
    return build_context(kind, snapshot, _sample_issue(snapshot), about, previous)


def _sample_issue(snapshot: Snapshot) -> dict[str, str]:
    return {"number": _NUMBER, "date": _DAY, "signer": snapshot.board.signer}


def _sample_previous(kind: DocumentKind, case: SampleCase, samples: Samples) -> Previous | None:
    """A version before, for a list of what changed since."""
    if kind.goes_to is not Destination.ATTACHMENT:
        return None
    return Previous(next(iter(load_kinds())), samples.before(kind, case), _NUMBER, _DAY, 1, 2)


def _try(template: bytes, kind: DocumentKind, case: SampleCase, samples: Samples, about: str) -> Trial:
    snapshot = samples.snapshot(kind, case)
    issue = _sample_issue(snapshot) if kind.symbol else None
    previous = _sample_previous(kind, case, samples)
    try:
        document = render_document(kind.name, template, snapshot, issue, about=about, previous=previous)
    except (RenderError, PhraseError) as error:
        return Trial(kind.name, case, b"", getattr(error, "told", str(error)), ())
    return Trial(kind.name, case, document, "", check_layout(document))


def write_trials(trials: Iterator[Trial], folder: Path) -> Iterator[tuple[Trial, Path]]:
    """Write what was rendered into a folder, as `<kind>-<case>.docx`.

    Yields:
        Each trial with its path; the file is not there when the trial failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for trial in trials:
        path = folder / f"{trial.kind}-{trial.case.name}.docx"
        path.unlink(missing_ok=True)
        if trial.document:
            path.write_bytes(trial.document)
        yield trial, path


def diagnose(template: bytes, kind: str, samples: Samples) -> tuple[TemplateProblem, ...]:
    """All that is wrong with a template: its tags and fields, and what comes out of it on made-up data.

    The layout is looked at on ordinary data; on empty data it must merely be possible to render it.
    """
    found = check_template(template, kind)
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
            tried.setdefault(trial.error, problem)
        elif trial.case is CASES[0]:
            for deviation in trial.layout:
                advice = f"thể thức khi in với số liệu mẫu: {deviation}"
                tried[str(deviation)] = TemplateProblem("error", "", f"Layout: {deviation}", advice)
    return (*tried.values(), *found)


__all__ = ["CASES", "Trial", "diagnose", "make_samples", "sample_context", "try_template", "write_trials"]
