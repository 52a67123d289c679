"""Officers and their attempts to sign in."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String
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


def new_epoch() -> str:
    """A fresh session epoch: every older cookie of the account stops working (security, control 13)."""
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

    #: Loaded with the session's officer; loaded anew when an act has committed or failed and its page is shown all the same.
    agency: Mapped[Agency] = relationship(lazy="select")

    __table_args__ = (CheckConstraint("sign_in_name = lower(sign_in_name)", name="sign_in_name_lower"),)

    @property
    def is_active(self) -> bool:
        """What Flask-Login asks before it lets a session in."""
        return self.active

    def get_id(self) -> str:
        """What the session cookie holds: the account and its epoch, so that a copied cookie dies with the epoch."""
        return f"{self.public_id}.{self.session_epoch}"


class SignInAttempt(Base):
    """A failed sign-in, by keyed hashes of the name and of the source; kept for the throttle's window only."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_hash: Mapped[bytes] = mapped_column(LargeBinary)
    source_hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_sign_in_attempt_account", "account_hash", "at"), Index("ix_sign_in_attempt_source", "source_hash", "at"))
