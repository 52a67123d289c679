"""Periods, what became of each case's keeping, holds, and requests of senders."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column
from feedback.retention.periods import LONGEST, SHORTEST, Kind
from feedback.sealing import Sealable, sealable


class RetentionPeriod(Base):
    """How long an ended case of one kind is kept whole, and why."""

    __tablename__ = "retention_period"

    code: Mapped[Kind] = mapped_column(enum_column(Kind), primary_key=True)
    months: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(f"months BETWEEN {SHORTEST} AND {LONGEST}", name="months"),
        CheckConstraint("reason <> ''", name="reason"),
    )


class Keeping(Base):
    """What has been said and done about the end of one case's keeping; no row while its day is far."""

    __tablename__ = "case_keeping"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    first_warned_on: Mapped[date | None]
    last_warned_on: Mapped[date | None]
    #: Since this day nothing is left of the case but what figures need.
    anonymised_on: Mapped[date | None]

    __table_args__ = (Index("ix_case_keeping_warned", "case_id", postgresql_where="first_warned_on IS NOT NULL AND anonymised_on IS NULL"),)


class Hold(Sealable, Base):
    """A case that must not be anonymised as long as this stands: a court, an inspection, a dispute (legal hold)."""

    __tablename__ = "case_hold"
    WORDS: ClassVar = {"reason": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    plain_reason: Mapped[str] = mapped_column("reason", Text)
    reason = sealable("reason")
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))

    __table_args__ = (
        CheckConstraint("reason <> '' OR words_sealed IS NOT NULL", name="reason"),
        CheckConstraint("(lifted_at IS NOT NULL) = (lifted_by_id IS NOT NULL)", name="lifted_by_somebody"),
        CheckConstraint("lifted_at >= placed_at", name="in_order"),
        Index("uq_case_hold_one_open", "case_id", unique=True, postgresql_where="lifted_at IS NULL"),
    )


class DeletionState(StrEnum):
    """What the office says to a sender who asks that his data go."""

    ASKED = "asked"
    #: The data go as soon as the case has ended.
    GRANTED = "granted"
    DECLINED = "declined"


class Deletion(Sealable, Base):
    """A sender's request that his personal data be deleted; the newest of a case counts."""

    __tablename__ = "deletion_request"
    WORDS: ClassVar = {"plea": "", "answer": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    state: Mapped[DeletionState] = mapped_column(enum_column(DeletionState), default=DeletionState.ASKED)
    #: The day only, as with everything a sender does (security D9).
    asked_on: Mapped[date]
    #: Why he asks, if he says so.
    plain_plea: Mapped[str] = mapped_column("plea", Text, default="")
    plea = sealable("plea")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: What the sender is told, in the office's words.
    plain_answer: Mapped[str] = mapped_column("answer", Text, default="")
    answer = sealable("answer")

    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_instant"),
        CheckConstraint("state <> 'declined' OR answer <> '' OR words_sealed IS NOT NULL", name="declined_has_words"),
        Index("uq_deletion_request_one_asked", "case_id", unique=True, postgresql_where="state = 'asked'"),
    )
