"""A linear model over the features of a text: scores, calibrated confidences and exact reasons. Pure; numpy only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


class Model:
    """Labels texts. `weights` has one row per feature and one column per category, then one per head."""

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        idf: NDArray[np.float64],
        weights: NDArray[np.float32],
        bias: NDArray[np.float64],
        settings: Settings,
    ) -> None:
        if weights.shape != (len(vocabulary), len(CATEGORIES) + len(HEADS)) or idf.shape != (len(vocabulary),):
            raise ValueError("weights do not fit the vocabulary")
        self._vocabulary = vocabulary
        self._idf = idf
        self._weights = weights
        self._bias = bias
        self.settings = settings

    def classify(self, text: str) -> Labels:
        """Label one text of any length; what lies beyond the first 5,000 characters is not read."""
        reading = read(text)
        row = weigh(grams(reading), self._vocabulary, self._idf)
        parts = self._weights[row.columns] * row.weights[:, None]
        scores = parts.sum(axis=0) + self._bias
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


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max())
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares


def _reasons(text: str, places: Sequence[Span], pull: NDArray[np.float64]) -> tuple[str, ...]:
    """The writer's own words whose features pulled hardest towards the category; places that overlap are named once."""
    by_place: dict[Span, float] = {}
    for place, value in zip(places, pull.tolist(), strict=True):
        by_place[place] = by_place.get(place, 0.0) + value
    chosen: list[Span] = []
    for start, end in sorted(by_place, key=lambda place: (-by_place[place], place)):
        if len(chosen) == _REASONS or by_place[start, end] <= 0:
            break
        if start < end and all(end <= other_start or start >= other_end for other_start, other_end in chosen):
            chosen.append((start, end))
    return tuple(dict.fromkeys(text[start:end] for start, end in chosen))
