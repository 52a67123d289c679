"""How well incidents no weight was learnt from are told apart, and whether memory grows: `python -m tests.bench.similar`."""

from __future__ import annotations

import itertools
import time

import numpy as np

from analytics.duplicates.learning import JUDGED, LEARNT, Pair, auc, incidents, interval, is_same, pairs
from analytics.duplicates.scoring import compare
from analytics.measures import wilson
from tests.bench.redact import stream

#: How many likely partners a person is shown.
SHOWN = 5


def quality() -> None:
    """Print how likeness orders the pairs of the file that only judges: against all others, and against near misses alone."""
    made = pairs(incidents(JUDGED))
    likeness = [compare(pair.a, pair.b) for pair in made]
    scores = np.array([found.score for found in likeness])
    told = [pair.kind.startswith(("same", "near")) for pair in made]
    for name, chosen in (("same against all others", np.ones(len(made), bool)), ("same against near misses", np.array(told))):
        of = [pair for pair, taken in zip(made, chosen, strict=True) if taken]
        low, high = interval(of, scores[chosen])
        print(f"{name:26} AUC {auc(scores[chosen], is_same(of)):.3f} ({low:.3f}-{high:.3f})   {len(of)} pairs")
    for kind in ("same", "same folded", "near", "unrelated"):
        _share(
            f"{kind}: said to be one incident",
            [found.same_incident for pair, found in zip(made, likeness, strict=True) if pair.kind == kind],
        )


def partners() -> None:
    """Print how often the other telling is among the first few of all second tellings and near misses there are."""
    everything = incidents(*LEARNT, JUDGED)
    candidates = list(itertools.chain.from_iterable((incident.two, incident.near) for incident in everything))
    found = []
    for incident in incidents(JUDGED):
        ranked = sorted(candidates, key=lambda text: -compare(incident.one, text).score)
        found.append(incident.two in ranked[:SHOWN])
    _share(f"partner among the first {SHOWN} of {len(candidates)}", found)


def _share(name: str, hits: list[bool]) -> None:
    low, high = wilson(sum(hits), len(hits)) or (0.0, 1.0)
    print(f"{name:40} {sum(hits)} of {len(hits)}   {sum(hits) / len(hits):.3f} ({low:.3f}-{high:.3f})")


def speed() -> None:
    """Print how many pairs are compared a second of CPU."""
    made: list[Pair] = pairs(incidents(*LEARNT))
    started = time.process_time()
    for pair in made:
        compare(pair.a, pair.b)
    print(f"{len(made) / (time.process_time() - started):,.0f} pairs a second of CPU")


def main() -> None:
    """Print everything."""
    quality()
    partners()
    speed()
    stream("similar", [{"a": pair.a, "b": pair.b} for pair in pairs(incidents(*LEARNT))])


if __name__ == "__main__":
    main()
