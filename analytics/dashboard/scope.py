"""Whose cases a page counts: the whole city, a district, an agency, or what an agency has in a district."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from feedback.cases.models import Case
from feedback.city.models import Area, AreaKind

#: Stands for the cases whose sender named no ward or district.
NO_DISTRICT = 0


class Group(StrEnum):
    """What the figures are broken down by, under its name in addresses."""

    DISTRICT = "khu-vuc"
    AGENCY = "co-quan"


def district_key(area: Any) -> ColumnElement[int]:
    """The district an area is counted under: a ward's own one, a district itself, otherwise NO_DISTRICT."""
    own = case((area.kind == AreaKind.WARD, area.district_area_id), (area.kind == AreaKind.DISTRICT, area.id))
    return func.coalesce(own, NO_DISTRICT)


@dataclass(frozen=True)
class Scope:
    """Narrows cases; without parts it is the whole city."""

    district_id: int | None = None
    agency_id: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions over Case. Lists and figures both use them, so that they agree."""
        found: list[ColumnElement[bool]] = []
        if self.district_id is not None:
            area = aliased(Area)
            inside = Case.area_id.in_(select(area.id).where(district_key(area) == self.district_id))
            found.append(or_(Case.area_id.is_(None), inside) if self.district_id == NO_DISTRICT else inside)
        if self.agency_id is not None:
            found.append(Case.agency_id == self.agency_id)
        return found

    def narrowed(self, group: Group, key: int) -> Scope:
        """The part of it that one group is."""
        return Scope(key, self.agency_id) if group is Group.DISTRICT else Scope(self.district_id, key)

    def address(self) -> dict[str, int]:
        """Its parts as parameters of an address."""
        parts = {Group.DISTRICT.value: self.district_id, Group.AGENCY.value: self.agency_id}
        return {name: key for name, key in parts.items() if key is not None}
