"""Keys of other systems on the administrators' pages: seen before they are proposed, approved by another one, ended and listed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from feedback.accounts.models import Role, User
from feedback.audit.models import AuditEntry
from feedback.city import queries as city
from feedback.db import db, now
from feedback.open311.models import ApiKey, KeyState
from tests.feedback.citizen import GROUPS
from tests.feedback.officers import Office, counted, send
from tests.feedback.open311.test_open311 import PAGE, door, hand_in
from tests.feedback.tracking.conftest import app, client, office

__all__ = ["app", "client", "door", "office"]


def the_key() -> ApiKey:
    db.session.expire_all()
    return db.session.scalars(select(ApiKey)).one()


def code_in(page: str) -> str:
    """The key as the page shows it."""
    found = GROUPS.search(page)
    assert found is not None
    return found[1].replace("<span>", "").replace("</span>", "")


def test_what_a_key_will_be_good_for_is_shown_before_anything_is_saved(office: Office) -> None:
    admin = office.browser(office.admin)
    assert "Chưa có hệ thống nào được cấp khóa" in admin.get(PAGE).text
    for name in (" ", "a" * 121):
        wrong = send(admin, PAGE, PAGE, name=name, luu="1")
        assert (wrong.status_code, "Xin ghi tên hệ thống" in wrong.text) == (422, True)
    seen = send(admin, PAGE, PAGE, name="Cổng <b>Phường</b>").text
    assert "Cổng &lt;b&gt;Phường&lt;/b&gt;" in seen
    assert "Chưa có gì được lưu" in seen
    assert all(row.name("vi") in seen for row in city.categories())
    assert "tối đa 120 lần mỗi phút" in seen
    assert "Hồ sơ niêm phong" in seen
    assert db.session.scalars(select(ApiKey)).all() == []


def test_one_proposes_another_approves_and_the_key_is_shown_once(office: Office, door: FlaskClient) -> None:
    admin, other = office.browser(office.admin), office.browser(office._hire(Role.ADMINISTRATOR, office.agency))
    shown = send(admin, PAGE, PAGE, name="Cổng <b>Phường</b>", luu="1").text
    assert "Cổng &lt;b&gt;Phường&lt;/b&gt;" in shown
    assert "sau khi một quản trị viên khác duyệt" in shown
    secret, page = code_in(shown), f"{PAGE}/{the_key().id}"
    assert hand_in(door, secret).status_code == 403, "not before another one approves"
    assert secret not in admin.get(PAGE).text + admin.get(page).text
    assert "xin nhờ một quản trị viên khác duyệt" in admin.get(page).text
    refused = send(admin, f"{page}/duyet", page)
    assert (refused.status_code, "Người đề nghị không tự duyệt" in refused.text) == (403, True)
    assert "Trước khi duyệt, xin hỏi" in other.get(page).text
    assert send(other, f"{page}/duyet", page).location == page
    twice = send(other, f"{page}/duyet", page)
    assert (twice.status_code, "đã được quyết định" in twice.text) == (409, True)
    assert hand_in(door, secret).status_code == 201
    told = admin.get(page).text
    names = db.session.scalars(select(User.full_name).where(User.role == Role.ADMINISTRATOR)).all()
    assert all(name in told for name in names)
    for _click in range(2):
        assert "không còn dùng được nữa" in admin.get(send(admin, f"{page}/ngung", PAGE).location).text
    assert hand_in(door, secret).status_code == 403
    assert "Khóa đã ngừng" in admin.get(PAGE).text
    assert "Người ngừng khóa" in admin.get(page).text
    assert (the_key().state, the_key().ended_by_id) == (KeyState.ENDED, office.admin.actor.user_id)
    late = send(other, f"{page}/duyet", PAGE)
    assert late.status_code == 409
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "api_key").order_by(AuditEntry.number)).all()
    assert acts == ["api_key.proposed", "api_key.approved", "api_key.ended"]


def test_a_proposal_that_is_given_up_never_opens_anything(office: Office, door: FlaskClient) -> None:
    admin = office.browser(office.admin)
    secret = code_in(send(admin, PAGE, PAGE, name="Cổng thử", luu="1").text)
    page = f"{PAGE}/{the_key().id}"
    assert "Chờ duyệt" in admin.get(PAGE).text
    send(admin, f"{page}/ngung", PAGE)
    assert the_key().state is KeyState.REFUSED
    assert "Không được duyệt" in admin.get(PAGE).text
    gone = admin.get(page).text
    assert ("Người từ chối" in gone, "/ngung" in gone) == (True, False)
    assert hand_in(door, secret).status_code == 403


def test_a_key_from_before_it_took_two_works_on_and_says_so(office: Office) -> None:
    made = {"name": "Cổng cũ", "key_hmac": b"old", "made_at": now(), "made_by_id": office.admin.actor.user_id}
    db.session.add(ApiKey(**made, approved_at=made["made_at"]))
    db.session.commit()
    assert the_key().state is KeyState.ACTIVE
    admin = office.browser(office.admin)
    assert "trước khi cần hai người" in admin.get(f"{PAGE}/{the_key().id}").text
    with counted() as statements:
        admin.get(PAGE)
    assert len(statements) <= 4


@pytest.mark.parametrize("change", ["approved_by_id = made_by_id", "approved_at = now() + interval '1 second'", "ended_by_id = made_by_id"])
def test_the_database_wants_two_people_too(office: Office, change: str) -> None:
    db.session.add(ApiKey(name="Cổng", key_hmac=b"new", made_at=now(), made_by_id=office.admin.actor.user_id))
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE api_key SET {change}"))
    db.session.rollback()


def test_keys_are_the_administrators(office: Office) -> None:
    assert office.browser(office.head).get(PAGE).status_code == 404
    assert office.browser(office.admin).get(f"{PAGE}/1").status_code == 404
