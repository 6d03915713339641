"""Write the first edition of the document templates: `python -m templates.documents.build`.

From then on the office edits the .docx in Word; running this again overwrites what it did there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from docx.document import Document as WordDocument

from templates.documents.changes import build_changes
from templates.documents.decision import build_decision
from templates.documents.district import build_district
from templates.documents.ministry import build_ministry
from templates.documents.reminder import build_reminder
from templates.documents.reports import build_report
from templates.documents.sheet import build_sheet
from templates.documents.submission import build_submission
from templates.documents.tidy import tidy

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
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for kind, build in TEMPLATES.items():
        tidy(build()).save(str(folder / f"{kind}.docx"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
