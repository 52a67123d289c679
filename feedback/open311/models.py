"""Keys of other systems, and which case came in under which of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.db import Base, UtcDateTime


class KeyState(StrEnum):
    """How a key stands; derived from who decided what about it."""

    PROPOSED = "proposed"  # one administrator wants it; another one has to approve
    ACTIVE = "active"
    REFUSED = "refused"  # ended before anybody approved it
    ENDED = "ended"


class ApiKey(Base):
    """A system that may hand in reports. Its key is kept as a hash only and shown once, when it is proposed."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    #: Whose system it is, as the administrator named it.
    name: Mapped[str] = mapped_column(String(120))
    key_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    #: Until then the key opens nothing. Nobody approved those from before it took two: they are good from the instant they were made.
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: From then on the key opens nothing.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))

    made_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[made_by_id])
    approved_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[approved_by_id])
    ended_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[ended_by_id])

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("ended_at >= made_at", name="ended_after"),
        # Under it anybody's words come in as those of a system the city knows: two administrators, never one.
        CheckConstraint("approved_by_id <> made_by_id", name="two_people"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL) OR coalesce(approved_at = made_at, false)", name="approved"),
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended_by"),
    )

    @property
    def state(self) -> KeyState:
        """How it stands."""
        if self.ended_at is not None:
            return KeyState.REFUSED if self.approved_at is None else KeyState.ENDED
        return KeyState.PROPOSED if self.approved_at is None else KeyState.ACTIVE


class ApiRequest(Base):
    """A report that another system handed in. Its token tells that system, and nobody else, which request it became."""

    __tablename__ = "api_request"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), index=True)
    token_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
