"""Learn the weights of likeness from incidents told twice and their near misses: `python -m analytics.duplicates.learning`.

Logistic regression with each weight held to its side of zero: words in common may never lower the likeness, a differing fact never
raise it. Without that the near misses, written from the tellings, would teach that many common words are a bad sign. numpy only.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.duplicates.facts import Facts, facts
from analytics.duplicates.features import FEATURES, features
from analytics.duplicates.reading import read
from analytics.duplicates.scoring import WEIGHTS, compare, score
from feedback.text import fold

Array = npt.NDArray[np.float64]
FOLDER = Path(__file__).with_name("pairs")
#: The files weights are learnt from, and the one that only judges.
LEARNT = ("mixed_1", "mixed_2", "offices", "people", "street")
JUDGED = "mixed_3"
SEED = 7
FOLDS = 10
_UNRELATED = 2
_PENALTY = 0.003
_STEPS = 4_000
#: Words in fewer reports share one rarity.
_FEWEST = 3


@dataclass(frozen=True)
class Incident:
    """One incident told by two people, and another that is easily taken for it."""

    id: str
    one: str
    two: str
    near: str
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two reports and whether they tell of one incident: same, twice, near or unrelated, then perhaps "folded". `incident` is the group."""

    a: str
    b: str
    kind: str
    incident: str


def incidents(*names: str) -> list[Incident]:
    """The incidents of some files."""
    rows = [json.loads(line) for name in names for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [Incident(row["id"], row["one"], row["two"], row["near"], tuple(row["differs"])) for row in rows]


def pairs(told: Sequence[Incident], unrelated: int = _UNRELATED) -> list[Pair]:
    """Both tellings, each telling with the near miss, and each with tellings of other incidents; then all once more, one side folded.

    A telling and itself without tone marks are the same report sent twice.
    """
    rng = np.random.default_rng(SEED)
    made: list[Pair] = []
    for incident in told:
        made += [Pair(incident.one, incident.two, "same", incident.id), Pair(incident.two, fold(incident.two), "twice", incident.id)]
        made += [Pair(text, incident.near, "near", incident.id) for text in (incident.one, incident.two)]
        others = rng.choice([place for place, other in enumerate(told) if other is not incident], unrelated, replace=False)
        made += [Pair(incident.one, told[place].two, "unrelated", incident.id) for place in others]
    return [*made, *(Pair(pair.a, fold(pair.b), f"{pair.kind} folded", pair.incident) for pair in made if pair.kind != "twice")]


def is_same(of: Sequence[Pair]) -> Array:
    """1 for pairs about one incident, 0 for the others."""
    return np.array([float(pair.kind.startswith(("same", "twice"))) for pair in of])


def rarity(texts: Sequence[str]) -> dict[str, float]:
    """How seldom each word is in reports: idf, rounded; the empty word stands for all unknown ones."""
    seen = Counter(word for text in texts for word in set(read(text).bag))
    count = len(texts)
    known = {word: round(math.log((1 + count) / (1 + n)), 1) for word, n in sorted(seen.items()) if n >= _FEWEST}
    return {"": round(math.log((1 + count) / 2), 1), **known}


def table(of: Sequence[Pair], rare: dict[str, float]) -> Array:
    """One row of features for each pair."""
    known: dict[str, Facts] = {}
    for text in {text for pair in of for text in (pair.a, pair.b)}:
        known[text] = facts(text)
    return np.array([features(known[pair.a], known[pair.b], rare) for pair in of], dtype=np.float64)


def fit(rows: Array, same: Array) -> Array:
    """Weights, the bias last: penalised logistic loss, both classes weighing alike, by accelerated projected gradient descent."""
    signs = np.array(list(FEATURES.values()), dtype=np.float64)
    padded = np.hstack([rows, np.ones((len(rows), 1))])
    importance = np.where(same > 0, 0.5 / same.sum(), 0.5 / (len(same) - same.sum()))
    penalty = np.append(np.full(len(signs), _PENALTY), 0.0)
    step = 1.0 / (0.25 * float((importance[:, None] * padded**2).sum()) + _PENALTY)
    weights = ahead = np.zeros(padded.shape[1])
    for turn in range(1, _STEPS + 1):
        error = importance * (1.0 / (1.0 + np.exp(-(padded @ ahead))) - same)
        moved = ahead - step * (padded.T @ error + penalty * ahead)
        moved[:-1] = np.where(signs * moved[:-1] > 0, moved[:-1], 0.0)
        ahead = moved + (turn - 1) / (turn + 2) * (moved - weights)
        weights = moved
    return weights


def held_out(of: Sequence[Pair], rows: Array) -> Array:
    """The score of each pair by weights that never saw its incident."""
    groups = np.random.default_rng(SEED).permutation(sorted({pair.incident for pair in of}))
    fold = {str(group): place % FOLDS for place, group in enumerate(groups)}
    folds = np.array([fold[pair.incident] for pair in of])
    same = is_same(of)
    scores = np.zeros(len(of))
    for number in range(FOLDS):
        weights = fit(rows[folds != number], same[folds != number])
        scores[folds == number] = logistic(rows[folds == number] @ weights[:-1] + weights[-1])
    return scores


def logistic(values: Array) -> Array:
    """Probabilities of log odds."""
    return 1.0 / (1.0 + np.exp(-values))


def auc(scores: Array, same: Array) -> float:
    """Chance that a same pair scores above another one; ties count half."""
    difference = scores[same > 0][:, None] - scores[same == 0][None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def interval(of: Sequence[Pair], scores: Array, draws: int = 1_000) -> tuple[float, float]:
    """95 % bootstrap interval of the AUC, drawing whole incidents."""
    rng = np.random.default_rng(SEED)
    same = is_same(of)
    groups = sorted({pair.incident for pair in of})
    places = {group: [n for n, pair in enumerate(of) if pair.incident == group] for group in groups}
    drawn = []
    for _ in range(draws):
        chosen = np.array([n for group in rng.choice(groups, len(groups)) for n in places[str(group)]])
        drawn.append(auc(scores[chosen], same[chosen]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def auc_of(told: Sequence[Incident], same: str, other: str) -> float:
    """AUC of the kept weights between two kinds of pairs of some incidents."""
    of = [pair for pair in pairs(told) if pair.kind in (same, other)]
    return auc(np.array([compare(pair.a, pair.b).score for pair in of]), is_same(of))


def among_first(told: Sequence[Incident], count: int, *, folded: bool = False, others: Sequence[str] = ()) -> float:
    """Share of incidents whose second telling is among the `count` likest of all second tellings, near misses and other reports."""
    candidates = [facts(text) for text in (*(one.two for one in told), *(one.near for one in told), *others)]
    found = 0
    for place, incident in enumerate(told):
        asked = facts(fold(incident.one) if folded else incident.one)
        scores = np.array([score(asked, candidate).score for candidate in candidates])
        found += int((scores > scores[place]).sum()) < count
    return found / len(told)


def best_threshold(scores: Array, same: Array) -> float:
    """The score that parts held-out pairs best, both classes weighing alike; rounded."""
    marks = np.arange(0.2, 0.81, 0.01)
    right = [((scores[same > 0] >= mark).mean() + (scores[same == 0] < mark).mean(), mark) for mark in marks]
    return round(float(max(right)[1]), 2)


def learn(extra_texts: Sequence[str]) -> dict[str, Any]:
    """Everything scoring needs, as it is kept: weights, bias, threshold, rarity of words. `extra_texts` teach rarity only."""
    of = pairs(incidents(*LEARNT))
    rare = rarity([*extra_texts, *sorted({text for pair in of for text in (pair.a, pair.b)})])
    rows = table(of, rare)
    same = is_same(of)
    weights = fit(rows, same)
    return {
        "bias": round(float(weights[-1]), 3),
        "threshold": best_threshold(held_out(of, rows), same),
        "weights": {name: round(float(weight), 3) for name, weight in zip(FEATURES, weights[:-1], strict=True)},
        "rarity": rare,
    }


def main() -> None:
    """Learn anew and write the weights beside the code; the same texts give the same bytes."""
    from analytics.classify.corpus import load_examples

    kept = learn([example.text for example in load_examples()])
    WEIGHTS.write_text(json.dumps(kept, ensure_ascii=False, indent=0, sort_keys=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
