from __future__ import annotations

import numpy as np

from analytics.duplicates import learning
from analytics.duplicates.facts import facts
from analytics.duplicates.features import FEATURES, features
from analytics.duplicates.scoring import model


def row(one: str, other: str) -> dict[str, float]:
    return dict(zip(FEATURES, features(facts(one), facts(other), model().rarity), strict=True))


def test_there_are_hundreds_of_labelled_pairs() -> None:
    made = learning.pairs(learning.incidents(*learning.LEARNT))
    assert sum(pair.kind == "same" for pair in made) >= 100
    assert sum(pair.kind == "near" for pair in made) >= 200
    assert sum(pair.kind == "unrelated" for pair in made) >= 100
    assert not {incident.id for incident in learning.incidents(*learning.LEARNT)} & {i.id for i in learning.incidents(learning.JUDGED)}


def test_every_near_miss_says_how_it_differs() -> None:
    for incident in learning.incidents(*learning.LEARNT, learning.JUDGED):
        assert incident.differs, incident.id
        assert len({incident.one, incident.two, incident.near}) == 3, incident.id


def test_weights_keep_to_their_side_and_tell_the_classes_apart() -> None:
    signs = np.array(list(FEATURES.values()))
    rng = np.random.default_rng(1)
    rows = rng.random((60, len(signs)))
    same = (rows[:, 0] > 0.5).astype(np.float64)
    rows[:, 1] = 1 - rows[:, 0]  # would like a negative weight, which its sign forbids
    weights = learning.fit(rows, same)
    assert (weights[:-1] * signs >= 0).all()
    assert weights[1] == 0
    assert learning.auc(rows @ weights[:-1] + weights[-1], same) > 0.95


def test_auc_counts_ties_half() -> None:
    assert learning.auc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])) == 0.875


def test_rare_words_weigh_more_and_unknown_ones_most() -> None:
    rare = learning.rarity(["ngập đường"] * 9 + ["ngập kênh"] * 3)
    assert rare[""] > rare["kenh"] > rare["duong"] > rare["ngap"]


def test_held_out_scores_never_come_from_the_same_incident() -> None:
    told = learning.incidents("people")
    made = learning.pairs(told)
    rows = learning.table(made, model().rarity)
    scores = learning.held_out(made, rows)
    assert scores.shape == (len(made),)
    assert ((scores > 0) & (scores < 1)).all()
    first = [n for n, pair in enumerate(made) if pair.incident == told[0].id]
    changed = rows.copy()
    changed[first] = 0.0
    # Its own rows have no part in its weights: with other values they get other scores, by the same weights.
    again = learning.held_out(made, changed)
    assert len(set(again[first].round(12))) == 1


def test_what_both_tell_and_what_only_one_tells() -> None:
    assert row("số nhà 45 Lê Lợi", "số nhà 45 Lê Lợi")["house"] == 1
    assert row("số nhà 45 Lê Lợi", "số nhà 54 Lê Lợi")["house_apart"] == 1
    assert row("số nhà 45 Lê Lợi", "đường Lê Lợi")["house_apart"] == 0
    assert row("nhà số 7 và số 45", "nhà số 9 và số 45")["house_apart"] == 0.5
    assert row("số nhà 45", "phòng 45 số nhà 54")["house_apart"] == 0


def test_hours_near_each_other_agree() -> None:
    assert row("lúc 17h30", "lúc 17h45")["hour"] == 1
    assert row("lúc 17h30", "lúc 20h")["hour_apart"] == 1
    assert row("từ 15h đến 17h", "từ 15h đến 19h")["hour_apart"] == 0.5
    assert row("lúc 23h50", "lúc 0h10")["hour"] == 1
    assert row("sáng nay", "tối nay")["part_apart"] == 1
    assert row("sáng nay", "hôm nay")["part_apart"] == 0


def test_names_of_both_sides() -> None:
    assert row("ở đường Lê Lợi", "o duong le loi")["names"] == 1
    assert row("ở đường Lê Lợi", "ở đường Lê Lai")["names_apart"] == 1
    assert row("ở đường Lê Lợi", "o duong le lai")["names_apart"] == 0.5
    assert row("ngập ở kia", "ngập ở đây")["names"] == 0


def test_people_behind_titles() -> None:
    assert row("gặp cô Hằng", "cô Lê Thị Hằng nhận")["people"] == 1
    assert row("gặp cô Hằng", "gặp cô Yến")["people_apart"] == 1
    assert row("gặp cô Hằng", "gặp Hằng và cô Yến")["people_apart"] == 0


def test_words_changed_in_a_copied_sentence() -> None:
    assert row("Rác đầy ở góc chợ Tân Định sáng nay", "Khói đầy ở góc chợ Tân Định sáng nay")["swapped"] == 0.5
    assert row("Tôi có nhận được giấy hẹn", "Tôi không nhận được giấy hẹn")["negated"] == 1
    assert row("Rác đầy ở góc chợ", "Góc chợ kia sáng nay rác nhiều lắm")["swapped"] == 0


def test_members_of_exclusive_groups() -> None:
    assert row("xe tải đậu", "xe buýt đậu")["labels_apart"] == 0.5
    assert row("xe tải đậu", "xe tải chạy")["labels"] > 0
    assert row("xe tải đậu", "đậu lâu")["labels_apart"] == 0


def test_kept_weights_are_what_learning_makes(tmp_path: object) -> None:
    made = learning.pairs(learning.incidents("people"))
    rows = learning.table(made, model().rarity)
    assert np.array_equal(learning.fit(rows, learning.is_same(made)), learning.fit(rows, learning.is_same(made)))
