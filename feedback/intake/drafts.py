"""Drafts of reports: what a citizen has answered so far, readable only with the code his browser holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, delete, select

from feedback import jobs
from feedback.codes import code_hmac
from feedback.crypto import SealBroken, derive, open_sealed, seal
from feedback.db import atomic, db, now
from feedback.intake.models import ReportDraft
from feedback.localtime import local_day

#: A draft nobody came back to is thrown away.
KEPT = timedelta(days=2)


_drafts: Any = ReportDraft.__table__  # a question every step asks: as a class it would take the long way through the session
_BY_CODE = select(_drafts.c.id, _drafts.c.sealed).where(_drafts.c.code_hmac == bindparam("code_hmac"))


@dataclass
class Draft:
    """The answers so far, by the name of the question, and the steps already gone through."""

    id: int
    code: str
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def steps_done(self) -> set[str]:
        """Names of the steps that were answered."""
        return set(self.answers.get("steps", []))


def hmac_of(code: str) -> bytes:
    """What the database knows a code by."""
    return code_hmac(code, current_app.extensions["keys"].pepper)


def _context(key: int) -> str:
    return f"report_draft|{key}|sealed"


@atomic
def start(code: str) -> Draft:
    """A new, empty draft under a fresh code."""
    row = ReportDraft(code_hmac=hmac_of(code), sealed=b"", started_on=local_day(now()))
    db.session.add(row)
    db.session.flush()
    answers: dict[str, Any] = {"started": now().timestamp()}
    row.sealed = seal(json.dumps(answers), derive(code, "draft"), _context(row.id))
    return Draft(row.id, code, answers)


def open_draft(code: str) -> Draft | None:
    """The draft a code opens; None when it was sent, has expired or never was."""
    row = db.session.execute(_BY_CODE, {"code_hmac": hmac_of(code)}).first()
    if row is None:
        return None
    try:
        return Draft(row.id, code, json.loads(open_sealed(row.sealed, derive(code, "draft"), _context(row.id))))
    except SealBroken:
        return None


@atomic
def save(draft: Draft, step: str, **answers: Any) -> None:
    """Keep the answers of one step and note the step as done."""
    row = db.session.scalar(select(ReportDraft).where(ReportDraft.id == draft.id).with_for_update())
    if row is None:
        return
    draft.answers.update(answers, steps=sorted(draft.steps_done | {step}))
    row.sealed = seal(json.dumps(draft.answers), derive(draft.code, "draft"), _context(row.id))


@atomic
def throw_away(draft: Draft) -> None:
    """The citizen starts anew or gives up; his files go with the draft."""
    db.session.execute(delete(ReportDraft).where(ReportDraft.id == draft.id))


@jobs.task("intake.drop_stale_drafts", cron="20 19 * * *")
@atomic
def drop_stale() -> None:
    """Throw away drafts nobody has come back to."""
    db.session.execute(delete(ReportDraft).where(ReportDraft.started_on < local_day(now() - KEPT)))
