"""Signed receipts: true ones are true however they were copied, and nothing else is."""

from __future__ import annotations

import re
from datetime import date

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from feedback.record.receipts import Receipt, Standing, check, hash_of, number_of, show_number, sign
from feedback.signing import RecordKeys

KEYS = RecordKeys.from_secret("a secret of forty characters, for the test")
TEXT = "Rác ở đầu hẻm Hoa Sữa.\nBa ngày chưa ai gom."
RECEIPT = Receipt("BN7K2M9QXT4FAB", date(2026, 11, 25), hash_of(TEXT), (hash_of("a"), hash_of("b")))
BLOCK = sign(RECEIPT, KEYS)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+"
RECEIPTS = st.builds(
    Receipt,
    number=st.binary(min_size=32, max_size=32).map(number_of),
    received_on=st.dates(date(2017, 1, 1), date(2099, 12, 31)),
    text_hash=st.binary(min_size=32, max_size=32),
    file_hashes=st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple),
)


@given(RECEIPTS)
def test_every_receipt_reads_back_as_it_was_signed(receipt: Receipt) -> None:
    checked = check(sign(receipt, KEYS), KEYS)
    assert (checked.standing, checked.receipt, checked.key_id) == (Standing.TRUE, receipt, KEYS.key_id)


@given(st.integers(0, len(BLOCK) - 1), st.sampled_from(LETTERS))
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    """The last letters of a hash carry bits that stand for nothing; a change there makes no other receipt."""
    changed = BLOCK[:place] + letter + BLOCK[place + 1 :]
    checked = check(changed, KEYS)
    assert checked.receipt in (None, RECEIPT)
    if checked.standing is Standing.TRUE and changed != BLOCK:
        assert place == len(BLOCK) - 1, "only the unused bits at the end of the signature"


@given(st.integers(1, len(BLOCK) - 1))
def test_a_piece_is_no_receipt(cut: int) -> None:
    assert check(BLOCK[:cut], KEYS).standing is Standing.UNREADABLE
    assert check(BLOCK[cut:], KEYS).standing is Standing.UNREADABLE


@pytest.mark.parametrize(
    "copied",
    [
        BLOCK.lower(),
        "\r\n".join(re.findall(".{1,40}", BLOCK)),
        f"Chữ ký điện tử của hệ thống {BLOCK}",
        f"  {BLOCK} \n Biên nhận này xác nhận việc gửi phản ánh.",
        " ".join(BLOCK),
    ],
)
def test_it_survives_being_copied(copied: str) -> None:
    assert check(copied, KEYS).receipt == RECEIPT


@pytest.mark.parametrize(
    "nonsense", ["", "LC1", "LC1." * 500, "ABCDE-FGH1K-MNP9R-STVWX-Z0123", BLOCK.replace("20261125", "20261325"), "\0"]
)
def test_anything_else_cannot_be_read(nonsense: str) -> None:
    assert check(nonsense, KEYS).standing is Standing.UNREADABLE


def test_another_day_another_text_other_files_or_another_number_are_false() -> None:
    other = sign(Receipt("BN7K2M9QXT4FAC", date(2026, 11, 24), hash_of("x"), ()), KEYS)
    for place in range(1, 5):
        mixed = BLOCK.split(".")
        mixed[place] = other.split(".")[place]
        checked = check(".".join(mixed), KEYS)
        assert (checked.standing, checked.receipt) == (Standing.FALSE, None)


def test_another_key_is_told_from_a_false_signature() -> None:
    strange = RecordKeys.from_secret("somebody else's secret, forty characters")
    checked = check(sign(RECEIPT, strange), KEYS)
    assert (checked.standing, checked.receipt, checked.key_id) == (Standing.STRANGE_KEY, None, strange.key_id)
    forged = sign(RECEIPT, strange).replace(strange.key_id, KEYS.key_id)
    assert check(forged, KEYS).standing is Standing.FALSE


def test_receipts_from_before_a_change_of_the_secret_stay_true() -> None:
    after = RecordKeys.from_secret("the secret of today, forty characters long", "a secret of forty characters, for the test")
    assert check(BLOCK, after).standing is Standing.TRUE
    assert check(sign(RECEIPT, after), KEYS).standing is Standing.STRANGE_KEY, "new ones are signed with the new key"
    assert list(after.public_keys()) == [after.key_id, KEYS.key_id]


@pytest.mark.parametrize("same", [TEXT, TEXT.replace("\n", "\r\n"), f"  {TEXT}\n\n", "Rác ở đầu hẻm Hoa Sữa.\nBa ngày chưa ai gom."])
def test_the_same_text_is_known_again(same: str) -> None:
    assert RECEIPT.covers(same)


@pytest.mark.parametrize("other", ["", TEXT[:-1], TEXT.lower(), TEXT.replace("Ba", "Bốn")])
def test_another_text_is_not(other: str) -> None:
    assert not RECEIPT.covers(other)


def test_numbers_are_stable_and_lead_nowhere() -> None:
    number = number_of(bytes(32))
    assert number == number_of(bytes(32))
    assert len({number_of(bytes([n] * 32)) for n in range(200)}) == 200
    assert re.fullmatch(r"BN(-[0-9A-Z]{4}){3}", show_number(number))


def test_the_longest_receipt_is_still_a_small_picture() -> None:
    """QR codes have a smaller alphabet that packs capitals, digits, dots and plus signs; anything else would fall out of it."""
    longest = sign(Receipt(RECEIPT.number, RECEIPT.received_on, bytes(32), (bytes(32),) * 5), KEYS)
    picture = segno.make(longest, error="m", micro=False)
    assert picture.mode == "alphanumeric"
    assert int(picture.version) <= 15
