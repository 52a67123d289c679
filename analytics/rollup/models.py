"""Tables of the rollup: what each case counts for now, the cases that changed since, and in which batches they were taken up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime

#: Stands for "none" in a key: no place, no procedure.
NONE = 0
#: Tables whose rows change what a case counts for, with the column that names the case.
WATCHED = {"cases": "id", "case_transfer": "case_id", "case_rating": "case_id", "case_extension": "case_id", "escalation": "case_id"}
#: Whoever writes a case leaves its key in the queue, in the same transaction and whatever path he takes. The function runs as its owner:
#: the application's own account needs no right on the queue.
WATCHING = (
    """
    CREATE FUNCTION measure_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        changed record;
        key bigint;
    BEGIN
        IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
        IF TG_ARGV[0] = 'id' THEN key := changed.id; ELSE key := changed.case_id; END IF;
        INSERT INTO measure_touched (case_id) VALUES (key);
        RETURN NULL;
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_measured AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION measure_touch('{column}')"
        for table, column in WATCHED.items()
    ),
)
NO_LONGER_WATCHING = (*(f"DROP TRIGGER {table}_measured ON {table}" for table in WATCHED), "DROP FUNCTION measure_touch()")


class Touched(Base):
    """A case that changed and has not been counted anew yet; several rows for one case are as good as one."""

    __tablename__ = "measure_touched"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)


class Day(Base):
    """The working calendar as running numbers, so that the difference of two days counts what lies between them."""

    __tablename__ = "measure_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    #: Working days up to and including this one.
    number: Mapped[int]
    #: Office minutes before this day, and on it.
    minutes: Mapped[int]
    opens: Mapped[int]


class Fact(Base):
    """What one case counts for as it stands now. No key to `cases`: a row outlives its case until that has been taken up.

    Days are the city's. A sealed case has no ward, no agency and no procedure here.
    """

    __tablename__ = "measure_case"

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed: Mapped[bool]
    conduct: Mapped[bool]
    #: Ward, or district where no ward was named.
    area_id: Mapped[int]
    district_id: Mapped[int]
    agency_id: Mapped[int]
    category_code: Mapped[str] = mapped_column(String(40))
    procedure_id: Mapped[int]
    #: Online level of the procedure; empty without one.
    level: Mapped[str] = mapped_column(String(4))
    track: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(32))
    received_on: Mapped[date]
    #: None while the clock stands still: such a case is not late, whatever the day.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    #: Answered, refused, withdrawn or merged; None while the city owes an answer.
    ended_on: Mapped[date | None]
    #: Code of the reason when it was refused.
    refusal: Mapped[str] = mapped_column(String(32))
    on_time: Mapped[bool]
    #: From receipt to answer.
    working_days: Mapped[int | None]
    calendar_days: Mapped[int | None]
    #: The sender's word on the answer that stands.
    solved: Mapped[bool | None]
    satisfaction: Mapped[int | None] = mapped_column(SmallInteger)
    hops: Mapped[int]
    questions: Mapped[int]
    reopenings: Mapped[int]
    extensions: Mapped[int]
    escalations: Mapped[int]
    #: Whether the first agency it was sent to kept it; None while that is open.
    first_right: Mapped[bool | None]
    #: Office minutes from receipt to the end, and those of them in which no agency had taken the case on.
    life_minutes: Mapped[int]
    unheld_minutes: Mapped[int]
    #: Of an answered report about conduct: whether the inspectorate found it true, in whole or in part.
    substantiated: Mapped[bool | None]
    #: The batch that changed it last.
    batch: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (
        Index("ix_measure_case_received_on", "received_on"),
        Index("ix_measure_case_answered_on", "answered_on"),
        Index("ix_measure_case_due_on", "due_on"),
        Index("ix_measure_case_ended_on", "ended_on"),
        Index("ix_measure_case_open", "due_at", postgresql_where="ended_on IS NULL"),
        Index("ix_measure_case_district", "district_id", "received_on"),
        Index("ix_measure_case_agency", "agency_id", "received_on"),
        Index("ix_measure_case_batch", "batch"),
        Index("ix_measure_case_conduct", "received_on", postgresql_where="conduct"),
    )


class Batch(Base):
    """One taking-up of changed cases, in the order of commits: whoever knows the facts up to one reads the later ones only."""

    __tablename__ = "measure_batch"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    #: Whether facts went away or everything was counted anew, so that nothing read before can be built upon.
    anew: Mapped[bool]
