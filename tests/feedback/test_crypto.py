"""Sealed values: they open in their own place with their own key, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.crypto import KEY_BYTES, LARGEST, SMALLEST, KeyRing, SealBroken, derive, new_data_key, open_sealed, seal

KEY = bytes(range(32))
PLACE = "contact|17|phone"
SECRET = "Nguyễn Thị Sao Mai, 0900 000 000"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_is_sealed_opens(data: bytes, place: str) -> None:
    assert open_sealed(seal(data, KEY, place), KEY, place) == data


@pytest.mark.parametrize("size", [0, 1, SMALLEST - 4, SMALLEST - 3, LARGEST - 4, LARGEST - 3, 3 * LARGEST])
def test_every_size_opens(size: int) -> None:
    data = b"\0" * size
    assert open_sealed(seal(data, KEY, PLACE), KEY, PLACE) == data


def test_text_is_sealed_as_utf8() -> None:
    assert open_sealed(seal(SECRET, KEY, PLACE), KEY, PLACE).decode() == SECRET


def test_the_plaintext_is_not_in_the_seal_and_no_two_seals_are_alike() -> None:
    one, two = seal(SECRET, KEY, PLACE), seal(SECRET, KEY, PLACE)
    assert one[1:] != two[1:]
    assert not any(part.encode() in one for part in SECRET.split())


def test_every_flipped_byte_breaks_the_seal() -> None:
    sealed = seal(SECRET, KEY, PLACE)
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            open_sealed(bytes(broken), KEY, PLACE)


def test_every_cut_breaks_the_seal() -> None:
    sealed = seal(SECRET, KEY, PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            open_sealed(sealed[:length], KEY, PLACE)
    with pytest.raises(SealBroken):
        open_sealed(sealed + b"\0", KEY, PLACE)


@pytest.mark.parametrize("place", ["contact|18|phone", "contact|17|email", "report|17|phone", "", PLACE + " "])
def test_a_value_moved_to_another_place_does_not_open(place: str) -> None:
    sealed = seal(SECRET, KEY, PLACE)
    with pytest.raises(SealBroken):
        open_sealed(sealed, KEY, place)


def test_another_key_does_not_open() -> None:
    sealed = seal(SECRET, KEY, PLACE)
    with pytest.raises(SealBroken):
        open_sealed(sealed, new_data_key(), PLACE)


def test_the_size_tells_little() -> None:
    sizes = {len(seal(b"x" * length, KEY, PLACE)) for length in range(10_000)}
    assert len(sizes) == 9, "powers of two from 64 to 16,384"
    assert len(seal(b"", KEY, PLACE)) == len(seal(b"x" * 60, KEY, PLACE))
    assert len({len(seal(b"x" * length, KEY, PLACE)) for length in (LARGEST, LARGEST + 9_000)}) == 1


def test_derived_keys_differ_by_purpose_and_by_secret() -> None:
    keys = {derive("one", "a"), derive("one", "b"), derive("two", "a")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {KEY_BYTES}
    assert derive("one", "a") == derive(b"one", "a")


def test_a_data_key_is_wrapped_for_its_case() -> None:
    ring, data_key = KeyRing.from_secret("the secret in force"), new_data_key()
    wrapped = ring.wrap(data_key, "case_key|17|wrapped")
    assert data_key not in wrapped
    assert ring.unwrap(wrapped, "case_key|17|wrapped") == data_key
    with pytest.raises(SealBroken):
        ring.unwrap(wrapped, "case_key|18|wrapped")


def test_every_flipped_byte_breaks_the_wrapping() -> None:
    ring = KeyRing.from_secret("the secret in force")
    wrapped = ring.wrap(new_data_key(), "c")
    for place in range(len(wrapped)):
        broken = bytearray(wrapped)
        broken[place] ^= 0x80
        with pytest.raises(SealBroken):
            ring.unwrap(bytes(broken), "c")


def test_the_secret_is_changed_by_wrapping_anew() -> None:
    before, both, after = KeyRing.from_secret("old"), KeyRing.from_secret("new", "old"), KeyRing.from_secret("new")
    data_key = new_data_key()
    wrapped = before.wrap(data_key, "c")
    assert both.unwrap(wrapped, "c") == data_key
    with pytest.raises(SealBroken):
        after.unwrap(wrapped, "c")
    again = both.rewrap(wrapped, "c")
    assert after.unwrap(again, "c") == data_key
    with pytest.raises(SealBroken):
        before.unwrap(again, "c")


def test_codes_are_still_found_after_the_secret_changed() -> None:
    assert KeyRing.from_secret("newest", "new", "old").pepper == KeyRing.from_secret("old").pepper
    assert KeyRing.from_secret("new").pepper != KeyRing.from_secret("old").pepper


def test_a_data_key_is_never_made_twice() -> None:
    assert len({new_data_key() for _ in range(1000)}) == 1000
