"""Codes of authenticator apps against the vectors of RFC 6238, and at the edges of their half minutes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.accounts import totp

RFC_SECRET = b"12345678901234567890"
BEGUN = 1_700_000_010  # the first second of a half minute
STEP = BEGUN // 30


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, totp.step_of(at(seconds))) == code


@pytest.mark.parametrize(
    ("offset", "accepted"),
    [(-31, False), (-30, True), (-1, True), (0, True), (29, True), (30, True), (31, True), (59, True), (59.9, True), (60, False)],
)
def test_a_code_is_good_for_its_half_minute_and_one_on_either_side(offset: float, accepted: bool) -> None:
    found = totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, STEP), at(BEGUN + offset), last_step=0)
    assert found == (STEP if accepted else None)


def test_a_code_used_or_older_than_the_last_one_used_is_refused() -> None:
    now = at(BEGUN)
    older, code, newer = (totp.code_at(RFC_SECRET, STEP + n) for n in (-1, 0, 1))
    assert totp.matching_step(RFC_SECRET, code, now, last_step=STEP) is None
    assert totp.matching_step(RFC_SECRET, older, now, last_step=STEP) is None
    assert totp.matching_step(RFC_SECRET, newer, now, last_step=STEP) == STEP + 1


def test_a_code_that_stands_for_two_half_minutes_is_taken_for_the_unused_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totp, "code_at", lambda _secret, _step: "111111")
    assert totp.matching_step(RFC_SECRET, "111111", at(BEGUN), last_step=STEP - 1) == STEP


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}\u00a0{1}\t"])
def test_blanks_are_forgiven(typed: str) -> None:
    code = totp.code_at(RFC_SECRET, STEP)
    assert totp.matching_step(RFC_SECRET, typed.format(code[:3], code[3:]), at(BEGUN), last_step=0) == STEP


@given(st.text(max_size=12))
def test_nothing_but_three_codes_is_right(typed: str) -> None:
    right = {totp.code_at(RFC_SECRET, STEP + n) for n in (-1, 0, 1)}
    assert (totp.matching_step(RFC_SECRET, typed, at(BEGUN), last_step=0) is not None) == (totp.tidy(typed) in right)


def test_secrets_are_160_bits_and_never_the_same() -> None:
    drawn = {totp.new_secret() for _n in range(20)}
    assert len(drawn) == 20
    assert {len(secret) * 8 for secret in drawn} == {160}


def test_what_the_qr_code_says_is_what_one_types() -> None:
    address = urlsplit(totp.address(RFC_SECRET, "nguyen an&b"))
    asked = parse_qs(address.query)
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/Liem Chinh:nguyen an&b")
    assert asked == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Liem Chinh"]}
    assert base64.b32decode(totp.shown(RFC_SECRET).replace(" ", "")) == RFC_SECRET
    assert totp.shown(RFC_SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
