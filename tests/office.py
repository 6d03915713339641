"""LibreOffice as the tests use it: it writes files anew in another format."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


def convert(sources: Sequence[Path], target: str, out: Path) -> list[Path]:
    """The same files as LibreOffice writes them in another format, all in one run.

    Args:
        sources: the files.
        target: the ending of the format, as in `pdf`.
        out: the folder to write into. The profile of the run lies beside it: with one of its own no test
            waits for another, and tests that share it spare its making.
    """
    office = shutil.which("soffice")
    assert office, "LibreOffice is needed: its packages are in .ci/run"
    profile = f"-env:UserInstallation={(out.parent / 'profile').absolute().as_uri()}"
    command = [office, profile, "--headless", "--convert-to", target, "--outdir", str(out)]
    subprocess.run([*command, *map(str, sources)], check=True, capture_output=True, timeout=500)
    return [out / f"{source.stem}.{target}" for source in sources]
