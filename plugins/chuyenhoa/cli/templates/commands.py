"""Commands for the Word templates of the office: preview on made-up data, and the dictionary of fields."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chuyenhoa import settings
from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.printing import print_json

Read = Callable[[Path], bytes]


def add_commands(templates: Any, read: Read) -> None:
    """Add preview and fields to `chuyenhoa templates`; `read` opens a Word file or refuses it."""
    preview = templates.add_parser(
        "preview",
        help="render templates on made-up data that strains them",
        description="The templates on worst-case data: longest names, nothing sent, no locality, 300 "
        "localities; as PDF too where LibreOffice is installed. Exit code 1 when a template breaks on one "
        "of them.",
    )
    preview.add_argument("file", nargs="?", type=Path, help="a .docx; all shipped templates if left out")
    preview.add_argument("--kind", help="kind of document; the file's name without .docx if left out")
    preview.add_argument("--out", type=Path, required=True, help="folder for the documents")
    preview.add_argument("--no-pdf", action="store_true", help="no PDF, even where LibreOffice is installed")
    preview.set_defaults(run=lambda options: preview_templates(options, read))
    fields = templates.add_parser(
        "fields",
        help="the fields that templates may use",
        description="Every field with its meaning and an example, as in docs/truong-du-lieu.md.",
    )
    fields.add_argument("--kind", help="one kind of document; all if left out")
    fields.add_argument("--markdown", action="store_true", help="as docs/truong-du-lieu.md holds it")
    fields.set_defaults(run=print_fields)
    for parser in (preview, fields):
        parser.add_argument("--json", action="store_true", help="print for programs")


def shipped_templates() -> list[Path]:
    """The Word files among the templates, without the lock files of an open Word.

    Raises:
        UnusableError: there are none.
    """
    folder = settings.load().templates / "documents"
    found = sorted(path for path in folder.glob("*.docx") if not path.name.startswith("~$"))
    if not found:
        raise UnusableError(f"{folder}: no template here.")
    return found


def kind_of(path: Path, named: str | None) -> str:
    """The kind of document that a template is for.

    Raises:
        UnusableError: there is no such kind.
    """
    from chuyenhoa.reporting.papers.kinds import load_kinds

    kind, kinds = named or path.stem, load_kinds()
    if kind not in kinds:
        known = ", ".join(kinds)
        advice = "" if named else "; say which one it is with --kind"
        raise UnusableError(f"{path}: {kind!r} is no kind of document{advice}. Kinds are {known}.")
    return kind


def preview_templates(options: argparse.Namespace, read: Read) -> int:
    """`chuyenhoa templates preview`: 1 when a template breaks on one of the cases.

    Raises:
        UnusableError: no such file, no .docx, no such kind, or a folder that cannot be written.
    """
    from chuyenhoa.cli.templates.previewing import make_samples, try_template, write_trials

    samples = make_samples()
    entries: list[dict[str, Any]] = []
    for path in [options.file] if options.file else shipped_templates():
        trials = try_template(read(path), kind_of(path, options.kind if options.file else None), samples)
        try:
            for trial, written in write_trials(trials, options.out):
                problems = [trial.error] if trial.error else [str(problem) for problem in trial.layout]
                entry = {
                    "kind": trial.kind,
                    "case": trial.case.title,
                    "path": str(written),
                    "problems": problems,
                }
                entries.append(entry)
                if not options.json:
                    _print_trial(entry)
        except OSError as error:
            raise UnusableError(f"{options.out}: {error}") from error
    if not options.no_pdf:
        _write_pdfs([Path(entry["path"]) for entry in entries])
    if options.json:
        print_json(entries)
    return 1 if any(entry["problems"] for entry in entries) else 0


def _print_trial(entry: dict[str, Any]) -> None:
    head = f"{entry['path']} ({entry['case']})"
    print(f"{head}:" if entry["problems"] else f"{head}: no problem")
    for problem in entry["problems"]:
        print(f"  {problem}")


def _write_pdfs(documents: list[Path]) -> None:
    """PDFs beside the documents, where LibreOffice is installed."""
    from chuyenhoa.pipeline.publish.handover import make_pdfs

    contents = {path.stem: path.read_bytes() for path in documents if path.exists()}
    for name, content in make_pdfs(contents).items():
        (documents[0].parent / f"{name}.pdf").write_bytes(content)


def print_fields(options: argparse.Namespace) -> int:
    """`chuyenhoa templates fields`.

    Raises:
        UnusableError: there is no such kind.
    """
    from chuyenhoa.cli.templates.field_guide import list_fields, write_guide
    from chuyenhoa.reporting.papers.kinds import load_kinds

    if options.markdown:
        sys.stdout.write(write_guide())
        return 0
    kinds = [kind_of(Path(options.kind), options.kind)] if options.kind else list(load_kinds())
    entries = list_fields(kinds)
    if options.json:
        print_json(entries)
        return 0
    for entry in entries:
        where = "" if options.kind else f"  [{', '.join(entry.kinds)}]"
        print(f"{entry.name}  ({entry.what}): {entry.meaning}{where}")
        if entry.example:
            print(f"    ví dụ: {entry.example}")
    return 0
