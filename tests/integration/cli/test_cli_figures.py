"""`explain --figure`: from a tag in a rendered draft to the cell of the file that was sent."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from chuyenhoa.kit.ooxml.docx_package import read_parts
from chuyenhoa.kit.ooxml.wordml import W
from tests.integration.cli.conftest import Call, Form

Send = Callable[[Path], None]


def find_tag(path: Path, label: str) -> tuple[str, str]:
    """The tag and text of the first figure in the table row that holds a label."""
    root = etree.parse(io.BytesIO(read_parts(path.read_bytes())["word/document.xml"]))
    for row in root.iter(f"{W}tr"):
        control = row.find(f".//{W}sdt")
        if control is not None and label in "".join(t.text or "" for t in row.iter(f"{W}t")):
            tag = control.find(f"{W}sdtPr/{W}tag")
            assert tag is not None
            return str(tag.get(f"{W}val")), "".join(t.text or "" for t in control.iter(f"{W}t"))
    raise AssertionError(label)


@pytest.mark.scene
def test_a_figure_leads_to_file_sheet_and_cell(call: Call, form: Form, send: Send) -> None:
    send(form(changes={("30745", "TTXH_KP"): 11}))
    drafts = call("report", "--milestone", "2021-6t", "--json").json["documents"]
    draft = next(d for d in drafts if "bao_cao_so_ket" in d["id"])
    tag, text = find_tag(Path(draft["path"]), "khám phá")
    found = call("explain", "--figure", tag, "--document", draft["id"], "--json").json
    assert (found["document"], found["figure"]["tag"], found["figure"]["text"]) == (draft["id"], tag, text)
    (entry, *_) = found["figure"]["inputs"]
    source = entry["source"]
    assert re.fullmatch(r"[A-Z]+\d+", source["cell"])
    assert len(source["sha256"]) == 64
    out = call("explain", "--figure", tag.upper().replace("F:", "f:")).out
    assert f"{tag}: {text}" in out
    assert f"{source['sheet']}!{source['cell']}, {source['file_name']}, {source['sha256'][:12]}" in out
    assert "kế hoạch ấn bản" in out


def test_an_unknown_tag_or_document_is_said(call: Call) -> None:
    call("report", "--milestone", "2021-6t")
    answer = call("explain", "--figure", "f:nothing")
    assert answer.code != 0
    assert "no figure 'f:nothing'" in answer.err
    assert "there is no document 'x'" in call("explain", "--figure", "f:a", "--document", "x").err
    assert "--milestone" in call("explain", "--locality", "30745").err
