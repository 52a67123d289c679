"""What is read out of a report: numerals, figures, names, ways."""

from __future__ import annotations

import pytest

from analytics.duplicates.facts import facts, holds
from analytics.duplicates.figures import Figures, read_figures
from analytics.duplicates.reading import read


def figures(text: str) -> Figures:
    reading = read(text)
    return read_figures(reading.words, toned=reading.seen.toned)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ba ngày", "3 ngay"),
        ("ba tôi", "ba toi"),
        ("tám mươi lăm tuổi", "85 tuoi"),
        ("mười hai em", "12 em"),
        ("hai trăm ngàn", "200 ngan"),
        ("hai chục ngàn", "20 ngan"),
        ("2 chục ngàn", "20 ngan"),
        ("thứ hai", "thu 2"),
        ("tháng tư", "thang 4"),
        ("từ sau nhà", "tu sau nha"),
        ("sau ba ngay", "sau 3 ngay"),
        ("xuyen tam ngay", "xuyen tam ngay"),
        ("xe hai bánh", "xe hai banh"),
    ],
)
def test_number_words_are_figures_where_they_count(text: str, words: str) -> None:
    assert " ".join(read(text).plain) == words


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("số nhà 45 Lê Lợi", "house", "45"),
        ("công trình 14 Vườn Lài", "house", "14"),
        ("số 27/4 đường Cây Keo", "house", "27/4"),
        ("hẻm 47", "hem", "47"),
        ("đường số 8", "duong", "8"),
        ("lầu 7", "floor", "7"),
        ("block B", "block", "b"),
        ("quầy số 3", "room", "3"),
        ("phòng khám số 12", "room", "12"),
        ("P.15", "ward", "15"),
        ("Q7", "ward", "7"),
        ("KP3", "pho", "3"),
        ("tổ 12", "to", "12"),
        ("lớp 5A1", "class", "5a1"),
        ("lớp 7/4", "class", "7/4"),
        ("lớp Lá 2", "class", "la2"),
        ("xe buýt 150", "route", "150"),
        ("ngày 12/5", "date", "12/5"),
        ("ngày 12 tháng 5", "date", "12/5"),
        ("mùng 3 tháng 3", "date", "3/3"),
        ("sáng 12/05/2025", "date", "12/5"),
        ("tháng 3/2024", "month", "3"),
        ("từ 3/2024", "month", "3"),
        ("ngày 9", "day", "9"),
        ("thứ bảy", "weekday", "7"),
        ("chủ nhật", "weekday", "8"),
        ("năm 2019", "year", "2019"),
        ("800.000 đồng", "amount", "800000"),
        ("500k", "amount", "500000"),
        ("3tr5", "amount", "3500000"),
        ("4,3 triệu", "amount", "4300000"),
        ("4 triệu 3", "amount", "4300000"),
        ("2 triệu rưỡi", "amount", "2500000"),
        ("hai trăm ngàn", "amount", "200000"),
        ("14 xe", "count xe", "14"),
        ("30 cm", "measure cm", "30"),
    ],
)
def test_a_figure_is_read_by_the_words_around_it(text: str, kind: str, value: str) -> None:
    assert figures(text).kinds.get(kind) == {value}


@pytest.mark.parametrize("text", ["lần thứ ba", "thử ba lần"])
def test_an_ordinal_is_no_weekday(text: str) -> None:
    assert "weekday" not in figures(text).kinds


def test_a_street_called_like_money_is_no_money() -> None:
    assert "amount" not in figures("trước số 9 Đồng Đen").kinds
    assert figures("trước số 9 Đồng Đen").kinds["house"] == {"9"}
    assert figures("truoc so 9 dong den").kinds["house"] == {"9"}


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("lúc 17h30", {1050}),
        ("5 rưỡi chiều", {1050}),
        ("5 giờ rưỡi chiều", {1050}),
        ("lúc 7:05", {425}),
        ("6 giờ 15 sáng", {375}),
        ("12 giờ đêm", {0}),
        ("nửa đêm", {0}),
        ("hai giờ khuya", {120}),
        ("10 giờ tối", {1320}),
        ("lúc 5h", {300}),
        ("lúc 5 giờ", {300, 1020}),
        ("sáng nay khoảng 7 giờ", {420}),
    ],
)
def test_hours_are_minutes_of_the_day(text: str, minutes: set[int]) -> None:
    assert [set(clock) for clock in figures(text).clocks] == [minutes]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sáng nay", True),
        ("sang nay", True),
        ("sang nhượng", False),
        ("sang ten so", False),
        ("đèn không sáng", False),
        ("chiều đi", False),
        ("toi nop don", False),
        ("toi 12/8 bi mat", True),
    ],
)
def test_parts_of_the_day_are_told_from_their_likes(text: str, told: bool) -> None:
    assert bool(figures(text).hours) is told


def test_long_numbers_of_any_kind_are_gathered() -> None:
    assert figures("sạp 112, khúc nhà 300-350, ngày 12/5, 10h, 20.000 đồng").long == {"112", "300", "350"}


def test_names_are_runs_of_capitals_inside_sentences() -> None:
    told = facts("Đường Lê Văn Sỹ ngập nặng mỗi khi mưa. Bên cạnh công ty Hưng Phát nợ lương thợ")
    assert told.names == {("le", "van", "sy"), ("hung", "phat")}
    assert facts("Quán ồn ào. Rác nhiều").names == frozenset()
    assert facts("NGẬP NẶNG Ở ĐƯỜNG LÊ LỢI").names == frozenset()


def test_a_name_is_found_whole_by_its_end_or_its_first_letters() -> None:
    name = ("le", "quy", "don")
    assert holds(facts("truong le quy don"), name)
    assert holds(facts("trường Quý Đôn"), name)
    assert holds(facts("trường LQD"), name)
    assert not holds(facts("trường Lê Lợi"), name)
    assert not holds(facts("ld"), ("le", "don"))


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("hướng từ quận 7 về Nhà Bè", {"nha", "be"}),
        ("từ Nhà Bè về Q7", {"7"}),
        ("chiều đi sân bay", {"san", "bay"}),
        ("chiều nay về nhà", set()),
        ("từ 8h đến trưa", set()),
        ("huong ve san bay", {"san", "bay"}),
        ("giay khai tu cua ba toi", set()),
    ],
)
def test_where_something_leads(text: str, heading: set[str]) -> None:
    assert facts(text).heading == heading


def test_codes_and_plates_are_compared_without_their_signs() -> None:
    assert read("xe 51C-234.56 đậu").ids == read("xe 51c 23456 đậu").ids == {"51c23456"}
    assert read("mã H29.17-250605-0031").ids == {"h29172506050031"}


def test_the_lexicon_knows_members_of_exclusive_groups() -> None:
    assert "paper:birth" in read("làm khai sinh").labels
    assert "vehicle:bus" in read("xe buýt").labels
    assert "utility:power" not in read("đường Điện Biên Phủ").labels


def test_without_tone_marks_a_word_of_two_meanings_says_nothing() -> None:
    assert not {label for label in read("ba toi om").labels if label.startswith("kin:")}
    assert "kin:father" in read("ba tôi ốm").labels


def test_synonyms_weigh_as_one_word() -> None:
    assert set(read("bệnh viện quận").bag) == set(read("bv quận").bag)


def test_only_so_much_of_a_text_is_read() -> None:
    assert len(read("từ " * 60_000).words) <= 2_500
