"""How likely two reports are about one incident: shared words, and facts that agree or contradict. Pure; numpy is not needed to score.

Two reports of one street and topic but another house, day or hour are two incidents; bags of words cannot tell, facts can. The weights
are learnt (analytics/duplicates/learning.py) and kept as plain numbers in weights.json.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.duplicates.facts import Facts, facts
from analytics.duplicates.features import FEATURES, features

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class Model:
    """What was learnt: one weight for each feature, the bias, the score from which two reports count as one incident, rarity of words."""

    weights: tuple[float, ...]
    bias: float
    threshold: float
    rarity: Mapping[str, float]


@functools.cache
def model() -> Model:
    """The weights beside the code. Raises ValueError when they belong to other features."""
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    if list(kept["weights"]) != list(FEATURES):
        raise ValueError("weights.json belongs to other features; run python -m analytics.duplicates.learning")
    return Model(tuple(kept["weights"].values()), kept["bias"], kept["threshold"], kept["rarity"])


@dataclass(frozen=True)
class Likeness:
    """0 to 1; `same_incident` from the learnt threshold on."""

    score: float

    @property
    def same_incident(self) -> bool:
        """Whether the two should be looked at side by side."""
        return self.score >= model().threshold

    def as_json(self) -> dict[str, Any]:
        """As other programs read it."""
        return {"same_incident": self.same_incident, "score": round(self.score, 4)}


def compare(a: str, b: str) -> Likeness:
    """Whether two texts tell of one incident. Symmetric."""
    return score(facts(a), facts(b))


def score(a: Facts, b: Facts) -> Likeness:
    """The same for texts already read."""
    learnt = model()
    # Sorted, so that swapping the two changes nothing, not even the last digit.
    first, second = sorted((a, b), key=lambda one: one.reading.seen.text)
    row = features(first, second, learnt.rarity)
    total = learnt.bias + sum(weight * value for weight, value in zip(learnt.weights, row, strict=True))
    return Likeness(1.0 / (1.0 + math.exp(-total)))


__all__ = ["Facts", "Likeness", "Model", "compare", "facts", "model", "score"]
