"""Bringing a file of shapes in, using it from a day on, and going back to an earlier one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update

from feedback.administration.changes import Draft, Values, When, applies, check_map, check_seen, differing, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.attachments.services import shown_name
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.city import queries as city
from feedback.city.kinds import AreaKind
from feedback.city.models import Area
from feedback.db import atomic, db, now
from feedback.shapes import queries
from feedback.shapes.drawing import Drawing, degrees_of, draw
from feedback.shapes.matching import Known, Unmatched, match
from feedback.shapes.models import AreaShape, ShapeSet
from feedback.shapes.reading import Contents, Feature, Unreadable, Wrong, read

#: A file that was looked at and not used is thrown away with the next one after so long.
UNUSED = timedelta(days=1)
#: A shape this far, in degrees, from where the area's own point lies is probably that of another area; 0.05 is 5 km.
ASTRAY = 0.05


@atomic
def bring(actor: Actor, file_name: str, raw: bytes) -> int:
    """Read a file and keep what it gives, used by nothing yet; gives its key. Raises Unreadable, and Invalid on the map of 2017."""
    check_map()
    contents = read(raw)
    areas = [*city.wards(), *city.districts()]
    matched, unmatched = match(contents.features, [Known(area.id, area.code, area.name) for area in areas])
    if not matched:
        raise Unreadable(Wrong.NOTHING_MATCHED)
    tiers, parts = _tiers(areas)
    drawing = draw({key: feature.polygons for key, feature in matched.items()}, tiers, parts)
    db.session.execute(delete(ShapeSet).where(ShapeSet.kept_at.is_(None), ShapeSet.brought_at < now() - UNUSED))
    assert actor.user_id is not None
    found = ShapeSet(
        unit_set=city.current_units(),
        file_name=shown_name(file_name),
        sha256=hashlib.sha256(raw).hexdigest(),
        brought_by_id=actor.user_id,
        brought_at=now(),
        report=_report(contents, matched, unmatched, drawing, areas),
        frames=[list(frame) for frame in drawing.frames],
        in_force=False,
    )
    db.session.add(found)
    db.session.flush()
    db.session.add_all(_rows(found.id, drawing))
    record(
        "city.shapes_brought", actor=actor, subject_kind="city", subject_id=subject(), set=found.id, areas=len(matched), sha256=found.sha256
    )
    return found.id


def _tiers(areas: Sequence[Area]) -> tuple[list[set[int]], dict[int, list[int]]]:
    """Areas that stand beside each other on a map, and the wards of each district."""
    tiers = [{area.id for area in areas if area.kind is kind} for kind in (AreaKind.WARD, AreaKind.DISTRICT)]
    return tiers, {key: [area.id for area in areas if area.district_area_id == key] for key in tiers[1]}


def _rows(set_id: int, drawing: Drawing) -> list[AreaShape]:
    return [
        AreaShape(
            set_id=set_id,
            area_id=key,
            path=one.path,
            box=list(one.box),
            label_x=one.x,
            label_y=one.y,
            radius=one.radius,
            outlines=drawing.outlines.get(key),
        )
        for key, one in drawing.drawn.items()
    ]


def _report(
    contents: Contents, matched: Mapping[int, Feature], unmatched: Sequence[Unmatched], drawing: Drawing, areas: Sequence[Area]
) -> dict[str, Any]:
    return {
        "features": len(contents.features),
        "matched": len(matched),
        "unclosed": contents.unclosed,
        "turned": contents.turned,
        "unmatched": [[one.number, one.about, one.wrong.value] for one in unmatched],
        "overlaps": [list(pair) for pair in drawing.overlaps],
        "astray": [area.id for area in areas if area.id in matched and _astray(area, matched[area.id])],
    }


def _astray(area: Area, feature: Feature) -> bool:
    if area.latitude is None or area.longitude is None:
        return False
    xs, ys = zip(*(point for polygon in feature.polygons for point in polygon[0]), strict=True)
    within = min(xs) - ASTRAY <= area.longitude <= max(xs) + ASTRAY and min(ys) - ASTRAY <= area.latitude <= max(ys) + ASTRAY
    return not within


def subject() -> str:
    """What changes and the record are about."""
    return f"shapes:{city.current_units()}"


def values() -> Values:
    """Which set is in force, as changes write it."""
    return {"shapes": _told(queries.in_force())}


def _told(found: ShapeSet | None) -> dict[str, Any] | None:
    return None if found is None else {"id": found.id, "name": found.file_name, "areas": found.report["matched"]}


def draft(set_id: int | None) -> Draft:
    """Another set in the place of the one in force, or none: tiles again. Raises NotFound, Invalid."""
    check_map()
    wanted = None if set_id is None else queries.one(set_id)
    before, after = differing(values(), {"shapes": _told(wanted)})
    return Draft(ChangeKind.SHAPES, (subject(),), wanted.file_name if wanted else before["shapes"]["name"], before, after)


@atomic
def use(actor: Actor, set_id: int | None, when: When) -> Change:
    """Plan it. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    check_seen(values(), when.seen)
    if set_id is not None:
        wanted = queries.one(set_id)
        wanted.kept_at = wanted.kept_at or now()
    return plan(actor, draft(set_id), when)


@applies(ChangeKind.SHAPES)
def _apply(change: Change) -> None:
    """What was in force is kept, so that it can be taken up again."""
    wanted = change.after["shapes"]
    db.session.execute(update(ShapeSet).where(ShapeSet.unit_set == city.current_units(), ShapeSet.in_force).values(in_force=False))
    if wanted is not None:
        queries.one(wanted["id"]).in_force = True
    db.session.flush()


def as_geojson(set_id: int) -> str:
    """A set as it is drawn, borders simplified, as a file that can be brought in again. Raises NotFound."""
    queries.one(set_id)
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.area.code, "name": row.area.name},
            "geometry": {"type": "MultiPolygon", "coordinates": degrees_of(row.outlines)},
        }
        for row in queries.rows_of(set_id)
        if row.outlines is not None
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
