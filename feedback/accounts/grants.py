"""Who gives a role: two administrators, never one (security, control 11; OWASP ASVS 2.3.5).

Every role reads reports or hands out roles, so that there is one rule for all: one administrator proposes, another approves within a
week. So with name and address of an account that is there: who could change both alone could hand it to somebody else. Until then a new
account stays locked and an existing one keeps what it has. Only the command line makes accounts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload

from feedback.accounts import sessions
from feedback.accounts.doers import note, somebody_else
from feedback.accounts.models import Role, RoleGrant, User
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.text import clean

LIFE = timedelta(days=7)


def _waits(moment: datetime) -> ColumnElement[bool]:
    return and_(RoleGrant.approved.is_(None), RoleGrant.expires_at > moment)


@atomic
def propose(by: User, public_id: str, role: Role, agency_id: int, full_name: str = "", email: str = "") -> None:
    """Propose another role, agency, name or address for somebody else; an empty name or address stays as it is.

    Raises Invalid when he has all of them already, NotAllowed for oneself.
    """
    user = somebody_else(by, public_id)
    details = _details(user, full_name, email)
    if (user.role, user.agency_id) == (role, agency_id) and not details:
        raise Invalid(_("Tài khoản này đã có đúng vai trò, cơ quan, tên và địa chỉ đó."))
    ask(by, user, role, agency_id, full_name, email)


def ask(by: User, user: User, role: Role, agency_id: int, full_name: str = "", email: str = "") -> None:
    """A proposal in the caller's transaction, which holds the account's lock; it takes the place of one that waits."""
    replaced, details = withdraw(by, user), _details(user, full_name, email)
    # Whoever corrects a name must not open what was locked; whoever corrects it in an account that waits to be opened must.
    opens = not details or (user.role, user.agency_id) != (role, agency_id) or any(grant.opens for grant in replaced)
    given = {"role": role, "agency_id": agency_id, "opens": opens, **details}
    db.session.add(RoleGrant(user_id=user.id, asked_by_id=by.id, asked_at=now(), expires_at=now() + LIFE, **given))
    note("account.role_proposed", by, user, role=role.value, agency=agency_id, also=sorted(details))


def _details(user: User, full_name: str, email: str) -> dict[str, str]:
    """Name and address where they differ from the account's."""
    wanted = {"full_name": clean(full_name, 120), "email": email.strip()}
    return {name: value for name, value in wanted.items() if value and value != getattr(user, name)}


def withdraw(by: User, user: User) -> Sequence[RoleGrant]:
    """Refuse what is proposed for an account, in the caller's transaction; gives what was."""
    waiting = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id, _waits(now()))).all()
    for grant in waiting:
        _decide(by, user, grant, approve=False)
    return waiting


@atomic
def decide(by: User, grant_ids: Collection[str], *, approve: bool) -> int:
    """Approve or refuse proposals, all of them or none; gives their number.

    Raises NotAllowed for the approver's own proposals and for any about himself, Conflict for one that is decided or has expired.
    """
    wanted = RoleGrant.public_id.in_(grant_ids)
    # Everybody who changes an account or what is proposed for it locks the account first.
    concerned = select(User).where(User.id.in_(select(RoleGrant.user_id).where(wanted))).order_by(User.id).with_for_update()
    users = {user.id: user for user in db.session.scalars(concerned)}
    grants = list(db.session.scalars(select(RoleGrant).where(wanted).order_by(RoleGrant.id)))
    if not grants:
        raise NotFound
    for grant in grants:
        _decide(by, users[grant.user_id], grant, approve=approve)
    return len(grants)


def _decide(by: User, user: User, grant: RoleGrant, *, approve: bool) -> None:
    if grant.approved is not None or grant.expires_at <= now():
        raise Conflict(_("Đề nghị này đã được quyết định hoặc đã hết hạn. Xin tải lại danh sách."))
    if by.id == user.id:
        raise NotAllowed(_("Ông/Bà không thể quyết định về vai trò của chính mình; xin nhờ một quản trị viên khác."))
    if approve and by.id == grant.asked_by_id:
        raise NotAllowed(_("Người đề nghị không được tự duyệt; xin nhờ một quản trị viên khác."))
    grant.approved, grant.decided_by_id, grant.decided_at = approve, by.id, now()
    if approve:
        user.full_name, user.email = grant.full_name or user.full_name, grant.email or user.email
    if approve and grant.opens:
        user.role, user.agency_id, user.active = grant.role, grant.agency_id, True
        sessions.end_all(user)
    note("account.role_approved" if approve else "account.role_refused", by, user, role=grant.role.value, agency=grant.agency_id)


def is_open_to_one(user: User) -> bool:
    """Whether one administrator may open this locked account alone: nothing was proposed for it but what was approved."""
    mine = select(RoleGrant).where(RoleGrant.user_id == user.id, RoleGrant.opens)
    last = db.session.scalar(mine.order_by(RoleGrant.id.desc()).limit(1))
    return last is None or bool(last.approved)


def _shown(condition: ColumnElement[bool], newest_first: bool, size: int) -> list[RoleGrant]:
    people = joinedload(RoleGrant.user).joinedload(User.agency), joinedload(RoleGrant.asked_by), joinedload(RoleGrant.decided_by)
    order = RoleGrant.id.desc() if newest_first else RoleGrant.id.asc()
    query = select(RoleGrant).where(condition).options(*people, joinedload(RoleGrant.agency)).order_by(order).limit(size)
    return list(db.session.scalars(query))


def waiting(size: int = 100, among: Select[int | None] | None = None) -> list[RoleGrant]:
    """Proposals that can be decided, the oldest first, of all accounts or of some by their keys. One query."""
    wanted = _waits(now()) if among is None else and_(_waits(now()), RoleGrant.user_id.in_(among))
    return _shown(wanted, newest_first=False, size=size)


def past(size: int = 20) -> list[RoleGrant]:
    """Proposals approved, refused or expired, the newest first. One query."""
    return _shown(~_waits(now()), newest_first=True, size=size)


def waiting_for(users: Collection[User]) -> set[int]:
    """Keys of those of these accounts for which something is proposed. One query."""
    ids = [user.id for user in users]
    return set(db.session.scalars(select(RoleGrant.user_id).where(RoleGrant.user_id.in_(ids), _waits(now()))))


def can_be_decided() -> bool:
    """Whether there are two administrators at all. One query."""
    administrators = select(func.count()).select_from(User).where(User.role == Role.ADMINISTRATOR, User.active)
    return (db.session.scalar(administrators) or 0) > 1
