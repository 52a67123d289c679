from __future__ import annotations

from datetime import date

import pytest

from feedback.city import reading, rows
from feedback.city.cells import BadCell, Cells
from feedback.city.kinds import AgencyKind, AreaKind, HolidayKind, Level, RuleUnit, Track

WARD = {
    **dict.fromkeys(reading.AREAS, ""),
    "code": "26740",
    "name": "Phường Sài Gòn",
    "kind": "ward",
    "kind_label": "Phường",
    "parent_code": "79",
    "district_code": "760",
    "approximate": "no",
    "area_km2": "3.038",
    "latitude": "10.77",
    "longitude": "106.70",
    "valid_from": "2025-07-01",
}
AGENCY = {
    **dict.fromkeys(reading.AGENCIES, ""),
    "code": "SO-XD",
    "name": "Sở Xây dựng",
    "short_name": "Sở XD",
    "kind": "department",
    "level": "city",
    "superior": "UBND-TP",
    "field": "land_construction transport_infrastructure",
    "valid_from": "2025-07-01",
}
CATEGORY = {
    "code": "health",
    "name_vi": "Y tế",
    "name_en": "Health",
    "hint_vi": "Bệnh viện.",
    "hint_en": "Hospitals.",
    "track": "feedback",
    "rule_code": "PAKN-ANS",
    "position": "5",
}
PROCEDURE = {
    "code": "",
    "name": "Đăng ký khai sinh",
    "category_code": "civil_status",
    "level": "ward",
    "limit_text": "trong ngày",
    "online_level": "TP",
    "valid_from": "2025-07-01",
    "valid_to": "",
}
HOLIDAY = {"day": "2026-09-02", "kind": "off", "name": "Quốc khánh", "source": "Bộ luật Lao động"}
RULE = {
    **dict.fromkeys(reading.RULES, ""),
    "code": "TC18-END",
    "name": "Giải quyết tố cáo",
    "amount": "30",
    "unit": "day",
    "start_event": "ngày thụ lý",
    "extensions": "A; B B",
    "pausable": "yes",
    "legal_basis": "Luật 25/2018",
    "confidence": "V",
    "valid_from": "2019-01-01",
}
ROUTE = {
    "category_code": "health",
    "level": "ward",
    "target": "@ward",
    "reason_vi": "Tại {place}.",
    "position": "1",
    "valid_from": "2025-07-01",
    "valid_to": "",
}


def test_good_rows_become_values():
    ward = rows.area(Cells(WARD))
    assert (ward.kind, ward.district, ward.approximate, ward.tile_row, ward.area_km2) == (AreaKind.WARD, "760", False, None, 3.038)
    assert (ward.valid_from, ward.valid_to) == (date(2025, 7, 1), None)
    agency = rows.agency(Cells({**AGENCY, "role": "triage"}))
    assert (agency.kind, agency.level, agency.field) == (
        AgencyKind.DEPARTMENT,
        Level.CITY,
        ("land_construction", "transport_infrastructure"),
    )
    assert (agency.is_desk, agency.is_triage, agency.email) == (False, True, None)
    assert rows.agency(Cells({**AGENCY, "role": "desk"})).is_desk
    category = rows.category(Cells(CATEGORY))
    assert (category.track, category.position) == (Track.FEEDBACK, 5)
    assert rows.procedure(Cells(PROCEDURE)).code is None
    assert rows.holiday(Cells(HOLIDAY)).kind is HolidayKind.OFF
    rule = rows.rule(Cells(RULE))
    assert (rule.amount, rule.unit, rule.extensions, rule.pausable) == (30, RuleUnit.DAY, (("A",), ("B", "B")), True)
    assert rows.rule(Cells({**RULE, "amount": "", "unit": ""})).amount is None
    assert rows.route(Cells(ROUTE)).target == "@ward"


def test_blanks_around_a_value_and_decomposed_letters_are_forgiven():
    ward = rows.area(Cells({**WARD, "name": "  Phường Bi\u0300nh Phu\u0301 ", "kind": " ward "}))
    assert ward.name == "Phường Bình Phú"


@pytest.mark.parametrize(
    ("parse", "good", "changes", "said"),
    [
        (rows.area, WARD, {"name": ""}, "name is empty"),
        (rows.area, WARD, {"name": "Phường  Rạch Dừa"}, "two blanks"),
        (rows.area, WARD, {"name": "Phường\tRạch Dừa"}, "a tab"),
        (rows.area, WARD, {"name": "P" * 121}, "shorten it to 120"),
        (rows.area, WARD, {"kind": "wards"}, "must be one of: city, district, ward"),
        (rows.area, WARD, {"code": "q 1"}, "form of a code"),
        (rows.area, WARD, {"approximate": "maybe"}, "write yes or no"),
        (rows.area, WARD, {"tile_row": "3"}, "tile_row and tile_col belong together"),
        (rows.area, WARD, {"tile_row": "-1", "tile_col": "2"}, "whole number"),
        (rows.area, WARD, {"population": "1.5"}, "whole number"),
        (rows.area, WARD, {"population": "²"}, "whole number"),
        (rows.area, WARD, {"area_km2": "nan"}, "decimal point"),
        (rows.area, WARD, {"area_km2": "3,5"}, "decimal point"),
        (rows.area, WARD, {"latitude": "106.70"}, "the city lies between 8 and 12"),
        (rows.area, WARD, {"longitude": "10.7"}, "the city lies between 105 and 108"),
        (rows.area, WARD, {"district_code": ""}, "a ward needs it"),
        (rows.area, WARD, {"kind": "district"}, "nothing else has it"),
        (rows.area, WARD, {"valid_from": "01/07/2025"}, "a day like 2025-07-01"),
        (rows.area, WARD, {"valid_to": "2025-06-30"}, "before valid_from"),
        (rows.agency, AGENCY, {"kind": "ward_committee"}, "a committee needs the code of its area"),
        (rows.agency, AGENCY, {"role": "boss"}, "desk, triage or nothing"),
        (rows.agency, AGENCY, {"email": "so-xd"}, "not an address"),
        (rows.agency, AGENCY, {"short_name": ""}, "short_name is empty"),
        (rows.category, CATEGORY, {"code": "Health"}, "form of a code"),
        (rows.category, CATEGORY, {"track": "other"}, "must be one of"),
        (rows.procedure, PROCEDURE, {"online_level": "5"}, "must be one of: 1, 2, 3, 4, TP, MP"),
        (rows.holiday, HOLIDAY, {"day": "2026-09-05"}, "2026-09-05 is a Saturday"),
        (rows.holiday, HOLIDAY, {"kind": "made_up"}, "2026-09-02 is a Wednesday"),
        (rows.rule, RULE, {"amount": ""}, "amount and unit belong together"),
        (rows.rule, RULE, {"amount": "0", "unit": "minute"}, "0 (the same day) is for days only"),
        (rows.rule, RULE, {"unit": ""}, "amount and unit belong together"),
        (rows.route, ROUTE, {"target": "@city"}, "form of a code"),
    ],
)
def test_a_bad_cell_is_refused_with_what_to_do(parse, good, changes, said):
    parse(Cells(good))
    with pytest.raises(BadCell) as refusal:
        parse(Cells({**good, **changes}))
    assert said in str(refusal.value)
