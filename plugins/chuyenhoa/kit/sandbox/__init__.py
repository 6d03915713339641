"""Runs a function on hostile bytes in a process of its own, bounded, without files or network."""

from __future__ import annotations

from chuyenhoa.kit.sandbox.pool import Death, DeathKind, FaultError, Pool, Task, call_all, shut_down
from chuyenhoa.kit.sandbox.worker import Limits

__all__ = ["Death", "DeathKind", "FaultError", "Limits", "Pool", "Task", "call_all", "shut_down"]
