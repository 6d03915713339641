"""A messy week of one inbox: good, faulty, corrected, repeated, supplementary and hostile files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

from chuyenhoa.pipeline.assess.assessing import assess_milestone, milestones_to_assess
from chuyenhoa.pipeline.receive.workbooks import open_period
from tests.integration.forms import fill
from tests.integration.rehearsal import run_intake

RACH_GIA, HA_TIEN, KIEN_LUONG = "899-rach-gia", "900-ha-tien", "902-kien-luong"
SetTime = Callable[[str], None]


def drop(data: Path, folder: str, name: str, content: bytes) -> None:
    """Put a file into a folder of the inbox."""
    path = data / "inbox" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def blank(data: Path, folder: str) -> Path:
    """The blank workbook of the six-month period."""
    return data / "outbox" / folder / f"BIEU-MAU-2021-6t-{folder}.xlsx"


def reasons_alone(data: Path, folder: str) -> bytes:
    """A workbook with reasons and texts, and no figure."""
    book = load_workbook(blank(data, folder))
    for name in ("Số liệu", "Cùng kỳ", "Định tính"):
        del book[name]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def open_forms(set_time: SetTime) -> None:
    """Hand out the blank workbooks."""
    set_time("2021-10-08T08:00:00+07:00")
    open_period("2021-6t")


def drop_first_day(data: Path) -> None:
    """What lies in the inbox on the first morning."""
    good = fill(blank(data, RACH_GIA))
    drop(data, RACH_GIA, "báo cáo.xlsx", good)
    drop(data, RACH_GIA, "báo cáo (2).xlsx", good)
    drop(data, HA_TIEN, "bao-cao.xlsx", fill(blank(data, HA_TIEN), {("30772", "TTXH_KP"): 25}))
    drop(data, HA_TIEN, "nham.xlsx", good)
    drop(data, KIEN_LUONG, "rong.xlsx", b"")
    drop(data, KIEN_LUONG, "ảnh.png", b"\x89PNG\r\n\x1a\n0000")
    drop(
        data, KIEN_LUONG, "goi.zip", zipped({"a/bao-cao.xlsx": fill(blank(data, KIEN_LUONG)), "b.txt": b"x"})
    )


def play(data: Path, set_time: SetTime) -> None:
    """The whole week, with a pass of intake every day."""
    open_forms(set_time)
    set_time("2021-10-12T09:00:00+07:00")
    drop_first_day(data)
    run_intake()
    set_time("2021-10-13T09:00:00+07:00")
    drop(data, HA_TIEN, "bao-cao.xlsx", fill(blank(data, HA_TIEN), {("30772", "TTXH_KP"): 16}))
    drop(data, RACH_GIA, "giai-trinh.xlsx", reasons_alone(data, RACH_GIA))
    drop(data, RACH_GIA, "sua.xlsx", fill(blank(data, RACH_GIA), {("30745", "TTXH_DT"): 3000}))
    run_intake()
    for milestone in milestones_to_assess():
        assess_milestone(milestone)
    set_time("2021-10-19T09:00:00+07:00")
    drop(data, RACH_GIA, "lai.xlsx", fill(blank(data, RACH_GIA)))
    run_intake()
    for milestone in milestones_to_assess():
        assess_milestone(milestone)
