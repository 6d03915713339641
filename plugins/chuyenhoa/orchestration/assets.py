"""What the DAGs tell each other: files arrived, figures were stored."""

from __future__ import annotations

from airflow.sdk import Asset, AssetWatcher

from chuyenhoa.orchestration.trigger import InboxTrigger

INBOX = Asset(
    name="inbox", group="chuyenhoa", watchers=[AssetWatcher(name="inbox_watch", trigger=InboxTrigger())]
)
"""Files lie in a submitter's folder and stand still."""

OBSERVATIONS = Asset(name="observations", group="chuyenhoa")
"""Submissions were answered; stored figures may have changed."""
