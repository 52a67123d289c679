"""Tracking codes: what a person may mistype and still be understood, and what is caught."""

from __future__ import annotations

import hashlib
import hmac
import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from feedback.codes import ALPHABET, GROUP, LENGTH, _check, code_hmac, new_code, new_public_id, read_code, show_code, tidy_code

CODES = st.text(st.sampled_from(ALPHABET), min_size=LENGTH, max_size=LENGTH).map(lambda body: body + _check(body))


def test_a_new_code_is_read_back() -> None:
    code = new_code()
    assert re.fullmatch(f"[{ALPHABET}]{{{LENGTH + 1}}}", code)
    assert read_code(code) == code


def test_a_code_carries_at_least_120_bits_and_never_repeats() -> None:
    assert len(ALPHABET) ** LENGTH == 2**120
    assert len({new_code() for _ in range(2000)}) == 2000


def test_every_letter_comes_at_every_place() -> None:
    seen = [{code[place] for code in (new_code() for _ in range(600))} for place in (0, LENGTH // 2, LENGTH)]
    assert all(letters == set(ALPHABET) for letters in seen)


@given(CODES)
def test_a_code_is_shown_in_groups_and_read_from_them(code: str) -> None:
    shown = show_code(code)
    assert [len(group) for group in shown.split("-")] == [GROUP] * 5
    assert read_code(shown) == code


@given(CODES, st.sampled_from([" ", "-", " - ", "–", "\u00a0", ".", "_", "\n"]), st.booleans())
def test_blanks_hyphens_and_case_are_forgiven(code: str, separator: str, small: bool) -> None:
    typed = separator + separator.join(code[i : i + 3] for i in range(0, len(code), 3)) + separator
    assert read_code(typed.lower() if small else typed) == code


@given(CODES, st.sampled_from(["O", "o"]), st.sampled_from(["I", "i", "L", "l"]))
def test_lookalikes_are_forgiven(code: str, zero: str, one: str) -> None:
    assert read_code(code.replace("0", zero).replace("1", one)) == code


def test_letters_that_are_not_in_the_alphabet_are_refused() -> None:
    for stranger in "UÀ*/Đ０":
        assert read_code(stranger + new_code()[1:]) is None


@given(CODES)
def test_every_single_wrong_character_is_caught(code: str) -> None:
    for place in range(len(code)):
        for wrong in ALPHABET.replace(code[place], ""):
            assert read_code(code[:place] + wrong + code[place + 1 :]) is None


@given(CODES)
def test_every_two_swapped_characters_are_caught(code: str) -> None:
    for first, second in combinations(range(len(code)), 2):
        if code[first] != code[second]:
            letters = list(code)
            letters[first], letters[second] = letters[second], letters[first]
            assert read_code("".join(letters)) is None


@given(CODES, st.integers(0, LENGTH), st.sampled_from(ALPHABET))
def test_a_missing_or_doubled_character_is_caught(code: str, place: int, extra: str) -> None:
    assert read_code(code[:place] + code[place + 1 :]) is None
    assert read_code(code[:place] + extra + code[place:]) is None


@given(st.text(max_size=60))
def test_anything_may_be_typed(typed: str) -> None:
    code = read_code(typed)
    assert code is None or (len(code) == LENGTH + 1 and code == tidy_code(typed))


def test_nothing_at_all_is_no_code() -> None:
    assert read_code("") is None
    assert read_code("-" * 25) is None


def test_the_database_keeps_a_keyed_hash() -> None:
    code = new_code()
    assert code_hmac(code, b"pepper") == hmac.new(b"pepper", code.encode(), hashlib.sha256).digest()
    assert code_hmac(code, b"pepper") != code_hmac(code, b"other pepper")
    assert code_hmac(code, b"pepper") != code_hmac(new_code(), b"pepper")


def test_public_ids_are_random_and_fit_an_address() -> None:
    ids = {new_public_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{16}", each) for each in ids)
