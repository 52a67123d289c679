from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.deadlines import DeadlineError, due
from feedback.cases.steps import Step
from feedback.city.kinds import RuleUnit
from feedback.city.reading import Reader
from feedback.city.rules import Rule, calendar_of, rule_on
from feedback.localtime import CITY_TIME, local_day
from feedback.workdays import Calendar

READER = Reader()
RULES = READER.rules().rows
CALENDAR = calendar_of((row.day, row.kind) for row in READER.holidays().rows)


def rule(
    amount: int | None = 5, unit: RuleUnit | None = RuleUnit.WORKING_DAY, *, pausable: bool = True, extensions=(), code: str = "X"
) -> Rule:
    return Rule(
        code=code,
        name="Thử",
        amount=amount,
        unit=unit,
        start_event="ngày tiếp nhận",
        legal_basis=f"Luật {code}",
        valid_from=date(2012, 1, 1),
        extensions=extensions,
        pausable=pausable,
    )


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CITY_TIME)


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=CITY_TIME)


# The test vectors of the facts (domain 1.7), counted by hand from the published holidays.
@pytest.mark.parametrize(
    ("amount", "unit", "start", "expected"),
    [
        (20, RuleUnit.DAY, at(2017, 9, 1), end_of(2017, 9, 21)),
        (10, RuleUnit.DAY, at(2017, 4, 20), end_of(2017, 5, 3)),
        (20, RuleUnit.DAY, at(2017, 1, 7), end_of(2017, 2, 2)),
        (20, RuleUnit.DAY, at(2017, 12, 11), end_of(2018, 1, 2)),
        (5, RuleUnit.WORKING_DAY, at(2017, 1, 25), end_of(2017, 2, 8)),
        (5, RuleUnit.WORKING_DAY, at(2024, 4, 26), end_of(2024, 5, 7)),
        (5, RuleUnit.WORKING_DAY, at(2025, 4, 24), end_of(2025, 5, 5)),
        (5, RuleUnit.WORKING_DAY, at(2026, 2, 12), end_of(2026, 2, 26)),
        (5, RuleUnit.WORKING_DAY, at(2026, 8, 19), end_of(2026, 8, 25)),
        # The exchange of 2/1/2026 for Saturday 10/1/2026 that the seeding library misses.
        (1, RuleUnit.WORKING_DAY, at(2025, 12, 31), end_of(2026, 1, 5)),
        (1, RuleUnit.WORKING_DAY, at(2026, 1, 9), end_of(2026, 1, 10)),
        (1, RuleUnit.DAY, at(2026, 1, 9), end_of(2026, 1, 10)),
    ],
)
def test_limits_end_where_the_law_says(amount, unit, start, expected):
    assert due(rule(amount, unit), start, CALENDAR).due == expected


def test_without_the_made_up_saturday_the_same_limit_ends_a_day_later():
    ignoring = dataclasses.replace(CALENDAR, made_up=CALENDAR.made_up - {date(2026, 8, 22)})
    assert due(rule(5), at(2026, 8, 19), ignoring).due == end_of(2026, 8, 26)


def test_the_day_of_the_event_is_the_citys_day_not_the_day_of_utc():
    late = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)  # already 3 March, 00:30, in the city
    assert due(rule(1, RuleUnit.DAY), late, CALENDAR).due == end_of(2026, 3, 4)


@pytest.mark.parametrize("clock", [(0, 0), (12, 0), (23, 59)])
def test_the_hour_of_the_event_does_not_matter_for_days(clock):
    assert due(rule(2, RuleUnit.DAY), at(2026, 3, 2, *clock), CALENDAR).due == end_of(2026, 3, 4)


def test_minutes_run_through_the_night_and_are_not_moved():
    assert due(rule(5, RuleUnit.MINUTE), at(2026, 1, 3, 23, 58), CALENDAR).due == at(2026, 1, 4, 0, 3)


def test_working_hours_wait_for_the_office():
    assert due(rule(4, RuleUnit.WORKING_HOUR), at(2026, 8, 21, 16), CALENDAR).due == at(2026, 8, 22, 10, 30)


# Pauses -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "pause", "expected"),
    [
        # Without a pause: 5 days from Mon 2 March end Sat 7 -> Mon 9; 5 working days end Mon 9.
        (RuleUnit.DAY, (at(2026, 3, 3), at(2026, 3, 5)), end_of(2026, 3, 9)),
        (RuleUnit.DAY, (at(2026, 3, 3), at(2026, 3, 7)), end_of(2026, 3, 11)),
        (RuleUnit.WORKING_DAY, (at(2026, 3, 3), at(2026, 3, 5)), end_of(2026, 3, 11)),
        # Over a weekend only the working days count.
        (RuleUnit.WORKING_DAY, (at(2026, 3, 6), at(2026, 3, 9)), end_of(2026, 3, 10)),
        # Within one day: no day is taken out.
        (RuleUnit.DAY, (at(2026, 3, 3, 8), at(2026, 3, 3, 16)), end_of(2026, 3, 9)),
        # Whole days, midnight to midnight or to the last second: 3 and 4 March are out.
        (RuleUnit.WORKING_DAY, (at(2026, 3, 3, 0), at(2026, 3, 5, 0)), end_of(2026, 3, 11)),
        (RuleUnit.WORKING_DAY, (at(2026, 3, 3, 0), end_of(2026, 3, 4)), end_of(2026, 3, 11)),
        # Over before the event or begun after the end: no effect.
        (RuleUnit.WORKING_DAY, (at(2026, 2, 20), at(2026, 3, 1)), end_of(2026, 3, 9)),
        (RuleUnit.WORKING_DAY, (at(2026, 3, 9), at(2026, 3, 20)), end_of(2026, 3, 9)),
        # Begun before the event: only what lies after it.
        (RuleUnit.WORKING_DAY, (at(2026, 2, 20), at(2026, 3, 3)), end_of(2026, 3, 10)),
        # The fifth day is Saturday 7; the pause over Monday and Tuesday keeps the limit from ending on a stopped day.
        (RuleUnit.DAY, (at(2026, 3, 8), at(2026, 3, 10)), end_of(2026, 3, 11)),
    ],
)
def test_a_pause_takes_out_the_days_after_its_first_to_its_last(unit, pause, expected):
    assert due(rule(5, unit), at(2026, 3, 2), CALENDAR, [pause]).due == expected


def test_a_day_two_pauses_share_is_taken_out_once_in_whatever_order():
    pauses = [(at(2026, 3, 4), at(2026, 3, 5)), (at(2026, 3, 3), at(2026, 3, 5))]
    assert due(rule(5), at(2026, 3, 2), CALENDAR, pauses).due == end_of(2026, 3, 11)


def test_minutes_and_working_hours_are_paused_to_the_second():
    minutes = rule(30, RuleUnit.MINUTE)
    assert due(minutes, at(2026, 3, 2, 9), CALENDAR, [(at(2026, 3, 2, 9, 10), at(2026, 3, 2, 9, 25))]).due == at(2026, 3, 2, 9, 45)
    assert due(minutes, at(2026, 3, 2, 9), CALENDAR, [(at(2026, 3, 2, 8), at(2026, 3, 2, 9, 5))]).due == at(2026, 3, 2, 9, 35)
    assert due(minutes, at(2026, 3, 2, 9), CALENDAR, [(at(2026, 3, 2, 9, 30), at(2026, 3, 2, 10))]).due == at(2026, 3, 2, 9, 30)
    assert due(minutes, at(2026, 3, 2, 9), CALENDAR, [(at(2026, 3, 2, 8), at(2026, 3, 2, 9))]).due == at(2026, 3, 2, 9, 30)
    hours = rule(2, RuleUnit.WORKING_HOUR)
    assert due(hours, at(2026, 3, 2, 10), CALENDAR, [(at(2026, 3, 2, 11), at(2026, 3, 2, 13, 30))]).due == at(2026, 3, 2, 14, 30)
    assert due(hours, at(2026, 3, 2, 10), CALENDAR, [(at(2026, 3, 2, 11, 30), at(2026, 3, 2, 13))]).due == at(2026, 3, 2, 13, 30)


def test_a_rule_the_law_does_not_let_pause_runs_on_and_says_so():
    pause = (at(2026, 3, 3), at(2026, 3, 20))
    result = due(rule(5, pausable=False), at(2026, 3, 2), CALENDAR, [pause])
    assert result.due == end_of(2026, 3, 9)
    assert "Pháp luật không cho tạm dừng thời hạn này, nên khoảng tạm dừng vẫn được tính vào thời hạn." in texts(result)


@pytest.mark.parametrize(
    ("pause", "said"),
    [
        ((at(2026, 3, 5), at(2026, 3, 3)), "before it begins"),
        ((datetime(2026, 3, 3), at(2026, 3, 5)), "no time zone"),  # noqa: DTZ001
        ((at(2026, 3, 3), datetime(2026, 3, 5)), "no time zone"),  # noqa: DTZ001
    ],
)
def test_a_pause_that_makes_no_sense_is_refused_even_where_it_would_not_count(pause, said):
    with pytest.raises(DeadlineError, match=said):
        due(rule(pausable=False), at(2026, 3, 2), CALENDAR, [pause])


# Extensions -------------------------------------------------------------------------------------------------------------------------


def test_an_extension_is_counted_on_before_the_end_is_moved_off_a_weekend():
    base, more = rule(5, RuleUnit.DAY), rule(2, RuleUnit.DAY, code="Y")
    assert due(base, at(2026, 3, 2), CALENDAR).due == end_of(2026, 3, 9), "Saturday 7 moves to Monday 9"
    assert due(base, at(2026, 3, 2), CALENDAR, extensions=[more]).due == end_of(2026, 3, 9), "Saturday 7 + 2 = Monday 9"
    assert due(base, at(2026, 3, 2), CALENDAR, extensions=[more, more]).due == end_of(2026, 3, 11)


def test_an_extension_keeps_its_own_unit():
    assert due(rule(5, RuleUnit.DAY), at(2026, 3, 2), CALENDAR, extensions=[rule(2, code="Y")]).due == end_of(2026, 3, 10)
    assert due(rule(5), at(2026, 3, 2), CALENDAR, extensions=[rule(5, RuleUnit.DAY, code="Y")]).due == end_of(2026, 3, 16)


def test_an_extension_in_hours_cannot_be_added_to_days_nor_minutes_to_hours():
    for base, more in [(RuleUnit.DAY, RuleUnit.MINUTE), (RuleUnit.MINUTE, RuleUnit.DAY), (RuleUnit.MINUTE, RuleUnit.WORKING_HOUR)]:
        with pytest.raises(DeadlineError, match="cannot be added"):
            due(rule(5, base), at(2026, 3, 2), CALENDAR, extensions=[rule(5, more, code="Y")])
    result = due(rule(5, RuleUnit.MINUTE), at(2026, 3, 2), CALENDAR, extensions=[rule(7, RuleUnit.MINUTE, code="Y")])
    assert result.due == at(2026, 3, 2, 9, 12)


def test_an_extension_the_law_does_not_foresee_is_counted_and_marked():
    doubt = "Gia hạn Y + Y không thuộc các trường hợp được nêu cho thời hạn này; người quyết định phải nêu căn cứ."
    once, twice = rule(extensions=(("Z",), ("Y",))), rule(extensions=(("Y", "Y"),))
    more = [rule(1, code="Y")] * 2
    assert doubt in texts(due(once, at(2026, 3, 2), CALENDAR, extensions=more))
    assert doubt not in texts(due(twice, at(2026, 3, 2), CALENDAR, extensions=more))


@pytest.mark.parametrize(
    ("code", "extensions", "days"),
    [
        ("KN-1", [], 30),
        ("KN-1", ["KN-1-COMPLEX"], 45),
        ("KN-1", ["KN-1-REMOTE"], 45),
        ("KN-1", ["KN-1-REMOTE-COMPLEX"], 60),
        ("KN-2", [], 45),
        ("KN-2", ["KN-2-COMPLEX"], 60),
        ("KN-2", ["KN-2-REMOTE"], 60),
        ("KN-2", ["KN-2-REMOTE-COMPLEX"], 70),
        ("KN-BAR2", ["KN-BAR2-REMOTE"], 45),
        ("TC11-ACC", ["TC11-ACC-PLACES"], 15),
        ("TC11-END", ["TC11-END-EXT"], 90),
        ("TC11-END", ["TC11-END-COMPLEX"], 90),
        ("TC11-END", ["TC11-END-COMPLEX", "TC11-END-COMPLEX-EXT"], 150),
        ("TC18-END", ["TC18-END-COMPLEX"], 60),
        ("TC18-END", ["TC18-END-SPECIAL", "TC18-END-SPECIAL"], 90),
    ],
)
def test_the_extensions_of_the_table_add_up_to_the_limits_of_the_law(code, extensions, days):
    start = at(2018, 3, 5) if code.startswith("TC11") else at(2019, 3, 4)
    parts = [rule_on(RULES, part, start.date()) for part in (code, *extensions)]
    result = due(parts[0], start, CALENDAR, extensions=parts[1:])
    assert local_day(result.due) == CALENDAR.next_working_day(start.date() + timedelta(days=days))
    assert not any("không thuộc các trường hợp" in text for text in texts(result))


# What is said -----------------------------------------------------------------------------------------------------------------------


def texts(result) -> list[str]:
    return [step.text() for step in result.steps]


def test_every_step_of_the_sum_is_said():
    result = due(rule_on(RULES, "PAKN-FWD", date(2024, 4, 26)), at(2024, 4, 26), CALENDAR)
    assert texts(result) == [
        "Bắt đầu: 09:00 thứ Sáu 26/04/2024 (ngày tiếp nhận). Ngày này không tính vào thời hạn (Điều 147 Bộ luật Dân sự 2015).",
        "Thời hạn 5 ngày làm việc: ngày cuối cùng là thứ Ba 07/05/2024.",
        "Thứ Bảy và Chủ nhật không phải ngày làm việc, trừ ngày làm bù.",
        "Không tính ngày nghỉ lễ: thứ Hai 29/04/2024, thứ Ba 30/04/2024, thứ Tư 01/05/2024.",
        "Có tính ngày làm bù: thứ Bảy 04/05/2024.",
        "Hạn cuối: hết thứ Ba 07/05/2024.",
    ]
    assert result.legal_basis == "NĐ 20/2008/NĐ-CP, sửa đổi bởi NĐ 92/2017/NĐ-CP"


def test_the_roll_over_pauses_and_extensions_are_said():
    result = due(
        rule(5, RuleUnit.DAY, extensions=(("Y",),)),
        at(2026, 3, 2),
        CALENDAR,
        [(at(2026, 3, 3), at(2026, 3, 5, 14, 30))],
        [rule(5, RuleUnit.DAY, code="Y")],
    )
    assert texts(result)[1:] == [
        "Không tính 2 ngày tạm dừng (từ 09:00 thứ Ba 03/03/2026 đến 14:30 thứ Năm 05/03/2026).",
        "Thời hạn 5 ngày, tính cả ngày nghỉ: ngày cuối cùng là thứ Hai 09/03/2026.",
        "Gia hạn thêm 5 ngày (Luật Y): ngày cuối cùng là thứ Bảy 14/03/2026.",
        "Ngày cuối cùng (thứ Bảy 14/03/2026) là ngày nghỉ, nên thời hạn đến hết ngày làm việc tiếp theo (Điều 148 Bộ luật Dân sự 2015).",
        "Hạn cuối: hết thứ Hai 16/03/2026.",
    ]
    assert result.legal_basis == "Luật X; Luật Y"


def test_exact_limits_are_said_with_their_hours():
    pauses = [(at(2026, 3, 2, 8), at(2026, 3, 2, 9, 5)), (at(2026, 3, 2, 10), at(2026, 3, 2, 11))]
    assert texts(due(rule(5, RuleUnit.MINUTE), at(2026, 3, 2), CALENDAR, pauses)) == [
        "Bắt đầu: 09:00 thứ Hai 02/03/2026 (ngày tiếp nhận), tính ngay từ thời điểm này (Điều 147 Bộ luật Dân sự 2015).",
        "Không tính thời gian tạm dừng từ 09:00 thứ Hai 02/03/2026 đến 09:05 thứ Hai 02/03/2026.",
        "Thời hạn 5 phút: đến 09:10 thứ Hai 02/03/2026.",
        "Hạn cuối: 09:10 thứ Hai 02/03/2026.",
    ]


def test_a_rule_outside_its_validity_still_gives_a_date_and_says_so():
    old = dataclasses.replace(rule(5), valid_from=date(2012, 1, 1), valid_to=date(2018, 12, 31))
    assert "Quy định này hết hiệu lực sau thứ Hai 31/12/2018, trước ngày bắt đầu; hạn được tính theo quy định gần nhất." in texts(
        due(old, at(2019, 3, 4), CALENDAR)
    )
    new = dataclasses.replace(rule(5), valid_from=date(2020, 5, 4))
    assert any("có hiệu lực từ thứ Hai 04/05/2020" in text for text in texts(due(new, at(2020, 5, 3), CALENDAR)))
    for start in (at(2020, 5, 4), at(2018, 12, 31)):
        valid = new if start.year == 2020 else old
        assert not any("hiệu lực" in text for text in texts(due(valid, start, CALENDAR))), "both ends belong to the validity"


def test_years_without_published_holidays_are_named():
    result = due(rule(20, RuleUnit.DAY), at(2030, 12, 20), CALENDAR)
    assert result.due == end_of(2031, 1, 9)
    assert texts(result)[-1] == "Hệ thống chưa có lịch nghỉ lễ năm 2031; trong năm đó chỉ trừ thứ Bảy và Chủ nhật."
    assert not any("chưa có lịch" in text for text in texts(due(rule(5), at(2030, 12, 20), CALENDAR)))


def test_steps_can_be_said_in_another_language():
    step = Step("Hạn cuối: hết %(last)s.", {"last": date(2026, 3, 2)})
    english = {"Hạn cuối: hết %(last)s.": "Due: end of %(last)s.", "thứ Hai": "Monday"}
    assert step.render(english.__getitem__) == "Due: end of Monday 02/03/2026."


def test_a_rule_without_a_period_cannot_be_counted():
    for code in ("TC18-SUS", "TTHC-LATE"):
        with pytest.raises(DeadlineError, match=f"{code} sets no period"):
            due(rule_on(RULES, code, date(2020, 1, 1)), at(2020, 1, 1), CALENDAR)
    with pytest.raises(DeadlineError, match="sets no period"):
        due(rule(), at(2020, 1, 1), CALENDAR, extensions=[rule(None, None)])


def test_a_naive_start_is_refused():
    with pytest.raises(DeadlineError, match="no time zone"):
        due(rule(), datetime(2026, 3, 2, 9), CALENDAR)  # noqa: DTZ001


# Laws of the sum --------------------------------------------------------------------------------------------------------------------

instants = st.integers(0, 13 * 365 * 24 * 60).map(lambda minutes: at(2017, 1, 1, 0) + timedelta(minutes=minutes))
in_days = st.sampled_from([RuleUnit.DAY, RuleUnit.WORKING_DAY])
amounts = st.integers(1, 60)


@st.composite
def pauses_after(draw, start: datetime) -> list[tuple[datetime, datetime]]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begin = start + timedelta(hours=draw(st.integers(-48, 24 * 40)))
        found.append((begin, begin + timedelta(hours=draw(st.integers(0, 24 * 15)))))
    return found


def by_hand(amount: int, unit: RuleUnit, start: datetime, calendar: Calendar, pauses) -> date:
    """The same law told differently: mark every day of a long list, then look for the last one."""
    first = start.date()
    days = [first + timedelta(days=n) for n in range(1, 1500)]
    stopped = set()
    for begin, end in pauses:
        a = begin.date() - timedelta(days=begin.timetz().replace(tzinfo=None) == time(0))
        b = end.date() - timedelta(days=end.timetz().replace(tzinfo=None) == time(0))
        stopped |= {day for day in days if a < day <= b}
    worked = {day for day in days if day in calendar.made_up or (day.isoweekday() <= 5 and day not in calendar.off)}
    countable = [day for day in days if day not in stopped and (unit is RuleUnit.DAY or day in worked)]
    last = countable[amount - 1]
    return min(day for day in worked - stopped if day >= last)


@given(st.data(), instants, amounts, in_days)
def test_the_engine_agrees_with_a_sum_made_by_hand(data, start, amount, unit):
    pauses = data.draw(pauses_after(start))
    assert due(rule(amount, unit), start, CALENDAR, pauses).due.date() == by_hand(amount, unit, start, CALENDAR, pauses)


@given(instants, amounts, in_days)
def test_a_limit_in_days_ends_with_the_last_second_of_a_working_day(start, amount, unit):
    end = due(rule(amount, unit), start, CALENDAR).due
    assert end.time() == time(23, 59, 59)
    assert end.utcoffset() == timedelta(hours=7)
    assert CALENDAR.is_working_day(end.date())


@given(st.data(), instants, st.timedeltas(timedelta(0), timedelta(days=30)), amounts, st.sampled_from(RuleUnit))
def test_who_comes_later_is_never_due_earlier(data, start, delay, amount, unit):
    pauses = data.draw(pauses_after(start))
    assert due(rule(amount, unit), start + delay, CALENDAR, pauses).due >= due(rule(amount, unit), start, CALENDAR, pauses).due


@given(st.data(), instants, amounts, amounts, st.sampled_from(RuleUnit))
def test_an_extension_or_a_pause_never_shortens_a_limit(data, start, amount, more, unit):
    base, pauses = rule(amount, unit), data.draw(pauses_after(start))
    plain = due(base, start, CALENDAR).due
    assert due(base, start, CALENDAR, pauses).due >= plain
    assert due(base, start, CALENDAR, extensions=[rule(more, unit, code="Y")]).due >= plain


@given(instants, amounts, amounts, st.sampled_from(RuleUnit))
def test_a_limit_and_its_extension_make_one_limit(start, first, second, unit):
    together = due(rule(first + second, unit), start, CALENDAR).due
    assert due(rule(first, unit), start, CALENDAR, extensions=[rule(second, unit, code="Y")]).due == together


@given(instants, amounts)
def test_working_days_take_at_least_as_long_as_days(start, amount):
    days, working = due(rule(amount, RuleUnit.DAY), start, CALENDAR).due, due(rule(amount), start, CALENDAR).due
    assert working >= days


CLOSES_AT_THREE = dataclasses.replace(rule(0, RuleUnit.WORKING_DAY), cutoff=time(15))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-03-04T14:59:59+07:00", (2026, 3, 4)),
        ("2026-03-04T15:00:00+07:00", (2026, 3, 5)),
        ("2026-03-06T15:30:00+07:00", (2026, 3, 9)),  # Friday afternoon: Monday
        ("2026-03-07T09:00:00+07:00", (2026, 3, 9)),  # Saturday
        ("2026-02-13T16:00:00+07:00", (2026, 2, 23)),  # the Friday before Tết
    ],
)
def test_what_comes_after_three_counts_as_the_next_working_day(received, last):
    """Same-day procedures, as the national catalogue has them."""
    result = due(CLOSES_AT_THREE, datetime.fromisoformat(received), CALENDAR)
    assert result.due == end_of(*last)
    late = last != tuple(map(int, received[:10].split("-")))
    assert any("nên tính là nhận vào" in text for text in texts(result)) is late


def test_a_rule_without_an_hour_of_closing_does_not_ask_for_the_hour():
    assert due(rule(0, RuleUnit.DAY), at(2026, 3, 4, 16), CALENDAR).due == end_of(2026, 3, 4)


def test_a_half_day_is_a_working_day_without_an_afternoon():
    half = dataclasses.replace(CALENDAR, half=frozenset({date(2026, 3, 4)}))
    assert half.is_working_day(date(2026, 3, 4))
    hours = rule(4, RuleUnit.WORKING_HOUR)
    assert due(hours, at(2026, 3, 4, 10), CALENDAR).due == at(2026, 3, 4, 15, 30)
    assert due(hours, at(2026, 3, 4, 10), half).due == at(2026, 3, 5, 10)
    assert due(rule(1, RuleUnit.WORKING_DAY), at(2026, 3, 3), half).due == end_of(2026, 3, 4)


def history(rng: Random) -> tuple[Rule, datetime, list[tuple[datetime, datetime]], list[Rule]]:
    """A random life of a limit: its rule, start, up to four pauses that may touch and overlap, up to two extensions."""
    unit = rng.choice((RuleUnit.DAY, RuleUnit.WORKING_DAY))
    start = datetime(2017, 1, 1, tzinfo=CITY_TIME) + timedelta(minutes=rng.randrange(60 * 24 * 3650))
    pauses, instant = [], start
    for _pause in range(rng.randrange(5)):
        begin = instant + timedelta(minutes=rng.randrange(60 * 24 * 6))
        ends = begin + timedelta(minutes=rng.randrange(60 * 24 * 9))
        pauses.append((begin, ends))
        instant = rng.choice((begin, ends))
    extensions = [rule(rng.randrange(1, 31), rng.choice((RuleUnit.DAY, RuleUnit.WORKING_DAY)), code="E") for _ in range(rng.randrange(3))]
    return rule(rng.randrange(1, 61), unit), start, pauses, extensions


def walked(limit: Rule, start: datetime, pauses: list[tuple[datetime, datetime]], extensions: list[Rule]) -> date:
    """The same sum by walking from day to day with the set of days taken out: shares no line with the engine."""
    taken = set()
    for begin, end in pauses:
        first, last = [(instant.astimezone(CITY_TIME) - timedelta(microseconds=1)).date() for instant in (begin, end)]
        taken |= {first + timedelta(days=n) for n in range(1, (last - first).days + 1)}
    off, made_up = CALENDAR.off, CALENDAR.made_up
    day = start.astimezone(CITY_TIME).date()
    for part in (limit, *extensions):
        left = part.amount
        while left > 0:
            day += timedelta(days=1)
            worked = day in made_up or (day.isoweekday() < 6 and day not in off)
            if day not in taken and (part.unit == "day" or worked):
                left -= 1
    while day in taken or (day not in made_up and (day.isoweekday() >= 6 or day in off)):
        day += timedelta(days=1)
    return day


@pytest.mark.slow
def test_twenty_thousand_histories_are_summed_like_a_clerk_would() -> None:
    rng = Random(20_000)
    for _history in range(20_000):
        limit, start, pauses, extensions = history(rng)
        assert due(limit, start, CALENDAR, pauses, extensions).due.date() == walked(limit, start, pauses, extensions)
