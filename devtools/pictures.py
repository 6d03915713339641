"""The pictures of the README, made from what the last `make demo` left: `python -m devtools.pictures`.

Needs LibreOffice, poppler and Chromium; the last one only here, so the README does not ask for it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """A file below the demo's data folder, which page of it, and how much of that page, in pixels."""

    pattern: str
    page: int
    width: int
    height: int


SHOWN = {
    "receipt": Picture("outbox/902-kien-luong/PHIEU-TIEP-NHAN-so-lieu-kien-luong-ca-nam-*.html", 1, 720, 760),
    "marked-workbook": Picture("outbox/902-kien-luong/CAN-SUA-*.xlsx", 2, 1200, 380),
    "report": Picture("office/issued/2021-nam/*bao_cao_tong_ket*.docx", 1, 720, 1018),
}
"""A file with one mistake, and the report of the year. Wider pictures would bring the three over 0.5 MB."""


def main() -> int:
    """Make the pictures; exit code 2 when the demo left nothing to show."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "demo" / "data"
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, shown in SHOWN.items():
        found = sorted(data.glob(shown.pattern))
        if not found:
            print(f"{data / shown.pattern}: nothing here; run `make demo` first.", file=sys.stderr)
            return 2
        with tempfile.TemporaryDirectory() as folder:
            page = _print(found[0], Path(folder))
            size = ["-scale-to-x", str(shown.width), "-scale-to-y", "-1", "-W", str(shown.width)]
            options = ["-png", "-singlefile", "-f", str(shown.page), *size, "-H", str(shown.height)]
            _run("pdftoppm", *options, str(page), str(PICTURES / name))
        print(PICTURES / f"{name}.png")
    return 0


def _print(source: Path, folder: Path) -> Path:
    """The file as a PDF: pages by Chromium, Office files by LibreOffice."""
    target = folder / "page.pdf"
    if source.suffix == ".html":
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        _run("chromium", *options, f"--user-data-dir={folder}", f"--print-to-pdf={target}", source.as_uri())
        return target
    copy = folder / f"page{source.suffix}"
    shutil.copy(source, copy)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(copy))
    return target


def _run(program: str, *arguments: str) -> None:
    subprocess.run([program, *arguments], check=True, capture_output=True, timeout=180)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
