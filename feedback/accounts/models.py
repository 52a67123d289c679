"""Officers, what they sign in with, where they are signed in, and who gave them their roles."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.city.models import Agency
from feedback.codes import new_public_id
from feedback.db import Base, UtcDateTime, enum_column, now


class Role(StrEnum):
    """What an officer is there for; decides what he sees and what he may do."""

    FRONT_DESK = "front_desk"  # bộ phận tiếp nhận, tổng đài 1022
    HANDLER = "handler"  # chuyên viên xử lý
    AGENCY_HEAD = "agency_head"  # thủ trưởng cơ quan
    INSPECTORATE = "inspectorate"  # thanh tra
    LEADERSHIP = "leadership"  # lãnh đạo Thành phố
    ADMINISTRATOR = "administrator"  # quản trị hệ thống


#: Roles that read what others may not, or hand out roles: they sign in with a second factor (security, control 17).
TRUSTED_ROLES = frozenset({Role.INSPECTORATE, Role.LEADERSHIP, Role.ADMINISTRATOR})


class Device(StrEnum):
    """What somebody signed in with, as coarse as helps to recognise it; what the browser says of itself is not kept."""

    PHONE = "phone"
    COMPUTER = "computer"


def new_epoch() -> str:
    """A fresh session epoch: every older session of the account stops working (security, control 13)."""
    return secrets.token_urlsafe(12)


class User(UserMixin, Base):
    """One officer's account, bound to one agency."""

    __tablename__ = "staff_user"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    sign_in_name: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[str] = mapped_column(String(24), default=new_epoch)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: True: another system acts by this account (feedback/partners); it never opens, and no administrator's page shows it.
    is_service: Mapped[bool] = mapped_column(default=False, server_default=sql_text("false"))

    #: Loaded with the session's officer; loaded anew when an act has committed or failed and its page is shown all the same.
    agency: Mapped[Agency] = relationship(lazy="select")
    second_factor: Mapped[SecondFactor | None] = relationship(lazy="select", back_populates="user")

    __table_args__ = (
        CheckConstraint("sign_in_name = lower(sign_in_name)", name="sign_in_name_lower"),
        CheckConstraint("NOT (is_service AND active)", name="service_never_opens"),
    )

    @property
    def is_active(self) -> bool:
        """What Flask-Login asks before it lets a session in."""
        return self.active


class SecondFactor(Base):
    """The secret shared with an officer's authenticator app; without a row the account has no second factor."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    #: 160 bits under a key from the environment, bound to the account.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: The half minute whose code was used last (RFC 6238): that one and older ones are worth nothing any more.
    last_step: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    user: Mapped[User] = relationship(back_populates="second_factor")

    def place(self) -> str:
        """What the sealed secret is bound to."""
        return second_factor_place(self.user.public_id)


def second_factor_place(public_id: str, place: str = "secret") -> str:
    """What the secret of an account is bound to, at one of its places."""
    return f"second_factor|{public_id}|{place}"


class RecoveryCode(Base):
    """A code that stands in for the authenticator app once; gone when used."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    #: 120 random bits are enough for a keyed hash (OWASP ASVS 6.5.2).
    code_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)


class StaffSession(Base):
    """One browser in which an officer is signed in. Good as long as its epoch is the account's and its time is not over."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    #: Of the random key in the cookie: whoever reads this table cannot make a cookie from it.
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    #: The account's epoch when the password was checked: a session begun while the password changed is born dead.
    epoch: Mapped[str] = mapped_column(String(24))
    device: Mapped[Device] = mapped_column(enum_column(Device))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The last use, to the minute.
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoleGrant(Base):
    """A role, and with it an account, or another name or address: proposed by one administrator, given by another one or not at all
    (security, control 11).
    """

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    #: What the account shall be called and written to; empty: as it is.
    full_name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    #: False: only name or address change, so that sessions go on and a locked account stays locked.
    opens: Mapped[bool] = mapped_column(default=True, server_default=sql_text("true"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Undecided until then it can no longer be approved.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved: Mapped[bool | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="raise_on_sql")
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("(approved IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("approved IS NOT TRUE OR (decided_by_id <> asked_by_id AND decided_by_id <> user_id)", name="two_people"),
    )


class SignInAttempt(Base):
    """A failed sign-in, by keyed hashes of the name and of the source; kept for the throttle's window only."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_hash: Mapped[bytes] = mapped_column(LargeBinary)
    source_hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_sign_in_attempt_account", "account_hash", "at"), Index("ix_sign_in_attempt_source", "source_hash", "at"))
