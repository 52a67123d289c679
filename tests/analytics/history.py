"""A city with a history: facts as the rollup would have left them, without leading hundreds of cases through their lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from analytics.rollup.models import Batch, Fact
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

    def add(
        self,
        day: date,
        *,
        district: int = 0,
        agency: int = 0,
        category: str = "urban_environment",
        received: int = 0,
        due: int = 0,
        on_time: int = 0,
    ) -> None:
        """Cases that came in on a day, and others that fell due on it, some of them answered in time."""
        place: dict[str, Any] = {"district_id": district, "agency_id": agency, "category_code": category}
        came: list[dict[str, Any]] = [{**place, "received_on": day} for _number in range(received)]
        self._write(came + [{**place, **self._due(day, answered=True), "on_time": number < on_time} for number in range(due)])

    def cases(self, due: int, late: int, *, agency: int = 0, district: int = 0, rated: int = 0, weeks_ago: int = 2) -> None:
        """So many cases that fell due on the Monday of a week: the late ones are open still, of the others some were rated, one badly."""
        day = MONDAY - WEEK * weeks_ago
        place: dict[str, Any] = {"agency_id": agency, "district_id": district}
        rated_ones = range(late, late + rated)
        self._write(
            [
                {**place, **self._due(day, answered=number >= late), "solved": number > late if number in rated_ones else None}
                for number in range(due)
            ]
        )

    @staticmethod
    def _due(day: date, *, answered: bool) -> dict[str, Any]:
        """A case that fell due on a day and was answered on the one before, or is open still."""
        due = {"received_on": day - WEEK, "due_on": day, "due_at": datetime.combine(day, time(16, 59), UTC)}
        done = {"answered_on": day - DAY, "ended_on": day - DAY, "on_time": True, "working_days": 4, "calendar_days": 4}
        return due | (done if answered else {})

    def _write(self, rows: list[dict[str, Any]]) -> None:
        """Facts of cases that there are not, each what its row says and otherwise like any other, as one batch of the rollup."""
        number = db.session.scalar(select(func.count()).select_from(Fact)) or 0
        nothing: dict[str, Any] = dict.fromkeys(("due_on", "due_at", "answered_on", "ended_on", "working_days", "calendar_days", "solved"))
        nothing |= dict.fromkeys(("satisfaction", "substantiated"))
        nothing |= dict.fromkeys(
            ("area_id", "district_id", "agency_id", "procedure_id", "questions", "reopenings", "extensions", "escalations"), 0
        )
        usual = {
            "sealed": False,
            "conduct": False,
            "on_time": False,
            "first_right": True,
            "hops": 1,
            "life_minutes": 60,
            "unheld_minutes": 30,
        }
        words = {"level": "", "track": "feedback", "channel": "web", "category_code": "urban_environment", "refusal": ""}
        batch = self._batch()
        alike = {**nothing, **usual, **words, "batch": batch}
        if rows:
            db.session.execute(insert(Fact), [{**alike, **row, "case_id": 1_000_000 + number + place} for place, row in enumerate(rows)])
        db.session.commit()

    @staticmethod
    def _batch(*, anew: bool = False) -> int | None:
        return db.session.scalar(insert(Batch).values(anew=anew).returning(Batch.id))

    def taken_back(self, weeks_ago: int, number: int) -> None:
        """So many of the reports of a week have never come in."""
        found = select(Fact.case_id).where(Fact.received_on == MONDAY - WEEK * weeks_ago).limit(number)
        db.session.execute(delete(Fact).where(Fact.case_id.in_(found)))
        self._batch(anew=True)
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
