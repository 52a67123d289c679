"""What is written for answers beside the answers themselves: the prepared texts of the project's file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects.postgresql import insert

from feedback.answers.library import DATA, read_templates
from feedback.cases.template_models import AnswerTemplate
from feedback.city import queries as city
from feedback.db import atomic, db


@atomic
def load_templates(folder: Path = DATA) -> None:
    """Put the prepared answers into the table; those the city has changed since keep their words. Raises CityDataError."""
    rows = [
        {
            "code": row.code,
            "category_code": row.category,
            "outcome": row.outcome,
            "title": row.title,
            "text": row.text,
            "legal_reference": row.legal_reference,
            "position": row.position,
            "active": True,
        }
        for row in read_templates(frozenset(row.code for row in city.categories()), folder)
    ]
    if rows:
        db.session.execute(insert(AnswerTemplate).on_conflict_do_nothing(index_elements=["code"]), rows)
