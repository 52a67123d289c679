"""A second way to the same kind of weights: features become short vectors, a text their weighted sum, one layer reads it. Training only.

The idea is that of fastText (Joulin et al. 2016, arXiv 1607.01759): words that speak of one thing come to lie together, so that a rare
word is read by its company. Features are left out at random while it learns. The product of both layers is a linear model again, so
nothing changes where texts are read. Adam (Kingma and Ba 2014, arXiv 1412.6980) finds it; the same seed gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]

_SEED = 1
_LENGTH = 48
_ROUNDS = 12
_AT_ONCE = 256
_LEFT_OUT = 0.25
_FASTEST = 0.015
#: How wide the two layers start.
_VECTORS_START, _READER_START = 0.1, 0.3


def fit_vectors(rows: csr_matrix, fields: Floats, signs: Floats) -> tuple[Floats, Floats]:
    """Weights (features x columns) and bias (columns), as `fitting.fit` gives them and for the same truth."""
    chance = np.random.default_rng(_SEED)
    truth, labels = np.concatenate([fields, signs], axis=1), fields.shape[1]
    vectors = chance.standard_normal((rows.shape[1], _LENGTH), dtype=np.float32) * np.float32(_VECTORS_START)
    reader = chance.standard_normal((_LENGTH, truth.shape[1]), dtype=np.float32) * np.float32(_READER_START)
    bias = np.zeros(truth.shape[1], dtype=np.float32)
    steps = [_Adam(vectors), _Adam(reader), _Adam(bias)]
    for pace, batch, own in _batches(rows.astype(np.float32), truth, chance):
        whole = batch @ vectors
        gap = _chances(_product("ij,jk->ik", whole, reader) + bias, labels) - own
        gap /= len(own)
        slopes = (batch.T @ _product("ik,jk->ij", gap, reader), _product("ij,ik->jk", whole, gap), gap.sum(axis=0))
        for step, slope in zip(steps, slopes, strict=True):
            step.down(slope, pace)
    return _product("ij,jk->ik", vectors, reader), bias


def _batches(rows: csr_matrix, truth: Floats, chance: np.random.Generator) -> Iterator[tuple[float, csr_matrix, Floats]]:
    """How far to step (falling to nothing), some texts in random order with features left out, and their truth."""
    total = _ROUNDS * math.ceil(rows.shape[0] / _AT_ONCE)
    done = 0
    for _ in range(_ROUNDS):
        order = chance.permutation(rows.shape[0])
        for start in range(0, len(order), _AT_ONCE):
            chosen = order[start : start + _AT_ONCE]
            batch = rows[chosen]
            batch.data *= (chance.random(len(batch.data), dtype=np.float32) > _LEFT_OUT) * np.float32(1 / (1 - _LEFT_OUT))
            yield _FASTEST * (1 - done / total), batch, truth[chosen]
            done += 1


def _product(how: str, one: Floats, other: Floats) -> Floats:
    """A product of small matrices without threads: these could change the order of sums, and so the bytes."""
    return np.asarray(np.einsum(how, one, other, optimize=False))


def _chances(scores: Floats, labels: int) -> Floats:
    """Softmax over the fields, a logistic unit per sign."""
    raised = np.exp(scores[:, :labels] - scores[:, :labels].max(axis=1, keepdims=True))
    return np.concatenate([raised / raised.sum(axis=1, keepdims=True), 1 / (1 + np.exp(-scores[:, labels:]))], axis=1)


class _Adam:
    """Steps of one array, in place: half of the time is spent here."""

    def __init__(self, point: Floats) -> None:
        self._point = point
        self._mean = np.zeros_like(point)
        self._square = np.zeros_like(point)
        self._count = 0

    def down(self, slope: Floats, pace: float) -> None:
        """One step; `slope` is used up."""
        self._count += 1
        slope *= 0.1
        self._mean *= 0.9
        self._mean += slope
        np.multiply(slope, slope, out=slope)
        slope *= 0.1  # a thousandth of the square
        self._square *= 0.999
        self._square += slope
        np.sqrt(self._square, out=slope)
        slope /= np.float32(math.sqrt(1 - 0.999**self._count))
        slope += np.float32(1e-8)
        np.divide(self._mean, slope, out=slope)
        slope *= np.float32(pace / (1 - 0.9**self._count))
        self._point -= slope
