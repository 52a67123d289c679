from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.routing import NoRoute, route
from feedback.city.kinds import Level, UnitSet
from feedback.city.reading import Reader
from feedback.city.rules import Place, Route

NOWHERE = Place()
WARD = Place("Phường Bến Nghé, Quận 1", "UBND-P-26740", "UBND-Q-760")
DISTRICT = Place("Quận 1", None, "UBND-Q-760")
NEW_WARD = Place("Phường Sài Gòn", "UBND-P-26740")


def row(category: str, level: Level, target: str, position: int = 1, reason: str = "vì thế") -> Route:
    return Route(category, level, target, reason, position, date(2017, 1, 1))


TABLE = (
    row("health", Level.CITY, "BAN-ATTP", 2),
    row("health", Level.CITY, "SO-YT", 1),
    row("health", Level.DISTRICT, "@district"),
    row("health", Level.WARD, "@ward", reason="Y tế tại {place} thuộc UBND {place}."),
    row("education", Level.WARD, "@district"),
    row("education", Level.CITY, "SO-GDDT"),
    row("other", Level.CITY, "VP-UBND", reason="Chưa rõ lĩnh vực."),
)


def test_the_lowest_committee_at_the_place_comes_first():
    assert route("health", WARD, TABLE).agency_code == "UBND-P-26740"
    assert route("health", DISTRICT, TABLE).agency_code == "UBND-Q-760"
    assert route("health", NOWHERE, TABLE).agency_code == "SO-YT"


def test_the_bodies_above_are_offered_instead_in_order():
    assert route("health", WARD, TABLE).alternatives == ("UBND-Q-760", "SO-YT", "BAN-ATTP")
    assert route("health", NOWHERE, TABLE).alternatives == ("BAN-ATTP",)


def test_the_reason_names_the_place():
    assert route("health", WARD, TABLE).reason == "Y tế tại Phường Bến Nghé, Quận 1 thuộc UBND Phường Bến Nghé, Quận 1."


def test_a_ward_matter_may_belong_to_the_district():
    assert route("education", WARD, TABLE).agency_code == "UBND-Q-760"


def test_where_no_district_tier_stands_the_city_answers():
    assert route("education", NEW_WARD, TABLE).agency_code == "SO-GDDT"
    assert route("education", DISTRICT, TABLE).agency_code == "SO-GDDT", "no rule for the district tier"


def test_what_nobody_has_goes_to_the_desk():
    for place in (WARD, DISTRICT, NOWHERE):
        assert route("unheard_of", place, TABLE).agency_code == "VP-UBND"
        assert route("unheard_of", place, TABLE).reason == "Chưa rõ lĩnh vực."


def test_a_table_that_does_not_know_what_to_do_with_the_rest_is_refused():
    with pytest.raises(NoRoute, match="unheard_of"):
        route("unheard_of", NOWHERE, TABLE[:-1])


def test_a_target_named_twice_is_offered_once():
    table = (*TABLE, row("health", Level.WARD, "SO-YT", 2))
    assert route("health", WARD, table).alternatives == ("SO-YT", "UBND-Q-760", "BAN-ATTP")


SHIPPED = {units: Reader().city(units).routes.rows for units in UnitSet}


@pytest.mark.parametrize(
    ("units", "category", "place", "agency"),
    [
        (UnitSet.Y2017, "land_construction", WARD, "UBND-Q-760"),
        (UnitSet.Y2017, "civil_status", WARD, "UBND-P-26740"),
        (UnitSet.Y2017, "civil_status", DISTRICT, "UBND-Q-760"),
        (UnitSet.Y2017, "business_licensing", NOWHERE, "SO-KHDT"),
        (UnitSet.Y2017, "transport_infrastructure", NOWHERE, "SO-GTVT"),
        (UnitSet.Y2017, "online_services", NOWHERE, "SO-TTTT"),
        (UnitSet.Y2025, "land_construction", NEW_WARD, "UBND-P-26740"),
        (UnitSet.Y2025, "land_construction", NOWHERE, "SO-NNMT"),
        (UnitSet.Y2025, "business_licensing", NOWHERE, "SO-TC"),
        (UnitSet.Y2025, "transport_infrastructure", NOWHERE, "SO-XD"),
        (UnitSet.Y2025, "online_services", NOWHERE, "SO-KHCN"),
        (UnitSet.Y2025, "other", NEW_WARD, "VP-UBND"),
    ],
)
def test_the_shipped_tables_send_matters_where_the_facts_say(units, category, place, agency):
    assert route(category, place, SHIPPED[units]).agency_code == agency


@given(st.sampled_from(UnitSet), st.sampled_from([WARD, DISTRICT, NEW_WARD, NOWHERE]))
def test_conduct_is_never_routed_to_a_committee_near_the_accused(units, place):
    routing = route("staff_conduct", place, SHIPPED[units])
    assert routing.agency_code == "TTR-TP"
    assert routing.alternatives == ()


@given(st.sampled_from(UnitSet), st.sampled_from([WARD, DISTRICT, NEW_WARD, NOWHERE]), st.text(max_size=20))
def test_every_matter_finds_one_body_and_no_placeholder_is_left(units, place, unknown):
    for category in (*{row.category for row in SHIPPED[units]}, unknown):
        routing = route(category, place, SHIPPED[units])
        assert routing.agency_code not in (*routing.alternatives, "", "@ward", "@district")
        assert "{" not in routing.reason
