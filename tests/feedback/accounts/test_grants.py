"""Roles: proposed by one administrator, given by another, or not at all (security, control 11)."""

# ruff: noqa: F811 — the fixture `app` is asked for by name
from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from feedback.accounts import grants, services
from feedback.accounts.models import Role, RoleGrant, User
from feedback.accounts.services import NewUser, WrongSignIn
from feedback.audit.models import AuditEntry
from feedback.db import db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.feedback.accounts.people import PASSWORD, agency_id, officer, post, sign_in, with_officer
from tests.feedback.bare import app  # noqa: F401 — fixture: requests share nothing but the cookie
from tests.feedback.officers import Browser, counted

pytestmark = pytest.mark.usefixtures("quick_hashes")

USERS = "/can-bo/quan-tri/tai-khoan"
GRANTS = "/can-bo/quan-tri/phan-quyen"


@pytest.fixture
def two(app: Flask) -> tuple[User, User, User]:
    """Two administrators and a handler, in a context of their own."""
    context = app.app_context()
    context.push()
    yield officer("admin.mot"), officer("admin.hai"), officer("nguyen.an", Role.HANDLER)  # type: ignore[misc]
    db.session.rollback()
    context.pop()


def new(name: str, role: Role) -> NewUser:
    return NewUser(name, name, role, agency_id(), handed_over=True)


def waiting_ids() -> list[str]:
    return [grant.public_id for grant in grants.waiting()]


def acts() -> list[tuple[str, int | None]]:
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.actor_user_id).where(AuditEntry.action.like("account.role%")).order_by(AuditEntry.seq)
    )
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize("role", list(Role))
def test_no_administrator_makes_an_account_alone(two: tuple[User, User, User], role: Role) -> None:
    """The maker knows the first password, whatever the role."""
    first, second, _handler = two
    user = services.create_user(new("le.chi", role), PASSWORD, by=first)
    assert not user.active
    with pytest.raises(NotAllowed):
        grants.decide(first, waiting_ids(), approve=True)
    assert services.open_again(first, user.public_id) is False
    with pytest.raises(NotAllowed):
        grants.decide(first, waiting_ids(), approve=True)
    with pytest.raises(WrongSignIn):
        services.sign_in("le.chi", PASSWORD, "here")
    assert grants.decide(second, waiting_ids(), approve=True) == 1
    assert services.sign_in("le.chi", PASSWORD, "here").role is role


def test_a_role_is_given_only_then(two: tuple[User, User, User]) -> None:
    first, second, user = two
    epoch = user.session_epoch
    other_agency = user.agency_id + 1
    grants.propose(first, user.public_id, Role.INSPECTORATE, other_agency)
    assert (user.role, user.active, user.session_epoch) == (Role.HANDLER, True, epoch)
    grants.decide(second, waiting_ids(), approve=True)
    assert (user.role, user.agency_id, user.active) == (Role.INSPECTORATE, other_agency, True)
    assert user.session_epoch != epoch
    assert acts() == [("account.role_proposed", first.id), ("account.role_approved", second.id)]
    row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.role_approved")).one()
    assert (row.subject_id, row.facts) == (user.public_id, {"role": "inspectorate", "agency": other_agency})


def test_nobody_proposes_or_decides_about_himself(two: tuple[User, User, User]) -> None:
    first, second, _user = two
    with pytest.raises(NotAllowed):
        grants.propose(first, first.public_id, Role.LEADERSHIP, first.agency_id)
    grants.propose(first, second.public_id, Role.LEADERSHIP, second.agency_id)
    for approve in (True, False):
        with pytest.raises(NotAllowed):
            grants.decide(second, waiting_ids(), approve=approve)
    assert second.role is Role.ADMINISTRATOR


@pytest.mark.parametrize("column", ["asked_by_id", "user_id"])
def test_the_database_refuses_it_too(two: tuple[User, User, User], column: str) -> None:
    first, _second, user = two
    grants.propose(first, user.public_id, Role.LEADERSHIP, user.agency_id)
    with pytest.raises(IntegrityError, match="two_people"):
        db.session.execute(text(f"UPDATE role_grant SET approved = true, decided_by_id = {column}"))
    db.session.rollback()


@pytest.mark.parametrize("refuser", [0, 1])
def test_a_refusal_leaves_everything_and_a_proposer_may_take_his_own_back(two: tuple[User, User, User], refuser: int) -> None:
    user = two[2]
    grants.propose(two[0], user.public_id, Role.INSPECTORATE, user.agency_id)
    chosen = waiting_ids()
    grants.decide(two[refuser], chosen, approve=False)
    assert (user.role, user.active) == (Role.HANDLER, True)
    assert waiting_ids() == []
    with pytest.raises(Conflict):
        grants.decide(two[1], chosen, approve=True)
    assert acts() == [("account.role_proposed", two[0].id), ("account.role_refused", two[refuser].id)]


@pytest.mark.parametrize(("days", "lives"), [(6.99, True), (7.01, False)])
def test_a_week_without_an_answer_is_a_no(
    two: tuple[User, User, User], clock: Callable[[datetime], None], days: float, lives: bool
) -> None:
    first, second, user = two
    begun = now()
    clock(begun)
    grants.propose(first, user.public_id, Role.INSPECTORATE, user.agency_id)
    chosen = waiting_ids()
    clock(begun + timedelta(days=days))
    assert bool(waiting_ids()) is lives
    if lives:
        assert grants.decide(second, chosen, approve=True) == 1
        return
    with pytest.raises(Conflict):
        grants.decide(second, chosen, approve=True)
    assert [grant.approved for grant in grants.past()] == [None]
    assert user.role is Role.HANDLER
    grants.propose(first, user.public_id, Role.INSPECTORATE, user.agency_id)
    assert len(waiting_ids()) == 1


def test_a_newer_proposal_takes_the_place_of_the_older(two: tuple[User, User, User]) -> None:
    first, second, user = two
    grants.propose(first, user.public_id, Role.INSPECTORATE, user.agency_id)
    grants.propose(second, user.public_id, Role.FRONT_DESK, user.agency_id)
    assert [grant.role for grant in grants.waiting()] == [Role.FRONT_DESK]
    with pytest.raises(NotAllowed):
        grants.decide(second, waiting_ids(), approve=True)
    grants.decide(first, waiting_ids(), approve=True)
    assert user.role is Role.FRONT_DESK


def test_all_that_is_ticked_or_nothing(two: tuple[User, User, User]) -> None:
    first, second, user = two
    third = services.create_user(new("le.chi", Role.HANDLER), PASSWORD, by=first)
    grants.propose(second, user.public_id, Role.FRONT_DESK, user.agency_id)
    with pytest.raises(NotAllowed):
        grants.decide(second, waiting_ids(), approve=True)
    assert len(waiting_ids()) == 2
    assert (third.active, user.role) == (False, Role.HANDLER)
    with pytest.raises(NotFound):
        grants.decide(second, ["khong-co"], approve=True)


def test_two_decisions_at_once_are_one(app: Flask, two: tuple[User, User, User], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, user = two
    third = officer("admin.ba")
    grants.propose(first, user.public_id, Role.FRONT_DESK, user.agency_id)
    chosen, deciders = waiting_ids(), {second.id: True, third.id: False}

    def slow() -> datetime:
        time.sleep(0.1)
        return now()

    monkeypatch.setattr(grants, "now", slow)

    def decide(by: int) -> bool:
        with app.app_context():
            try:
                return grants.decide(db.session.get_one(User, by), chosen, approve=deciders[by]) == 1
            except Conflict:
                return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, deciders)) == [False, True]


def test_what_somebody_has_already_is_not_proposed(two: tuple[User, User, User]) -> None:
    first, _second, user = two
    with pytest.raises(Invalid):
        grants.propose(first, user.public_id, user.role, user.agency_id)
    grants.propose(first, user.public_id, user.role, user.agency_id + 1)
    assert len(waiting_ids()) == 1


def test_locking_somebody_ends_what_was_proposed_for_him(two: tuple[User, User, User]) -> None:
    """An approval that comes late must not open an account that was locked meanwhile."""
    first, second, user = two
    grants.propose(first, user.public_id, Role.INSPECTORATE, user.agency_id)
    services.lock(second, user.public_id)
    assert waiting_ids() == []
    assert services.open_again(second, user.public_id) is False  # his role is open to question now
    grants.decide(first, waiting_ids(), approve=True)
    assert (user.active, user.role) == (True, Role.HANDLER)
    services.lock(second, user.public_id)
    assert services.open_again(second, user.public_id) is True


@pytest.mark.parametrize("locked", [False, True])
def test_a_new_password_for_a_trusted_role_takes_two(two: tuple[User, User, User], locked: bool) -> None:
    """Who knows the password must not be the one who opens the account, not even when it was locked before."""
    first, second, _user = two
    inspector = officer("thanh.tra", Role.INSPECTORATE)
    if locked:
        services.lock(first, inspector.public_id)
    services.reset_password(first, inspector.public_id)
    assert not inspector.active
    assert services.open_again(first, inspector.public_id) is False
    with pytest.raises(NotAllowed):
        grants.decide(first, waiting_ids(), approve=True)
    grants.decide(second, waiting_ids(), approve=True)
    assert (inspector.active, inspector.role) == (True, Role.INSPECTORATE)


def test_a_new_password_for_another_role_takes_one(two: tuple[User, User, User]) -> None:
    first, _second, user = two
    services.reset_password(first, user.public_id)
    assert user.active
    assert waiting_ids() == []


def test_the_pages_from_proposal_to_approval(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with_officer(app, "admin.hai")
    public_id = with_officer(app, "le.chi", Role.HANDLER)
    sign_in(client)
    page = f"{USERS}/{public_id}/vai-tro"
    shown = client.get(page).text
    assert re.search(r'<option selected value="handler">', shown)
    agency = re.findall(r'<option selected value="(\d+)"', shown)[0]
    same = post(client, page, page, role="handler", agency=agency)
    assert (same.status_code, "đúng vai trò" in same.text) == (422, True)
    assert post(client, page, page, role="king", agency=agency).status_code == 422
    assert post(client, page, page, role="inspectorate", agency=agency).location == GRANTS
    assert "Chờ duyệt" in client.get(USERS).text
    mine = client.get(GRANTS).text
    chosen = re.findall(r'name="chosen" value="(\w+)"', mine)
    assert post(client, GRANTS, GRANTS, chosen=chosen[0], decision="approve").status_code == 403
    second = app.test_client()
    sign_in(second, "admin.hai")
    nothing = post(second, GRANTS, GRANTS, decision="approve")
    assert (nothing.status_code, "Xin đánh dấu ít nhất một đề nghị." in nothing.text) == (422, True)
    assert post(second, GRANTS, GRANTS, chosen=chosen[0], decision="approve").location == GRANTS
    after = second.get(GRANTS).text
    assert "Đã duyệt 1 đề nghị." in after
    assert "Không có đề nghị nào chờ duyệt" in after
    assert "Đã duyệt</span> Cán bộ admin.hai" in after
    again = post(second, GRANTS, GRANTS, chosen=chosen[0], decision="refuse")
    assert (again.status_code, "đã được quyết định" in again.text) == (409, True)


def test_he_who_is_concerned_sees_it_without_a_box_to_tick(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with app.app_context():
        me, other = db.session.scalars(select(User)).one(), officer("admin.hai")
        grants.propose(other, me.public_id, Role.HANDLER, me.agency_id)
    sign_in(client)
    page = client.get(GRANTS).text
    assert "Chính Ông/Bà" in page
    assert 'name="chosen"' not in page


def test_a_lone_administrator_is_told_what_to_do(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    command = "flask --app wsgi account add"
    assert command in client.get(GRANTS).text
    second = with_officer(app, "admin.hai")
    assert command not in client.get(GRANTS).text
    post(client, f"{USERS}/{second}/khoa", USERS)
    assert command in client.get(GRANTS).text


def test_a_locked_account_whose_role_is_not_given_is_proposed_again_by_opening_it(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with app.app_context():
        me = db.session.scalars(select(User)).one()
        user = services.create_user(new("le.chi", Role.HANDLER), PASSWORD, by=me)
        grants.decide(me, waiting_ids(), approve=False)
        path = f"{USERS}/{user.public_id}/mo-khoa"
    sign_in(client)
    assert path in client.get(USERS).text
    assert post(client, path, USERS).location == GRANTS
    assert "Đã đề nghị mở tài khoản." in client.get(GRANTS).text
    assert path not in client.get(USERS).text
    assert "Xem đề nghị" in client.get(USERS).text


def test_the_lists_ask_no_more_however_long(app: Flask) -> None:
    with_officer(app)
    client = Browser(app, app.response_class, use_cookies=True)
    sign_in(client)
    needed = []
    for number in range(3):
        with app.app_context(), counted() as seen:
            assert client.get(GRANTS).status_code == client.get(USERS).status_code == 200
        needed.append(len(seen))
        with app.app_context():
            me = db.session.scalars(select(User).where(User.sign_in_name == "nguyen.an")).one()
            for name in ("a", "b"):
                services.create_user(new(f"{name}.{number}", Role.HANDLER), PASSWORD, by=me)
    assert needed == [4 + 3] * 3
    with app.app_context():
        assert db.session.scalars(select(RoleGrant)).first() is not None
