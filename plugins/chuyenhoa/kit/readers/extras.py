"""What a package holds beside its values: macros, links to other files, pictures and embedded objects."""

from __future__ import annotations

from collections.abc import Iterable

from chuyenhoa.kit.readers.book import FileFlaw, FlawReporter

MACROS = ("vbaproject", "basic/", "scripts/", "macrosheets/")
LINKS = ("externallinks/",)
OBJECTS = ("media/", "embeddings/", "activex/", "pictures/", "object ", "objectreplacements/")


def report_extras(names: Iterable[str], flaws: FlawReporter) -> None:
    """Tell of parts that are never opened, one finding a kind."""
    parts = [f"/{name.casefold()}" for name in names]
    for flaw, words in ((FileFlaw.MACROS, MACROS), (FileFlaw.LINKS, LINKS), (FileFlaw.OBJECTS, OBJECTS)):
        if any(f"/{word}" in part for part in parts for word in words):
            flaws.report(flaw)
