"""Rows whose words are sealed while their case is: one sealed value instead of plain columns (docs/adr/0009-sealed.md).

Whoever reads or writes such a row uses the plain names (`case.text`, `message.text`) and never sees a cipher. Which rows are sealed
follows from `Case.sealed` alone and is done when the session is flushed (feedback/cases/sealed.py), so that nobody can forget it.
In SQL the plain names stand for the plain columns, which are empty in a sealed row: nothing can search, count or sort what is sealed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from flask import current_app
from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from feedback.crypto import KeyRing, new_data_key, open_sealed, seal
from feedback.db import Base

if TYPE_CHECKING:
    from feedback.cases.models import Case


def key_ring() -> KeyRing:
    """The key-encryption keys of the current application."""
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def key_place(public_id: str) -> str:
    """The place a case's wrapped key is bound to: table, row, column."""
    return f"case_key|{public_id}|wrapped"


class CaseKey(Base):
    """The one data key of a case, wrapped by the key-encryption key. Without it nothing sealed of the case can be read again."""

    __tablename__ = "case_key"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    #: Empty once it was destroyed: that is the deletion of what was sealed (security D5).
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)

    case: Mapped[Case] = relationship(back_populates="key")

    @classmethod
    def made_for(cls, case: Case) -> CaseKey:
        """A fresh key for a case."""
        return cls(case=case, wrapped=key_ring().wrap(new_data_key(), key_place(case.public_id)))

    def place(self) -> str:
        """What the wrapped key is bound to."""
        return key_place(self.case.public_id)

    def opened(self) -> bytes | None:
        """The data key; None when it was destroyed. Raises SealBroken when no key-encryption key of ours opens it."""
        return None if self.wrapped is None else key_ring().unwrap(self.wrapped, self.place())


class Sealable:
    """A row of a case, or the case itself, whose words are sealed while the case is."""

    #: Names of the columns with words, and what stands in them while the row is sealed.
    WORDS: ClassVar[Mapping[str, Any]] = {"text": ""}
    #: The column with the case's key.
    CASE: ClassVar[str] = "case_id"
    #: Columns that name the row in what its sealed value is bound to.
    NAME: ClassVar[tuple[str, ...]] = ("id",)

    #: The words as one JSON object, sealed with the case's data key and bound to this row.
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    def words(self) -> dict[str, Any]:
        """The words of a sealed row in clear; empty once the case's key is destroyed. Raises SealBroken for what was tampered with."""
        session = object_session(self)
        if self.words_sealed is None or session is None:
            return {}
        with session.no_autoflush:  # whoever only reads must not write half of an act
            case = session.get_one(CaseKey.case.property.mapper.class_, getattr(self, self.CASE))
            key = None if case.key is None else case.key.opened()
        return {} if key is None else opened_words(self.words_sealed, key, self._place())

    def lay_open(self) -> None:
        """Put the words of a sealed row into its plain columns."""
        if self.words_sealed is not None:
            found = self.words()
            self.words_sealed = None
            for name, blank in self.WORDS.items():
                setattr(self, f"plain_{name}", found.get(name, blank))

    def said(self) -> dict[str, Any]:
        """The words in the plain columns; none in a row without words or one sealed already."""
        return {name: value for name in self.WORDS if (value := getattr(self, f"plain_{name}"))}

    def seal_words(self, key: bytes) -> None:
        """Put the plain words into one sealed value; the row must have what it is named by."""
        self.words_sealed = sealed_words(self.said(), key, self._place())
        for name, blank in self.WORDS.items():
            setattr(self, f"plain_{name}", blank)

    def _place(self) -> str:
        return place_of(type(self), {name: getattr(self, name) for name in self.NAME})


def place_of(table: type[Sealable], row: Mapping[str, Any]) -> str:
    """The place the sealed words of a row are bound to: table, row, column."""
    return f"{table.__tablename__}|{'.'.join(str(row[name]) for name in table.NAME)}|words_sealed"  # type: ignore[attr-defined]


def sealed_words(words: Mapping[str, Any], key: bytes, place: str) -> bytes:
    """Words as one sealed value."""
    return seal(json.dumps(words, ensure_ascii=False), key, place)


def opened_words(sealed: bytes, key: bytes, place: str) -> dict[str, Any]:
    """The words in one sealed value. Raises SealBroken for what was tampered with or belongs elsewhere."""
    found: dict[str, Any] = json.loads(open_sealed(sealed, key, place))
    return found


def sealable(name: str) -> hybrid_property[Any]:
    """The accessor of a column with words: opens them when the row is sealed; in SQL the plain column."""

    def read(row: Any) -> Any:
        return getattr(row, f"plain_{name}") if row.words_sealed is None else row.words().get(name, row.WORDS[name])

    def write(row: Any, value: Any) -> None:
        row.lay_open()
        setattr(row, f"plain_{name}", value)

    def column(table: Any) -> Any:
        return getattr(table, f"plain_{name}")

    read.__name__ = name  # by which SQLAlchemy names it in results
    return hybrid_property(read, write, expr=column)
