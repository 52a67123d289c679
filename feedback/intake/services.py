"""From the answers of a draft to the report that becomes a case."""

from __future__ import annotations

from feedback.cases.intake import Report, ReportContact
from feedback.city import queries as city
from feedback.intake.drafts import Draft
from feedback.intake.steps import UNKNOWN_AREA


def area_id_of(draft: Draft) -> int | None:
    """The ward that was chosen; None when the sender does not know."""
    area = draft.answers.get("area", UNKNOWN_AREA)
    return None if area == UNKNOWN_AREA else int(area)


def area_name_of(draft: Draft) -> str:
    """The ward's name, with its district where districts are tiers of their own; empty when the sender does not know."""
    area_id = area_id_of(draft)
    return "" if area_id is None else city.place_of(city.area_by_id(area_id)).name


def report_of(draft: Draft, language: str) -> Report:
    """The report in the words of the citizen."""
    answers = draft.answers
    return Report(
        text=answers["text"],
        area_id=area_id_of(draft),
        place=answers.get("place", ""),
        contact=ReportContact(answers.get("name", ""), answers.get("phone", ""), answers.get("email", "")),
        wants_public=answers.get("public") == "yes",
        category_code=answers.get("category") or None,
        language=language,
    )
