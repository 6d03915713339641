"""The receipt (phiếu tiếp nhận): an HTML page that tells a submitter what became of a file and what to do."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from chuyenhoa.clock import ZONE
from chuyenhoa.feedback.grouping import group_findings
from chuyenhoa.feedback.privacy import mask_personal
from chuyenhoa.model.submissions import Receipt, Severity, SubmissionStatus

TEMPLATE = "phieu_tiep_nhan.html.j2"
NAME_PATTERN = "PHIEU-TIEP-NHAN-{stem}-{sha8}-{time:%Y%m%d-%H%M%S}.html"
MARKED_PATTERN = "CAN-SUA-{stem}-{sha8}.xlsx"
_STEM_LENGTH = 60
_TAKEN_WHOLE = frozenset({SubmissionStatus.ACCEPTED, SubmissionStatus.ACCEPTED_WITH_WARNINGS})
_OUR_PREFIXES = re.compile(r"^(?:CAN-SUA-|PHIEU-TIEP-NHAN-)+")
_OLD_SHA8 = re.compile(r"-[0-9a-f]{8}$")


class ReceiptError(RuntimeError):
    """A receipt could not be written: the template is missing or wrong."""


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
    try:
        return _environment(templates).get_template(TEMPLATE).render(_words_of(receipt))
    except TemplateError as error:
        raise ReceiptError(f"{templates / 'messages' / TEMPLATE}: {type(error).__name__}: {error}") from error


def receipt_name(receipt: Receipt) -> str:
    """File name of a receipt: safe characters, NFC, distinct for different files and for different times."""
    return NAME_PATTERN.format(
        stem=_safe_stem(receipt.file_name), sha8=receipt.sha256[:8], time=receipt.received_at.astimezone(ZONE)
    )


def marked_name(receipt: Receipt) -> str:
    """File name of the marked workbook of a receipt; a workbook marked before does not pile up prefixes."""
    return MARKED_PATTERN.format(stem=_safe_stem(receipt.file_name), sha8=receipt.sha256[:8])


def _words_of(receipt: Receipt) -> dict[str, Any]:
    """All that the template asks for: the receipt, its findings by what is to be done, what it replaces."""
    groups = group_findings(receipt.findings, receipt.locality_names)
    warnings = [group for group in groups if group.severity is Severity.WARNING]
    return {
        "receipt": receipt,
        "file_name": mask_personal(receipt.file_name),
        "status": SubmissionStatus(receipt.status).value,
        "errors": [group for group in groups if group.severity is Severity.ERROR],
        "reasons": [group for group in warnings if group.needs_reason],
        "checks": [group for group in warnings if not group.needs_reason and not group.explanation],
        "explained": [group for group in warnings if group.explanation],
        "notes": [group for group in groups if group.severity is Severity.NOTE],
        "days_late": _days_late(receipt),
        "is_supplement": _is_supplement(receipt),
        "replaces": _replaces_earlier(receipt),
    }


def _is_supplement(receipt: Receipt) -> bool:
    """Whether a file brings only reasons or texts beside figures sent before.

    Version 1 without a locality is no such file: it is the first one of a submitter that has none to report.
    """
    taken_whole = receipt.status in _TAKEN_WHOLE and not receipt.supersedes and receipt.version != 1
    return taken_whole and not receipt.taken and not receipt.held


def _replaces_earlier(receipt: Receipt) -> bool:
    """Whether anything of this version stands in an earlier one's place; not when all of it is held back."""
    stands = receipt.status != SubmissionStatus.RETURNED and (bool(receipt.taken) or not receipt.held)
    return bool(receipt.supersedes) and stands


def _environment(templates: Path) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates / "messages"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(vn_date=_vn_date, vn_time=_vn_time, vn_size=_vn_size, masked=mask_personal)
    return environment


def _days_late(receipt: Receipt) -> int:
    """Days after the last day on time, 0 when on time or when there is no deadline."""
    if not receipt.is_late or receipt.deadline is None:
        return 0
    return (receipt.received_at.astimezone(ZONE).date() - receipt.deadline).days


def _vn_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _vn_time(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%d/%m/%Y %H:%M}"


def _vn_size(size: int) -> str:
    """Size in Vietnamese numbers (decimal comma), with the exact count of bytes, which proves what came."""
    exact = f"{size:,}".replace(",", ".") + " byte"
    if size < 1024:
        return exact
    number, unit = (size / 1024, "KB") if size < 1024 * 1024 else (size / 1024 / 1024, "MB")
    return f"{number:.1f} {unit} ({exact})".replace(".", ",", 1)


def _safe_stem(file_name: str) -> str:
    """Letters (Vietnamese ones too), digits, `_` and `-` of a file name's stem; at most 60 characters."""
    name = unicodedata.normalize("NFC", mask_personal(file_name)).replace("\\", "/")
    stem = PurePosixPath(name).stem
    if _OUR_PREFIXES.match(stem):
        stem = _OLD_SHA8.sub("", _OUR_PREFIXES.sub("", stem))
    safe = re.sub(r"[\W]+", "-", stem, flags=re.UNICODE).strip("-_")[:_STEM_LENGTH].strip("-_")
    return safe or "tep"
