"""From a legal limit and an event to the instant it ends, with every step of the sum (BLDS 2015 Art 147-148). Pure.

Days (`day`, `working_day`): the day of the event is not counted; the limit ends with the last second of its last day. When that day is
not worked, it ends with the next working day. A pause from a to b takes out the days after the day of a up to and including the day
of b, as if b were counted from a; midnight belongs to the day it ends, so a pause over whole days takes out exactly those. A day
that two pauses share is taken out once, and a limit does not end on a day that is taken out. Extensions are counted on from the last
day of the limit, before it is moved off a day that is not worked.
A limit of no days ends on the day of the event itself; where the rule has an hour of closing (`cutoff`), what comes later counts as
received on the next working day.
Minutes and working hours: counted exactly from the event; a pause is taken out to the second, working hours only while offices are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from feedback.cases.steps import N_, Step
from feedback.city.kinds import RuleUnit
from feedback.city.rules import Rule
from feedback.localtime import CITY_TIME, local, local_day
from feedback.workdays import ONE_DAY, SHIFTS, Calendar

#: When the clock was stopped and when it went on.
Pause = tuple[datetime, datetime]
LAST_SECOND = time(23, 59, 59)
IN_DAYS = frozenset({RuleUnit.DAY, RuleUnit.WORKING_DAY})
LIMITS = {
    RuleUnit.MINUTE: N_("Thời hạn %(amount)s phút: đến %(last)s."),
    RuleUnit.WORKING_HOUR: N_("Thời hạn %(amount)s giờ làm việc: đến %(last)s."),
    RuleUnit.DAY: N_("Thời hạn %(amount)s ngày, tính cả ngày nghỉ: ngày cuối cùng là %(last)s."),
    RuleUnit.WORKING_DAY: N_("Thời hạn %(amount)s ngày làm việc: ngày cuối cùng là %(last)s."),
}
EXTENSIONS = {
    RuleUnit.MINUTE: N_("Gia hạn thêm %(amount)s phút (%(basis)s): đến %(last)s."),
    RuleUnit.WORKING_HOUR: N_("Gia hạn thêm %(amount)s giờ làm việc (%(basis)s): đến %(last)s."),
    RuleUnit.DAY: N_("Gia hạn thêm %(amount)s ngày (%(basis)s): ngày cuối cùng là %(last)s."),
    RuleUnit.WORKING_DAY: N_("Gia hạn thêm %(amount)s ngày làm việc (%(basis)s): ngày cuối cùng là %(last)s."),
}


FROM_THE_NEXT_DAY = N_("Bắt đầu: %(start)s (%(event)s). Ngày này không tính vào thời hạn (Điều 147 Bộ luật Dân sự 2015).")
FROM_THE_SAME_DAY = N_("Bắt đầu: %(start)s (%(event)s).")


class DeadlineError(ValueError):
    """The sum cannot be made; the message says why."""


@dataclass(frozen=True)
class Deadline:
    """When a limit ends, on the city's clock, how that came about, and the law it rests on."""

    due: datetime
    steps: tuple[Step, ...]
    legal_basis: str


@dataclass(frozen=True)
class _Limit:
    """A rule or an extension that has a period."""

    amount: int
    unit: RuleUnit
    rule: Rule


def due(rule: Rule, start: datetime, calendar: Calendar, pauses: Iterable[Pause] = (), extensions: Sequence[Rule] = ()) -> Deadline:
    """When the rule's limit ends if its event happened at `start` (aware). Pauses count only for rules that the law lets pause.

    Raises DeadlineError for a rule without a period, an extension in another kind of unit, a naive instant or a pause that ends
    before it begins.
    """
    limits = [_limit(part) for part in (rule, *extensions)]
    stops = _merged(pauses)
    if start.tzinfo is None:
        raise DeadlineError("the start has no time zone")
    for extra in limits[1:]:
        if extra.unit != limits[0].unit and not {extra.unit, limits[0].unit} <= IN_DAYS:
            raise DeadlineError(f"{extra.rule.code} ({extra.unit}) cannot be added to {rule.code} ({limits[0].unit})")
    received = local(start)
    begun = _counts_as_received(rule, received, calendar)
    doubts = [*_doubts(rule, begun, stops, extensions)]
    count = _in_days if limits[0].unit in IN_DAYS else _exact
    end, sums = count(limits, begun, calendar, stops if rule.pausable else [])
    return Deadline(
        end, (*_cutoff_steps(rule, received, begun), *sums, *doubts, *_unknown_years(begun, end, calendar)), _basis(rule, extensions)
    )


def _counts_as_received(rule: Rule, received: datetime, calendar: Calendar) -> datetime:
    """What comes in too late in the day, or on a day that is not worked, counts from the next working day where the rule says so."""
    if rule.cutoff is None or (received.time() < rule.cutoff and calendar.is_working_day(received.date())):
        return received
    day = received.date() if received.time() < rule.cutoff else received.date() + ONE_DAY
    return datetime.combine(calendar.next_working_day(day), SHIFTS[0][0], CITY_TIME)


def _cutoff_steps(rule: Rule, received: datetime, begun: datetime) -> Iterable[Step]:
    if begun != received:
        yield Step(
            N_("Nhận lúc %(received)s, từ %(cutoff)s trở đi hoặc ngoài ngày làm việc, nên tính là nhận vào %(day)s."),
            {"received": received, "cutoff": f"{rule.cutoff:%H:%M}", "day": begun.date()},
        )


def _limit(rule: Rule) -> _Limit:
    if rule.amount is None or rule.unit is None:
        raise DeadlineError(f"{rule.code} sets no period of its own, so nothing can be counted from it. {rule.note}".strip())
    return _Limit(rule.amount, rule.unit, rule)


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in order on the city's clock, those that meet or overlap made one."""
    merged: list[Pause] = []
    for begin, end in sorted(_checked(pauses)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _checked(pauses: Iterable[Pause]) -> Iterable[Pause]:
    for begin, end in pauses:
        if begin.tzinfo is None or end.tzinfo is None:
            raise DeadlineError("a pause has no time zone")
        if end < begin:
            raise DeadlineError(f"a pause ends ({end.isoformat()}) before it begins ({begin.isoformat()})")
        yield local(begin), local(end)


def _in_days(limits: list[_Limit], start: datetime, calendar: Calendar, stops: list[Pause]) -> tuple[datetime, list[Step]]:
    stopped = [(_day_ended(begin), _day_ended(end)) for begin, end in stops]

    def out(day: date) -> bool:
        return any(begin < day <= end for begin, end in stopped)

    event = last = start.date()
    sums: list[Step] = []
    for limit in limits:
        last = _count_on(last, limit, calendar, out)
        sums.append(_limit_step(limit, limits[0], last))
    final = last
    while out(final) or not calendar.is_working_day(final):
        final += ONE_DAY
    taken = [
        _paused_step(stop, days, event, final) for stop, days in zip(stops, stopped, strict=True) if days[0] < final and days[1] > event
    ]
    worked = any(limit.unit is RuleUnit.WORKING_DAY for limit in limits)
    steps = [
        Step(FROM_THE_NEXT_DAY if limits[0].amount else FROM_THE_SAME_DAY, _start(limits[0], start)),
        *taken,
        *sums,
        *(_holiday_steps(event, last, calendar) if worked else ()),
        *_roll_steps(last, final),
        Step(N_("Hạn cuối: hết %(last)s."), {"last": final}),
    ]
    return datetime.combine(final, LAST_SECOND, CITY_TIME), steps


def _count_on(day: date, limit: _Limit, calendar: Calendar, out: Callable[[date], bool]) -> date:
    """The last day of a limit counted on from a day that is not counted itself."""
    left = limit.amount
    while left:
        day += ONE_DAY
        left -= not out(day) and (limit.unit is RuleUnit.DAY or calendar.is_working_day(day))
    return day


def _day_ended(instant: datetime) -> date:
    """The day of an instant; midnight is the end of the day before."""
    return (instant - timedelta(microseconds=1)).date()


def _exact(limits: list[_Limit], start: datetime, calendar: Calendar, stops: list[Pause]) -> tuple[datetime, list[Step]]:
    office = limits[0].unit is RuleUnit.WORKING_HOUR
    length = timedelta(0)
    sums: list[Step] = []
    end = start
    for limit in limits:
        length += timedelta(hours=limit.amount) if office else timedelta(minutes=limit.amount)
        end = _exact_end(start, length, calendar if office else None, stops)
        sums.append(_limit_step(limit, limits[0], end))
    taken = [
        Step(N_("Không tính thời gian tạm dừng từ %(begin)s đến %(end)s."), {"begin": max(begin, start), "end": stop})
        for begin, stop in stops
        if begin < end and stop > start
    ]
    first = Step(N_("Bắt đầu: %(start)s (%(event)s), tính ngay từ thời điểm này (Điều 147 Bộ luật Dân sự 2015)."), _start(limits[0], start))
    return end, [first, *taken, *sums, Step(N_("Hạn cuối: %(last)s."), {"last": end})]


def _exact_end(start: datetime, length: timedelta, office: Calendar | None, stops: list[Pause]) -> datetime:
    def add(instant: datetime, part: timedelta) -> datetime:
        return office.add_working_time(instant, part) if office else instant + part

    for begin, end in stops:
        if end <= start:
            continue
        if begin > start:
            if add(start, length) <= begin:
                break
            length -= office.working_time_between(start, begin) if office else begin - start
        start = end
    return add(start, length)


def _limit_step(limit: _Limit, first: _Limit, last: date | datetime) -> Step:
    if limit is first and not limit.amount:
        return Step(N_("Kết quả được trả trong chính ngày nhận."), {})
    if limit is first:
        return Step(LIMITS[limit.unit], {"amount": limit.amount, "last": last})
    return Step(EXTENSIONS[limit.unit], {"amount": limit.amount, "basis": limit.rule.legal_basis, "last": last})


def _start(limit: _Limit, start: datetime) -> dict[str, datetime | str]:
    return {"start": start, "event": limit.rule.start_event}


def _paused_step(stop: Pause, days: tuple[date, date], event: date, final: date) -> Step:
    count = (min(days[1], final) - max(days[0], event)).days
    return Step(
        N_("Không tính %(count)s ngày tạm dừng (từ %(begin)s đến %(end)s)."),
        {"count": count, "begin": stop[0], "end": stop[1]},
    )


def _holiday_steps(event: date, last: date, calendar: Calendar) -> Iterable[Step]:
    days = [event + timedelta(days=n) for n in range(1, (last - event).days + 1)]
    off = tuple(day for day in days if day in calendar.off)
    made_up = tuple(day for day in days if day in calendar.made_up)
    yield Step(N_("Thứ Bảy và Chủ nhật không phải ngày làm việc, trừ ngày làm bù."), {})
    if off:
        yield Step(N_("Không tính ngày nghỉ lễ: %(days)s."), {"days": off})
    if made_up:
        yield Step(N_("Có tính ngày làm bù: %(days)s."), {"days": made_up})


def _roll_steps(last: date, final: date) -> Iterable[Step]:
    if final != last:
        yield Step(
            N_("Ngày cuối cùng (%(last)s) là ngày nghỉ, nên thời hạn đến hết ngày làm việc tiếp theo (Điều 148 Bộ luật Dân sự 2015)."),
            {"last": last},
        )


def _doubts(rule: Rule, start: datetime, stops: list[Pause], extensions: Sequence[Rule]) -> Iterable[Step]:
    """What the reader must know before relying on the date."""
    day = start.date()
    if day < rule.valid_from:
        yield Step(
            N_("Quy định này có hiệu lực từ %(day)s, sau ngày bắt đầu; hạn được tính theo quy định gần nhất."), {"day": rule.valid_from}
        )
    if rule.valid_to and day > rule.valid_to:
        yield Step(
            N_("Quy định này hết hiệu lực sau %(day)s, trước ngày bắt đầu; hạn được tính theo quy định gần nhất."), {"day": rule.valid_to}
        )
    if stops and not rule.pausable:
        yield Step(N_("Pháp luật không cho tạm dừng thời hạn này, nên khoảng tạm dừng vẫn được tính vào thời hạn."), {})
    used = [extra.code for extra in extensions]
    if not rule.may_extend_by(used):
        yield Step(
            N_("Gia hạn %(codes)s không thuộc các trường hợp được nêu cho thời hạn này; người quyết định phải nêu căn cứ."),
            {"codes": " + ".join(used)},
        )


def _unknown_years(start: datetime, end: datetime, calendar: Calendar) -> Iterable[Step]:
    for year in range(start.year, local_day(end).year + 1):
        if year not in calendar.years_known:
            yield Step(N_("Hệ thống chưa có lịch nghỉ lễ năm %(year)s; trong năm đó chỉ trừ thứ Bảy và Chủ nhật."), {"year": year})


def _basis(rule: Rule, extensions: Sequence[Rule]) -> str:
    return "; ".join(dict.fromkeys(part.legal_basis for part in (rule, *extensions)))
