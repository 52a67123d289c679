"""One file of a draft or of a case; the bytes lie in the store under a random name."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.attachments.media import MediaType
from feedback.codes import new_public_id
from feedback.db import Base, enum_column
from feedback.sealing import Sealable, sealable


class Attachment(Sealable, Base):
    """A cleaned file: no place, camera, author, script or other hidden part is left in it."""

    __tablename__ = "attachment"
    WORDS: ClassVar = {"shown_name": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("report_draft.id", ondelete="CASCADE"), index=True)
    stored_name: Mapped[str] = mapped_column(String(40), unique=True)
    #: The key of the file's bytes, wrapped by the key-encryption key: they are sealed from the first moment, before there is a case.
    #: Empty once it was destroyed.
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The sender's file name, cleaned; shown escaped, never used as a path.
    plain_shown_name: Mapped[str] = mapped_column("shown_name", String(200))
    shown_name = sealable("shown_name")
    media_type: Mapped[MediaType] = mapped_column(enum_column(MediaType))
    size_bytes: Mapped[int]
    #: Of the cleaned file, and of what was sent: proves later what was handed in.
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    original_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    received_on: Mapped[date]

    def place(self, column: str = "wrapped_key") -> str:
        """What the wrapped key, and under "file" the bytes themselves, are bound to."""
        return f"attachment|{self.public_id}|{column}"

    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (draft_id IS NULL)", name="of_a_draft_or_a_case"),
        CheckConstraint("size_bytes > 0", name="size"),
    )
