"""Prepared answers: text blocks with the law they rest on and places that must be filled in."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Identity, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.cases.models import Outcome
from feedback.db import Base, enum_column


class AnswerTemplate(Base):
    """One prepared answer; `[[…]]` in its text marks what the officer must fill in."""

    __tablename__ = "answer_template"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    #: Empty: offered for every field.
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)
    legal_reference: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("char_length(text) BETWEEN 1 AND 10000", name="text_length"),)
