"""What a batch writes is what a flush would have written: new rows with what is filled in, changed ones a version on, seals, record."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from feedback.accounts.models import User
from feedback.attachments.media import MediaType
from feedback.attachments.models import Attachment
from feedback.audit.services import record, record_keys
from feedback.audit.verify import verify
from feedback.batches import write_batch
from feedback.cases.access import SYSTEM
from feedback.cases.message_models import Message, MessageKind
from feedback.cases.models import Case
from feedback.db import db, transaction
from tests.feedback.officers import Office, counted
from tests.feedback.test_together import DAY, draft

SIZES = {"size_bytes": 1, "sha256": b"1", "original_sha256": b"2", "received_on": DAY, "media_type": MediaType.PNG}


def test_new_rows_get_what_a_flush_would_fill_in(app: Flask) -> None:
    with counted() as seen, transaction():
        db.session.add_all(Attachment(draft_id=900, stored_name=name, shown_name=f"{name}.png", **SIZES) for name in "ab")
        db.session.add(draft(900))
        write_batch()
    assert len(seen) == 2, "the draft first, to which the files refer"
    files = db.session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert [(file.stored_name, file.shown_name, file.wrapped_key, file.sha256) for file in files] == [
        ("a", "a.png", None, b"1"),
        ("b", "b.png", None, b"1"),
    ]
    assert len({file.public_id for file in files}) == 2, "drawn for each"


def test_changed_rows_are_sealed_recorded_and_one_version_on(office: Office) -> None:
    named = [office.report(), office.sealed()]
    with transaction():
        cases = db.session.scalars(select(Case).where(Case.public_id.in_(named)).order_by(Case.id).with_for_update()).all()
        versions = [case.version for case in cases]
        cases[0].hops = 3
        for case in cases:
            case.place = "Quầy 3"
            db.session.add(Message(case_id=case.id, on=DAY, kind=MessageKind.ADDED, text="Thêm một điều."))
            record("case.opened_sealed", actor=SYSTEM, subject_kind="case", subject_id=case.public_id)
        write_batch()
        assert not db.session.dirty
        assert not db.session.new
    assert [(case.hops, case.place, case.plain_place) for case in cases] == [(3, "Quầy 3", "Quầy 3"), (0, "Quầy 3", "")]
    assert [case.version for case in cases] == [version + 1 for version in versions]
    messages = db.session.scalars(select(Message).order_by(Message.case_id)).all()
    assert [(message.text, message.plain_text) for message in messages] == [("Thêm một điều.", "Thêm một điều."), ("Thêm một điều.", "")]
    assert verify(record_keys()).whole


def test_a_row_that_is_gone_is_not_taken_for_written(app: Flask) -> None:
    row = draft(900)
    with transaction():
        db.session.add(row)
    assert row.sealed == b"sealed"
    row.sealed = b"other"
    db.session.connection().exec_driver_sql("DELETE FROM report_draft")
    with pytest.raises(StaleDataError, match="report_draft"):
        write_batch()
    db.session.rollback()


def test_a_relationship_is_refused_because_it_is_not_followed(office: Office) -> None:
    case = db.session.scalars(select(Case).where(Case.public_id == office.report())).one()
    case.handler = db.session.scalars(select(User)).first()
    with pytest.raises(KeyError, match="handler"):
        write_batch()
    db.session.rollback()
