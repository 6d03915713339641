"""Word opens what we write: in templates and in documents every property stands once and in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chuyenhoa.kit.docx_redline import redline_document
from chuyenhoa.model.figures import Basis
from chuyenhoa.reporting import list_subjects, load_kinds, render_document
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting.conftest import TEMPLATES
from tests.integration.reporting.golden import list_documents
from tests.integration.reporting.word_schema import find_disorder

Make = Callable[..., Snapshot]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.docx")), ids=lambda path: path.stem)
def test_a_template_is_in_the_order_of_words_schema(path: Any) -> None:
    assert find_disorder(path.read_bytes()) == set()


@pytest.mark.parametrize(("kind", "period", "about"), list_documents())
def test_a_document_is_in_the_order_of_words_schema(
    snapshot_of: Make, kind: str, period: str, about: str
) -> None:
    template = (TEMPLATES / f"{kind}.docx").read_bytes()
    subject = about or next(iter(list_subjects(load_kinds()[kind], snapshot_of(period))), "")
    assert find_disorder(render_document(kind, template, snapshot_of(period), about=subject)) == set()


def test_a_copy_with_tracked_changes_is_in_the_order_of_words_schema(snapshot_of: Make, plan: Any) -> None:
    template = (TEMPLATES / "bao_cao_tong_ket.docx").read_bytes()
    code = plan.localities[0].code
    old = render_document("bao_cao_tong_ket", template, snapshot_of())
    changed = snapshot_of(figures={(code, "TTXH_XR", Basis.CURRENT): 99})
    new = render_document("bao_cao_tong_ket", template, changed)
    copy = redline_document(old, new, author="Văn phòng", at=datetime(2021, 12, 21, tzinfo=UTC))
    assert copy not in {old, new}
    assert find_disorder(copy) == set()
