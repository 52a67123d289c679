"""What has been published, as it was published: editions of a month and their tables. Rows are added and never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.db import Base, UtcDateTime

TABLES = ("open_data_release", "open_data_table")
#: `refuse_change` is the audit record's (feedback/audit/models.py).
FROZEN = tuple(
    f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    for table in TABLES
)


class Release(Base):
    """One edition of a month; the first when the month is closed, each later one a correction with its reason."""

    __tablename__ = "open_data_release"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    #: First day of the month.
    month: Mapped[date]
    edition: Mapped[int]
    #: Empty for the first edition only.
    reason: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: SHA-256 over the hashes of its tables, one a line, in the order of their names; hexadecimal.
    sha256: Mapped[str] = mapped_column(String(64))

    tables: Mapped[list[FrozenTable]] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("month", "edition"),
        CheckConstraint("edition > 0", name="edition"),
        CheckConstraint("extract(day from month) = 1", name="whole_month"),
        CheckConstraint("(edition = 1) = (reason = '')", name="correction_has_a_reason"),
    )


class FrozenTable(Base):
    """One table of an edition, byte for byte as it is given out."""

    __tablename__ = "open_data_table"

    release_id: Mapped[int] = mapped_column(ForeignKey("open_data_release.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: A JSON document (analytics/opendata/files.py).
    content: Mapped[str] = mapped_column(Text)
    #: Of the content in UTF-8; hexadecimal.
    sha256: Mapped[str] = mapped_column(String(64))
