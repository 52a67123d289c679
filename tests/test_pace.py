"""The measure of quick work: work that grows too fast fails it, a machine that stumbles once does not."""

from __future__ import annotations

import time

from tests.pace import is_quick, slowness


def test_slow_work_is_not_quick() -> None:
    assert not is_quick(lambda: time.sleep(0.05 * slowness()), seconds=0.01)


def test_one_stumble_is_forgiven() -> None:
    waits = iter([0.5, 0.0, 0.0])
    assert is_quick(lambda: time.sleep(next(waits)), seconds=0.02)
