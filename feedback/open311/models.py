"""Keys of other systems, and which case came in under which of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime


class ApiKey(Base):
    """A system that may hand in reports. Its key is kept as a hash only and shown once, when it is made."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    #: Whose system it is, as the administrator named it.
    name: Mapped[str] = mapped_column(String(120))
    key_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    #: From then on the key opens nothing.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("name <> ''", name="name"), CheckConstraint("ended_at >= made_at", name="ended_after"))


class ApiRequest(Base):
    """A report that another system handed in. Its token tells that system, and nobody else, which request it became."""

    __tablename__ = "api_request"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), index=True)
    token_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
