"""Texts are dealt to reports that could have been written where they come from."""

from __future__ import annotations

import dataclasses
from random import Random

import pytest

from analytics.classify.corpus import Example, load_examples
from analytics.demo.texts import Gazetteer, Shelf, Spot
from feedback.cases.sorting import CONDUCT
from feedback.text import fold

GO_VAP, QUAN_1 = 20, 10
SPOTS = [
    Spot(1, "phuong ben thanh", QUAN_1, "quan 1 (cu)"),
    Spot(2, "phuong sai gon", QUAN_1, "quan 1 (cu)"),
    Spot(3, "phuong hanh thong", GO_VAP, "quan go vap (cu)"),
    Spot(4, "phuong an loc", GO_VAP, "quan go vap (cu)"),
    Spot(5, "phuong an loc", QUAN_1, "quan 1 (cu)"),
]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Rác ở phường Bến Thành", (QUAN_1, 1)),
        ("rac o phuong ben thanh", (QUAN_1, 1)),
        ("Rác khắp Gò Vấp", (GO_VAP, None)),
        ("Rác khắp quận 1", (QUAN_1, None)),
        ("Rác ở phường An Lộc, Gò Vấp", (GO_VAP, 4)),
        ("Rác ba ngày chưa thu", (None, None)),
        ("Có 1 đống rác", (None, None)),
    ],
)
def test_a_text_tells_where_it_plays(text: str, place: tuple[int | None, int | None]) -> None:
    assert Gazetteer(SPOTS).find(text, fold(text)) == place


@pytest.mark.parametrize(
    "text",
    [
        "Rác ở phường An Lộc",
        "Từ Gò Vấp qua quận 1 đâu cũng rác",
        "Rác ở phường Cầu Kho",
        "Rác ở P.14",
        "Phường Bến Thành, phường Sài Gòn",
    ],
)
def test_a_text_that_plays_nowhere_on_the_map_or_in_two_places_is_told_apart(text: str) -> None:
    assert Gazetteer(SPOTS).find(text, fold(text)) is None


def example(text: str, category: str = "health", **flags: bool) -> Example:
    plain = {"misconduct": False, "urgency": False, "spam": False, "insult": False}
    return dataclasses.replace(load_examples()[0], text=text, category=category, **(plain | flags))


def deal(shelf: Shelf, count: int, category: str = "health", district: int | None = None) -> list[str]:
    rng = Random(1)
    return [shelf.deal(rng, category, district).text for _ in range(count)]


def test_every_text_is_dealt_before_one_comes_again() -> None:
    shelf = Shelf([example(f"Trạm y tế thiếu thuốc {number}") for number in range(10)], Gazetteer(SPOTS))
    dealt = deal(shelf, 20)
    assert len(set(dealt[:10])) == len(set(dealt[10:])) == 10
    assert dealt[:10] != dealt[10:]


def test_a_text_about_a_district_goes_to_that_district_only() -> None:
    shelf = Shelf([example("Bệnh viện Gò Vấp đông quá"), example("Bệnh viện đông quá")], Gazetteer(SPOTS))
    assert set(deal(shelf, 60, district=GO_VAP)) == {"Bệnh viện Gò Vấp đông quá", "Bệnh viện đông quá"}
    assert set(deal(shelf, 60, district=QUAN_1)) == set(deal(shelf, 60)) == {"Bệnh viện đông quá"}


def test_adverts_and_texts_from_elsewhere_are_left_out() -> None:
    shelf = Shelf([example("Bán thuốc giá sỉ", spam=True), example("Trạm y tế P.14 đóng cửa"), example("Trạm đóng cửa")], Gazetteer(SPOTS))
    assert set(deal(shelf, 20)) == {"Trạm đóng cửa"}


def test_insults_and_emergencies_are_rare() -> None:
    shelf = Shelf([example("Đồ vô dụng", insult=True), example("Cháy trạm y tế", urgency=True), example("Hết thuốc")], Gazetteer(SPOTS))
    dealt = deal(shelf, 1000)
    assert 0 < dealt.count("Đồ vô dụng") < dealt.count("Cháy trạm y tế") < dealt.count("Hết thuốc") / 3


def test_misconduct_is_a_matter_of_conduct_whatever_the_field() -> None:
    shelf = Shelf([example("Y tá vòi tiền", misconduct=True), example("Hết thuốc")], Gazetteer(SPOTS))
    assert set(deal(shelf, 10, CONDUCT)) == {"Y tá vòi tiền"}
    assert set(deal(shelf, 10)) == {"Hết thuốc"}


def test_a_text_with_a_street_in_it_needs_no_other() -> None:
    shelf = Shelf([example("Rác ở hẻm 12", "health"), example("Rác đầy", "education")], Gazetteer(SPOTS))
    assert shelf.deal(Random(1), "health", None).has_address
    assert not shelf.deal(Random(1), "education", None).has_address
