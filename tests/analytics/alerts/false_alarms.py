"""How often the limits cry when nothing has changed: `python -m tests.analytics.alerts.false_alarms` prints the table of ADR 13."""

from __future__ import annotations

import numpy as np

from analytics.alerts.rules import WEEKS, is_worse, rise_limit, rises, worse_limit

SEED = 20261129


def rises_by_chance(mean: float, spread: float, histories: int) -> float:
    """Share of steady histories whose thirteenth week is called a rise; the weeks' variance is `spread` times their mean."""
    rng = np.random.default_rng(SEED)
    means = rng.gamma(mean / (spread - 1), spread - 1, (histories, WEEKS + 1)) if spread > 1 else mean
    called = 0
    for *before, week in rng.poisson(means, (histories, WEEKS + 1)).tolist():
        # The shortcut spares time: what is below the smallest limit there can be rises under none.
        if week > sum(before) / WEEKS:
            limit = rise_limit(before)
            called += limit is not None and rises(week, limit)
    return called / histories


def falls(cases: int, share: float, histories: int) -> float:
    """Share of agencies called worse, late as often as before: so many cases in four weeks, three times as many in the twelve before."""
    return _worse(cases, 3 * cases, share, histories)


def bounces(cases: int, share: float, histories: int) -> float:
    """Share of pairs called worse, returned as often as all others, of which there are thirty times as many."""
    return _worse(cases, 30 * cases, share, histories)


def _worse(cases: int, usual: int, share: float, histories: int) -> float:
    rng = np.random.default_rng(SEED)
    called = 0
    for part, before in zip(rng.binomial(cases, share, histories).tolist(), rng.binomial(usual, share, histories).tolist(), strict=True):
        limit = worse_limit(part, cases, before, usual)
        called += limit is not None and is_worse(part, cases, limit)
    return called / histories


if __name__ == "__main__":
    for spread in (1, 1.5, 2):
        for mean in (1, 3, 5, 10, 30, 100):
            print(f"rise: mean {mean}, variance {spread} x mean: {1000 * rises_by_chance(mean, spread, 200_000):.2f} of 1,000 weeks")
    for cases in (30, 100, 300, 1000):
        for share in (0.05, 0.1, 0.3, 0.5):
            numbers = [f"{1000 * rule(cases, share, 200_000):.2f}" for rule in (falls, bounces)]
            print(f"share {share}, {cases} cases: late {numbers[0]}, returned {numbers[1]} of 1,000 looks")
