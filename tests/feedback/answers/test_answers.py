"""Prepared texts, approval with changes, apologies and publication, from the officer's click to what everybody reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.answers import publishing, queries
from feedback.audit.models import AuditEntry
from feedback.cases import handling
from feedback.cases.dialogue import report_progress
from feedback.cases.message_models import Publication
from feedback.cases.models import AnswerState, Outcome
from feedback.cases.queries import answers, visible_case
from feedback.cases.workflow import State
from feedback.db import db, now
from feedback.documents.apology import apology_pdf
from feedback.errors import Conflict, Invalid, NotFound
from feedback.localtime import local_day
from tests.feedback.officers import ANSWER, Office, Officer, case_of, send, version_of

PHONE = "0903123456"
TEXT = f"Rác ở đầu hẻm ba ngày chưa thu gom, xin gọi tôi số {PHONE}."


def at(public_id: str, act: str = "") -> str:
    return f"/can-bo/ho-so/{public_id}" + (f"/{act}" if act else "")


def answered(office: Office, *, wants_public: bool = True) -> str:
    public_id = office.submitted(office.report(TEXT, wants_public=wants_public))
    handling.approve(office.head.actor, public_id, version_of(public_id))
    return public_id


def publish(office: Office, public_id: str, text: str = "Rác chưa thu gom.", answer: str = ANSWER, *, seen: str = "") -> None:
    redactor = office.app.extensions["redactor"]
    publishing.publish(redactor, office.handler.actor, public_id, version_of(public_id), text, answer, seen)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_prepared_text_comes_above_what_was_typed(office: Office, language: str) -> None:
    public_id = office.accepted()
    client = office.browser(office.handler)
    client.get(f"/ngon-ngu/{language}")
    assert "Đã thu gom rác" in client.get(at(public_id)).text
    assert "Đã trả lại khoản" not in client.get(at(public_id)).text
    page = send(
        client, at(public_id, "chen-mau"), at(public_id), version=version_of(public_id), mau="environment_rubbish", text="Tôi đã gõ."
    )
    assert page.status_code == 200
    assert page.text.index("[[ngày thu gom]]") < page.text.index("Tôi đã gõ.")
    assert "Căn cứ: QĐ 1478/QĐ-UBND năm 2020." in page.text, "words for the citizen, in his language"
    assert answers(case_of(public_id).id) == []


def test_a_text_of_another_field_is_not_inserted(office: Office) -> None:
    public_id = office.accepted()
    client = office.browser(office.handler)
    page = send(client, at(public_id, "chen-mau"), at(public_id), version=version_of(public_id), mau="education_fees", text="Tôi đã gõ.")
    assert page.status_code == 422
    assert "Tôi đã gõ." in page.text


def test_an_answer_with_an_open_place_goes_nowhere(office: Office) -> None:
    public_id = office.accepted()
    with pytest.raises(Invalid, match="“ngày”, “nơi”"):
        handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, "Ngày [[ngày]] ở [[nơi]].")
    handling.save_draft(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, "Ngày [[ngày]].")
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, ANSWER)
    with pytest.raises(Invalid, match="“ngày”"):
        handling.approve(office.head.actor, public_id, version_of(public_id), "Ngày [[ngày]].")
    assert case_of(public_id).state is State.AWAITING_APPROVAL


def test_what_the_head_changes_is_kept_and_marked(office: Office) -> None:
    public_id = office.submitted()
    page = office.browser(office.head)
    done = send(page, at(public_id, "sua-va-duyet"), at(public_id), version=version_of(public_id), text=ANSWER.replace("một", "hai"))
    assert done.status_code == 302
    versions = answers(case_of(public_id).id)
    assert [(row.state, row.text) for row in versions] == [
        (AnswerState.SENT_BACK, ANSWER),
        (AnswerState.PUBLISHED, ANSWER.replace("một", "hai")),
    ]
    assert [row.author_id for row in versions] == [office.handler.actor.user_id, office.head.actor.user_id]
    for officer in (office.head, office.handler):
        text = office.browser(officer).get(at(public_id)).text
        assert "<del>một</del>" in text
        assert "<ins>hai</ins>" in text


def test_approving_unchanged_makes_no_new_version(office: Office) -> None:
    public_id = office.submitted()
    handling.approve(office.head.actor, public_id, version_of(public_id), ANSWER)
    assert [row.state for row in answers(case_of(public_id).id)] == [AnswerState.PUBLISHED]
    empty = office.submitted()
    with pytest.raises(Invalid):
        handling.approve(office.head.actor, empty, version_of(empty), "  ")


def test_a_late_answer_is_apologised_for(office: Office, clock: Callable[..., None]) -> None:
    public_id = office.accepted()
    case = visible_case(office.handler.actor, public_id)
    assert queries.apology_facts(case, case.due_at) is None
    late = case.due_at + timedelta(days=3)
    clock(late)
    promised = local_day(late) + timedelta(days=2)
    report_progress(office.handler.actor, public_id, version_of(public_id), "Đang làm.", promised)
    facts = queries.apology_facts(visible_case(office.handler.actor, public_id), now())
    assert facts is not None
    assert (facts.days_late, facts.promised_on, facts.answered_on) == (3, promised, None)
    assert apology_pdf(facts, to_sign=True).startswith(b"%PDF")
    later = facts.promised_on and late + timedelta(days=3)
    after = queries.apology_facts(visible_case(office.handler.actor, public_id), later or late)
    assert after is not None
    assert after.promised_on is None


def test_only_the_agency_that_owes_the_letter_gets_it(office: Office) -> None:
    public_id, sealed = office.accepted(), office.sealed()
    for key in (public_id, sealed):
        case_of(key).due_at = now() - timedelta(days=2)
        db.session.commit()
    assert office.browser(office.handler).get(at(public_id, "thu-xin-loi.pdf")).data.startswith(b"%PDF")
    for officer, key in ((office.stranger, public_id), (office.handler, sealed), (office.inspector, sealed)):
        assert office.browser(officer).get(at(key, "thu-xin-loi.pdf")).status_code == 404
    assert queries.apology_facts(case_of(sealed), now()) is None


def test_personal_data_is_masked_before_the_officer_sees_the_form(office: Office, client: FlaskClient) -> None:
    public_id = answered(office)
    page = office.browser(office.handler).get(at(public_id, "cong-khai")).text
    assert f"<mark>{PHONE}</mark>" in page
    assert f"{PHONE}." not in page.split("<textarea")[1]
    assert "[số điện thoại]" in page.split("<textarea")[1]
    assert office.browser(office.handler).get(f"/cong-khai/{public_id}").status_code == 404


def test_what_is_left_in_goes_out_only_after_it_was_shown(office: Office) -> None:
    public_id = answered(office)
    with pytest.raises(publishing.Unseen):
        publish(office, public_id, TEXT)
    with pytest.raises(publishing.Unseen):
        publish(office, public_id, TEXT, seen=publishing.seal_of("Rác.", ANSWER))
    with pytest.raises(publishing.Unseen):
        publish(office, public_id, "Rác.", f"Xin gọi {PHONE}.")
    assert db.session.get(Publication, case_of(public_id).id) is None
    client = office.browser(office.handler)
    fields = {"version": version_of(public_id), "text": TEXT, "answer": ANSWER, "confirmed": "y", "seen": ""}
    shown = send(client, at(public_id, "cong-khai"), at(public_id, "cong-khai"), **fields)
    assert shown.status_code == 422
    assert f"<mark>{PHONE}</mark>" in shown.text
    assert f'value="{publishing.seal_of(TEXT, ANSWER)}"' in shown.text
    publish(office, public_id, TEXT, seen=publishing.seal_of(TEXT, ANSWER))
    assert queries.public_case(public_id).text == TEXT


def test_the_officer_confirms_with_his_own_tick(office: Office) -> None:
    public_id = answered(office)
    client = office.browser(office.handler)
    fields = {"version": version_of(public_id), "text": "Rác chưa thu gom.", "answer": ANSWER}
    assert send(client, at(public_id, "cong-khai"), at(public_id, "cong-khai"), **fields).status_code == 422
    assert queries.published()[0] == []
    assert send(client, at(public_id, "cong-khai"), at(public_id, "cong-khai"), **fields, confirmed="y").status_code == 302
    page = client.get(f"/cong-khai/{public_id}").text
    assert "Rác chưa thu gom." in page
    assert str(case_of(public_id).reference) not in page
    assert send(client, at(public_id, "thoi-cong-khai"), at(public_id), version=version_of(public_id)).status_code == 302
    assert client.get(f"/cong-khai/{public_id}").status_code == 404
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == public_id)).all()
    assert {"case.publish", "case.withdraw_publication"} <= set(acts)


def test_a_double_click_publishes_once_and_a_second_officer_is_told(office: Office) -> None:
    public_id = answered(office)
    redactor, old = office.app.extensions["redactor"], version_of(public_id)
    for _ in range(2):
        publishing.publish(redactor, office.handler.actor, public_id, old, "Rác.", ANSWER, "")
    with pytest.raises(Conflict):
        publishing.publish(redactor, office.head.actor, public_id, old, "Rác nhiều.", ANSWER, "")
    assert queries.public_case(public_id).text == "Rác."


def test_without_consent_or_answer_nobody_publishes(office: Office) -> None:
    private, early = answered(office, wants_public=False), office.submitted(office.report(TEXT, wants_public=True))
    for public_id in (private, early):
        with pytest.raises(NotFound):
            publish(office, public_id)
    public_id = answered(office)

    def path(officer: Officer) -> int:
        return office.browser(officer).get(at(public_id, "cong-khai")).status_code

    assert [path(who) for who in (office.head, office.stranger, office.leader, office.inspector, office.desk)] == [200, 404, 404, 404, 404]


def test_a_case_sealed_later_is_public_no_more(office: Office) -> None:
    public_id = answered(office)
    publish(office, public_id)
    assert queries.public_case(public_id).answer == ANSWER
    case = case_of(public_id)
    case.sealed, case.reference = True, None
    db.session.commit()
    with pytest.raises(NotFound):
        queries.public_case(public_id)
    assert queries.published() == ([], None)
    with pytest.raises(NotFound):
        publish(office, public_id)


def test_without_the_redactor_nothing_is_published(office: Office) -> None:
    public_id = answered(office)
    office.app.extensions["redactor"] = None
    assert office.browser(office.handler).get(at(public_id, "cong-khai")).status_code == 503


def test_the_public_list_is_searched_with_and_without_marks(office: Office, client: FlaskClient) -> None:
    public_id = answered(office)
    publish(office, public_id, "Rác ở đầu hẻm <b>chưa</b> thu gom.")
    for words in ("rác đầu hẻm", "rac dau hem", "thu gom"):
        assert [line.public_id for line in queries.published(words)[0]] == [public_id]
    assert queries.published("ngập")[0] == []
    assert queries.published(category="health")[0] == []
    assert queries.published(district_id=1)[0] == []
    page = office.browser(office.handler).get("/cong-khai?tim=rac&sau=xx&quan=abc").text
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("glance", [0, 2, 500])
def test_words_lead_through_the_list_whether_found_at_a_glance_or_by_the_index(
    office: Office, monkeypatch: pytest.MonkeyPatch, glance: int
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    monkeypatch.setattr(queries, "GLANCE", glance)
    keys = [answered(office) for _n in range(3)]
    for number, public_id in enumerate(keys):
        publish(office, public_id, f"Rác ở đầu hẻm chưa thu gom. {'Hôi thối.' if number == 0 else ''}")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        lines, cursor = queries.published("thu gom", cursor=cursor)
        found += [line.public_id for line in lines]
    assert found == keys[::-1]
    assert [line.public_id for line in queries.published("hôi thối")[0]] == keys[:1], "only the oldest holds these"
    assert queries.published("thu gom", category="health") == ([], None)


def test_the_list_goes_on_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    keys = [answered(office), answered(office)]
    for public_id in keys:
        publish(office, public_id)
    first, cursor = queries.published()
    second, end = queries.published(cursor=cursor or "")
    assert [line.public_id for line in (*first, *second)] == keys[::-1]
    assert end is None
