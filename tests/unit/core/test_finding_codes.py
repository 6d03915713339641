"""The names of the finding codes are those of the catalogue, and code uses them instead of bare literals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chuyenhoa.model.finding_codes import Code
from chuyenhoa.plan.messages import load_messages
from devtools import finding_codes

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins" / "chuyenhoa"
BARE_CODE = re.compile(r'(?<!cell=)"[DG]\d{2,3}"')
"""`cell="D12"` is the address of a cell."""


def test_the_generated_module_is_that_of_the_catalogue() -> None:
    written = finding_codes.MODULE.read_text(encoding="utf-8")
    assert written == finding_codes.write_module(finding_codes.MESSAGES), "run: make docs"


def test_every_message_has_the_name_of_its_code() -> None:
    messages = {
        **load_messages(ROOT / "templates" / "messages" / "reading"),
        **load_messages(ROOT / "templates" / "messages" / "reason_findings.yaml"),
    }
    assert {code: message.name for code, message in messages.items()} == {
        code.value: code.name for code in Code
    }


def test_a_code_is_its_plain_text_wherever_it_is_stored_or_shown() -> None:
    code = Code.FOREIGN_DISTRICT
    assert (code, f"{code}", str(code), type(str(code))) == ("D85", "D85", "D85", str)


@pytest.mark.parametrize(
    "entries",
    ["D01: {title: a}", "D01: {name: lower, title: a}", "D01: {name: A, title: a}\nD02: {name: A, title: b}"],
    ids=["none", "not in capitals", "twice"],
)
def test_every_code_needs_a_name_of_its_own(entries: str, tmp_path: Path) -> None:
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / "forms.yaml").write_text(entries, encoding="utf-8")
    with pytest.raises(ValueError, match=r"D0[12]: give it a `name:` of its own"):
        finding_codes.read_names(tmp_path)


def test_no_bare_finding_code_stands_in_the_code() -> None:
    found = [
        f"{path.relative_to(PLUGINS)}: {match[0]}"
        for path in sorted(PLUGINS.rglob("*.py"))
        # The readers of formats report flaws of their own, which intake translates.
        if path != finding_codes.MODULE and not path.is_relative_to(PLUGINS / "kit" / "readers")
        for match in BARE_CODE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
