"""Figures of a model on texts it has not seen: by class, by style, by sign, each with a Wilson interval. numpy only."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.classify.artefact import Verdicts
from analytics.classify.corpus import Example, whole_files
from analytics.classify.danger import in_danger
from analytics.classify.model import CATEGORIES, HEADS, Settings, with_conduct
from analytics.classify.words import read

_BINS = 10


@dataclass(frozen=True)
class HeldOut:
    """Texts with the scores of a model that did not learn from them; `bare` are those of the same texts without tone marks."""

    examples: tuple[Example, ...]
    scores: NDArray[np.float64]
    bare: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_]) -> HeldOut:
        """Some of the texts."""
        kept = tuple(example for example, keep in zip(self.examples, chosen, strict=True) if keep)
        return HeldOut(kept, self.scores[chosen], self.bare[chosen])

    def of_new_writers(self) -> HeldOut:
        """The texts of files held out whole; all texts when no file holds every field."""
        whole = whole_files(self.examples, CATEGORIES)
        return self.only(np.array([example.file in whole for example in self.examples])) if whole else self

    @cached_property
    def fields(self) -> NDArray[np.int64]:
        """Column of the true field."""
        return np.array([CATEGORIES.index(example.category) for example in self.examples])

    @cached_property
    def accepted(self) -> NDArray[np.bool_]:
        """Per text and field: whether it counts as right."""
        return np.array([[name in example.accepted for name in CATEGORIES] for example in self.examples])

    @cached_property
    def signs(self) -> NDArray[np.bool_]:
        """Per text and sign of HEADS: whether it is there."""
        return np.array([[getattr(example, name) for name in HEADS] for example in self.examples])

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Whether the best field is acceptable."""
        return _picked(self.accepted, self.scores)

    def verdicts(self) -> Verdicts:
        """Per text, named by its hash: right as written, right without tone marks."""
        names = (hashlib.sha256(example.text.encode()).hexdigest()[:16] for example in self.examples)
        bare = _picked(self.accepted, self.bare)
        return {name: (bool(one), bool(other)) for name, one, other in zip(names, self.right, bare, strict=True)}

    def shares(self, temperatures: Mapping[str, float]) -> NDArray[np.float64]:
        """Calibrated shares of the fields."""
        return softmax(self.scores[:, : len(CATEGORIES)] / temperatures["category"])

    def chances(self, temperatures: Mapping[str, float]) -> NDArray[np.float64]:
        """Calibrated chance of each sign as the running model compares it with the threshold; 1 where words of danger decide."""
        divisors = np.array([temperatures[name] for name in HEADS])
        found = np.asarray(1 / (1 + np.exp(-self.scores[:, len(CATEGORIES) :] / divisors)))
        conduct = self.shares(temperatures)[:, CATEGORIES.index("staff_conduct")]
        for row, share, example in zip(found, conduct, self.examples, strict=True):
            row[0] = with_conduct(float(row[0]), float(share))
            row[1] = 1.0 if in_danger(read(example.text), float(row[1])) else row[1]
        return found


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row-wise shares that sum to one."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a rate."""
    if not total:
        return 0.0, 1.0
    z, rate = 1.96, hits / total
    middle = rate + z * z / (2 * total)
    half = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total))
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def rate(hits: int, total: int) -> dict[str, Any]:
    """A rate with its interval and what it is taken of."""
    low, high = wilson(hits, total)
    return {"rate": round(hits / total, 4) if total else None, "low": round(low, 4), "high": round(high, 4), "of": total}


def calibration_error(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten equal bins of confidence."""
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    return float(
        sum(abs(sure[bins == at].mean() - right[bins == at].mean()) * (bins == at).mean() for at in range(_BINS) if (bins == at).any())
    )


def figures(judged: HeldOut, settings: Settings) -> dict[str, Any]:
    """All figures: of every held-out text, and apart of the files held out whole, whose writers the model never saw."""
    return {**_figures(judged, settings), "new_writers": _figures(judged.of_new_writers(), settings)}


def _figures(judged: HeldOut, settings: Settings) -> dict[str, Any]:
    shares = judged.shares(settings.temperatures)
    exact = shares.argmax(axis=1) == judged.fields
    sure = shares.max(axis=1)
    answered = sure >= settings.thresholds["abstain"]
    first = np.argsort(-shares, axis=1)[:, :3]
    styles = np.array([example.style for example in judged.examples])
    return {
        "accuracy": _share(judged.right),
        "accuracy_first_label_only": _share(exact),
        "accuracy_without_marks": _share(_picked(judged.accepted, judged.bare)),
        "top3": _share(np.asarray(np.take_along_axis(judged.accepted, first, axis=1).any(axis=1))),
        "calibration_error": round(calibration_error(sure, judged.right), 4),
        "answered": _share(answered),
        "right_when_answered": _share(judged.right[answered]),
        "recall_by_category": {name: _share(judged.right[judged.fields == at]) for at, name in enumerate(CATEGORIES)},
        "accuracy_by_style": {str(style): _share(judged.right[styles == style]) for style in np.unique(styles)},
        "heads": _signs(judged, settings),
    }


def _picked(accepted: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    best = scores[:, : len(CATEGORIES)].argmax(axis=1)
    return np.asarray(np.take_along_axis(accepted, best[:, None], axis=1)[:, 0])


def _share(hits: NDArray[np.bool_]) -> dict[str, Any]:
    return rate(int(hits.sum()), len(hits))


def _signs(judged: HeldOut, settings: Settings) -> dict[str, Any]:
    said = judged.chances(settings.temperatures) >= np.array([settings.thresholds[name] for name in HEADS])
    return {
        name: {
            "recall": _share(said[judged.signs[:, at], at]),
            "precision": _share(judged.signs[said[:, at], at]),
            "flagged_wrongly": _share(said[~judged.signs[:, at], at]),
        }
        for at, name in enumerate(HEADS)
    }
