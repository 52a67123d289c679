from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy.sparse import csr_matrix

from analytics.classify.fitting import fit

_DIGEST = """
import hashlib
import numpy as np
from scipy.sparse import random_array
from analytics.classify.fitting import fit
chance = np.random.default_rng(5)
rows = random_array((400, 4000), density=0.02, format="csr", rng=chance)
fields = np.eye(12, dtype=np.float32)[chance.integers(12, size=400)]
signs = (chance.random((400, 4)) < 0.2).astype(np.float32)
print(hashlib.sha256(b"".join(part.tobytes() for part in fit(rows, fields, signs, 1.0, 30.0))).hexdigest())
"""


def test_a_shared_text_pulls_less_towards_its_second_field_and_away_from_the_rest() -> None:
    rows = csr_matrix(np.eye(3, dtype=np.float32))
    fields = np.array([[0.7, 0.3, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    signs = np.array([[1], [0], [0]], dtype=np.float32)
    weights, bias = fit(rows, fields, signs, 10.0, 10.0)
    scores = np.asarray(rows @ weights + bias)
    assert scores[0, 0] > scores[0, 1] > scores[0, 2]
    assert scores[1:, :3].argmax(axis=1).tolist() == [1, 2]
    assert scores[0, 3] > 0 > scores[1:, 3].max()


def test_the_bytes_do_not_hang_on_the_number_of_threads() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST], env={**os.environ, "OPENBLAS_NUM_THREADS": count}, check=True, capture_output=True, text=True
        ).stdout
        for count in ("1", "2")
    }
    assert len(answers) == 1


def test_however_far_a_score_runs_nothing_overflows() -> None:
    rows = csr_matrix(np.eye(3, dtype=np.float32) * 1e4)
    fields, signs = np.eye(3, dtype=np.float32), np.array([[1], [0], [0]], dtype=np.float32)
    with np.errstate(over="raise"):
        weights, bias = fit(rows, fields, signs, 1.0, 1e6)
    assert np.isfinite(weights).all()
    assert np.isfinite(bias).all()
