"""The officers of the demo city: a front desk, handlers and a head in every agency, inspectors, leadership, administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from random import Random

from sqlalchemy import select

from analytics.demo.acts import Cast
from analytics.demo.names import full_name
from analytics.demo.rhythm import temper_of
from analytics.demo.rows import account
from feedback.accounts.models import Role, User
from feedback.accounts.passwords import hash_password
from feedback.accounts.services import NewUser
from feedback.cases.access import Actor
from feedback.city import queries as city
from feedback.city.kinds import AgencyKind, Level
from feedback.city.models import Agency
from feedback.db import db

#: Known to everybody who reads this file or the screen: demo accounts exist in demo mode only.
PASSWORD = "ca-phe-sua-da"  # noqa: S105 — see above
CLERKS, INSPECTORS, LEADERS, ADMINISTRATORS = 4, 3, 2, 2
#: A ward committee is small; a department has a few more people.
HANDLERS = {Level.WARD: 2, Level.DISTRICT: 3, Level.CITY: 3}


class NameTaken(Exception):
    """An account of this name exists already, with a password that is not ours to know."""


def name_of(role: Role, number: int = 1, agency_code: str = "") -> str:
    """Sign-in name of a demo officer: tiepnhan1, chuyenvien2.so-xd, thutruong.so-xd, …"""
    match role:
        case Role.FRONT_DESK:
            return f"tiepnhan{number}"
        case Role.HANDLER:
            return f"chuyenvien{number}.{agency_code.lower()}"
        case Role.AGENCY_HEAD:
            return f"thutruong.{agency_code.lower()}"
        case Role.INSPECTORATE:
            return f"thanhtra{number}"
        case Role.LEADERSHIP:
            return f"lanhdao{number}"
        case Role.ADMINISTRATOR:
            return f"quantri{number}"


def hire(rng: Random, seed: int, at: datetime) -> Cast:
    """Make the accounts, as of `at`, in the caller's transaction, and bind them to their parts.

    One hash serves them all, because they share one published password. Raises NameTaken.
    """
    agencies = {agency.id: agency for agency in city.agencies()}
    wanted = [
        NewUser(name_of(role, number, agency.code), full_name(rng), role, agency.id)
        for agency in agencies.values()
        for role, count in _posts(agency).items()
        for number in range(1, count + 1)
    ]
    taken = db.session.scalars(select(User.sign_in_name).where(User.sign_in_name.in_([new.sign_in_name for new in wanted]))).first()
    if taken is not None:
        raise NameTaken(taken)
    shared = hash_password(PASSWORD)
    users, entries = zip(*(account(new, shared, at) for new in wanted), strict=True)
    db.session.add_all(users)
    db.session.flush()
    db.session.add_all(entries)
    db.session.flush()
    return _cast(users, {key: agency.code for key, agency in agencies.items()}, seed)


def _posts(agency: Agency) -> Mapping[Role, int]:
    """How many officers of each role an agency has."""
    if agency.is_triage:
        return {Role.INSPECTORATE: INSPECTORS}
    posts = {Role.HANDLER: HANDLERS[agency.level], Role.AGENCY_HEAD: 1}
    if agency.is_desk:
        posts |= {Role.FRONT_DESK: CLERKS, Role.ADMINISTRATOR: ADMINISTRATORS}
    if agency.kind is AgencyKind.CITY_COMMITTEE:
        posts |= {Role.LEADERSHIP: LEADERS}
    return posts


def _cast(users: tuple[User, ...], codes: Mapping[int, str], seed: int) -> Cast:
    def of(role: Role) -> Iterator[Actor]:
        return (Actor.of(user) for user in users if user.role is role)

    handlers: dict[int, list[Actor]] = {}
    for actor in of(Role.HANDLER):
        handlers.setdefault(actor.agency_id or 0, []).append(actor)
    return Cast(
        desk=tuple(of(Role.FRONT_DESK)),
        inspectors=tuple(of(Role.INSPECTORATE)),
        handlers=handlers,
        heads={actor.agency_id or 0: actor for actor in of(Role.AGENCY_HEAD)},
        tempers={key: temper_of(code, seed) for key, code in codes.items()},
    )
