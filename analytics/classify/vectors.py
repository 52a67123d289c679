"""A second way to read a text: features become short vectors, a text their weighted sum, one layer reads it. Training only.

The idea is that of fastText (Joulin et al. 2016, arXiv 1607.01759): words that speak of one thing come to lie together, so that a rare
word is read by its company. Features are left out at random while it learns. For the fields the product of both layers is a linear model
again, so nothing changes where texts are read. For the signs what falls below nothing is dropped in between: money asked for beside "the
company" can then mean another thing than beside "the ward", which no sum of weights can say. Each learns fields and signs, since what one
needs helps the other, and gives its own part. Adam (Kingma and Ba 2014, arXiv 1412.6980) finds both; the same seed gives the same bytes.
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
#: Left out at random while it learns: of the features, and of the vectors of the bent one.
_LEFT_OUT, _UNREAD = 0.25, 0.2
_FASTEST = 0.015
#: How wide the two layers start.
_VECTORS_START, _READER_START = 0.1, 0.3


def fit_vectors(rows: csr_matrix, fields: Floats, signs: Floats) -> tuple[Floats, Floats]:
    """Weights (features x fields) and bias (fields), as `fitting.fit` gives them and for the same truth."""
    vectors, _shift, reader, bias = _learn(rows, fields, signs, bent=False)
    count = fields.shape[1]
    return _product("ij,jk->ik", vectors, reader[:, :count]), bias[:count]


def fit_layer(rows: csr_matrix, fields: Floats, signs: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Vectors (features x length), shift (length), reader (length x signs) and bias (signs).

    The reader takes what of a text's vector and the shift together is above nothing.
    """
    vectors, shift, reader, bias = _learn(rows, fields, signs, bent=True)
    count = fields.shape[1]
    return vectors, shift, reader[:, count:], bias[count:]


def _learn(rows: csr_matrix, fields: Floats, signs: Floats, *, bent: bool) -> tuple[Floats, Floats, Floats, Floats]:
    chance = np.random.default_rng(_SEED)
    truth, labels = np.concatenate([fields, signs], axis=1), fields.shape[1]
    vectors = chance.standard_normal((rows.shape[1], _LENGTH), dtype=np.float32) * np.float32(_VECTORS_START)
    reader = chance.standard_normal((_LENGTH, truth.shape[1]), dtype=np.float32) * np.float32(_READER_START)
    shift, bias = np.zeros(_LENGTH, dtype=np.float32), np.zeros(truth.shape[1], dtype=np.float32)
    # Without the bend the shift would say what the bias says.
    steps = [_Adam(part) for part in ((vectors, reader, bias, shift) if bent else (vectors, reader, bias))]
    for pace, batch, own in _batches(rows.astype(np.float32), truth, chance):
        whole = batch @ vectors + shift
        let = _let(whole, chance) if bent else np.float32(1)
        whole *= let
        gap = _chances(_product("ij,jk->ik", whole, reader) + bias, labels) - own
        gap /= len(own)
        back = _product("ik,jk->ij", gap, reader) * let
        slopes = (batch.T @ back, _product("ij,ik->jk", whole, gap), gap.sum(axis=0), back.sum(axis=0))
        for step, slope in zip(steps, slopes, strict=False):
            step.down(slope, pace)
    return vectors, shift, reader, bias


def _let(whole: Floats, chance: np.random.Generator) -> Floats:
    """What of texts' vectors the reader is let see: nothing below nothing, and a part left out at random."""
    kept = chance.random(whole.shape, dtype=np.float32) > _UNREAD
    return (kept & (whole > 0)) * np.float32(1 / (1 - _UNREAD))


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
    return np.concatenate([raised / raised.sum(axis=1, keepdims=True), np.exp(-np.logaddexp(0, -scores[:, labels:]))], axis=1)


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
