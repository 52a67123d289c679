"""Codes of demo cases are codes like any other, and secret with the secret."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics.demo.codes import demo_code
from feedback.codes import new_code, new_public_id, read_code, show_code

SECRET = "a secret of forty characters, or nearly so"


@given(st.text(min_size=1, max_size=16))
def test_a_demo_code_can_be_typed_in(public_id: str) -> None:
    code = demo_code(SECRET, public_id)
    assert read_code(show_code(code)) == code
    assert len(code) == len(new_code())


def test_each_case_and_each_secret_has_a_code_of_its_own() -> None:
    ids = [new_public_id() for _ in range(500)]
    assert len({demo_code(secret, public_id) for public_id in ids for secret in (SECRET, SECRET + "!")}) == 1000
    assert demo_code(SECRET, ids[0]) == demo_code(SECRET, ids[0])
