"""A model over the features of a text, linear for the fields: scores, calibrated confidences and exact reasons. Pure; numpy only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.classify.danger import in_danger
from analytics.classify.features import Span, grams, weigh
from analytics.classify.words import read
from feedback.cases.ports import Labels

CATEGORIES = (
    "land_construction", "civil_status", "business_licensing", "social_welfare", "health", "education",
    "transport_infrastructure", "urban_environment", "public_order", "online_services", "staff_conduct", "other",
)  # fmt: skip
HEADS = ("misconduct", "urgency", "spam", "insult")
Floats = NDArray[np.floating[Any]]

#: Below this confidence of the conduct category, misconduct is left to its own head.
_CONDUCT_CERTAIN = 0.5
_REASONS = 5
_ALTERNATIVES = 3


@dataclass(frozen=True)
class Settings:
    """What was chosen on held-out texts: one temperature per head, thresholds, and the model's name."""

    version: str
    #: Divides the scores before they become probabilities: "category" and every name of HEADS.
    temperatures: Mapping[str, float]
    #: A head says yes from here on; "abstain": below this category confidence a person chooses.
    thresholds: Mapping[str, float]


@dataclass(frozen=True)
class Numbers:
    """What was learnt. `idf`, `weights` and `vectors` have one row per feature.

    `weights` and `bias` have one column per category, then one per head; a head's score has a second part: `vectors` make of a text a
    short vector; of it and `shift` together `reader` takes what is above nothing, one column per head.
    """

    idf: Floats
    weights: Floats
    bias: Floats
    vectors: Floats
    shift: Floats
    reader: Floats

    def fit(self, features: int) -> bool:
        """Whether the shapes belong together and to a vocabulary of so many features."""
        columns, length = len(CATEGORIES) + len(HEADS), len(self.reader)
        shapes = {
            "idf": (features,), "weights": (features, columns), "bias": (columns,),
            "vectors": (features, length), "shift": (length,), "reader": (length, len(HEADS)),
        }  # fmt: skip
        return all(getattr(self, name).shape == shape for name, shape in shapes.items())

    def bent(self, whole: Floats) -> NDArray[np.float64]:
        """The second part of the heads' scores, of texts as sums of their vectors."""
        return np.asarray(np.maximum(whole + self.shift, 0) @ self.reader)


class Model:
    """Labels texts."""

    def __init__(self, vocabulary: Mapping[str, int], numbers: Numbers, settings: Settings) -> None:
        if not numbers.fit(len(vocabulary)):
            raise ValueError("the numbers do not fit the vocabulary")
        self._vocabulary = vocabulary
        self._numbers = numbers
        self.settings = settings

    def classify(self, text: str) -> Labels:
        """Label one text of any length; what lies beyond the first 5,000 characters is not read."""
        reading = read(text)
        learnt = self._numbers
        row = weigh(grams(reading), self._vocabulary, learnt.idf)
        parts = learnt.weights[row.columns] * row.weights[:, None]
        scores = parts.sum(axis=0) + learnt.bias
        scores[len(CATEGORIES) :] += learnt.bent(row.weights @ learnt.vectors[row.columns])
        shares = _softmax(scores[: len(CATEGORIES)] / self.settings.temperatures["category"])
        order = np.argsort(-shares, kind="stable")
        best = int(order[0])
        heads = {name: self._head(name, float(scores[len(CATEGORIES) + at])) for at, name in enumerate(HEADS)}
        sure = float(shares[best])
        misconduct = with_conduct(heads["misconduct"], float(shares[CATEGORIES.index("staff_conduct")]))
        limits = self.settings.thresholds
        return Labels(
            category=CATEGORIES[best],
            confidence=sure,
            alternatives=tuple((CATEGORIES[at], float(shares[at])) for at in order[1 : 1 + _ALTERNATIVES]),
            misconduct=misconduct >= limits["misconduct"],
            misconduct_confidence=misconduct,
            urgent=heads["urgency"] >= limits["urgency"] or in_danger(reading, heads["urgency"]),
            spam=heads["spam"] >= limits["spam"],
            insult=heads["insult"] >= limits["insult"],
            abstain=sure < limits["abstain"] or not len(row.columns),
            reasons=_reasons(reading.text, row.places, parts[:, best] - parts[:, : len(CATEGORIES)].mean(axis=1)),
            model_version=self.settings.version,
        )

    def _head(self, name: str, score: float) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score / self.settings.temperatures[name]))))


def with_conduct(chance: float, conduct: float) -> float:
    """The chance of misconduct when the conduct of staff is the likeliest field: that field is never without it."""
    return max(chance, conduct) if conduct >= _CONDUCT_CERTAIN else chance


def _softmax(scores: Floats) -> NDArray[np.float64]:
    raised = np.exp(scores - np.max(scores))
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares


def _reasons(text: str, places: Sequence[Span], pull: Floats) -> tuple[str, ...]:
    """The writer's own words whose features pulled hardest towards the category; places that overlap are named once."""
    by_place: dict[Span, float] = {}
    for place, value in zip(places, pull.tolist(), strict=True):
        by_place[place] = by_place.get(place, 0.0) + value
    chosen: list[Span] = []
    for _pull, (start, end) in sorted((-value, place) for place, value in by_place.items() if value > 0):
        if len(chosen) == _REASONS:
            break
        if start < end and all(end <= other_start or start >= other_end for other_start, other_end in chosen):
            chosen.append((start, end))
    return tuple(dict.fromkeys(text[start:end] for start, end in chosen))
