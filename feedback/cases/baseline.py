"""How long a hop took before this system, read from the project's file: what the promised cut of 90 % is measured against."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from feedback.cases.handover_models import TransitBaseline
from feedback.city import queries as city
from feedback.db import atomic, db

BASELINE = Path(__file__).parent / "data" / "transit_baseline.csv"


@atomic
def load_baseline(path: Path = BASELINE) -> None:
    """Put the file's rows into the table, by the codes of the agencies in force; the row without codes holds for every other pair.

    Loading again brings the figures of the file back; pairs the city has recorded itself stay. Raises NotFound for an unknown code.
    """
    with path.open(encoding="utf-8", newline="") as source:
        rows = [
            {
                "from_agency_id": _agency(row["from"]),
                "to_agency_id": _agency(row["to"]),
                "working_days": float(row["working_days"]),
                "source": row["source"],
            }
            for row in csv.DictReader(source)
        ]
    known = insert(TransitBaseline)
    fresh = {"working_days": known.excluded.working_days, "source": known.excluded.source}
    db.session.execute(known.on_conflict_do_update(index_elements=["from_agency_id", "to_agency_id"], set_=fresh), rows)


def _agency(code: str) -> int | None:
    return city.agency_by_code(code).id if code else None


def usual_source() -> str:
    """Where the figure for pairs without one of their own comes from; empty before anything is loaded."""
    usual = select(TransitBaseline.source).where(TransitBaseline.from_agency_id.is_(None))
    return db.session.scalar(usual) or ""
