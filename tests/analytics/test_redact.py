from __future__ import annotations

import itertools
import json
import unicodedata

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analytics.classify.cli import redact_command
from analytics.redact import MASKS, find, redact
from tests.analytics.marked import Marked, changed, marked, recall, texts
from tests.pace import is_quick

#: What must not be missed; names and private addresses have no such limit.
FIVE_KINDS = ("phone", "citizen_card", "bank_account", "email", "plate")
SETS = ("known", "first", "fresh", "last")
CLEAN_SETS = ("known", "first", "fresh")


def kinds(text: str) -> list[tuple[str, str]]:
    return [(mark.kind, text[mark.start : mark.end]) for mark in find(text)]


@pytest.mark.parametrize("name", SETS)
def test_numbers_addresses_and_plates_are_masked_in_texts_marked_by_hand(name: str) -> None:
    found = recall(f"masks_{name}")
    all_marked = sum(found.marked[kind] for kind in FIVE_KINDS)
    assert all_marked > 50
    assert sum(found.masked[kind] for kind in FIVE_KINDS) >= 0.98 * all_marked, found.left


@pytest.mark.parametrize("name", SETS)
def test_names_behind_titles_and_private_addresses_are_masked(name: str) -> None:
    found = recall(f"masks_{name}")
    for kind in ("name", "address"):
        assert found.masked[kind] >= 0.9 * found.marked[kind], found.left


@pytest.mark.parametrize("name", CLEAN_SETS)
def test_texts_without_personal_data_stay_as_they_are(name: str) -> None:
    assert len(changed(f"clean_{name}")) <= 0.02 * len(list(texts(f"clean_{name}"))), changed(f"clean_{name}")


@pytest.mark.parametrize("text", list(texts("masks_known")), ids=lambda text: text.text[:40])
def test_each_piece_is_found_where_it_stands_and_by_its_kind(text: Marked) -> None:
    found = {(mark.kind, mark.start, mark.end) for mark in find(text.text)}
    for mark in text.marks:
        near = [(start, end) for kind, start, end in found if kind == mark.kind and start < mark.end and mark.start < end]
        assert near, mark
        # A bracket or plus before a number may belong to it; nothing else may go with it.
        assert mark.start - near[0][0] in range(6), text.text[slice(*near[0])]
        assert near[-1][1] - mark.end in range(2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("chuyển vào STK 0903000123 Vietcombank", "bank_account"),
        ("gọi 0903000123, Vietcombank không nghe", "phone"),
        ("CCCD 0903000123 thiếu hai số", "citizen_card"),
        ("số 079185000123 trên thẻ", "citizen_card"),
        ("chuyển tiền 079185000123 qua ngân hàng", "bank_account"),
        ("hotline 0903000123", "phone"),
        ("thẻ 9704000000000012", "bank_account"),
        ("không chín không ba 000 một hai ba", "phone"),
    ],
)
def test_the_words_around_a_number_tell_its_kind(text: str, kind: str) -> None:
    assert [found for found, _ in kinds(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ông Nguyễn Văn Tẻo Phó Chủ tịch phường", "Ông [họ tên] Phó Chủ tịch phường"),
        ("Ông Chủ tịch phường", None),
        ("ÔNG NGUYỄN VĂN TẺO ĐÃ KÝ", "ÔNG [họ tên] ĐÃ KÝ"),
        ("ông nguyễn văn tẻo đã ký", "ông [họ tên] đã ký"),
        ("ong nguyen van teo da ky", "ong [họ tên] da ky"),
        ("ong chu tich da ky", None),
        ("chị Hoa bên hộ tịch", "chị [họ tên] bên hộ tịch"),
        ("chị H. bên hộ tịch", None),
        ("Bà Rịa mưa lớn", None),
        ("đường Cô Giang ngập", None),
        ("quán Bà Tư ồn", None),
        ("bà Tư bán quán ồn", "bà [họ tên] bán quán ồn"),
        ("duong Le Anh Xuan ngap", None),
        ("đường Lê Anh Xuân ngập", None),
        ("đường mang tên Nguyễn Văn Tẻo", None),
        ("kẻ tên Nguyễn Văn Tẻo", "kẻ tên [họ tên]"),
        ("Giám đốc Sở Y tế", None),
        ("Giám đốc Lê Thị Mận", "Giám đốc [họ tên]"),
        ("Vợ tôi, Lê Thị Mận, bệnh", "Vợ tôi, [họ tên], bệnh"),
        ("gặp bác sĩ. Mong trả lời", None),
        ("BS. Mận khám", "BS. [họ tên] khám"),
        ("cán bộ Công an phường", None),
        ("chị Công an phường", None),
        ("Tên tôi là Hồ Thị Mận", "Tên tôi là [họ tên]"),
    ],
)
def test_a_title_makes_a_name_and_places_have_none(text: str, masked: str | None) -> None:
    assert redact(text).text == (masked or text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Tôi ở số 12/3 Lê Văn Sỹ, phường 13", "Tôi ở [địa chỉ], phường 13"),
        ("Ổ gà trước số 12/3 Lê Văn Sỹ, phường 13", None),
        ("Tôi ở đường Lê Văn Sỹ", None),
        ("Tôi ở 12 năm nay", None),
        ("Tôi ở quận 3 đã 12 năm", None),
        ("ngụ 12 đường số 7 phường Hiệp Bình", "ngụ [địa chỉ] phường Hiệp Bình"),
        ("Nhà tôi 3 tầng", None),
        ("Bà Mận (nhà 5/12 đường Cống Quỳnh) báo", "Bà [họ tên] ([địa chỉ]) báo"),
        ("Địa chỉ: 5/12 Cống Quỳnh có cháy", None),
        ("Địa chỉ: 5/12 Cống Quỳnh, sđt 0903 000 123", "Địa chỉ: [địa chỉ], sđt [số điện thoại]"),
        ("nha toi o 5/12 duong cong quynh", "nha toi o [địa chỉ]"),
        ("THƯỜNG TRÚ: 5/12 CỐNG QUỲNH", "THƯỜNG TRÚ: [địa chỉ]"),
        ("Công trình số 5/12 Cống Quỳnh xây sai phép", None),
    ],
)
def test_only_a_house_somebody_lives_in_is_a_private_address(text: str, masked: str | None) -> None:
    assert redact(text).text == (masked or text)


def test_what_cannot_be_seen_hides_nothing() -> None:
    hidden = "gọi 09\u200b03\u00ad 000\u2060 123 nhé"
    assert redact(hidden).text == "gọi [số điện thoại] nhé"


def test_letters_with_separate_marks_are_read_and_places_are_of_the_original() -> None:
    text = unicodedata.normalize("NFD", "Ông Trần Văn Tẻo gọi 0903 000 123 đó")
    assert [unicodedata.normalize("NFC", value) for _, value in kinds(text)] == ["Trần Văn Tẻo", "0903 000 123"]


@pytest.mark.parametrize(
    "text",
    [
        "a." * 50_000 + "@", "a@" * 50_000, "1" * 100_000, "0 " * 50_000, "1/" * 50_000, "Ông A " * 16_000, "A " * 50_000, "84 " * 33_000,
        "+84" * 33_000, "\u200b" * 100_000, "0\u200b" * 50_000, "không chín ba " * 7_000, "nhà tôi ở 1/2 Lê " * 6_000, "o " * 50_000,
        "stk 0 " * 16_000, "59X1 " * 20_000, "hộ chiếu số " * 8_000, "e\u0301" * 50_000, "1." * 50_000, " at gmail.com" * 8_000,
    ],
    ids=lambda text: ascii(text[:12]),
)  # fmt: skip
def test_hostile_texts_are_answered_quickly(text: str) -> None:
    assert is_quick(lambda: redact(text))


@given(st.text())
def test_marks_are_in_order_and_apart(text: str) -> None:
    marks = find(text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(one.end <= two.start for one, two in itertools.pairwise(marks))


PIECES = ["ông ", "Trần ", "0903 ", "000 ", "123", "@", "a.vn", " stk ", "12/3 ", "Lê ", "59X1-", "12345 ", "\u200b", "\u0301"]


@given(st.lists(st.sampled_from(PIECES)))
def test_the_masked_text_is_the_original_with_the_marks_replaced(pieces: list[str]) -> None:
    text = "".join(pieces)
    result = redact(text)
    rebuilt = result.text
    for mark in result.found:
        rebuilt = rebuilt.replace(MASKS[mark.kind], text[mark.start : mark.end], 1)
    assert rebuilt == text


def test_the_marked_texts_are_read_rightly() -> None:
    read = marked("gọi [[phone|0903]] hay [[email|a[at]b.vn]] nhé")
    assert read.text == "gọi 0903 hay a[at]b.vn nhé"
    assert [(mark.kind, read.text[mark.start : mark.end]) for mark in read.marks] == [("phone", "0903"), ("email", "a[at]b.vn")]


def test_command() -> None:
    result = CliRunner().invoke(redact_command, input='{"id":7,"text":"gọi 0903123456"}\n[]\n')
    assert json.loads(result.stdout) == {"id": 7, "text": "gọi [số điện thoại]", "found": [{"kind": "phone", "start": 4, "end": 14}]}
    assert "line 2" in result.stderr
    assert result.exit_code == 1
