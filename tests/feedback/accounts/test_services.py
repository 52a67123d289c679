"""Accounts as services: throttle, passwords, locking, audit rows."""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import func, select

from feedback.accounts import passwords, services, sessions, throttle
from feedback.accounts.models import Device, Role, SignInAttempt, User
from feedback.accounts.services import NewUser, WrongPassword, WrongSignIn
from feedback.accounts.throttle import TooManyAttempts
from feedback.audit.models import AuditEntry
from feedback.db import db, now
from feedback.errors import Invalid, NotAllowed, NotFound
from tests.feedback.accounts.people import PASSWORD, agency_id, officer

pytestmark = pytest.mark.usefixtures("quick_hashes")

WRONG = "không phải câu này đâu"


def acts() -> list[tuple[str, int | None]]:
    rows = db.session.execute(select(AuditEntry.action, AuditEntry.actor_user_id).order_by(AuditEntry.seq))
    return [(row[0], row[1]) for row in rows]


def fail(name: str, source: str = "here", times: int = 1) -> None:
    for _n in range(times):
        with pytest.raises(WrongSignIn):
            services.sign_in(name, WRONG, source)


def new(name: str, role: Role) -> NewUser:
    return NewUser(name, name, role, agency_id(), handed_over=True)


def test_names_are_forgiven_case_and_blanks(app: Flask) -> None:
    officer("nguyen.an")
    assert services.sign_in("  NGUYEN.An ", PASSWORD, "here").sign_in_name == "nguyen.an"


def test_a_name_is_given_once(app: Flask) -> None:
    officer("nguyen.an")
    with pytest.raises(Invalid):
        officer("Nguyen.An")
    with pytest.raises(Invalid):
        officer("   ")


def test_the_first_password_is_never_one_that_would_be_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter(["a1b2c3", "123456", "789012", "f1e2d3", "123456", "789012"])
    monkeypatch.setattr("feedback.accounts.services.secrets.token_hex", lambda _bytes: next(draws))
    assert services.first_password() == "f1e2d3-123456-789012"


def test_unknown_and_wrong_are_told_alike(app: Flask) -> None:
    officer("nguyen.an")
    with pytest.raises(WrongSignIn) as wrong:
        services.sign_in("nguyen.an", WRONG, "here")
    with pytest.raises(WrongSignIn) as unknown:
        services.sign_in("tran.binh", WRONG, "here")
    assert wrong.value.message == unknown.value.message != ""


class Hasher:
    """Stands in for argon2: counts what is asked of it and how much of it at once."""

    def __init__(self) -> None:
        self.calls, self.now, self.most = 0, 0, 0
        self.lock = threading.Lock()

    def verify(self, _known: str, _password: str) -> bool:
        with self.lock:
            self.calls, self.now = self.calls + 1, self.now + 1
            self.most = max(self.most, self.now)
        time.sleep(0.005)
        with self.lock:
            self.now -= 1
        raise VerifyMismatchError


@pytest.mark.parametrize("name", ["nguyen.an", "tran.binh", "le.khoa"])
def test_known_unknown_and_locked_names_cost_one_hash_each(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Security, control 15: the time taken does not tell who exists."""
    admin = officer("nguyen.an")
    services.lock(admin, officer("le.khoa", Role.HANDLER).public_id)
    hasher = Hasher()
    monkeypatch.setattr(passwords, "_hasher", hasher)
    fail(name)
    assert hasher.calls == 1


@pytest.mark.parametrize("password", ["x" * 129, "x" * 1_000_000])
def test_a_password_nobody_can_have_is_not_hashed(app: Flask, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """Security, control 16: a megabyte costs the server nothing, wherever it is typed."""
    user = officer("nguyen.an")
    monkeypatch.setattr(passwords, "_hasher", None)
    with pytest.raises(WrongSignIn):
        services.sign_in("nguyen.an", password, "here")
    with pytest.raises(WrongPassword):
        services.confirm_password(user, password)
    with pytest.raises(Invalid):
        services.create_user(NewUser("le.chi", "Lê Chi", Role.HANDLER, agency_id()), password)


def test_fifty_sign_ins_at_once_hash_two_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Security, control 16: each hash takes 19 MiB."""
    hasher = Hasher()
    monkeypatch.setattr(passwords, "_hasher", hasher)

    def attempt(number: int) -> None:
        with app.app_context(), pytest.raises(WrongSignIn):
            services.sign_in(f"nobody.{number}", WRONG, str(number))

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(attempt, range(50)))
    assert (hasher.calls, hasher.most) == (50, 2)


def test_letters_taken_apart_sign_in_too(app: Flask) -> None:
    officer("nguyễn.an")
    apart = [unicodedata.normalize("NFD", typed) for typed in ("nguyễn.an", PASSWORD)]
    assert apart != ["nguyễn.an", PASSWORD]
    assert services.sign_in(*apart, "here").sign_in_name == "nguyễn.an"


def test_the_sixth_guess_within_a_minute_waits_even_if_right(app: Flask, clock: Callable[[datetime], None]) -> None:
    officer("nguyen.an")
    begun = now()
    fail("nguyen.an", times=5)
    with pytest.raises(TooManyAttempts):
        services.sign_in("nguyen.an", PASSWORD, "elsewhere")
    clock(begun + timedelta(seconds=59))
    with pytest.raises(TooManyAttempts):
        services.sign_in("nguyen.an", PASSWORD, "elsewhere")
    clock(begun + timedelta(seconds=61))
    assert services.sign_in("nguyen.an", PASSWORD, "elsewhere").sign_in_name == "nguyen.an"


def test_throttle_is_not_global(app: Flask) -> None:
    officer("nguyen.an")
    officer("tran.binh")
    fail("nguyen.an", times=5)
    assert services.sign_in("tran.binh", PASSWORD, "here").sign_in_name == "tran.binh"


def test_one_source_cannot_try_every_account(app: Flask) -> None:
    officer("nguyen.an")
    for number in range(throttle.FAILURES_PER_SOURCE):
        fail(f"nobody.{number}", "there")
    with pytest.raises(TooManyAttempts):
        services.sign_in("nguyen.an", PASSWORD, "there")
    assert services.sign_in("nguyen.an", PASSWORD, "here").sign_in_name == "nguyen.an"


def test_guesses_sent_at_once_share_the_same_five(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    officer("nguyen.an")
    db.session.commit()
    looked: list[str] = []
    monkeypatch.setattr(passwords, "verify", lambda _known, password: looked.append(password))

    def guess(number: int) -> None:
        with app.app_context(), pytest.raises((WrongSignIn, TooManyAttempts)):
            services.sign_in("nguyen.an", f"lần thứ {number}", str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(24)))
    assert len(looked) == throttle.PASSWORD.failures


def test_success_forgets_the_failures_and_no_address_is_kept(app: Flask) -> None:
    officer("nguyen.an")
    fail("nguyen.an", "203.0.113.77", times=4)
    row = db.session.scalars(select(SignInAttempt)).first()
    assert row is not None
    assert b"203.0.113.77" not in row.source_hash
    assert b"nguyen" not in row.account_hash
    services.sign_in("nguyen.an", PASSWORD, "203.0.113.77")
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_a_locked_account_is_told_like_a_wrong_password(app: Flask) -> None:
    admin, user = officer("admin.mot"), officer("nguyen.an", Role.HANDLER)
    services.lock(admin, user.public_id)
    with pytest.raises(WrongSignIn):
        services.sign_in("nguyen.an", PASSWORD, "here")


def test_the_own_password_is_changed_with_the_old_one_only(app: Flask) -> None:
    user = officer("nguyen.an")
    key = sessions.enter(user, Device.COMPUTER)
    for old, fresh in ((WRONG, "một câu khác hẳn câu cũ"), (PASSWORD, PASSWORD), (PASSWORD, "ngắn")):
        with pytest.raises(Invalid):
            services.change_password(user, old, fresh, key)
    assert passwords.verify(db.session.get_one(User, user.id).password_hash, PASSWORD)
    assert "account.password_changed" not in [action for action, _by in acts()]


def test_a_reset_hands_over_a_password_for_once(app: Flask) -> None:
    admin, user = officer("admin.mot"), officer("nguyen.an", Role.HANDLER)
    first = services.reset_password(admin, user.public_id)
    assert user.must_change_password
    assert services.sign_in("nguyen.an", first, "here") is user
    services.change_password(user, first, "một câu khác hẳn câu cũ", sessions.enter(user, Device.COMPUTER))
    assert not user.must_change_password


def test_the_password_asked_for_once_more_is_guessed_no_oftener_than_at_sign_in(app: Flask) -> None:
    user = officer("nguyen.an")
    for _n in range(5):
        with pytest.raises(WrongPassword):
            services.confirm_password(user, WRONG)
    with pytest.raises(TooManyAttempts):
        services.confirm_password(user, PASSWORD)
    assert services.sign_in("nguyen.an", PASSWORD, "here") is user


def test_a_right_password_once_more_ends_the_count(app: Flask) -> None:
    user = officer("nguyen.an")
    for _n in range(6):
        services.confirm_password(user, PASSWORD)


def test_an_administrator_leaves_his_own_account_alone(app: Flask) -> None:
    admin = officer("admin.mot")
    with pytest.raises(NotAllowed):
        services.reset_password(admin, admin.public_id)
    with pytest.raises(NotAllowed):
        services.lock(admin, admin.public_id)
    with pytest.raises(NotAllowed):
        services.open_again(admin, admin.public_id)
    with pytest.raises(NotFound):
        services.reset_password(admin, "khong-co")


def test_every_act_leaves_its_row_and_no_name(app: Flask) -> None:
    admin = officer("admin.mot")
    user = services.create_user(new("nguyen.an", Role.HANDLER), PASSWORD)
    key = sessions.enter(user, Device.COMPUTER)
    services.change_password(user, PASSWORD, "một câu khác hẳn câu cũ", key)
    services.lock(admin, user.public_id)
    assert services.open_again(admin, user.public_id)
    services.reset_password(admin, user.public_id)
    assert acts() == [
        ("account.created", None), ("account.created", None), ("account.signed_in", user.id), ("account.password_changed", user.id),
        ("account.locked", admin.id), ("account.opened", admin.id), ("account.password_reset", admin.id),
    ]  # fmt: skip
    kept = str([(row.subject_id, row.facts) for row in db.session.scalars(select(AuditEntry))])
    assert "nguyen" not in kept


def test_older_hashes_are_renewed_at_sign_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    user = officer("nguyen.an")
    before = user.password_hash
    services.sign_in("nguyen.an", PASSWORD, "here")
    assert user.password_hash == before
    monkeypatch.setattr(passwords, "needs_rehash", lambda _kept: True)
    services.sign_in("nguyen.an", PASSWORD, "here")
    assert user.password_hash != before
    assert passwords.verify(user.password_hash, PASSWORD)


def test_search_takes_signs_as_they_are_and_pages_by_name(app: Flask) -> None:
    for name in ("a.mot", "b.hai", "c_ba", "d%bon"):
        officer(name, Role.HANDLER)
    officer("e.nam", Role.AGENCY_HEAD)
    assert [user.sign_in_name for user in services.find_users("_", None)] == ["c_ba"]
    assert [user.sign_in_name for user in services.find_users("%", None)] == ["d%bon"]
    assert [user.sign_in_name for user in services.find_users("cán bộ b", None)] == ["b.hai"]
    assert [user.sign_in_name for user in services.find_users("", Role.AGENCY_HEAD)] == ["e.nam"]
    assert [user.sign_in_name for user in services.find_users("", None, after="b.hai", size=2)] == ["c_ba", "d%bon"]
