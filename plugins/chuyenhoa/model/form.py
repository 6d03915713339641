"""The workbook form: its sheets, the codes of its columns, its answer words, the checksum over its heads."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence

from chuyenhoa.model.figures import Answer, Basis

FIGURES_SHEET = "Số liệu"
BASELINE_SHEET = "Cùng kỳ"
DECLARATIONS_SHEET = "Định tính"
NARRATIVE_SHEET = "Thuyết minh"
JUSTIFICATION_SHEET = "Giải trình"
GUIDE_SHEET = "Hướng dẫn"
META_SHEET = "_meta"
# The sheet that a marked workbook begins with.
LISTING_SHEET = "Cần sửa"
# What every text of ours in a comment on a cell begins with, so that it can be found and taken out again.
COMMENT_MARK = "▼ CẦN "

SHEET_OF_BASIS: Mapping[Basis, str] = {Basis.CURRENT: FIGURES_SHEET, Basis.BASELINE: BASELINE_SHEET}

LOCALITY_CODE = "MA_DIA_BAN"
LOCALITY_NAME = "TEN_DIA_BAN"
CRITERION_CODE = "MA_TIEU_CHI"
CRITERION_TITLE = "TEN_TIEU_CHI"
ANSWER = "KET_QUA"
DOCUMENT_NUMBER = "SO_VAN_BAN"
DOCUMENT_DATE = "NGAY_VAN_BAN"
NOTE = "GHI_CHU"
ITEM_CODE = "MA_MUC"
ITEM_TITLE = "TEN_MUC"
ITEM_TEXT = "NOI_DUNG"
ITEM_HINT = "GOI_Y"
RULE_CODE = "MA_QUY_TAC"
# In column MA_QUY_TAC: takes back all figures and declarations of the locality of its row.
WITHDRAWAL_RULE = "RUT"
REASON = "LY_DO"

NAME_OF_CODE: Mapping[str, str] = {
    LOCALITY_CODE: LOCALITY_NAME,
    CRITERION_CODE: CRITERION_TITLE,
    ITEM_CODE: ITEM_TITLE,
}
"""The column of names that stands for a column of codes where that was deleted or left blank."""

DECLARATION_COLUMNS = (
    LOCALITY_CODE,
    LOCALITY_NAME,
    CRITERION_CODE,
    CRITERION_TITLE,
    ANSWER,
    DOCUMENT_NUMBER,
    DOCUMENT_DATE,
    NOTE,
)
NARRATIVE_COLUMNS = (ITEM_CODE, ITEM_TITLE, ITEM_TEXT, ITEM_HINT)
JUSTIFICATION_COLUMNS = (RULE_CODE, LOCALITY_CODE, REASON)

ANSWER_WORDS: Mapping[Answer, str] = {
    Answer.YES: "Có",
    Answer.NO: "Không",
    Answer.NOT_APPLICABLE: "Không áp dụng",
}

# How many rows a sheet's head has, the code row at the bottom included.
#
# Figures: section, label, unit, kind, code. The others: label, code.
HEAD_ROWS: Mapping[str, int] = {
    FIGURES_SHEET: 5,
    BASELINE_SHEET: 5,
    DECLARATIONS_SHEET: 2,
    NARRATIVE_SHEET: 2,
    JUSTIFICATION_SHEET: 2,
}

META_KEYS = ("plan", "period", "submitter", "edition", "checksum")


def head_checksum(heads: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """The sha256 over the locked cells of the tables' heads, as kept in `_meta`.

    Args:
        heads: for every sheet of `HEAD_ROWS` its head, row by row from the top, each row holding the text of
            the cells from the first to the last column of the code row; a cell covered by a merge is "".
            Where on the sheet the table stands does not matter. A sheet without a table is an empty head.

    Returns:
        64 hexadecimal digits. Line breaks, runs of spaces and the Unicode form of a text do not change it,
        since office programs change these on saving.
    """
    lines = []
    for sheet in HEAD_ROWS:
        for index, row in enumerate(heads.get(sheet, ())):
            # Office programs break "Số vụ xảy ra" over two lines on saving: the same head, one checksum.
            cells = (" ".join(unicodedata.normalize("NFC", text).split()) for text in row)
            lines.append("\x1f".join((sheet, str(index), *cells)))
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()
