"""Tables of the conduct track: who must not see a case, who verifies it by a redacted text, what was found, what was handed up."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.db import Base, enum_column
from feedback.sealing import Sealable, sealable


class Concern(StrEnum):
    """Why an officer must not see a case."""

    RECUSED = "recused"  # he knows somebody in it
    ACCUSED = "accused"  # it names him


class Exclusion(Base):
    """One officer who must not see a sealed case, wherever he is employed by now (control 4)."""

    __tablename__ = "conduct_exclusion"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    why: Mapped[Concern] = mapped_column(enum_column(Concern))
    since: Mapped[date]

    __table_args__ = (Index("ix_conduct_exclusion_user", "user_id"),)


class Verdict(StrEnum):
    """What the examination found."""

    SUBSTANTIATED = "substantiated"  # có căn cứ
    NOT_SUBSTANTIATED = "not_substantiated"  # không có căn cứ
    POLICE = "police"  # có dấu hiệu tội phạm, đã chuyển cơ quan điều tra


class ConductFinding(Base):
    """What was found in a case, for the figures: no name, no agency, no word of it."""

    __tablename__ = "conduct_finding"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    found_on: Mapped[date]
    #: The field its sender chose, if he did, and the district, as far as known.
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))

    __table_args__ = (Index("ix_conduct_finding_day", "found_on"),)


class Verification(Sealable, Base):
    """One officer outside the inspectorate who was asked to verify: he reads the redacted text here and nothing else of the case."""

    __tablename__ = "conduct_verification"
    WORDS: ClassVar = {"text": "", "report": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    #: Random, for addresses; leads to no other page of the case.
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    verifier_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    #: What the verifier reads, without whatever leads to the sender (Luật Tố cáo 2018 Art 56).
    plain_text: Mapped[str] = mapped_column("text", Text)
    text = sealable("text")
    #: What he found out.
    plain_report: Mapped[str] = mapped_column("report", Text, default="")
    report = sealable("report")
    asked_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    #: Reported, or taken back because he or his agency turned out to be concerned.
    ended_on: Mapped[date | None]

    verifier: Mapped[User] = relationship(lazy="raise", foreign_keys=[verifier_id])

    __table_args__ = (
        CheckConstraint("ended_on >= asked_on", name="in_order"),
        Index("ix_conduct_verification_open", "verifier_id", postgresql_where="ended_on IS NULL"),
        Index("uq_conduct_verification_one_open", "case_id", "verifier_id", unique=True, postgresql_where="ended_on IS NULL"),
    )


class HandedUp(Base):
    """That the sealed file of a case was made for the higher authority: once, never again."""

    __tablename__ = "conduct_handed_up"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    #: SHA-256 of the file handed out.
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
