"""The draft of a report, kept on the server so that errors, reloads and a lost connection lose nothing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Identity, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base


class ReportDraft(Base):
    """What a citizen has typed so far, sealed with a key derived from the code that only his browser holds.

    Found by the HMAC of the code; the database alone cannot open it. Deleted on submit and after two days.
    """

    __tablename__ = "report_draft"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    code_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    started_on: Mapped[date]
