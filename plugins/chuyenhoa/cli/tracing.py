"""`chuyenhoa explain --figure`: from a figure of a document to formula, file, sheet, cell and hash."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict

from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.labels import BASES, VERDICTS
from chuyenhoa.cli.printing import print_json
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.tracing import UnknownFigureError, find_figure
from chuyenhoa.reporting import FigureInput

_COUNT = re.compile(r"(?:COUNT|TARGET)\(([^()]*)\)")
_SUBMITTERS = {
    "expected": "số đơn vị phải báo cáo",
    "reported": "số đơn vị có báo cáo được chấp nhận",
    "absent": "số đơn vị chưa có báo cáo được chấp nhận",
    "late": "số đơn vị gửi sau thời hạn",
    "on_time": "số đơn vị gửi đúng hạn",
    "involved": "số đơn vị có địa bàn",
    "named": "số đơn vị được nêu tên",
}
_TARGETS = {"reached": "số địa bàn đạt", "total": "số địa bàn tính", "needed": "số địa bàn cần đạt"}


def explain_figure(options: argparse.Namespace) -> int:
    """Print where a figure comes from.

    Raises:
        UnusableError: no document holds a figure with this tag.
    """
    try:
        found = find_figure(open_context(), options.figure, options.document or "")
    except UnknownFigureError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json(asdict(found))
        return 0
    figure = found.figure
    print(f"{figure.tag}: {figure.text}")
    print(f"    văn bản: {found.document}")
    print(f"    cách tính: {_COUNT.sub(_say_count, figure.formula)}")
    for entry in figure.inputs:
        print(f"    {_say(entry)}")
    print(f"Nguồn: số liệu chốt {found.snapshot[:12]}, kế hoạch ấn bản {found.edition}")
    return 0


def _say_count(found: re.Match[str]) -> str:
    """A count of localities, submitters, files or groups in words."""
    rule, *rest = found[1].split(";")
    if found[0].startswith("TARGET"):
        return f"{_TARGETS[rest[0]]} của chỉ tiêu {rule}"
    if rule == "SUBMITTERS":
        return _SUBMITTERS[rest[0]]
    if rule == "FILES":
        return "số bản nộp có số liệu được dùng"
    verdict = VERDICTS.get(rest[0], "") if rest else ""
    if rule == "GROUPS":
        return f"số nhóm tiêu chí {verdict}".rstrip() + f" của địa bàn {rest[1]}"
    if not verdict:
        return "số địa bàn"
    what = f", {'nhóm' if rule == 'GROUP' else 'tiêu chí'} {rest[1]}" if rest[1] else ""
    return f"số địa bàn có kết quả {verdict}{what}"


def _say(entry: FigureInput) -> str:
    name = f"{entry.locality} {entry.name}".rstrip()
    if not entry.source:
        return f"{name}: {VERDICTS.get(entry.value, entry.value)}"
    basis = f" ({BASES[entry.basis]})" if entry.basis else ""
    source = entry.source
    where = f"{source['sheet']}!{source['cell']}, " if source["cell"] else ""
    return f"{name}{basis} = {entry.value}  {where}{source['file_name']}, {source['sha256'][:12]}"
