"""Partner systems, the messages to them, and the ids of those that came from them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.cases.sealed import KEYS
from feedback.city.models import Agency
from feedback.codes import new_public_id
from feedback.db import Base, UtcDateTime, enum_column
from feedback.partners.rules import Kind

NAME_LIMIT, ADDRESS_LIMIT = 120, 500


class SystemState(StrEnum):
    """Whether a partner system is spoken with."""

    PROPOSED = "proposed"  # one administrator wants it; another one has to approve
    ACTIVE = "active"
    PAUSED = "paused"  # nothing goes out, messages wait; nothing is taken in
    ENDED = "ended"  # for good


class DeliveryState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class PartnerSystem(Base):
    """A system that belongs to one agency. It acts through an account of its own that nobody can sign in to."""

    __tablename__ = "partner_system"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), unique=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_LIMIT))
    #: Values of `Kind` that it wants to hear of.
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    state: Mapped[SystemState] = mapped_column(enum_column(SystemState), default=SystemState.PROPOSED)
    #: 256 bits under a key from the environment, bound to this row.
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: The one before, good until `older_until`, so that the other side can change over without losing a message.
    older_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    older_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: Nothing is tried before: it did not answer a moment ago, and the worker has others to serve.
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When administrators were last told that it cannot be reached.
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")
    account: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[account_id])

    __table_args__ = (
        CheckConstraint("name <> '' AND address <> ''", name="named"),
        CheckConstraint("(older_sealed IS NULL) = (older_until IS NULL)", name="older_has_end"),
        # It reads reports and acts on them, as an officer does: two administrators, never one.
        CheckConstraint("state IN ('proposed', 'ended') OR approved_by_id IS NOT NULL", name="approved"),
        CheckConstraint("approved_by_id <> made_by_id", name="two_people"),
    )

    def place(self) -> str:
        """What both sealed secrets are bound to."""
        return f"partner_system|{self.public_id}|secret"


KEYS.extend([(PartnerSystem, PartnerSystem.secret_sealed), (PartnerSystem, PartnerSystem.older_sealed)])


class Delivery(Base):
    """One message to a partner system. It holds what happened, never a word of the case: those are read when it is sent."""

    __tablename__ = "partner_delivery"

    #: Grows with every message, so that it also says which of two about one case is the later.
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    #: `webhook-id`: the same on every try.
    message_id: Mapped[str] = mapped_column(String(24), unique=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("partner_system.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState), default=DeliveryState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    #: Not tried before.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What the last try came to: a status, or a `Fault`. Nothing of what the other side wrote, which may quote a case.
    outcome: Mapped[str] = mapped_column(String(20), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(case_id IS NULL) = (kind = 'test')", name="about_a_case"),
        CheckConstraint("(ended_at IS NULL) = (state = 'waiting')", name="ended_has_instant"),
        Index("ix_partner_delivery_system", "system_id", "id"),
        Index("ix_partner_delivery_waiting", "system_id", "case_id", "id", postgresql_where="state = 'waiting'"),
    )


class Incoming(Base):
    """A message from a partner system that was rightly signed: its id works once."""

    __tablename__ = "partner_incoming"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("partner_system.id"))
    message_id: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(32))
    #: Whether it was done; what was refused changed nothing.
    done: Mapped[bool]

    __table_args__ = (UniqueConstraint("system_id", "message_id"),)
