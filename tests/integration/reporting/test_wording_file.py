"""The file of the wording is checked as it is read: a slip is named with its entry and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuyenhoa.reporting.wording.patterns import Column, Paragraph
from chuyenhoa.reporting.wording.phrases import PhraseError, Phrases, load_phrases

FACT = 'chapters: {situation: [{facts: [{of: A, name: n, some: "{count}", none: ""}]}]}'
CRITERION = "criterion: II.1, name: n, some: s, some_not: t, only: o, only_not: p, left: l"


def write(folder: Path, text: str) -> Path:
    path = folder / "report.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        FACT,
        f"chapters: {{situation: [{{facts: [{{{CRITERION}}}]}}]}}",
        FACT.replace("of: A,", "ratio: {part: [A], whole: [B, -C]}, nil: x,"),
        FACT.replace("of: A,", "of: A, compare: true, beside: true, within: B,"),
        FACT.replace('none: ""', "none: 0"),
        "annexes: {movement: {totals: pairs, columns: [{title: t, of: A, basis: baseline}]}}",
        "a: {b: text, c: 3, d: true, e: [one, two]}",
    ],
)
def test_what_is_allowed(tmp_path: Path, text: str) -> None:
    assert load_phrases(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            FACT.replace("some", "sone"),
            r"report.yaml: chapters.situation, entry 1, fact 1: there is no key 'sone'; there are name, of, ",
        ),
        (
            FACT.replace('some: "{count}", ', ""),
            "'some' is missing; an entry with 'of' needs name, none, some",
        ),
        (FACT.replace("of: A, ", ""), "exactly one of of, ratio, criterion is expected, not none of them"),
        (FACT.replace("of: A,", "of: A, criterion: II.1,"), "is expected, not of and criterion"),
        (
            FACT.replace("of: A,", "of: A, nil: x,"),
            "'nil' does not go with 'of'; it may have beside, compare",
        ),
        (FACT.replace("of: A,", "ratio: {part: [A]},"), "missing required field `whole` - at "),
        (FACT.replace("of: A,", "of: A, compare: maybe,"), "Expected `bool`, got `str` - at "),
        (
            "chapters: {situation: {facts: []}}",
            "chapters.situation: a list is expected, with entries of facts",
        ),
        ("chapters: {situation: [text]}", "entry 1: a mapping is expected, with facts, lead"),
        ("chapters: {situation: [{fact: []}]}", "there is no key 'fact'; there are facts, lead"),
        (
            "annexes: {movement: {columns: [{title: t, of: A, sum: [B]}]}}",
            "annexes.movement.columns, entry 1: exactly one of of, sum, ratio, difference, change",
        ),
        ("submission: {merits: [{criterion: II.1}]}", "missing required field `title` - at "),
        ("review: {most: 2.5}", "report.yaml, review, most: a text, .* is expected, not float"),
        ("review: {since: 2021-06-30}", "review, since: .* not date; put a text into quotes"),
        ("review: {weak: }", "review, weak: .* not NoneType"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(PhraseError, match=reason):
        load_phrases(write(tmp_path, text))


def test_a_file_beside_it_is_named_and_defines_nothing_again(tmp_path: Path) -> None:
    path = write(tmp_path, "a: {b: text}")
    (tmp_path / "report").mkdir()
    beside = tmp_path / "report" / "more.yaml"
    beside.write_text("results: {told: [{inputs: [A]}]}", encoding="utf-8")
    with pytest.raises(PhraseError, match=r"more.yaml: results.told"):
        load_phrases(path)
    beside.write_text("a: {b: other}", encoding="utf-8")
    with pytest.raises(PhraseError, match=r"more.yaml: 'b' is defined in another file already"):
        load_phrases(path)


def test_what_a_snapshot_froze_is_read_as_it_is() -> None:
    frozen = {"facts": [{"of": "A", "name": "n", "some": 1, "none": 0, "gone": "since"}], "lead": "l"}
    (entry,) = Phrases({"chapters": {"situation": [frozen]}}).patterns("chapters.situation", Paragraph)
    assert (entry.facts[0].some, entry.facts[0].none, entry.facts[0].nil) == ("1", "0", None)


def test_entries_are_asked_for_by_what_they_are() -> None:
    phrases = Phrases({"a": "text", "n": "3", "m": {"x": 1, "other": "o", "deep": {}}, "l": ["1", 2]})
    assert (phrases.text("a"), phrases.number("n"), phrases.texts("l")) == ("text", 3, ["1", "2"])
    assert phrases.words("m") == {"x": "1", "other": "o"}
    assert (phrases.word("m", "x"), phrases.word("m", "y"), phrases.word("m", None)) == ("1", "o", "o")
    assert phrases.has("m.x")
    assert not phrases.has("m.y")


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda phrases: phrases.text("m"), "'m' is no text"),
        (lambda phrases: phrases.number("a"), "'a' is no whole number"),
        (lambda phrases: phrases.texts("a"), "'a' is no list"),
        (lambda phrases: phrases.words("a"), "'a' is no mapping"),
        (lambda phrases: phrases.patterns("a", Column), "report.yaml: a: Expected `array`, got `str`"),
        (lambda phrases: phrases.text("m.y"), "no entry 'm.y'"),
    ],
)
def test_an_entry_of_another_kind_is_refused(ask: object, reason: str) -> None:
    assert callable(ask)
    with pytest.raises(PhraseError, match=reason):
        ask(Phrases({"a": "text", "m": {"x": "1"}}))
