"""The closed lists of the city's reference data. Pure: used by the rules, the CSV reader and the tables alike."""

from __future__ import annotations

from enum import StrEnum


class UnitSet(StrEnum):
    """Which map of the city: 24 quận/huyện with 322 phường/xã, or 168 phường/xã/đặc khu without a district tier."""

    Y2017 = "2017"
    Y2025 = "2025"


class AreaKind(StrEnum):
    """Tier of an area. In the 2025 set a district is a former one, kept for counting only."""

    CITY = "city"
    DISTRICT = "district"
    WARD = "ward"


class Level(StrEnum):
    """Tier of government an agency or a procedure belongs to."""

    CITY = "city"
    DISTRICT = "district"
    WARD = "ward"


class AgencyKind(StrEnum):
    """What sort of body an agency is."""

    CITY_COMMITTEE = "city_committee"  # UBND Thành phố
    OFFICE = "office"  # Văn phòng UBND Thành phố
    DEPARTMENT = "department"  # sở, ban
    INSPECTORATE = "inspectorate"  # thanh tra
    DISTRICT_COMMITTEE = "district_committee"  # UBND quận, huyện
    WARD_COMMITTEE = "ward_committee"  # UBND phường, xã, thị trấn, đặc khu
    POLICE = "police"  # công an
    CENTER = "center"  # trung tâm


class Track(StrEnum):
    """Which clock and which path a matter follows."""

    FEEDBACK = "feedback"  # phản ánh, kiến nghị
    SERVICE_DESK = "service_desk"  # sự cố đường sá, môi trường, trật tự: cổng 1022
    COMPLAINT = "complaint"  # khiếu nại: signed petition about a decision that touches the sender's own rights
    DENUNCIATION = "denunciation"  # tố cáo: signed petition reporting a violation of law
    CONDUCT = "conduct"  # thông tin có nội dung tố cáo: thái độ, hành vi của cán bộ, công chức


class RuleUnit(StrEnum):
    """Unit a legal limit is counted in; never assumed, always stored with the rule."""

    MINUTE = "minute"
    WORKING_HOUR = "working_hour"
    DAY = "day"
    WORKING_DAY = "working_day"


class HolidayKind(StrEnum):
    """A weekday off, one worked in the morning only, or a Saturday or Sunday worked in exchange."""

    OFF = "off"
    HALF = "half"
    MADE_UP = "made_up"
