"""Whatever shows the inspectorate something of a sealed case has written that down first; when it cannot be written, nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from feedback.audit.models import AuditEntry
from feedback.cases.learning_models import CheckDraw, Why
from feedback.cases.models import Case
from feedback.db import db, now
from tests.feedback.access.test_matrix import ACTS, PAGES, ask, of_one_case
from tests.feedback.access.town import Town

PHONE, WORDS, PICTURE = b"0900000123", "Cán bộ ở quầy số 3".encode(), b"\x89PNG"


def walk(town: Town) -> Iterator[tuple[str, TestResponse]]:
    """Every page and every act of an inspector, on a sealed case where they are about one."""
    for endpoint, row in PAGES.items():
        if "inspectorate" in row.roles:
            yield endpoint, ask(town, "inspector", endpoint, "GET", "sealed")
    for endpoint, roles in ACTS.items():
        if "inspectorate" in roles:
            yield endpoint, ask(town, "inspector", endpoint, "POST", "sealed")
    yield "inbox.list_cases", town.browsers["inspector"].get("/can-bo/ho-so?tim=vòi tiền")


def shows(answer: TestResponse) -> bool:
    """Whether something of the report, its sender or its file is in the answer; a search repeats other words than these."""
    return PHONE in answer.data or WORDS in answer.data or answer.data.startswith(PICTURE)


def noted() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


@contextmanager
def drawn(town: Town) -> Iterator[None]:
    """The sealed case waits for a blind check as well, and is past the inspectorate's first look."""
    with town.app.app_context():
        key = db.session.scalars(select(Case.id).where(Case.public_id == town.cases["sealed"].public_id)).one()
        db.session.add(CheckDraw(case_id=key, why=Why.RANDOM, drawn_at=now()))
        db.session.execute(text("UPDATE cases SET state = 'in_progress', version = version + 1 WHERE id = :key"), {"key": key})
        db.session.commit()
        db.session.remove()
        try:
            yield
        finally:
            db.session.rollback()
            db.session.execute(text("ALTER TABLE audit_entry DROP CONSTRAINT IF EXISTS refused"))
            _undo(key)


def _undo(key: int) -> None:
    db.session.execute(text("DELETE FROM check_draw WHERE case_id = :key"), {"key": key})
    db.session.execute(text("UPDATE cases SET state = 'triage', version = version + 1 WHERE id = :key"), {"key": key})
    db.session.commit()


def test_every_opening_of_a_sealed_case_is_written_down_before_it_is_shown(town: Town) -> None:
    with drawn(town):
        shown = set()
        before = noted()
        db.session.rollback()
        for endpoint, answer in walk(town):
            after = noted()
            db.session.rollback()
            if shows(answer):
                shown.add(endpoint)
                assert after > before, endpoint
            before = after
        assert shown >= {"inbox.case", "inbox.file", "inbox.contact", "desk.check_page", "inbox.submit_answer", "answers.insert"}
        db.session.execute(text("ALTER TABLE audit_entry ADD CONSTRAINT refused CHECK (subject_kind <> 'case') NOT VALID"))
        db.session.commit()
        assert [endpoint for endpoint, answer in walk(town) if shows(answer)] == []
    assert {endpoint for endpoint, row in PAGES.items() if "inspectorate" in row.roles and of_one_case(town, endpoint)} == {
        "inbox.case",
        "inbox.file",
        "desk.check_page",
        "conduct.case",
        "retention.case",
    }
