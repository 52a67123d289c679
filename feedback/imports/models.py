"""Files that were brought in, what became of each of their lines, and first passwords that wait to be handed over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.cases.imported_models import ImportedCase
from feedback.cases.sealed import KEYS
from feedback.codes import new_public_id
from feedback.db import Base, UtcDateTime, enum_column, now
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome

__all__ = ["DataImport", "FirstPassword", "ImportFile", "ImportLine", "ImportedCase", "Stage"]


class Stage(StrEnum):
    """Where a file stands."""

    CHECKING = "checking"  # each line is judged, nothing is written
    READY = "ready"  # the judgement is shown; somebody decides
    RUNNING = "running"
    STOPPED = "stopped"  # by somebody; it can go on
    DONE = "done"
    DISCARDED = "discarded"  # before anything was written
    WITHDRAWING = "withdrawing"  # what was written is taken back
    WITHDRAWN = "withdrawn"


#: Stages in which the worker reads the file, and all in which it has something to do.
READING = frozenset({Stage.CHECKING, Stage.RUNNING})
AT_WORK = READING | {Stage.WITHDRAWING}


class DataImport(Base):
    """One file. Its bytes are sealed under a key of their own and removed some time after the end."""

    __tablename__ = "data_import"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage), default=Stage.CHECKING)
    #: The system that old cases come from; empty for other kinds.
    source: Mapped[str] = mapped_column(String(60), default="")
    file_name: Mapped[str] = mapped_column(String(120))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The key of the file and of its first passwords; empty once it was destroyed.
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    #: How many lines the file has, and how many of them the present stage is done with.
    lines: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    #: Why what was written was taken back, and since when that is over.
    withdraw_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    made_by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("position BETWEEN 0 AND lines", name="position"),
        CheckConstraint("(ended_at IS NOT NULL) = (stage IN ('done', 'discarded', 'withdrawing', 'withdrawn'))", name="ended_has_instant"),
    )

    def place(self, column: str = "wrapped_key") -> str:
        """What the wrapped key, and under "file" the bytes, are bound to."""
        return f"data_import|{self.public_id}|{column}"


KEYS.append((DataImport, DataImport.wrapped_key))


class ImportFile(Base):
    """The sealed bytes of a file, in the database because the worker may run on another machine than the web server."""

    __tablename__ = "data_import_file"

    import_id: Mapped[int] = mapped_column(ForeignKey("data_import.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ImportLine(Base):
    """What a line does or did. No cell of it is kept here but what changes in public data and in accounts."""

    __tablename__ = "data_import_line"

    import_id: Mapped[int] = mapped_column(ForeignKey("data_import.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    #: False while it is only judged.
    done: Mapped[bool] = mapped_column(default=False)
    problems: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: The account it made or proposes something for.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))


class FirstPassword(Base):
    """The first password of an account that a file made, until it was shown once or its time is over."""

    __tablename__ = "first_password"

    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("data_import.id"), index=True)
    #: Under the key of the file.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    def place(self) -> str:
        """What the sealed value is bound to."""
        return f"first_password|{self.user_id}|sealed"
