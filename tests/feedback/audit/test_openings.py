"""Nobody reads in silence: the row is committed before anything sealed is shown, and when it cannot be, nothing is shown."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from feedback.attachments.services import attach
from feedback.audit.models import AuditEntry
from feedback.cases import contacts
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.sorting import classify_case
from feedback.codes import new_code
from feedback.db import db
from feedback.intake.drafts import hmac_of, start
from tests.feedback.audit.records import checked
from tests.feedback.citizen import BRIBE, picture_bytes
from tests.feedback.officers import Office, case_by_key, send, version_of

PHONE = "0900000123"
#: A page with a token of this session that opens no case.
ELSEWHERE = "/can-bo/doi-mat-khau"


def refuse(action: str) -> None:
    """Make the database refuse the row of this act, as a full disk or a broken table would."""
    db.session.execute(text(f"ALTER TABLE audit_entry ADD CONSTRAINT refused CHECK (action <> '{action}') NOT VALID"))
    db.session.commit()


def noted(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


@pytest.fixture
def office(app: object) -> Office:
    """Officers of every role."""
    return Office(app)  # type: ignore[arg-type]


@pytest.fixture
def sealed(office: Office) -> tuple[str, str]:
    """A report about an official, with a name and a picture: ids of the case and of the file."""
    draft = start(new_code())
    file = attach(draft.id, "anh.png", picture_bytes()).public_id
    contact = ReportContact(name="Nguyễn Thị Thử", phone=PHONE)
    case_id = submit_report(Report(BRIBE, contact=contact), hmac_of(draft.code), CITIZEN, draft_id=draft.id).case_id
    classify_case(case_id)
    return case_by_key(case_id).public_id, file


def at(public_id: str, *parts: str) -> str:
    return "/".join(("/can-bo/ho-so", public_id, *parts))


def shows_nothing(answer: TestResponse, status: int = 500) -> bool:
    return answer.status_code == status and "vòi tiền" not in answer.text and PHONE not in answer.text


def wrong_answer(client: FlaskClient, public_id: str) -> TestResponse:
    """A form that is refused, sent from a page that is not the case's; the answer is the case's page all the same."""
    return send(
        client, at(public_id, "bo-niem-phong"), ELSEWHERE, version=version_of(public_id), category="staff_conduct", release_reason="x"
    )


def test_the_page_of_a_sealed_case_is_shown_after_its_row(office: Office, sealed: tuple[str, str]) -> None:
    inspector = office.browser(office.inspector)
    assert "vòi tiền" in inspector.get(at(sealed[0])).text
    assert noted("case.opened_sealed") == 1
    refuse("case.opened_sealed")
    assert shows_nothing(inspector.get(at(sealed[0])))
    assert noted("case.opened_sealed") == 1
    assert checked().whole


def test_a_refused_form_opens_the_case_as_well(office: Office, sealed: tuple[str, str]) -> None:
    inspector = office.browser(office.inspector)
    answer = wrong_answer(inspector, sealed[0])
    assert answer.status_code == 422
    assert "vòi tiền" in answer.text
    assert noted("case.opened_sealed") == 1
    refuse("case.opened_sealed")
    assert shows_nothing(wrong_answer(inspector, sealed[0]))


def test_a_form_for_an_older_case_opens_it_as_well(office: Office, sealed: tuple[str, str]) -> None:
    inspector = office.browser(office.inspector)
    answer = send(inspector, at(sealed[0], "thanh-tra-thu-ly"), ELSEWHERE, version=version_of(sealed[0]) - 1)
    assert answer.status_code == 409
    assert noted("case.opened_sealed") == 1
    refuse("case.opened_sealed")
    assert shows_nothing(send(inspector, at(sealed[0], "thanh-tra-thu-ly"), ELSEWHERE, version=version_of(sealed[0]) - 1))


def test_who_sent_it_is_unsealed_after_its_row(office: Office, sealed: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is committed, for another connection to see, when the contact data are opened."""
    seen: list[int] = []

    def opened(case_id: int) -> dict[str, str]:
        with db.engine.connect() as other:
            seen.append(other.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'case.contact_read'")) or 0)
        return {"phone": PHONE}

    inspector = office.browser(office.inspector)
    monkeypatch.setattr(contacts, "opened", opened)
    assert PHONE in send(inspector, at(sealed[0], "lien-he"), ELSEWHERE).text
    assert seen == [1]
    refuse("case.contact_read")
    assert shows_nothing(send(inspector, at(sealed[0], "lien-he"), ELSEWHERE))
    assert seen == [1], "not even unsealed"


def test_a_file_is_given_out_after_its_row(office: Office, sealed: tuple[str, str]) -> None:
    inspector = office.browser(office.inspector)
    answer = inspector.get(at(sealed[0], "tep", sealed[1]))
    assert (answer.status_code, answer.mimetype) == (200, "application/octet-stream")
    assert noted("case.file_read") == 1
    refuse("case.file_read")
    answer = inspector.get(at(sealed[0], "tep", sealed[1]))
    assert (answer.status_code, answer.mimetype) == (500, "text/html")


def test_the_inspectorates_lists_show_nothing_of_a_sealed_text(office: Office, sealed: tuple[str, str]) -> None:
    """So that reading it there needs no row."""
    inspector = office.browser(office.inspector)
    for path in ("/can-bo/thanh-tra", "/can-bo/ho-so?the=tat-ca", "/can-bo/niem-phong"):
        page = inspector.get(path)
        assert page.status_code == 200
        assert sealed[0] in page.text, path
        assert "vòi tiền" not in page.text, path
    assert sealed[0] not in inspector.get("/can-bo/ho-so?tim=vòi").text, "no search looks behind the seal"
    assert noted("case.opened_sealed") == 0
