"""What a figure is called in a sentence, from the name of an input."""

from __future__ import annotations

from chuyenhoa.reporting.view import SnapshotView, lower_first


def name_input(name: str, view: SnapshotView) -> str:
    """`TTXH_XR` → its label; of another window with that window; a declared criterion by its short title."""
    basis, _, code = name.rpartition(".")
    if name in view.criteria:
        return view.phrases.say("papers.declaration", title=lower_first(view.criteria[name]["short"]))
    if code not in view.indicators:
        return name
    label = lower_first(view.indicators[code]["label"])
    return view.phrases.say("papers.of_baseline", label=label) if basis else label
