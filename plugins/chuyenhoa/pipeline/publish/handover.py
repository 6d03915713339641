"""The package of a milestone: issued documents, annex, evidence, checksums, and the letters that bring it.

PDFs are made by LibreOffice where it is installed: apart, bounded, and never a failure.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa import clock, reporting
from chuyenhoa.kit.ooxml.archive import write_archive
from chuyenhoa.model.personal import FINDINGS as PERSONAL_FINDINGS
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish import drafts, issuing
from chuyenhoa.plan.loader import load_recipients
from chuyenhoa.release import annex
from chuyenhoa.release.register import ISSUED_LETTER, write_register
from chuyenhoa.reporting.papers.kinds import Destination
from chuyenhoa.store import archive, deliveries, ledger, tables
from chuyenhoa.store.documents import DocumentState, list_documents, load_registers

logger = logging.getLogger(__name__)

CHECKSUMS = "SHA256SUMS"
DOCUMENTS, EVIDENCE, SOURCES = "van-ban", "minh-chung", "minh-chung/tep-goc"
MAX_SOURCES = 200_000_000
"""Bytes of originals that go into a package; above that they stay in the archive, named by their sha256."""
MOMENT = (2020, 1, 1, 0, 0, 0)
"""The time on every file in the .zip, which is the same whenever it is packed."""
PDF_SECONDS = 120.0
"""How long one conversion of all documents may take."""
LOCALE = "C.UTF-8"
"""LibreOffice reads its folders' names by the locale, and in "C" finds none with Vietnamese letters."""


def write_handover(milestone_id: str) -> str:
    """Pack what is issued of a milestone, and queue a letter to each recipient of the plan, each once.

    Returns:
        The path of the .zip below the data folder; the folder of the same content lies beside it.

    Raises:
        DraftError: nothing of the milestone is issued.
    """
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    with ctx.store.reading() as session:
        rows = _issued(session, milestone.id)
        if not rows:
            raise drafts.DraftError(f"{milestone.id}: no document is issued; there is nothing to hand over.")
        files = dict(_collect(ctx, session, rows))
    folder = ctx.settings.handover / milestone.id
    files |= _pdfs(folder, files)
    files[CHECKSUMS] = _checksums(files)
    _lay(folder, files)
    path = f"office/handover/HO-SO-{milestone.id}.zip"
    write_file(ctx.settings.data / path, pack(files))
    write_file(ctx.settings.issued / "SO-DANG-KY.xlsx", _register(ctx))
    with ctx.store.writing() as session:
        _enqueue_letters(ctx, session, rows)
    logger.info("packed %d files of %s into %s", len(files), milestone.id, path)
    return path


def _issued(session: Session, milestone: str) -> list[tables.DocumentRow]:
    return [row for row in list_documents(session, milestone) if row.state == DocumentState.ISSUED]


def _collect(
    ctx: Context, session: Session, rows: Sequence[tables.DocumentRow]
) -> Iterator[tuple[str, bytes]]:
    """The files of a package by their paths in it."""
    registers = load_registers(session, [row.id for row in rows])
    for row in rows:
        content = (ctx.settings.data / row.issued_path).read_bytes()
        if hashlib.sha256(content).hexdigest() != row.issued_sha256:
            raise drafts.DraftError(
                f"{row.issued_path} was changed after it was issued; restore it from a backup."
            )
        yield f"{DOCUMENTS}/{PurePosixPath(row.issued_path).name}", content
        yield from _papers(ctx, row)
        register = registers.get(row.id)
        if (
            register is not None
            and archive.archived_path(ctx.settings.archive, register.template_sha256).exists()
        ):
            template = archive.read_archived(ctx.settings.archive, register.template_sha256)
            yield f"{EVIDENCE}/mau/{row.kind}-{register.template_sha256[:12]}.docx", template
    for name in sorted({row.snapshot for row in rows}):
        frozen = session.get_one(tables.SnapshotRow, name).content
        snapshot = json.loads(frozen)
        yield f"phu-luc/so-lieu-{name[:12]}.xlsx", annex.write_annex(snapshot, drafts.office_texts(ctx))
        yield (
            f"{EVIDENCE}/so-lieu-chot-{name}.json",
            reporting.canonical_bytes(reporting.decode_snapshot(frozen)),
        )
        yield f"{EVIDENCE}/giai-trinh-{name[:12]}.txt", _explain(snapshot).encode()
        yield from _dossier(ctx, session, rows[0].milestone, name)
        yield from _sources(ctx, session, name, snapshot)
    entries = issuing.find_entries(ctx, session, rows[0].milestone)
    yield (
        "so-dang-ky.xlsx",
        write_register(entries, drafts.office_texts(ctx), datetime.fromisoformat(rows[-1].issued_at)),
    )


def _dossier(ctx: Context, session: Session, milestone: str, snapshot: str) -> Iterator[tuple[str, bytes]]:
    """The sheets of localities that go with the documents of a snapshot, as they were rendered."""
    for row in list_documents(session, milestone):
        kind = drafts.kind_of(ctx, row)
        # Only sheets of the very figures that were issued: a newer snapshot has others.
        if row.snapshot != snapshot or kind is None or kind.goes_to is not Destination.DOSSIER:
            continue
        try:
            yield (
                f"{EVIDENCE}/ho-so/{PurePosixPath(row.draft_path).name}",
                drafts.read_draft(ctx.settings.data, row),
            )
        except drafts.DraftError as error:
            logger.error("%s goes without a sheet: %s", milestone, error)


def _papers(ctx: Context, row: tables.DocumentRow) -> Iterator[tuple[str, bytes]]:
    """What changed since the version before, as a list and as tracked changes; a first version has none."""
    for suffix in (drafts.LISTING_SUFFIX, drafts.TRACKED_SUFFIX):
        path = PurePosixPath(drafts.paper_path(row.issued_path, suffix))
        if (ctx.settings.data / path).is_file():
            yield f"{EVIDENCE}/thay-doi/{path.name}", (ctx.settings.data / path).read_bytes()


def _explain(snapshot: Mapping[str, Any]) -> str:
    """Every result with its formula, and every input with file, sheet, cell and hash."""
    verdicts, reasons = snapshot["phrases"]["verdicts"], snapshot["phrases"]["reasons"]
    labels = {entry["code"]: entry["label"] for entry in snapshot["indicators"]}
    lines = [f"{snapshot['period']['label']}, {snapshot['frozen_at']}"]
    for locality in snapshot["localities"]:
        lines.append(f"\n{locality['code']} {locality['name']}: {verdicts[locality['verdict']]}")
        for result in locality["criteria"]:
            why = f" ({reasons.get(result['reason'], reasons['other'])})" if result["reason"] else ""
            said = f"{verdicts[result['verdict']]}{why}"
            lines.append(f"  {result['criterion']}: {said}  {result['formula']}".rstrip())
            for entry in result["inputs"]:
                where = f"{entry['sheet']}!{entry['cell']}, " if entry["cell"] else ""
                label = labels.get(entry["name"].rpartition(".")[2], "")
                name = f"{entry['name']} ({label})" if label else entry["name"]
                source = f"{where}{entry['file_name']} {entry['sha256']}"
                lines.append(f"    {name} = {entry['value']}  {source}".rstrip())
    return "\n".join(lines) + "\n"


def _sources(
    ctx: Context, session: Session, name: str, snapshot: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    """The list of source files, and the originals while they are not too many.

    An original with personal data stays in the archive: what was refused is handed to nobody.
    """
    used = {entry["sha256"]: entry for entry in snapshot["submissions"]}
    lines = [
        f"{sha256}  {entry['id']}  {entry['submitter']}  {entry['received_at']}  {entry['file_name']}\n"
        for sha256, entry in sorted(used.items())
    ]
    yield f"{EVIDENCE}/tep-nguon-{name[:12]}.txt", "".join(lines).encode()
    room = MAX_SOURCES
    personal = ledger.numbers_with(session, PERSONAL_FINDINGS)
    for sha256, entry in sorted(used.items()):
        if ledger.submission_number(entry["id"]) in personal:
            logger.info("%s goes without %s, which holds personal data", name, entry["id"])
            continue
        path = archive.archived_path(ctx.settings.archive, sha256)
        room -= path.stat().st_size if path.is_file() else 0
        if room < 0:
            logger.warning("the originals of %s are too many for a package; they stay in the archive", name)
            return
        try:
            content = archive.read_archived(ctx.settings.archive, sha256)
        except archive.ArchiveError as error:
            logger.error("%s goes without an original: %s", name, error)
            continue
        yield f"{SOURCES}/{sha256[:12]}{PurePosixPath(entry['file_name']).suffix[:8]}", content


def _pdfs(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A PDF of every document; one that lies in the folder already is kept, since no two are alike."""
    stems = {path[: -len(".docx")]: content for path, content in files.items() if path.startswith(DOCUMENTS)}
    known = {}  # LibreOffice writes its time into a PDF: made again, the package would differ each time
    for stem in stems:
        path = folder / f"{stem}.pdf"
        if path.is_file() and (folder / f"{stem}.docx").is_file():
            known[stem] = path.read_bytes()
    made = make_pdfs({stem: content for stem, content in stems.items() if stem not in known})
    return {f"{stem}.pdf": content for stem, content in {**known, **made}.items()}


def _checksums(files: Mapping[str, bytes]) -> bytes:
    """What `sha256sum -c` reads."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())]
    return "".join(lines).encode()


def _lay(folder: Path, files: Mapping[str, bytes]) -> None:
    """The package as a folder; what an earlier one had and this one has not goes away."""
    for path, content in files.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != content:
            write_file(target, content)
    for lying in sorted(folder.rglob("*")):
        if lying.is_file() and lying.relative_to(folder).as_posix() not in files:
            lying.unlink()


def pack(files: Mapping[str, bytes]) -> bytes:
    """A .zip of files; the same files give the same bytes."""
    # A fixed time and mode for every file, else the same files would give other bytes.
    return write_archive(sorted(files.items()), moment=MOMENT, mode=0o644)


def _register(ctx: Context) -> bytes:
    """The register of all milestones."""
    with ctx.store.reading() as session:
        entries = issuing.find_entries(ctx, session)
        newest = max(row.issued_at for row in list_documents(session))
    return write_register(entries, drafts.office_texts(ctx), datetime.fromisoformat(newest))


def _enqueue_letters(ctx: Context, session: Session, rows: Sequence[tables.DocumentRow]) -> None:
    """Queue a letter to every recipient of a kind of document, once per document."""
    for row in rows:
        recipients = load_recipients(ctx.settings.plans / ctx.plan_of(row.milestone).id)
        addresses = [
            entry.email for entry in recipients if not entry.documents or row.kind in entry.documents
        ]
        if addresses:
            subject = deliveries.Subject(ISSUED_LETTER, row.id, row.issued_sha256)
            deliveries.enqueue(session, subject, list(dict.fromkeys(addresses)), clock.now())
            # A letter that was given up is tried again whenever the package is made again.
            deliveries.try_again(session, ISSUED_LETTER, row.id, clock.now())


def make_pdfs(documents: Mapping[str, bytes], seconds: float = PDF_SECONDS) -> dict[str, bytes]:
    """PDFs of Word documents by the same names, those that came out; none without LibreOffice.

    Args:
        documents: .docx files by their names without an ending.
        seconds: after which the conversion is ended.
    """
    office = shutil.which("soffice")
    if office is None or not documents:
        return {}
    with tempfile.TemporaryDirectory(prefix="chuyenhoa-pdf-") as folder:
        place = Path(folder)
        sources = []
        for number, content in enumerate(documents.values()):
            sources.append(place / f"{number}.docx")
            sources[-1].write_bytes(content)
        _convert(office, place, sources, seconds)
        found = {}
        for number, name in enumerate(documents):
            path = place / f"{number}.pdf"
            content = path.read_bytes() if path.is_file() else b""
            # A conversion that was ended leaves half a file, or none.
            if content.startswith(b"%PDF"):
                found[name] = content
            else:
                logger.warning("%s: no PDF came out", name)
    return found


def _convert(office: str, place: Path, sources: list[Path], seconds: float) -> None:
    """Run LibreOffice on a profile of its own, and end it with all that it started when it takes too long."""
    # A profile of its own: two conversions, or a clerk's open LibreOffice, would wait for each other's lock.
    profile = (place / "profile").as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf"]
    process = subprocess.Popen(  # noqa: S603 - the LibreOffice of the machine, on files of ours
        [*command, "--outdir", str(place), *map(str, sources)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(place), "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": LOCALE},
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        logger.warning("LibreOffice took more than %g s; what it has made is taken", seconds)
    finally:
        # Its own session: what it started ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
