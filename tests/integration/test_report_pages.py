"""Every document through LibreOffice: pages, head, numbers; landscape annexes and repeated heads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from chuyenhoa.model.figures import Basis
from chuyenhoa.plan import load_plan
from chuyenhoa.reporting import build_snapshot, check_layout, render_document
from tests.integration.reporting.conftest import make_milestone
from tests.office import convert

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"bao_cao_so_ket": "2021-6t", "bao_cao_tong_ket": "2021-nam"}
PAPERS = {
    "bao_cao_bo_cong_an": ("2021-nam", "", "BÁO CÁO", 5, 9),
    "to_trinh_cong_nhan": ("2021-nam", "", "TỜ TRÌNH", 3, 5),
    "quyet_dinh_cong_nhan": ("2021-nam", "", "QUYẾT ĐỊNH", 2, 4),
    "phieu_danh_gia": ("2021-nam", "30754", "PHIẾU ĐÁNH GIÁ", 2, 4),
    "du_thao_bao_cao_huyen": ("2021-nam", "899", "BÁO CÁO", 5, 11),
    "cong_van_don_doc": ("2021-nam", "", "", 1, 2),
}
"""Period, subject, title, and the fewest and most pages of every other document."""
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All documents as PDF, converted in one LibreOffice run with a profile of its own."""
    folder = tmp_path_factory.mktemp("pages")
    plan = load_plan(ROOT / "plans", "2021")
    figures: dict[tuple[str, str, Basis], int | None] = {
        ("30754", "TTXH_XR", Basis.BASELINE): None,
        ("30808", "DIEM_MT", Basis.CURRENT): 1,
    }
    wanted = {kind: (period, "") for kind, period in KINDS.items()}
    wanted |= {kind: (period, about) for kind, (period, about, *_) in PAPERS.items()}
    for kind, (period, about) in wanted.items():
        snapshot = build_snapshot(make_milestone(plan, period, figures=figures))
        template = (ROOT / "templates" / "documents" / f"{kind}.docx").read_bytes()
        content = render_document(kind, template, snapshot, about=about)
        assert not check_layout(content)
        (folder / f"{kind}.docx").write_bytes(content)
    made = convert([folder / f"{kind}.docx" for kind in wanted], "pdf", folder / "pdf")
    return dict(zip(wanted, made, strict=True))


def read_lines(pdf: Path, page: int) -> list[str]:
    """The lines of one page as they are laid out."""
    command = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_page_opens_as_the_decree_says(pdfs: dict[str, Path], kind: str) -> None:
    lines = read_lines(pdfs[kind], 1)
    assert NATION in lines[0]
    assert any("Độc lập - Tự do - Hạnh phúc" in line for line in lines[:4])
    assert "BÁO CÁO" in lines
    assert not any(line.isdecimal() for line in lines), "page 1 carries no number"
    assert read_lines(pdfs[kind], 2)[0] == "2"


@pytest.mark.parametrize("kind", KINDS)
def test_annexes_are_landscape_and_numbered_on_their_own(pdfs: dict[str, Path], kind: str) -> None:
    pages = PdfReader(pdfs[kind]).pages
    assert 16 <= len(pages) <= 30
    wide = [float(page.mediabox.width) > float(page.mediabox.height) for page in pages]
    first = wide.index(True)
    assert not any(wide[:first])
    assert all(wide[first:])
    openings = [read_lines(pdfs[kind], number)[0] for number in range(first + 1, len(pages) + 1)]
    assert [line for line in openings if line.startswith("Phụ lục")] == [
        f"Phụ lục {number}" for number in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
    ]
    assert all(line.isdecimal() for line in openings if not line.startswith("Phụ lục"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_over_several_pages_repeats_its_head(pdfs: dict[str, Path], kind: str) -> None:
    pages = range(1, len(PdfReader(pdfs[kind]).pages) + 1)
    texts = [" ".join(read_lines(pdfs[kind], number)) for number in pages]
    start = next(index for index, text in enumerate(texts) if "SỐ LIỆU TÌNH HÌNH SO SÁNH" in text)
    end = next(index for index, text in enumerate(texts) if "B. Số vụ phạm tội" in text)
    assert end - start >= 2
    assert all("Đơn vị tính" in text and "Cùng kỳ" in text for text in texts[start:end])


@pytest.mark.parametrize("kind", PAPERS)
def test_every_paper_opens_as_the_decree_says_and_keeps_its_size(pdfs: dict[str, Path], kind: str) -> None:
    _, _, title, fewest, most = PAPERS[kind]
    lines = read_lines(pdfs[kind], 1)
    assert NATION in lines[0]
    assert any(line.startswith("Kính gửi:") for line in lines) or kind in {
        "quyet_dinh_cong_nhan",
        "phieu_danh_gia",
    }
    assert not title or title in lines
    assert not any(line.isdecimal() for line in lines if not line.startswith("2021"))
    assert fewest <= len(PdfReader(pdfs[kind]).pages) <= most


@pytest.mark.parametrize("kind", [*KINDS, *PAPERS])
def test_nothing_unfilled_reaches_the_page(pdfs: dict[str, Path], kind: str) -> None:
    text = "\n".join(page.extract_text() for page in PdfReader(pdfs[kind]).pages)
    for sign in ("None", "nan", "{{", "{%", "\ufffd"):
        assert sign not in text.replace("nan ninh", ""), sign
    if kind in KINDS:
        assert "Lâm Minh Thành" in text


@pytest.mark.parametrize("kind", KINDS)
def test_only_times_new_roman_is_used(pdfs: dict[str, Path], kind: str) -> None:
    """Liberation Serif stands in for Times New Roman, with the same metrics, where the latter is absent."""
    command = ["pdffonts", str(pdfs[kind])]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    fonts = {line.split()[0].partition("+")[2] for line in listed.splitlines()[2:]}
    assert fonts
    assert all(name.startswith(("LiberationSerif", "TimesNewRoman")) for name in fonts), fonts
