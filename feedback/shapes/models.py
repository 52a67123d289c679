"""Shapes as they were brought in: one set for each file, one row for each area on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, String, Text, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.city.models import Area, UnitSet
from feedback.db import Base, UtcDateTime, enum_column


class ShapeSet(Base):
    """What one file gave. Never changed; which set is in force, and from which day to which, changes of the city's tables say."""

    __tablename__ = "shape_set"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    unit_set: Mapped[UnitSet] = mapped_column(enum_column(UnitSet))
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What was found in the file: features without an area, overlaps, and the like; as keys, put into words when it is read.
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: Boxes around far islands, which are drawn nearer than they lie.
    frames: Mapped[list[list[int]]] = mapped_column(JSONB)
    #: When it was first planned to be used; one that never was is thrown away after a day.
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_force: Mapped[bool] = mapped_column(default=False, server_default=false())

    brought_by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index("uq_shape_set_in_force", "unit_set", unique=True, postgresql_where="in_force"),)


class AreaShape(Base):
    """One area of a set, ready to be drawn."""

    __tablename__ = "area_shape"

    set_id: Mapped[int] = mapped_column(ForeignKey("shape_set.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)
    #: The data of its SVG path, on the grid of `drawing.py`; with its box (west, north, east, south).
    path: Mapped[str] = mapped_column(Text)
    box: Mapped[list[int]] = mapped_column(JSONB)
    #: Middle and radius of the largest circle that fits in.
    label_x: Mapped[int]
    label_y: Mapped[int]
    radius: Mapped[int]
    #: Polygons on the grid where they lie; none for an area that is drawn as the sum of others.
    outlines: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)

    area: Mapped[Area] = relationship(lazy="raise_on_sql")
