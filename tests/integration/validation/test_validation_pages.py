"""The published pages: offline, escaped, complete, bounded, newest first."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.validation import CheckedFile, RuleCount, ValidationReport, pages, publish
from chuyenhoa.validation.findings import Found

AT = datetime(2021, 10, 12, 9, 5, tzinfo=UTC)
OUTSIDE = re.compile(r"https?:|//|<script|<img|<link|@import|url\(")


def make_report(rules: tuple[Rule, ...], finding_count: int = 1) -> ValidationReport:
    findings = tuple(
        Finding(
            "E03",
            Severity.ERROR,
            f"Phường A & <b>: số {n}",
            "Số liệu",
            ("D7", "C7"),
            "30745",
            "TTXH_KP",
            "25",
        )
        for n in range(finding_count)
    )
    warned = (Finding("W01", Severity.WARNING, "hỏi"), Finding("N01", Severity.NOTE, "biết"))
    return ValidationReport(
        rules=rules,
        rows=4321,
        files=(
            CheckedFile("a" * 64, "<script>alert(1)</script>.xlsx", "899", "2021-6t", 4),
            CheckedFile("b" * 64, "sạch.xlsx", "900", "2021-6t", 2),
            CheckedFile("c" * 64, "hỏi.xlsx", "901", "2021-6t", 2),
        ),
        counts=tuple(RuleCount(rule, 77, 3, 1) for rule in rules),
        found={"a" * 64: as_found(findings), "c" * 64: as_found(warned)},
        blamed={},
    )


def as_found(findings: Sequence[Finding]) -> tuple[Found, ...]:
    return tuple(Found(entry, frozenset(), (0, 0, number)) for number, entry in enumerate(findings))


def test_a_page_shows_rules_files_and_findings_and_reaches_nowhere(
    tmp_path: Path, rules: tuple[Rule, ...]
) -> None:
    page = publish(make_report(rules), tmp_path / "docs", "intake-1", AT)
    assert page == tmp_path / "docs" / "intake-1.html"
    text = page.read_text(encoding="utf-8")
    assert not OUTSIDE.search(text)
    assert not OUTSIDE.search((tmp_path / "docs" / "index.html").read_text(encoding="utf-8"))
    for rule in rules:
        assert f">{rule.rule_id}<" in text
        assert rule.title in text
    assert text.count('<td class="n">77</td>') == len(rules)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.xlsx" in text
    assert "Phường A &amp; &lt;b&gt;: số 0" in text
    assert "D7, C7" in text
    assert "4.321" in text
    assert "09:05 ngày 12/10/2021" in text
    assert "không có</td>" in text
    assert "Ghi chú" in text
    assert "Không có dòng số liệu nào" not in text


def test_a_run_without_rows_says_so(tmp_path: Path, rules: tuple[Rule, ...]) -> None:
    empty = ValidationReport(rules, 0, (), tuple(RuleCount(rule, 0, 0, 0) for rule in rules), {}, {})
    text = publish(empty, tmp_path, "empty", AT).read_text(encoding="utf-8")
    assert "Không có dòng số liệu nào để kiểm tra" in text
    assert "Không có tệp nào" in text


def test_the_index_lists_runs_newest_first_and_once(tmp_path: Path, rules: tuple[Rule, ...]) -> None:
    for name, hours in (("second", 2), ("first", 1), ("third", 3), ("second", 2)):
        publish(make_report(rules), tmp_path, name, AT + timedelta(hours=hours))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="(\w+)\.html"', text) == ["third", "second", "first"]
    assert json.loads((tmp_path / "first.json").read_text(encoding="utf-8"))["errors"] == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".page-")] == []


def test_the_folder_and_the_page_stay_bounded(
    tmp_path: Path, rules: tuple[Rule, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "RUNS_KEPT", 2)
    monkeypatch.setattr(pages, "FINDINGS_SHOWN", 5)
    for hour in range(3):
        publish(make_report(rules, finding_count=1100), tmp_path, f"run-{hour}", AT + timedelta(hours=hour))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "index.html",
        "run-1.html",
        "run-1.json",
        "run-2.html",
        "run-2.json",
    ]
    text = (tmp_path / "run-2.html").read_text(encoding="utf-8")
    assert text.count("Phường A &amp;") == 5
    assert "Còn 1.097 lỗi, cảnh báo không liệt kê ở đây" in text


@pytest.mark.parametrize("name", ["", "index", "../up", "a/b", ".hidden", "tên"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, rules: tuple[Rule, ...], name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a page"):
        publish(make_report(rules), tmp_path, name, AT)
    assert list(tmp_path.iterdir()) == []
