"""What is said about a case besides its answer: questions, supplements, progress; and what of it is public."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime, enum_column
from feedback.sealing import Sealable, sealable


class MessageKind(StrEnum):
    """Who speaks to whom."""

    QUESTION = "question"  # cơ quan hỏi người gửi
    SUPPLEMENT = "supplement"  # người gửi trả lời
    ADDED = "added"  # người gửi tự gửi thêm
    PROGRESS = "progress"  # cơ quan báo tiến độ
    OBJECTION = "objection"  # người gửi yêu cầu xem xét lại


FROM_CITIZEN = frozenset({MessageKind.SUPPLEMENT, MessageKind.ADDED, MessageKind.OBJECTION})


class Message(Sealable, Base):
    """One message between office and citizen, read on the tracking page and on the case page."""

    __tablename__ = "case_message"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind))
    plain_text: Mapped[str] = mapped_column("text", Text)
    text = sealable("text")
    #: The day only: the hour at which a citizen writes is nobody's business (security D9).
    on: Mapped[date]
    #: A promised day that goes with a progress report.
    promised_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))

    __table_args__ = (
        CheckConstraint("words_sealed IS NOT NULL OR char_length(text) BETWEEN 1 AND 5000", name="text_length"),
        CheckConstraint("(author_id IS NULL) = (kind IN ('supplement', 'added', 'objection'))", name="author_is_officer"),
        CheckConstraint("promised_on IS NULL OR kind = 'progress'", name="promise_is_progress"),
        CheckConstraint('promised_on >= "on"', name="promise_lies_ahead"),
    )


class Publication(Base):
    """What everybody may read of a case whose sender agreed: masked text and answer, let out by an officer."""

    __tablename__ = "case_publication"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    text_folded: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    #: Citizens who said the same concerns them.
    followers: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("followers >= 0", name="followers"),
        Index("ix_case_publication_published_at", "published_at"),
        Index("ix_case_publication_search", sql_text("to_tsvector('simple'::regconfig, text_folded)"), postgresql_using="gin"),
    )
