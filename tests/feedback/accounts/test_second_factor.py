"""The second factor: asked for, used once, set up, replaced, lost; and the session that has to set it up first."""

# ruff: noqa: F811 — the fixture `app` is asked for by name
from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text
from werkzeug.test import TestResponse

from feedback.accounts import passwords, second_factor, totp
from feedback.accounts.models import RecoveryCode, Role, SecondFactor, User
from feedback.accounts.throttle import CODE as CODE_LIMIT
from feedback.audit.models import AuditEntry
from feedback.crypto import SealBroken
from feedback.db import db, now
from feedback.errors import NotAllowed
from feedback.web import ALWAYS_PUBLIC
from tests.feedback.accounts.people import CODE, PASSWORD, SECRET, SIGN_IN, app_code, enrol, officer, post, sign_in, with_officer
from tests.feedback.bare import app  # noqa: F401 — fixture: requests share nothing but the cookie

pytestmark = pytest.mark.usefixtures("quick_hashes")

ACCOUNT = "/can-bo/tai-khoan"
BEGIN = ACCOUNT + "/ma-xac-thuc"
SCAN = BEGIN + "/quet"
OFF = BEGIN + "/tat"
RENEW = ACCOUNT + "/ma-du-phong"
USERS = "/can-bo/quan-tri/tai-khoan"
WRONG = "không phải câu này đâu"


def inside(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def with_password(client: FlaskClient, name: str = "nguyen.an") -> TestResponse:
    """The first step alone."""
    return post(client, SIGN_IN, SIGN_IN, name=name, password=PASSWORD)


def with_code(client: FlaskClient, code: str) -> TestResponse:
    return post(client, CODE, CODE, code=code)


def codes_on(page: TestResponse) -> list[str]:
    return re.findall(r"<li>([0-9A-Z-]{29})</li>", page.text)


def secret_on(page: TestResponse) -> bytes:
    found = re.search(r'class="lc-secret"[^>]*>([A-Z2-7 ]{39})<', page.text)
    assert found is not None
    return base64.b32decode(found[1].replace(" ", ""))


def scanned(client: FlaskClient) -> TestResponse:
    """Set up, to the page with the recovery codes."""
    assert post(client, BEGIN, BEGIN, password=PASSWORD).location == SCAN
    secret = secret_on(client.get(SCAN))
    return post(client, SCAN, SCAN, code=totp.code_at(secret, totp.step_of(now())))


def unprotected(app: Flask, role: Role = Role.HANDLER) -> None:
    with_officer(app, role=role)
    with app.app_context():
        db.session.execute(delete(SecondFactor))
        db.session.commit()


def main_of(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text[answer.text.index("<main") :])


def test_a_password_alone_opens_nothing(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with client.session_transaction() as session:
        session["planted"] = "by a stranger"
    assert with_password(client).location == CODE
    assert not inside(client)
    assert client.get(USERS).location.startswith(SIGN_IN)
    with client.session_transaction() as session:
        assert set(session) <= {"half", "csrf_token"}


def test_the_page_asked_for_comes_after_the_code(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    post(client, SIGN_IN + "?next=" + ACCOUNT, SIGN_IN, name="nguyen.an", password=PASSWORD)
    assert with_code(client, app_code()).location == ACCOUNT
    assert inside(client)
    with client.session_transaction() as session:
        assert set(session) <= {"_user_id", "csrf_token"}


def test_a_code_works_once_however_it_is_written(app: Flask, client: FlaskClient, clock: Callable[[datetime], None]) -> None:
    """Security, control 17: a used code looks like a wrong one."""
    clock(now())
    with_officer(app)
    with_password(client)
    code = app_code()
    assert with_code(client, code).status_code == 302
    other = app.test_client()
    with_password(other)
    wrong = with_code(other, f"{(int(code) + 1) % 10**6:06}")
    for again in (code, f"{code[:3]} {code[3:]}", app_code(-0.5)):
        answer = with_code(other, again)
        assert answer.status_code == 422
        assert main_of(answer).replace(again, "?") == main_of(wrong).replace(f"{(int(code) + 1) % 10**6:06}", "?")
    assert not inside(other)
    assert with_code(other, app_code(0.5)).status_code == 302
    assert inside(other)


def test_one_code_sent_twice_at_once_opens_one_session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = totp.matching_step

    def slow(secret: bytes, typed: str, moment: datetime, last_step: int) -> int | None:
        time.sleep(0.1)
        return quick(secret, typed, moment, last_step)

    monkeypatch.setattr(totp, "matching_step", slow)
    with app.app_context():
        user = officer()
        who, epoch = user.public_id, user.session_epoch
    code = app_code()

    def use(source: str) -> bool:
        with app.app_context():
            try:
                return second_factor.prove(who, epoch, code, source) is not None
            except second_factor.WrongCode:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, "abcd")) == [False, False, False, True]


def test_codes_are_guessed_ten_times_an_hour_and_by_account(app: Flask, clock: Callable[[datetime], None]) -> None:
    begun = now()
    clock(begun)
    with app.app_context():
        user, other = officer(), officer("tran.binh")
        (who, epoch), (his, his_epoch) = (user.public_id, user.session_epoch), (other.public_id, other.session_epoch)
        for number in range(CODE_LIMIT.failures):
            clock(begun + timedelta(minutes=number))
            with pytest.raises(second_factor.WrongCode):
                second_factor.prove(who, epoch, "000000x", "here")
        with pytest.raises(second_factor.throttle.TooManyAttempts):
            second_factor.prove(who, epoch, app_code(), "elsewhere")
        assert second_factor.prove(his, his_epoch, app_code(), "here").public_id == his
        clock(begun + timedelta(minutes=61))
        assert second_factor.prove(who, epoch, app_code(), "elsewhere").public_id == who


def test_a_right_code_ends_the_count(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(now())
    with app.app_context():
        user = officer()
        for right in (app_code(-0.5), app_code()):
            for _n in range(CODE_LIMIT.failures - 1):
                with pytest.raises(second_factor.WrongCode):
                    second_factor.prove(user.public_id, user.session_epoch, "000000x", "here")
            assert second_factor.prove(user.public_id, user.session_epoch, right, "here") is user


def test_the_second_step_costs_no_password_hash(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with_officer(app)
    with_password(client)
    monkeypatch.setattr(passwords, "_hasher", None)
    assert with_code(client, "123").status_code == 422
    assert with_code(client, app_code()).status_code == 302


def test_the_code_follows_within_five_minutes(app: Flask, client: FlaskClient, clock: Callable[[datetime], None]) -> None:
    begun = now()
    clock(begun)
    with_officer(app)
    with_password(client)
    clock(begun + timedelta(seconds=299))
    assert client.get(CODE).status_code == 200
    clock(begun + timedelta(seconds=301))
    assert client.get(CODE).location == SIGN_IN
    assert app.test_client().get(CODE).location == SIGN_IN


@pytest.mark.parametrize("change", ["session_epoch = 'another'", "active = false"])
def test_an_account_changed_between_the_steps_ends_the_sign_in(app: Flask, client: FlaskClient, change: str) -> None:
    with_officer(app)
    with_password(client)
    with app.app_context():
        db.session.execute(text(f"UPDATE staff_user SET {change}"))
        db.session.commit()
    assert with_code(client, app_code()).location == SIGN_IN
    assert "không còn hiệu lực" in client.get(SIGN_IN).text
    assert not inside(client)


def closed_pages(app: Flask) -> dict[str, str]:
    """An address of every page that a session may open and that is not for everybody, by endpoint."""
    with app.test_request_context():
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint not in ALWAYS_PUBLIC]
        views = app.view_functions
        closed = [
            rule for rule in rules if not getattr(views[rule.endpoint], "is_public", False) and not hasattr(views[rule.endpoint], "scope")
        ]
        built = {rule.endpoint: rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False) for rule in closed}
    return {endpoint: address[1] for endpoint, address in built.items() if address is not None}


@pytest.mark.parametrize("role", [Role.INSPECTORATE, Role.LEADERSHIP, Role.ADMINISTRATOR])
def test_a_session_is_confined_until_the_second_factor_is_set_up(app: Flask, client: FlaskClient, role: Role) -> None:
    """Security, control 17: from the list of all addresses, so that a new page is closed too."""
    unprotected(app, role)
    with_password(client)
    pages = closed_pages(app)
    assert len(pages) > 30
    # The second page of the setting up is open too; with nothing begun it leads back to the first.
    assert {endpoint for endpoint, path in pages.items() if client.get(path).location != BEGIN} == {"accounts.begin_second_factor"}
    page = client.get(BEGIN)
    assert "bắt buộc" in page.text
    assert f'href="{USERS}"' not in page.text
    assert client.get("/ngon-ngu/en?ve=" + BEGIN).location == BEGIN
    target = with_officer(app, "tran.binh", Role.HANDLER)
    assert post(client, f"{USERS}/{target}/khoa", BEGIN).location == BEGIN
    with app.app_context():
        assert db.session.scalar(select(User.active).where(User.public_id == target)) is True
    assert post(client, "/can-bo/dang-xuat", BEGIN).location == SIGN_IN


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.HANDLER, Role.AGENCY_HEAD])
def test_for_other_roles_it_is_a_choice(app: Flask, client: FlaskClient, role: Role) -> None:
    unprotected(app, role)
    with_password(client)
    assert "Bật mã xác thực" in client.get(ACCOUNT).text
    assert "bắt buộc" not in client.get(BEGIN).text


def test_a_password_to_be_changed_comes_first(app: Flask, client: FlaskClient) -> None:
    unprotected(app, Role.ADMINISTRATOR)
    with app.app_context():
        db.session.execute(text("UPDATE staff_user SET must_change_password = true"))
        db.session.commit()
    with_password(client)
    change = "/can-bo/doi-mat-khau"
    assert client.get(BEGIN).location == client.get(USERS).location == change
    post(client, change, change, old=PASSWORD, new="một câu khác hẳn câu cũ")
    assert client.get(change).location == client.get(USERS).location == BEGIN


def test_setting_up_frees_the_session_and_ends_the_others(app: Flask, client: FlaskClient) -> None:
    unprotected(app, Role.INSPECTORATE)
    with_password(client)
    other = app.test_client()
    with_password(other)
    page = scanned(client)
    assert len(set(codes_on(page))) == 10
    assert "Bước 3/3" in page.text
    assert inside(client)
    assert not inside(other)
    assert client.get(SCAN).location == BEGIN  # the secret is not shown a second time
    assert with_password(other).location == CODE
    with app.app_context():
        kept = db.session.scalars(select(SecondFactor)).one()
        assert SECRET not in kept.sealed
        hashes = b"".join(db.session.scalars(select(RecoveryCode.code_hmac)))
    assert not any(code.encode() in hashes or code.replace("-", "").encode() in hashes for code in codes_on(page))


def test_a_wrong_code_sets_nothing_up_and_the_same_secret_stays_to_be_scanned(app: Flask, client: FlaskClient) -> None:
    unprotected(app)
    with_password(client)
    post(client, BEGIN, BEGIN, password=PASSWORD)
    before = secret_on(client.get(SCAN))
    answer = post(client, SCAN, SCAN, code="12 34")
    assert (answer.status_code, secret_on(answer)) == (422, before)
    assert 'value="12 34"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SecondFactor)) == 0


def test_the_secret_in_the_making_is_sealed_and_does_not_wait_for_long(
    app: Flask, client: FlaskClient, clock: Callable[[datetime], None]
) -> None:
    begun = now()
    clock(begun)
    unprotected(app)
    with_password(client)
    post(client, BEGIN, BEGIN, password=PASSWORD)
    secret = secret_on(client.get(SCAN))
    with client.session_transaction() as session:
        assert base64.b64encode(secret).decode() not in str(dict(session))
        sealed = base64.b64decode(session["fresh_factor"]["sealed"])
    assert secret not in sealed
    with app.app_context():
        somebody_else = officer("tran.binh")
        with pytest.raises(SealBroken):
            second_factor.unseal(somebody_else, sealed, "fresh_factor")
    clock(begun + timedelta(seconds=601))
    assert client.get(SCAN).location == BEGIN


@pytest.mark.parametrize("page", [BEGIN, RENEW, OFF])
def test_the_password_is_asked_for_before_anything_changes(app: Flask, client: FlaskClient, page: str) -> None:
    with_officer(app, role=Role.HANDLER)
    with app.app_context():
        enrol(db.session.scalars(select(User)).one())
    sign_in(client)
    answers = [post(client, page, page, password=WRONG), post(client, page, page, password="")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Mật khẩu hiện tại không đúng." in answers[0].text
    assert client.get(SCAN).location == BEGIN
    assert "Đang bật" in client.get(ACCOUNT).text


def test_moving_to_another_telephone(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    old = client.get_cookie("phien")
    first = codes_on(scanned(client))
    thief = app.test_client()
    thief.set_cookie("phien", old.value if old else "")
    assert not inside(thief)
    assert inside(client)
    with_password(thief)
    assert with_code(thief, app_code(0.5)).status_code == 422  # the telephone of before
    again = codes_on(post(client, RENEW, RENEW, password=PASSWORD))
    assert with_code(thief, again[0]).location == SIGN_IN  # what changed meanwhile ends a sign-in half done
    with_password(thief)
    assert with_code(thief, first[0]).status_code == 422
    assert with_code(thief, again[0]).location == "/can-bo/"


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("0", "o")])
def test_a_recovery_code_works_once(app: Flask, client: FlaskClient, write: Callable[[str], str]) -> None:
    with_officer(app)
    sign_in(client)
    code = write(codes_on(post(client, RENEW, RENEW, password=PASSWORD))[3])
    other = app.test_client()
    with_password(other)
    assert with_code(other, code).status_code == 302
    assert "Còn 9 mã dự phòng" in other.get(ACCOUNT).text
    third = app.test_client()
    with_password(third)
    assert with_code(third, code).status_code == 422
    with app.app_context():
        assert "account.recovery_code_used" in db.session.scalars(select(AuditEntry.action)).all()


def test_one_mans_recovery_code_is_nothing_to_another(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with_officer(app, "tran.binh")
    sign_in(client)
    code = codes_on(post(client, RENEW, RENEW, password=PASSWORD))[0]
    other = app.test_client()
    with_password(other, "tran.binh")
    assert with_code(other, code).status_code == 422


def test_few_recovery_codes_left_are_pointed_out(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    assert "Chỉ còn 0 mã dự phòng" in client.get(ACCOUNT).text
    post(client, RENEW, RENEW, password=PASSWORD)
    assert "Còn 10 mã dự phòng chưa dùng" in client.get(ACCOUNT).text
    assert "Bước" not in post(client, RENEW, RENEW, password=PASSWORD).text


def test_where_it_is_a_choice_it_can_be_switched_off(app: Flask, client: FlaskClient) -> None:
    unprotected(app, Role.HANDLER)
    with_password(client)
    assert client.get(RENEW).location == BEGIN
    scanned(client)
    assert post(client, OFF, OFF, password=PASSWORD).location == ACCOUNT
    assert "Chưa bật" in client.get(ACCOUNT).text
    assert with_password(app.test_client()).location == "/can-bo/"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_where_it_must_be_it_cannot(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    assert OFF not in client.get(ACCOUNT).text
    assert post(client, OFF, OFF, password=PASSWORD).status_code == 403
    assert with_password(app.test_client()).location == CODE


def test_an_administrator_takes_away_a_lost_one_but_never_his_own(app: Flask, client: FlaskClient) -> None:
    own = with_officer(app)
    lost = with_officer(app, "thanh.tra", Role.INSPECTORATE)
    sign_in(client)
    inspector = app.test_client()
    sign_in(inspector, "thanh.tra")
    assert f"{lost}/bo-ma-xac-thuc" in client.get(USERS).text
    assert post(client, f"{USERS}/{lost}/bo-ma-xac-thuc", USERS).location == USERS
    assert f"{lost}/bo-ma-xac-thuc" not in client.get(USERS).text
    assert not inside(inspector)
    assert with_password(inspector, "thanh.tra").location == "/can-bo/"
    assert inspector.get("/can-bo/").location == BEGIN
    assert post(client, f"{USERS}/{own}/bo-ma-xac-thuc", USERS).status_code == 403
    with app.app_context():
        rows = db.session.execute(
            select(AuditEntry.subject_id, AuditEntry.actor_role).where(AuditEntry.action == "account.second_factor_reset")
        )
        assert [tuple(row) for row in rows] == [(lost, "administrator")]


def test_whoever_runs_the_server_helps_the_only_administrator(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    run = app.test_cli_runner().invoke
    assert run(args=["account", "reset-second-factor", " Nguyen.An "]).exit_code == 0
    assert with_password(client).location == "/can-bo/"
    missing = run(args=["account", "reset-second-factor", "khong.co"])
    assert (missing.exit_code, "There is no account 'khong.co'." in missing.output) == (1, True)


def test_every_change_leaves_its_row_without_the_secret(app: Flask, client: FlaskClient) -> None:
    unprotected(app, Role.HANDLER)
    with_password(client)
    scanned(client)
    scanned(client)
    post(client, RENEW, RENEW, password=PASSWORD)
    post(client, OFF, OFF, password=PASSWORD)
    with app.app_context():
        rows = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action.like("account.second_factor_%")).order_by(AuditEntry.seq)
        ).all()
        assert [row.action.rpartition("second_factor_")[2] for row in rows] == ["set_up", "replaced", "codes_renewed", "switched_off"]
        assert all(row.facts == {} for row in rows)


@pytest.mark.settings(demo=True)
def test_in_demo_mode_nobody_must_and_the_page_says_so(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    page = client.get(SIGN_IN)
    assert "Bản chạy thử chỉ đòi mật khẩu." in page.text
    assert with_password(client).location == "/can-bo/"
    assert client.get(USERS).status_code == 200
    scanned(client)
    assert with_password(app.test_client()).location == CODE  # who wants one has one


def test_outside_demo_mode_the_page_does_not_say_so(client: FlaskClient) -> None:
    assert "Bản chạy thử" not in client.get(SIGN_IN).text


def test_a_secret_copied_to_another_account_does_not_open(app: Flask) -> None:
    with app.app_context():
        mine, his = officer(), officer("tran.binh")
        assert second_factor.unseal(mine, mine.second_factor.sealed) == SECRET  # type: ignore[union-attr]
        with pytest.raises(SealBroken):
            second_factor.unseal(his, mine.second_factor.sealed)  # type: ignore[union-attr]
        with pytest.raises(NotAllowed):
            second_factor.reset_for(mine, mine.public_id)
