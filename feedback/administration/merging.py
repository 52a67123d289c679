"""Agencies that become part of another from a day on, with their areas, officers, cases and everything that points to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from feedback.accounts.models import RoleGrant, User
from feedback.acting import as_system
from feedback.administration import agencies
from feedback.administration.changes import Draft, When, applies, check_map, check_seen, mark_of, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.administration.succession import standing_with, successors
from feedback.administration.successors import joined
from feedback.audit.services import record
from feedback.cases.access import SYSTEM, Actor
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.city.kinds import AgencyKind, AreaKind
from feedback.city.models import Agency, Area, RoutingRule
from feedback.city.rows import CODE
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotAllowed
from feedback.inbox.models import SavedFilter
from feedback.localtime import local_day
from feedback.text import clean, fold

COMMITTEES = (AgencyKind.WARD_COMMITTEE, AgencyKind.DISTRICT_COMMITTEE)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Merge:
    """What is filled in: which agencies end, and either the agency they become part of or a new one."""

    old: tuple[str, ...]
    into: str = ""
    code: str = ""
    name: str = ""
    short_name: str = ""
    #: Code and name of the new area, when committees of wards become a new one.
    area_code: str = ""
    area_name: str = ""


@dataclass(frozen=True)
class Moves:
    """What a merge moves, as it would be now. Sealed reports are never with these agencies and are not counted."""

    held: int
    incoming: int
    helping: int
    proposed: int
    officers: int
    rules: int
    filters: int
    beneath: int
    areas: tuple[str, ...]


def stand(merge: Merge) -> dict[str, Any]:
    """How what is merged stands, for the form's mark. Raises NotFound for a code there is none of."""
    return {code: agencies.values(agencies.agency_of(code)) for code in (*merge.old, *((merge.into,) if merge.into else ()))}


def mark(merge: Merge) -> str:
    """The same, short."""
    return mark_of(stand(merge))


def draft(merge: Merge) -> Draft:
    """The merge as a change; it always takes two administrators, for it moves officers. Raises NotFound, Invalid."""
    check_map()
    old = [agencies.agency_of(code) for code in merge.old]
    into = agencies.agency_of(merge.into) if merge.into else None
    _check_bodies(old, into)
    first = into or old[0]
    new = None if into else _new(merge, old)
    area = _area(merge, old, into)
    after = {"old": [row.id for row in old], "into": into.id if into else None, "new": new, "area": area}
    subjects = [f"agency:{row.id}" for row in (*old, *((into,) if into else ()))]
    subjects += [f"area:{row.area_id}" for row in (*old, first) if area and row.area_id]
    subjects += [f"agency-code:{merge.code}"] if new else []
    name = _("%(old)s → %(new)s", old=", ".join(row.name for row in old), new=into.name if into else merge.name)
    return Draft(ChangeKind.AGENCY_MERGE, tuple(dict.fromkeys(subjects)), name, {}, after, takes_two=True)


@atomic
def propose(actor: Actor, merge: Merge, when: When) -> Change:
    """Propose a merge; another administrator approves it. Raises NotFound, Invalid, Conflict, NotAllowed for one's own agency."""
    one_at_a_time()
    check_seen(stand(merge), when.seen)
    wanted = draft(merge)
    if actor.agency_id in wanted.after["old"]:
        raise NotAllowed(_("Thay đổi này chuyển chính tài khoản của Ông/Bà; xin nhờ một quản trị viên của cơ quan khác đề nghị."))
    return plan(actor, wanted, when)


def _check_bodies(old: Sequence[Agency], into: Agency | None) -> None:
    if not old:
        raise Invalid(_("Xin chọn ít nhất một cơ quan sẽ thôi hoạt động."))
    everybody = (*old, *((into,) if into else ()))
    if any(row.valid_to is not None for row in everybody):
        raise Invalid(_("Chỉ nhập được các cơ quan đang hoạt động."))
    if any(row.is_desk or row.is_triage or row.kind is AgencyKind.CITY_COMMITTEE for row in everybody):
        raise Invalid(_("Bộ phận tiếp nhận, Thanh tra Thành phố và UBND Thành phố không nhập vào cơ quan khác và không nhận cơ quan khác."))
    if into is not None and into.id in {row.id for row in old}:
        raise Invalid(_("Một cơ quan không thể nhập vào chính mình."))
    kinds = {row.kind if row.kind in COMMITTEES else None for row in everybody}
    if len(kinds) > 1:
        raise Invalid(_("UBND chỉ nhập được với UBND cùng cấp, vì địa bàn của chúng nhập theo."))


def _new(merge: Merge, old: Sequence[Agency]) -> dict[str, Any]:
    """The agency to be founded: like the first of those that end, answering for what all of them answer for."""
    fields = tuple(dict.fromkeys(code for row in old for code in row.fields))
    superior = next((row.superior_id for row in old if row.superior_id not in {other.id for other in old}), None)
    agencies.check_code(merge.code)
    stored = agencies.wanted(merge.name, merge.short_name, fields, superior, "")
    agencies.check_names(stored)
    return {**stored, "code": merge.code, "kind": old[0].kind.value, "level": old[0].level.value}


def _area(merge: Merge, old: Sequence[Agency], into: Agency | None) -> dict[str, Any] | None:
    """Code and name of the area that committees' areas become; the name stays where an agency takes over."""
    if old[0].kind not in COMMITTEES:
        return None
    if into is not None:
        own = db.session.get_one(Area, into.area_id)
        return {"code": own.code, "name": own.name}
    code, name = merge.area_code, clean(merge.area_name, 120)
    if not name or not CODE.fullmatch(code) or len(code) > 10:
        raise Invalid(_("Xin nhập mã và tên của địa bàn mới, ví dụ: 26734, Phường Sài Gòn."))
    own_codes = select(Area.code).where(Area.id.in_([row.area_id for row in old]))
    taken = select(Area.id).where(Area.unit_set == city.current_units(), Area.code == code, Area.code.not_in(own_codes))
    if db.session.scalar(taken.limit(1)) is not None:
        raise Invalid(_("Mã địa bàn %(code)s là của địa bàn khác. Xin kiểm tra lại.", code=code))
    return {"code": code, "name": name}


def moves(change: Draft | Change) -> Moves:
    """What a merge would move now."""
    old: list[int] = change.after["old"]
    with as_system("what a merge moves"):
        ways = [db.session.scalar(select(func.count()).select_from(Case).where(way)) or 0 for way in standing_with(old)]
    codes = select(Agency.code).where(Agency.id.in_(old))
    counted = [
        select(func.count()).select_from(User).where(User.agency_id.in_(old)),
        select(func.count()).select_from(RoutingRule).where(_pointing(codes)),
        select(func.count()).select_from(SavedFilter).where(SavedFilter.agency_id.in_(old)),
        select(func.count()).select_from(Agency).where(Agency.superior_id.in_(old), Agency.valid_to.is_(None)),
    ]
    held, incoming, helping, proposed = ways
    officers, rules, filters, beneath = (db.session.scalar(query) or 0 for query in counted)
    areas = select(Area.name).join(Agency, Agency.area_id == Area.id).where(Agency.id.in_(old))
    named = tuple(db.session.scalars(areas)) if change.after["area"] else ()
    return Moves(held, incoming, helping, proposed, officers, rules, filters, beneath, named)


def _pointing(codes: Any) -> Any:
    still = RoutingRule.valid_to.is_(None) | (RoutingRule.valid_to >= local_day(now()))
    return (RoutingRule.unit_set == city.current_units()) & RoutingRule.target.in_(codes) & still


@applies(ChangeKind.AGENCY_MERGE)
def _apply(change: Change) -> None:
    """Everything but the cases, which follow (succession.py). Whoever is sending a case to one of the agencies is waited for."""
    plan, day = change.after, local_day(now())
    keys = [*plan["old"], *([plan["into"]] if plan["into"] else [])]
    held = select(Agency).where(Agency.id.in_(keys)).order_by(Agency.id).with_for_update(key_share=True)
    rows = {row.id: row for row in db.session.scalars(held.execution_options(populate_existing=True))}
    old, into = [rows[key] for key in plan["old"]], rows.get(plan["into"])
    _check_bodies(old, into)
    if any(row.valid_from >= day for row in old):
        raise Invalid(_("Cơ quan mới bắt đầu hoạt động hôm nay; xin chọn một ngày sau đó."))
    area_id = _join_areas(old, into, plan["area"], day) if plan["area"] else None
    if into is None:
        agencies.check_code(plan["new"]["code"])
        into = agencies.make(plan["new"], area_id)
    elif area_id is not None:
        into.area_id = area_id
    joined(plan["old"], into.id, successors())
    if into.superior_id in plan["old"]:
        into.superior_id = next((row.superior_id for row in old if row.superior_id not in (into.id, *plan["old"])), None)
    into.field = " ".join(dict.fromkeys(code for row in (into, *old) for code in row.fields))
    for row in old:
        row.valid_to, row.successor_id = day - ONE_DAY, into.id
        _redirect_rules(row, into, day)
    db.session.flush()
    beneath = update(Agency).where(Agency.superior_id.in_(plan["old"]), Agency.id != into.id, Agency.valid_to.is_(None))
    db.session.execute(beneath.values(superior_id=into.id))
    _move_people(plan["old"], into.id)


def _join_areas(old: Sequence[Agency], into: Agency | None, named: dict[str, Any], day: date) -> int:
    """One area from today on in the place of several; cases keep the one they were filed in."""
    keys = [row.area_id for row in (*((into,) if into else ()), *old)]
    areas = {area.id: area for area in db.session.scalars(select(Area).where(Area.id.in_(keys)))}
    parts = [areas[key] for key in dict.fromkeys(keys) if key is not None]
    first, districts = parts[0], {part.district_area_id for part in parts}
    if any(part.valid_from >= day for part in parts):
        raise Invalid(_("Địa bàn mới có hiệu lực hôm nay; xin chọn một ngày sau đó."))
    together = Area(
        unit_set=first.unit_set,
        code=named["code"],
        name=named["name"],
        name_folded=fold(named["name"]),
        kind=first.kind,
        kind_label=first.kind_label,
        parent_id=first.parent_id,
        district_area_id=first.district_area_id if first.kind is AreaKind.WARD else None,
        approximate=len(districts) > 1 or any(part.approximate for part in parts),
        population=_sum([part.population for part in parts]),
        area_km2=_sum([part.area_km2 for part in parts]),
        latitude=first.latitude,
        longitude=first.longitude,
        valid_from=day,
    )
    db.session.add(together)
    db.session.flush()
    for part in parts:
        part.valid_to, part.successor_id = day - ONE_DAY, together.id
    return together.id


def _sum(numbers: Sequence[Any]) -> Any:
    return None if any(number is None for number in numbers) else sum(numbers)


def _redirect_rules(old: Agency, into: Agency, day: date) -> None:
    """Rows of the routing table that point to an agency end, and begin anew with its successor."""
    for rule in db.session.scalars(select(RoutingRule).where(_pointing([old.code]))):
        if rule.valid_from >= day:
            rule.target = into.code
            continue
        kept = {name: getattr(rule, name) for name in ("unit_set", "category_code", "level", "position", "valid_to")}
        reason = rule.reason_vi.replace(old.name, into.name)[:300]
        db.session.add(RoutingRule(**kept, target=into.code, reason_vi=reason, valid_from=day))
        rule.valid_to = day - ONE_DAY


def _move_people(old: Sequence[int], into: int) -> None:
    """Officers with all they have kept go over; each finds a row of it in his record. Sessions go on: the role is the same."""
    for user in db.session.scalars(select(User).where(User.agency_id.in_(old)).order_by(User.id).with_for_update()):
        record("account.moved", actor=SYSTEM, subject_kind="user", subject_id=user.public_id, before=user.agency_id, agency=into)
        user.agency_id = into
    db.session.flush()
    waiting = update(RoleGrant).where(RoleGrant.agency_id.in_(old), RoleGrant.approved.is_(None))
    db.session.execute(waiting.values(agency_id=into))
    db.session.execute(update(SavedFilter).where(SavedFilter.agency_id.in_(old)).values(agency_id=into))
