"""Gates and reads one file: safe? ours? readable? Whatever the file is, the answer is a Reading."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header.document_header import (
    Stated,
    check_against_form,
    find_district,
    find_wrong_baselines,
)
from chuyenhoa.intake.header.ownership import Owner, check_heads, check_titles, find_owner, read_meta
from chuyenhoa.intake.legacy import convert_book, plan_words
from chuyenhoa.intake.tables.figures import Figures, read_figures
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table, find_table
from chuyenhoa.intake.tables.free_tables import read_free_tables
from chuyenhoa.intake.tables.search import FoundTables, report_nothing, report_unread, search_tables
from chuyenhoa.intake.text_sheets.form_sheets import (
    Declarations,
    read_declarations,
    read_justifications,
    read_narratives,
)
from chuyenhoa.intake.text_sheets.free_sheets import name_codes
from chuyenhoa.intake.text_sheets.free_texts import read_texts
from chuyenhoa.intake.values.personal import report_lists, withhold_personal
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import Book, Kind, Sheet
from chuyenhoa.kit.vietnamese_text.normal_form import strip_marks
from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis, Normalisation, Observation
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity

NEEDED_CODES: Mapping[str, tuple[str, ...]] = {
    form.FIGURES_SHEET: (form.LOCALITY_CODE,),
    form.BASELINE_SHEET: (form.LOCALITY_CODE,),
    form.DECLARATIONS_SHEET: (form.LOCALITY_CODE, form.CRITERION_CODE, form.ANSWER),
    form.NARRATIVE_SHEET: (form.ITEM_CODE, form.ITEM_TEXT),
    form.JUSTIFICATION_SHEET: (form.RULE_CODE, form.REASON),
}
"""The codes that make a row the code row of a sheet's table."""
FORM_SHEETS = (*form.HEAD_ROWS, form.META_SHEET)
EXTRA_SHEETS = (form.GUIDE_SHEET, form.LISTING_SHEET)
"""What we write beside the form; nothing is filled in there."""
LOCALITY_SHEETS = (form.FIGURES_SHEET, form.BASELINE_SHEET, form.DECLARATIONS_SHEET)


def read_submission(content: bytes, file_name: str, plan: Plan, folder: str | None) -> Reading:
    """Gate and read one file.

    Args:
        content: the bytes of the file; its name is not trusted.
        file_name: the name to call it by in messages.
        plan: the plan whose files are taken.
        folder: the inbox folder in which the file lay; None when it lay in none (`chuyenhoa check`).

    Returns:
        Typed values with their cells, and every finding of the gates and of the reader. `refused` is set when
        the file cannot be used at all. A bad file never raises.
    """
    findings = FindingList(file_name)
    sha256 = hashlib.sha256(content).hexdigest()
    book = open_book(content, findings, form=FORM_SHEETS, extras=EXTRA_SHEETS)
    if book is None:
        return _refuse(sha256, findings)
    _report_hidden(book, findings)
    # Before any text is cleaned: U+00AD, which looks invisible, is a letter of TCVN3.
    book, converted = convert_book(book, plan_words(plan))
    book = withhold_personal(book)
    sheets = _known_sheets(book)
    meta = read_meta(sheets)
    tables = _find_tables(sheets)
    found = search_tables(book, tables, plan)
    titles = [] if meta and not found.free else found.titles(plan)
    titles += [Stated("", "", file_name, is_hint=True)] if not meta else []
    owner = find_owner(meta, titles, plan, folder, findings) if meta or found else None
    if not found and (owner or not meta):
        report_nothing(book, plan, bool(meta), findings)
    if owner is None or not found:
        return _refuse(sha256, findings, owner)
    check_heads(meta, found.coded, plan, findings)
    check_titles(owner, found.coded, plan, findings)
    if meta:
        check_against_form(found.free_titles(), owner.submitter, owner.period, plan, findings)
    report_lists(findings, book, found.sheet_names)
    scope = Scope(plan, owner, findings, find_district(titles, owner.submitter, plan) if titles else "")
    report_unread(found, book, plan, findings)
    reading = _read_tables(scope, found, titles, sha256)
    return replace(reading, normalisations=(*converted, *reading.normalisations))


def _refuse(sha256: str, findings: FindingList, owner: Owner | None = None) -> Reading:
    """A reading of nothing, with its reasons."""
    return Reading(
        sha256=sha256,
        file_name=findings.file_name,
        period=owner.period.id if owner else "",
        submitter=owner.submitter.code if owner else "",
        refused=True,
        findings=tuple(findings.found),
    )


def _report_hidden(book: Book, findings: FindingList) -> None:
    """Report sheets of the form that are hidden, where the file is a workbook as we issue it."""
    names = {strip_marks(name) for name in form.HEAD_ROWS}
    for sheet in book.sheets if book.kind == Kind.XLSX else ():
        if sheet.hidden and strip_marks(sheet.name) in names:
            findings.add("D53", sheet=sheet.name)


def _known_sheets(book: Book) -> Mapping[str, Sheet]:
    """The sheets of the form by official name; of two spellings of one name the first counts."""
    known = {strip_marks(name): name for name in (*NEEDED_CODES, form.META_SHEET)}
    found: dict[str, Sheet] = {}
    for sheet in book.sheets:
        official = known.get(strip_marks(sheet.name))
        if official is not None:
            found.setdefault(official, sheet)
    return found


def _find_tables(sheets: Mapping[str, Sheet]) -> dict[str, Table]:
    """The tables of the form by official sheet name, in the order of the form."""
    found = {name: find_table(sheets[name], codes) for name, codes in NEEDED_CODES.items() if name in sheets}
    return {name: table for name, table in found.items() if table is not None}


def _read_tables(scope: Scope, found: FoundTables, titles: Sequence[Stated], sha256: str) -> Reading:
    """Everything that the tables say."""
    named: list[Normalisation] = []
    by_labels = {name: name_codes(scope, table, named) for name, table in found.words.tables.items()}
    tables = {**found.coded, **by_labels}
    _report_missing(scope, found)
    current, baseline = (
        read_figures(scope, tables[sheet], basis) if sheet in tables else Figures()
        for basis, sheet in form.SHEET_OF_BASIS.items()
    )
    if found.free:
        wrong = find_wrong_baselines(titles, scope.owner.period, scope.plan, scope.findings)
        coded = {Basis.CURRENT: current, Basis.BASELINE: baseline}
        read = read_free_tables(scope, found.free, wrong, coded)
        current, baseline = read[Basis.CURRENT], read[Basis.BASELINE]
    declared = Declarations()
    if form.DECLARATIONS_SHEET in tables:
        declared = read_declarations(scope, tables[form.DECLARATIONS_SHEET])
    narrative, reasons = tables.get(form.NARRATIVE_SHEET), tables.get(form.JUSTIFICATION_SHEET)
    narratives = read_narratives(scope, narrative) if narrative else []
    narratives += [text for sheet in found.words.texts for text in read_texts(scope, sheet)]
    justifications = read_justifications(scope, reasons, named) if reasons else []
    localities = tuple(dict.fromkeys((*current.localities, *baseline.localities, *declared.localities)))
    observations = (*current.observations, *baseline.observations)
    if localities and _is_untouched(scope, observations, declared):
        # With words beside them, blank cells mean "as sent before", not "no longer known".
        if narratives or justifications:
            localities, observations, declared = (), (), Declarations()
        else:
            scope.findings.add("D54")
    if not localities and not (narratives or justifications):
        _report_nobody(scope, found)
    owner = scope.owner
    return Reading(
        sha256=sha256,
        file_name=scope.findings.file_name,
        plan=scope.plan.id,
        period=owner.period.id,
        submitter=owner.submitter.code,
        edition=owner.edition,
        localities=localities,
        observations=observations,
        declarations=tuple(declared.declarations),
        narratives=tuple(narratives),
        justifications=tuple(justifications),
        normalisations=(*current.normalisations, *baseline.normalisations, *named, *declared.normalisations),
        findings=tuple(scope.findings.found),
    )


def _is_untouched(scope: Scope, observations: Sequence[Observation], declared: Declarations) -> bool:
    """Whether nobody typed a figure or an answer anywhere, not even one that could not be read."""
    return (
        all(entry.value is None for entry in observations)
        and all(entry.answer is None for entry in declared.declarations)
        and not any(finding.severity is Severity.ERROR for finding in scope.findings.found)
    )


def _report_nobody(scope: Scope, found: FoundTables) -> None:
    """A table with none of the submitter's localities, or a blank form of a submitter that has none."""
    has_figures = bool(found.free) or any(name in found.coded for name in form.SHEET_OF_BASIS.values())
    has_error = any(finding.severity is Severity.ERROR for finding in scope.findings.found)
    if scope.own and has_figures and not has_error:
        scope.findings.add("D103", expected=scope.own_codes)
    elif not scope.own and scope.owner.has_meta and not has_error:
        scope.findings.add("D54")


def _report_missing(scope: Scope, found: FoundTables) -> None:
    """Tables on localities that the file lacks; a file of reasons alone need not have them.

    Tables found by labels may hold both windows; which figures they lack is told figure by figure.
    """
    tables = {**found.coded, **found.words.tables}
    if found.free:
        return
    only_words = not scope.owner.has_meta and not any(name in tables for name in LOCALITY_SHEETS)
    if not scope.own or only_words:
        return
    for name in LOCALITY_SHEETS:
        if name not in tables:
            scope.findings.add("D22", sheet=name, expected=", ".join(NEEDED_CODES[name]))
