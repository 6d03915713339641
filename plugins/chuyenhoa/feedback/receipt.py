"""The receipt (phiếu tiếp nhận) of a file, an HTML page, and the letter by which it travels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from chuyenhoa.clock import ZONE
from chuyenhoa.feedback.grouping import FindingGroup, Labels, group_findings, mask_personal
from chuyenhoa.feedback.listing import ListedChange
from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.figures import Basis, Normalisation
from chuyenhoa.model.history import Change, Owed
from chuyenhoa.model.shown import finalize
from chuyenhoa.model.submissions import Receipt, Severity, SubmissionStatus


class MarkedAs(StrEnum):
    """What the workbook beside a receipt is."""

    ORIGINAL = "original"
    """The submitter's own, with its cells marked."""
    FORM = "form"
    """The official form, filled with what could be read."""


# How the name of such a workbook ends, by which its kind is known again.
ENDINGS = {MarkedAs.FORM: "-bieu-mau", MarkedAs.ORIGINAL: ""}

# Groups of findings that a receipt shows; the marked workbook lists all of them.
MAX_GROUPS = 150
MAX_NORMALISATIONS = 60
# Changes that a receipt lists; the marked workbook and `chuyenhoa trace` list all.
MAX_CHANGES = 60
MAX_OWED = 30
MAX_TEXT = 120
WINDOW_WORDS: Mapping[Basis, str] = {Basis.CURRENT: "trong kỳ", Basis.BASELINE: "cùng kỳ"}
# Cells that one line of a receipt names; what is more is counted.
_MAX_CELLS = 12
_TAKEN_WHOLE = frozenset({SubmissionStatus.ACCEPTED, SubmissionStatus.ACCEPTED_WITH_WARNINGS})

TEMPLATE = "phieu_tiep_nhan.html.j2"
# A letter that was dropped as a file, whose attachments are answered one by one as those of a .zip are.
LETTER_ENDINGS = (".eml", ".msg")
LETTER_TEMPLATE = "phieu_thu.txt.j2"
NAME_PATTERN = "PHIEU-TIEP-NHAN-{stem}-{sha8}-{time:%Y%m%d-%H%M%S}.html"
MARKED_PATTERN = "CAN-SUA-{stem}-{sha8}{ending}.xlsx"
_STEM_LENGTH = 60
_OUR_PREFIXES = re.compile(r"^(?:CAN-SUA-|PHIEU-TIEP-NHAN-)+")
_OLD_SHA8 = re.compile(rf"-[0-9a-f]{{8}}(?:{'|'.join(ending for ending in ENDINGS.values())})$")


class ReceiptError(RuntimeError):
    """A receipt or letter could not be written: the template is missing or wrong."""


@dataclass(frozen=True)
class HeldLocality:
    """A locality held back, with how many places are to be fixed and how many to be justified."""

    name: str
    errors: int
    reasons: int


@dataclass(frozen=True)
class ShownChange:
    """A change of what was in force, in words."""

    locality: str
    subject: str
    window: str
    old: str
    old_where: str
    new: str
    """Empty for a withdrawal."""
    where: str


@dataclass(frozen=True)
class ShownOwed:
    """What is still lacking of one locality, in words."""

    locality: str
    lacks: str


@dataclass(frozen=True)
class Understood:
    """Cells of a sheet that were read otherwise than typed, in the same way."""

    sheet: str
    cells: tuple[str, ...]
    more_cells: int
    before: str
    after: str
    why: str


def render_receipt(receipt: Receipt, templates: Path) -> str:
    """Render the receipt as one self-contained HTML page (inline style, no script, no address outside).

    Args:
        receipt: everything that the answer says.
        templates: the project's `templates/`; the page is `messages/phieu_tiep_nhan.html.j2` in it.

    Returns:
        The page as text, for writing as UTF-8.

    Raises:
        ReceiptError: the template is missing, is no valid template, or asks for what a receipt does not hold.
    """
    return _render(TEMPLATE, receipt, templates)


def render_letter(receipt: Receipt, templates: Path) -> tuple[str, str]:
    """Subject and text of the letter by which a receipt travels: the same words as on its first page.

    Raises:
        ReceiptError: as for `render_receipt`.
    """
    subject, _, text = _render(LETTER_TEMPLATE, receipt, templates).strip().partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def receipt_name(receipt: Receipt) -> str:
    """File name of a receipt: safe characters, NFC, distinct for different files and for different times."""
    return NAME_PATTERN.format(
        stem=_safe_stem(receipt.file_name), sha8=receipt.sha256[:8], time=receipt.received_at.astimezone(ZONE)
    )


def marked_name(receipt: Receipt, kind: MarkedAs = MarkedAs.ORIGINAL) -> str:
    """File name of the workbook to fix; one marked before does not pile up prefixes."""
    return MARKED_PATTERN.format(
        stem=_safe_stem(receipt.file_name), sha8=receipt.sha256[:8], ending=ENDINGS[kind]
    )


def _safe_stem(file_name: str) -> str:
    """Letters (Vietnamese ones too), digits, `_` and `-` of a file name's stem; at most 60 characters."""
    name = unicodedata.normalize("NFC", mask_personal(file_name)).replace("\\", "/")
    stem = PurePosixPath(name).stem
    # CAN-SUA-bao-cao-1a2b3c4d.xlsx, fixed and dropped again → CAN-SUA-bao-cao-5e6f7a8b.xlsx
    if _OUR_PREFIXES.match(stem):
        stem = _OLD_SHA8.sub("", _OUR_PREFIXES.sub("", stem))
    safe = re.sub(r"[\W]+", "-", stem, flags=re.UNICODE).strip("-_")[:_STEM_LENGTH].strip("-_")
    return safe or "tep"


def _render(template: str, receipt: Receipt, templates: Path) -> str:
    """Render a template of `messages/`, as HTML when its name says so, else as plain text.

    Raises:
        ReceiptError: the template is missing, is no valid template, or asks for what a receipt does not hold.
    """
    try:
        environment = _environment(templates, is_html=template.endswith(".html.j2"))
        return environment.get_template(template).render(_words_of(receipt))
    except TemplateError as error:
        raise ReceiptError(f"{templates / 'messages' / template}: {type(error).__name__}: {error}") from error


@lru_cache(maxsize=8)
def _environment(templates: Path, *, is_html: bool) -> SandboxedEnvironment:
    """Keeps compiled templates, which take longer than a receipt; a changed file is compiled again."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates / "messages"),
        undefined=StrictUndefined,
        autoescape=is_html,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    environment.filters.update(vn_date=_vn_date, vn_time=_vn_time, vn_size=_vn_size, masked=mask_personal)
    return environment


def _words_of(receipt: Receipt) -> dict[str, Any]:
    """All that the templates ask for: the receipt, its findings by what is to be done, what it replaces."""
    labels = Labels(receipt.locality_names, receipt.indicator_labels, receipt.rule_titles)
    all_groups = group_findings(receipt.findings, labels)
    groups = all_groups[:MAX_GROUPS]
    warnings = [group for group in groups if group.severity is Severity.WARNING]
    names = {**receipt.indicator_labels, **receipt.locality_names}
    understood = group_normalisations(receipt.normalisations, names)
    return {
        "receipt": receipt,
        "file_name": mask_personal(receipt.file_name),
        "is_letter": receipt.file_name.casefold().endswith(LETTER_ENDINGS),
        "status": SubmissionStatus(receipt.status).value,
        "errors": [group for group in groups if group.severity is Severity.ERROR],
        "reasons": [group for group in warnings if group.needs_reason],
        "checks": [group for group in warnings if not group.needs_reason and not group.justification],
        "explained": [group for group in warnings if group.justification],
        "notes": [group for group in groups if group.severity is Severity.NOTE],
        "more_groups": len(all_groups) - len(groups),
        "held": _held_localities(receipt.held, groups),
        "understood": understood[:MAX_NORMALISATIONS],
        "more_understood": max(0, len(understood) - MAX_NORMALISATIONS),
        "marked_as": _marked_as(receipt.marked_workbook),
        "days_late": _days_late(receipt),
        "is_supplement": _is_supplement(receipt),
        **_words_of_changes(receipt, names),
    }


def _marked_as(name: str) -> str:
    stem = name.removesuffix(".xlsx")
    return next(kind.value for kind, ending in ENDINGS.items() if stem.endswith(ending)) if name else ""


def _held_localities(names: Sequence[str], groups: Sequence[FindingGroup]) -> list[HeldLocality]:
    """What each locality waits for; a finding on the whole file counts for none of them."""

    def count(name: str, severity: Severity) -> int:
        return sum(
            group.locality == name and group.severity is severity
            for group in groups
            if severity is Severity.ERROR or group.needs_reason
        )

    return [HeldLocality(name, count(name, Severity.ERROR), count(name, Severity.WARNING)) for name in names]


def group_normalisations(
    entries: Iterable[Normalisation], names: Mapping[str, str] | None = None
) -> list[Understood]:
    """What was read otherwise than typed, the same change of the same text on a sheet made one line.

    Args:
        entries: the changes, in any order.
        names: what the codes are called that a heading or a name was read as.
    """
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for entry in entries:
        key = (entry.cell_ref.sheet, mask_personal(entry.before), mask_personal(entry.after), entry.why)
        found.setdefault(key, []).append(entry.cell_ref.cell)
    return [
        Understood(
            sheet,
            tuple(cells[:_MAX_CELLS]),
            max(0, len(cells) - _MAX_CELLS),
            before,
            _in_words(after, names or {}),
            why,
        )
        for (sheet, before, after, why), cells in found.items()
    ]


def _in_words(text: str, names: Mapping[str, str]) -> str:
    """Codes with what they are called in front; a text that is none stays as it is."""
    codes = text.split(", ")
    return ", ".join(f"{names[code]} ({code})" for code in codes) if all(c in names for c in codes) else text


def _is_supplement(receipt: Receipt) -> bool:
    """Whether a file brings only reasons or texts beside figures sent before.

    Version 1 without a locality is no such file: it is the first one of a submitter that has none to report.
    """
    taken_whole = receipt.status in _TAKEN_WHOLE and not receipt.supersedes and receipt.version != 1
    return taken_whole and not receipt.taken and not receipt.held and not receipt.members


def _words_of_changes(receipt: Receipt, names: Mapping[str, str]) -> dict[str, Any]:
    """What the file changed, added and left as it was, and what the report still lacks."""
    changed = [change for change in receipt.changes if not change.is_new]
    shown = [_show_change(change, names) for change in changed]
    owed = [ShownOwed(names.get(entry.locality, entry.locality), _show_owed(entry)) for entry in receipt.owed]
    # Of a first report nothing was in force: its additions are all that it says, and its receipt says that.
    is_later = bool(receipt.kept or changed)
    return {
        "is_later": is_later,
        "changes": shown[:MAX_CHANGES],
        "more_changes": max(0, len(shown) - MAX_CHANGES),
        "added": sum(change.is_new for change in receipt.changes) if is_later else 0,
        "withdrawn": sum(change.new is None for change in changed),
        "owed": owed[:MAX_OWED],
        "more_owed": max(0, len(owed) - MAX_OWED),
    }


def list_changes(receipt: Receipt) -> tuple[ListedChange, ...]:
    """What the file changed of what was in force, for the sheet "Cần sửa"; additions are left out."""
    names = {**receipt.indicator_labels, **receipt.locality_names}
    return tuple(
        ListedChange(
            change.cell_ref.sheet,
            change.cell_ref.cell,
            shown.locality,
            f"{shown.subject}, {shown.window}" if shown.window else shown.subject,
            f"{shown.old} ({shown.old_where})",
            shown.new,
        )
        for change in receipt.changes
        if not change.is_new
        for shown in [_show_change(change, names)]
    )


def _show_change(change: Change, names: Mapping[str, str]) -> ShownChange:
    window = "" if change.window is None else WINDOW_WORDS[change.window]
    old_where = ""
    if change.old_ref is not None:
        old_where = f"{change.old_ref.sheet}!{change.old_ref.cell}, {mask_personal(change.old_file)}"
    return ShownChange(
        names.get(change.locality, change.locality),
        names.get(change.subject, f"Tiêu chí {change.subject}" if change.locality else change.subject),
        window,
        _show_statement(change, change.old),
        old_where,
        _show_statement(change, change.new),
        f"{change.cell_ref.sheet}!{change.cell_ref.cell}",
    )


def _show_statement(change: Change, text: str | None) -> str:
    """A figure as Vietnamese read it; the words of a declaration or a text, the latter cut short."""
    if text is None:
        return ""
    if change.window is not None:
        return format_number(Decimal(text))
    masked = mask_personal(" ".join(text.split()))
    return masked if len(masked) <= MAX_TEXT else masked[: MAX_TEXT - 1] + "…"


def _show_owed(entry: Owed) -> str:
    parts = [f"{entry.figures} số liệu"] if entry.figures else []
    parts += [f"{entry.baseline} số cùng kỳ"] if entry.baseline else []
    parts += [f"tiêu chí {', '.join(entry.declarations)}"] if entry.declarations else []
    return "; ".join(parts)


def _days_late(receipt: Receipt) -> int:
    """Days after the last day on time, 0 when on time or when there is no deadline."""
    if not receipt.is_late or receipt.deadline is None:
        return 0
    return (receipt.received_at.astimezone(ZONE).date() - receipt.deadline).days


def _vn_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _vn_time(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M ngày %d/%m/%Y}"


def _vn_size(size: int) -> str:
    """Size in Vietnamese numbers (decimal comma), with the exact count of bytes, which proves what came."""
    exact = f"{size:,}".replace(",", ".") + " byte"
    if size < 1024:
        return exact
    number, unit = (size / 1024, "KB") if size < 1024 * 1024 else (size / 1024 / 1024, "MB")
    return f"{number:.1f} {unit} ({exact})".replace(".", ",", 1)
