"""What a package holds beside its values: macros, links to other files, pictures and embedded objects."""

from __future__ import annotations

from collections.abc import Iterable

from chuyenhoa.intake.findings import FindingList

MACROS = ("vbaproject", "basic/", "scripts/", "macrosheets/")
LINKS = ("externallinks/",)
OBJECTS = ("media/", "embeddings/", "activex/", "pictures/", "object ", "objectreplacements/")


def report_extras(names: Iterable[str], findings: FindingList) -> None:
    """Tell of parts that are never opened, one finding a kind."""
    parts = [f"/{name.casefold()}" for name in names]
    for code, words in (("D09", MACROS), ("D10", LINKS), ("D11", OBJECTS)):
        if any(f"/{word}" in part for part in parts for word in words):
            findings.add(code)
