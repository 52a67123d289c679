"""Forms of a session that is over: nothing is done, and nothing that was typed is lost to whoever typed it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from feedback.cases.workflow import State
from feedback.db import db, now, transaction
from feedback.intake.models import ReportDraft
from tests.feedback.citizen import TEXT, post, token
from tests.feedback.officers import Office, case_of, version_of

ANSWER = "Cơ quan đã cử người đến thu gom rác ở đầu hẻm và sẽ thu hằng ngày. Cảm ơn Ông/Bà."
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
OURS = {"Sec-Fetch-Site": "same-origin"}


def test_an_officer_sends_a_form_of_his_last_session_from_the_page_that_refused_it(office: Office) -> None:
    public_id = office.accepted()
    path = f"/can-bo/ho-so/{public_id}/trinh"
    form = {"csrf_token": "of-the-last-session", "version": version_of(public_id), "outcome": "solved", "text": ANSWER}
    client = office.browser(office.handler)
    page = client.post(path, data=form, headers=OURS)
    assert page.status_code == 400
    assert case_of(public_id).state is State.IN_PROGRESS
    assert "<h1>Chưa gửi được</h1>" in page.text
    shown = page.text[page.text.index(f'action="{path}"') :]
    again = {name: html.unescape(value) for name, value in FIELD.findall(shown)}
    assert client.post(path, data=again).status_code == 302
    assert case_of(public_id).state is State.AWAITING_APPROVAL


def test_a_citizen_whose_cookies_are_gone_can_copy_what_he_wrote(office: Office) -> None:
    client = office.app.test_client()
    page = client.post("/phan-anh/su-viec", data={"csrf_token": "gone", "text": TEXT, "website": "ngắn"}, headers=OURS)
    assert page.status_code == 400
    assert page.text.count("<textarea") == 1
    assert f"{TEXT}</textarea>" in page.text
    assert '<a href="/phan-anh/su-viec">' in page.text
    assert "<form" not in page.text[page.text.index("<main") :]


def test_an_officer_whose_session_has_ended_can_copy_what_he_wrote(office: Office, clock: Callable[[datetime], None]) -> None:
    public_id = office.accepted()
    path = f"/can-bo/ho-so/{public_id}/trinh"
    form = {"version": version_of(public_id), "outcome": "solved", "text": ANSWER}
    client = office.browser(office.handler)
    page = client.get(f"/can-bo/ho-so/{public_id}").text
    form["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    clock(now() + timedelta(hours=9))
    refused = client.post(path, data=form, headers=OURS)
    assert refused.status_code == 400
    assert f"{ANSWER}</textarea>" in refused.text
    assert "Xin đăng nhập lại" in refused.text
    assert 'href="/can-bo/dang-nhap' in refused.text
    assert case_of(public_id).state is State.IN_PROGRESS
    assert client.post(path, data=form, headers=OURS).status_code != 302, "signed out"


def test_a_citizen_whose_draft_is_gone_can_copy_what_he_wrote(office: Office) -> None:
    client = office.app.test_client()
    post(client, "/phan-anh")
    form = {"csrf_token": token(client, "/phan-anh/su-viec"), "text": TEXT}
    with transaction():
        db.session.execute(delete(ReportDraft))
    page = client.post("/phan-anh/su-viec", data=form, headers=OURS)
    assert page.status_code == 400
    assert f"{TEXT}</textarea>" in page.text
    assert '<a href="/phan-anh">' in page.text
    assert client.post("/phan-anh/su-viec", data=form).location == "/phan-anh", "no browser vouches for it"
    assert client.post("/phan-anh/su-viec", data=form | {"text": "ngắn"}, headers=OURS).location == "/phan-anh"


@pytest.mark.parametrize("site", ["cross-site", "none", ""])
def test_a_form_of_another_site_brings_no_words_onto_our_pages(office: Office, site: str) -> None:
    page = office.browser(office.handler).post("/phan-anh/su-viec", data={"text": TEXT}, headers={"Sec-Fetch-Site": site})
    assert page.status_code == 400
    assert TEXT not in page.text


def test_a_password_is_never_shown_again(office: Office) -> None:
    secret = "một mật khẩu thật dài, dài hơn bốn mươi chữ cái"
    page = office.app.test_client().post("/can-bo/dang-nhap", data={"name": "ai", "password": secret}, headers=OURS)
    assert page.status_code == 400
    assert secret not in page.text


def test_a_form_that_is_no_page_leads_to_none(office: Office) -> None:
    page = office.browser(office.handler).post("/phan-anh/thoat", headers=OURS)
    assert page.status_code == 400
    assert 'href="/phan-anh/thoat"' not in page.text
