"""The tabs of an agency's inbox as filters over its cases. Pure of web and database."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from feedback.cases.queries import Filter
from feedback.cases.reach import Reach
from feedback.cases.workflow import OPEN_STATES, RUNNING_STATES, State, Who
from feedback.localtime import CITY_TIME, local_day

DONE = frozenset({State.ANSWERED, State.CLOSED})
FIRST = "dang-mo"
EVERYTHING = "tat-ca"
SOON_DAYS = 3
HELD = (Reach.HELD,)
#: Tabs about work with other agencies, which the inspectorate does not do with sealed cases.
BETWEEN_AGENCIES = frozenset({"chua-nhan", "phoi-hop", "da-chuyen"})
#: Only the agency that decides between the others has cases there.
REFEREE = "cho-phan-dinh"
#: Lists of what is done grow for ever; they carry no number.
UNCOUNTED = frozenset({"da-tra-loi", EVERYTHING})


def tabs(at: datetime, who: Who, *, referee: bool) -> dict[str, Filter]:
    """Each tab's name in addresses and what it holds at an instant; days end at midnight in the city."""
    tonight = datetime.combine(local_day(at) + timedelta(days=1), time.min, CITY_TIME)
    offered = {
        FIRST: Filter(reaches=(Reach.HELD, Reach.INCOMING), states=OPEN_STATES),
        "qua-han": Filter(reaches=HELD, states=RUNNING_STATES, due_before=at),
        "hom-nay": Filter(reaches=HELD, states=RUNNING_STATES, due_from=at, due_before=tonight),
        "3-ngay": Filter(reaches=HELD, states=RUNNING_STATES, due_from=at, due_before=tonight + timedelta(days=SOON_DAYS - 1)),
        "chua-nhan": Filter(reaches=(Reach.INCOMING,), states=frozenset({State.FORWARDED})),
        "dang-xu-ly": Filter(reaches=HELD, states=frozenset({State.IN_PROGRESS, State.SUSPENDED})),
        "phoi-hop": Filter(reaches=(Reach.HELPING,), states=OPEN_STATES),
        "cho-bo-sung": Filter(reaches=HELD, states=frozenset({State.AWAITING_SUPPLEMENT})),
        REFEREE: Filter(reaches=HELD, states=frozenset({State.REFEREE})),
        "cho-duyet": Filter(reaches=HELD, states=frozenset({State.AWAITING_APPROVAL})),
        "da-chuyen": Filter(reaches=HELD, states=frozenset({State.FORWARDED})),
        "da-tra-loi": Filter(reaches=HELD, states=DONE, newest_first=True),
        EVERYTHING: Filter(reaches=(Reach.HELD, Reach.INCOMING, Reach.HELPED), newest_first=True),
    }
    hidden = (BETWEEN_AGENCIES if who is Who.INSPECTORATE else frozenset()) | (frozenset() if referee else {REFEREE})
    return {name: narrow for name, narrow in offered.items() if name not in hidden}
