"""Write the first edition of the document templates: `python -m devtools.document_templates.build`.

From then on the office edits the .docx in Word; running this again overwrites what it did there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from docx.document import Document as WordDocument

from devtools.document_templates.changes import build_changes
from devtools.document_templates.decision import build_decision
from devtools.document_templates.district import build_district
from devtools.document_templates.ministry import build_ministry
from devtools.document_templates.reminder import build_reminder
from devtools.document_templates.reports import build_report
from devtools.document_templates.sheet import build_sheet
from devtools.document_templates.submission import build_submission
from devtools.document_templates.tidy import tidy

TEMPLATES: Mapping[str, Callable[[], WordDocument]] = {
    "bao_cao_so_ket": partial(build_report, annual=False),
    "bao_cao_tong_ket": partial(build_report, annual=True),
    "bao_cao_bo_cong_an": build_ministry,
    "to_trinh_cong_nhan": build_submission,
    "quyet_dinh_cong_nhan": build_decision,
    "phieu_danh_gia": build_sheet,
    "du_thao_bao_cao_huyen": build_district,
    "cong_van_don_doc": build_reminder,
    "bang_ke_thay_doi": build_changes,
}
"""Who writes the template of each kind in `documents.yaml`."""


def main() -> int:
    """Write the templates beside this script, or into the folder that is named."""
    folder = (
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else Path(__file__).resolve().parents[2] / "templates" / "documents"
    )
    for kind, build in TEMPLATES.items():
        tidy(build()).save(str(folder / f"{kind}.docx"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
