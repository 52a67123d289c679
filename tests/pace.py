"""Telling slow work from a slow machine: what work costs is held against a yardstick run beside it, never against the clock alone."""

from __future__ import annotations

import time
from collections.abc import Callable

from feedback.text import fold

#: What one yardstick costs on the machine the promises of `docs/THREAT_MODEL.md` were measured on, in seconds.
YARDSTICK = 0.010
#: One try in three counts: a machine that stumbles does so now and then, work that grows too fast does it every time.
TRIES = 3


def slowness() -> float:
    """How many times slower than the machine measured on this one works at this moment; never below one."""
    words = "Trụ sở Ủy ban nhân dân phường. " * 200
    before = time.perf_counter()
    for _ in range(20):
        fold(words)
    return max(1.0, (time.perf_counter() - before) / YARDSTICK)


def is_quick(work: Callable[[], object], seconds: float = 1.0) -> bool:
    """Whether work stays below so many seconds of a machine like the one measured on, in at least one of three tries."""
    return any(_cost(work) < seconds for _ in range(TRIES))


def _cost(work: Callable[[], object]) -> float:
    """Seconds it would take on the machine measured on; the slower of the moments before and after stands for the one between."""
    slow = slowness()
    before = time.perf_counter()
    work()
    spent = time.perf_counter() - before
    return spent / max(slow, slowness())
