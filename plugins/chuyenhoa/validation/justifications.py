"""Justifications (sheet "Giải trình"): which texts are reasons, and which warnings they answer; pure.

A warning on figures without a reason holds its locality back (docs/decisions/0013), so people type anything
to get past it: "đã kiểm tra lại", "ok", the words of the rule. `templates/messages/reasons.yaml` says what
counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.model.figures import Justification
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import WITHDRAWAL_RULE
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.plan.messages import Message, load_messages

WORD = re.compile(r"\w+")
SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
"""A Vietnamese syllable without its marks (`nghien`, `an`). "asdf qwer zxcv fghj" has none."""


"""Codes of `templates/messages/reason_findings.yaml`."""
MAX_RULES = 2
"""Different rules that one text may answer; the same text for a third is reported (G04), but still taken."""
MAX_SHOWN = 60
"""Characters of a text that a message repeats."""


class Flaw(StrEnum):
    """Why a text is no reason."""

    BLANK = "blank"
    EMPTY = "empty"
    SHORT = "short"
    COPIED = "copied"


class ReasonsError(ValueError):
    """`templates/messages/reasons.yaml` cannot be used; the text names the entry."""


Words = tuple[str, ...]


@dataclass(frozen=True)
class JustificationRules:
    """What `templates/messages/reasons.yaml` says, folded for comparing."""

    least_words: int
    empty: tuple[Words, ...]
    """Longest first."""
    filler: frozenset[str]
    ours: tuple[Words, ...]
    copied_above: int
    why: Mapping[Flaw, str]
    """What is wrong with a text, in the submitter's words."""

    def flaw_of(self, text: str, own_words: Iterable[str] = ()) -> Flaw | None:
        """Why `text` is no reason; None when it is one.

        Args:
            text: as it was typed.
            own_words: what the warning itself says (title and message), which is not to be copied.
        """
        words = _fold(text)
        if not words:
            return Flaw.BLANK
        if self._is_copied(words, tuple(map(_fold, own_words))):
            return Flaw.COPIED
        rest = self._without_phrases(words)
        if not rest:
            return Flaw.EMPTY
        # Different words: "án án án án án" is one, however often it is typed.
        meaningful = {word for word in rest if SYLLABLE.fullmatch(word)}
        return None if len(meaningful) >= self.least_words else Flaw.SHORT

    def _is_copied(self, words: Words, rule: Sequence[Words]) -> bool:
        """Whether a text repeats part of what its rule says, or most of an example from our form.

        The example may truly have happened to the submitter: it counts as copied only when it is most of the
        text, and the text most of it.
        """
        if _share_copied(words, rule) > self.copied_above:
            return True
        return any(
            _share_copied(words, [text]) > self.copied_above < _share_copied(text, [words])
            for text in self.ours
        )

    def _without_phrases(self, words: Words) -> list[str]:
        """The words that are left when empty phrases and filler are taken out."""
        rest: list[str] = []
        position = 0
        while position < len(words):
            phrase = next((p for p in self.empty if words[position : position + len(p)] == p), None)
            if phrase is None and words[position] not in self.filler:
                rest.append(words[position])
            position += len(phrase) if phrase else 1
        return rest


def _fold(text: str) -> Words:
    """The words of a text without case and marks, so that `ĐÚNG`, `đúng` and `dung` are one."""
    apart = unicodedata.normalize("NFD", text).casefold().replace("đ", "d")
    return tuple(WORD.findall("".join(sign for sign in apart if not unicodedata.combining(sign))))


def _share_copied(words: Words, sources: Sequence[Words]) -> int:
    """Hundredths of the three-word sequences of a text that occur in the source with most of them."""
    # Three words: single words of the rule ("số vụ", "cùng kỳ") belong in any honest reason as well.
    own = _sequences(words)
    return (
        max((100 * len(own & _sequences(source)) // len(own) for source in sources), default=0) if own else 0
    )


def _sequences(words: Words) -> set[Words]:
    return {words[index : index + 3] for index in range(len(words) - 2)}


@lru_cache(maxsize=8)
def load_justification_rules(path: Path) -> JustificationRules:
    """Read what counts as a reason.

    Args:
        path: `templates/messages/reasons.yaml`.

    Raises:
        ReasonsError: the file is missing, or an entry is not as it must be.
    """
    try:
        raw: Mapping[str, Any] = load_yaml(path.read_text(encoding="utf-8"))
        rules = JustificationRules(
            least_words=int(raw["least_words"]),
            empty=tuple(sorted(map(_fold, raw["empty"]), key=lambda words: -len(words))),
            filler=frozenset(word for text in raw["filler"] for word in _fold(text)),
            ours=tuple(map(_fold, raw["ours"])),
            copied_above=int(raw["copied_above"]),
            why={flaw: str(raw["why"][flaw.value]) for flaw in Flaw},
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ReasonsError(f"{path}: {type(error).__name__}: {error}") from error
    if not rules.empty or not all(rules.empty) or rules.least_words < 1:
        raise ReasonsError(f"{path}: `empty` must hold phrases, and `least_words` be 1 or more.")
    return rules


@dataclass(frozen=True)
class JustificationCheck:
    """What the texts of sheet "Giải trình" are checked by, for the files of one plan."""

    rules: JustificationRules
    messages: Mapping[str, Message]
    titles: Mapping[str, str]
    """The title of every rule and reader's code, by its id."""

    @classmethod
    def load(cls, folder: Path, titles: Mapping[str, str]) -> JustificationCheck:
        """Read `reasons.yaml` and `reason_findings.yaml` of `templates/messages/`.

        Raises:
            ReasonsError: the first cannot be used.
            MessageError: the second cannot be used.
        """
        rules = load_justification_rules(folder / "reasons.yaml")
        return cls(rules, load_messages(folder / "reason_findings.yaml"), titles)

    def flaw_of(self, text: str, finding: Finding) -> Flaw | None:
        """Why a text is no reason for a warning; None when it is one."""
        return self.rules.flaw_of(text, (self.titles.get(finding.rule_id, ""), finding.message))


@dataclass(frozen=True)
class JustifiedFindings:
    """Findings with the reasons that answer them, and findings on the texts that are no reasons."""

    findings: tuple[Finding, ...]
    used: tuple[Justification, ...]
    """The reason taken for each warning, with the warning's own locality."""
    remarks: tuple[Finding, ...]


def justify(
    findings: Sequence[Finding], given: Sequence[Justification], check: JustificationCheck
) -> JustifiedFindings:
    """Put to every warning on figures the first text given for it that is a reason.

    A text for a locality goes before one for the whole file (blank MA_DIA_BAN). A text that was meant for a
    warning and is no reason is reported once per cell (G01), with all the rules that it was given for.
    """
    justified: list[Finding] = []
    used: list[Justification] = []
    flawed: dict[tuple[str, str], list[tuple[Justification, Finding, Flaw]]] = {}
    for finding in findings:
        if not finding.needs_reason:
            justified.append(finding)
            continue
        meant = [j for j in given if j.rule_id == finding.rule_id and j.locality in (finding.locality, "")]
        meant.sort(key=lambda entry: entry.locality == "")
        flaws = [(entry, check.flaw_of(entry.reason, finding)) for entry in meant]
        good = next((entry for entry, flaw in flaws if flaw is None), None)
        if good is not None:
            used.append(replace(good, locality=finding.locality))
            justified.append(replace(finding, justification=good.reason))
            continue
        justified.append(finding)
        for entry, flaw in flaws:
            if flaw is not None:
                key = (entry.cell_ref.sheet, entry.cell_ref.cell)
                flawed.setdefault(key, []).append((entry, finding, flaw))
    remarks = [_remark_flaw(entries, check) for entries in flawed.values()]
    return JustifiedFindings(
        tuple(justified), tuple(dict.fromkeys(used)), (*remarks, *_remark_pasted(used, check))
    )


def _remark_pasted(used: Sequence[Justification], check: JustificationCheck) -> list[Finding]:
    """One text for warnings of many kinds (G04): it is taken, and the office may ask about it."""
    same: dict[str, list[Justification]] = {}
    for entry in used:
        same.setdefault(" ".join(entry.reason.casefold().split()), []).append(entry)
    remarks = []
    for entries in same.values():
        rules = list(dict.fromkeys(entry.rule_id for entry in entries))
        if len(rules) > MAX_RULES:
            remarks.append(
                _format_remark(
                    check,
                    Code.ONE_REASON_FOR_SEVERAL,
                    entries[0],
                    "",
                    rules=", ".join(rules),
                    count=str(len(rules)),
                )
            )
    return remarks


def _remark_flaw(
    entries: Sequence[tuple[Justification, Finding, Flaw]], check: JustificationCheck
) -> Finding:
    """One cell whose text is no reason (G01)."""
    (entry, _, flaw), localities = entries[0], {finding.locality for _, finding, _ in entries}
    rules = ", ".join(dict.fromkeys(finding.rule_id for _, finding, _ in entries))
    return _format_remark(
        check,
        Code.NOT_A_REASON,
        entry,
        localities.pop() if len(localities) == 1 else "",
        rules=rules,
        why=check.rules.why[flaw],
    )


def _format_remark(
    check: JustificationCheck, code: Code, entry: Justification, locality: str, **words: str
) -> Finding:
    message, place = check.messages[code], entry.cell_ref
    shown = " ".join(entry.reason.split())
    shown = shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"
    text = message.text.format_map({"sheet": place.sheet, "cell": place.cell, "value": shown, **words})
    cells = (place.cell,) if place.cell else ()
    return Finding(str(code), message.severity, text, place.sheet, cells, locality, value=shown)


def remark_unused(
    given: Sequence[Justification], findings: Sequence[Finding], plan: Plan, check: JustificationCheck
) -> list[Finding]:
    """Reasons that no warning asks for, once per cell: they name an error (G03), or nothing found (G02)."""
    asked = _named(finding for finding in findings if finding.severity is Severity.WARNING)
    wrong = _named(finding for finding in findings if finding.severity is Severity.ERROR)
    cells: dict[tuple[str, str], list[Justification]] = {}
    for entry in given:
        if entry.rule_id != WITHDRAWAL_RULE and (entry.rule_id, entry.locality) not in asked:
            cells.setdefault((entry.cell_ref.sheet, entry.cell_ref.cell), []).append(entry)
    remarks = []
    for entries in cells.values():
        code = entries[0].locality
        where = f" ({plan.locality_by_code[code].name})" if code in plan.locality_by_code else ""
        in_vain = [entry for entry in entries if (entry.rule_id, code) in wrong]
        unknown = [entry for entry in entries if entry not in in_vain]
        for kind, reported in ((Code.REASON_FOR_ERROR, in_vain), (Code.NO_SUCH_WARNING, unknown)):
            rules = ", ".join(dict.fromkeys(entry.rule_id for entry in reported))
            if reported:
                remarks.append(_format_remark(check, kind, entries[0], code, rules=rules, where=where))
    return remarks


def _named(findings: Iterable[Finding]) -> frozenset[tuple[str, str]]:
    """Rule and locality of findings as a reason may name them; a blank locality means all."""
    return frozenset(key for f in findings for key in ((f.rule_id, f.locality), (f.rule_id, "")))
