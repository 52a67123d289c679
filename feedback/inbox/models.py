"""Filters that officers keep for their lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime


class SavedFilter(Base):
    """A named set of conditions of the inbox; shared ones are offered to everybody at the agency."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    #: The address' query, without paging.
    query: Mapped[str] = mapped_column(String(500))
    shared: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "name"), CheckConstraint("name <> ''", name="name"))
