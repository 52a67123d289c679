"""What the machine is judged by and learns from: which cases are looked at twice, and what people decided instead."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column

#: Statements of the migration that make the table insert-only, and their undoing; the function came with the audit table.
INSERT_ONLY = (
    (
        "CREATE TRIGGER correction_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON correction "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ),
)
NO_LONGER_INSERT_ONLY = ("DROP TRIGGER correction_insert_only ON correction",)


class Why(StrEnum):
    """Why a case is looked at a second time."""

    RANDOM = "random"  # one of the random 5 %: accuracy is taken from these alone
    CORRECTED = "corrected"  # the office decided otherwise than the machine: to learn from


class CheckDraw(Base):
    """A case that waits for, or has had, a blind check."""

    __tablename__ = "check_draw"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    why: Mapped[Why] = mapped_column(enum_column(Why))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Way(StrEnum):
    """By which way the machine was corrected."""

    FORWARD = "forward"  # the desk chose another field
    SEAL = "seal"  # the desk saw signs of misconduct that the machine had not seen
    RELEASE = "release"  # the inspectorate found that nobody's conduct was meant
    CHECK = "check"  # a second officer, who did not know what the machine had said


class Correction(Base):
    """What the machine had said of a text and what people said; rows are added, never changed. Holds no text and no personal data."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[Way] = mapped_column(enum_column(Way))
    model_version: Mapped[str] = mapped_column(String(64))
    #: Keyed digest of the text as it was labelled; another text now means that the label no longer counts.
    text_mark: Mapped[bytes] = mapped_column(LargeBinary)
    suggested_category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    confidence: Mapped[float]
    #: [[category, confidence], …], best first, without the suggested one.
    alternatives: Mapped[list[Any]] = mapped_column(JSONB)
    abstained: Mapped[bool]
    suggested_misconduct: Mapped[bool]
    suggested_urgent: Mapped[bool]
    suggested_spam: Mapped[bool]
    suggested_insult: Mapped[bool]
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    misconduct: Mapped[bool]
    #: Said in a blind check only.
    urgent: Mapped[bool | None]
    spam: Mapped[bool | None]
    insult: Mapped[bool | None]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))

    __table_args__ = (
        CheckConstraint("(way = 'check') = (urgent IS NOT NULL AND spam IS NOT NULL AND insult IS NOT NULL)", name="check_says_all"),
        CheckConstraint("category_code <> 'staff_conduct' OR misconduct", name="conduct_is_misconduct"),
        Index("uq_correction_one_check", "case_id", unique=True, postgresql_where="way = 'check'"),
    )
