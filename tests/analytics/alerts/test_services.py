"""From sums by day to alerts: opened, brought up to date, closed, muted; once a day, whoever looks."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import insert, select

from analytics.alerts import queries, services
from analytics.alerts.models import Alert, AlertDay, AlertKind
from analytics.alerts.words import told
from analytics.rollup.models import Touched
from feedback.audit.models import AuditEntry
from feedback.db import db, now, transaction
from feedback.errors import Invalid, NotFound
from tests.analytics.history import DAY, MONDAY, NOW, WEEK, History

TODAY = date(2026, 10, 14)


def alerts() -> list[Alert]:
    db.session.expire_all()
    return list(db.session.scalars(select(Alert).order_by(Alert.id)))


def look_on(history: History, days_later: int) -> list[Alert]:
    """Look at everything so many days after Wednesday; what holds then."""
    history.clock(NOW + DAY * days_later)
    assert services.look_once()
    return [alert for alert in alerts() if alert.closed_on is None]


def actions() -> list[str]:
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "alert").order_by(AuditEntry.seq))
    return [row.action for row in rows]


def test_a_rise_is_told_with_the_numbers_it_was_worked_out_from(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    (alert,) = look_on(history, 0)
    assert (alert.kind, alert.district_id, alert.category_code) == (AlertKind.RISE, history.here, "urban_environment")
    assert (alert.first_on, alert.last_on) == (MONDAY - WEEK, MONDAY - DAY)
    assert (alert.part, alert.usual, alert.before) == (30, 4, [4] * 12)
    assert alert.limit == pytest.approx(4 + 4 * (4 * 13 / 12) ** 0.5)
    (one,) = told([alert], TODAY)
    assert one.title.startswith("Phản ánh tăng bất thường: Môi trường")
    assert "Từ 05/10/2026 đến 11/10/2026 có 30 phản ánh; 12 tuần trước trung bình 4,0 phản ánh một tuần." in one.sentence
    assert "Ngưỡng 12,3 = 4,0 + 4 lần mức dao động" in one.sum
    assert actions() == ["alert.opened"]


def test_a_week_that_runs_is_told_of_as_soon_as_it_is_over_the_limit(history: History) -> None:
    """Up to yesterday: what comes in today is not yet counted."""
    history.twelve(4)
    history.received(1, 4)
    history.received(0, 10, weekday=1)
    history.received(0, 9, weekday=2)
    assert look_on(history, 0) == []
    (alert,) = look_on(history, 1)
    assert (alert.part, alert.first_on, alert.last_on) == (19, MONDAY, TODAY)


def test_two_weeks_out_of_the_ordinary_are_one_alert_with_the_newer_numbers(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    history.received(0, 99)
    (alert,) = look_on(history, 0)
    assert (alert.part, alert.first_on, alert.before[-1]) == (99, MONDAY, 30)


def test_a_rise_is_over_when_a_whole_week_was_ordinary_again(history: History) -> None:
    history.twelve(4)
    history.received(0, 30)
    assert len(look_on(history, 0)) == 1
    assert len(look_on(history, 4)) == 1, "on Sunday the week still runs"
    (alert,) = look_on(history, 5)
    assert alert.opened_on == TODAY, "on Monday the week is closed and still the newest there is"
    assert len(look_on(history, 11)) == 1
    assert look_on(history, 12) == []
    (alert,) = alerts()
    assert (alert.seen_on, alert.closed_on) == (TODAY + DAY * 11, TODAY + DAY * 12)
    assert actions() == ["alert.opened", "alert.closed"]


def test_a_number_that_is_corrected_closes_the_alert(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    assert len(look_on(history, 0)) == 1
    history.taken_back(1, 25)
    assert look_on(history, 1) == []


def test_a_city_without_twelve_weeks_of_history_is_not_judged(history: History) -> None:
    for weeks_ago in range(2, 13):
        history.received(weeks_ago, 4)
    history.received(1, 30)
    assert look_on(history, 0) == []


def test_no_place_and_officials_conduct_raise_nothing(history: History) -> None:
    history.twelve(4)
    history.received(1, 4)
    history.add(MONDAY - WEEK, category="other", received=100)
    history.received(1, 100, category="staff_conduct")
    assert look_on(history, 0) == []


def test_an_agency_that_answers_late_more_often(history: History) -> None:
    """40 of 100 against 60 of 300; the other agency has too few cases to be named, and no agency at all is none."""
    other = history.office.other
    for weeks_ago in (5, 6, 16):
        history.due(weeks_ago, 100, 20, history.office.agency)
        history.due(weeks_ago, 10, 0, other)
        history.due(weeks_ago, 20, 1)
    for weeks_ago in (1, 4):
        history.due(weeks_ago, 50, 21, history.office.agency)
        history.due(weeks_ago, 14, 14, other)
        history.due(weeks_ago, 50, 50)
    (alert,) = look_on(history, 0)
    assert (alert.kind, alert.agency_id, alert.part, alert.whole, alert.before) == (
        AlertKind.LATE,
        history.office.agency,
        42,
        100,
        [60, 300],
    )
    (one,) = told([alert], TODAY)
    assert "có 42 trên 100 hồ sơ đến hạn bị trễ (42,0%); 12 tuần trước đó là 60 trên 300 (20,0%)" in one.sentence


def test_days_outside_the_weeks_that_are_compared_do_not_count(history: History) -> None:
    for weeks_ago, due, late in ((17, 300, 60), (0, 100, 100), (1, 100, 42)):
        history.due(weeks_ago, due, late, history.office.agency)
    assert look_on(history, 0) == [], "nothing to compare with"


def test_a_second_look_on_the_same_day_changes_nothing(history: History) -> None:
    history.twelve(4)
    assert look_on(history, 0) == []
    history.received(1, 30)
    assert services.look_once() is False
    services.look()
    assert alerts() == []


def test_nobody_looks_while_the_figures_are_being_counted(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    with transaction():
        db.session.execute(insert(Touched), [{"case_id": case_id} for case_id in range(queries.BEHIND + 1)])
    assert services.look_once() is False
    with transaction():
        db.session.delete(db.session.scalars(select(Touched)).first())
    assert services.look_once() is True
    assert len(alerts()) == 1


def test_a_second_worker_waits_and_finds_the_day_done(app: Flask, history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    done: list[bool] = []

    def second() -> None:
        with app.app_context():
            done.append(services.look_once())
            db.session.remove()

    with transaction():
        services.look_once()
        other = threading.Thread(target=second)
        other.start()
        assert done == []
    other.join(30)
    assert done == [False]
    assert len(alerts()) == 1


def test_who_dies_in_the_middle_leaves_the_day_to_the_next(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.twelve(4)
    history.received(1, 30)
    with monkeypatch.context() as broken:
        broken.setattr(services, "_note", lambda *_rest: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.look_once()
    assert alerts() == []
    assert db.session.scalars(select(AlertDay)).all() == []
    assert services.look_once()
    assert len(alerts()) == 1


def test_a_muted_matter_stays_muted_when_it_comes_back(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    (alert,) = look_on(history, 0)
    leader = history.office.leader.actor
    services.mute(leader, alert.id, TODAY + DAY * 20, "  Ngập do triều cường. ")
    assert queries.news(TODAY) == []
    assert look_on(history, 5) == []
    history.received(0, 60, weekday=6)
    (again,) = look_on(history, 6)
    assert again.id != alert.id
    assert (again.muted_reason, again.muted_by_id) == ("Ngập do triều cường.", leader.user_id)
    assert queries.news(TODAY + DAY * 20) == []
    assert [one.id for one in queries.news(TODAY + DAY * 21)] == [again.id]
    services.unmute(leader, again.id)
    services.unmute(leader, again.id)
    assert [one.id for one in queries.news(TODAY)] == [again.id]
    assert actions() == ["alert.opened", "alert.muted", "alert.closed", "alert.opened", "alert.unmuted"]


def test_muting_wants_a_day_within_reach_a_reason_and_an_alert(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    (alert,) = look_on(history, 0)
    for days in (-1, 91):
        with pytest.raises(Invalid, match=f"từ hôm nay đến {TODAY + DAY * 90:%d/%m/%Y}"):
            services.mute(history.office.leader.actor, alert.id, TODAY + DAY * days, "Đã rõ.")
    for reason in ("", "\u200b ", "x" * 501):
        with pytest.raises(Invalid, match="lý do"):
            services.mute(history.office.leader.actor, alert.id, TODAY, reason)
    with pytest.raises(NotFound):
        services.mute(history.office.leader.actor, alert.id + 1, TODAY, "Đã rõ.")
    with transaction():
        db.session.get_one(Alert, alert.id).closed_on = now().date()
    with pytest.raises(NotFound):
        services.unmute(history.office.leader.actor, alert.id)
