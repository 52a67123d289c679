"""Tables of the city's reference data. Rows that law or the map can change carry the days they are valid from and to (both included)."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, Text, UniqueConstraint, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.city.kinds import AgencyKind, AreaKind, HolidayKind, Level, RuleUnit, Track, UnitSet
from feedback.db import Base, UtcDateTime, enum_column

__all__ = [
    "Agency",
    "AgencyKind",
    "Area",
    "AreaKind",
    "Category",
    "CityEdition",
    "CitySetting",
    "DeadlineRule",
    "Holiday",
    "HolidayKind",
    "Level",
    "Procedure",
    "RoutingRule",
    "RuleUnit",
    "Track",
    "UnitSet",
]

_VALIDITY = "valid_to IS NULL OR valid_to >= valid_from"
_SUCCEEDED = "successor_id IS NULL OR (valid_to IS NOT NULL AND successor_id <> id)"


class Area(Base):
    """The city, a district or a ward, as it was on the days it is valid."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    unit_set: Mapped[UnitSet] = mapped_column(enum_column(UnitSet))
    #: Code of the General Statistics Office. Reused over time (769), so never a key without its validity.
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(120))
    kind: Mapped[AreaKind] = mapped_column(enum_column(AreaKind))
    #: The word people use: Quận, Huyện, Phường, Xã, Thị trấn, Đặc khu, …
    kind_label: Mapped[str] = mapped_column(String(30))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: For a ward: the district area it is counted under.
    district_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: True: parts of the ward lay in other districts; figures by district are approximate.
    approximate: Mapped[bool] = mapped_column(default=False)
    #: Place of a district on the tile map, counted from the north-west corner.
    tile_row: Mapped[int | None]
    tile_col: Mapped[int | None]
    population: Mapped[int | None]
    area_km2: Mapped[float | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: What it became part of the day after it ended (feedback/administration).
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))

    district_area: Mapped[Area | None] = relationship(lazy="raise", foreign_keys=[district_area_id], remote_side="Area.id")

    __table_args__ = (
        UniqueConstraint("unit_set", "code", "valid_from"),
        CheckConstraint(_VALIDITY, name="validity"),
        CheckConstraint(_SUCCEEDED, name="succeeded_has_ended"),
        CheckConstraint("kind <> 'ward' OR district_area_id IS NOT NULL", name="ward_has_district"),
        CheckConstraint("(tile_row IS NULL) = (tile_col IS NULL)", name="tile_is_whole"),
        CheckConstraint("population >= 0", name="population"),
        CheckConstraint("area_km2 > 0", name="area"),
        CheckConstraint("latitude BETWEEN 8 AND 12 AND longitude BETWEEN 105 AND 108", name="point_in_the_south"),
        Index("ix_area_district_area_id", "district_area_id"),
    )


class Agency(Base):
    """A body of the city that can be responsible for a case."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    unit_set: Mapped[UnitSet] = mapped_column(enum_column(UnitSet))
    #: Ours, unique within the set: UBND-TP, VP-UBND, SO-XD, TTR-TP, CA-TP, UBND-Q-760, UBND-P-26734, …
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(160))
    name_folded: Mapped[str] = mapped_column(String(160))
    short_name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[AgencyKind] = mapped_column(enum_column(AgencyKind))
    level: Mapped[Level] = mapped_column(enum_column(Level))
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: Codes of the categories it answers for, separated by spaces.
    field: Mapped[str] = mapped_column(Text, default="")
    #: True for the front desk that receives reports (Văn phòng UBND Thành phố).
    is_desk: Mapped[bool] = mapped_column(default=False)
    #: True for the body that reads sealed reports first (Thanh tra Thành phố).
    is_triage: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None] = mapped_column(String(254))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: Who does its work since the day after it ended; its past stays its own.
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))

    superior: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[superior_id], remote_side="Agency.id")
    area: Mapped[Area | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("unit_set", "code"),
        CheckConstraint(_VALIDITY, name="validity"),
        CheckConstraint(_SUCCEEDED, name="succeeded_has_ended"),
        CheckConstraint("superior_id <> id", name="not_its_own_superior"),
        CheckConstraint("kind NOT IN ('district_committee', 'ward_committee') OR area_id IS NOT NULL", name="committee_has_area"),
        Index("uq_agency_one_desk", "unit_set", unique=True, postgresql_where="is_desk AND valid_to IS NULL"),
        Index("uq_agency_one_triage", "unit_set", unique=True, postgresql_where="is_triage AND valid_to IS NULL"),
        Index("ix_agency_area_id", "area_id"),
    )

    @property
    def fields(self) -> tuple[str, ...]:
        """Codes of the categories it answers for."""
        return tuple(self.field.split())


class Category(Base):
    """What a report is about; the first choice routing and the clock are made from."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_vi: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    #: One line that helps the citizen choose.
    hint_vi: Mapped[str] = mapped_column(String(300))
    hint_en: Mapped[str] = mapped_column(String(300))
    track: Mapped[Track] = mapped_column(enum_column(Track))
    #: Code of the deadline rule for the answer.
    rule_code: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]
    #: False: senders are no longer offered it; the desk and cases that have it keep it.
    active: Mapped[bool] = mapped_column(default=True, server_default=true())

    def name(self, locale: str = "vi") -> str:
        """Name in the reader's language; anything but English is Vietnamese."""
        return self.name_en if locale == "en" else self.name_vi

    def hint(self, locale: str = "vi") -> str:
        """Explanation in the reader's language."""
        return self.hint_en if locale == "en" else self.hint_vi


class Procedure(Base):
    """An administrative procedure a report may concern."""

    __tablename__ = "procedure"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    unit_set: Mapped[UnitSet] = mapped_column(enum_column(UnitSet))
    #: National code; empty where none is certain.
    code: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_folded: Mapped[str] = mapped_column(String(200))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    level: Mapped[Level] = mapped_column(enum_column(Level))
    #: Where and within what time, as published; text, because it is shown and not counted.
    limit_text: Mapped[str] = mapped_column(String(200))
    #: 2017: mức 1-4. Since 2022: TP (toàn trình) or MP (một phần).
    online_level: Mapped[str] = mapped_column(String(4))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("unit_set", "name", "valid_from"),
        CheckConstraint(_VALIDITY, name="validity"),
        CheckConstraint("online_level IN ('1', '2', '3', '4', 'TP', 'MP')", name="online_level"),
        Index("ix_procedure_category_code", "category_code"),
    )


class Holiday(Base):
    """A day that is not what its weekday says: off, or worked in exchange. Frozen here; never computed while the city runs."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[HolidayKind] = mapped_column(enum_column(HolidayKind))
    name: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(200))

    __table_args__ = (CheckConstraint("kind <> 'made_up' OR extract(isodow from day) >= 6", name="made_up_on_weekend"),)


class DeadlineRule(Base):
    """A legal limit: so many units from an event, with its extensions and the law it rests on."""

    __tablename__ = "deadline_rule"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    #: Empty for a rule that sets no period (a suspension, "before the due date").
    amount: Mapped[int | None]
    unit: Mapped[RuleUnit | None] = mapped_column(enum_column(RuleUnit))
    start_event: Mapped[str] = mapped_column(String(120))
    #: Alternatives of what the law lets be added: lists of rule codes, a code as often as it may be used.
    extensions: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    pausable: Mapped[bool]
    #: Received at this hour or later counts as received on the next working day; empty: the hour does not matter.
    cutoff: Mapped[time | None]
    legal_basis: Mapped[str] = mapped_column(String(300))
    #: V verified, V2 secondary, G general knowledge, D our own design.
    confidence: Mapped[str] = mapped_column(String(4))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint(_VALIDITY, name="validity"),
        CheckConstraint("(amount IS NULL) = (unit IS NULL)", name="amount_has_unit"),
        CheckConstraint("amount >= 0", name="amount"),
    )


class RoutingRule(Base):
    """Which body answers for a category at a level; editable, read top down."""

    __tablename__ = "routing_rule"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    unit_set: Mapped[UnitSet] = mapped_column(enum_column(UnitSet))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    #: Where the report lies: in a ward, in a district without a ward, or the city as a whole.
    level: Mapped[Level] = mapped_column(enum_column(Level))
    #: Code of an agency, or @ward / @district for the committee of the place.
    target: Mapped[str] = mapped_column(String(30))
    reason_vi: Mapped[str] = mapped_column(String(300))
    position: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("unit_set", "category_code", "level", "position", "valid_from", name="uq_routing_rule_key"),
        CheckConstraint(_VALIDITY, name="validity"),
    )


class CitySetting(Base):
    """The one row that says which unit set is in force."""

    __tablename__ = "city_setting"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    unit_set: Mapped[UnitSet] = mapped_column(enum_column(UnitSet))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class CityEdition(Base):
    """The one row that is drawn anew, at random, by every statement that changes one of the tables below."""

    __tablename__ = "city_edition"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    edition: Mapped[UUID]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


#: What readings that are kept (`holding.py`) go by, and the statements of the migration that watch it.
EDITED = ("agency", "area", "category", "city_setting", "deadline_rule", "holiday", "routing_rule")
WATCHING = (
    """
    CREATE FUNCTION city_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE city_edition SET edition = gen_random_uuid();
        RETURN NULL;
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION city_changed()"
        for table in EDITED
    ),
)
NO_LONGER_WATCHING = (*(f"DROP TRIGGER {table}_changed ON {table}" for table in EDITED), "DROP FUNCTION city_changed()")
