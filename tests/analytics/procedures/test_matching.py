"""Procedures recognised by the words of their names, and when none is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.procedures.matching import read_procedure
from feedback.text import fold
from tests.analytics.procedures.measure import marked, names, proposed, score
from tests.pace import is_quick

BIRTHS = ["Đăng ký khai sinh", "Đăng ký lại khai sinh", "Đăng ký khai sinh có yếu tố nước ngoài", "Đăng ký khai tử"]


def name(text: str, among: list[str]) -> str:
    found = read_procedure(text, among)
    return among[found.index] if found else ""


@pytest.mark.parametrize("write", [str, fold])
def test_the_most_specific_name_whose_words_are_there_is_proposed(write: type) -> None:
    assert name(write("tôi làm khai sinh cho con"), BIRTHS) == BIRTHS[0]
    assert name(write("tôi xin đăng ký lại khai sinh"), BIRTHS) == BIRTHS[1]
    assert name(write("khai sinh cho con, cha là người nước ngoài"), BIRTHS) == BIRTHS[2]
    assert name(write("khai tử cho ông nội"), BIRTHS) == BIRTHS[3]


def test_every_name_is_recognised_by_itself_among_all() -> None:
    everything = names()
    assert [name(one, everything) for one in everything] == everything


def test_the_words_given_are_the_writers_own() -> None:
    found = read_procedure("Xin giấy độc thân ba tuần chưa có", ["Cấp giấy xác nhận tình trạng hôn nhân"])
    assert found is not None
    assert found.words == ("giấy độc thân",)


@pytest.mark.parametrize(
    "text",
    [
        "Giấy của cháu thất lạc ở phường",
        "Vợ tôi tên A theo giấy khai sinh",  # a paper she has, not one she asks for
        "Hộ chiếu của con tôi, kèm khai sinh, bị trả về",  # about a paper that is none of these
        "sinh viên khai báo y tế",
        "",
    ],
)
def test_what_asks_for_none_of_them_proposes_none(text: str) -> None:
    assert name(text, BIRTHS) == ""


def test_two_that_are_there_as_much_cancel_each_other() -> None:
    assert name("khai sinh và khai tử", ["Đăng ký khai sinh", "Đăng ký khai tử"]) == ""
    assert read_procedure("khai sinh", []) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tôi làm khai sinh cho con", True),
        ("Xin cấp giấy khai sinh", True),
        ("Hẻm này nhiều trẻ chưa làm khai sinh", False),
        ("Cán bộ hộ tịch nói gì về khai sinh", False),
    ],
)
def test_only_what_is_asked_for_is_wanted(text: str, *, wanted: bool) -> None:
    found = read_procedure(text, BIRTHS)
    assert found is not None
    assert found.wanted is wanted


def test_the_hand_marked_texts_are_recognised_as_measured() -> None:
    """The figures of docs/PLACES.md. What is chosen beforehand must be right nine times in ten."""
    assert len(marked()) >= 150
    own, corpus, fresh = (score(kind) for kind in ("own", "corpus", "fresh"))
    assert own.right >= 0.95 * own.marked
    assert corpus.right >= 0.7 * corpus.marked
    assert fresh.right >= 0.55 * fresh.marked
    sure = [row for row in marked() if (found := read_procedure(row.text, names(row.category))) is not None and found.wanted]
    assert len(sure) >= 30
    assert sum(proposed(row) == row.procedure for row in sure) >= 0.9 * len(sure)


@given(st.text(max_size=300))
def test_whatever_is_written_the_words_stand_in_the_text(text: str) -> None:
    found = read_procedure(text, BIRTHS)
    assert found is None or all(words in text for words in found.words)


@pytest.mark.parametrize("text", ["khai sinh " * 500, "giấy " * 1000, "xin " * 1200, "a" * 5000])
def test_hostile_texts_are_read_quickly(text: str) -> None:
    assert is_quick(lambda: read_procedure(text, names()))
