"""Sending a report by the API: the same case as from the form, and once however often it is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from feedback import jobs
from feedback.api.models import ApiAnswer
from feedback.audit.services import record_keys
from feedback.cases import taking_in
from feedback.cases.models import Case, Channel, Contact
from feedback.cases.ports import Labels
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.codes import read_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.record import receipts
from tests.feedback.api.conftest import MONDAY, Program, pointers, program, said
from tests.feedback.citizen import BRIBE, TEXT, PlainClassifier
from tests.feedback.officers import Office, begun, counted, limits_counted

KEY = "0b0f6f0e-6c1d-4b0a-9d0e-1f6f1c1e2a3b"


def cases() -> list[Case]:
    db.session.expire_all()
    return list(db.session.scalars(select(Case).order_by(Case.id)))


def test_a_report_becomes_a_case_and_a_signed_receipt(anybody: Program) -> None:
    ward = city.wards()[3]
    contact = {"name": "Nguyễn Thị Thử", "phone": "0900 000 123"}
    given = {"text": TEXT, "ward": ward.code, "place": "Hẻm Hoa Sữa", "category": "health", "contact": contact, "public": True}
    answer = anybody.post("/reports", given)
    assert answer.status_code == 201, answer.text
    (case,) = cases()
    assert (case.text, case.area_id, case.place, case.citizen_category_code) == (TEXT, ward.id, "Hẻm Hoa Sữa", "health")
    assert (case.channel, case.wants_public, case.anonymous, case.state) == (Channel.PARTNER, True, False, State.SORTING)
    assert db.session.get(Contact, case.id) is not None
    kept = answer.json
    assert case.code_hmac == hmac_of(read_code(kept["code"]) or "")
    checked = receipts.check(kept["receipt"], record_keys())
    assert checked.standing is receipts.Standing.TRUE
    assert checked.receipt is not None
    assert checked.receipt.covers(TEXT)
    assert kept["received_on"] == "2026-11-23"
    assert anybody.get("/tracking", Tracking_Code=kept["code"]).json["items"][0]["state"] == "sorting"


def test_what_is_left_to_the_worker_costs_one_transaction_and_nothing_is_read_back(anybody: Program) -> None:
    given = {"text": TEXT, "ward": city.wards()[3].code, "category": "health"}
    with taking_in._one_more():
        first = anybody.post("/reports", given).json  # now this process knows the city
        with begun() as transactions, counted() as statements:
            second = anybody.post("/reports", given).json
    assert len(transactions) == 1
    assert not [one for one in statements if one.startswith(("SELECT cases.", "SELECT category.", "SELECT area.", "SELECT holiday."))]
    assert [case.state for case in cases()] == [State.RECEIVED] * 2
    assert (first["received_on"], first["due_on"]) == (second["received_on"], second["due_on"])
    assert anybody.get("/tracking", Tracking_Code=second["code"]).json["items"][0]["due_on"] == second["due_on"]


def test_who_shows_no_token_is_counted_once(anybody: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = limits_counted(monkeypatch)
    anybody.get("/categories")
    assert len(keys) == 1
    anybody.get("/categories", Authorization="Bearer of-nobody")
    assert len(keys) == 3, "a token that is made up counts for the source too"
    assert keys[2] not in keys[:2]


def test_the_answer_does_not_tell_what_a_report_is_about(anybody: Program) -> None:
    plain, sealed = anybody.post("/reports", {"text": TEXT}), anybody.post("/reports", {"text": BRIBE})
    assert [case.sealed for case in cases()] == [False, True]
    assert all(case.anonymous for case in cases())
    secret = ("code", "receipt", "receipt_number")
    shown = [{name: value for name, value in one.json.items() if name not in secret} for one in (plain, sealed)]
    assert shown[0] == shown[1]
    assert len(plain.data) == len(sealed.data)
    assert "Set-Cookie" not in plain.headers


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"text": None}, "/text"),
    ({"text": "\u200b" * 20}, "/text"),
    ({"text": "a" * 5001}, "/text"),
    ({"text": 5}, "/text"),
    ({"place": "a" * 301}, "/place"),
    ({"ward": "1"}, "/ward"),
    ({"category": "none"}, "/category"),
    ({"contact": {"name": "An"}}, "/contact"),
    ({"contact": {"phone": "12"}}, "/contact/phone"),
    ({"contact": {"email": "a"}}, "/contact/email"),
    ({"contact": {"name": "a" * 121, "email": "a@example.com"}}, "/contact/name"),
    ({"contact": "An"}, "/contact"),
    ({"public": "yes"}, "/public"),
    ({"device": "x"}, "/device"),
]


def test_what_is_wrong_is_pointed_to_and_nothing_is_saved(anybody: Program) -> None:
    for wrong, where in WRONG:
        answer = anybody.post("/reports", {"text": TEXT, **wrong})
        assert said(answer) == (422, "invalid"), wrong
        assert pointers(answer) == [where]
        english = anybody.post("/reports", {"text": TEXT, **wrong}, Accept_Language="en")
        assert answer.json["errors"][0]["detail"] != english.json["errors"][0]["detail"]
    assert cases() == []


def test_a_field_that_is_no_longer_offered_is_neither_listed_nor_taken(anybody: Program) -> None:
    assert "health" in {one["code"] for one in anybody.get("/categories").json["items"]}
    db.session.execute(text("UPDATE category SET active = false WHERE code = 'health'"))
    db.session.commit()
    assert "health" not in {one["code"] for one in anybody.get("/categories").json["items"]}
    answer = anybody.post("/reports", {"text": TEXT, "category": "health"})
    assert (said(answer), pointers(answer)) == ((422, "invalid"), ["/category"])


def test_what_cannot_be_seen_is_left_out(anybody: Program) -> None:
    """JSON can hold half a character and NUL, which neither a form nor the database can."""
    odd = "\\ud800\\u0000"
    body = f'{{"text": "{TEXT}{odd}", "place": "{odd}Hẻm", "contact": {{"name": "An{odd}", "email": "an{odd}@example.com"}}}}'
    answer = anybody.client.post("/api/v1/reports", data=body.encode(), content_type="application/json")
    assert answer.status_code == 201, answer.text
    (case,) = cases()
    assert (case.text, case.place) == (TEXT, "Hẻm")


def test_five_an_hour_from_one_place_together_with_the_form(anybody: Program) -> None:
    mistakes = [anybody.post("/reports", {}).status_code for _n in range(6)]
    assert mistakes == [422] * 6, "a mistake is free"
    taken = [anybody.post("/reports", {"text": TEXT}) for _n in range(6)]
    assert [one.status_code for one in taken] == [201] * 5 + [429]
    assert 0 < int(taken[-1].headers["Retry-After"]) <= 3601


def test_the_same_key_gives_the_same_answer_for_a_day(anybody: Program, office: Office, clock: Callable[[datetime], None]) -> None:
    first = anybody.post("/reports", {"text": TEXT, "place": "Hẻm"}, Idempotency_Key=KEY)
    again = anybody.post("/reports", {"place": "Hẻm", "text": TEXT}, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code, len(cases())) == (201, 201, 1)
    assert first.json == again.json
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    other = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    assert said(other) == (422, "key-reused")
    assert len(cases()) == 1
    rows = str(db.session.execute(text("SELECT t::text FROM api_answer t")).scalars().all())
    assert first.json["code"] not in rows
    assert KEY not in rows
    assert KEY.encode().hex() not in rows
    assert first.json["code"].encode().hex() not in rows
    clock(MONDAY + timedelta(hours=24, seconds=1))
    jobs.run_here("api.forget_answers")
    assert db.session.scalars(select(ApiAnswer)).all() == []
    jobs.run_here("api.forget_answers")


def test_a_key_that_can_be_none_is_refused(anybody: Program) -> None:
    for key in ("short", "a" * 129, "ü" * 20):
        assert said(anybody.post("/reports", {"text": TEXT}, Idempotency_Key=key)) == (422, "bad-key")
    assert cases() == []


def test_a_crash_between_report_and_answer_makes_no_second_report(anybody: Program, clock: Callable[[datetime], None]) -> None:
    first = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    db.session.execute(text("UPDATE api_answer SET status = NULL, sealed = NULL"))
    db.session.commit()
    early = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    assert said(early) == (409, "in-progress")
    assert early.headers["Retry-After"] == "1"
    clock(MONDAY + timedelta(hours=20))
    late = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    assert (late.status_code, late.json, len(cases())) == (201, first.json, 1), "the receipt is of the day of the first one"


class SlowClassifier(PlainClassifier):
    """Waits until it is told to go on."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def classify(self, text: str) -> Labels:
        self.reached.set()
        assert self.go.wait(60)
        return super().classify(text)


def test_two_at_the_same_moment_are_done_once(anybody: Program, office: Office) -> None:
    slow = office.app.extensions["classifier"] = SlowClassifier()
    answers: list[Any] = []
    send = threading.Thread(target=lambda: answers.append(program(office.app).post("/reports", {"text": TEXT}, Idempotency_Key=KEY)))
    send.start()
    assert slow.reached.wait(60)
    second = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    slow.go.set()
    send.join(60)
    assert said(second) == (409, "in-progress")
    assert [one.status_code for one in answers] == [201]
    third = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    assert third.json == answers[0].json
    assert len(cases()) == 1


def test_what_failed_may_be_tried_again(anybody: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedback.api import report_views
    from feedback.errors import Busy

    def full() -> None:
        raise Busy

    with monkeypatch.context() as broken:
        broken.setattr(report_views, "refuse_when_full", full)
        busy = anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY)
    assert said(busy) == (503, "busy")
    assert int(busy.headers["Retry-After"]) > 0
    assert anybody.post("/reports", {"text": TEXT}, Idempotency_Key=KEY).status_code == 201
