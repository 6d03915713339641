"""Reads spoiled workbooks in confined processes; whatever becomes of one, there is a reading of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.mutants import Mutant, make_mutants
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.inbox.archives import CRATES, HostileArchiveError, take_apart
from chuyenhoa.kit.readers import decode_book, detect
from chuyenhoa.kit.readers.book import FileFlaw
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.read import FileToRead, read_files

AT_ONCE = 64
UNOPENED = "D60"
"""The finding on a file that ended its reader."""


@dataclass
class Outcome:
    """What became of the mutants; `failures` should be empty."""

    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    killed: list[int] = field(default_factory=list)
    """Seeds of mutants that ended their reader: answered, and worth a look."""
    failures: list[str] = field(default_factory=list)

    @property
    def mutants(self) -> int:
        """How many were read or refused."""
        return self.read.total() + self.refused.total()


def fuzz(
    ctx: Context, originals: Sequence[bytes], first_seed: int, count: int, keep: Path | None = None
) -> Outcome:
    """Read mutants of real workbooks.

    Args:
        ctx: whose plan the files are read by.
        originals: workbooks as districts would send them.
        first_seed: of the first mutant; the same seeds give the same mutants.
        count: how many mutants.
        keep: a folder for the mutants on which something failed, named by their seed.
    """
    outcome = Outcome()
    for group in _groups(make_mutants(originals, first_seed, count)):
        files = [FileToRead(mutant.content, f"{mutant.seed}.xlsx", None) for mutant in group]
        for mutant, found in zip(group, read_files(ctx, files), strict=True):
            problem = _take(outcome, mutant, found, ctx.plan)
            if problem:
                outcome.failures.append(f"seed {mutant.seed} ({mutant.kind}): {problem}")
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{mutant.seed}.xlsx").write_bytes(mutant.content)
    return outcome


@dataclass
class _Flaws:
    """Takes the flaws of a file."""

    count: int = 0

    def report(self, flaw: FileFlaw, *, sheet: str = "", cells: Sequence[str] = (), **words: object) -> None:
        """Count one flaw."""
        self.count += 1


def decode_mutants(original: bytes, count: int) -> list[str]:
    """Open mutants of one file, of whatever format, here and not in confinement; what went wrong.

    The readers themselves are called, without what turns their exceptions into flaws.
    """
    failures = []
    for mutant in make_mutants([original], 0, count):
        flaws = _Flaws()
        try:
            kind = detect(mutant.content)
            if kind in CRATES:
                take_apart(mutant.content, kind, FindingList("a"))
                continue
            book = decode_book(mutant.content, flaws)
        except HostileArchiveError:
            continue
        except Exception as error:
            failures.append(f"seed {mutant.seed} ({mutant.kind}): {type(error).__name__}: {error}")
            continue
        if book is None and not flaws.count:
            failures.append(f"seed {mutant.seed} ({mutant.kind}): refused without a word")
    return failures


def _groups(mutants: Iterator[Mutant]) -> Iterator[list[Mutant]]:
    while group := list(islice(mutants, AT_ONCE)):
        yield group


def _take(outcome: Outcome, mutant: Mutant, found: Reading | Exception, plan: Plan) -> str:
    """Count one outcome; says what is wrong with it, "" when nothing is."""
    if isinstance(found, Exception):
        return f"our reader failed: {found}"
    (outcome.refused if found.refused else outcome.read)[mutant.kind] += 1
    if any(finding.rule_id == UNOPENED for finding in found.findings):
        outcome.killed.append(mutant.seed)
    if found.sha256 != hashlib.sha256(mutant.content).hexdigest():
        return "the reading is not that of this file"
    if found.refused and not any(finding.severity is Severity.ERROR for finding in found.findings):
        return "refused without a word"
    own = plan.locality_by_code
    for entry in found.observations:
        if entry.locality not in own or not entry.cell_ref.cell:
            return f"a figure of nowhere: {entry}"
        if entry.value is not None and not entry.value.is_finite():
            return f"a figure that is no number: {entry}"
    return ""
