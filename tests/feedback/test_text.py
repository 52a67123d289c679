"""Cleaning, folding and cutting of what people type."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import TOKEN_LIMIT, clean, cut_long_tokens, excerpt, fold

#: Any text, with the awkward characters far more often than chance brings them.
AWKWARD = st.text(
    st.one_of(st.characters(), st.sampled_from("aăâđơưĐế \n\t\r\v\x00\u0301\u0302\u200b\u202e\u2066\ufeff\u034f\u3164\u2028\x85＜"))
)
UNSEEN = "\x00\x07\x1b\u200b\u200d\u2060\ufeff\u202a\u202e\u2066\u2069\u00ad\u034f\u3164\u2800\ufe0f\ue000"


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda character: f"U+{ord(character):04X}")
def test_what_cannot_be_seen_is_dropped(unseen: str) -> None:
    assert clean(f"vòi{unseen} tiền{unseen}") == "vòi tiền"


def test_marks_join_their_letter_even_when_something_unseen_stood_between() -> None:
    assert clean("tie\u200b\u0302\u200b\u0300n") == "tiền"


def test_compatibility_forms_stay_as_they_are() -> None:
    """NFKC would make markup out of full-width brackets (security, control 27)."""
    assert clean("＜script＞ ﬁ ²") == "＜script＞ ﬁ ²"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_end_is_one_newline(line_end: str) -> None:
    assert clean(f"một{line_end}hai") == "một\nhai"


def test_spaces_and_blank_lines_are_tidied() -> None:
    assert clean("  một \t\u00a0 hai  \n \n\n\n  ba ") == "một hai\n\nba"


def test_the_limit_cuts_characters_not_bytes() -> None:
    assert clean("đường đi", 5) == "đường"
    assert clean("đường đi", 6) == "đường", "no blank is left hanging"
    assert clean("đường", None) == "đường"


@given(AWKWARD, st.integers(1, 40))
def test_clean_text_is_clean(text: str, limit: int) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in cleaned)
    assert "  " not in cleaned
    assert "\n\n\n" not in cleaned
    assert cleaned == cleaned.strip()
    assert clean(text, limit) == cleaned[:limit].rstrip()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường Lê Lợi", "duong le loi"),
        ("ĐƯỜNG  lê\nlợi", "duong le loi"),
        ("Thủ Đức – ỦY BAN", "thu duc – uy ban"),
        ("quyền ưỡn ẹo ẵm ỷ", "quyen uon eo am y"),
        (unicodedata.normalize("NFD", "Nguyễn"), "nguyen"),
        ("", ""),
    ],
)
def test_folding_drops_tone_marks(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(AWKWARD)
def test_folding_twice_changes_nothing_and_no_form_matters(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert not any(unicodedata.combining(c) for c in fold(text))


@given(AWKWARD, st.integers(1, 80))
def test_no_token_stays_longer_than_the_limit(text: str, limit: int) -> None:
    cut = cut_long_tokens(text, limit)
    assert all(len(token) <= limit for token in cut.split())
    if all(len(token) <= limit for token in text.split()):
        assert cut == text


def test_the_pathological_address_is_cut() -> None:
    """Language tools are quadratic in it (security, control 21)."""
    assert cut_long_tokens("a." * 10_000 + "@x gửi Ông/Bà") == ("a." * 10_000)[:TOKEN_LIMIT] + " gửi Ông/Bà"


def test_an_excerpt_ends_between_words() -> None:
    assert excerpt("Rác ba ngày\nchưa ai thu gom", 100) == "Rác ba ngày chưa ai thu gom"
    assert excerpt("Rác ba ngày chưa ai thu gom", 15) == "Rác ba ngày…"
    assert excerpt("Rác ba ngày, chưa ai thu gom", 17) == "Rác ba ngày…", "no comma before the ellipsis"
    assert excerpt("x" * 50, 10) == "x" * 9 + "…"


@given(AWKWARD, st.integers(2, 60))
def test_an_excerpt_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length
    assert "\n" not in excerpt(text, length)
