"""Puts the slowest tests at the end of a run."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known; markers are strict here."""
    config.addinivalue_line("markers", "last: runs after all others, because it is the whole job at once")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move tests marked `last` to the end, in their own order."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
