"""Tables of the clock: when it stood still, by what it was extended, and how a case's due date moved."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column
from feedback.sealing import Sealable, sealable


class PauseKind(StrEnum):
    """Why a clock stands still."""

    SUPPLEMENT = "supplement"  # chờ người gửi bổ sung
    SUSPENSION = "suspension"  # tạm đình chỉ


class Pause(Sealable, Base):
    """A time that is not counted, open until `ended_at` is set."""

    __tablename__ = "case_pause"
    WORDS: ClassVar = {"reason": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[PauseKind] = mapped_column(enum_column(PauseKind))
    #: What the citizen is asked for, or the ground of the suspension.
    plain_reason: Mapped[str] = mapped_column("reason", Text)
    reason = sealable("reason")
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    began_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: The clock goes on by itself then, whoever is silent; empty for a suspension, which ends by decision.
    ends_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("ended_at >= began_at", name="in_order"),
        CheckConstraint("reason <> '' OR words_sealed IS NOT NULL", name="reason"),
        CheckConstraint("kind = 'suspension' OR ends_by IS NOT NULL", name="supplement_has_cap"),
        Index("uq_case_pause_one_open", "case_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_case_pause_case", "case_id"),
        Index("ix_case_pause_cap", "ends_by", postgresql_where="ended_at IS NULL"),
    )


class Ground(StrEnum):
    """Grounds on which the law lets a limit be extended (NĐ 31/2019; Luật Khiếu nại 2011 Art 28)."""

    SEVERAL_PLACES = "several_places"  # nhiều nơi
    SEVERAL_MATTERS = "several_matters"  # nhiều nội dung
    MANY_PEOPLE = "many_people"  # nhiều người
    SEVERAL_AGENCIES = "several_agencies"  # nhiều cơ quan
    FOREIGN = "foreign"  # có yếu tố nước ngoài
    REMOTE = "remote"  # vùng sâu, vùng xa, đi lại khó khăn
    EXPERTISE = "expertise"  # cần giám định, đo đạc, xác minh chuyên môn


class Extension(Sealable, Base):
    """One extension that was asked for: granted or declined by somebody who may."""

    __tablename__ = "case_extension"
    WORDS: ClassVar = {"reason": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    #: The deadline rule that is added.
    rule_code: Mapped[str] = mapped_column(String(30))
    ground: Mapped[Ground] = mapped_column(enum_column(Ground))
    plain_reason: Mapped[str] = mapped_column("reason", Text)
    reason = sealable("reason")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    granted: Mapped[bool | None]
    #: Start of the limit it was granted for: a reopened case begins without extensions.
    clock_from: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(decided_at IS NOT NULL) = (granted IS NOT NULL)", name="decided_has_word"),
        CheckConstraint("reason <> '' OR words_sealed IS NOT NULL", name="reason"),
        Index("uq_case_extension_one_open", "case_id", unique=True, postgresql_where="decided_at IS NULL"),
    )


class DueCause(StrEnum):
    """Why a due date moved."""

    CATEGORY = "category"
    PAUSE = "pause"
    EXTENSION = "extension"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    CALENDAR = "calendar"
    RULE = "rule"


class DueChange(Base):
    """One move of a case's due date; rows are added, never changed."""

    __tablename__ = "due_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    cause: Mapped[DueCause] = mapped_column(enum_column(DueCause))
    before: Mapped[datetime] = mapped_column(UtcDateTime)
    after: Mapped[datetime] = mapped_column(UtcDateTime)
