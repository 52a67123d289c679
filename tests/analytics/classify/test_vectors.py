from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy.sparse import csr_matrix

from analytics.classify.model import CATEGORIES, HEADS, Numbers
from analytics.classify.vectors import fit_layer, fit_vectors

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
    assert weights.shape == (FIELDS + 11, FIELDS)
    assert ((rows @ weights + bias).argmax(axis=1) == fields.argmax(axis=1)).mean() > 0.99
    assert ((bent(rows, *fit_layer(rows, fields, signs)) > 0) == (signs > 0)).mean() > 0.95


def bent(rows: csr_matrix, vectors: np.ndarray, shift: np.ndarray, reader: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Scores of the signs."""
    nothing = np.zeros(0)
    return Numbers(nothing, nothing, nothing, vectors, shift, reader).bent(rows @ vectors) + bias


def test_a_sign_may_hang_on_two_words_together() -> None:
    """There when just one of two words is: no sum of weights can say that."""
    held = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1], [1, 0, 0]], dtype=np.float32)
    rows = csr_matrix(np.tile(held / np.sqrt(held.sum(axis=1, keepdims=True)), (2000, 1)))
    fields = np.eye(FIELDS, dtype=np.float32)[np.zeros(len(rows.indptr) - 1, dtype=int)]
    signs = np.tile(np.array([[1], [1], [0], [0]], dtype=np.float32), (2000, SIGNS))
    said = bent(rows, *fit_layer(rows, fields, signs)) > 0
    assert (said == (signs > 0)).mean() > 0.95


def test_the_same_texts_give_the_same_bytes() -> None:
    rows, fields, signs = texts(300)
    assert [part.tobytes() for part in fit_vectors(rows, fields, signs)] == [part.tobytes() for part in fit_vectors(rows, fields, signs)]
    assert [part.tobytes() for part in fit_layer(rows, fields, signs)] == [part.tobytes() for part in fit_layer(rows, fields, signs)]


def test_features_left_out_at_random_leave_the_texts_themselves_unchanged() -> None:
    rows, fields, signs = texts(300)
    before = rows.toarray()
    fit_vectors(rows, fields, signs)
    fit_layer(rows, fields, signs)
    assert (rows.toarray() == before).all()
