"""The longest names of boards, submitters and localities: no word leaves its page, and the head holds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from chuyenhoa.cli.samples import make_samples, try_template
from chuyenhoa.reporting import load_kinds
from tests.office import convert

ROOT = Path(__file__).resolve().parents[2]
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
LEFT, RIGHT, FOOT = 30, 15, 20
"""Margins in millimetres."""
POINTS = 72 / 25.4
SLACK = 1.5
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">([^<]*)<')
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every kind of document with the longest names, as PDF."""
    folder, samples = tmp_path_factory.mktemp("long"), make_samples()
    for kind in load_kinds():
        template = (ROOT / "templates" / "documents" / f"{kind}.docx").read_bytes()
        (trial,) = try_template(template, kind, samples, only=("ten-dai",))
        assert trial.error == ""
        assert trial.layout == ()
        (folder / f"{kind}.docx").write_bytes(trial.document)
    made = convert([folder / f"{kind}.docx" for kind in load_kinds()], "pdf", folder / "pdf")
    return dict(zip(load_kinds(), made, strict=True))


def read_words(pdf: Path) -> list[tuple[float, float, float, float, float, float, str]]:
    """Page width and height, then the box of each word, in points."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    found = []
    for width, height, body in PAGE.findall(text):
        for box in WORD.findall(body):
            x0, y0, x1, y1 = (float(number) for number in box[:4])
            found.append((float(width), float(height), x0, y0, x1, y1, box[4]))
    return found


@pytest.mark.parametrize("kind", list(load_kinds()))
def test_no_word_leaves_its_page(pdfs: dict[str, Path], kind: str) -> None:
    words = read_words(pdfs[kind])
    assert len(words) > 50
    outside = [
        word
        for width, height, left, _, right, low, word in words
        if left < LEFT * POINTS - SLACK
        or right > width - RIGHT * POINTS + SLACK
        or low > height - FOOT * POINTS + SLACK
    ]
    assert outside == []


@pytest.mark.parametrize("kind", [name for name, kind in load_kinds().items() if kind.symbol])
def test_the_nations_name_stays_on_one_line(pdfs: dict[str, Path], kind: str) -> None:
    command = ["pdftotext", "-layout", "-l", "1", str(pdfs[kind]), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert any(NATION in line for line in text.splitlines())
