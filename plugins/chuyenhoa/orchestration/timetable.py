"""When milestones are reported: a partitioned timetable whose runs come from the plans' periods."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pendulum
from airflow.exceptions import InvalidPartitionKeyError
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

from chuyenhoa import clock, settings

if TYPE_CHECKING:
    from airflow.utils.types import DagRunType

    from chuyenhoa.model.plan import Period, Plan

logger = logging.getLogger(__name__)

LAST_GOOD = "milestones.json"
"""The file of the data folder that keeps each plan's milestones as they were when it last could be run."""
REPORT_TIME = time(8, 0, tzinfo=clock.ZONE)
"""When, on the day after its last day on time, a milestone is reported."""


class MilestoneError(ValueError):
    """A run names no milestone, or one that no plan knows."""


@dataclass(frozen=True, order=True)
class Milestone:
    """One run of the timetable; ordered as Airflow orders partitions, by date first."""

    partition_date: datetime
    """First instant after the reporting window, in Asia/Ho_Chi_Minh."""
    run_after: datetime
    id: str

    @classmethod
    def of_period(cls, period: Period) -> Milestone:
        """The run that reports `period`: 08:00 on the day after its last day on time."""
        return cls(
            partition_date=datetime.combine(period.window.end + timedelta(days=1), time(tzinfo=clock.ZONE)),
            run_after=datetime.combine(period.deadline + timedelta(days=1), REPORT_TIME),
            id=period.id,
        )

    @classmethod
    def of_json(cls, entry: Sequence[str]) -> Milestone:
        """What `to_json` made.

        Raises:
            ValueError: it is none.
        """
        name, run_after, partition_date = entry
        return cls(datetime.fromisoformat(partition_date), datetime.fromisoformat(run_after), name)

    def to_json(self) -> list[str]:
        """Id, run_after and partition_date (ISO times)."""
        return [self.id, self.run_after.isoformat(), self.partition_date.isoformat()]

    def info(self) -> DagRunInfo:
        """This milestone in Airflow's words.

        There is no data interval: the windows of a year's milestones start on the same day, and Airflow
        creates no two runs with the same logical date.
        """
        return DagRunInfo(
            run_after=_in_utc(self.run_after),
            data_interval=None,
            partition_date=_in_utc(self.partition_date),
            partition_key=self.id,
        )


def read_milestones() -> tuple[Milestone, ...]:
    """The milestones of every plan, in order of time; it never raises, whatever lies in plans/.

    A plan that cannot be run keeps the milestones that it had when it last could: without them its runs would
    vanish from the calendar while somebody edits criteria.yaml.
    """
    from chuyenhoa.plan import load_plans

    home, data = settings.project_folders()
    loaded = load_plans(home / "plans")
    for fault in loaded.faults.values():
        logger.warning("%s", fault)
    known = _read_last_good(data / LAST_GOOD)
    # A folder that was taken away is no plan any more; when none can be run, none was meant to go.
    there = [name for name in known if not loaded.sound or os.path.lexists(home / "plans" / name)]
    kept = {name: known[name] for name in there} | _sound_milestones(loaded.sound)
    if kept != known:
        _keep_last_good(data / LAST_GOOD, kept)
    # Two plans cannot both have the milestone of a run: the first counts.
    first = {milestone.id: milestone for name in sorted(kept, reverse=True) for milestone in kept[name]}
    return tuple(sorted(first.values()))


LastGood = dict[str, tuple[Milestone, ...]]
"""Milestones by the folder of their plan."""


def _sound_milestones(plans: Mapping[str, Plan]) -> LastGood:
    found = {}
    for name, plan in plans.items():
        try:
            found[name] = tuple(map(Milestone.of_period, plan.milestones))
        except OverflowError:  # the day after 31/12/9999
            logger.exception("the milestones of plan %s have no time to report them", name)
    return found


def _read_last_good(path: Path) -> LastGood:
    """What `_keep_last_good` wrote; nothing where the file is missing or damaged."""
    try:
        kept = json.loads(path.read_bytes())
        return {name: tuple(map(Milestone.of_json, entries)) for name, entries in kept.items()}
    except FileNotFoundError:
        return {}
    except Exception:  # it is made again from the plans
        logger.exception("%s cannot be read", path)
        return {}


def _keep_last_good(path: Path, kept: LastGood) -> None:
    """Write the file as a whole or not at all; several processes read the same DAG file at once."""
    content = {name: [milestone.to_json() for milestone in found] for name, found in kept.items()}
    try:
        new = path.with_name(f".{path.name}.{os.getpid()}")
        new.write_text(json.dumps(content, indent=1), encoding="utf-8")
        new.replace(path)
    except OSError:  # no data folder yet, a full disk: the next parse tries again
        logger.warning("%s cannot be written", path, exc_info=True)


def select_milestone(partition_key: str | None, named: str | None, known: Sequence[str]) -> str:
    """The milestone that a run is about: its partition key, else the parameter of a manual run.

    Raises:
        MilestoneError: neither is given, they contradict each other, or no plan knows the milestone.
    """
    given = {text for text in (partition_key, (named or "").strip()) if text}
    if len(given) > 1:
        raise MilestoneError(f"The run is for {partition_key!r}, its parameter says {named!r}; give one.")
    if not given:
        raise MilestoneError(
            f"The run names no milestone. Trigger it with parameter milestone, one of: {', '.join(known)}."
        )
    milestone = given.pop()
    if milestone not in known:
        raise MilestoneError(f"No plan has a milestone {milestone!r}; there are: {', '.join(known)}.")
    return milestone


def _in_utc(moment: datetime) -> pendulum.DateTime:
    return pendulum.instance(moment).in_timezone("UTC")


class MilestoneTimetable(Timetable):
    """One run a milestone, with the milestone's id as partition key.

    The milestones are read when the DAG file is parsed and travel inside the serialized DAG, so that the
    scheduler reads no plan. In a rehearsal (CHUYENHOA_NOW) only milestones that the rehearsed time has passed
    are due.
    """

    description = "Mỗi mốc sơ kết, tổng kết một lần: 08 giờ ngày hôm sau hạn gửi báo cáo"
    partitioned = True
    run_ordering = ("partition_date", "run_after")

    def __init__(self, milestones: Sequence[Milestone]) -> None:
        self.milestones = tuple(sorted(milestones))

    @classmethod
    def of_plans(cls) -> MilestoneTimetable:
        """The timetable of every plan; a new year is a new folder, and no folder makes it fail."""
        return cls(read_milestones())

    def serialize(self) -> dict[str, Any]:
        """The milestones as JSON: id, run_after, partition_date (ISO times)."""
        return {"milestones": [milestone.to_json() for milestone in self.milestones]}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> MilestoneTimetable:
        """The timetable that `serialize` wrote."""
        return cls([Milestone.of_json(entry) for entry in data["milestones"]])

    @property
    def summary(self) -> str:
        """The milestones by name, as the list of DAGs shows them."""
        return ", ".join(milestone.id for milestone in self.milestones) or "no milestone"

    def next_dagrun_info_v2(
        self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The first milestone after the last run; None when there is none, or a rehearsal has not come to it.

        Airflow asks again at every parse, and so follows a rehearsed clock.
        """
        now = clock.now()
        left = [m for m in self._after(last_dagrun_info) if _is_within(m, restriction)]
        if not restriction.catchup:
            left = [m for m in left if m.run_after <= now][-1:] + [m for m in left if m.run_after > now]
        if not left or (clock.is_rehearsal() and left[0].run_after > now):
            return None
        return left[0].info()

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The older question, by data interval, which milestones do not have: answered as for no last run."""
        return self.next_dagrun_info_v2(last_dagrun_info=None, restriction=restriction)

    def _after(self, last: DagRunInfo | None) -> Sequence[Milestone]:
        if last is None:
            return self.milestones
        ids = [milestone.id for milestone in self.milestones]
        if last.partition_key in ids:
            return self.milestones[ids.index(last.partition_key) + 1 :]
        # The last run's milestone left the plan: go on with what comes after its date.
        reached = last.partition_date or last.run_after
        return [milestone for milestone in self.milestones if milestone.partition_date > reached]

    def iter_partition_dagrun_infos(self, *, earliest: datetime, latest: datetime) -> Iterable[DagRunInfo]:
        """The milestones whose partition date lies between two local dates, both included (backfill)."""
        start, end = self.localize_partition_datetime(earliest), self.localize_partition_datetime(latest)
        return [m.info() for m in self.milestones if start <= m.partition_date <= end]

    def localize_partition_datetime(self, dt: datetime) -> pendulum.DateTime:
        """The wall-clock reading of `dt`, as a moment in Asia/Ho_Chi_Minh."""
        return _in_utc(dt.replace(tzinfo=clock.ZONE))

    def _decode_partition_date(self, partition_key: str) -> datetime:
        for milestone in self.milestones:
            if milestone.id == partition_key:
                return _in_utc(milestone.partition_date)
        known = ", ".join(milestone.id for milestone in self.milestones)
        raise InvalidPartitionKeyError(f"No plan has a milestone {partition_key!r}; there are: {known}.")

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        """A manual run is about its milestone; the interval that Airflow wants is the moment of the run."""
        return DataInterval.exact(run_after)

    def generate_run_id(
        self,
        *,
        run_type: DagRunType,
        run_after: pendulum.DateTime,
        data_interval: DataInterval | None,
        **extra: Any,
    ) -> str:
        """A run id that names the milestone, so that the grid can be read and two plans never collide."""
        key = extra.get("partition_key")
        suffix = f"{key}__{run_after.isoformat()}" if key else run_after.isoformat()
        return run_type.generate_run_id(suffix=suffix)


def _is_within(milestone: Milestone, restriction: TimeRestriction) -> bool:
    earliest, latest = restriction.earliest, restriction.latest
    return (earliest is None or milestone.run_after >= earliest) and (
        latest is None or milestone.run_after <= latest
    )
