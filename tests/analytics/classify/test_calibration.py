from __future__ import annotations

import numpy as np
import pytest

from analytics.classify.calibration import settle, temperature
from analytics.classify.corpus import Example
from analytics.classify.evaluation import HeldOut, calibration_error, figures, softmax
from analytics.classify.model import CATEGORIES, HEADS

WIDTH = len(CATEGORIES) + len(HEADS)


def held_out(count: int = 600) -> HeldOut:
    """Two files: one with every field, one with health only, whose texts are all read wrongly. Every fifth text has every sign."""
    examples, scores = [], np.full((count, WIDTH), -3.0)
    for at in range(count):
        seen = at % 2 == 0
        field = CATEGORIES[at // 2 % len(CATEGORIES)] if seen else "health"
        sign = at % 5 == 0
        examples.append(Example(f"rác {at}", field, sign, sign, sign, sign, "plain", "whole" if seen else "partial", at))
        # One in ten of the whole file is wrong. Two of three such are unsure, so that a threshold can tell them from the rest.
        wrong = at % 20 == 0 if seen else True
        best = CATEGORIES.index(field) if not wrong else (CATEGORIES.index(field) + 1) % len(CATEGORIES)
        scores[at, best] = -2.0 if seen and wrong and at % 60 else 2.0 + at / count
        scores[at, len(CATEGORIES) :] = (1.0 if sign or at % 97 == 1 else -4.0) + at / count
    return HeldOut(tuple(examples), scores, np.roll(scores, 1, axis=1))


def test_temperature_finds_the_scale() -> None:
    generator = np.random.default_rng(1)
    scores = generator.normal(size=(4000, 3)) * 2
    drawn = np.array([generator.choice(3, p=row) for row in softmax(scores)])
    assert temperature(scores * 3, drawn) == pytest.approx(3, rel=0.15)


def test_thresholds_come_from_files_held_out_whole() -> None:
    judged = held_out()
    settings = settle(judged, "test")
    own = figures(judged, settings)["new_writers"]
    assert own["accuracy"]["of"] == 300
    assert own["accuracy"]["rate"] == pytest.approx(0.9)
    assert own["right_when_answered"]["rate"] >= 0.93
    assert own["answered"]["rate"] >= 0.85
    assert own["heads"]["spam"]["recall"]["rate"] >= 0.85
    assert own["heads"]["spam"]["precision"]["rate"] >= 0.9


def test_without_a_whole_file_all_texts_count() -> None:
    judged = held_out()
    partial = judged.only(np.array([example.file == "partial" for example in judged.examples]))
    assert len(partial.of_new_writers().examples) == 300
    assert len(judged.of_new_writers().examples) == 300
    assert {example.file for example in judged.of_new_writers().examples} == {"whole"}


def test_a_second_field_counts_as_right_and_is_told_apart() -> None:
    scores = np.full((1, WIDTH), -3.0)
    scores[0, CATEGORIES.index("education")] = 3.0
    example = Example("rác", "health", False, False, False, False, "plain", "a", 0, ("education",))
    judged = HeldOut((example,), scores, scores)
    found = figures(judged, settle(judged, "test"))
    assert found["accuracy"]["rate"] == 1.0
    assert found["accuracy_first_label_only"]["rate"] == 0.0


def test_verdicts_tell_the_views_apart_and_do_not_show_the_text() -> None:
    right, wrong = np.full((1, WIDTH), -3.0), np.full((1, WIDTH), -3.0)
    right[0, CATEGORIES.index("health")] = wrong[0, CATEGORIES.index("other")] = 3.0
    example = Example("rác", "health", False, False, False, False, "plain", "a", 0)
    (name, verdict), *rest = HeldOut((example,), right, wrong).verdicts().items()
    assert verdict == (True, False)
    assert not rest
    assert "rác" not in name


def test_calibration_error_is_the_gap_between_said_and_true() -> None:
    sure = np.array([0.95] * 100)
    assert calibration_error(sure, np.array([True] * 95 + [False] * 5)) == pytest.approx(0, abs=1e-9)
    assert calibration_error(sure, np.array([True] * 45 + [False] * 55)) == pytest.approx(0.5)
