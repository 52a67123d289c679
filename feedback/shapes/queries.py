"""Which shapes are in force, and the sets that may be taken up again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from feedback.city import queries as city
from feedback.city.models import Area
from feedback.db import db
from feedback.errors import NotFound
from feedback.shapes.drawing import Box, Drawn
from feedback.shapes.models import AreaShape, ShapeSet

LISTED = 20


@dataclass(frozen=True)
class Stored:
    """Shapes of areas by their keys, and the frames of the map they are on."""

    drawn: Mapping[int, Drawn]
    frames: Sequence[Box]


NONE = Stored({}, ())


def in_force() -> ShapeSet | None:
    """The set in force in the map in force."""
    return db.session.scalar(select(ShapeSet).where(ShapeSet.unit_set == city.current_units(), ShapeSet.in_force))


def sets() -> Sequence[ShapeSet]:
    """The latest sets, each with who brought it in."""
    mine = select(ShapeSet).where(ShapeSet.unit_set == city.current_units()).options(joinedload(ShapeSet.brought_by))
    return db.session.scalars(mine.order_by(ShapeSet.id.desc()).limit(LISTED)).all()


def one(set_id: int) -> ShapeSet:
    """A set of the map in force. Raises NotFound."""
    mine = select(ShapeSet).where(ShapeSet.id == set_id, ShapeSet.unit_set == city.current_units())
    found = db.session.scalar(mine.options(joinedload(ShapeSet.brought_by)))
    if found is None:
        raise NotFound
    return found


def rows_of(set_id: int) -> Sequence[AreaShape]:
    """The areas of a set with their outlines."""
    options = joinedload(AreaShape.area), undefer(AreaShape.outlines)
    return db.session.scalars(select(AreaShape).where(AreaShape.set_id == set_id).options(*options).order_by(AreaShape.area_id)).all()


def stored(areas: Collection[int]) -> Stored:
    """What is in force of these areas. One query; one more where an area has come after others that have shapes."""
    mine = select(AreaShape, ShapeSet.frames).join(ShapeSet, AreaShape.set_id == ShapeSet.id).where(ShapeSet.in_force)
    rows = db.session.execute(mine.where(AreaShape.area_id.in_(areas))).all()
    if not rows:
        return NONE
    found = {row.area_id: as_drawn(row) for row, _frames in rows}
    missing = [key for key in areas if key not in found]
    if missing:
        before = db.session.execute(mine.add_columns(Area.successor_id).join(Area).where(Area.successor_id.in_(missing))).all()
        for key in missing:
            parts = [as_drawn(row) for row, _frames, successor in before if successor == key]
            if parts:
                found[key] = _together(parts)
    return Stored(found, [_box(frame) for frame in rows[0][1]])


def as_drawn(row: AreaShape) -> Drawn:
    """A row as the map wants it."""
    return Drawn(row.path, _box(row.box), row.label_x, row.label_y, row.radius)


def _box(numbers: Sequence[int]) -> Box:
    west, north, east, south = numbers
    return west, north, east, south


def _together(parts: Sequence[Drawn]) -> Drawn:
    """Areas that became one, which do not overlap: their paths after each other, the label in the largest."""
    largest = max(parts, key=lambda part: part.radius)
    wests, norths, easts, souths = zip(*(part.box for part in parts), strict=True)
    box = min(wests), min(norths), max(easts), max(souths)
    return Drawn("".join(part.path for part in parts), box, largest.x, largest.y, largest.radius)
