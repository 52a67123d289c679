"""Temperatures and thresholds from held-out scores. numpy only."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.classify.evaluation import HeldOut
from analytics.classify.model import CATEGORIES, HEADS, Settings

#: What the desk is promised of answers the machine does not abstain from is 0.93; half a point is kept in hand.
_ANSWERED_RIGHT = 0.935
#: The share of true cases each sign has to find, half a point or more above what is promised: the scores it is set on flatter.
_RECALL: Mapping[str, float] = {"misconduct": 0.905, "urgency": 0.955, "spam": 0.87, "insult": 0.88}


def settle(judged: HeldOut, version: str) -> Settings:
    """Settings from the texts of files held out whole: those are nearest to writers the model never saw."""
    own = judged.of_new_writers()
    fields = own.scores[:, : len(CATEGORIES)]
    temperatures = {"category": temperature(fields, own.fields)}
    for at, name in enumerate(HEADS):
        column = own.scores[:, len(CATEGORIES) + at]
        temperatures[name] = temperature(np.stack([np.zeros(len(column)), column], axis=1), own.signs[:, at].astype(np.int64))
    thresholds = {"abstain": _abstention(own.shares(temperatures).max(axis=1), own.right)}
    chances = own.chances(temperatures)
    for at, name in enumerate(HEADS):
        found = np.sort(chances[own.signs[:, at], at])
        thresholds[name] = _below(found[int((1 - _RECALL[name]) * len(found))]) if len(found) else 1.0
    return Settings(version, temperatures, thresholds)


def temperature(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The divisor of the scores under which held-out truth is most likely."""
    tried = np.round(np.geomspace(0.1, 5.0, 80), 4)
    return float(min(tried, key=lambda t: _surprise(scores / t, truth)))


def _surprise(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(truth)), truth]))


def _abstention(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest confidence from which on answers are right often enough."""
    tried = sorted({_below(chance) for chance in sure})
    return next((limit for limit in tried if right[sure >= limit].mean() >= _ANSWERED_RIGHT), 1.0)


def _below(chance: float) -> float:
    """Four places, never above: the text it was taken from must still reach it."""
    return math.floor(chance * 10_000) / 10_000
