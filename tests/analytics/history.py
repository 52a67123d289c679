"""A city with a history: sums by day as the rollup would have left them, without leading hundreds of cases through their lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, literal, select
from sqlalchemy import insert as core_insert
from sqlalchemy.dialects.postgresql import insert

from analytics.rollup.cells import CUTS, KEYS, NO_KEY, SUMS, cells_of, columns_of_cells
from analytics.rollup.models import Cell, Fact
from feedback.city import queries as city
from feedback.db import db
from tests.feedback.officers import Office

#: A Wednesday at nine in the city, and the Monday of its week.
NOW = datetime(2026, 10, 14, 2, tzinfo=UTC)
MONDAY = date(2026, 10, 12)
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class History:
    """Writes what happened on a day; the clock stands on Wednesday."""

    def __init__(self, office: Office, clock: Callable[[datetime], None]) -> None:
        self.office, self.clock = office, clock
        self.here, self.there = (district.id for district in city.districts()[:2])
        clock(NOW)

    def add(self, day: date, *, district: int = 0, agency: int = 0, category: str = "urban_environment", **sums: int) -> None:
        """Add what happened on a day to the sums along every cut."""
        keys: dict[str, Any] = dict(zip(KEYS, (district, agency, category), strict=True))
        for cut, kept in CUTS.items():
            row = {key: keys[key] if key in kept else NO_KEY[key] for key in KEYS}
            new = insert(Cell).values(cut=cut, day=day, **row, **{**dict.fromkeys(SUMS, 0), **sums})
            more = {name: getattr(Cell, name) + getattr(new.excluded, name) for name in sums}
            db.session.execute(new.on_conflict_do_update(index_elements=["cut", "day", *KEYS], set_=more))
        db.session.commit()

    def cases(self, due: int, late: int, *, agency: int = 0, district: int = 0, rated: int = 0, weeks_ago: int = 2) -> None:
        """So many cases that fell due on the Monday of a week: the late ones are open still, of the others some were rated, one badly."""
        day = MONDAY - WEEK * weeks_ago
        number = db.session.scalar(select(func.count()).select_from(Fact)) or 0
        usual = {
            "sealed": False, "conduct": False, "area_id": 0, "procedure_id": 0, "level": "", "track": "feedback", "channel": "web",
            "category_code": "urban_environment", "received_on": day - WEEK, "due_on": day, "refusal": "", "satisfaction": None,
            "hops": 1, "questions": 0, "reopenings": 0, "extensions": 0, "escalations": 0, "first_right": True, "life_minutes": 60,
            "unheld_minutes": 30, "substantiated": None, "due_at": datetime.combine(day, time(16, 59), UTC),
        }  # fmt: skip
        rows = []
        for place in range(due):
            open_still = place < late
            answered = None if open_still else day - DAY
            days = None if open_still else 4
            rows.append(
                {
                    **usual, "case_id": 1_000_000 + number + place, "agency_id": agency, "district_id": district, "answered_on": answered,
                    "ended_on": answered, "on_time": not open_still, "working_days": days, "calendar_days": days,
                    "solved": place > late if not open_still and place < late + rated else None,
                }
            )  # fmt: skip
        db.session.execute(core_insert(Fact), rows)
        db.session.execute(delete(Cell))
        signed = select(literal(1).label("sign"), *Fact.__table__.c).subquery("signed")
        db.session.execute(core_insert(Cell).from_select(columns_of_cells(), cells_of(signed.c)))
        db.session.commit()

    def received(self, weeks_ago: int, number: int, category: str = "urban_environment", weekday: int = 0) -> None:
        """So many reports in one district on one day of a week; week 0 is the running one."""
        self.add(MONDAY - WEEK * weeks_ago + DAY * weekday, district=self.here, category=category, received=number)

    def twelve(self, number: int, category: str = "urban_environment") -> None:
        """As many reports in each of the twelve weeks that the last closed one is judged by."""
        for weeks_ago in range(2, 14):
            self.received(weeks_ago, number, category)

    def due(self, weeks_ago: int, due: int, late: int, agency: int = 0, district: int = 0) -> None:
        """So many cases fell due on the Monday of a week, so many of them late."""
        self.add(MONDAY - WEEK * weeks_ago, agency=agency, district=district, due=due, on_time=due - late)
