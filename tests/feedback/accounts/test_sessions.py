"""Sessions: what ends them, what an officer sees of them, and that they cost one query."""

# ruff: noqa: F811 — the fixture `app` is asked for by name
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from feedback.accounts import grants, passwords, second_factor, services, sessions, totp
from feedback.accounts.models import Device, Role, StaffSession, User
from feedback.audit.models import AuditEntry
from feedback.db import db, now
from feedback.errors import NotFound
from tests.feedback.accounts.people import PASSWORD, SECRET, officer, post, sign_in, with_officer
from tests.feedback.bare import app  # noqa: F401 — fixture: requests share nothing but the cookie
from tests.feedback.officers import counted

pytestmark = pytest.mark.usefixtures("quick_hashes")

ACCOUNT = "/can-bo/tai-khoan"
OTHERS = ACCOUNT + "/phien/ket-thuc"
OTHER = "một câu khác hẳn câu cũ"
PHONE = "Mozilla/5.0 (Linux; Android 16; Sentinel-7) Mobile Safari"
Act = Callable[[User, User, User, str], object]


def code() -> str:
    return totp.code_at(SECRET, totp.step_of(now()))


def give(admin: User, second: User, user: User) -> None:
    grants.propose(admin, user.public_id, Role.FRONT_DESK, user.agency_id)
    grants.decide(second, [grants.waiting()[0].public_id], approve=True)


#: Acts of an officer, an administrator and a second one; those of the first kind leave the session they happen in, under another key.
OWN: dict[str, Act] = {
    "password": lambda user, _admin, _second, key: services.change_password(user, PASSWORD, OTHER, key),
    "second factor": lambda user, _admin, _second, key: second_factor.set_up(user, SECRET, code(), key)[1],
    "recovery codes": lambda user, _admin, _second, key: second_factor.renew_codes(user, key)[1],
    "no second factor": lambda user, _admin, _second, key: second_factor.switch_off(user, key),
}
OTHERS_ACTS: dict[str, Act] = {
    "sign-out": lambda user, _admin, _second, key: sessions.sign_out(user, key),
    "lock": lambda user, admin, _second, _key: services.lock(admin, user.public_id),
    "password reset": lambda user, admin, _second, _key: services.reset_password(admin, user.public_id),
    "second factor reset": lambda user, admin, _second, _key: second_factor.reset_for(admin, user.public_id),
    "role": lambda user, admin, second, _key: give(admin, second, user),
}


@pytest.mark.parametrize("act", [*OWN, *OTHERS_ACTS])
def test_an_old_cookie_is_nobodys(app: Flask, act: str) -> None:
    """Security, control 13: after sign-out and after every change of password, role or second factor."""
    with app.app_context():
        admin, second, user = officer("admin.mot"), officer("admin.hai"), officer("nguyen.an", Role.HANDLER)
        key, copied = sessions.enter(user, Device.COMPUTER), sessions.enter(user, Device.PHONE)
        epoch = user.session_epoch
        assert sessions.user_by_session(key) is user
        fresh = {**OWN, **OTHERS_ACTS}[act](user, admin, second, key)
        assert sessions.user_by_session(key) is None
        if act == "sign-out":
            return
        assert sessions.user_by_session(copied) is None
        assert user.session_epoch != epoch
        if act in OWN:
            assert sessions.user_by_session(str(fresh)) is user
            assert [each.device for each in sessions.sessions_of(user)] == [Device.COMPUTER]
        else:
            assert sessions.sessions_of(user) == []


def test_a_session_begun_while_the_password_changed_is_born_dead(app: Flask) -> None:
    with app.app_context():
        user = officer(role=Role.HANDLER)
        here = sessions.enter(user, Device.COMPUTER)
        before = user.session_epoch
        fresh = services.change_password(user, PASSWORD, OTHER, here)
        row = db.session.scalars(select(StaffSession).where(StaffSession.key_hash == sessions.hash_of(fresh))).one()
        row.epoch = before
        db.session.commit()
        assert sessions.user_by_session(fresh) is None
        assert sessions.sessions_of(user) == []


def test_a_locked_account_has_no_session_whatever_the_tables_say(app: Flask) -> None:
    with app.app_context():
        user = officer()
        key = sessions.enter(user, Device.COMPUTER)
        user.active = False
        db.session.commit()
        assert sessions.user_by_session(key) is None


def test_an_act_in_a_session_that_has_ended_changes_nothing(app: Flask) -> None:
    with app.app_context():
        user, other = officer(role=Role.HANDLER), officer("tran.binh", Role.HANDLER)
        key = sessions.enter(other, Device.COMPUTER)
        with pytest.raises(NotFound):
            services.change_password(user, PASSWORD, OTHER, key)
        db.session.expire_all()
        assert passwords.verify(user.password_hash, PASSWORD)
        assert sessions.user_by_session(key) is other


def test_a_change_gives_no_longer_session(app: Flask, clock: Callable[[datetime], None]) -> None:
    begun = now()
    clock(begun)
    with app.app_context():
        user = officer(role=Role.HANDLER)
        key = sessions.enter(user, Device.COMPUTER)
        for minute in range(20, 480, 20):
            clock(begun + timedelta(minutes=minute))
            assert sessions.user_by_session(key) is user
        key = services.change_password(user, PASSWORD, OTHER, key)
        clock(begun + timedelta(minutes=481))
        assert sessions.user_by_session(key) is None


def test_the_table_makes_no_cookie(app: Flask) -> None:
    with app.app_context():
        key = sessions.enter(officer(role=Role.HANDLER), Device.COMPUTER)
        row = db.session.scalars(select(StaffSession)).one()
        assert key.encode() not in row.key_hash
        for guess in (row.key_hash.hex(), row.public_id, row.epoch, "", f"{key} "):
            assert sessions.user_by_session(guess) is None


def test_one_query_a_request_and_one_more_a_minute(app: Flask, clock: Callable[[datetime], None]) -> None:
    begun = now()
    clock(begun)
    with app.app_context():
        key = sessions.enter(officer(), Device.COMPUTER)
        db.session.expunge_all()
        needed = []
        for seconds in (0, 59, 60, 61, 119, 121):
            clock(begun + timedelta(seconds=seconds))
            with counted() as seen:
                found = sessions.user_by_session(key)
                assert found is not None
                assert found.agency.name
                assert found.second_factor
            needed.append(len(seen))
            db.session.expunge_all()
        assert needed == [1, 1, 2, 1, 1, 2]


def test_the_account_page_asks_no_more_however_many_sessions(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    needed = []
    for _n in range(2):
        with app.app_context(), counted() as seen:
            assert client.get(ACCOUNT).status_code == 200
        needed.append(len(seen))
        for _m in range(3):
            sign_in(app.test_client())
    assert needed == [3, 3]


def test_an_officer_sees_where_he_is_signed_in_and_no_more_is_kept(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    phone = app.test_client()
    phone.environ_base |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "203.0.113.77"}
    sign_in(phone)
    page = client.get(ACCOUNT).text
    assert re.findall(r'<th scope="row">([^<]+?) ?<', page) == ["Điện thoại", "Máy tính"]
    assert re.findall(r"<th [^>]*>([^<]+?) ?<span[^>]*>Phiên này<", page) == ["Máy tính"]
    with app.app_context():
        kept = str([vars(row) for row in db.session.scalars(select(StaffSession))])
    assert "Sentinel" not in kept
    assert "203.0.113" not in kept


def test_one_session_is_ended_and_the_others_go_on(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    phone, third = app.test_client(), app.test_client()
    for each in (client, phone, third):
        sign_in(each)
    ends = re.findall(r'action="([^"]+/phien/\w+/ket-thuc)"', client.get(ACCOUNT).text)
    assert len(ends) == 2
    assert post(client, ends[0], ACCOUNT).location == ACCOUNT
    assert [each.get(ACCOUNT).status_code for each in (client, phone, third)] == [200, 200, 302]
    assert post(client, ends[0], ACCOUNT).status_code == 404
    assert post(client, OTHERS, ACCOUNT).location == ACCOUNT
    assert [each.get(ACCOUNT).status_code for each in (client, phone, third)] == [200, 302, 302]
    assert "chỉ đang đăng nhập ở đây" in client.get(ACCOUNT).text
    with app.app_context():
        acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("account.%ended")).order_by(AuditEntry.seq)).all()
        assert acts == ["account.session_ended", "account.other_sessions_ended"]


def test_nobody_ends_another_mans_session(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with_officer(app, "tran.binh", Role.HANDLER)
    sign_in(client)
    other = app.test_client()
    sign_in(other, "tran.binh")
    with app.app_context():
        his = db.session.scalar(
            select(StaffSession.public_id).join(User, User.id == StaffSession.user_id).where(User.sign_in_name == "tran.binh")
        )
    assert post(client, f"{ACCOUNT}/phien/{his}/ket-thuc", ACCOUNT).status_code == 404
    post(client, OTHERS, ACCOUNT)
    assert other.get(ACCOUNT).status_code == 200


def test_sessions_that_are_over_are_swept_away(app: Flask, clock: Callable[[datetime], None]) -> None:
    begun = now()
    clock(begun)
    with app.app_context():
        user = officer()
        sessions.enter(user, Device.COMPUTER)
        clock(begun + timedelta(minutes=29))
        sessions.enter(user, Device.COMPUTER)
        assert len(sessions.sessions_of(user)) == 2
        clock(begun + timedelta(minutes=31))
        assert len(sessions.sessions_of(user)) == 1
        sessions.enter(user, Device.COMPUTER)
        assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 2


def test_a_form_sent_after_the_session_ended_leads_to_signing_in(
    app: Flask, client: FlaskClient, clock: Callable[[datetime], None]
) -> None:
    with_officer(app)
    sign_in(client)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(ACCOUNT).text)
    clock(now() + timedelta(minutes=31))
    answer = client.post(OTHERS, data={"csrf_token": found[1] if found else ""})
    assert answer.location == "/can-bo/dang-nhap"
    assert client.post(OTHERS).status_code == 400


def test_the_language_outlives_the_session(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    client.get("/ngon-ngu/en")
    sign_in(client)
    post(client, "/can-bo/dang-xuat", ACCOUNT)
    assert 'lang="en"' in client.get("/").text
