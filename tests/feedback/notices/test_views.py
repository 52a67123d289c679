"""The administrator's pages on notices."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.db import db, now, transaction
from feedback.notices import views
from feedback.notices.models import Notice, NoticeChannel, NoticeKind, NoticeState
from feedback.notices.words import CITIZEN, KINDS
from tests.feedback.officers import Office, counted, send
from tests.feedback.tracking.conftest import app, office

__all__ = ["app", "office"]
PAGE = "/can-bo/quan-tri/thong-bao"


def add(office: Office, state: NoticeState = NoticeState.HELD, kind: NoticeKind = NoticeKind.CASE_WAITS, error: str = "") -> int:
    with transaction():
        notice = Notice(
            kind=kind,
            state=state,
            channel=NoticeChannel.MAIL,
            user_id=office.handler.actor.user_id,
            case_public_id="abcdefgh12345678",
            facts={},
            created_at=now(),
            last_error=error,
            sent_at=now() if state is NoticeState.SENT else None,
        )
        db.session.add(notice)
    return notice.id


@pytest.fixture
def admin(office: Office) -> FlaskClient:
    return office.browser(office.admin)


def test_an_empty_list_says_when_notices_come(office: Office, admin: FlaskClient) -> None:
    assert "Thông báo được tạo khi hồ sơ có việc mới" in admin.get(PAGE).text


def test_notices_are_listed_without_addresses_and_cases(office: Office, admin: FlaskClient) -> None:
    add(office, error="SMTPConnectError")
    with counted() as statements:
        page = admin.get(PAGE).text
    assert len(statements) <= 4 + 1  # the officer himself is one
    assert "Lỗi gần nhất: SMTPConnectError" in page
    assert "Chưa có máy chủ thư" in page
    assert "abcdefgh12345678" not in page


def test_state_and_kind_narrow_the_list(office: Office, admin: FlaskClient) -> None:
    add(office, NoticeState.SENT, NoticeKind.DUE_SOON)
    add(office, NoticeState.HELD, NoticeKind.CASE_RETURNED)
    held = admin.get(f"{PAGE}?trang-thai=held").text
    assert held.count("<tr>") == 2
    assert admin.get(f"{PAGE}?loai=due_soon").text.count("<tr>") == 2
    assert admin.get(f"{PAGE}?trang-thai=x&loai=y&sau=z").text.count("<tr>") == 3
    assert "Gửi lại<" in held
    assert "Gửi lại<" not in admin.get(f"{PAGE}?trang-thai=sent").text


def test_a_held_notice_is_queued_again_once(office: Office, admin: FlaskClient) -> None:
    notice_id = add(office)
    again = send(admin, f"{PAGE}/{notice_id}/gui-lai", PAGE)
    assert again.headers["Location"] == PAGE
    db.session.expire_all()
    assert db.session.scalars(select(Notice)).one().state is NoticeState.WAITING
    assert "Đã xếp hàng để gửi lại." in admin.get(PAGE).text
    assert send(admin, f"{PAGE}/999/gui-lai", PAGE).status_code == 404


def test_sending_again_leads_back_to_what_was_looked_for(office: Office, admin: FlaskClient) -> None:
    looked_for = "trang-thai=held&loai=case_waits&sau=99"
    action = f"{PAGE}/{add(office)}/gui-lai?{looked_for}"
    assert action.replace("&", "&amp;") in admin.get(f"{PAGE}?{looked_for}").text
    assert send(admin, action, PAGE).headers["Location"] == f"{PAGE}?{looked_for}"


def test_long_lists_go_on(office: Office, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    keys = [add(office) for _n in range(3)]
    first = admin.get(PAGE).text
    assert f"sau={keys[1]}" in first
    assert admin.get(f"{PAGE}?sau={keys[1]}").text.count("<tr>") == 2


def test_every_kind_is_shown_as_it_reads(office: Office, admin: FlaskClient) -> None:
    page = admin.get(f"{PAGE}/mau").text
    assert [name for name in KINDS.values() if str(name) not in page] == []
    assert page.count('class="card-body" lang="en"') == len(CITIZEN)
    assert "Quá hạn: 1" in page


def test_others_find_no_such_page(office: Office) -> None:
    for officer in (office.head, office.desk, office.inspector):
        for path in (PAGE, f"{PAGE}/mau"):
            assert office.browser(officer).get(path).status_code == 404
