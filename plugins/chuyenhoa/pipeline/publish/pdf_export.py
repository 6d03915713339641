"""Word documents as PDF through LibreOffice, where it is installed: apart, bounded, and never a failure."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

SECONDS = 120.0
"""How long one conversion of all documents may take."""
PASSED_ON = ("PATH", "LANG", "LC_ALL")


def make_pdfs(documents: Mapping[str, bytes], seconds: float = SECONDS) -> dict[str, bytes]:
    """PDFs of Word documents by the same names, those that came out; none without LibreOffice.

    Args:
        documents: .docx files by their names without an ending.
        seconds: after which the conversion is ended.
    """
    office = shutil.which("soffice")
    if office is None or not documents:
        return {}
    with tempfile.TemporaryDirectory(prefix="chuyenhoa-pdf-") as folder:
        place = Path(folder)
        sources = []
        for number, content in enumerate(documents.values()):
            sources.append(place / f"{number}.docx")
            sources[-1].write_bytes(content)
        _convert(office, place, sources, seconds)
        found = {}
        for number, name in enumerate(documents):
            path = place / f"{number}.pdf"
            content = path.read_bytes() if path.is_file() else b""
            # A conversion that was ended leaves half a file, or none.
            if content.startswith(b"%PDF"):
                found[name] = content
            else:
                logger.warning("%s: no PDF came out", name)
    return found


def _convert(office: str, place: Path, sources: list[Path], seconds: float) -> None:
    """Run LibreOffice on a profile of its own, and end it with all that it started when it takes too long."""
    # A profile of its own: two conversions, or a clerk's open LibreOffice, would wait for each other's lock.
    profile = (place / "profile").as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf"]
    process = subprocess.Popen(  # noqa: S603 - the LibreOffice of the machine, on files of ours
        [*command, "--outdir", str(place), *map(str, sources)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(place), **{name: os.environ[name] for name in PASSED_ON if name in os.environ}},
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        logger.warning("LibreOffice took more than %g s; what it has made is taken", seconds)
    finally:
        # Its own session: what it started ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
