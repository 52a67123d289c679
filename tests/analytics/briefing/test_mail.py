"""Told by mail that a briefing is ready: when, whom, once, without a figure in it, and how one stops it."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, current_app
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from analytics.briefing import services
from analytics.briefing.models import Rhythm, Wish
from analytics.briefing.periods import latest, newest
from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.audit.models import AuditEntry
from feedback.cases.access import CITIZEN
from feedback.db import db, transaction
from feedback.errors import NotFound
from feedback.localtime import CITY_TIME
from feedback.notices.mail import body, subject
from feedback.notices.models import Notice, NoticeKind, NoticeState
from tests.analytics.history import History
from tests.feedback.citizen import text_of
from tests.feedback.officers import Officer, counted, send

PAGE = "/dieu-hanh/ban-tin"
#: The Monday after Wednesday 14 October 2026 and the first of the next month, when briefings become ready.
MONDAY, FIRST = (datetime(2026, month, day, 6, 30, tzinfo=CITY_TIME) for month, day in ((10, 19), (11, 1)))
MINUTE = timedelta(minutes=1)


def give_address(officer: Officer, **changes: object) -> None:
    with transaction():
        user = db.session.get_one(User, officer.actor.user_id)
        user.email = "doc.gia@city.example"
        for name, value in changes.items():
            setattr(user, name, value)


def told() -> list[int | None]:
    """Who has a mail waiting or sent, in the order of queueing."""
    db.session.expire_all()
    return [notice.user_id for notice in db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.BRIEFING).order_by(Notice.id))]


@given(st.integers(0, 12_000_000), st.sampled_from(Rhythm))
def test_the_newest_briefing_is_of_a_closed_period_and_the_last_to_be_ready(minutes: int, rhythm: Rhythm) -> None:
    at = datetime(2016, 1, 1, tzinfo=UTC) + minutes * MINUTE
    span = newest(rhythm, at)
    ready = datetime.combine(span.last + timedelta(days=1), datetime.min.time(), CITY_TIME).replace(hour=6, minute=30)
    assert ready <= at < ready + (timedelta(days=7) if rhythm is Rhythm.WEEK else timedelta(days=31))
    assert span.days == 7 if rhythm is Rhythm.WEEK else span.first.day == 1
    assert newest(rhythm, ready) == span
    assert newest(rhythm, ready - MINUTE).last < span.first


def test_the_periods_on_offer_follow_each_other() -> None:
    weeks, months = (latest(rhythm, MONDAY, 3) for rhythm in Rhythm)
    assert [(span.first, span.last) for span in weeks][:2] == [
        (date(2026, 10, 12), date(2026, 10, 18)),
        (date(2026, 10, 5), date(2026, 10, 11)),
    ]
    assert [(span.first, span.last) for span in months] == [
        (date(2026, 9, 1), date(2026, 9, 30)),
        (date(2026, 8, 1), date(2026, 8, 31)),
        (date(2026, 7, 1), date(2026, 7, 31)),
    ]


def test_who_chose_the_week_is_told_on_mondays_and_once(history: History) -> None:
    leader, head = history.office.leader, history.office.head
    for officer, rhythm in ((leader, Rhythm.WEEK), (head, Rhythm.MONTH)):
        give_address(officer)
        services.choose(officer.actor, rhythm)
    services.tell()
    assert told() == [], "the newest briefing was ready before he chose"
    history.clock(MONDAY - MINUTE)
    assert services.tell_once() == 0
    history.clock(MONDAY)
    assert services.tell_once() == 1
    assert services.tell_once() == 0
    history.clock(MONDAY + timedelta(days=6))
    assert services.tell_once() == 0
    history.clock(FIRST)
    assert services.tell_once() == 2, "the month, and the week that ended a week ago"
    history.clock(FIRST + timedelta(hours=9))
    services.tell()
    assert told() == [leader.actor.user_id, leader.actor.user_id, head.actor.user_id]


def test_a_worker_that_stood_still_tells_late_and_of_the_newest_only(history: History) -> None:
    give_address(history.office.leader)
    services.choose(history.office.leader.actor, Rhythm.WEEK)
    history.clock(MONDAY + timedelta(days=17))
    assert services.tell_once() == 1
    assert services.tell_once() == 0
    assert db.session.scalars(select(Wish.told_of)).all() == [date(2026, 10, 26)]


def test_two_workers_tell_once(app: Flask, history: History) -> None:
    give_address(history.office.leader)
    services.choose(history.office.leader.actor, Rhythm.WEEK)
    history.clock(MONDAY)
    seconds: list[int] = []

    def second() -> None:
        with app.app_context():
            seconds.append(services.tell_once())
            db.session.remove()

    with transaction():
        assert services.tell_once() == 1
        other = threading.Thread(target=second)
        other.start()
        assert seconds == []
    other.join(30)
    assert seconds == [0]
    assert len(told()) == 1


def test_a_worker_that_dies_before_it_has_told_leaves_it_to_the_next(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    give_address(history.office.leader)
    services.choose(history.office.leader.actor, Rhythm.WEEK)
    history.clock(MONDAY)
    with monkeypatch.context() as broken:
        broken.setattr(services, "notify_officer", lambda *_rest: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.tell_once()
    assert told() == []
    assert services.tell_once() == 1


def test_who_has_no_address_or_may_no_longer_read_it_is_not_told(history: History) -> None:
    office = history.office
    changed: list[tuple[Officer, dict[str, object]]] = [
        (office.head, {"email": None}),
        (office.strange_head, {"active": False}),
        (office.leader, {"role": Role.HANDLER}),
    ]
    for officer, changes in changed:
        services.choose(officer.actor, Rhythm.WEEK)
        give_address(officer, **changes)
    history.clock(MONDAY)
    assert services.tell_once() == 0


def test_the_mail_says_where_and_nothing_else(history: History) -> None:
    history.cases(40, 10, agency=history.office.agency, district=history.here)
    give_address(history.office.head)
    services.choose(history.office.head.actor, Rhythm.WEEK)
    history.clock(MONDAY)
    jobs.run_here("briefing.tell")
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.state, notice.case_public_id, notice.facts) == (NoticeState.WAITING, "", {})
    config = current_app.extensions["config"]
    words = body(config, notice)
    assert subject(notice.kind) == "Bản tin tình hình giải quyết phản ánh"
    assert f"{config.public_url}{PAGE}" in words.splitlines()
    assert "thôi nhận" in words
    assert "hồ sơ đang chờ" not in words
    assert not [letter for letter in words.replace(config.public_url, "") if letter.isdigit()], "not one figure"


def test_choosing_and_stopping_on_the_page(history: History) -> None:
    office = history.office
    head = office.browser(office.head)
    with counted() as statements:
        page = head.get(PAGE)
    assert len(statements) <= 3 + 1
    words = text_of(page)
    assert "chưa có địa chỉ thư điện tử" in words
    assert "05/10/2026 – 11/10/2026 (PDF)" in words
    assert 'href="/dieu-hanh/ban-tin.pdf?tu=2026-09-01&amp;den=2026-09-30"' in page.text
    assert re.findall(r'<input checked [^>]*value="([a-z]+)"', page.text) == ["never"]
    give_address(office.head)
    assert "chưa có địa chỉ thư điện tử" not in text_of(head.get(PAGE))
    for rhythm in ("week", "month", "month", "never"):
        assert send(head, PAGE, PAGE, rhythm=rhythm).status_code == 302
    assert db.session.scalars(select(Wish)).all() == []
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "briefing.chosen").order_by(AuditEntry.seq))
    assert [row.facts["rhythm"] for row in rows] == ["week", "month", "none"]


def test_a_choice_there_is_not_is_told_and_only_officers_choose(history: History) -> None:
    with pytest.raises(NotFound):
        services.choose(CITIZEN, Rhythm.WEEK)
    leader = history.office.browser(history.office.leader)
    for rhythm in ("", "daily"):
        answer = send(leader, PAGE, PAGE, rhythm=rhythm)
        assert answer.status_code == 422
        assert "Xin chọn một mục." in text_of(answer)
