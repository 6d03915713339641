"""A file on its way: what was read from it, what validation says, and what its submitter is answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chuyenhoa.model.figures import Declaration, Justification, Narrative, Normalisation, Observation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.history import Change, Owed

# What the ids of the suites' warnings begin with; the gates and the reader have letters of their own.
RULE_ON_FIGURES = "W"


class Severity(StrEnum):
    """An error holds back what it touches; a warning is answered or waits for a reason; a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


# The gravest first.
SEVERITY_ORDER: Mapping[Severity, int] = {severity: number for number, severity in enumerate(Severity)}


class SubmissionStatus(StrEnum):
    """What became of a file."""

    CLAIMED = "claimed"
    """Archived and in the ledger, not answered yet."""
    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    PARTLY_ACCEPTED = "partly_accepted"
    RETURNED = "returned"
    """Readable, but nothing of it could be taken."""
    REFUSED = "refused"
    """Not readable, hostile, or not ours."""
    DUPLICATE = "duplicate"
    SET_ASIDE = "set_aside"
    """We failed on it again and again; it waits for the engineers and holds up nobody."""


# The statuses under which figures of a file count.
ACCEPTING = frozenset(
    {SubmissionStatus.ACCEPTED, SubmissionStatus.ACCEPTED_WITH_WARNINGS, SubmissionStatus.PARTLY_ACCEPTED}
)


@dataclass(frozen=True)
class Finding:
    """What is wrong or odd: rule, severity, where, and in the submitter's words what to do about it.

    `locality` empty means that the finding touches the whole file. `cells` names every cell that takes
    part, the one to look at first in front; `value` is the text shown for that first cell.
    """

    rule_id: str
    severity: Severity
    message: str
    sheet: str = ""
    cells: tuple[str, ...] = ()
    locality: str = ""
    indicator: str = ""
    value: str = ""
    justification: str = ""
    """The reason that the submitter gave for a warning (sheet "Giải trình"); empty when none was given."""

    @property
    def cell(self) -> str:
        """The address of the cell to look at first; empty for a finding on a sheet or file."""
        return self.cells[0] if self.cells else ""

    @property
    def needs_reason(self) -> bool:
        """Whether the submitter must give a reason on sheet "Giải trình": an unexplained warning on figures.

        Warnings of the gates and the reader (macros, an altered form) speak of the file and need none, but
        for a total that its lines do not make: one of these figures is wrong.
        """
        is_on_figures = self.rule_id.startswith(RULE_ON_FIGURES) or self.rule_id == Code.WRONG_TOTAL
        return self.severity is Severity.WARNING and is_on_figures and not self.justification.strip()

    @property
    def holds(self) -> bool:
        """Whether it holds back the locality that it touches (docs/decisions/0013)."""
        return self.severity is Severity.ERROR or self.needs_reason


@dataclass(frozen=True)
class ReadCount:
    """How many numbers stand in a file's tables, and how many of them were read as figures.

    What stands between the two was told with its cells. Totals, numbering, dates and texts do not count.
    """

    present: int = 0
    read: int = 0
    by_locality: Mapping[str, int] = field(default_factory=dict)
    """Those that were read, by the code of their locality."""

    def taken(self, localities: Collection[str]) -> int:
        """How many were read for some localities."""
        return sum(count for code, count in self.by_locality.items() if code in localities)


@dataclass(frozen=True)
class Reading:
    """Everything that one file says, typed and addressed, with what the gates found on the way.

    `refused` is set when the file cannot be used at all (findings say why); then the rest may be empty.
    """

    sha256: str
    file_name: str
    plan: str = ""
    period: str = ""
    submitter: str = ""
    edition: str = ""
    refused: bool = False
    localities: tuple[str, ...] = ()
    """Codes of the submitter's own localities that the file lists, in its order."""
    observations: tuple[Observation, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    narratives: tuple[Narrative, ...] = ()
    justifications: tuple[Justification, ...] = ()
    normalisations: tuple[Normalisation, ...] = ()
    findings: tuple[Finding, ...] = ()
    numbers: ReadCount = ReadCount()
    kind: str = ""
    """The format by content, as in xlsx, xls, csv, docx, zip (see `intake.book.Book`); empty when unknown."""


@dataclass(frozen=True)
class ReceiptMember:
    """A file that came inside an archive: its path there, what became of it, and the name of its receipt."""

    path: str
    status: SubmissionStatus
    receipt: str


@dataclass(frozen=True)
class Waiting:
    """A locality of figures sent before that is still held back, and by which rules."""

    name: str
    reasons: tuple[str, ...] = ()
    """Ids of the rules that ask for a reason."""
    errors: tuple[str, ...] = ()
    """Ids of the rules whose cells are to be corrected."""
    file_name: str = ""
    """The file that its figures stand in."""


@dataclass(frozen=True)
class Receipt:
    """All that the answer to one file says (phiếu tiếp nhận)."""

    file_name: str
    folder: str
    sha256: str
    size: int
    received_at: datetime
    status: SubmissionStatus
    version: int | None
    """Which version of this submitter's figures for the period it is; None when it is none."""
    submitter_name: str
    period_id: str
    period_label: str
    deadline: date | None
    is_late: bool
    taken: tuple[str, ...]
    """Names of the localities whose figures were accepted."""
    held: tuple[str, ...]
    """Names of the localities held back until a corrected file comes."""
    findings: tuple[Finding, ...] = ()
    normalisations: tuple[Normalisation, ...] = ()
    duplicate_of: str = ""
    """When and under which name the same bytes came first; empty when they did not."""
    duplicate_status: SubmissionStatus | None = None
    """What became of those same bytes; None when this file is no repetition."""
    duplicate_receipt: str = ""
    """Name of the receipt that answered them."""
    supersedes: str = ""
    """The version before this one, whose statements stay where this one is silent; empty when none."""
    in_force: str = ""
    """The newest version before this one of which something counts; empty when there is none."""
    marked_workbook: str = ""
    """Name of the marked workbook beside the receipt; empty when there is none."""
    locality_names: Mapping[str, str] = field(default_factory=dict)
    indicator_labels: Mapping[str, str] = field(default_factory=dict)
    rule_titles: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[Finding, ...] = ()
    """Findings not shown since they only follow from others (the store keeps them)."""
    left_out_cells: tuple[str, ...] = ()
    """The cells that those others speak of."""
    released: tuple[str, ...] = ()
    """Names of the localities of an earlier file whose figures count now, through reasons in this one."""
    explains: str = ""
    """That earlier file; empty when nothing was released."""
    waiting: tuple[Waiting, ...] = ()
    """Of a file of reasons or texts: the localities of earlier files that are held back still."""
    container: str = ""
    """The archive (.zip) in which the file came, and its path there; empty when it lay in the inbox."""
    members: tuple[ReceiptMember, ...] = ()
    """The files that came inside this one, when it is an archive."""
    changes: tuple[Change, ...] = ()
    """What the file changed of what was in force in its report, additions among them."""
    kept: int = 0
    """Values that were in force before it and are as they were."""
    owed: tuple[Owed, ...] = ()
    """What the report still lacks after it."""
    contact: str = ""
    """Whom to ask, as the plan gives it."""
    numbers: ReadCount = ReadCount()
    """How many numbers stand in the file's tables, and how many were read."""
