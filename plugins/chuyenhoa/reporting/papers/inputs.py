"""What a figure is called in a sentence, from the name of an input."""

from __future__ import annotations

from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first


def name_input(name: str, view: SnapshotView) -> str:
    """`TTXH_XR` → its label; of another window with that window; a declared criterion by its short title."""
    basis, _, code = name.rpartition(".")
    if name in view.criteria:
        return view.phrases.say("papers.declaration", title=view.criteria[name].short)
    if code not in view.indicators:
        return name
    label = name_indicator(code, view)
    return view.phrases.say("papers.of_baseline", label=label) if basis else label


def name_indicator(code: str, view: SnapshotView) -> str:
    """The label as it stands alone: a part ("Trong đó: …") after its whole, a short one with its section.

    In the form the row above or the section's head says what a label leaves out.
    """
    labels = {entry.code: entry.label for entry in view.snapshot.indicators}
    prefix = view.phrases.text("papers.part_prefix")
    if labels[code].startswith(prefix):
        before = list(labels)[: list(labels).index(code)]
        whole = next((one for one in reversed(before) if not labels[one].startswith(prefix)), "")
        part = lower_first(labels[code].removeprefix(prefix).strip())
        return view.phrases.say("papers.part", whole=lower_first(labels[whole]), part=part) if whole else part
    label = lower_first(labels[code])
    titles = {entry.code: entry.title for entry in view.snapshot.sections}
    section = lower_first(titles.get(view.indicators[code].section, ""))
    is_clear = section in label or len(label.split()) > view.phrases.number("papers.short_label")
    return label if is_clear else view.phrases.say("papers.of_section", label=label, section=section)
