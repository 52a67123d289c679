"""The routing table of a category from a day on, and what it would have done with last month's reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from feedback.acting import as_system
from feedback.administration.changes import Draft, When, applies, check_map, check_seen, differing, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.administration.succession import successors
from feedback.administration.successors import last
from feedback.administration.versions import Moved, follow, replayed, touched
from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.city.kinds import AreaKind, Level
from feedback.city.models import Agency, Area, RoutingRule
from feedback.city.rules import Place, Route
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.text import clean

CONDUCT = "staff_conduct"
COMMITTEES = {"@ward": Level.WARD, "@district": Level.DISTRICT}
REPLAYED = timedelta(days=30)
EXAMPLES = 20
#: One row as a change keeps it: level, target, sentence for the desk.
Row = list[str]


@dataclass(frozen=True)
class Replay:
    """Last month's reports under other rules: how many there were, how many would have gone elsewhere, from where to where, and some."""

    total: int
    moved: int
    ways: Sequence[tuple[str, str, int]]
    examples: Sequence[str]


def values(category_code: str) -> dict[str, Any]:
    """The rows of a category in force, in their order. Raises NotFound, also for conduct: that goes to the inspectorate, always."""
    if city.category(category_code).code == CONDUCT:
        raise NotFound
    return {"rows": [[row.level.value, row.target, row.reason] for row in _in_force(category_code)]}


def _in_force(category_code: str) -> list[Route]:
    day = city.day_in_force()
    return [row for row in _table(category_code) if row.valid_on(day)]


def _table(category_code: str) -> list[Route]:
    mine = select(RoutingRule).where(RoutingRule.unit_set == city.current_units(), RoutingRule.category_code == category_code)
    return [
        Route(row.category_code, row.level, row.target, row.reason_vi, row.position, row.valid_from, row.valid_to)
        for row in db.session.scalars(mine.order_by(RoutingRule.position, RoutingRule.id))
    ]


def tables() -> dict[str, list[Route]]:
    """Every category's rows in force."""
    day = city.day_in_force()
    found: dict[str, list[Route]] = {}
    rows = select(RoutingRule).where(RoutingRule.unit_set == city.current_units()).order_by(RoutingRule.position, RoutingRule.id)
    for row in db.session.scalars(rows):
        read = Route(row.category_code, row.level, row.target, row.reason_vi, row.position, row.valid_from, row.valid_to)
        if read.valid_on(day):
            found.setdefault(row.category_code, []).append(read)
    return found


def draft(category_code: str, rows: Sequence[Row]) -> Draft:
    """Other rows for a category. Raises NotFound, Invalid."""
    check_map()
    category, stood = city.category(category_code), values(category_code)
    wanted = [[level, target, clean(reason, 300)] for level, target, reason in rows]
    _check(wanted)
    before, after = differing(stood, {"rows": wanted})
    return Draft(ChangeKind.ROUTING, (f"routing:{category_code}",), category.name_vi, before, after)


@atomic
def save(actor: Actor, category_code: str, rows: Sequence[Row], when: When) -> Change:
    """Plan other rows for a category. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    check_seen(values(category_code), when.seen)
    return plan(actor, draft(category_code, rows), when)


def _check(rows: Sequence[Row]) -> None:
    """Whether the rows answer for every place, each once."""
    codes = {row.code for row in city.agencies() if not row.is_triage}
    for level, target, reason in rows:
        if level not in set(Level) or (target not in codes and COMMITTEES.get(target, "") != level):
            raise Invalid(_("Xin chọn cơ quan đang hoạt động; UBND phường chỉ đi với cấp phường, UBND quận với cấp quận."))
        if not reason:
            raise Invalid(_("Xin viết cho mỗi dòng một câu để bộ phận tiếp nhận hiểu vì sao."))
    if not any(level == Level.CITY and target not in COMMITTEES for level, target, _reason in rows):
        raise Invalid(_("Phải có ít nhất một cơ quan cấp Thành phố, để phản ánh không rõ nơi xảy ra cũng có nơi đến."))
    if any(number > 1 for number in Counter((level, target) for level, target, _reason in rows).values()):
        raise Invalid(_("Một cơ quan chỉ đứng một lần ở mỗi cấp."))


def _routes(category_code: str, rows: Sequence[Row]) -> list[Route]:
    today = city.day_in_force()
    return [Route(category_code, Level(level), target, reason, n, today) for n, (level, target, reason) in enumerate(rows, 1)]


@applies(ChangeKind.ROUTING)
def _apply(change: Change) -> None:
    """Rows follow each other by their days; an agency that has ended since the change was planned is its successor."""
    category_code = change.subjects[0].partition(":")[2]
    today = _today_codes()
    rows = [[level, today.get(target, target), reason] for level, target, reason in change.after["rows"]]
    rows = list({(level, target): [level, target, reason] for level, target, reason in reversed(rows)}.values())[::-1]
    _check(rows)
    table = follow(_table(category_code), _routes(category_code, rows), city.day_in_force())
    units = city.current_units()
    db.session.execute(delete(RoutingRule).where(RoutingRule.unit_set == units, RoutingRule.category_code == category_code))
    for row in table:
        kept = {"level": row.level, "target": row.target, "position": row.position, "valid_from": row.valid_from, "valid_to": row.valid_to}
        db.session.add(RoutingRule(unit_set=units, category_code=category_code, reason_vi=row.reason, **kept))
    db.session.flush()


def _today_codes() -> dict[str, str]:
    lines = successors()
    codes = dict(db.session.execute(select(Agency.id, Agency.code)).all()) if lines else {}
    return {codes[key]: codes[last(key, lines)] for key in lines}


def replay(wanted: Draft) -> Replay:
    """What the rows would have made of the reports of the last 30 days. Sealed ones are left out."""
    category_code = wanted.subjects[0].partition(":")[2]
    since = now() - REPLAYED
    lately = [Case.received_at >= since, Case.sealed.is_(False)]
    if not touched(category_code):
        lately.append(Case.category_code == category_code)
    grouped = select(Case.category_code, Case.area_id, func.count()).where(*lately).group_by(Case.category_code, Case.area_id)
    with as_system("routing replayed"):
        counts = {(category, area_id): count for category, area_id, count in db.session.execute(grouped)}
    old = city.routing_rules()
    new = [row for row in old if row.category != category_code] + _routes(category_code, wanted.after["rows"])
    moved = replayed(counts, _places(), old, new)
    ways = Counter[tuple[str, str]]()
    for part in moved:
        ways[part.before, part.after] += part.count
    names = {row.code: row.name for row in city.agencies()}
    named = [(names.get(before, "–"), names.get(after, "–"), count) for (before, after), count in ways.most_common()]
    return Replay(sum(counts.values()), sum(part.count for part in moved), named, _examples(moved, lately))


def _examples(moved: Sequence[Moved], lately: list[Any]) -> Sequence[str]:
    """References of some of the reports that would have gone elsewhere, the newest first; an administrator sees no more of a case."""
    areas = {part.area_id for part in moved}
    categories = {part.category for part in moved}
    inside = Case.area_id.in_([key for key in areas if key is not None])
    where = inside | Case.area_id.is_(None) if None in areas else inside
    found = select(Case.reference).where(*lately, Case.category_code.in_(categories), where).order_by(Case.received_at.desc())
    with as_system("routing replayed"):
        return [reference for reference in db.session.scalars(found.limit(EXAMPLES)) if reference]


def _places() -> Mapping[int | None, Place]:
    """Which committees stand in every area of the set in force, by the area's key."""
    units, day = city.current_units(), city.day_in_force()
    areas = {area.id: area for area in db.session.scalars(select(Area).where(Area.unit_set == units))}
    stand = select(Agency.area_id, Agency.code, Agency.kind, Agency.valid_to).where(Agency.unit_set == units, Agency.area_id.is_not(None))
    committees = {
        row.area_id: row.code
        for row in db.session.execute(stand)
        if row.kind in city.COMMITTEES and (row.valid_to is None or row.valid_to >= day)
    }
    lines = {key: area.successor_id for key, area in areas.items() if area.successor_id is not None}
    places: dict[int | None, Place] = {None: Place()}
    for key in areas:
        area = areas[last(key, lines)]
        district = area.id if area.kind is AreaKind.DISTRICT else area.district_area_id
        ward = committees.get(area.id) if area.kind is AreaKind.WARD else None
        places[key] = Place(area.name, ward, committees.get(district) if district else None)
    return places
