"""What Airflow must know of chuyenhoa by name: a declaration only."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from chuyenhoa.orchestration.timetable import MilestoneTimetable


class ChuyenhoaPlugin(AirflowPlugin):
    """Registers the timetable, without which Airflow refuses to store the DAG that uses it."""

    name = "chuyenhoa"
    timetables = [MilestoneTimetable]  # noqa: RUF012 - the shape that AirflowPlugin declares
