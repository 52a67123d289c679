"""Access tokens of officers, and what a POST answered, kept for a day."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.db import Base, UtcDateTime

NAME_LIMIT = 80


class Scope(StrEnum):
    """What a token is good for."""

    READ = "cases:read"
    ACT = "cases:act"


class AccessToken(Base):
    """A program that works for one officer. Good as long as its epoch is the account's, until it expires or is ended."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    #: What it is used for, in the officer's words.
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    #: 120 random bits are enough for a keyed hash (OWASP ASVS 6.5.2).
    token_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    #: The account's epoch when it was made: whatever ends all sessions of the account ends its tokens too.
    epoch: Mapped[str] = mapped_column(String(24))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The last use, to the minute.
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("expires_at > made_at AND expires_at <= made_at + interval '366 days'", name="a_year_at_most"),
        CheckConstraint("ended_at >= made_at", name="ended_after"),
        CheckConstraint("cardinality(scopes) > 0 AND scopes <@ '{cases:read,cases:act}'::varchar[]", name="scopes"),
    )


class ApiAnswer(Base):
    """What a POST under an Idempotency-Key answered. A row without a status is a POST that is being worked on."""

    __tablename__ = "api_answer"

    #: Of caller and key, and of address and body: neither can be read here.
    key_hmac: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_hmac: Mapped[bytes] = mapped_column(LargeBinary)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    #: The body of the answer, which may hold a tracking code, under a key from the environment.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("(status IS NULL) = (sealed IS NULL)", name="whole"),)
