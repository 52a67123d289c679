"""Which rows of the city's tables people have changed, on a page or by a file: the record knows it, of rows that are gone as well."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.city.loader import Touched
from feedback.city.models import Agency, Area, Procedure
from feedback.db import db
from feedback.imports.specs import SPECS

#: What a change of a page is about (`city_change.subjects`) and the file in which its row stands.
_PAGES = {"category": "categories", "routing": "routes"}
_TIMETABLE = {"calendar.changed": "holidays", "rule.changed": "rules"}


def touched_by_people() -> Touched:
    """Every row that an administrator has changed, by the city's file and how rows are named there."""
    return frozenset([*_by_file(), *_by_page(), *_by_timetable()])


def _subjects(*actions: str) -> Iterator[tuple[str, str]]:
    kinds = AuditEntry.subject_kind.in_(["city", "timetable", *SPECS])  # the chains are found by these
    rows = select(AuditEntry.action, AuditEntry.subject_id).where(kinds, AuditEntry.action.in_(actions)).distinct()
    yield from ((action, subject) for action, subject in db.session.execute(rows))


def _by_file() -> Iterator[tuple[str, str]]:
    kinds = {f"{kind}.imported": spec for kind, spec in SPECS.items() if spec.sheet}
    for action, subject in _subjects(*kinds):
        spec = kinds[action]
        # Limits and routing are named by their code and category alone: a version that somebody wrote stands in the others' way.
        yield spec.sheet, subject.split(" ")[0] if spec.sheet in ("rules", "routes") else subject


def _by_page() -> Iterator[tuple[str, str]]:
    agencies = {str(key): code for key, code in db.session.execute(select(Agency.id, Agency.code))}
    areas = {str(key): f"{code} {since}" for key, code, since in db.session.execute(select(Area.id, Area.code, Area.valid_from))}
    named = select(Procedure.id, Procedure.name, Procedure.valid_from)
    procedures = {str(key): f"{name} {since}" for key, name, since in db.session.execute(named)}
    known = {"agency": ("agencies", agencies), "area": ("areas", areas), "procedure": ("procedures", procedures)}
    for _action, subject in _subjects("city.changed"):
        what, _colon, key = subject.partition(":")
        if what in known and key in known[what][1]:
            yield known[what][0], known[what][1][key]
        elif what in _PAGES:
            yield _PAGES[what], key


def _by_timetable() -> Iterator[tuple[str, str]]:
    for action, subject in _subjects(*_TIMETABLE):
        yield from ((_TIMETABLE[action], one) for one in subject.split(", "))
