"""The receipt (phiếu tiếp nhận): an HTML page that tells a submitter what became of a file and what to do."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

from chuyenhoa.clock import ZONE
from chuyenhoa.feedback.privacy import mask_personal
from chuyenhoa.feedback.wording import ENDINGS, MarkedAs, render
from chuyenhoa.model.submissions import Receipt

TEMPLATE = "phieu_tiep_nhan.html.j2"
LETTER_TEMPLATE = "phieu_thu.txt.j2"
NAME_PATTERN = "PHIEU-TIEP-NHAN-{stem}-{sha8}-{time:%Y%m%d-%H%M%S}.html"
MARKED_PATTERN = "CAN-SUA-{stem}-{sha8}{ending}.xlsx"
_STEM_LENGTH = 60
_OUR_PREFIXES = re.compile(r"^(?:CAN-SUA-|PHIEU-TIEP-NHAN-)+")
_OLD_SHA8 = re.compile(rf"-[0-9a-f]{{8}}(?:{'|'.join(ending for ending in ENDINGS.values())})$")


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
    return render(TEMPLATE, receipt, templates)


def render_letter(receipt: Receipt, templates: Path) -> tuple[str, str]:
    """Subject and text of the letter by which a receipt travels: the same words as on its first page.

    Raises:
        ReceiptError: as for `render_receipt`.
    """
    subject, _, text = render(LETTER_TEMPLATE, receipt, templates).strip().partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def receipt_name(receipt: Receipt) -> str:
    """File name of a receipt: safe characters, NFC, distinct for different files and for different times."""
    return NAME_PATTERN.format(
        stem=_safe_stem(receipt.file_name), sha8=receipt.sha256[:8], time=receipt.received_at.astimezone(ZONE)
    )


def marked_name(receipt: Receipt, kind: MarkedAs = MarkedAs.ORIGINAL) -> str:
    """File name of the workbook to mend; one marked before does not pile up prefixes."""
    return MARKED_PATTERN.format(
        stem=_safe_stem(receipt.file_name), sha8=receipt.sha256[:8], ending=ENDINGS[kind]
    )


def _safe_stem(file_name: str) -> str:
    """Letters (Vietnamese ones too), digits, `_` and `-` of a file name's stem; at most 60 characters."""
    name = unicodedata.normalize("NFC", mask_personal(file_name)).replace("\\", "/")
    stem = PurePosixPath(name).stem
    if _OUR_PREFIXES.match(stem):
        stem = _OLD_SHA8.sub("", _OUR_PREFIXES.sub("", stem))
    safe = re.sub(r"[\W]+", "-", stem, flags=re.UNICODE).strip("-_")[:_STEM_LENGTH].strip("-_")
    return safe or "tep"
