"""One row for every notice that is to go out or went out."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column


class NoticeKind(StrEnum):
    """Why somebody is written to."""

    CASE_WAITS = "case_waits"
    CASE_RETURNED = "case_returned"
    ANSWER_TO_APPROVE = "answer_to_approve"
    ANSWER_SENT_BACK = "answer_sent_back"
    ANSWERED = "answered"
    TRANSFER_REMINDER = "transfer_reminder"
    REFEREE_WAITS = "referee_waits"
    PARTNER_ASKED = "partner_asked"
    PARTNER_REPORTED = "partner_reported"
    EXTENSION_ASKED = "extension_asked"
    SUPPLEMENTED = "supplemented"
    REOPENED = "reopened"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PROGRESS_DUE = "progress_due"
    DIGEST = "digest"
    RETENTION_SOON = "retention_soon"
    DELETION_ASKED = "deletion_asked"
    BRIEFING = "briefing"
    PARTNER_UNREACHABLE = "partner_unreachable"
    # to the sender of a case
    QUESTION = "question"
    PROGRESS = "progress"
    EXTENDED = "extended"
    REFUSED = "refused"


class NoticeState(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    #: No mail server is configured; the notice is kept until the administrator has it sent again.
    HELD = "held"
    #: The person left no address, or has none any more.
    NO_ADDRESS = "no_address"


class NoticeChannel(StrEnum):
    """By which way a notice went or is to go."""

    MAIL = "mail"
    SMS = "sms"
    ZALO = "zalo"


class Notice(Base):
    """One message to one person about one case."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_column(NoticeKind))
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState))
    channel: Mapped[NoticeChannel] = mapped_column(enum_column(NoticeChannel), default=NoticeChannel.MAIL)
    #: Either an officer or the sender of a case.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    #: The case an officer is to look at; only its random id travels.
    case_public_id: Mapped[str] = mapped_column(String(16), default="")
    #: Numbers a digest tells; never a name or a text.
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: The morning a digest is for.
    digest_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    #: Kind of the last error, for the administrator; never its text, which may quote an address.
    last_error: Mapped[str] = mapped_column(String(80), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (case_id IS NULL)", name="one_recipient"),
        CheckConstraint("(sent_at IS NOT NULL) = (state = 'sent')", name="sent_has_instant"),
        CheckConstraint("(digest_on IS NOT NULL) = (kind = 'digest')", name="digest_has_day"),
        Index("uq_notice_one_digest", "user_id", "digest_on", unique=True, postgresql_where="digest_on IS NOT NULL"),
        Index("ix_notice_created_at", "created_at"),
    )
