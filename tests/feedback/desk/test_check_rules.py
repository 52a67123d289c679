"""The random sample and the marks of texts: pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.learning_rules import SHARE, is_drawn, learning_key, text_mark
from feedback.codes import new_public_id

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.text(min_size=1, max_size=16))
def test_asking_again_gives_the_same_answer_and_a_larger_share_draws_no_case_less(key: bytes, public_id: str) -> None:
    assert is_drawn(key, public_id) == is_drawn(key, public_id)
    assert is_drawn(key, public_id, 1.0)
    assert not is_drawn(key, public_id, 0.0)
    assert not is_drawn(key, public_id, 0.05) or is_drawn(key, public_id, 0.2)


def test_about_one_in_twenty_is_drawn_and_another_key_draws_others() -> None:
    ids = [new_public_id() for _ in range(20_000)]
    drawn = {one for one in ids if is_drawn(bytes(32), one)}
    others = {one for one in ids if is_drawn(b"1" * 32, one)}
    assert 0.043 < len(drawn) / len(ids) < 0.057, "more than four standard deviations off"
    assert SHARE == 0.05
    assert len(drawn & others) < 120, "two keys agree by chance alone"


@given(KEYS, st.text(max_size=50), st.text(max_size=50))
def test_a_mark_knows_its_text_again_and_no_other(key: bytes, one: str, other: str) -> None:
    assert (text_mark(key, one) == text_mark(key, other)) == (one == other)
    assert text_mark(key, one) != text_mark(bytes(31) + b"x", one)


def test_the_key_is_for_learning_alone() -> None:
    assert learning_key(b"pepper") != b"pepper"
    assert learning_key(b"pepper") == learning_key(b"pepper") != learning_key(b"other")


def test_a_draw_tells_nothing_of_a_mark() -> None:
    key = bytes(32)
    assert text_mark(key, "draw|a") != text_mark(key, "a")
    with pytest.raises(AttributeError):
        is_drawn(key, None)  # type: ignore[arg-type]
