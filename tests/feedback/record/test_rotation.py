"""A new secret: everything from before still opens, verifies and is found; everything new is made with the new one alone."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from flask import Flask

from feedback.audit.heads import close_day, newest_heads
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import contacts, queries
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.codes import new_code
from feedback.config import Config, ConfigError
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.record.receipts import Receipt, Standing, check, hash_of, number_of, sign
from tests.databases import SECRET
from tests.feedback.citizen import TEXT

NEW = "the secret after the change, forty letters"
DAY = date(2026, 11, 24)


LAST_YEAR, BEFORE = "the-secret-of-last-year-with-forty-letters", "the-secret-of-the-year-before-forty-letters"


@pytest.mark.parametrize(
    ("written", "read"), [("", ()), (f" {LAST_YEAR}\n", (LAST_YEAR,)), (f"{LAST_YEAR}  {BEFORE}", (LAST_YEAR, BEFORE))]
)
def test_older_secrets_are_read_from_the_environment(written: str, read: tuple[str, ...]) -> None:
    config = Config.from_environment({"LIEMCHINH_DEMO": "1", "OLDER_SECRET_KEYS": written})
    assert config.older_secrets == read
    assert LAST_YEAR not in repr(config)


@pytest.mark.parametrize("written", ["short", f"{LAST_YEAR} and", LAST_YEAR[:31]])
def test_what_cannot_have_been_a_secret_stops_the_start(written: str) -> None:
    with pytest.raises(ConfigError, match="OLDER_SECRET_KEYS"):
        Config.from_environment({"LIEMCHINH_DEMO": "1", "OLDER_SECRET_KEYS": written})


def test_after_a_change_of_the_secret_nothing_from_before_is_lost(app: Flask, config: Config) -> None:
    from wsgi import create_app

    code = new_code()
    sent = submit_report(Report(TEXT, contact=ReportContact(phone="0900000123")), hmac_of(code), CITIZEN)
    close_day(DAY)
    receipt = sign(Receipt(number_of(hmac_of(code)), DAY, hash_of(TEXT)), record_keys())
    db.session.remove()
    rotated = create_app(dataclasses.replace(config, secret_key=NEW, older_secrets=(SECRET,)))
    with rotated.app_context():
        case = queries.case_of_code(hmac_of(code))
        assert case is not None
        assert case.id == sent.case_id
        assert contacts.opened(case.id) == {"phone": "0900000123"}
        assert check(receipt, record_keys()).standing is Standing.TRUE
        submit_report(Report(TEXT), hmac_of(new_code()), CITIZEN)
        close_day(date(2026, 11, 25))
        assert verify(record_keys()).whole
        new, old = newest_heads()
        assert list(record_keys().public_keys()) == [new.key_id, old.key_id]
        db.session.remove()
        db.engine.dispose()
    assert verify(record_keys()).bad_row is not None, "the old secret alone knows nothing of the new rows"
    db.session.remove()
