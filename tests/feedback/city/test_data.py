"""The shipped files against what is known of the city (docs/DATA.md)."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from feedback.city.kinds import AgencyKind, AreaKind, Track, UnitSet
from feedback.city.loader import read_city
from feedback.city.rules import calendar_of

OLD, NEW = read_city(UnitSet.Y2017), read_city(UnitSet.Y2025)
CATEGORIES = (
    *("land_construction", "civil_status", "business_licensing", "social_welfare", "health", "education", "transport_infrastructure"),
    *("urban_environment", "public_order", "online_services", "staff_conduct", "other"),
)


def test_the_map_of_2017_has_24_districts_and_322_wards():
    kinds = Counter(row.kind for row in OLD.areas.rows)
    assert kinds == {AreaKind.CITY: 1, AreaKind.DISTRICT: 24, AreaKind.WARD: 322}
    labels = Counter(row.kind_label for row in OLD.areas.rows if row.kind is AreaKind.WARD)
    assert labels == {"Phường": 259, "Xã": 58, "Thị trấn": 5}
    assert sum(row.population or 0 for row in OLD.areas.rows if row.kind is AreaKind.DISTRICT) == 8_993_082
    counts = Counter(row.district for row in OLD.areas.rows if row.kind is AreaKind.WARD)
    assert (counts["760"], counts["783"], counts["787"]) == (10, 21, 7)


def test_the_map_of_2025_has_168_units_under_26_former_areas():
    wards = [row for row in NEW.areas.rows if row.kind is AreaKind.WARD]
    assert Counter(row.kind_label for row in wards) == {"Phường": 113, "Xã": 54, "Đặc khu": 1}
    groups = Counter(row.district for row in wards)
    assert len(groups) == 26
    assert (groups["74"], groups["77"], sum(groups.values()) - groups["74"] - groups["77"]) == (36, 30, 102)
    assert sum(row.area_km2 or 0 for row in wards) == pytest.approx(6771.4, abs=0.1)
    assert {row.code for row in wards if row.approximate} == {"27364", "27424", "27439", "27457", "27595", "27604", "27619"}
    assert next(row.name for row in wards if row.code == "26732") == "Đặc khu Côn Đảo"


@pytest.mark.parametrize("city", [OLD, NEW], ids=["2017", "2025"])
def test_every_district_has_a_tile_and_every_ward_a_committee(city):
    assert all(row.tile_row is not None for row in city.areas.rows if row.kind is AreaKind.DISTRICT)
    committees = Counter(row.area for row in city.agencies.rows if row.kind is AgencyKind.WARD_COMMITTEE)
    assert committees == {row.code: 1 for row in city.areas.rows if row.kind is AreaKind.WARD}


@pytest.mark.parametrize("city", [OLD, NEW], ids=["2017", "2025"])
def test_no_two_agencies_share_a_name(city):
    for names in (Counter(row.name for row in city.agencies.rows), Counter(row.short_name for row in city.agencies.rows)):
        assert [name for name, count in names.items() if count > 1] == []


def test_the_agencies_are_those_of_the_facts():
    old, new = ({row.code: row for row in city.agencies.rows} for city in (OLD, NEW))
    assert Counter(row.kind for row in OLD.agencies.rows)[AgencyKind.DISTRICT_COMMITTEE] == 24
    assert sum(code.startswith("TTR-Q-") for code in old) == 24
    departments = {code for code, row in new.items() if row.kind is AgencyKind.DEPARTMENT}
    # 15 bodies of 1/7/2025 include the office and the inspectorate; the sixteenth came back on 1/10/2025.
    assert len(departments | {"VP-UBND", "TTR-TP"}) == 16
    assert new["SO-QHKT"].valid_from == date(2025, 10, 1)
    assert AgencyKind.DISTRICT_COMMITTEE not in {row.kind for row in new.values()}
    for agencies in (old, new):
        assert agencies["VP-UBND"].is_desk
        assert agencies["TTR-TP"].is_triage
        assert [code for code, row in agencies.items() if not row.superior] == ["UBND-TP"]
    assert (old["UBND-P-26740"].superior, new["UBND-P-26740"].superior) == ("UBND-Q-760", "UBND-TP")


def test_the_categories_are_those_of_the_contract():
    assert tuple(row.code for row in sorted(NEW.categories.rows, key=lambda row: row.position)) == CATEGORIES
    tracks = {track: {row.code for row in NEW.categories.rows if row.track is track} for track in Track}
    assert tracks[Track.SERVICE_DESK] == {"transport_infrastructure", "urban_environment", "public_order"}
    assert tracks[Track.CONDUCT] == {"staff_conduct"}


def test_procedures_carry_the_levels_of_their_time():
    assert (len(OLD.procedures.rows), len(NEW.procedures.rows)) == (43, 44)
    assert {row.online_level for row in OLD.procedures.rows} <= {"1", "2", "3", "4"}
    assert {row.online_level for row in NEW.procedures.rows} == {"TP", "MP"}
    assert sum(row.code is not None for row in NEW.procedures.rows) == 31


# Announced days off and the Saturdays worked for them (domain 5).
@pytest.mark.parametrize(
    ("year", "off", "made_up"),
    [
        (2017, "0102 0126 0127 0130 0131 0201 0406 0501 0502 0904", ""),
        (2018, "0101 0214 0215 0216 0219 0220 0425 0430 0501 0903 1231", ""),
        (2019, "0101 0204 0205 0206 0207 0208 0415 0429 0430 0501 0902", "0105 0504"),
        (2020, "0101 0123 0124 0127 0128 0129 0402 0430 0501 0902", ""),
        (2024, "0101 0208 0209 0212 0213 0214 0418 0429 0430 0501 0902 0903", "0504"),
        (2025, "0101 0127 0128 0129 0130 0131 0407 0430 0501 0502 0901 0902", "0426"),
        (2026, "0101 0102 0216 0217 0218 0219 0220 0427 0430 0501 0831 0901 0902 1124", "0110 0822"),
        (2027, "0101 0204 0205 0208 0209 0210 0416 0430 0503 0902 0903 1124", ""),
    ],
)
def test_the_days_off_are_those_announced(year, off, made_up):
    calendar = calendar_of((row.day, row.kind) for row in NEW.holidays.rows)
    assert calendar.years_known == range(2017, 2031)
    assert " ".join(f"{day:%m%d}" for day in sorted(calendar.off) if day.year == year) == off
    assert " ".join(f"{day:%m%d}" for day in sorted(calendar.made_up) if day.year == year) == made_up
