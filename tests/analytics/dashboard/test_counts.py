"""Figures and lists against an oracle that counts the same cases by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from analytics.dashboard.periods import Span, last_days
from analytics.dashboard.queries import board, scope_names, trend
from analytics.dashboard.scope import NO_DISTRICT, Group, Scope
from analytics.measures import MEASURES, Count
from feedback.cases import handling
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, submit_report
from feedback.cases.queries import Filter, case_lines
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.codes import new_code
from feedback.db import db
from feedback.errors import NotFound
from feedback.intake.drafts import hmac_of
from feedback.localtime import local_day
from tests.analytics.dashboard.town import NOON, Town, counted_by_hand, key_of, median_by_hand, seen, within
from tests.feedback.citizen import TEXT
from tests.feedback.officers import case_by_key, version_of

TODAY = local_day(NOON)


def spans(rng: Random) -> list[Span]:
    """The usual period, single days, long ago, and a dozen at random."""
    drawn = [sorted(TODAY - timedelta(days=rng.randrange(110)) for _ in range(2)) for _ in range(12)]
    fixed = [
        last_days(TODAY, 90),
        Span(TODAY, TODAY),
        Span(TODAY - timedelta(days=9), TODAY - timedelta(days=9)),
        Span(date(2016, 1, 1), date(2016, 3, 1)),
    ]
    return fixed + [Span(first, last) for first, last in drawn]  # fmt: skip


def scopes(town: Town) -> list[Scope]:
    office = town.office
    districts = (town.here.id, town.there.id, NO_DISTRICT)
    return [Scope(), *(Scope(district) for district in districts), Scope(None, office.agency), Scope(town.here.id, office.other)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_what_a_person_would_count(town: Town, seed: int) -> None:
    """All counts and the median, for random periods and every scope, in total, by district and by agency."""
    town.fill(45, seed)
    cases, actor, calendar = seen(), town.office.leader.actor, city.calendar()
    agree: Counter[Count] = Counter()
    for span in spans(Random(seed)):
        for scope in scopes(town):
            mine = within(cases, scope)
            found = board(actor, span.at(NOON), calendar, scope, set(Group))
            assert found.total.counts == {count: len(ids) for count, ids in counted_by_hand(mine, span).items()}, (span, scope)
            assert found.total.median_days == median_by_hand(mine, span), (span, scope)
            past = counted_by_hand(mine, span.before())
            assert found.before.counts == {count: len(ids) for count, ids in past.items()}, (span, scope)
            assert found.before.median_days == median_by_hand(mine, span.before()), (span, scope)
            agree.update(found.total.counts)
            for group in Group:
                by_hand = {}
                for key in {key_of(case, group) for case in mine}:
                    part = [case for case in mine if key_of(case, group) == key]
                    counts = {count: len(ids) for count, ids in counted_by_hand(part, span).items()}
                    if any(counts.values()):
                        by_hand[key] = counts, median_by_hand(part, span)
                assert {row.key: (row.counts, row.median_days) for row in found.groups[group]} == by_hand, (span, scope, group)
    assert set(agree) == set(Count), "every measure has been more than nothing somewhere"
    assert all(agree.values())


@pytest.mark.slow
def test_every_list_holds_exactly_the_cases_of_its_number(town: Town) -> None:
    town.fill(35, 3)
    cases = seen()
    for span in spans(Random(3))[:8]:
        for scope in scopes(town):
            by_hand = counted_by_hand(within(cases, scope), span)
            for count, ids in by_hand.items():
                conditions = [MEASURES[count].condition(span.at(NOON)), *scope.conditions()]
                listed = case_lines(town.office.leader.actor, Filter(), size=100, extra=conditions).lines
                assert {line.public_id for line in listed} == ids, (span, scope, count)


@pytest.mark.slow
def test_the_trend_counts_whole_months_up_to_the_last_day(town: Town) -> None:
    town.fill(30, 4)
    cases = seen()
    for last in (TODAY, TODAY - timedelta(days=20), TODAY - timedelta(days=45)):
        months = trend(town.office.leader.actor, last_days(last, 7).at(NOON), Scope(town.here.id))
        assert [month.first.day for month in months] == [1] * 13
        assert months[-1].first == last.replace(day=1)
        for month in months:
            following = (month.first + timedelta(days=31)).replace(day=1)
            span = Span(month.first, min(following - timedelta(days=1), last))
            by_hand = counted_by_hand(within(cases, Scope(town.here.id)), span)
            assert (month.received, month.answered) == (len(by_hand[Count.RECEIVED]), len(by_hand[Count.ANSWERED])), month


def test_an_answer_after_years_still_enters_the_median(town: Town) -> None:
    """The numbering of working days reaches back to the oldest case answered in the period."""
    old = submit_report(Report(text=TEXT), hmac_of(new_code()), CITIZEN, at=NOON - timedelta(days=1500))
    classify_case(old.case_id)
    public_id = town.office.submitted(case_by_key(old.case_id).public_id)
    handling.approve(town.office.head.actor, public_id, version_of(public_id))
    period = last_days(TODAY, 30).at(NOON)
    found = board(town.office.leader.actor, period, city.calendar(), Scope(), set(Group))
    assert found.total.median_days == median_by_hand(seen(), last_days(TODAY, 30))
    assert found.total.median_days is not None
    assert found.total.median_days > 1000


def test_an_answer_before_its_day_is_judged_only_once_the_day_has_passed(town: Town) -> None:
    """Else a running period would count the quick answers and not the slow ones."""
    town.answered(NOON - timedelta(days=3), timedelta(days=1))
    town.live(NOON - timedelta(days=3))
    found = board(town.office.leader.actor, last_days(TODAY, 30).at(NOON), city.calendar(), Scope(), ())
    assert (found.total.counts[Count.DUE], found.total.rate) == (0, None)
    later = last_days(TODAY + timedelta(days=30), 90).at(NOON + timedelta(days=30))
    found = board(town.office.leader.actor, later, city.calendar(), Scope(), ())
    assert (found.total.counts[Count.DUE], found.total.rate) == (2, 0.5)


def test_an_old_period_keeps_its_backlog(town: Town) -> None:
    """What was open and past due at the end of a month is still said of that month after the answer."""
    received = NOON - timedelta(days=60)
    town.answered(received, timedelta(days=50))
    then = Span(local_day(received), local_day(received) + timedelta(days=40))
    found = board(town.office.leader.actor, then.at(NOON), city.calendar(), Scope(), ()).total
    assert (found.counts[Count.OPEN], found.counts[Count.OPEN_PAST_DUE], found.counts[Count.ANSWERED]) == (1, 1, 0)
    found = board(town.office.leader.actor, last_days(TODAY, 90).at(NOON), city.calendar(), Scope(), ()).total
    assert (found.counts[Count.OPEN], found.counts[Count.OPEN_PAST_DUE], found.counts[Count.LATE]) == (0, 0, 1)


def test_sealed_cases_leave_no_trace_in_any_figure(town: Town) -> None:
    town.fill(6, 5)
    actor, calendar, period = town.office.leader.actor, city.calendar(), last_days(TODAY, 90).at(NOON)

    def everything() -> object:
        db.session.expire_all()
        return [(board(actor, period, calendar, scope, set(Group)), trend(actor, period, scope)) for scope in scopes(town)]

    before = everything()
    for place in (town.ward, town.other_ward, None):
        town.sealed(NOON - timedelta(days=40), place)
    assert everything() == before


def test_nobody_but_leadership_is_counted_for(town: Town) -> None:
    """A figure is made of what its reader may see: a handler's query would give his agency's cases and no others."""
    town.live(NOON - timedelta(days=5), [("forward", timedelta(hours=1))])
    town.live(NOON - timedelta(days=5), [("forward", timedelta(hours=1))], other=True)
    period, calendar = last_days(TODAY, 30).at(NOON), city.calendar()
    received = {
        name: board(getattr(town.office, name).actor, period, calendar, Scope(), ()).total.counts[Count.RECEIVED]
        for name in ("leader", "handler", "stranger", "admin")
    }
    assert received == {"leader": 2, "handler": 1, "stranger": 1, "admin": 0}


def test_scopes_have_names_or_do_not_exist(town: Town) -> None:
    office = town.office
    assert scope_names(Scope()) == []
    assert scope_names(Scope(NO_DISTRICT)) == [""]
    assert scope_names(Scope(town.here.id)) == [town.here.name]
    assert len(scope_names(Scope(town.here.id, office.agency))) == 2
    for nothing in (Scope(10**8), Scope(None, 10**8), Scope(town.ward), Scope(None, 0)):
        with pytest.raises(NotFound):
            scope_names(nothing)
