"""What the citizen is shown of the machine's reading before sending: fields to choose from, public cases like his."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from feedback.answers import publishing
from feedback.cases import asking, handling, queries
from feedback.cases.message_models import Publication
from feedback.cases.models import Case
from feedback.cases.ports import Labels, Likely
from feedback.cases.sorting import propose_agency
from feedback.city import queries as city
from feedback.codes import read_code
from feedback.db import db
from feedback.intake import drafts, proposals
from feedback.intake.proposals import fields_of
from tests.feedback.citizen import BRIBE, TEXT, BrokenClassifier, answer_all, send, shown_code, text_of
from tests.feedback.officers import Office, case_of, counted, version_of

LOOK = "/phan-anh/kiem-tra"
OTHER = "Rác chất đống ở đầu hẻm Hoa Sữa đã ba ngày, mùi rất hôi."


def labels(**parts: object) -> Labels:
    given = {
        "category": "urban_environment", "confidence": 0.5, "alternatives": (("public_order", 0.3), ("health", 0.1), ("other", 0.1)),
        "misconduct": False, "misconduct_confidence": 0.0, "urgent": False, "spam": False, "insult": False, "abstain": False,
        "reasons": ("rác", "mùi", "hẻm", "ngày"), "model_version": "test",
    }  # fmt: skip
    return Labels(**{**given, **parts})  # type: ignore[arg-type]


class Says:
    """A classifier that says the same of every text."""

    def __init__(self, **parts: object) -> None:
        self.labels = labels(**parts)

    def classify(self, text: str) -> Labels:
        return self.labels


class Finds:
    """Proposes the public cases it is told to, with a signal only after it was given; counts how often it is asked."""

    def __init__(self, *public_ids: str, signal: Event | None = None) -> None:
        self.public_ids, self.signal, self.asked = public_ids, signal, 0

    def likely_public(self, text: str, area_id: int | None, at: datetime) -> Sequence[Likely]:
        self.asked += 1
        if self.signal is not None:
            self.signal.wait(60)
        return [Likely(public_id, 0.9) for public_id in self.public_ids]


class Breaks:
    """Leaves its transaction broken behind it."""

    def likely_public(self, text: str, area_id: int | None, at: datetime) -> Sequence[Likely]:
        db.session.execute(db.text("SELECT 1/0"))
        raise AssertionError


def offered(client: FlaskClient) -> list[str]:
    """Values of the buttons in the order of the page, those one step further behind a bar."""
    text = client.get(LOOK).text
    values = re.findall(r'<input [^>]*name="category"[^>]* value="([^"]*)"|(<details)', text[text.index('id="category"') :])
    return ["|" if more else value for value, more in values]


@given(st.floats(0, 1), st.booleans())
def test_at_most_three_fields_stand_first_and_misconduct_is_never_among_them(share: float, abstain: bool) -> None:
    found = fields_of(labels(confidence=share, abstain=abstain), "")
    assert found.first == ("urban_environment", "public_order", "health")
    assert found.sure is not abstain
    assert found.reasons == ("rác", "mùi", "hẻm")
    for hidden in (labels(misconduct=True), labels(category="staff_conduct")):
        assert fields_of(hidden, "") == proposals.Fields(conduct=True)


@pytest.mark.parametrize(
    ("share", "words"), [(0.9, "rất chắc chắn"), (0.89, "khá chắc chắn"), (0.7, "khá chắc chắn"), (0.69, "chưa thật chắc chắn")]
)
def test_certainty_is_said_in_words(client: FlaskClient, app: Flask, share: float, words: str) -> None:
    app.extensions["classifier"] = Says(confidence=share)
    answer_all(client)
    assert f"{words} đây là lĩnh vực bên dưới" in text_of(client.get(LOOK))


def test_where_it_will_probably_go_is_said_in_the_readers_language(app: Flask) -> None:
    with app.app_context():
        ward = city.wards()[0]
        proposed = propose_agency("urban_environment", ward.id)
        agency = city.agency_by_code(proposed.agency_code).name
        said = [proposals._routing("urban_environment", ward.id, "vi")]
        with force_locale("en"):
            said.append(proposals._routing("urban_environment", ward.id, "en"))
    assert said == [proposed.reason, f"It will probably be handled by {agency}."]


def test_the_proposed_field_needs_no_tap_and_gives_the_citizens_own_words(client: FlaskClient, app: Flask) -> None:
    app.extensions["classifier"] = Says(confidence=0.95)
    answer_all(client)
    look = text_of(client.get(LOOK))
    assert "Môi trường đô thị Vì Ông/Bà viết: rác, mùi, hẻm." in look
    assert "Đây là những lĩnh vực gần nhất" not in look
    assert offered(client)[:4] == ["", "public_order", "health", "|"]
    assert re.search(r'<input checked[^>]* value="">', client.get(LOOK).text)
    assert send(client).status_code == 302
    with app.app_context():
        assert sent_case(client).citizen_category_code is None


def test_one_tap_overrules_the_machine(client: FlaskClient, app: Flask) -> None:
    answer_all(client)
    assert send(client, category="public_order").status_code == 302
    with app.app_context():
        assert sent_case(client).citizen_category_code == "public_order"


def test_a_machine_that_is_not_sure_offers_three_and_the_office(client: FlaskClient, app: Flask) -> None:
    app.extensions["classifier"] = Says(abstain=True)
    answer_all(client)
    look = text_of(client.get(LOOK))
    assert "Việc này thuộc lĩnh vực nào?" in look
    assert "Để cơ quan tiếp nhận xác định" in look
    assert "Vì Ông/Bà viết" not in look
    assert offered(client)[:5] == ["", "urban_environment", "public_order", "health", "|"]
    assert len(offered(client)) == 14, "all twelve fields, none of them, and the step to the rest"


def test_without_the_machine_every_field_can_still_be_chosen(client: FlaskClient, app: Flask) -> None:
    app.extensions["classifier"] = BrokenClassifier()
    answer_all(client)
    assert offered(client)[:2] == ["", "|"]
    assert len(offered(client)) == 14
    assert "Để cơ quan tiếp nhận xác định" in text_of(client.get(LOOK))


def sent_case(client: FlaskClient) -> Case:
    case = queries.case_of_code(drafts.hmac_of(read_code(shown_code(client)) or ""))
    assert case is not None
    return case


@pytest.fixture
def public_case(app: Flask) -> str:
    """A case whose answer everybody may read."""
    with app.app_context():
        office = Office(app)
        public_id = office.submitted(office.report(OTHER, wants_public=True))
        handling.approve(office.head.actor, public_id, version_of(public_id))
        redactor = app.extensions["redactor"]
        publishing.publish(
            redactor, office.handler.actor, public_id, version_of(public_id), "Rác ở đầu hẻm Hoa Sữa chưa thu gom.", "Đã gom.", ""
        )
        return public_id


def test_public_cases_like_his_are_shown_masked_before_sending(client: FlaskClient, app: Flask, public_case: str) -> None:
    answer_all(client)
    look = client.get(LOOK)
    assert "Có phản ánh tương tự đã công khai" in text_of(look)
    assert "Rác ở đầu hẻm Hoa Sữa chưa thu gom." in text_of(look)
    assert OTHER not in look.text, "only what is public of it is shown"
    assert f'href="/cong-khai/{public_case}"' in look.text
    assert client.get(f"/cong-khai/{public_case}").status_code == 200
    assert TEXT in client.get(LOOK).text, "looking loses nothing"
    assert send(client).status_code == 302


def test_an_unlike_report_is_shown_none(client: FlaskClient, app: Flask, public_case: str) -> None:
    answer_all(client, "Trường tiểu học thu tiền quỹ lớp không có biên lai.")
    assert public_case not in client.get(LOOK).text


@pytest.mark.parametrize("change", ["sealed", "withdrawn", "not agreed", "never published"])
def test_what_is_not_public_now_is_never_shown_whatever_the_machine_says(
    client: FlaskClient, app: Flask, public_case: str, change: str
) -> None:
    with app.app_context():
        case, publication = case_of(public_case), db.session.get(Publication, case_of(public_case).id)
        assert publication is not None
        match change:
            case "sealed":
                case.sealed, case.reference = True, None
            case "not agreed":
                case.wants_public = False
            case _:
                db.session.delete(publication)
        db.session.commit()
        hidden = Office(app).report(OTHER) if change == "never published" else public_case
    app.extensions["public_likeness"] = Finds(public_case, hidden)
    answer_all(client)
    look = client.get(LOOK).text
    assert public_case not in look
    assert hidden not in look
    assert "tương tự" not in look


@pytest.mark.parametrize("classifier", ["misconduct", "broken"])
def test_nothing_is_looked_up_for_a_report_that_may_be_about_conduct(
    client: FlaskClient, app: Flask, public_case: str, classifier: str
) -> None:
    finds = app.extensions["public_likeness"] = Finds(public_case)
    if classifier == "broken":
        app.extensions["classifier"] = BrokenClassifier()
    answer_all(client, BRIBE)
    assert public_case not in client.get(LOOK).text
    assert finds.asked == 0


def test_nothing_is_looked_up_when_the_citizen_himself_says_it_is_conduct(client: FlaskClient, app: Flask, public_case: str) -> None:
    finds = app.extensions["public_likeness"] = Finds(public_case)
    answer_all(client)
    first = client.post(
        LOOK, data={"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', client.get(LOOK).text)[0], "category": "staff_conduct"}
    )
    assert public_case not in first.text
    assert "Thanh tra Thành phố sẽ xem trước" in text_of(first)
    assert finds.asked == 1, "only for the look before he said so"


@pytest.mark.parametrize("likeness", [None, Breaks()], ids=["missing", "broken"])
def test_sending_does_not_need_the_search(client: FlaskClient, app: Flask, likeness: object) -> None:
    app.extensions["public_likeness"] = likeness
    answer_all(client)
    assert "tương tự" not in client.get(LOOK).text
    assert send(client).status_code == 302


def test_a_slow_search_is_not_waited_for(client: FlaskClient, app: Flask, public_case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    signal, machine = Event(), ThreadPoolExecutor(1)
    monkeypatch.setattr(asking, "_asking", machine)
    app.extensions["public_likeness"] = Finds(public_case, signal=signal)
    answer_all(client)
    assert public_case not in client.get(LOOK).text, "shown while the search still waits for its signal"
    signal.set()
    machine.shutdown()


def test_the_last_look_asks_the_database_few_questions(client: FlaskClient, app: Flask, public_case: str) -> None:
    answer_all(client)
    client.get(LOOK)
    with app.app_context(), counted() as seen:
        client.get(LOOK)
    assert len(seen) <= 16
