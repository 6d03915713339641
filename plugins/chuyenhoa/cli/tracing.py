"""`chuyenhoa explain --figure`: from a figure of a document to formula, file, sheet, cell and hash."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.printing import print_json
from chuyenhoa.cli.words import BASES, VERDICTS
from chuyenhoa.pipeline.tracing import UnknownFigureError, find_figure
from chuyenhoa.pipeline.workplace import open_workplace
from chuyenhoa.reporting import FigureInput


def explain_figure(options: argparse.Namespace) -> int:
    """Print where a figure comes from.

    Raises:
        UnusableError: no document holds a figure with this tag.
    """
    try:
        found = find_figure(open_workplace(), options.figure, options.document or "")
    except UnknownFigureError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json(asdict(found))
        return 0
    figure = found.figure
    print(f"{figure.tag}: {figure.text}")
    print(f"    văn bản: {found.document}")
    print(f"    cách tính: {figure.formula}")
    for entry in figure.inputs:
        print(f"    {_say(entry)}")
    print(f"Nguồn: số liệu chốt {found.snapshot[:12]}, kế hoạch ấn bản {found.edition}")
    return 0


def _say(entry: FigureInput) -> str:
    name = f"{entry.locality} {entry.name}".rstrip()
    if not entry.source:
        return f"{name}: {VERDICTS.get(entry.value, entry.value)}"
    basis = f" ({BASES[entry.basis]})" if entry.basis else ""
    source = entry.source
    where = f"{source['sheet']}!{source['cell']}, " if source["cell"] else ""
    return f"{name}{basis} = {entry.value}  {where}{source['file_name']}, {source['sha256'][:12]}"
