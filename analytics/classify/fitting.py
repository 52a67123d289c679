"""Weights of a linear model: large margins for the fields, a logistic unit per sign. Needs scipy; training only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float32]
#: From scores (texts x columns) to the loss over all texts and its slope per score.
Loss = Callable[[Floats], tuple[float, Floats]]

#: Steps of L-BFGS. Held-out figures stand still from a hundred on; the optimum itself takes two hundred.
_STEPS = 120


def fit(rows: csr_matrix, fields: Floats, signs: Floats, soft_field: float, soft_sign: float) -> tuple[Floats, Floats]:
    """Weights (features x columns) and bias (columns) of least regularised loss.

    `fields` holds one row of shares per text that sum to one, `signs` one column of 0 or 1 per sign; `soft_field` and `soft_sign` are
    the inverse strength of the penalty. Single precision: the sparse products are most of the work.
    """
    rows = rows.astype(np.float32)
    turned = rows.T.tocsr()
    found = [
        _descend(rows, turned, loss, columns, soft)
        for loss, columns, soft in (
            (_margins(fields), fields.shape[1], soft_field),
            (_surprise(signs), signs.shape[1], soft_sign),
        )
    ]
    return np.concatenate([weights for weights, _ in found], axis=1), np.concatenate([bias for _, bias in found])


def _margins(fields: Floats) -> Loss:
    """Squared hinge: a text pulls towards each of its fields with its share, away from all others with its whole weight."""
    side = np.where(fields > 0, 1, -1).astype(np.float32)
    stake = np.where(fields > 0, fields, 1).astype(np.float32)

    def loss(scores: Floats) -> tuple[float, Floats]:
        missing = np.maximum(0, 1 - side * scores)
        return float((stake * missing**2).sum(dtype=np.float64)), -2 * stake * side * missing

    return loss


def _surprise(signs: Floats) -> Loss:
    """Minus the logarithm of the chance of what is true."""

    def loss(scores: Floats) -> tuple[float, Floats]:
        level = np.logaddexp(0, scores)
        whole = float((level - scores * signs).sum(dtype=np.float64))
        # The logistic unit, without an exponential of more than nothing that could overflow.
        return whole, np.asarray(np.exp(scores - level) - signs, dtype=np.float32)

    return loss


def _descend(rows: csr_matrix, turned: csr_matrix, loss: Loss, columns: int, soft: float) -> tuple[Floats, Floats]:
    count, penalty = rows.shape[1], np.float32(1 / soft)

    def whole(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = _unpacked(point, count, columns)
        value, gap = loss(rows @ weights + bias)
        slope = np.concatenate([(turned @ gap + weights * penalty).ravel(), gap.sum(axis=0)])
        return value + float((weights.astype(np.float64) ** 2).sum()) / 2 / soft, slope.astype(np.float64)

    start = np.zeros((count + 1) * columns)
    # With several threads sums change their order, and so the bytes.
    with threadpool_limits(limits=1):
        found = minimize(whole, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "ftol": 1e-8, "gtol": 1e-4})
    return _unpacked(found.x, count, columns)


def _unpacked(point: NDArray[np.float64], count: int, columns: int) -> tuple[Floats, Floats]:
    single = point.astype(np.float32)
    return single[: count * columns].reshape(count, columns), single[count * columns :]
