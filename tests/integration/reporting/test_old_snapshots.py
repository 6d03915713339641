"""Snapshots are read for ever: what an earlier version froze is read, and written again byte for byte."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from chuyenhoa.reporting import SnapshotError, canonical_bytes, decode_snapshot
from chuyenhoa.reporting.docx.render import render_document
from chuyenhoa.reporting.snapshot.canonical import write_canonical
from tests.integration.reporting.conftest import TEMPLATES

OLD = Path(__file__).parent / "data" / "snapshot-2021-6t.json.gz"
"""Frozen by `make demo` before snapshots had types; its name was the sha256 of its bytes."""
NAME = "77da65bb560ad0ae2ad2e91bcfa6fb30f20f9b608214a7cc63a432e080bfa841"
LATER = {
    "": ("recognitions", "earlier", "states", "kpis", "explanation"),
    "period": ("past_deadline",),
    "documents": ("issuer", "when", "recipients"),
    "localities": ("place", "possible"),
    "criteria": ("edition", "possible", "matters", "steps", "guard", "needs"),
    "inputs": ("unit", "reason", "of_unit"),
    "justifications": ("title",),
}
"""Keys that came after the first snapshots, by the objects that have them."""


@pytest.fixture(scope="module")
def content() -> bytes:
    return gzip.decompress(OLD.read_bytes())


def without_later_keys(content: bytes) -> bytes:
    """The snapshot as the first version of the program would have frozen it."""
    old: dict[str, Any] = json.loads(content)
    results = [result for entry in old["localities"] for result in entry["criteria"]]
    objects: dict[str, list[dict[str, Any]]] = {
        "": [old],
        "period": [old["period"]],
        "documents": list(old["documents"].values()),
        "localities": old["localities"],
        "criteria": results,
        "inputs": [entry for result in results for entry in result["inputs"]],
        "justifications": old["justifications"],
    }
    for name, keys in LATER.items():
        for entry in objects[name]:
            for key in keys:
                entry.pop(key, None)
    return write_canonical(old)


def test_an_old_snapshot_is_written_again_byte_for_byte(content: bytes) -> None:
    assert hashlib.sha256(content).hexdigest() == NAME
    assert canonical_bytes(decode_snapshot(content)) == content
    assert canonical_bytes(decode_snapshot(content.decode())) == content


def test_keys_that_came_later_are_not_needed_and_stay_absent(content: bytes) -> None:
    first = without_later_keys(content)
    assert len(first) < len(content)
    snapshot = decode_snapshot(first)
    assert not snapshot.period.past_deadline
    assert canonical_bytes(snapshot) == first


def test_a_document_comes_out_of_a_snapshot_without_them(content: bytes) -> None:
    snapshot = decode_snapshot(without_later_keys(content))
    template = (TEMPLATES / "bao_cao_so_ket.docx").read_bytes()
    assert render_document("bao_cao_so_ket", template, snapshot)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": "chuyenhoa.snapshot/9"}, "schema 'chuyenhoa.snapshot/9' is unknown here"),
        ({"schema": None}, r"Expected `str`, got `null` - at `\$\.schema`"),
        ({"figures": [{"locality": "1"}]}, r"missing required field `indicator` - at `\$\.figures\[0\]`"),
        ({"frozen_at": 3}, r"Expected `str`, got `int` - at `\$\.frozen_at`"),
    ],
)
def test_what_is_no_snapshot_is_refused_by_name(content: bytes, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(SnapshotError, match=reason):
        decode_snapshot(json.dumps({**json.loads(content), **change}))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(SnapshotError, match="malformed"):
        decode_snapshot(b"{]")
