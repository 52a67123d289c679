"""Learning the model from the corpus. Needs scipy, which the running service does not: nothing else may import this module."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analytics.classify import artefact, calibration
from analytics.classify.corpus import FOLDER as CORPUS
from analytics.classify.corpus import Example, digest, load_examples, parts
from analytics.classify.corrections import WEIGHT, load_corrections
from analytics.classify.evaluation import HeldOut, figures
from analytics.classify.features import Span, grams, weigh
from analytics.classify.fitting import fit
from analytics.classify.model import CATEGORIES, HEADS, Settings
from analytics.classify.vectors import fit_vectors
from analytics.classify.words import read
from feedback.text import fold

PARTS = 4
#: Inverse strength of the penalty, chosen by cross-validation; a third of it or three times as much gains nothing.
_SOFT_FIELD = 1.0
_SOFT_SIGN = 30.0
_AT_LEAST = 3
#: The say of the first of the two models: for the fields as much as that of the second, for the signs twice as much.
_OWN_FIELD, _OWN_SIGN = 1 / 2, 2 / 3
#: The share of a text's truth that goes to its other acceptable fields.
_ALSO = 0.3

Found = dict[str, list[Span]]
#: Weights (features x columns) and bias (columns).
Linear = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class Learnt:
    """Plain numbers of a trained model, before temperatures and thresholds."""

    vocabulary: list[str]
    idf: NDArray[np.float64]
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]

    @property
    def digest(self) -> str:
        """SHA-256 of the numbers: another corpus, code or setting makes another name."""
        return hashlib.sha256("\n".join(self.vocabulary).encode() + self.weights.tobytes() + self.bias.tobytes()).hexdigest()

    def scores(self, found: Sequence[Found]) -> NDArray[np.float64]:
        """One row of raw scores per text, categories first, then heads."""
        columns = {name: at for at, name in enumerate(self.vocabulary)}
        return np.asarray(_matrix(found, columns, self.idf) @ self.weights.astype(np.float64) + self.bias)


def _matrix(found: Sequence[Found], vocabulary: dict[str, int], idf: NDArray[np.float64]) -> csr_matrix:
    rows = [weigh(features, vocabulary, idf) for features in found]
    starts = np.cumsum([0, *(len(row.columns) for row in rows)])
    return csr_matrix(
        (np.concatenate([row.weights for row in rows]), np.concatenate([row.columns for row in rows]), starts), (len(rows), len(idf))
    )


def features_of(texts: Sequence[str]) -> list[Found]:
    """The features of each text, read once for all parts."""
    return [grams(read(text)) for text in texts]


def learn(examples: Sequence[Example], found: Sequence[Found]) -> Learnt:
    """Fit all columns; `found` holds the features of the texts, then those of the same texts without tone marks."""
    seen = Counter(name for features in found for name in features)
    vocabulary = sorted(name for name, count in seen.items() if count >= _AT_LEAST)
    idf = np.array([math.log((1 + len(found)) / (1 + seen[name])) + 1 for name in vocabulary])
    rows = _matrix(found, {name: at for at, name in enumerate(vocabulary)}, idf)
    signs = np.array([[getattr(example, name) for name in HEADS] for example in examples], dtype=np.float32)
    truth = np.tile(shares(examples), (2, 1)), np.tile(signs, (2, 1))
    weights, bias = mean_of(rows, fit(rows, *truth, _SOFT_FIELD, _SOFT_SIGN), fit_vectors(rows, *truth))
    # What the file can hold, so that held-out scores are those of a shipped model.
    return Learnt(
        vocabulary, idf.astype(np.float32).astype(np.float64), weights.astype(np.float16).astype(np.float32), bias.astype(np.float64)
    )


def mean_of(rows: csr_matrix, one: Linear, other: Linear) -> Linear:
    """The mean of two models, the scores of the second stretched as wide as those of the first: all fields alike, each sign apart."""
    wide, narrow = (_spread(np.asarray(rows @ weights)) for weights, _ in (one, other))
    own = np.array([_OWN_FIELD] * len(CATEGORIES) + [_OWN_SIGN] * len(HEADS))
    stretch = ((1 - own) * wide / narrow).astype(np.float32)
    weights, bias = (mine * own.astype(np.float32) + its * stretch for mine, its in zip(one, other, strict=True))
    return weights, bias


def _spread(scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    fields = len(CATEGORIES)
    return np.array([scores[:, :fields].std()] * fields + [scores[:, at].std() for at in range(fields, scores.shape[1])])


def shares(examples: Sequence[Example]) -> NDArray[np.float32]:
    """Per text and field, how much of the truth it holds: most for the first label, the rest for other acceptable ones."""
    held = np.zeros((len(examples), len(CATEGORIES)), dtype=np.float32)
    for row, example in zip(held, examples, strict=True):
        row[CATEGORIES.index(example.category)] = 1 - _ALSO * bool(example.also)
        for name in example.also:
            row[CATEGORIES.index(name)] += _ALSO / len(example.also)
    return held


@dataclass(frozen=True)
class Beside:
    """Texts that are learnt in every part and never judged: the office's corrections."""

    examples: Sequence[Example] = ()
    plain: Sequence[Found] = ()
    bare: Sequence[Found] = ()


def held_out(examples: Sequence[Example], plain: Sequence[Found], bare: Sequence[Found], beside: Beside = Beside()) -> HeldOut:
    """Scores of each text, with and without its tone marks, by a model that saw nothing of its file or run."""
    part = np.array(parts(examples, CATEGORIES, PARTS))
    scores = np.zeros((2, len(examples), len(CATEGORIES) + len(HEADS)))
    for held in range(PARTS):
        kept, judged = (np.flatnonzero(part != held).tolist(), np.flatnonzero(part == held).tolist())
        views = ((plain, beside.plain), (bare, beside.bare))
        found = [one for view, more in views for one in (*(view[at] for at in kept), *more)]
        learnt = learn([*(examples[at] for at in kept), *beside.examples], found)
        for row, view in zip(scores, (plain, bare), strict=True):
            row[judged] = learnt.scores([view[at] for at in judged])
    return HeldOut(tuple(examples), scores[0], scores[1])


def _beside(corrections: Path | None, examples: Sequence[Example]) -> Beside:
    if corrections is None:
        return Beside()
    more = load_corrections(corrections, examples)
    return Beside(more, features_of([one.text for one in more]), features_of([fold(one.text) for one in more]))


def train(folder: Path, corpus: Path = CORPUS, corrections: Path | None = None) -> Settings:
    """Learn from the whole corpus, and from a file of corrections, and write the artefact; it is judged on texts of the corpus alone.

    Byte for byte the same for the same corpus, corrections, code and libraries. Raises ValueError for corrections that cannot be read.
    """
    examples = load_examples(corpus)
    data = digest(corpus)
    beside = _beside(corrections, examples)
    plain, bare = features_of([example.text for example in examples]), features_of([fold(example.text) for example in examples])
    judged = held_out(examples, plain, bare, beside)
    learnt = learn([*examples, *beside.examples], [*plain, *beside.plain, *bare, *beside.bare])
    settings = calibration.settle(judged, f"{artefact.FORMAT}-{learnt.digest[:10]}")
    arrays: dict[str, NDArray[Any]] = {
        "idf": learnt.idf.astype(np.float32),
        "weights": learnt.weights.astype(np.float16),
        "bias": learnt.bias,
    }
    facts: dict[str, Any] = {
        "data": {"sha256": data, "texts": len(examples)},
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__},
        "metrics": figures(judged, settings),
    }
    if corrections is not None:
        read_from = hashlib.sha256(corrections.read_bytes()).hexdigest()
        facts["data"]["corrections"] = {"sha256": read_from, "texts": len(beside.examples) // WEIGHT}
    artefact.save(folder, learnt.vocabulary, arrays, settings, judged.of_new_writers().verdicts(), facts)
    return settings
