from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from feedback.city.order import vietnamese


def test_names_stand_in_the_order_of_the_vietnamese_dictionary():
    ordered = [
        *("An", "Ăn", "Ân", "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Bằng", "Cần", "Da", "Đa", "Em", "Êm"),
        *("Long", "Lô", "Lơ", "Phường 2", "Phường 10", "Phường An", "Quận", "Tan", "Tân", "Tần", "Tấn", "Ưng", "Vũ"),
    ]
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert sorted(shuffled, key=vietnamese) == ordered


def test_letters_decide_before_tones():
    assert sorted(["Hạ", "Hà", "Han"], key=vietnamese) == ["Hà", "Hạ", "Han"]


def test_composed_and_decomposed_writing_sort_alike():
    assert vietnamese("Bình")[0] == vietnamese("Bi\u0300nh")[0]


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_names_can_be_compared_and_only_equal_ones_are_equal(first, second):
    assert (vietnamese(first) < vietnamese(second)) or (vietnamese(second) < vietnamese(first)) or first == second
