"""Lists against an oracle that counts the same cases by hand, and what figures say in cases people argue about."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import insert

from analytics.counts import Count, Period
from analytics.dashboard.case_list import case_page
from analytics.dashboard.periods import Span, last_days, months_until
from analytics.measures import MEASURES, Days
from analytics.rollup import services
from analytics.rollup.conduct import signals
from analytics.rollup.models import Fact
from analytics.rollup.queries import Figures, total, trend
from analytics.rollup.scope import Group, Scope
from analytics.rollup.sizes import Size, sizes
from feedback.cases import dialogue, ending, handling
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, submit_report
from feedback.cases.queries import CaseLine
from feedback.cases.sorting import classify_case
from feedback.codes import new_code
from feedback.db import db, transaction
from feedback.intake.drafts import hmac_of
from feedback.localtime import local_day
from tests.analytics.dashboard.town import NOON, Town
from tests.analytics.rollup.oracle import counted_by_hand, seen, spans_around
from tests.feedback.citizen import TEXT
from tests.feedback.officers import case_by_key, case_of, version_of

TODAY = local_day(NOON)
DAY = timedelta(days=1)


def usual(days: int = 90) -> Period:
    return last_days(TODAY, days).at(NOON)


def counted(period: Period, scope: Scope | None = None) -> Figures:
    return total(period, scope or Scope())


def lines_behind(town: Town, count: Count, period: Period, scope: Scope) -> list[CaseLine]:
    """Every page of a list."""
    pages = [case_page(town.office.leader.actor, count, period, scope, None)]
    while pages[-1].next_cursor:
        pages.append(case_page(town.office.leader.actor, count, period, scope, pages[-1].next_cursor))
    return [line for page in pages for line in page.lines]


@pytest.mark.slow
def test_every_list_holds_exactly_the_cases_of_its_number(town: Town) -> None:
    """Whatever is counted, in any period, for any part of the city."""
    town.fill(14, 3)
    cases, rng = seen(), Random(3)
    for span in spans_around(TODAY):
        group = rng.choice(list(Group))
        key = rng.choice(cases).key(group)
        for scope, mine in ((Scope(), cases), (Scope().narrowed(group, key), [one for one in cases if one.key(group) == key])):
            figures = counted(span.at(NOON), scope)
            for count, ids in counted_by_hand(mine, span, NOON).items():
                listed = lines_behind(town, count, span.at(NOON), scope)
                assert {line.public_id for line in listed} == ids, (span, scope, count)
                assert figures.of(count) == len(listed) == len(ids), (span, scope, count)
                order = [(line.stopped, line.due_at) for line in listed if not line.stopped]
                assert order == sorted(order), "what is due first on top"
                assert not any(line.stopped for line in listed[: len(order)]), "what is not due at all comes last"


def test_the_trend_counts_whole_months_and_what_stood_open_at_their_ends(town: Town) -> None:
    town.answered(NOON - 60 * DAY, 20 * DAY, area_id=town.ward)
    town.live(NOON - 50 * DAY, area_id=town.ward)
    town.live(NOON - 5 * DAY)
    cases = seen()
    for last in (TODAY, TODAY - 20 * DAY):
        firsts = months_until(last, 4)
        months = trend(last_days(last, 7).at(NOON), Scope(), firsts)
        assert [month.first for month in months] == firsts
        for month in months:
            following = (month.first + 31 * DAY).replace(day=1)
            by_hand = counted_by_hand(cases, Span(month.first, min(following - DAY, last)), NOON)
            for count in (Count.RECEIVED, Count.ANSWERED, Count.DUE, Count.OPEN):
                assert month.figures.of(count) == len(by_hand[count]), (month.first, count)


def test_an_answer_after_years_still_enters_the_median(town: Town) -> None:
    """The numbering of working days reaches back to the oldest case."""
    old = submit_report(Report(text=TEXT), hmac_of(new_code()), CITIZEN, at=NOON - 1500 * DAY)
    classify_case(old.case_id)
    public_id = town.office.submitted(case_by_key(old.case_id).public_id)
    handling.approve(town.office.head.actor, public_id, version_of(public_id))
    services.take_up()
    assert (counted(usual(30)).days(Days.MEDIAN_WORKING) or 0) > 1000


def test_an_answer_before_its_day_is_judged_only_once_the_day_has_passed(town: Town) -> None:
    """Else a running period would count the quick answers and not the slow ones."""
    town.answered(NOON - 3 * DAY, DAY)
    town.live(NOON - 3 * DAY)
    now = counted(usual(30))
    assert (now.of(Count.DUE), MEASURES["on_time"].value(now)) == (0, None)
    later = counted(last_days(TODAY + 30 * DAY, 90).at(NOON + 30 * DAY))
    assert (later.of(Count.DUE), MEASURES["on_time"].value(later)) == (2, 0.5)


def test_an_old_period_keeps_its_backlog(town: Town) -> None:
    """What was open and past due at the end of a month is still said of that month after the answer."""
    received = NOON - 60 * DAY
    town.answered(received, 50 * DAY)
    then = counted(Span(local_day(received), local_day(received) + 40 * DAY).at(NOON))
    assert [then.of(count) for count in (Count.OPEN, Count.OPEN_PAST_DUE, Count.ANSWERED)] == [1, 1, 0]
    now = counted(usual())
    assert [now.of(count) for count in (Count.OPEN, Count.OPEN_PAST_DUE, Count.LATE)] == [0, 0, 1]


def test_a_forgotten_case_counts_against_compliance_in_every_period(town: Town) -> None:
    """The on-time rate of its own period is long past; compliance does not let go."""
    town.live(NOON - 80 * DAY)
    town.answered(NOON - 3 * DAY, DAY)
    week = counted(usual(7))
    assert MEASURES["on_time"].value(week) is None
    assert MEASURES["compliance"].value(week) == 0.5


def test_closing_fast_does_not_help_when_the_citizen_comes_back(town: Town) -> None:
    """A case opened again is not answered any more; what was withdrawn or merged is judged by no date."""
    public_id = town.answered(NOON - 40 * DAY, DAY)
    assert counted(usual()).of(Count.ON_TIME) == 1
    town.clock(NOON - 38 * DAY)
    ending.reopen(case_of(public_id).id, "Rác vẫn còn nguyên.")
    withdrawn = town.live(NOON - 40 * DAY)
    ending.withdraw(case_of(withdrawn).id, "Đã xong.")
    town.clock(NOON)
    services.take_up()
    now = counted(usual())
    assert [now.of(count) for count in (Count.DUE, Count.ON_TIME, Count.LATE, Count.ANSWERED)] == [1, 0, 1, 0]
    assert MEASURES["reopened"].value(now) == 1.0


def test_while_the_citizen_is_asked_the_case_is_not_late(town: Town) -> None:
    public_id = town.live(NOON - 12 * DAY, [("forward", DAY), ("accept", DAY)])
    town.clock(NOON - 9 * DAY)
    dialogue.ask(town.office.handler.actor, public_id, version_of(public_id), "Xin gửi thêm ảnh chụp.")
    town.clock(NOON)
    services.take_up()
    now = total(Span(TODAY - 30 * DAY, TODAY).at(NOON + 10 * DAY), Scope())
    assert [now.of(count) for count in (Count.OPEN, Count.NOT_DUE, Count.OPEN_PAST_DUE, Count.DUE)] == [1, 1, 0, 0]


def test_agencies_fall_into_thirds_by_what_they_received(town: Town) -> None:
    for number in range(3):
        town.live(NOON - DAY, [("forward", DAY / 24), ("accept", DAY / 24)] if number else ())
    town.live(NOON - DAY, [("forward", DAY / 24), ("accept", DAY / 24)], other=True)
    town.live(NOON - 400 * DAY, [("forward", DAY / 24), ("accept", DAY / 24)], other=True)
    found = sizes(usual())
    desk, office = town.office.desk.actor.agency_id, town.office
    assert found[office.agency] is Size.LARGE
    assert {found[office.other], found[desk or 0]} == {Size.MIDDLING, Size.SMALL}
    large = Scope(size="lon", agencies=[office.agency])
    assert counted(usual(), large).of(Count.RECEIVED) == 2
    assert counted(usual(), large.narrowed(Group.CHANNEL, "web")).of(Count.RECEIVED) == 2


def test_sealed_cases_leave_no_trace_in_any_figure(town: Town) -> None:
    town.fill(4, 5)

    def everything() -> object:
        return [(counted(usual(), scope), trend(usual(), scope, months_until(TODAY, 13))) for scope in (Scope(), Scope(town.here.id))]

    before = everything()
    for place in (town.ward, None):
        town.sealed(NOON - 40 * DAY, place)
    assert everything() == before


def test_reports_about_conduct_are_counted_by_closed_months_and_in_no_small_number(town: Town) -> None:
    """Three are too few to be told, six are told; this month's are not counted yet; nothing else on the page moves."""
    districts = [town.here.id, town.there.id]
    town.live(NOON - 40 * DAY)
    before = signals(TODAY, districts)
    town.sealed(NOON - 40 * DAY, town.ward)
    few = signals(TODAY, districts)
    assert (few.reports, few.per_thousand, few.answered) == (None, None, None)
    assert few.districts == before.districts == {0: None, town.here.id: None, town.there.id: None}
    town.sealed(NOON - 41 * DAY, town.ward)
    town.sealed(NOON - 2 * DAY, town.ward)
    told = signals(TODAY, districts)
    assert (told.reports, told.cases, told.answered, told.substantiated) == (6, 7, None, None)
    assert told.per_thousand == pytest.approx(1000 * 6 / 7)
    assert set(told.districts.values()) == {None}, "the only district that could be told would tell the rest"


def test_what_the_inspectorate_found_true_is_told_from_five_on_either_side(town: Town) -> None:
    with transaction():
        for number in range(20):
            answered = TODAY - 30 * DAY if number < 12 else None
            row = {
                "case_id": number,
                "received_on": TODAY - 40 * DAY,
                "answered_on": answered,
                "substantiated": number < 6 if answered else None,
            }
            db.session.execute(insert(Fact).values(**NOTHING, **row))
    told = signals(TODAY, [town.here.id])
    assert (told.reports, told.answered, told.substantiated, told.districts) == (20, 12, 6, {0: None, town.here.id: None})


#: A sealed report about conduct in a district, with nothing else to tell.
NOTHING = {
    "sealed": True, "conduct": True, "area_id": 0, "district_id": 0, "agency_id": 0, "category_code": "staff_conduct", "procedure_id": 0,
    "level": "", "track": "conduct", "channel": "web", "refusal": "", "on_time": False, "hops": 0, "questions": 0, "reopenings": 0,
    "extensions": 0, "escalations": 0, "life_minutes": 0, "unheld_minutes": 0,
}  # fmt: skip
