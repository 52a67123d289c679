"""The figures of a month as they stand now, by the codes of what they are about; from the same sums as every other figure of the city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale
from sqlalchemy import func, select

from analytics.counts import Period
from analytics.opendata.tables import CITY, COUNTED, Key, Month, Names, Sheet
from analytics.rollup.models import NONE, Fact
from analytics.rollup.names import CHANNELS, TRACKS
from analytics.rollup.queries import Figures, added, figures
from analytics.rollup.scope import Group, Scope
from feedback.cases.sorting import CONDUCT
from feedback.city import queries as city
from feedback.city.models import Agency, Area, AreaKind
from feedback.db import db

#: What sealed cases are, which are in no figure, has no row; an empty one would be taken for "none came in".
SEALED_TRACK = "conduct"


@dataclass(frozen=True)
class Codes:
    """What the keys of the figures stand for: codes, and names in every language there is."""

    areas: Mapping[int, str]
    agencies: Mapping[int, str]
    names: Names
    #: Rows that stand in a table even when nothing is counted, by table.
    usual: Mapping[Sheet, Iterable[Key]]


def first_month() -> date | None:
    """The month of the first case; None without any."""
    first: date | None = db.session.scalar(select(func.min(Fact.received_on)))
    return first and first.replace(day=1)


def conduct_reports(period: Period) -> int:
    """Reports about officials that came in, sealed or not."""
    found = select(func.count()).where(Fact.conduct, Fact.received_on >= period.first, Fact.received_on <= period.last)
    return db.session.scalar(found) or 0


def codes() -> Codes:
    """Areas and agencies of every map, and which rows tables always have. Six queries."""
    areas = db.session.execute(select(Area.id, Area.code, Area.name, Area.kind).order_by(Area.valid_from)).all()
    agencies = db.session.execute(select(Agency.id, Agency.code, Agency.name).order_by(Agency.valid_from)).all()
    categories = {row.code: (row.name_vi, row.name_en) for row in city.categories()}
    districts: list[Key] = [("",), *((row.code,) for row in city.districts())]
    # Who names no ward may have named a district.
    wards: list[Key] = [(row.district_area.code, row.code) for row in city.wards() if row.district_area is not None]
    wards += [(*district, "") for district in districts if district != ("",)]
    usual: dict[Sheet, list[Key]] = {
        Sheet.DISTRICT: districts,
        Sheet.CATEGORY: [(code,) for code in categories if code != CONDUCT],
        Sheet.WARD: wards,
        Sheet.AGENCY: [("",), *((row.code,) for row in city.agencies())],
        Sheet.CHANNEL: [(str(code),) for code in CHANNELS],
        Sheet.TRACK: [(str(code),) for code in TRACKS if code != SEALED_TRACK],
    }
    names: dict[str, Mapping[str, tuple[str, ...]]] = {
        "district": {"": ("Chưa rõ khu vực",)} | {row.code: (row.name,) for row in areas if row.kind is AreaKind.DISTRICT},
        "ward": {"": ("Chưa rõ phường, xã",)} | {row.code: (row.name,) for row in areas if row.kind is AreaKind.WARD},
        "agency": {"": ("Chưa giao cho cơ quan nào",)} | {row.code: (row.name,) for row in agencies},
        "category": categories,
        "channel": _in_both(CHANNELS),
        "track": _in_both(TRACKS),
    }
    return Codes({row.id: row.code for row in areas}, {row.id: row.code for row in agencies}, names, usual)


def _in_both(words: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language in ("vi", "en"):
        with force_locale(language):
            found = {str(code): (*found.get(str(code), ()), str(word)) for code, word in words.items()}
    return found


def month_figures(period: Period, known: Codes) -> Month:
    """Every table's figures, also the rows without any case. Ten queries."""

    def read(*groups: Group) -> dict[tuple[Any, ...], Figures]:
        return figures(period, Scope(), groups, only=COUNTED)

    def coded(found: Mapping[tuple[Any, ...], Figures], sheet: Sheet) -> dict[Key, Figures]:
        return _together(((_key(key, sheet, known), one) for key, one in found.items()), known.usual[sheet])

    wards = {key: one for key, one in read(Group.DISTRICT, Group.WARD).items() if key[0] != NONE}
    crossed = _together(((_key(key, Sheet.DISTRICT_CATEGORY, known), one) for key, one in read(Group.DISTRICT, Group.CATEGORY).items()), ())
    districts = _together(((key[:1], one) for key, one in crossed.items()), known.usual[Sheet.DISTRICT])
    categories = _together(((key[1:], one) for key, one in crossed.items()), known.usual[Sheet.CATEGORY])
    return {
        Sheet.CITY: {CITY: added(list(crossed.values()))},
        Sheet.DISTRICT: districts,
        Sheet.CATEGORY: categories,
        Sheet.DISTRICT_CATEGORY: {
            row + column: crossed.get(row + column, Figures({})) for row in districts for column in categories
        },
        Sheet.WARD: coded(wards, Sheet.WARD),
        Sheet.AGENCY: coded(read(Group.AGENCY), Sheet.AGENCY),
        Sheet.CHANNEL: coded(read(Group.CHANNEL), Sheet.CHANNEL),
        Sheet.TRACK: coded(read(Group.TRACK), Sheet.TRACK),
    }  # fmt: skip


def _key(key: tuple[Any, ...], sheet: Sheet, known: Codes) -> Key:
    """The codes of a row; a ward's is empty where the sender named its district only."""
    first, *more = key
    match sheet:
        case Sheet.AGENCY:
            return (known.agencies.get(first, ""),)
        case Sheet.WARD:
            return known.areas[first], "" if more[0] == first else known.areas[more[0]]
        case Sheet.DISTRICT_CATEGORY:
            return known.areas.get(first, ""), more[0]
        case _:
            return (first,)


def _together(parts: Iterable[tuple[Key, Figures]], usual: Iterable[Key]) -> dict[Key, Figures]:
    """Figures of the same row added up; areas of two maps may share a code."""
    found: defaultdict[Key, list[Figures]] = defaultdict(list)
    for key in usual:
        found[key] = []
    for key, one in parts:
        found[key].append(one)
    return {key: added(ones) for key, ones in sorted(found.items())}
