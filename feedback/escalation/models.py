"""The ladder as a table the city can edit, and which of its steps have been taken for which case."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column

#: Working days a step may lie before and after the due day.
EARLIEST, LATEST = -30, 60


class Rung(StrEnum):
    """Whom a step of the ladder tells."""

    HANDLER = "handler"  # người xử lý
    HEAD = "head"  # thủ trưởng cơ quan
    SUPERIOR = "superior"  # thủ trưởng cơ quan cấp trên
    LEADERSHIP = "leadership"  # lãnh đạo Thành phố


class EscalationStep(Base):
    """So many working days before (negative) or after the due day, this rung is told."""

    __tablename__ = "escalation_step"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    working_days: Mapped[int]
    rung: Mapped[Rung] = mapped_column(enum_column(Rung))
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("working_days BETWEEN -30 AND 60", name="working_days"),)


class Escalation(Base):
    """One step taken for one due date of one case: the key makes sure that nobody is told twice."""

    __tablename__ = "escalation"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("escalation_step.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("uq_escalation_once", "case_id", "step_id", "due_at", unique=True),
        Index("ix_escalation_at", "at"),
    )
