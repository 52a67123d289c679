"""Which case was brought in from another system, and under which number it was kept there."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base
from feedback.sealing import Sealable, sealable


class ImportedCase(Sealable, Base):
    """A case from another system. Its hand-overs there are not known, so that it counts for no figure of transit."""

    __tablename__ = "imported_case"
    WORDS: ClassVar = {"number": ""}
    NAME: ClassVar = ("case_id",)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("data_import.id"), index=True)
    #: Its number there, by which officers find it; whoever knows the old system would know a sealed report by it.
    plain_number: Mapped[str] = mapped_column("number", String(60))
    number = sealable("number")
    #: Of source and number: the same case does not come in twice, also once its number is sealed or gone.
    origin_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)

    __table_args__ = (Index("ix_imported_case_number", "number", postgresql_where="number <> ''"),)
