from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from feedback.cases.routing import route
from feedback.city import queries as city
from feedback.city.cli import city_commands
from feedback.city.kinds import AreaKind, HolidayKind, UnitSet
from feedback.city.loader import load_city
from feedback.city.models import Agency, Area, CitySetting, DeadlineRule, Holiday, RoutingRule
from feedback.city.reading import DATA, CityDataError
from feedback.city.rules import UnknownRule
from feedback.db import Base, db
from feedback.errors import NotFound

TABLES = [
    table
    for table in Base.metadata.sorted_tables
    if table.name in ("area", "agency", "category", "procedure", "holiday", "deadline_rule", "routing_rule")
]


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    return {table.name: sorted((tuple(row) for row in db.session.execute(table.select())), key=str) for table in TABLES}


def test_loading_again_changes_nothing(app):
    before = snapshot()
    load_city("2025")
    assert snapshot() == before


def test_loading_again_brings_edited_rows_back_under_their_ids(app):
    desk = city.desk_agency()
    number = desk.id
    desk.name = "Phòng tiếp dân"
    db.session.delete(db.session.get_one(Holiday, date(2026, 9, 2)))
    db.session.commit()
    load_city("2025")
    assert (city.desk_agency().id, city.desk_agency().name) == (number, "Văn phòng Ủy ban nhân dân Thành phố")
    assert date(2026, 9, 2) in city.calendar().off


def test_one_bad_row_leaves_everything_as_it_was(app, tmp_path):
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    areas = tmp_path / "areas_2017.csv"
    areas.write_text(areas.read_text(encoding="utf-8").replace("Phường Bến Nghé,ward", "Phường Bến Nghé,hamlet"), encoding="utf-8")
    before = snapshot()
    with pytest.raises(CityDataError, match=r"areas_2017\.csv:\d+: kind is 'hamlet'"):
        load_city("2017", tmp_path)
    assert snapshot() == before
    assert city.current_units() is UnitSet.Y2025


def test_an_unknown_set_is_refused(app):
    with pytest.raises(ValueError, match="1976"):
        load_city("1976")


def test_both_maps_stand_side_by_side_and_one_is_in_force(app):
    new_ids = {area.id for area in city.wards()}
    assert (len(city.wards()), len(city.districts())) == (168, 26)
    load_city("2017")
    assert city.current_units() is UnitSet.Y2017
    assert (len(city.wards()), len(city.districts())) == (322, 24)
    assert not new_ids & {area.id for area in city.wards()}
    assert city.area_by_code("26740").name == "Phường Bến Nghé"
    load_city("2025")
    assert {area.id for area in city.wards()} == new_ids
    assert city.area_by_code("26740").name == "Phường Sài Gòn"
    assert db.session.scalar(select(func.count()).select_from(CitySetting)) == 1


def test_areas_and_agencies_hang_together(app):
    ward = city.area_by_code("26740")
    assert ward.district_area is not None
    assert (ward.district_area.name, ward.name_folded) == ("Quận 1 (cũ)", "phuong sai gon")
    agency = city.agency_by_code("UBND-P-26740")
    assert agency.area_id == ward.id
    assert db.session.get_one(Agency, agency.superior_id).code == "UBND-TP"
    assert city.agency_by_code("SO-XD").fields == ("transport_infrastructure", "land_construction", "urban_environment")


def test_lists_stand_in_vietnamese_order(app):
    names = [area.name for area in city.districts()]
    assert names.index("Quận 2 (cũ)") < names.index("Quận 10 (cũ)") < names.index("Quận Bình Tân (cũ)")
    assert names[0] == "Bà Rịa - Vũng Tàu (cũ)"
    of_one = city.wards(city.area_by_code("760").id)
    assert [ward.name for ward in of_one] == ["Phường Bến Thành", "Phường Cầu Ông Lãnh", "Phường Sài Gòn", "Phường Tân Định"]
    assert all(ward.district_area is not None and ward.kind is AreaKind.WARD for ward in of_one)
    assert [category.code for category in city.categories()][-2:] == ["staff_conduct", "other"]
    assert {procedure.category_code for procedure in city.procedures("health")} == {"health"}
    assert len(city.procedures()) == 44


def test_categories_speak_both_languages(app):
    health = city.category("health")
    assert (health.name(), health.name("en"), health.name("fr")) == (
        "Y tế, an toàn thực phẩm",
        "Health and food safety",
        "Y tế, an toàn thực phẩm",
    )
    assert health.hint("en").startswith("Hospitals")


def test_what_does_not_exist_is_not_found(app):
    for look in (
        lambda: city.category("magic"),
        lambda: city.area_by_code("1"),
        lambda: city.agency_by_code("X"),
        lambda: city.area_by_id(0),
    ):
        with pytest.raises(NotFound):
            look()
    with pytest.raises(UnknownRule):
        city.rule("NO-SUCH", date(2026, 1, 1))


def test_an_agency_counts_from_its_first_to_its_last_day(app):
    # The desk and inspectorate must stand on both days; only the department comes and goes.
    department = city.agency_by_code("SO-QHKT")
    department.valid_to = date(2026, 11, 30)
    db.session.commit()
    for day, there in ((date(2025, 9, 30), False), (date(2025, 10, 1), True), (date(2026, 11, 30), True), (date(2026, 12, 1), False)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 3, tzinfo=UTC), tick=False):
            assert ("SO-QHKT" in {agency.code for agency in city.agencies()}) is there
            assert ("SO-QHKT" in {row.target for row in city.routing_rules()}) is there


def test_nothing_is_routed_to_a_body_that_is_gone(app):
    city.agency_by_code("SO-NNMT").valid_to = date(2025, 12, 31)
    db.session.commit()
    assert route("land_construction", city.place_of(None), city.routing_rules()).agency_code == "SO-XD"


def test_the_place_of_an_area_names_its_committees(app):
    load_city("2017")
    ward, district = (city.place_of(city.area_by_code(code)) for code in ("26740", "760"))
    assert (ward.name, ward.ward_agency, ward.district_agency) == ("Phường Bến Nghé, Quận 1", "UBND-P-26740", "UBND-Q-760")
    assert (district.name, district.ward_agency, district.district_agency) == ("Quận 1", None, "UBND-Q-760")
    whole = city.place_of(city.area_by_code("79"))
    assert (whole.ward_agency, whole.district_agency) == (None, None)
    load_city("2025")
    new = city.place_of(city.area_by_code("26740"))
    assert (new.name, new.ward_agency, new.district_agency) == ("Phường Sài Gòn", "UBND-P-26740", None)
    assert city.place_of(None).name == ""


def test_every_ward_reaches_an_agency_in_force_for_every_category(app):
    for units in UnitSet:
        load_city(units)
        known = {agency.code for agency in city.agencies()}
        table = city.routing_rules()
        for code in ("26740", "27007") if units is UnitSet.Y2017 else ("26740", "26732"):
            place = city.place_of(city.area_by_code(code))
            for category in city.categories():
                routing = route(category.code, place, table)
                assert {routing.agency_code, *routing.alternatives} <= known


def test_the_rule_follows_the_day(app):
    assert city.rule("PAKN-ANS", date(2021, 12, 8)).legal_basis == "QĐ 574/QĐ-TTg năm 2017"
    assert city.rule("PAKN-ANS", date(2021, 12, 9)).legal_basis.startswith("QĐ 31/2021")
    assert city.rule("PAKN-ANS", date(2010, 1, 1)).legal_basis == "QĐ 574/QĐ-TTg năm 2017", "the nearest version before the first"
    assert city.rule("TC11-END", date(2020, 1, 1)).valid_to == date(2018, 12, 31), "and after the last"
    assert city.rule("TC18-END", date(2020, 1, 1)).extensions == (("TC18-END-COMPLEX",), ("TC18-END-SPECIAL", "TC18-END-SPECIAL"))


def test_an_edited_holiday_counts_at_once(app):
    db.session.add(Holiday(day=date(2026, 12, 24), kind=HolidayKind.OFF, name="Nghỉ", source="Thành phố"))
    db.session.flush()
    assert not city.calendar().is_working_day(date(2026, 12, 24))
    assert 2030 in city.calendar().years_known


def test_an_empty_database_says_what_to_do(app):
    db.session.execute(CitySetting.__table__.delete())
    with pytest.raises(city.CityNotLoaded, match="city load"):
        city.districts()


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        (Area, {"valid_to": date(2000, 1, 1)}),
        (Area, {"tile_row": 1, "tile_col": None}),
        (Area, {"latitude": 50.0, "longitude": 106.0}),
        (Area, {"population": -1}),
        (Agency, {"valid_to": date(2000, 1, 1)}),
        (DeadlineRule, {"amount": None}),
        (DeadlineRule, {"amount": -1}),
        (RoutingRule, {"valid_to": date(2000, 1, 1)}),
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(app, table, changes):
    row = db.session.scalars(select(table).where(table.valid_from.is_not(None)).limit(1)).one()
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_weekday_cannot_be_made_up_nor_a_second_desk_opened(app):
    db.session.add(Holiday(day=date(2026, 12, 24), kind=HolidayKind.MADE_UP, name="Bù", source="x"))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    city.agency_by_code("SO-XD").is_desk = True
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_commands_load_and_check(app, tmp_path):
    runner = app.test_cli_runner()
    assert runner.invoke(city_commands, ["check"]).output == "All files are in order.\n"
    assert "2017" in runner.invoke(city_commands, ["load", "--units", "2017"]).output
    assert city.current_units() is UnitSet.Y2017
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    (tmp_path / "holidays.csv").write_text("day,kind,name,source\n2026-09-05,off,x,x\n", encoding="utf-8")
    for command in (["check"], ["load", "--units", "2025"]):
        refused = runner.invoke(city_commands, [*command, "--folder", str(tmp_path)])
        assert refused.exit_code == 1
        assert "holidays.csv:2: 2026-09-05 is a Saturday" in refused.stderr
        assert "1 row is wrong; nothing was changed." in refused.stderr
    assert city.current_units() is UnitSet.Y2017
    assert runner.invoke(city_commands, ["load", "--units", "1976"]).exit_code == 2
