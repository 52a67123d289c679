"""Rows written in one statement are the rows a flush would have written, all of them or none."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from feedback.attachments.media import MediaType
from feedback.attachments.models import Attachment
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case, Contact
from feedback.db import db, transaction
from feedback.intake.drafts import hmac_of
from feedback.intake.models import ReportDraft
from feedback.together import write_together
from tests.feedback.officers import counted

DAY = date(2026, 8, 3)


def draft(key: int, code: bytes = b"code") -> ReportDraft:
    return ReportDraft(id=key, code_hmac=code, sealed=b"sealed", started_on=DAY)


def file_of(key: int) -> Attachment:
    sizes = {"size_bytes": 1, "sha256": b"1", "original_sha256": b"2", "received_on": DAY}
    return Attachment(draft_id=key, stored_name="a", shown_name="Ảnh.png", media_type=MediaType.PNG, **sizes)


def drafts() -> list[int]:
    return list(db.session.scalars(select(ReportDraft.id).order_by(ReportDraft.id)))


def test_rows_may_refer_to_each_other_and_get_what_a_flush_would_fill_in(app: Flask) -> None:
    with counted() as seen, transaction():
        write_together(file_of(900), draft(900))
    assert len(seen) == 1
    file = db.session.scalars(select(Attachment)).one()
    assert (file.draft_id, file.shown_name, file.wrapped_key, file.case_id) == (900, "Ảnh.png", None, None)
    assert len(file.public_id) >= 10, "drawn for it"


def test_a_row_that_is_no_longer_needed_goes_with_it(app: Flask) -> None:
    with transaction():
        write_together(draft(900), draft(901, b"other"))
    with transaction():
        write_together(draft(902, b"third"), gone=(ReportDraft, 900))
    assert drafts() == [901, 902]


def test_when_one_cannot_be_written_none_is(app: Flask) -> None:
    with transaction():
        write_together(draft(900))
    with pytest.raises(IntegrityError), transaction():
        write_together(draft(901, b"other"), draft(902), gone=(ReportDraft, 899))
    assert drafts() == [900]


def test_a_report_is_saved_in_two_statements(app: Flask) -> None:
    """What the database is asked on the way in is paid by every citizen who waits, fifteen thousand times a month."""
    submit_report(Report("Đèn đường hỏng."), hmac_of("once"), CITIZEN)  # what is kept of the city is read with the first
    with counted() as seen:
        key = submit_report(Report("Đèn đường hỏng.", contact=ReportContact(phone="0900000123")), hmac_of("twice"), CITIZEN).case_id
    assert len(seen) == 2
    case = db.session.get_one(Case, key)
    assert (case.text, case.version, case.hops, case.refusal, case.excluded_agency_ids) == ("Đèn đường hỏng.", 1, 0, None, [])
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 1
