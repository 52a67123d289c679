"""Alerts with the numbers they were raised on, and the days on which everything was looked at."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column

#: Of the reason for muting, in letters.
REASON_LIMIT = 500


class AlertKind(StrEnum):
    """What is out of the ordinary."""

    RISE = "rise"  # phản ánh tăng bất thường
    LATE = "late"  # cơ quan trả lời trễ nhiều hơn
    BOUNCE = "bounce"  # cặp cơ quan trả lại nhiều


class Alert(Base):
    """Something out of the ordinary, as it was last seen. What it is about: a district and a field, an agency, or sender and receiver.

    Keys as in the facts: 0 or empty stands for "none". No case, no person.
    """

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[AlertKind] = mapped_column(enum_column(AlertKind))
    district_id: Mapped[int] = mapped_column(default=0)
    category_code: Mapped[str] = mapped_column(String(40), default="")
    agency_id: Mapped[int] = mapped_column(default=0)
    to_agency_id: Mapped[int] = mapped_column(default=0)
    #: Days that were counted, both included.
    first_on: Mapped[date]
    last_on: Mapped[date]
    #: What was counted: reports, or of `whole` cases the late or returned ones.
    part: Mapped[int]
    whole: Mapped[int]
    #: A number of reports a week, or a share of one.
    usual: Mapped[float]
    limit: Mapped[float]
    #: What `usual` was worked out from: the weeks before, or part and whole of what it is compared with.
    before: Mapped[list[Any]] = mapped_column(JSONB)
    opened_on: Mapped[date]
    #: The last day on which it held.
    seen_on: Mapped[date]
    #: The first day on which it did not.
    closed_on: Mapped[date | None]
    #: Until this day, included, it is no news: somebody knows the reason.
    muted_until: Mapped[date | None]
    muted_reason: Mapped[str] = mapped_column(Text, default="")
    muted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))

    __table_args__ = (
        CheckConstraint("last_on >= first_on AND seen_on >= opened_on AND closed_on >= opened_on", name="in_order"),
        CheckConstraint("part >= 0 AND whole >= part AND usual >= 0 AND \"limit\" >= usual", name="numbers"),
        CheckConstraint(
            "(muted_until IS NOT NULL) = (muted_reason <> '') AND (muted_until IS NOT NULL) = (muted_by_id IS NOT NULL)",
            name="muted_by_somebody",
        ),
        Index(
            "uq_alert_one_open", "kind", "district_id", "category_code", "agency_id", "to_agency_id",
            unique=True, postgresql_where="closed_on IS NULL",
        ),
        Index("ix_alert_closed_on", "closed_on"),
    )  # fmt: skip

    @property
    def about(self) -> tuple[AlertKind, int, str, int, int]:
        """What it is about: the same again on another day is the same alert."""
        return self.kind, self.district_id, self.category_code, self.agency_id, self.to_agency_id

    def muted(self, today: date) -> bool:
        """Whether it is no news on a day."""
        return self.muted_until is not None and today <= self.muted_until


class AlertDay(Base):
    """A day on which everything was looked at; the key makes sure that this is done once, however many workers there are."""

    __tablename__ = "alert_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
