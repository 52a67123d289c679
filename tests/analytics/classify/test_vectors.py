from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy.sparse import csr_matrix

from analytics.classify.model import CATEGORIES, HEADS
from analytics.classify.training import mean_of
from analytics.classify.vectors import fit_vectors

FIELDS, SIGNS = len(CATEGORIES), len(HEADS)


def texts(count: int = 600) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """Texts of one telling word and two that say nothing; the last word of all is a sign."""
    chance = np.random.default_rng(7)
    fields = np.zeros((count, FIELDS), dtype=np.float32)
    signs = np.zeros((count, SIGNS), dtype=np.float32)
    rows = np.zeros((count, FIELDS + 11), dtype=np.float32)
    for at in range(count):
        field = at % FIELDS
        fields[at, field] = 1
        rows[at, field] = 1
        rows[at, FIELDS + chance.integers(10, size=2)] = 1
        signs[at] = rows[at, -1] = at % 5 == 0
    return csr_matrix(rows), fields, signs


def test_telling_words_are_learnt_and_the_others_are_not() -> None:
    rows, fields, signs = texts()
    weights, bias = fit_vectors(rows, fields, signs)
    assert weights.shape == (FIELDS + 11, FIELDS + SIGNS)
    scores = rows @ weights + bias
    assert (scores[:, :FIELDS].argmax(axis=1) == fields.argmax(axis=1)).mean() > 0.99
    assert ((scores[:, FIELDS:] > 0) == (signs > 0)).mean() > 0.95


def test_the_same_texts_give_the_same_bytes() -> None:
    one, other = (fit_vectors(*texts(300)) for _ in range(2))
    assert one[0].tobytes() == other[0].tobytes()
    assert one[1].tobytes() == other[1].tobytes()


def test_features_left_out_at_random_leave_the_texts_themselves_unchanged() -> None:
    rows, fields, signs = texts(300)
    before = rows.toarray()
    fit_vectors(rows, fields, signs)
    assert (rows.toarray() == before).all()


def test_the_mean_gives_two_models_the_same_say_however_wide_their_scores_are() -> None:
    chance = np.random.default_rng(3)
    rows = csr_matrix(chance.random((20, 5), dtype=np.float32))
    weights = chance.random((5, FIELDS + SIGNS), dtype=np.float32)
    bias = chance.random(FIELDS + SIGNS, dtype=np.float32)
    wider = np.array([100] * FIELDS + [7, 0.1, 3, 1], dtype=np.float32)
    both, shift = mean_of(rows, (weights, bias), (weights * wider, bias * wider))
    assert both == pytest.approx(weights, rel=1e-4)
    assert shift == pytest.approx(bias, rel=1e-4)
    half, _ = mean_of(rows, (weights, bias), (np.roll(weights, 1, axis=0), bias))
    assert abs(half - weights).max() > 0.1
