"""Times calls and prints them as a table of ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The median of some runs, in seconds for one item."""

    name: str
    seconds: float
    items: int


def measure(name: str, items: int, run: Callable[[], object], repeats: int = 3) -> Timing:
    """Run something a few times; `items` is how many pieces one run handles."""
    spent = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        spent.append(time.perf_counter() - started)
    return Timing(name, statistics.median(spent) / items, items)


def show(title: str, ours: Timing, *peers: Timing) -> None:
    """Print ours and its peers, each peer with how much faster or slower than it ours is."""
    print(f"\n{title}")
    print(f"  {ours.name:58} {ours.seconds * 1000:10.2f} ms per item")
    for peer in peers:
        ratio = peer.seconds / ours.seconds
        words = f"{ratio:.1f} times as fast" if ratio >= 1 else f"{1 / ratio:.1f} times its time"
        print(f"  {peer.name:58} {peer.seconds * 1000:10.2f} ms per item   ours: {words}")
