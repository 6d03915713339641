"""Commands on Word files: check, preview and fields of the templates, and the layout of any document."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from lxml import etree

from chuyenhoa import reporting, settings
from chuyenhoa.cli import samples
from chuyenhoa.cli.output import UnusableError, print_json, read_given_file
from chuyenhoa.kit.fast_yaml import load_yaml
from chuyenhoa.kit.ooxml import docx_package, markup, wordml
from chuyenhoa.reporting import load_kinds
from chuyenhoa.reporting.papers.context import contract_of
from chuyenhoa.reporting.templates.walk import describe_type


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    templates = commands.add_parser("templates", help="the Word templates: check, preview, fields")
    template_commands = templates.add_subparsers(required=True, metavar="check|preview|fields")
    template_check = template_commands.add_parser(
        "check",
        help="check one template, or all",
        description="Tags and fields of the Word templates, and the layout of what comes out of them; a "
        "file of another name needs its kind. Exit code 1 when something is wrong.",
    )
    _add_previewing(template_commands)
    template_check.add_argument(
        "file", nargs="?", type=Path, help="a .docx; all shipped templates if left out"
    )
    template_check.add_argument("--kind", help="kind of document; the file's name without .docx if left out")
    template_check.set_defaults(run=check_templates)
    layout = commands.add_parser("layout", help="layout check: a document's layout against Decree 30/2020")
    layout_check = layout.add_subparsers(required=True, metavar="check").add_parser(
        "check",
        help="check one document",
        description="The layout of any Word file against Decree 30/2020/NĐ-CP, element by element. Exit "
        "code 1 when something is not as it asks.",
    )
    layout_check.add_argument("file", type=Path, help="a .docx")
    layout_check.set_defaults(run=check_layout)
    for parser in (template_check, layout_check):
        parser.add_argument("--json", action="store_true", help="print for programs")


def _add_previewing(templates: Any) -> None:
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
    preview.set_defaults(run=preview_templates)
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
    # An open Word leaves "~$bao-cao.docx" beside the file; it ends in .docx and is none.
    found = sorted(path for path in folder.glob("*.docx") if not path.name.startswith("~$"))
    if not found:
        raise UnusableError(f"{folder}: no template here.")
    return found


def kind_of(path: Path, named: str | None) -> str:
    """The kind of document that a template is for.

    Raises:
        UnusableError: there is no such kind.
    """
    kind, kinds = named or path.stem, load_kinds()
    if kind not in kinds:
        known = ", ".join(kinds)
        advice = "" if named else "; say which one it is with --kind"
        raise UnusableError(f"{path}: {kind!r} is no kind of document{advice}. Kinds are {known}.")
    return kind


def preview_templates(options: argparse.Namespace) -> int:
    """`chuyenhoa templates preview`: 1 when a template breaks on one of the cases.

    Raises:
        UnusableError: no such file, no .docx, no such kind, or a folder that cannot be written.
    """
    made_up = samples.make_samples()
    entries: list[dict[str, Any]] = []
    for path in [options.file] if options.file else shipped_templates():
        trials = samples.try_template(
            _read_document(path), kind_of(path, options.kind if options.file else None), made_up
        )
        try:
            for trial, written in samples.write_trials(trials, options.out):
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
        # After all trials: LibreOffice converts all documents in one go.
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
    if options.markdown:
        sys.stdout.write(write_guide())
        return 0
    kinds = [kind_of(Path(options.kind), options.kind)] if options.kind else list(load_kinds())
    entries = list_fields(kinds)
    if options.json:
        print_json(entries)
        return 0
    for entry in entries:
        # With one kind asked about, its name behind every field would say nothing.
        where = "" if options.kind else f"  [{', '.join(entry.kinds)}]"
        print(f"{entry.name}  ({entry.what}): {entry.meaning}{where}")
        if entry.example:
            print(f"    ví dụ: {entry.example}")
    return 0


def check_templates(options: argparse.Namespace) -> int:
    """`chuyenhoa templates check`: one template, or all of them; 1 when something is wrong.

    Raises:
        UnusableError: no such file, no .docx, or no such kind of document.
    """
    if options.kind and not options.file:
        raise UnusableError("--kind says what one file is: name the file too.")
    made_up = samples.make_samples()
    found = {
        str(path): samples.diagnose(_read_document(path), kind_of(path, options.kind), made_up)
        for path in ([options.file] if options.file else shipped_templates())
    }
    return _print_problems(found, as_json=options.json)


def check_layout(options: argparse.Namespace) -> int:
    """`chuyenhoa layout check`: 1 when something is not as Decree 30/2020 asks.

    Raises:
        UnusableError: no such file, or no .docx.
    """
    found = {str(options.file): reporting.check_layout(_read_document(options.file))}
    return _print_problems(found, as_json=options.json)


def _read_document(path: Path) -> bytes:
    """The bytes of a Word file, all of whose parts can be read.

    Raises:
        UnusableError: it cannot.
    """
    content = read_given_file(path)
    try:
        parts = docx_package.read_parts(content)
        # All parts, also those that no check looks at: a damaged one is refused here, not while rendering.
        trees = {
            name: markup.parse_xml(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))
        }
    except docx_package.PackageError as error:
        raise UnusableError(f"{path}: {error}") from error
    except etree.XMLSyntaxError as error:
        raise UnusableError(f"{path}: The file is damaged ({error}); save it again in Word.") from error
    if "[Content_Types].xml" not in trees or trees["word/document.xml"].find(f"{wordml.W}body") is None:
        raise UnusableError(f"{path}: The file is damaged (parts are missing); save it again in Word.")
    return content


def _print_problems(
    found: Mapping[str, Sequence[reporting.LayoutProblem | reporting.TemplateProblem]], *, as_json: bool
) -> int:
    """Problems by path; 1 when there is one."""
    if as_json:
        print_json({path: [_problem_json(problem) for problem in listed] for path, listed in found.items()})
    for path, problems in found.items():
        if not as_json:
            print(f"{path}:" if problems else f"{path}: no problem")
            for problem in problems:
                print(f"  {problem}")
    # Warnings are findings, too, so they count for the exit code.
    return 1 if any(found.values()) else 0


def _problem_json(problem: reporting.LayoutProblem | reporting.TemplateProblem) -> dict[str, str]:
    return {**dataclasses.asdict(problem), "text": str(problem)}


UNDESCRIBED = "(chưa có mô tả)"
# Longest example shown, so that a row of the table stays on a page.
_SHOWN = 70


@dataclasses.dataclass(frozen=True)
class FieldEntry:
    """One name that a template may use."""

    name: str
    """`subject`, `board.name`, `group_rows[].met`: `[]` stands for a row of a list."""
    what: str
    """What it is: a text, a list, a group."""
    meaning: str
    example: str
    kinds: tuple[str, ...]
    """The kinds of document that have it."""


def list_fields(kinds: Sequence[str]) -> list[FieldEntry]:
    """Every field of some kinds of documents, by name.

    Raises:
        KeyError: there is no such kind.
    """
    found: dict[str, FieldEntry] = {}
    for kind in kinds:
        contract = contract_of(load_kinds()[kind].context)
        for name, hint in get_type_hints(contract).items():
            example = samples.sample_context(kind).get(name)
            meaning = _meanings()["fields"].get(name, UNDESCRIBED)
            for entry in _expand(name, meaning, hint, example):
                known = found.get(entry.name)
                before = known.kinds if known else ()
                # A field that the first kind leaves empty takes its example from another one.
                shown = known.example if known and known.example else entry.example
                found[entry.name] = FieldEntry(entry.name, entry.what, entry.meaning, shown, (*before, kind))
    return [found[name] for name in sorted(found)]


def _expand(name: str, meaning: str, hint: Any, example: Any) -> list[FieldEntry]:
    """A field and, for a group or a list of rows, what is within."""
    inner = get_args(hint)[0] if get_origin(hint) is list else hint
    entries = [FieldEntry(name, _describe(hint, inner), meaning, _show(example), ())]
    if is_typeddict(inner):
        first = example[0] if isinstance(example, list) and example else example
        values: Mapping[str, Any] = first if isinstance(first, Mapping) else {}
        opening = name if inner is hint else f"{name}[]"
        meanings = _meanings()["types"].get(inner.__name__, {})
        for part, kind in get_type_hints(inner).items():
            entries += _expand(f"{opening}.{part}", meanings.get(part, UNDESCRIBED), kind, values.get(part))
    return entries


def _describe(hint: Any, inner: Any) -> str:
    return "danh sách dòng" if is_typeddict(inner) and inner is not hint else describe_type(hint)


def _show(value: Any) -> str:
    """An example on one line; of a list its first entry, of groups and switches nothing."""
    if isinstance(value, list):
        value = value[0] if value and isinstance(value[0], str) else ""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"


def write_guide() -> str:
    """The dictionary of all kinds as Markdown."""
    kinds = list(load_kinds())
    titles = {name: kind.title for name, kind in load_kinds().items()}
    lines = [_meanings()["guide"], "| Trường | Là | Nghĩa | Ví dụ | Văn bản |", "|---|---|---|---|---|"]
    for entry in list_fields(kinds):
        where = (
            "tất cả" if len(entry.kinds) == len(kinds) else "; ".join(titles[kind] for kind in entry.kinds)
        )
        cells = (f"`{entry.name}`", entry.what, entry.meaning, entry.example, where)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _meanings() -> Mapping[str, Any]:
    return _read_yaml(settings.load().templates / "messages" / "fields.yaml")


@lru_cache(maxsize=4)
def _read_yaml(path: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = load_yaml(path.read_text(encoding="utf-8"))
    return content
