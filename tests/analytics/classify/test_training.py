from __future__ import annotations

import numpy as np
import pytest

from analytics.classify.corpus import Example, load_examples
from analytics.classify.model import CATEGORIES, HEADS
from feedback.text import fold

training = pytest.importorskip("analytics.classify.training")
fit = training.fit


def learnt(examples: list[Example]) -> tuple[training.Learnt, list[training.Found]]:
    plain = training.features_of([example.text for example in examples])
    bare = training.features_of([fold(example.text) for example in examples])
    return training.learn(examples, [*plain, *bare]), plain


@pytest.mark.slow
def test_the_same_texts_give_the_same_numbers() -> None:
    examples = load_examples()[::40]
    (one, plain), (two, _) = learnt(examples), learnt(examples)
    assert one.vocabulary == two.vocabulary
    assert one.digest == two.digest
    best = one.scores(plain)[:, : len(CATEGORIES)].argmax(axis=1)
    assert np.mean([CATEGORIES[at] == example.category for at, example in zip(best, examples, strict=True)]) > 0.9


def test_both_models_have_the_same_say_however_wide_their_scores_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second model with the same fields as the first, ten times as wide, leaves their scores as they were."""
    examples = load_examples()[::60]
    plain = training.features_of([example.text for example in examples])
    firsts = []

    def first(*given: object) -> tuple[np.ndarray, np.ndarray]:
        firsts.append(fit(*given))
        return firsts[-1]

    fields = len(CATEGORIES)
    monkeypatch.setattr(training, "fit", first)
    monkeypatch.setattr(training, "fit_vectors", lambda *_given: (firsts[-1][0][:, :fields] * 10, firsts[-1][1][:fields] * 10))
    model = training.learn(examples, [*plain, *plain])
    (weights, bias), learnt = firsts[-1], model.numbers
    assert learnt.weights[:, :fields] == pytest.approx(weights[:, :fields], abs=1e-3)
    assert learnt.bias[:fields] == pytest.approx(bias[:fields], abs=1e-3)
    linear = learnt.weights[:, fields:]
    assert linear == pytest.approx(weights[:, fields:] / 2, abs=1e-3), "a sign is the mean of both as well"
    rows = training._matrix([*plain, *plain], {name: at for at, name in enumerate(model.vocabulary)}, learnt.idf)
    assert np.asarray(rows @ linear).std(axis=0) == pytest.approx(learnt.bent(rows @ learnt.vectors).std(axis=0), rel=0.01)


@pytest.mark.slow
def test_signs_are_learnt_beside_fields() -> None:
    examples = load_examples()[::20]
    model, plain = learnt(examples)
    scores = model.scores(plain)[:, len(CATEGORIES) :]
    for at, name in enumerate(HEADS):
        truth = np.array([bool(getattr(example, name)) for example in examples])
        assert scores[truth, at].mean() > scores[~truth, at].mean() + 1


@pytest.mark.slow
def test_a_text_is_never_judged_by_a_model_that_saw_its_neighbours() -> None:
    """Every run has its own label written into its texts as a word: whoever saw the run knows it, whoever did not cannot."""
    words = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "trăm", "ngàn"]
    examples = [
        Example(f"{words[run]} {words[run]} {at}", CATEGORIES[run % 2], False, False, False, False, "plain", "file", run)
        for run in range(12)
        for at in range(20)
    ]
    plain = training.features_of([example.text for example in examples])
    judged = training.held_out(examples, plain, plain)
    model, _ = learnt(examples)
    seen = model.scores(plain)[:, : len(CATEGORIES)].argmax(axis=1) == judged.fields
    assert seen.mean() == 1.0
    assert judged.right.mean() < 0.8


def test_shares_follow_the_acceptable_fields() -> None:
    one = Example("a", "health", False, False, False, False, "plain", "a", 0)
    two = Example("a", "health", False, False, False, False, "plain", "a", 0, ("other", "education"))
    shares = training.shares([one, two])
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[0, CATEGORIES.index("health")] == 1
    assert shares[1, CATEGORIES.index("health")] == pytest.approx(0.7)
    assert shares[1, CATEGORIES.index("other")] == pytest.approx(0.15)
