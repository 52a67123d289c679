"""Whose cases are counted: the whole city, narrowed by any of ten filters; and what they are broken down by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Group(StrEnum):
    """What the figures are broken down by, under its name in addresses."""

    DISTRICT = "khu-vuc"
    WARD = "phuong-xa"
    AGENCY = "co-quan"
    CATEGORY = "linh-vuc"
    PROCEDURE = "thu-tuc"
    LEVEL = "muc-do"
    TRACK = "loai"
    CHANNEL = "kenh"


#: Column of the facts that holds the key of each group; the field of a scope has the same name.
COLUMNS: dict[Group, str] = {
    Group.DISTRICT: "district_id",
    Group.WARD: "area_id",
    Group.AGENCY: "agency_id",
    Group.CATEGORY: "category_code",
    Group.PROCEDURE: "procedure_id",
    Group.LEVEL: "level",
    Group.TRACK: "track",
    Group.CHANNEL: "channel",
}
#: The filter that is no group: agencies that receive about as much.
SIZE = "quy-mo"
#: What lists of refused cases are narrowed by besides.
REFUSAL = "refusal"
Key = int | str
Keys = tuple[Key, ...]


@dataclass(frozen=True)
class Scope:
    """Narrows cases; without parts it is the whole city."""

    district_id: int | None = None
    area_id: int | None = None
    agency_id: int | None = None
    category_code: str | None = None
    procedure_id: int | None = None
    level: str | None = None
    track: str | None = None
    channel: str | None = None
    #: Name of a size group, and its agencies as `rollup.sizes` finds them.
    size: str | None = None
    agencies: Any = ()
    #: Code of the reason for which cases were refused.
    refusal: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What is narrowed, by field."""
        named = {name: value for name in (*COLUMNS.values(), REFUSAL) if (value := getattr(self, name)) is not None}
        return named if self.size is None else {**named, "size": self.size, "agencies": self.agencies}

    @property
    def name(self) -> tuple[tuple[str, Any], ...]:
        """What it is narrowed to as something to remember figures under."""
        return tuple((column, tuple(value) if column == "agencies" else value) for column, value in self.values.items())

    @property
    def whole(self) -> bool:
        """Whether nothing is narrowed."""
        return not self.values

    def key(self, group: Group) -> Key | None:
        """What one of the groups is narrowed to."""
        found: Key | None = getattr(self, COLUMNS[group])
        return found

    def narrowed(self, group: Group, key: Key | None) -> Scope:
        """The part of it that one group is; None takes the group's filter away."""
        change: dict[str, Any] = {COLUMNS[group]: key}
        return replace(self, **change)

    def address(self) -> dict[str, Key]:
        """Its parts as parameters of an address."""
        found = {group.value: self.key(group) for group in Group} | {SIZE: self.size}
        return {name: key for name, key in found.items() if key is not None}
