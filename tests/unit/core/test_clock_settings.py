"""The clock and the settings read nothing but the environment."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from chuyenhoa import clock, settings


def test_a_frozen_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-18T01:30:00+00:00")
    assert clock.now().isoformat() == "2021-10-18T08:30:00+07:00"
    assert clock.today() == date(2021, 10, 18)
    assert clock.is_rehearsal()


def test_a_time_without_a_zone_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-18")
    assert clock.now() == datetime(2021, 10, 18, tzinfo=clock.ZONE)


def test_a_clock_file_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    monkeypatch.setenv("CHUYENHOA_NOW", f"@{file}")
    file.write_text("2021-10-01T08:00:00+07:00\n", encoding="utf-8")
    assert clock.today() == date(2021, 10, 1)
    file.write_text("2021-12-18T08:00:00+07:00\n", encoding="utf-8")
    assert clock.today() == date(2021, 12, 18)


def test_a_wrong_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "hôm nay")
    with pytest.raises(clock.ClockError, match="'hôm nay' is no ISO time"):
        clock.now()


def test_the_real_clock_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHUYENHOA_NOW", raising=False)
    assert not clock.is_rehearsal()
    before = datetime.now(clock.ZONE)
    assert before <= clock.now() <= datetime.now(clock.ZONE)
    assert clock.monotonic() <= clock.monotonic()


def test_settings_follow_the_environment(monkeypatch: pytest.MonkeyPatch, root: Path, tmp_path: Path) -> None:
    monkeypatch.setenv("CHUYENHOA_HOME", str(root))
    monkeypatch.setenv("CHUYENHOA_DATA", str(tmp_path))
    monkeypatch.setenv("CHUYENHOA_STORE", "postgresql+psycopg2://host/base")
    found = settings.load()
    assert (found.home, found.data, found.store_url) == (root, tmp_path, "postgresql+psycopg2://host/base")
    assert found.plan_id == ""
    assert found.inbox == tmp_path / "inbox"
    assert found.issued == tmp_path / "office" / "issued"
    assert found.drafts == tmp_path / "office" / "drafts"


def test_settings_have_defaults_inside_the_project(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    for name in ("CHUYENHOA_HOME", "CHUYENHOA_DATA", "CHUYENHOA_STORE", "CHUYENHOA_PLAN"):
        monkeypatch.delenv(name, raising=False)
    found = settings.load()
    assert found.home == root
    assert found.data == root / "var" / "data"
    assert found.store_url == f"sqlite:///{root / 'var' / 'data' / 'chuyenhoa.db'}"


def test_a_home_without_plans_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHUYENHOA_HOME", str(tmp_path))
    with pytest.raises(settings.SettingsError, match="no plan in plans/ here"):
        settings.load()


def test_a_clock_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    monkeypatch.setenv("CHUYENHOA_NOW", f"@{file}")
    with pytest.raises(clock.ClockError, match=r"clock cannot be read \(No such file"):
        clock.now()
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(clock.ClockError, match=r"clock cannot be read \(no text\)"):
        clock.now()


def test_a_settle_time_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_SETTLE_SECONDS", "hai")
    with pytest.raises(settings.SettingsError, match="'hai' is no number of seconds"):
        settings.load()
    monkeypatch.setenv("CHUYENHOA_SETTLE_SECONDS", "0.5")
    assert settings.load().settle_seconds == 0.5
