"""The status of every file: one row a rule of `decide_status`, and of `decide_archive_status`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chuyenhoa.model.figures import CellRef, Justification, Narrative
from chuyenhoa.model.submissions import Finding, Reading, Severity, SubmissionStatus
from chuyenhoa.pipeline.receive.decide import decide_archive_status, decide_status

A, B = "30745", "30748"
NO_LOCALITY: frozenset[str] = frozenset()
FIGURES = Reading("0" * 64, "bao-cao.xlsx", localities=(A, B))
CELL = CellRef("Giải trình", "C2")
TEXTS = Reading("0" * 64, "thuyet-minh.xlsx", narratives=(Narrative("I", "Đã triển khai", CELL),))
REASONS = Reading("0" * 64, "giai-trinh.xlsx", justifications=(Justification("W01", A, "Án cũ", CELL),))
EMPTY = Reading("0" * 64, "trong.xlsx")
ERROR_A = Finding("E01", Severity.ERROR, "sai", locality=A)
ERROR_B = replace(ERROR_A, locality=B)
ERROR_FILE = replace(ERROR_A, locality="")
OPEN_A = Finding("W01", Severity.WARNING, "bất thường", locality=A)
OPEN_FILE = replace(OPEN_A, locality="")
JUSTIFIED_A = replace(OPEN_A, justification="Án cũ từ 2019 được làm rõ")
BLANK_REASON_A = replace(OPEN_A, justification=" ")
WRONG_TOTAL_A = replace(OPEN_A, rule_id="D81")
OF_THE_FILE = replace(OPEN_A, rule_id="D40", locality="")
NOTE_A = replace(ERROR_A, severity=Severity.NOTE)

ACCEPTED = SubmissionStatus.ACCEPTED
WITH_WARNINGS = SubmissionStatus.ACCEPTED_WITH_WARNINGS
PARTLY = SubmissionStatus.PARTLY_ACCEPTED
RETURNED = SubmissionStatus.RETURNED
REFUSED = SubmissionStatus.REFUSED

CASES: list[tuple[str, Reading, Sequence[Finding], SubmissionStatus, frozenset[str]]] = [
    ("clean", FIGURES, (), ACCEPTED, frozenset({A, B})),
    ("a note holds nothing", FIGURES, (NOTE_A,), ACCEPTED, frozenset({A, B})),
    ("a note beside a warning", FIGURES, (NOTE_A, OF_THE_FILE), WITH_WARNINGS, frozenset({A, B})),
    ("refused", replace(FIGURES, refused=True), (), REFUSED, NO_LOCALITY),
    ("refused goes before an error", replace(FIGURES, refused=True), (ERROR_A,), REFUSED, NO_LOCALITY),
    ("refused words alone", replace(TEXTS, refused=True), (), REFUSED, NO_LOCALITY),
    ("an error on one locality", FIGURES, (ERROR_A,), PARTLY, frozenset({B})),
    ("errors on every locality", FIGURES, (ERROR_A, ERROR_B), RETURNED, NO_LOCALITY),
    ("an error on the whole file", FIGURES, (ERROR_FILE,), RETURNED, NO_LOCALITY),
    ("an error on the whole file and on one", FIGURES, (ERROR_A, ERROR_FILE), RETURNED, NO_LOCALITY),
    (
        "an error on a locality not listed",
        FIGURES,
        (replace(ERROR_A, locality="31000"),),
        PARTLY,
        frozenset({A, B}),
    ),
    ("an unexplained warning holds", FIGURES, (OPEN_A,), PARTLY, frozenset({B})),
    ("an unexplained warning on the whole file", FIGURES, (OPEN_FILE,), RETURNED, NO_LOCALITY),
    ("a blank reason is none", FIGURES, (BLANK_REASON_A,), PARTLY, frozenset({B})),
    ("an explained warning", FIGURES, (JUSTIFIED_A,), WITH_WARNINGS, frozenset({A, B})),
    ("an explained warning beside an error", FIGURES, (JUSTIFIED_A, ERROR_B), PARTLY, frozenset({A})),
    ("a warning on the file itself", FIGURES, (OF_THE_FILE,), WITH_WARNINGS, frozenset({A, B})),
    ("a total that its lines do not make", FIGURES, (WRONG_TOTAL_A,), PARTLY, frozenset({B})),
    ("texts alone", TEXTS, (), ACCEPTED, NO_LOCALITY),
    ("reasons alone", REASONS, (), ACCEPTED, NO_LOCALITY),
    ("texts alone with a warning", TEXTS, (OF_THE_FILE,), WITH_WARNINGS, NO_LOCALITY),
    ("texts alone, one of them unreadable", TEXTS, (ERROR_A,), PARTLY, NO_LOCALITY),
    ("reasons alone, one of them unreadable", REASONS, (ERROR_A,), PARTLY, NO_LOCALITY),
    ("texts alone, an error on the whole file", TEXTS, (ERROR_FILE,), RETURNED, NO_LOCALITY),
    ("texts beside figures save nothing", replace(TEXTS, localities=(A,)), (ERROR_A,), RETURNED, NO_LOCALITY),
    ("nothing in it", EMPTY, (), ACCEPTED, NO_LOCALITY),
    ("nothing in it and an error", EMPTY, (ERROR_A,), RETURNED, NO_LOCALITY),
]


@pytest.mark.parametrize(
    ("reading", "findings", "status", "taken"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_status_of_a_file(
    reading: Reading, findings: Sequence[Finding], status: SubmissionStatus, taken: frozenset[str]
) -> None:
    assert decide_status(reading, findings) == (status, taken)


ARCHIVES: list[tuple[str, Sequence[SubmissionStatus], Sequence[Finding], SubmissionStatus]] = [
    ("nothing inside", (), (), REFUSED),
    ("none readable", (REFUSED, REFUSED), (), REFUSED),
    ("one not answered yet", (SubmissionStatus.CLAIMED,), (), REFUSED),
    ("all readable", (ACCEPTED, WITH_WARNINGS), (), ACCEPTED),
    ("returned is readable", (RETURNED,), (), ACCEPTED),
    ("a repetition is readable", (SubmissionStatus.DUPLICATE,), (), ACCEPTED),
    ("one of two readable", (ACCEPTED, REFUSED), (), PARTLY),
    ("a part of the archive is unreadable", (ACCEPTED,), (ERROR_FILE,), PARTLY),
    ("a note on the archive", (ACCEPTED,), (NOTE_A,), ACCEPTED),
    ("a warning on the archive", (ACCEPTED,), (OF_THE_FILE,), ACCEPTED),
    ("an error, and none readable", (REFUSED,), (ERROR_FILE,), REFUSED),
]


@pytest.mark.parametrize(
    ("members", "findings", "status"), [case[1:] for case in ARCHIVES], ids=[case[0] for case in ARCHIVES]
)
def test_the_status_of_an_archive(
    members: Sequence[SubmissionStatus], findings: Sequence[Finding], status: SubmissionStatus
) -> None:
    assert decide_archive_status(members, findings) is status
