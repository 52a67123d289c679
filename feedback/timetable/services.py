"""Changes of the calendar and of the limits: what they would move, and saving them with every due date that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from feedback import jobs
from feedback.audit.services import Doer, record
from feedback.cases.access import SYSTEM
from feedback.cases.clock_models import DueCause
from feedback.cases.shifts import Law, Shift, law, lock_running, move, shifts, stale
from feedback.city.kinds import HolidayKind
from feedback.city.loader import load_rules
from feedback.city.models import DeadlineRule, Holiday
from feedback.city.rules import Rule
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.localtime import local_day
from feedback.workdays import SATURDAY, Calendar

#: Only one change of the law at a time: the second waits and sees what the first has moved.
_LOCK = 5_157_2016


@dataclass(frozen=True)
class DayChange:
    """A day that becomes something else; without a kind it becomes what its weekday says."""

    day: date
    kind: HolidayKind | None
    name: str = ""
    source: str = ""


@dataclass(frozen=True)
class RuleChange:
    """Another number in a limit from a day on; the units stay, because another unit is another rule."""

    code: str
    amount: int
    valid_from: date
    legal_basis: str


def days(year: int) -> Sequence[Holiday]:
    """The days of a year that are not what their weekday says."""
    within = Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
    return db.session.scalars(select(Holiday).where(within).order_by(Holiday.day)).all()


def years() -> range:
    """The years an administrator may look at and change: all in the table, and the next two."""
    today = local_day(now())
    edges = func.coalesce(func.min(Holiday.day), today), func.coalesce(func.max(Holiday.day), today)
    first, last = db.session.execute(select(*edges)).one()
    return range(min(first, today).year, max(last, today).year + 3)


def limits() -> Sequence[DeadlineRule]:
    """The newest version of every rule that sets a period, by its code."""
    newest = select(DeadlineRule).where(DeadlineRule.amount.is_not(None)).ext(distinct_on(DeadlineRule.code))
    return db.session.scalars(newest.order_by(DeadlineRule.code, DeadlineRule.valid_from.desc())).all()


def limit(code: str) -> DeadlineRule:
    """The newest version of one rule. Raises NotFound for one that sets no period."""
    found = db.session.scalar(
        select(DeadlineRule)
        .where(DeadlineRule.code == code, DeadlineRule.amount.is_not(None))
        .order_by(DeadlineRule.valid_from.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def preview_day(change: DayChange) -> list[Shift]:
    """The due dates that would move. Raises Invalid for a day that cannot become that."""
    _check_day(change)
    old = law()
    return shifts(old, replace(old, calendar=_with_day(old.calendar, change)))


@atomic
def save_day(actor: Doer, change: DayChange) -> list[Shift]:
    """Change the day and every due date that follows. Raises Invalid."""
    _check_day(change)
    _one_at_a_time()
    old = law()
    if change.kind is None:
        db.session.execute(delete(Holiday).where(Holiday.day == change.day))
    else:
        values = {"kind": change.kind, "name": change.name, "source": change.source}
        changed = insert(Holiday).values(day=change.day, **values)
        db.session.execute(changed.on_conflict_do_update(index_elements=["day"], set_=values))
    return _moved(actor, old, DueCause.CALENDAR, "calendar.changed", change.day.isoformat(), kind=change.kind or "")


def preview_rule(change: RuleChange) -> list[Shift]:
    """The due dates that would move. Raises NotFound for an unknown rule, Invalid for a day before the version in force began."""
    newest = _checked_rule(change)
    old = law()
    rules = [_ended(rule, change) for rule in old.rules if (rule.code, rule.valid_from) != (change.code, change.valid_from)]
    model = next(rule for rule in old.rules if (rule.code, rule.valid_from) == (change.code, newest.valid_from))
    changed = replace(model, amount=change.amount, legal_basis=change.legal_basis, valid_from=change.valid_from, valid_to=None)
    return shifts(old, Law(old.calendar, (*rules, changed)))


@atomic
def save_rule(actor: Doer, change: RuleChange) -> list[Shift]:
    """Add the new version, end the one before it, and change every due date that follows. Raises NotFound, Invalid."""
    _one_at_a_time()
    newest, old = _checked_rule(change), law()
    if newest.valid_from == change.valid_from:
        newest.amount, newest.legal_basis = change.amount, change.legal_basis
    else:
        newest.valid_to = change.valid_from - timedelta(days=1)
        kept = {name: getattr(newest, name) for name in ("code", "name", "unit", "start_event", "extensions", "pausable", "cutoff", "note")}
        given = {"amount": change.amount, "legal_basis": change.legal_basis, "valid_from": change.valid_from}
        db.session.add(DeadlineRule(**kept, **given, valid_to=None, confidence="V"))
    db.session.flush()
    return _moved(actor, old, DueCause.RULE, "rule.changed", change.code, amount=change.amount, valid_from=change.valid_from.isoformat())


@atomic
def save_rules(actor: Doer, rules: Sequence[Rule]) -> list[Shift]:
    """Versions of limits that have been checked together, as a file gives them, and every due date that follows."""
    _one_at_a_time()
    old = law()
    load_rules(rules)
    db.session.expire_all()
    return _moved(actor, old, DueCause.RULE, "rule.changed", ", ".join(sorted({rule.code for rule in rules}))[:64], versions=len(rules))


@atomic
def drop_rule(actor: Doer, code: str, valid_from: date) -> list[Shift]:
    """Take back a version of a limit, and change every due date that follows."""
    _one_at_a_time()
    old = law()
    db.session.execute(delete(DeadlineRule).where(DeadlineRule.code == code, DeadlineRule.valid_from == valid_from))
    return _moved(actor, old, DueCause.RULE, "rule.dropped", code, valid_from=valid_from.isoformat())


@jobs.task("timetable.recount", cron="25 18 * * *")
@atomic
def recount() -> None:
    """Each night: give the date that the law says to running cases that came in while it was being changed."""
    _one_at_a_time()
    lock_running()
    found = stale(law())
    if found:
        move(found, now(), DueCause.CALENDAR)
        record("timetable.recounted", actor=SYSTEM, subject_kind="timetable", subject_id="running", moved=len(found))


def _moved(actor: Doer, old: Law, cause: DueCause, action: str, subject: str, **facts: Any) -> list[Shift]:
    lock_running()
    found = shifts(old, law())
    move(found, now(), cause)
    record(action, actor=actor, subject_kind="timetable", subject_id=subject, moved=len(found), **facts)
    return found


def _one_at_a_time() -> None:
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _check_day(change: DayChange) -> None:
    weekend = change.day.weekday() >= SATURDAY
    if change.kind is HolidayKind.MADE_UP and not weekend:
        raise Invalid(_("Chỉ ngày thứ Bảy hoặc Chủ nhật mới làm bù được. Xin chọn ngày khác."))
    if change.kind in (HolidayKind.OFF, HolidayKind.HALF) and weekend:
        raise Invalid(_("Thứ Bảy và Chủ nhật đã là ngày nghỉ. Xin chọn ngày trong tuần, hoặc chọn «Làm bù»."))
    if change.day.year not in years():
        raise Invalid(_("Xin chọn ngày trong các năm mà lịch này có."))


def _with_day(calendar: Calendar, change: DayChange) -> Calendar:
    alone = frozenset({change.day})
    parts = {HolidayKind.OFF: calendar.off - alone, HolidayKind.MADE_UP: calendar.made_up - alone, HolidayKind.HALF: calendar.half - alone}
    if change.kind is not None:
        parts[change.kind] |= alone
    return replace(calendar, off=parts[HolidayKind.OFF], made_up=parts[HolidayKind.MADE_UP], half=parts[HolidayKind.HALF])


def _checked_rule(change: RuleChange) -> DeadlineRule:
    newest = limit(change.code)
    if change.valid_from < newest.valid_from:
        raise Invalid(
            _("Quy định đang áp dụng có hiệu lực từ %(day)s; xin chọn ngày này hoặc sau đó.", day=f"{newest.valid_from:%d/%m/%Y}")
        )
    return newest


def _ended(rule: Rule, change: RuleChange) -> Rule:
    """The version that the new one follows ends the day before it; older ones have ended already."""
    open_ended = rule.code == change.code and (rule.valid_to is None or rule.valid_to >= change.valid_from)
    return replace(rule, valid_to=change.valid_from - timedelta(days=1)) if open_ended else rule
