"""The pure parts of the report form: order of the questions, telephone numbers and addresses, names of places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.intake.people import is_email, is_phone, tidy_phone
from feedback.intake.places import Named, Places, UnknownPlace
from feedback.intake.steps import LAST, STEPS, first_open, following, may_open

DONE = st.sets(st.sampled_from(STEPS))


@given(DONE, st.sampled_from(STEPS))
def test_a_question_opens_only_after_all_before_it(done: set[str], step: str) -> None:
    assert may_open(step, done) == all(earlier in done for earlier in STEPS[: STEPS.index(step)])


@given(DONE)
def test_the_first_open_question_may_be_opened_and_is_not_answered(done: set[str]) -> None:
    step = first_open(done)
    assert may_open(step, done)
    assert step == LAST or step not in done


def test_after_an_answer_comes_the_next_question_or_the_last_look() -> None:
    assert following("su-viec", {"su-viec"}) == "dia-diem"
    assert following("lien-he", set(STEPS[:4])) == "kiem-tra"
    assert following("su-viec", set(STEPS[:4])) == "kiem-tra"


@pytest.mark.parametrize("typed", ["0900 000 123", "0900.000.123", "+84 900-000-123", "84900000123", "(028) 3829 6052", "02838296052"])
def test_telephone_numbers_as_people_write_them(typed: str) -> None:
    assert is_phone(typed)
    assert tidy_phone(typed).lstrip("+").isdigit()


@pytest.mark.parametrize("typed", ["", "113", "0000 000 000", "090000012", "090000012345", "900000123", "0900 000 12a", "+1 202 555 0100"])
def test_what_is_no_telephone_number(typed: str) -> None:
    assert not is_phone(typed)


@pytest.mark.parametrize(
    ("typed", "good"), [("lan@example.com", True), ("lan@example", False), ("lan example@x.vn", False), ("a@b@c.vn", False)]
)
def test_addresses_of_mail(typed: str, good: bool) -> None:
    assert is_email(typed) is good


def test_a_very_long_address_is_none() -> None:
    assert not is_email("a" * 200 + "@example.com")


PLACES = Places(
    [
        Named(1, "760", "Quận 1", "Quận"),
        Named(2, "770", "Quận 3 (cũ)", "Quận"),
        Named(3, "26734", "Phường Bến Nghé", "Phường", "Quận 1"),
        Named(4, "26740", "Phường 1", "Phường", "Quận 3 (cũ)"),
        Named(5, "26900", "Phường 1", "Phường", "Quận 5"),
        Named(6, "27500", "Xã Đông Thạnh", "Xã", "Huyện Hóc Môn"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("760", 1), ("Quận 1", 1), ("quan 1", 1), ("Q.1", 1), ("Q. 1", 1), ("Quận 3", 2), ("Quận 3 (cũ)", 2),
        ("26734", 3), (" Bến Nghé ", 3), ("PHUONG BEN NGHE", 3), ("P. Bến Nghé, Q.1", 3), ("Bến Nghé, Quận 1", 3),
        ("Phường 1, Quận 3", 4), ("P.1, Q.3", 4), ("phuong 1 quan 5", 5), ("dong thanh", 6), ("Xã Đông Thạnh, Hóc Môn", 6),
    ],
)  # fmt: skip
def test_places_by_code_or_by_any_of_their_names(typed: str, found: int) -> None:
    assert PLACES.find(typed) == found


@pytest.mark.parametrize("typed", ["", "1", "Hà Nội", "Phường 1", "phuong"])
def test_a_place_that_is_not_clear_is_not_guessed(typed: str) -> None:
    with pytest.raises(UnknownPlace):
        PLACES.find(typed)
