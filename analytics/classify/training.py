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
from threadpoolctl import threadpool_limits

from analytics.classify import artefact, calibration
from analytics.classify.corpus import FOLDER as CORPUS
from analytics.classify.corpus import Example, digest, load_examples, parts
from analytics.classify.corrections import WEIGHT, load_corrections
from analytics.classify.evaluation import HeldOut, figures
from analytics.classify.features import Span, grams, weigh
from analytics.classify.fitting import Floats, fit
from analytics.classify.model import CATEGORIES, HEADS, Numbers, Settings
from analytics.classify.vectors import fit_layer, fit_vectors
from analytics.classify.words import read
from feedback.text import fold

PARTS = 4
#: Inverse strength of the penalty, chosen by cross-validation; a third of it or three times as much gains nothing.
_SOFT_FIELD = 1.0
_SOFT_SIGN = 30.0
_AT_LEAST = 3
#: The share of a text's truth that goes to its other acceptable fields.
_ALSO = 0.3

Found = dict[str, list[Span]]
#: Weights (features x columns) and bias (columns).
Linear = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class Learnt:
    """Plain numbers of a trained model, before temperatures and thresholds."""

    vocabulary: list[str]
    numbers: Numbers

    @property
    def digest(self) -> str:
        """SHA-256 of the numbers: another corpus, code or setting makes another name."""
        parts = (array.tobytes() for _, array in sorted(artefact.arrays_of(self.numbers).items()))
        return hashlib.sha256(b"".join(["\n".join(self.vocabulary).encode(), *parts])).hexdigest()

    def scores(self, found: Sequence[Found]) -> NDArray[np.float64]:
        """One row of raw scores per text, categories first, then heads."""
        learnt = self.numbers
        rows = _matrix(found, {name: at for at, name in enumerate(self.vocabulary)}, learnt.idf)
        scores = np.asarray(rows @ learnt.weights.astype(np.float64) + learnt.bias)
        scores[:, len(CATEGORIES) :] += learnt.bent(rows @ learnt.vectors)
        return scores


def _matrix(found: Sequence[Found], vocabulary: dict[str, int], idf: NDArray[np.floating[Any]]) -> csr_matrix:
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
    return Learnt(vocabulary, artefact.rounded(_mean(rows, idf, fit(rows, *truth, _SOFT_FIELD, _SOFT_SIGN), *truth)))


def _mean(rows: csr_matrix, idf: NDArray[np.float64], first: Linear, fields: Floats, signs: Floats) -> Numbers:
    """The mean of the first model and a second one, whose scores are stretched as wide: all fields alike, each sign apart."""
    count = len(CATEGORIES)
    weights, bias = fit_vectors(rows, fields, signs)
    vectors, shift, reader, lift = fit_layer(rows, fields, signs)
    second = np.asarray(rows @ weights), Numbers(idf, *first, vectors, shift, reader).bent(rows @ vectors)
    scores = np.asarray(rows @ first[0])
    field, sign = scores[:, :count].std() / second[0].std(), scores[:, count:].std(axis=0) / second[1].std(axis=0)
    return Numbers(
        idf,
        np.concatenate([first[0][:, :count] + weights * field, first[0][:, count:]], axis=1) / 2,
        np.concatenate([first[1][:count] + bias * field, first[1][count:] + lift * sign]) / 2,
        vectors,
        shift,
        reader * sign / 2,
    )


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
    # With several threads sums may change their order, and so the bytes.
    with threadpool_limits(limits=1):
        judged = held_out(examples, plain, bare, beside)
        learnt = learn([*examples, *beside.examples], [*plain, *beside.plain, *bare, *beside.bare])
    settings = calibration.settle(judged, f"{artefact.FORMAT}-{learnt.digest[:10]}")
    facts: dict[str, Any] = {
        "data": {"sha256": data, "texts": len(examples)},
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__},
        "metrics": figures(judged, settings),
    }
    if corrections is not None:
        read_from = hashlib.sha256(corrections.read_bytes()).hexdigest()
        facts["data"]["corrections"] = {"sha256": read_from, "texts": len(beside.examples) // WEIGHT}
    artefact.save(folder, learnt.vocabulary, learnt.numbers, settings, judged.of_new_writers().verdicts(), facts)
    return settings
