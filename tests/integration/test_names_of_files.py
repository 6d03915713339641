"""Names that submitters give their files: whatever stands in one, documents and packages show it plainly."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chuyenhoa.cli import main
from chuyenhoa.pipeline.assess.assessing import assess_milestone
from chuyenhoa.pipeline.receive.workbooks import open_period
from tests.integration.forms import fill
from tests.integration.kept_week import office
from tests.integration.messy import KIEN_LUONG, RACH_GIA, blank, drop
from tests.integration.rehearsal import run_intake

NAMES = {
    RACH_GIA: '=HYPERLINK("http:..x",1) 0911222333 {{ 7*7 }}.xlsx',
    KIEN_LUONG: "a\x01\x1b[31m b\u202e <w:p> {%tr for x%} 0911222333.xlsx",
}
PERSONAL = {("30754", "TTXH_XR"): "0911222333"}
"""In a locality of the first: it is held back, the others count, and the original is not handed on."""
WORDS = (".xml", ".txt", ".json")


def texts_in(label: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Every text inside a file, those of packages within packages included."""
    if not content.startswith(b"PK"):
        if label.endswith(WORDS):
            yield label, content.decode()
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield from texts_in(f"{label}!{name}", archive.read(name))


def test_no_document_repeats_a_number_or_a_trick_of_a_name(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_period("2021-6t")
    for folder, name in NAMES.items():
        drop(data_folder, folder, name, fill(blank(data_folder, folder), PERSONAL))
    assert len(run_intake()) == len(NAMES)
    assess_milestone("2021-6t")
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-20T09:00:00+07:00")
    office(data_folder)
    assert main(["handover", "--milestone", "2021-6t"]) == 0
    texts = [
        entry
        for path in (data_folder / "office").rglob("*")
        if path.is_file()
        for entry in texts_in(path.relative_to(data_folder).as_posix(), path.read_bytes())
    ]
    assert [label for label, text in texts if "HYPERLINK" in text and label.endswith("word/document.xml")]
    assert [label for label, text in texts if "911222333" in text] == []
    originals = (data_folder / "office/handover/2021-6t/minh-chung/tep-goc").iterdir()
    assert len(list(originals)) == len(NAMES) - 1
    assert [label for label, text in texts if set("\x01\x1b\u202e") & set(text)] == []
    assert [label for label, text in texts if "<f>" in text and "tep-goc" not in label] == []
