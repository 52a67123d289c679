"""Passwords: length, spelling, what is too easy, and no more than two hashes at once."""

from __future__ import annotations

import threading
import time
import unicodedata

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from feedback.accounts import passwords
from feedback.config import Config
from wsgi import create_app

SENTENCE = "Trời hôm nay nhiều mây ở Thủ Đức"


class Counting:
    """Stands in for argon2 and counts."""

    def __init__(self) -> None:
        self.calls, self.now, self.most = 0, 0, 0
        self.lock = threading.Lock()

    def verify(self, _known: str, _password: str) -> bool:
        with self.lock:
            self.calls += 1
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.01)
        with self.lock:
            self.now -= 1
        return True

    def hash(self, _password: str) -> str:
        self.calls += 1
        return "hash"


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    stand_in = Counting()
    monkeypatch.setattr(passwords, "_hasher", stand_in)
    return stand_in


def nothing(tmp: str = "/nonexistent") -> Flask:
    return create_app(
        Config(database_url=f"postgresql+psycopg://x@/x?host={tmp}", secret_key="x" * 40, limits_url="memory://", testing=True)
    )


@pytest.fixture(scope="module")
def speaking() -> Flask:
    return nothing()


def complaint(app: Flask, password: str, name: str = "") -> str | None:
    with app.test_request_context():
        return passwords.complaint(password, name)


def test_the_hash_is_argon2id_at_the_recommended_cost() -> None:
    assert passwords.hash_password(SENTENCE).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_right_and_wrong() -> None:
    kept = passwords.hash_password(SENTENCE)
    assert passwords.verify(kept, SENTENCE)
    assert not passwords.verify(kept, SENTENCE + "!")
    assert not passwords.verify(kept, SENTENCE.lower())
    assert not passwords.verify("no hash at all", SENTENCE)


@pytest.mark.parametrize("sentence", [SENTENCE, "ệ" * 60 + " ậ ỗ ư " + "ẫ" * 60])
def test_composed_and_decomposed_letters_are_the_same_password(sentence: str) -> None:
    apart, together = unicodedata.normalize("NFD", sentence), unicodedata.normalize("NFC", sentence)
    assert apart != together
    assert len(together) <= passwords.LONGEST
    assert passwords.verify(passwords.hash_password(apart), together)
    assert passwords.verify(passwords.hash_password(together), apart)


def test_an_unknown_account_costs_as_much_as_a_known_one(counting: Counting) -> None:
    passwords._hash_of_nobody.cache_clear()
    passwords._hash_of_nobody()
    counting.calls = 0
    assert passwords.verify("a hash", SENTENCE)
    known = counting.calls
    assert not passwords.verify(None, SENTENCE)
    assert counting.calls == 2 * known == 2
    passwords._hash_of_nobody.cache_clear()


@pytest.mark.parametrize("long", ["x" * 129, "x" * 1_000_000, "ệ" * 129])
def test_what_is_too_long_is_not_hashed(counting: Counting, long: str) -> None:
    assert not passwords.verify("a hash", long)
    assert not passwords.verify(None, long)
    assert counting.calls == 0


def test_two_hashes_at_once_and_no_more(counting: Counting) -> None:
    threads = [threading.Thread(target=passwords.verify, args=("a hash", SENTENCE)) for _n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counting.calls == 12
    assert counting.most == 2


def test_an_older_hash_is_noticed() -> None:
    assert passwords.needs_rehash(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(SENTENCE))
    assert not passwords.needs_rehash(passwords.hash_password(SENTENCE))


@pytest.mark.parametrize("length", [11, 12, 128, 129])
def test_the_limits_of_length(speaking: Flask, length: int) -> None:
    fits = passwords.SHORTEST <= length <= passwords.LONGEST
    password = ("chín con mèo " * 20)[:length]
    assert (complaint(speaking, password) is None) is fits


@pytest.mark.parametrize(
    "easy",
    [
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaa",
        "ababababababab",
        "MậtKhẩu@20261",
        "password!2026",
        "Liêm Chính 2026",
        "nguyen.an và tôi đây",
    ],
)
def test_easy_ones_are_refused(speaking: Flask, easy: str) -> None:
    assert complaint(speaking, easy, "nguyen.an") is not None


@pytest.mark.parametrize("good", [SENTENCE, "mật khẩu của tôi rất dài", "a1b2c3-d4e5f6-0a1b2c", "cầu Sài Gòn lúc 5 giờ", "đi bộ ra chợ an"])
def test_sentences_are_welcome_without_rules_of_composition(speaking: Flask, good: str) -> None:
    assert complaint(speaking, good, "an") is None


@given(st.text(min_size=0, max_size=11))
def test_short_ones_are_always_refused(speaking: Flask, password: str) -> None:
    assert complaint(speaking, password) is not None
