"""A report is cut into parts without a word lost; every reason for not taking one on has its guidance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.models import Refusal
from feedback.desk.guidance import PREPARED
from feedback.desk.parts import cut

texts = st.text(alphabet="ab .!?\n", max_size=80)


@given(texts, st.integers(1, 6))
def test_the_parts_hold_every_word_in_its_order(text: str, number: int) -> None:
    parts = cut(text, number)
    assert " ".join(parts).split() == text.split()
    assert len(parts) <= number
    assert all(part.strip() for part in parts)


def test_lines_are_matters_and_a_block_is_cut_in_two() -> None:
    assert cut("Rác ở hẻm.\n\nĐèn hỏng.\nHết nước.") == ["Rác ở hẻm.", "Đèn hỏng.", "Hết nước."]
    assert cut("Rác ở hẻm. Hôi lắm. Đèn đường trước nhà cũng hỏng.") == ["Rác ở hẻm. Hôi lắm.", "Đèn đường trước nhà cũng hỏng."]


@pytest.mark.parametrize("code", Refusal)
def test_every_reason_says_what_to_do_instead(code: Refusal) -> None:
    assert len(str(PREPARED[code])) > 80
