"""Who wants to be told by mail that a briefing is ready, and of which period he was told last."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, enum_column


class Rhythm(StrEnum):
    """How often."""

    WEEK = "week"
    MONTH = "month"


class Wish(Base):
    """One officer's choice; without a row he gets no mail."""

    __tablename__ = "briefing_wish"

    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True, autoincrement=False)
    rhythm: Mapped[Rhythm] = mapped_column(enum_column(Rhythm))
    #: First day of the newest period he was told of. Moving it and queueing the mail are one transaction: he is told once.
    told_of: Mapped[date]
