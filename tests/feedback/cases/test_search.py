"""Search: references, marks before no marks, phrases, pages, and who may find what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases import search as searching
from feedback.cases.matching import Words, pieces
from feedback.cases.queries import Filter
from feedback.cases.reach import Reach
from feedback.cases.search import search
from tests.feedback.officers import Office, case_of

ALL = (Reach.HELD, Reach.INCOMING, Reach.HELPED)


@pytest.fixture(params=[2000, 1], ids=["among the newest", "by the index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Both ways of finding must find the same."""
    monkeypatch.setattr(searching, "GLANCE", request.param)
    return int(request.param)


def found(office: Office, words: str, **narrow: object) -> list[str]:
    return [line.public_id for line in search(office.handler.actor, Filter(words=words, reaches=ALL, **narrow)).lines]  # type: ignore[arg-type]


def test_marks_come_first_and_no_marks_find_both(office: Office, way: int) -> None:
    road = office.forwarded(office.report("Mặt đường trước nhà hư hỏng đã lâu."))
    willow = office.forwarded(office.report("Cây dương trước nhà bị ngã đổ."))
    assert found(office, "đường") == [road, willow]
    assert found(office, "dương") == [willow, road]
    assert found(office, "DUONG truoc nha") == [willow, road], "newest first"
    assert found(office, "cầu") == []


def test_words_in_quotes_must_follow_each_other(office: Office, way: int) -> None:
    public_id = office.forwarded(office.report("Tiếng ồn từ quán nhậu, rác đổ ra hẻm."))
    assert found(office, '"quán nhậu"') == [public_id]
    assert found(office, '"nhau quan"') == []
    assert found(office, "nhậu quán") == [public_id]


def test_a_reference_comes_first_in_any_spelling(office: Office, way: int) -> None:
    public_id = office.forwarded()
    reference = str(case_of(public_id).reference)
    number = int(reference.rsplit("-", 1)[1])
    other = office.forwarded(office.report(f"Trụ đèn số {number} không sáng từ tuần trước."))
    for words in (reference, reference.lower(), reference[3:], reference.replace("-", "–")):
        assert found(office, words) == [public_id], words
    assert found(office, str(number)) == [public_id, other]


def test_each_finds_only_what_he_may_know_of(office: Office, way: int) -> None:
    public_id, sealed = office.forwarded(), office.sealed()
    assert found(office, "hẻm") == [public_id]
    for actor in (office.stranger.actor, office.admin.actor):
        assert search(actor, Filter(words="hẻm", reaches=ALL)).lines == []
    for actor in (office.handler.actor, office.leader.actor):
        listed = [line.public_id for line in search(actor, Filter(words="tiền")).lines]
        assert sealed not in listed


@pytest.mark.parametrize("words", ["rác", "rac"])
def test_pages_give_every_match_once(office: Office, way: int, words: str) -> None:
    texts = ["Rác đầy hẻm, hôi cả xóm.", "Rạc cả người vì tiếng ồn đêm.", "Xe rác không đến nữa rồi.", "Đổ rac bừa bãi ngoài chợ."]
    made = [office.forwarded(office.report(text)) for text in texts]
    seen: list[str] = []
    cursor = None
    while True:
        page = search(office.handler.actor, Filter(words=words, reaches=ALL), cursor, 1)
        seen += [line.public_id for line in page.lines]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))
    if words == "rác":
        assert set(seen[:2]) == {made[0], made[2]}


@pytest.mark.parametrize("cursor", ["x", "e_1", "e_x_2", "q_1_2", "f_1e99_2", ""])
def test_an_edited_cursor_breaks_nothing(office: Office, cursor: str) -> None:
    public_id = office.forwarded()
    assert [line.public_id for line in search(office.handler.actor, Filter(words="hẻm", reaches=ALL), cursor).lines] == [public_id]


@pytest.mark.parametrize("words", ["  ", "!!!", '""', "' OR 1=1 --", "\\", "a & | !b :*", "%_"])
def test_no_search_breaks_anything(office: Office, words: str) -> None:
    office.forwarded()
    search(office.handler.actor, Filter(words=words, reaches=ALL))


@given(st.text(max_size=400), st.text(max_size=30))
def test_pieces_are_a_part_of_the_text(text: str, typed: str) -> None:
    cut = pieces(text, Words(typed), 160)
    joined = "".join(piece for piece, _found in cut).strip("…")
    assert joined in " ".join(text.split()) or "…" in text


def test_the_words_found_are_marked_and_stand_in_the_excerpt() -> None:
    text = "Từ đầu tháng đến nay " * 30 + "mặt đường ở hẻm 12 lún sâu, xe máy ngã nhiều lần."
    cut = pieces(text, Words("duong lun"), 160)
    assert [piece for piece, marked in cut if marked] == ["đường", "lún"]
    assert cut[0] == ("…", False)


def test_a_mark_that_joins_no_letter_moves_no_marking() -> None:
    """No sign is an x with a hat: without its marks such a text is shorter than it was."""
    cut = pieces("Ký hiệu x\u0302 ghi ở cột điện, rác chất đống", Words("rac"), 160)
    assert [piece for piece, marked in cut if marked] == ["rác"]
