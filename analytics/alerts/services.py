"""Looking at everything once a day, muting and unmuting."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from analytics.alerts import queries
from analytics.alerts.models import REASON_LIMIT, Alert, AlertDay
from feedback import jobs
from feedback.audit.services import record
from feedback.cases.access import SYSTEM, Actor
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.localtime import local_day
from feedback.text import clean

#: An alert may be muted for so long; after that somebody has to think again.
LONGEST_MUTE = timedelta(days=90)
#: What changes on an alert that is found again.
NUMBERS = ("first_on", "last_on", "part", "whole", "usual", "limit", "before")


@jobs.task("alerts.look", cron="*/5 * * * *")
def look() -> None:
    """Soon after midnight, and whenever the worker comes back: look at everything, once a day."""
    look_once()


@atomic
def look_once() -> bool:
    """Open what is out of the ordinary, bring up to date what still is, close what is not.

    False when that was done today already, or when the figures are still being counted (a new installation, many cases at once): a look at
    half of them would be all there is until tomorrow.

    The day's row decides: a second worker waits for the first one's commit and finds it, and takes over if the first one dies.
    """
    at = now()
    today = local_day(at)
    if queries.are_behind():
        return False
    once = insert(AlertDay).values(day=today, at=at).on_conflict_do_nothing().returning(AlertDay.day)
    if db.session.scalar(once) is None:
        return False
    known = {alert.about: alert for alert in queries.open_alerts()}
    for found in queries.found_on(at):
        alert = known.pop(found.about, None)
        if alert is None:
            _open(found, today)
        else:
            for name in NUMBERS:
                setattr(alert, name, getattr(found, name))
            alert.seen_on = today
    for alert in known.values():
        alert.closed_on = today
        _note("alert.closed", SYSTEM, alert)
    return True


def _open(alert: Alert, today: date) -> None:
    alert.opened_on = alert.seen_on = today
    about = [getattr(Alert, name) == getattr(alert, name) for name in ("kind", "district_id", "category_code", "agency_id", "to_agency_id")]
    # Whoever has muted it meant the matter, not this row.
    former = db.session.scalar(select(Alert).where(*about, Alert.muted_until >= today).order_by(Alert.id.desc()).limit(1))
    if former is not None:
        alert.muted_until, alert.muted_reason, alert.muted_by_id = former.muted_until, former.muted_reason, former.muted_by_id
    db.session.add(alert)
    db.session.flush()
    _note("alert.opened", SYSTEM, alert)


def _note(action: str, actor: Actor, alert: Alert, **facts: Any) -> None:
    record(action, actor=actor, subject_kind="alert", subject_id=str(alert.id), kind=alert.kind.value, **facts)


@atomic
def mute(actor: Actor, alert_id: int, until: date, reason: str) -> None:
    """No news until a day, included, and why. Raises NotFound for an alert that is over, Invalid for a day or a reason that will not do."""
    alert, today, reason = _held(alert_id), local_day(now()), clean(reason)
    if not today <= until <= today + LONGEST_MUTE:
        raise Invalid(_("Xin chọn một ngày từ hôm nay đến %(last)s.", last=f"{today + LONGEST_MUTE:%d/%m/%Y}"))
    if not reason or len(reason) > REASON_LIMIT:
        raise Invalid(_("Xin ghi lý do, tối đa %(limit)s ký tự.", limit=REASON_LIMIT))
    alert.muted_until, alert.muted_reason, alert.muted_by_id = until, reason, actor.user_id
    _note("alert.muted", actor, alert, until=until.isoformat(), reason=reason)


@atomic
def unmute(actor: Actor, alert_id: int) -> None:
    """News again; a second click changes nothing. Raises NotFound for an alert that is over."""
    alert = _held(alert_id)
    if alert.muted_until is not None:
        alert.muted_until, alert.muted_reason, alert.muted_by_id = None, "", None
        _note("alert.unmuted", actor, alert)


def _held(alert_id: int) -> Alert:
    alert = db.session.scalar(select(Alert).where(Alert.id == alert_id, Alert.closed_on.is_(None)).with_for_update())
    if alert is None:
        raise NotFound
    return alert
