"""Tables of the hand-over: transfers with their measured transit, co-handling agencies, and what transit took before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.city.models import Agency
from feedback.db import Base, UtcDateTime, enum_column
from feedback.sealing import Sealable, sealable


class TransferState(StrEnum):
    """Where a transfer stands."""

    SENT = "sent"  # đã gửi
    SEEN = "seen"  # nơi nhận đã mở
    ACCEPTED = "accepted"  # nơi nhận đã thụ lý
    RETURNED = "returned"  # nơi nhận trả lại
    RECALLED = "recalled"  # nơi gửi thu hồi


class ReturnReason(StrEnum):
    """Why an agency hands a case back."""

    OTHER_FIELD = "other_field"  # thuộc lĩnh vực của cơ quan khác
    OTHER_AREA = "other_area"  # thuộc địa bàn khác
    OTHER_LEVEL = "other_level"  # thuộc thẩm quyền cấp trên, cấp dưới
    ALREADY_HERE = "already_here"  # đã có hồ sơ về cùng việc
    OTHER = "other"  # lý do khác


class Transfer(Sealable, Base):
    """One hop of a case from agency to agency. While it is under way the sender is responsible."""

    __tablename__ = "case_transfer"
    WORDS: ClassVar = {"note": "", "end_note": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    #: 1 for the first hop of a case.
    hop: Mapped[int]
    state: Mapped[TransferState] = mapped_column(enum_column(TransferState), default=TransferState.SENT)
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    #: True when the front desk sent it: a return then goes to the desk.
    from_desk: Mapped[bool]
    #: True for the referee's decision: it counts as accepted at once and cannot be returned.
    binding: Mapped[bool] = mapped_column(default=False)
    plain_note: Mapped[str] = mapped_column("note", Text, default="")
    note = sealable("note")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: First time somebody of the receiving agency opened the case.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Accepted, returned or recalled.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    return_reason: Mapped[ReturnReason | None] = mapped_column(enum_column(ReturnReason))
    #: Words that go with a return or a recall.
    plain_end_note: Mapped[str] = mapped_column("end_note", Text, default="")
    end_note = sealable("end_note")
    #: Transit from sent to ended, office time only.
    working_minutes: Mapped[int | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Several cases sent by one act, which can be undone together.
    bulk_id: Mapped[str | None] = mapped_column(String(16), index=True)

    from_agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[from_agency_id])
    to_agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[to_agency_id])

    __table_args__ = (
        CheckConstraint("(ended_at IS NOT NULL) = (state IN ('accepted', 'returned', 'recalled'))", name="ended_has_instant"),
        CheckConstraint("(working_minutes IS NOT NULL) = (ended_at IS NOT NULL)", name="ended_is_measured"),
        CheckConstraint("(return_reason IS NOT NULL) = (state = 'returned')", name="returned_has_reason"),
        CheckConstraint("ended_at >= sent_at AND seen_at >= sent_at", name="in_order"),
        CheckConstraint("hop > 0 AND working_minutes >= 0", name="numbers"),
        CheckConstraint("NOT binding OR state = 'accepted'", name="binding_is_accepted"),
        Index("uq_case_transfer_hop", "case_id", "hop", unique=True),
        Index("uq_case_transfer_one_open", "case_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_case_transfer_waiting", "sent_at", postgresql_where="ended_at IS NULL"),
        Index("ix_case_transfer_pair", "from_agency_id", "to_agency_id", "sent_at"),
        Index("ix_case_transfer_sent", "sent_at"),
    )


class PartnerState(StrEnum):
    """Where the help of a co-agency stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    RETURNED = "returned"
    CANCELLED = "cancelled"


#: States in which the lead cannot answer yet.
PARTNER_OPEN = frozenset({PartnerState.ASKED, PartnerState.ACCEPTED})


class Partner(Sealable, Base):
    """A co-agency's part of a case (cơ quan phối hợp): its own due date inside the lead's, its report goes to the lead only."""

    __tablename__ = "case_partner"
    WORDS: ClassVar = {"request": "", "report": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[PartnerState] = mapped_column(enum_column(PartnerState), default=PartnerState.ASKED)
    plain_request: Mapped[str] = mapped_column("request", Text)
    request = sealable("request")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Reported, returned or cancelled.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: The co-agency's report, or why it was returned or cancelled.
    plain_report: Mapped[str] = mapped_column("report", Text, default="")
    report = sealable("report")

    agency: Mapped[Agency] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("(ended_at IS NOT NULL) = (state IN ('reported', 'returned', 'cancelled'))", name="ended_has_instant"),
        CheckConstraint("ended_at IS NULL OR report <> '' OR words_sealed IS NOT NULL", name="ended_has_words"),
        CheckConstraint("request <> '' OR words_sealed IS NOT NULL", name="request"),
        Index("uq_case_partner_one_open", "case_id", "agency_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_case_partner_agency", "agency_id", "case_id"),
    )


class TransitBaseline(Base):
    """How long a hop took before this system, in working days: what the promised cut of 90 % is measured against."""

    __tablename__ = "transit_baseline"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    #: Both empty: every pair that has no row of its own.
    from_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    working_days: Mapped[float]
    source: Mapped[str] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("(from_agency_id IS NULL) = (to_agency_id IS NULL)", name="pair_is_whole"),
        CheckConstraint("working_days > 0", name="working_days"),
        Index("uq_transit_baseline_pair", "from_agency_id", "to_agency_id", unique=True, postgresql_nulls_not_distinct=True),
    )
