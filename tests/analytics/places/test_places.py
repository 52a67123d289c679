"""Where something happens, read from what citizens write: on hand-marked texts, rule by rule, and on whatever is thrown at it."""

from __future__ import annotations

import csv
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.places.gazetteer import CITY, FORMER, gazetteer
from analytics.places.reading import read_place
from analytics.places.words import key, read
from feedback.text import fold
from tests.analytics.places.measure import marked, names, score
from tests.pace import is_quick


def ward(text: str) -> str:
    return names().get(read_place(text, "2025").area_code or "", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rác ở P.12 Q.Gò Vấp", "Phường An Hội Tây"),
        ("Rác ở phường 12 quận Gò Vấp", "Phường An Hội Tây"),
        ("rac o phuong 12 quan go vap", "Phường An Hội Tây"),
        ("rác ở p12, gò vấp", "Phường An Hội Tây"),
        ("Phường 01, Quận 3", "Phường Bàn Cờ"),
        ("F1 Q3", "Phường Bàn Cờ"),
        ("ấp 3 xã Bà Điểm huyện Hóc Môn", "Xã Bà Điểm"),
        ("ở Bà Điểm, Hóc Môn", "Xã Bà Điểm"),
        ("phường Hoà Hưng", "Phường Hòa Hưng"),
        ("phường Tân Phú", "Phường Tân Phú"),
        ("phường Tân Phú, quận 7", "Phường Tân Mỹ"),
        ("phường Tân Phú, Quận 9", "Phường Tăng Nhơn Phú"),
        ("phường Tân Phú, thành phố Thủ Đức", "Phường Tăng Nhơn Phú"),
        ("Quận 12 hay ngập, nhất là phường Thạnh Lộc", "Phường An Phú Đông"),
        ("Đặc khu Côn Đảo", "Đặc khu Côn Đảo"),
    ],
)
def test_old_and_new_names_lead_to_the_ward_of_today(text: str, expected: str) -> None:
    assert ward(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "phường 12",  # there were sixteen of them
        "phường An Phú Tây, quận 1",  # there is none in that district
        "Phường 12 quận Gò Vấp và phường 10 quận Gò Vấp",  # two that say as much
        "xa lắm, đi bộ mỏi chân",
        "Phương Nam",
        "chợ Tân Định, cầu Bình Triệu, đường Tân Phú",
        "anh Tân Bình, chị Gò",
        "phường. Gò Vấp",
        "phường Thạnh, Mỹ Tây",  # a name does not go on behind a sign
        "",
    ],
)
def test_what_names_no_ward_for_certain_proposes_none(text: str) -> None:
    assert read_place(text, "2025").area_code is None


def test_a_divided_ward_names_all_its_parts_the_larger_first() -> None:
    found = read_place("phường Đa Kao, quận 1", "2025")
    assert found.former
    assert [names()[code] for code in (found.area_code or "", *found.others)] == ["Phường Sài Gòn", "Phường Tân Định"]


def test_a_ward_that_only_kept_its_name_is_not_called_former() -> None:
    assert not read_place("xã Bà Điểm, huyện Hóc Môn", "2025").former
    assert read_place("P.12 Q.Gò Vấp", "2025").former


def test_where_the_writer_lives_is_not_where_it_happened() -> None:
    text = "Tôi thường trú phường 5, quận 6 nhưng việc xảy ra ở đường Bàu Cát, phường 14, quận Tân Bình"
    found = read_place(text, "2025")
    assert (names()[found.area_code or ""], found.place) == ("Phường Tân Bình", "đường Bàu Cát")
    assert ward("Tôi thường trú phường 5, quận 5") == "Phường An Đông", "better than nothing"


def test_a_district_alone_is_told_as_such() -> None:
    found = read_place("Cả quận Gò Vấp kẹt xe", "2025")
    assert (found.area_code, found.district_code, found.words) == (None, "764", ("quận Gò Vấp",))
    assert read_place("từ quận 3 qua quận 4", "2025").district_code is None
    assert read_place("thành phố Thủ Đức", "2025").district_code is None, "no area in force has that name"


@pytest.mark.parametrize(
    "text",
    [
        "Hôm qua Lan hỏi củ chi, tôi không biết",  # small among capitals
        "Xe đậu kín cầu Bình Chánh và chợ Tân Bình",
        "Gặp bà Tân Bình",
        "Công ty Vàng Bình Thạnh lừa đảo",  # goes on with the name before it
    ],
)
def test_the_name_of_something_else_is_no_district(text: str) -> None:
    assert read_place(text, "2025").district_code is None


def test_a_bare_name_is_a_district_behind_a_comma_or_a_word_for_place() -> None:
    for text in ("Rác nhiều lắm, Bình Thạnh ơi", "Ở Bình Thạnh rác nhiều", "rac o binh thanh nhieu lam"):
        assert read_place(text, "2025").district_code == "765", text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("trước số 45 đường Hoa Sữa có rác", "số 45 đường Hoa Sữa"),
        ("Ở 128/5 Nguyễn Văn Lượng, phường 17, quận Gò Vấp", "128/5 Nguyễn Văn Lượng"),
        ("đầu hẻm 47 Lê Văn Sỹ ngập", "đầu hẻm 47 Lê Văn Sỹ"),
        ("hẻm 47 ngập", "hẻm 47"),
        ("đường Hoa Sữa, hẻm 47 ngập", "hẻm 47"),
        ("Rác ở đầu hẻm 47 đường Hoa Sữa đã ba ngày", "đầu hẻm 47 đường Hoa Sữa"),
        ("Ngập hẻm 12/5 đường số 8 từ chiều", "hẻm 12/5 đường số 8"),
        ("nhà số 12 hẻm 47 đường Hoa Sữa", "nhà số 12 hẻm 47 đường Hoa Sữa"),
        ("Ngập hẻm 47 đường trơn lắm", "hẻm 47"),
        ("Ngập hẻm 47 hẻm 48 Hoa Sữa", "hẻm 48 Hoa Sữa"),
        ("Ổ gà đường 3 đường Hoa Sữa", "đường 3"),
        ("đường Hoa Sữa, hẻm 47 Lê Lợi, số 3 Hoa Mai", "hẻm 47 Lê Lợi"),
        ("số 12 đường 3/2 ngập", "số 12 đường 3/2"),
        ("số 12 đường số 8 ngập", "số 12 đường số 8"),
        ("trên đường 3 Tháng 2 có rác", "đường 3 Tháng 2"),
        ("gặp 3 Tuấn ở đó", ""),
        ("ra quầy 5, Nguyễn Văn A nói", ""),
        ("đường số 8 tối", "đường số 8"),
        ("Đ. Tên Lửa hư", "Đ. Tên Lửa"),
        ("ngã tư Lê Lợi - Pasteur kẹt xe", "ngã tư Lê Lợi - Pasteur"),
        ("khu phố 4 mất nước", "khu phố 4"),
        ("kp 4 mất nước", "kp 4"),
        ("so 15 duong quang trung ngap", "so 15 duong quang trung"),
        ("cầu Rạch Đỉa, gần số 3 Lê Lợi", "số 3 Lê Lợi"),
        ("tô phở 45 nghìn", ""),
        ("phố xá đông, chợ búa ồn ào, tổ chức lễ", ""),
        ("12 người, 3 Anh Tuấn", "3 Anh Tuấn"),
        ("ngày 12. Nguyễn Trãi là tên tôi", ""),
        ("ĐI ĐƯỜNG GIA TRUYỀN ÔNG BẢY", ""),
        ("nhà tôi ở, thường trú 12 Lê Lợi", ""),
    ],
)
def test_house_street_alley_and_landmark_as_written(text: str, place: str) -> None:
    assert read_place(text, "2025").place == place


def test_the_map_of_2017_answers_in_its_own_wards() -> None:
    found = read_place("Rác ở P.12 Q.Gò Vấp", "2017")
    assert names("2017")[found.area_code or ""] in ("Phường 12", "Phường 012")
    assert not found.former
    assert read_place("phường Nhiêu Lộc", "2017").area_code is None


def test_every_former_ward_lies_in_wards_of_today_and_is_found_with_its_district() -> None:
    with (CITY / "areas_2025.csv").open(encoding="utf-8", newline="") as file:
        today = {row["code"] for row in csv.DictReader(file) if row["kind"] == "ward"}
    with FORMER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reached = {code for row in rows for code in row["today"].split()}
    assert reached == today, "each ward of today was made from former ones"
    for row in (row for row in rows if row["ward"] != row["district"]):
        for text in (f"{row['ward']}, {row['district']}", fold(f"{row['ward']}, {row['district']}")):
            found = read_place(text, "2025")
            # A ward that gave its name to one of today's means that one, even when more of it lies in another.
            own = [code for code in row["today"].split() if names()[code] == row["ward"]]
            assert found.area_code == (own or row["today"].split())[0], text


def test_every_ward_in_force_is_found_by_its_name() -> None:
    for units in ("2017", "2025"):
        for code, name in names(units).items():
            if units == "2025" and len(code) == 5:
                assert read_place(f"tại {name} có rác", units).area_code == code, name


def test_the_hand_marked_texts_are_read_as_measured() -> None:
    """The figures of docs/PLACES.md, with room for one text read otherwise."""
    rows = marked()
    assert len(rows) >= 120
    wards, places, districts = (score(rows, part) for part in (0, 1, 2))
    assert wards.right >= 0.96 * wards.marked
    assert wards.right >= 0.98 * wards.proposed
    assert districts.right >= 0.9 * districts.proposed
    assert places.right >= 0.85 * places.marked
    assert places.right >= 0.91 * places.proposed


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket, "socket", refuse)
    gazetteer.cache_clear()
    assert ward("phường Nhiêu Lộc") == "Phường Nhiêu Lộc"


@given(st.text(max_size=400))
def test_whatever_is_written_the_words_given_stand_in_the_text(text: str) -> None:
    found = read_place(text, "2025")
    assert found.place in text
    assert all(words in text for words in found.words)
    assert (found.area_code is None) or not found.district_code


@given(st.sampled_from(["hòa", "hoà", "thủy", "thuỷ", "Hoè", "hòe"]))
def test_a_tone_mark_may_sit_on_either_vowel(word: str) -> None:
    assert key(word) == key(fold(word)) + key(word)[-1]


@pytest.mark.parametrize(
    "text", ["phường " * 1200, "số 1 " * 1600, "đường " * 1200, "1/" * 2500, "P." * 2500, "Ngã tư A - " * 500, "A " * 2500, "q1" * 2500]
)
def test_hostile_texts_are_read_quickly(text: str) -> None:
    assert is_quick(lambda: read_place(text[:5000], "2025"))


def test_only_the_first_five_thousand_characters_are_read() -> None:
    assert not read("x " * 2500 + "phường Nhiêu Lộc").written.endswith("Lộc")
