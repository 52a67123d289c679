"""New agencies, and agencies that are called, ordered or answer for something else from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.administration.changes import Draft, Values, When, applies, check_map, check_seen, differing, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.cases.access import Actor
from feedback.cases.accused import beneath
from feedback.city import queries as city
from feedback.city.kinds import AgencyKind, Level
from feedback.city.models import Agency
from feedback.city.rows import CODE
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.localtime import local_day
from feedback.text import clean, fold

#: What an administrator may found: a committee comes and goes with its area, so by merging.
FOUNDED = (AgencyKind.DEPARTMENT, AgencyKind.CENTER, AgencyKind.POLICE, AgencyKind.INSPECTORATE, AgencyKind.OFFICE)


@dataclass(frozen=True)
class NewAgency:
    """What is filled in for a new agency."""

    code: str
    name: str
    short_name: str
    kind: AgencyKind
    level: Level
    superior_id: int | None
    field: tuple[str, ...] = ()
    email: str = ""


def agency_of(code: str) -> Agency:
    """An agency of the set in force, ended or not. Raises NotFound."""
    found = db.session.scalar(select(Agency).where(Agency.unit_set == city.current_units(), Agency.code == code))
    if found is None:
        raise NotFound
    return found


def values(agency: Agency) -> Values:
    """What of an agency can be changed, as it stands."""
    columns = ("name", "short_name", "field", "superior_id", "email")
    return {name: getattr(agency, name) for name in columns} | {"ended": agency.valid_to is not None}


def wanted(name: str, short_name: str, field: tuple[str, ...], superior_id: int | None, email: str) -> Values:
    """The values as a form gives them."""
    return {
        "name": clean(name, 160),
        "short_name": clean(short_name, 80),
        "field": " ".join(field),
        "superior_id": superior_id,
        "email": email.strip() or None,
    }


def draft_edit(code: str, new: Values) -> Draft:
    """The change of an agency. Raises NotFound, Invalid."""
    check_map()
    agency = agency_of(code)
    if agency.valid_to is not None:
        raise Invalid(_("Cơ quan này đã thôi hoạt động; không thay đổi được nữa."))
    before, after = differing(values(agency), new)
    check_names(new, but=agency.id)
    _check_superior(new["superior_id"], agency.id)
    return Draft(ChangeKind.AGENCY_EDIT, (f"agency:{agency.id}",), agency.name, before, after, takes_two="superior_id" in after)


@atomic
def edit(actor: Actor, code: str, new: Values, when: When) -> Change:
    """Plan the change of an agency. Raises NotFound, Invalid, Conflict when somebody else has changed it meanwhile."""
    one_at_a_time()
    check_seen(values(agency_of(code)), when.seen)
    return plan(actor, draft_edit(code, new), when)


def draft_new(new: NewAgency) -> Draft:
    """A new agency. Raises Invalid."""
    stored = wanted(new.name, new.short_name, new.field, new.superior_id, new.email)
    check_code(new.code)
    check_names(stored)
    _check_superior(new.superior_id, None)
    after = {**stored, "code": new.code, "kind": new.kind.value, "level": new.level.value}
    return Draft(ChangeKind.AGENCY_NEW, (f"agency-code:{new.code}",), stored["name"], {}, after)


@atomic
def found(actor: Actor, new: NewAgency, when: When) -> Change:
    """Plan a new agency. Raises Invalid, Conflict."""
    one_at_a_time()
    return plan(actor, draft_new(new), when)


def check_code(code: str) -> None:
    """Raises Invalid for a code that is none, or that some agency has or had."""
    if not CODE.fullmatch(code) or len(code) > 30:
        raise Invalid(_("Mã cơ quan chỉ gồm chữ in hoa không dấu, số và dấu gạch nối, ví dụ: SO-XD."))
    if db.session.scalar(select(Agency.id).where(Agency.unit_set == city.current_units(), Agency.code == code)) is not None:
        raise Invalid(_("Mã %(code)s đã được dùng. Xin chọn mã khác.", code=code))


def check_names(new: Mapping[str, Any], but: int | None = None) -> None:
    """Raises Invalid without names, for a name another agency in force has, and for fields that do not exist."""
    if not new["name"] or not new["short_name"]:
        raise Invalid(_("Xin nhập tên và tên ngắn của cơ quan."))
    if fold(new["name"]) in {fold(row.name) for row in city.agencies() if row.id != but}:
        raise Invalid(_("Đã có một cơ quan đang hoạt động mang tên này."))
    if set(new["field"].split()) - {row.code for row in city.categories()}:
        raise Invalid(_("Xin chọn lĩnh vực trong danh sách."))


def _check_superior(superior_id: int | None, own: int | None) -> None:
    superiors = {row.id: row.superior_id for row in city.agencies()}
    if superior_id is None:
        return
    if superior_id not in superiors:
        raise Invalid(_("Cơ quan cấp trên phải là một cơ quan đang hoạt động."))
    if own is not None and superior_id in beneath(own, superiors):
        raise Invalid(_("Một cơ quan không thể ở dưới chính mình hoặc dưới cơ quan trực thuộc mình."))


@applies(ChangeKind.AGENCY_EDIT)
def _apply_edit(change: Change) -> None:
    key = int(change.subjects[0].partition(":")[2])
    agency = db.session.get_one(Agency, key, with_for_update={"key_share": True}, populate_existing=True)
    if agency.valid_to is not None:
        raise Invalid(_("Cơ quan này đã thôi hoạt động; không thay đổi được nữa."))
    new = {**values(agency), **change.after}
    check_names(new, but=agency.id)
    _check_superior(new["superior_id"], agency.id)
    for name, value in change.after.items():
        setattr(agency, name, value)
    agency.name_folded = fold(agency.name)
    db.session.flush()


@applies(ChangeKind.AGENCY_NEW)
def _apply_new(change: Change) -> None:
    check_code(change.after["code"])
    check_names(change.after)
    _check_superior(change.after["superior_id"], None)
    make(change.after)


def make(given: Mapping[str, Any], area_id: int | None = None) -> Agency:
    """A new agency from today on, in the caller's transaction."""
    agency = Agency(
        **{**given, "kind": AgencyKind(given["kind"]), "level": Level(given["level"])},
        unit_set=city.current_units(),
        name_folded=fold(given["name"]),
        area_id=area_id,
        valid_from=local_day(now()),
    )
    db.session.add(agency)
    db.session.flush()
    return agency
