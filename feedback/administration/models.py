"""Changes of the city's tables: what shall be otherwise, from which day, who wanted it and who agreed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.db import Base, UtcDateTime, enum_column


class ChangeKind(StrEnum):
    """What is changed."""

    AGENCY_NEW = "agency_new"
    AGENCY_EDIT = "agency_edit"
    AGENCY_MERGE = "agency_merge"
    ROUTING = "routing"
    CATEGORY = "category"
    PROCEDURE_NEW = "procedure_new"
    PROCEDURE_EDIT = "procedure_edit"
    STEP = "step"
    AREA = "area"
    TEXT = "text"
    SHAPES = "shapes"


class Stage(StrEnum):
    """Where a change stands; derived, never stored."""

    TO_APPROVE = "to_approve"
    WAITING = "waiting"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class Change(Base):
    """One change. Until its day has come it can be taken back; afterwards there is only another change."""

    __tablename__ = "city_change"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind))
    #: What it is about, each as table:key. Nothing is in two changes that wait.
    subjects: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    #: What people call it, as it was when the change was planned.
    name: Mapped[str] = mapped_column(Text)
    #: The values that change, as they were and as they shall be.
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    takes_effect: Mapped[date]
    #: The decision it rests on, or the reason.
    reason: Mapped[str] = mapped_column(String(300))
    #: True: it moves officers or says who stands above whom, so a second administrator must agree (security, control 11).
    takes_two: Mapped[bool]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it could not be carried out on its day, for the administrators; it is tried again.
    problem: Mapped[str] = mapped_column(Text, default="")

    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="raise_on_sql")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="raise_on_sql")
    taken_back_by: Mapped[User | None] = relationship(foreign_keys=[taken_back_by_id], lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("cardinality(subjects) > 0 AND reason <> ''", name="about_something"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved_by_somebody"),
        CheckConstraint("(taken_back_by_id IS NULL) = (taken_back_at IS NULL)", name="taken_back_by_somebody"),
        CheckConstraint("approved_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("done_at IS NULL OR NOT takes_two OR approved_at IS NOT NULL", name="done_after_approval"),
        CheckConstraint("done_at IS NULL OR taken_back_at IS NULL", name="one_end"),
        Index("ix_city_change_waiting", "takes_effect", postgresql_where="done_at IS NULL AND taken_back_at IS NULL"),
        Index("ix_city_change_subjects", "subjects", postgresql_using="gin"),
    )

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.taken_back_at is not None:
            return Stage.TAKEN_BACK
        if self.done_at is not None:
            return Stage.DONE
        return Stage.TO_APPROVE if self.takes_two and self.approved_at is None else Stage.WAITING
