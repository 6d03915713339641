"""Milestones become due once each, on the right minute, also in a rehearsal."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pendulum
import pytest
from airflow.exceptions import InvalidPartitionKeyError
from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import encode_timetable
from airflow.timetables.base import DagRunInfo, TimeRestriction
from airflow.utils.types import DagRunType

from chuyenhoa import clock
from chuyenhoa.orchestration.timetable import (
    Milestone,
    MilestoneError,
    MilestoneTimetable,
    read_milestones,
    select_milestone,
)

START = pendulum.datetime(2021, 1, 1, tz="Asia/Ho_Chi_Minh")
ALL = TimeRestriction(START, None, catchup=True)


@pytest.fixture
def timetable(root: Path) -> MilestoneTimetable:
    return MilestoneTimetable.of_plans()


def _due(
    timetable: MilestoneTimetable, last: DagRunInfo | None, restriction: TimeRestriction = ALL
) -> str | None:
    info = timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=restriction)
    return info.partition_key if info else None


def test_a_milestone_is_reported_at_eight_on_the_day_after_its_last_day_on_time(root: Path) -> None:
    first, second = (entry for entry in read_milestones() if entry.id.startswith("2021-"))
    assert (first.id, second.id) == ("2021-6t", "2021-nam")
    assert first.run_after == datetime.fromisoformat("2021-10-18T08:00:00+07:00")
    assert first.partition_date == datetime.fromisoformat("2021-10-15T00:00:00+07:00")
    assert second.run_after == datetime.fromisoformat("2021-12-18T08:00:00+07:00")
    assert second.partition_date == datetime.fromisoformat("2021-12-15T00:00:00+07:00")


def test_every_milestone_comes_once_in_order(timetable: MilestoneTimetable) -> None:
    found, last = [], None
    for _ in range(10):
        last = timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=ALL)
        if last is None:
            break
        found.append(last.partition_key)
        assert last.data_interval is None
        assert last.logical_date is None
    assert found[:2] == ["2021-6t", "2021-nam"]
    assert len(found) == len(set(found)) == len(timetable.milestones)


@pytest.mark.parametrize(
    ("now", "first", "second"),
    [
        ("2021-10-18T07:59:59+07:00", None, None),
        ("2021-10-18T08:00:00+07:00", "2021-6t", None),
        ("2021-12-18T07:59:59", "2021-6t", None),
        ("2021-12-18T08:00:00", "2021-6t", "2021-nam"),
    ],
)
def test_a_rehearsal_sees_only_what_its_time_has_passed(
    timetable: MilestoneTimetable,
    monkeypatch: pytest.MonkeyPatch,
    now: str,
    first: str | None,
    second: str | None,
) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", now)
    assert _due(timetable, None) == first
    assert _due(timetable, timetable.milestones[0].info()) == second


def test_a_rehearsed_clock_in_a_file_is_followed(
    timetable: MilestoneTimetable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "now"
    monkeypatch.setenv("CHUYENHOA_NOW", f"@{file}")
    file.write_text("2021-10-17T23:00:00+07:00")
    assert _due(timetable, None) is None
    file.write_text("2021-10-18T08:00:00+07:00")
    assert _due(timetable, None) == "2021-6t"


def test_in_production_a_future_milestone_is_announced_ahead() -> None:
    ahead = Milestone(clock.now() + timedelta(days=1), clock.now() + timedelta(days=4), "future")
    info = MilestoneTimetable([ahead]).next_dagrun_info_v2(last_dagrun_info=None, restriction=ALL)
    assert info is not None
    assert info.run_after == ahead.run_after


def test_without_catchup_only_the_latest_passed_milestone_comes(timetable: MilestoneTimetable) -> None:
    assert _due(timetable, None, TimeRestriction(START, None, catchup=False)) == "2021-nam"


def test_start_and_end_of_the_dag_bound_the_milestones_both_included(timetable: MilestoneTimetable) -> None:
    first, second = (entry.info().run_after for entry in timetable.milestones[:2])
    assert _due(timetable, None, TimeRestriction(first, None, catchup=True)) == "2021-6t"
    assert _due(timetable, None, TimeRestriction(first.add(seconds=1), None, catchup=True)) == "2021-nam"
    assert _due(timetable, None, TimeRestriction(START, first, catchup=True)) == "2021-6t"
    assert _due(timetable, None, TimeRestriction(START, first.subtract(seconds=1), catchup=True)) is None
    assert (
        _due(timetable, timetable.milestones[0].info(), TimeRestriction(START, second, catchup=True))
        == "2021-nam"
    )


def test_a_milestone_that_left_the_plan_is_passed_over(timetable: MilestoneTimetable) -> None:
    gone = timetable.milestones[0].info()._replace(partition_key="2021-gone")
    assert _due(timetable, gone) == "2021-nam"


def test_a_manual_run_without_dates_does_not_hide_milestones(timetable: MilestoneTimetable) -> None:
    old = DagRunInfo(run_after=START, data_interval=None, partition_date=None, partition_key="other")
    assert _due(timetable, old) == "2021-6t"


def test_backfill_takes_the_milestones_of_local_dates_both_included(timetable: MilestoneTimetable) -> None:
    def keys(start: str, end: str) -> list[str | None]:
        earliest, latest = (datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in (start, end))
        infos = timetable.iter_partition_dagrun_infos(earliest=earliest, latest=latest)
        return [info.partition_key for info in infos]

    assert keys("2021-10-15", "2021-12-15") == ["2021-6t", "2021-nam"]
    assert keys("2021-10-16", "2021-12-15") == ["2021-nam"]
    assert keys("2021-10-15", "2021-12-14") == ["2021-6t"]
    assert keys("2020-01-01", "2020-12-31") == []


def test_a_key_that_no_plan_knows_is_refused_by_name(timetable: MilestoneTimetable) -> None:
    assert timetable.resolve_partition_date("2021-6t") == datetime.fromisoformat("2021-10-15T00:00:00+07:00")
    with pytest.raises(InvalidPartitionKeyError, match=r"2021-xx.*2021-6t, 2021-nam"):
        timetable.resolve_partition_date("2021-xx")


def test_the_serialized_timetable_is_small_json_and_comes_back_equal(timetable: MilestoneTimetable) -> None:
    text = json.dumps(timetable.serialize())
    assert len(text) < 1000
    again = MilestoneTimetable.deserialize(json.loads(text))
    assert again.milestones == timetable.milestones
    assert again.summary == "2021-6t, 2021-nam"


def test_airflow_can_store_the_timetable_because_the_plugin_registers_it(
    timetable: MilestoneTimetable,
) -> None:
    again = decode_timetable(encode_timetable(timetable))
    assert isinstance(again, MilestoneTimetable)
    assert again.milestones == timetable.milestones


def test_run_ids_name_the_milestone_and_manual_runs_have_a_moment(timetable: MilestoneTimetable) -> None:
    moment = pendulum.datetime(2021, 10, 18, 1)
    scheduled = timetable.generate_run_id(
        run_type=DagRunType.SCHEDULED, run_after=moment, data_interval=None, partition_key="2021-6t"
    )
    manual = timetable.generate_run_id(run_type=DagRunType.MANUAL, run_after=moment, data_interval=None)
    assert scheduled == "scheduled__2021-6t__2021-10-18T01:00:00+00:00"
    assert manual == "manual__2021-10-18T01:00:00+00:00"
    assert timetable.infer_manual_data_interval(run_after=moment) == (moment, moment)


def test_no_plan_no_milestone() -> None:
    timetable = MilestoneTimetable([])
    assert timetable.summary == "no milestone"
    assert _due(timetable, None) is None


def test_a_run_is_about_its_key_or_the_parameter_of_a_manual_run() -> None:
    known = ["2021-6t", "2021-nam"]
    assert select_milestone("2021-6t", "", known) == "2021-6t"
    assert select_milestone("2021-6t", "2021-6t", known) == "2021-6t"
    assert select_milestone(None, " 2021-nam ", known) == "2021-nam"


@pytest.mark.parametrize(
    ("key", "named", "says"),
    [
        (None, None, "names no milestone.*2021-6t, 2021-nam"),
        (None, "2021-t05", "No plan has a milestone '2021-t05'"),
        ("2021-6t", "2021-nam", "its parameter says '2021-nam'"),
    ],
)
def test_a_run_without_a_clear_milestone_says_what_to_do(
    key: str | None, named: str | None, says: str
) -> None:
    with pytest.raises(MilestoneError, match=says):
        select_milestone(key, named, ["2021-6t", "2021-nam"])
