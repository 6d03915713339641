"""Commands on a locality's life across plans: recognise, transition, lifecycle."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chuyenhoa.assessment import targets
from chuyenhoa.cli import labels
from chuyenhoa.cli.output import UnusableError, print_json, print_table, read_given_file
from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model import form, lifecycle
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.assess import assessing, locality_status
from chuyenhoa.pipeline.assess.lifecycle import Act, recognise, record_states, withdraw
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.store.lifecycle import Recorded

ORIGINS = {targets.RECORDED: "chính thức, theo quyết định"}


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    recognised = commands.add_parser(
        "recognise",
        help="record the decision on recognition of localities",
        description="Records the decision on recognition of localities beside the computed verdict.",
        epilog="Example: chuyenhoa recognise --milestone 2021-nam --locality 30745 --decision met "
        "--number 12/QĐ-BCĐ --date 24/01/2022 --by WHO",
    )
    recognised.add_argument("--milestone", required=True, help="as in 2021-nam")
    recognised.add_argument("--decision", choices=("met", "not_met"), help="of --locality")
    recognised.set_defaults(run=record_recognition)
    moved = commands.add_parser(
        "transition",
        help="record another state of localities, or take a record back",
        epilog="Example: chuyenhoa transition --plan 2021 --state monitored --locality 30745 --number "
        "12/QĐ-BCĐ --date 24/01/2022 --by WHO",
    )
    moved.add_argument("--plan", help="as in 2021; a plan from before this system by its year")
    moved.add_argument(
        "--state", choices=[state.value for state in lifecycle.State], help="the state that is reached"
    )
    moved.add_argument("--withdraw", type=int, metavar="RECORD", help="number of a record to take back")
    moved.set_defaults(run=record_transition)
    for parser in (recognised, moved):
        parser.add_argument(
            "--locality", action="append", default=[], help="code; may be given several times"
        )
        parser.add_argument("--file", type=Path, help="CSV or Excel with a row a locality instead")
        parser.add_argument("--number", default="", help="number of the decision, as in 12/QĐ-BCĐ")
        parser.add_argument("--date", default="", help="its date, dd/mm/yyyy")
        parser.add_argument("--by", required=True, help="who records it")
        parser.add_argument("--reason", default="", help="needed where it differs from the computed verdict")
    life = commands.add_parser(
        "lifecycle",
        help="where localities stand across plans, and who decided it",
        description="Where localities stand, who decided it, and the province's targets, forecast and "
        "official.",
    )
    life.add_argument("--plan", help="as in 2021; all plans if left out")
    life.add_argument("--locality", help="code: the whole history of one locality")
    life.set_defaults(run=print_lifecycle)
    for parser in (recognised, moved, life):
        parser.add_argument("--json", action="store_true", help="print for programs")


def record_recognition(options: argparse.Namespace) -> int:
    """`chuyenhoa recognise`.

    Raises:
        UnusableError: nothing was recorded; the text says why, act by act.
    """
    state = DECISIONS[options.decision] if options.decision else None
    acts = _acts(options, state)
    return _record(options, lambda: recognise(options.milestone, acts, options.by))


def record_transition(options: argparse.Namespace) -> int:
    """`chuyenhoa transition`.

    Raises:
        UnusableError: nothing was recorded; the text says why, act by act.
    """
    if options.withdraw is not None:
        return _record(options, lambda: [withdraw(options.withdraw, options.by, options.reason)])
    if not options.plan:
        raise UnusableError("--plan says for which plan it was decided.")
    acts = _acts(options, STATES[options.state] if options.state else None)
    return _record(options, lambda: record_states(options.plan, acts, options.by))


def _acts(options: argparse.Namespace, state: lifecycle.State | None) -> Sequence[Act]:
    if options.file:
        return read_acts(options.file, options.number, options.date, state)
    if not options.locality or state is None:
        raise UnusableError("Name a --locality and what was decided on it, or a --file of decisions.")
    day = read_day(options.date)
    return [Act(code, state, options.number, day, options.reason) for code in options.locality]


def _record(options: argparse.Namespace, run: Any) -> int:
    try:
        made: list[lifecycle.Transition] = run()
    except lifecycle.TransitionError as error:
        raise UnusableError(f"Chưa ghi nhận gì:\n{error}") from error
    if options.json:
        print_json(made)
    for entry in () if options.json else made:
        print(f"{entry.number}  {entry.locality}  {_format_record(entry)}")
    return 0


def _format_record(entry: lifecycle.Transition) -> str:
    act = f"hủy bản ghi số {entry.withdraws}" if entry.withdraws else lifecycle.STATE_WORDS[entry.state]
    text = f"{act}: số {entry.decision_number} ngày {format_date(entry.decision_date)}, {entry.by} ghi nhận"
    if entry.computed:
        text += f"; tính toán: {labels.VERDICTS[entry.computed]}"
    return text + (f"; lý do: {entry.reason}" if entry.reason else "")


def print_lifecycle(options: argparse.Namespace) -> int:
    """`chuyenhoa lifecycle`: one locality's history, or the localities of plans with the province's targets.

    Raises:
        UnusableError: there is no such plan or locality.
    """
    ctx = open_context()
    if options.plan and options.plan not in ctx.plans:
        ctx.refuse_broken(options.plan)
    if options.plan and options.plan not in ctx.plans and not locality_status.list_history(options.plan):
        raise UnusableError(f"no plan {options.plan!r}; plans are {', '.join(ctx.plans)}.")
    names = locality_status.names_of(ctx)
    # By unit too: a code that is issued again begins a life of its own (decision 0027).
    history: dict[Key, list[Recorded]] = {}
    for entry in locality_status.list_history(locality=options.locality or ""):
        record = entry.transition
        history.setdefault((record.locality, record.unit), []).append(entry)
    if options.locality and options.locality not in names and not history:
        raise UnusableError(f"no locality {options.locality!r} is known, and no record names it.")
    listed = _listed(ctx, options, history) or {(options.locality, ""): names[options.locality]}
    found = [_life(key[0], name, history.get(key, [])) for key, name in listed.items()]
    plan = ctx.plans.get(options.plan or "")
    kpis, carried, before = _around(ctx, plan) if plan else ((), [], {})
    if options.json:
        print_json({"localities": found, "kpis": kpis, "not_carried_over": carried})
        return 0
    _print_lives(found, details=bool(options.locality))
    for kpi in kpis:
        print(_format_kpi(kpi, {**names, **before} if kpi.code in _over_earlier(plan) else names))
    for code in carried:
        print(f"! {code} {names.get(code, '')}: chưa đạt ở kế hoạch trước, không có trong danh sách này")
    return 0


# A locality's code and its unit, since a code is issued again.
Key = tuple[str, str]


def _listed(
    ctx: Context, options: argparse.Namespace, history: Mapping[Key, Sequence[Recorded]]
) -> dict[Key, str]:
    """The localities to show, with their names: those of the plans asked about, then of records alone."""
    plans = [plan for plan in ctx.plans.values() if options.plan in (None, plan.id)]
    listed = {
        (entry.code, locality_status.unit_of(ctx, plan.id, plan.year, entry.code)): entry.name
        for plan in plans
        for entry in plan.localities
        if options.locality in (None, entry.code)
    }
    # Records alone: a plan from before this system, known by its year, has no list of localities here.
    for key, entries in history.items():
        if not options.plan or any(entry.transition.plan == options.plan for entry in entries):
            listed.setdefault(key, entries[-1].name)
    return listed


def _life(code: str, name: str, entries: Sequence[Recorded]) -> dict[str, Any]:
    records = [entry.transition for entry in entries]
    state = lifecycle.state_of(records)
    return {
        "locality": code,
        "name": entries[-1].name if entries and entries[-1].name else name,
        "state": state,
        "allowed": list(lifecycle.allowed_after(state)),
        "records": records,
    }


def _print_lives(found: Sequence[dict[str, Any]], *, details: bool) -> None:
    rows = []
    for life in found:
        last = lifecycle.in_force(life["records"])[-1:]
        # The last record in force: one that was withdrawn stays in the history and decides nothing.
        decided = [f"số {e.decision_number} ngày {format_date(e.decision_date)}" for e in last]
        computed = [labels.VERDICTS[e.computed] for e in last if e.computed]
        rows.append(
            [
                life["locality"],
                life["name"],
                lifecycle.STATE_WORDS[life["state"]],
                *(computed or [""]),
                *decided,
            ]
        )
    width = max((len(row) for row in rows), default=0)
    head = ("mã", "địa bàn", "trạng thái", "tính toán", "văn bản")
    print_table(head, [[*row, *[""] * (len(head) - len(row))] for row in rows] if width else [])
    for life in found if details else ():
        for entry in life["records"]:
            print(f"  {entry.number}  kế hoạch {entry.plan}  {_format_record(entry)}")


def _around(ctx: Context, plan: Plan) -> tuple[Sequence[lifecycle.Kpi], list[str], Mapping[str, str]]:
    """The plan's targets at its last milestone, what it fails to carry over, and names of earlier plans."""
    milestone = plan.milestones[-1]
    with ctx.store.reading() as session:
        gathered = assessing.gather_evidence(ctx, session, milestone)
        found = assessing.compute_assessment(
            plan, milestone, gathered, assessing.find_earlier(ctx, session, plan)
        )
        left_out = [entry.locality for entry in locality_status.not_carried_over(ctx, session, plan)]
        status = locality_status.find_locality_status(ctx, session, plan, found)
    earlier = [entry.recognised for entry in status.earlier]
    names = {
        entry.locality: locality_status.name_in(ctx, entry.plan, entry.year, entry.locality)
        for entry in earlier
    }
    return status.kpis, left_out, {code: name for code, name in names.items() if name}


def _over_earlier(plan: Plan | None) -> set[str]:
    """The targets that count localities of earlier plans."""
    return {target.code for target in plan.targets if target.of == targets.NOT_RELAPSED} if plan else set()


def _format_kpi(kpi: lifecycle.Kpi, names: Mapping[str, str]) -> str:
    origin = ORIGINS.get(kpi.origin, "dự báo, theo tính toán")
    text = f"{kpi.code} ({origin}): {kpi.reached}/{kpi.total} địa bàn, cần {kpi.needed}"
    text += f": {labels.VERDICTS[kpi.verdict]}"
    for word, codes in (("đạt", kpi.reached_localities), ("không đạt", kpi.failed_localities)):
        if codes:
            text += f"\n    {word}: {', '.join(names.get(code) or code for code in codes)}"
    return text


STATE, NUMBER, DAY = "TRANG_THAI", "SO_QUYET_DINH", "NGAY_QUYET_DINH"
# Words of column KET_QUA, and of --decision.
DECISIONS = {
    "met": lifecycle.State.RECOGNISED,
    "đạt": lifecycle.State.RECOGNISED,
    "not_met": lifecycle.State.NOT_RECOGNISED,
    "không đạt": lifecycle.State.NOT_RECOGNISED,
    "chưa đạt": lifecycle.State.NOT_RECOGNISED,
}
# Words of column TRANG_THAI, and of --state.
STATES = {
    **{state.value: state for state in lifecycle.State},
    **{word: state for state, word in lifecycle.STATE_WORDS.items() if state is not None},
}


def read_day(text: str) -> date | None:
    """A date written dd/mm/yyyy or in ISO form; None when it is none."""
    # As people type it, or as `_text` writes a date cell of Excel.
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a plain date has no zone
        except ValueError:
            continue
    return None


def read_acts(path: Path, number: str = "", day: str = "", state: lifecycle.State | None = None) -> list[Act]:
    """The decisions of a file; number and date given beside it hold where their cells are empty.

    Columns: MA_DIA_BAN; KET_QUA (Đạt, Chưa đạt) or TRANG_THAI; SO_QUYET_DINH, NGAY_QUYET_DINH, LY_DO.

    Raises:
        UnusableError: it cannot be read, or a row says no state that we know; every such row is named.
    """
    rows = list(_read_rows(path))
    if not rows:
        raise UnusableError(f"{path}: không có dòng nào.")
    header = [text.strip().upper() for text in rows[0][1]]
    if form.LOCALITY_CODE not in header:
        raise UnusableError(f"{path}: không có cột {form.LOCALITY_CODE} ở dòng đầu.")
    acts, faults = [], []
    for line, cells in rows[1:]:
        entry = dict(zip(header, (text.strip() for text in cells), strict=False))
        if not any(entry.values()):
            continue
        said = entry.get(form.ANSWER, "").casefold() or entry.get(STATE, "").casefold()
        # An empty cell takes the state given beside the file; an unknown word is a fault, never a guess.
        reached = {**STATES, **DECISIONS}.get(said) if said else state
        code = entry.get(form.LOCALITY_CODE, "")
        if reached is None or not code:
            faults.append(f"{path}, dòng {line}: chưa rõ địa bàn {code!r} được quyết định thế nào ({said!r})")
            continue
        named, on = entry.get(NUMBER) or number, read_day(entry.get(DAY) or day)
        acts.append(Act(code, reached, named, on, entry.get(form.REASON, ""), f"dòng {line}, "))
    # All rows or none: half a decision recorded would have to be withdrawn row by row.
    if faults or not acts:
        raise UnusableError("\n".join(faults) or f"{path}: không có quyết định nào.")
    return acts


def _read_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows of texts with their numbers, from 1."""
    content = read_given_file(path)
    if content.startswith(b"PK"):  # an .xlsx is a zip, whatever its name says
        yield from enumerate(_read_sheet(path, content), 1)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableError(f"{path}: không phải tệp Excel hay CSV mã UTF-8.") from error
    # Excel with Vietnamese settings separates a CSV by semicolons, since the comma is the decimal sign there.
    first = text.partition("\n")[0]
    yield from enumerate(csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ","), 1)


def _read_sheet(path: Path, content: bytes) -> list[list[str]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        # `data_only`: of a formula the value that Excel saved, which is what the office saw.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UnusableError(f"{path}: không đọc được như một tệp Excel ({error}).") from error
    return [[_text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)
