"""Kiểm tra mẫu: who is given which case, what is shown of it, and what is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from feedback.accounts.models import Role
from feedback.audit.models import AuditEntry
from feedback.cases import desk, ending, handling, learning
from feedback.cases.learning import Finding
from feedback.cases.learning_models import CheckDraw, Correction, Way, Why
from feedback.cases.learning_rules import text_mark
from feedback.cases.models import Outcome, Refusal
from feedback.cases.ports import Span
from feedback.city import queries as city
from feedback.db import db
from feedback.errors import NotFound
from tests.feedback.citizen import BRIBE, TEXT, BrokenClassifier, text_of
from tests.feedback.officers import ANSWER, Office, Officer, case_of, counted, send, version_of

QUEUE = "/can-bo/kiem-tra-mau"
RUBBISH = Finding("urban_environment")


class Hides:
    """Masks every digit and finds nothing in its own output."""

    def mask(self, text: str) -> tuple[str, tuple[Span, ...]]:
        found = tuple(Span("digit", at, at + 1) for at, letter in enumerate(text) if letter.isdigit())
        return "".join("•" if letter.isdigit() else letter for letter in text), found


class Leaks:
    """Says that it has found something and masks nothing."""

    def mask(self, text: str) -> tuple[str, tuple[Span, ...]]:
        return text, (Span("name", 0, 1),)


class Breaks:
    def mask(self, text: str) -> tuple[str, tuple[Span, ...]]:
        raise RuntimeError(text)


@pytest.fixture
def office(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office in which every case is drawn."""
    monkeypatch.setattr(learning, "is_drawn", lambda _key, _public_id: True)
    office.app.extensions["redactor"] = Hides()
    return office


@pytest.fixture
def second(office: Office) -> Officer:
    """Another officer of the front desk."""
    return office._hire(Role.FRONT_DESK, city.desk_agency().id)


@pytest.fixture
def auditor(office: Office) -> Officer:
    """Another inspector."""
    return office._hire(Role.INSPECTORATE, city.triage_agency().id)


def given_to(officer: Officer) -> list[str]:
    return [one.public_id for one in learning.waiting(officer.actor)]


def kept(public_id: str) -> list[Correction]:
    case_id = case_of(public_id).id
    return list(db.session.scalars(select(Correction).where(Correction.case_id == case_id).order_by(Correction.id)))


def send_on(office: Office, public_id: str, category: str) -> None:
    desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision(category, office.agency))


def test_a_case_is_drawn_by_its_id_when_the_machine_has_read_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(learning, "is_drawn", lambda key, public_id: asked.append((key, public_id)) or len(asked) == 1)
    first, other = office.report(), office.report()
    assert asked == [(learning.key(), first), (learning.key(), other)]
    assert [(row.case_id, row.why) for row in db.session.scalars(select(CheckDraw))] == [(case_of(first).id, Why.RANDOM)]


def test_what_the_machine_could_not_read_is_not_drawn(office: Office) -> None:
    office.app.extensions["classifier"] = BrokenClassifier()
    office.report()
    assert db.session.scalars(select(CheckDraw)).all() == []


def test_a_second_officer_is_given_a_case_once_the_first_has_decided(office: Office, second: Officer) -> None:
    public_id = office.report()
    assert given_to(second) == given_to(office.desk) == []
    office.forwarded(public_id)
    assert given_to(second) == [public_id]
    assert given_to(office.desk) == [], "he has decided it himself"
    office.accepted(office.report())
    assert len(given_to(second)) == learning.count_waiting(second.actor) == 2, "wherever the case lies by now"


@pytest.mark.parametrize("who", ["handler", "head", "leader", "admin", "inspector", "stranger"])
def test_nobody_else_is_given_an_open_case(office: Office, who: str) -> None:
    public_id = office.forwarded()
    officer: Officer = getattr(office, who)
    assert given_to(officer) == []
    with pytest.raises(NotFound):
        learning.check(officer.actor, public_id, RUBBISH)
    answer = office.browser(officer).get(f"{QUEUE}/{public_id}")
    assert answer.status_code == 404


def test_a_desk_officer_of_another_agency_is_given_nothing(office: Office) -> None:
    office.forwarded()
    assert given_to(office._hire(Role.FRONT_DESK, office.other)) == []


def test_refused_and_merged_cases_are_checked_and_withdrawn_ones_are_not(office: Office, second: Officer) -> None:
    refused, merged, withdrawn = office.report(), office.report(), office.forwarded()
    lead = office.forwarded()
    ending.refuse(office.desk.actor, refused, version_of(refused), Refusal.SPAM, "Xin gửi nội dung cụ thể.")
    ending.merge(office.desk.actor, merged, version_of(merged), lead)
    ending.withdraw(case_of(withdrawn).id, "Không cần nữa")
    assert set(given_to(second)) == {refused, merged, lead}


def test_sealed_cases_are_checked_by_the_inspectorate_alone_and_never_by_who_handles_them(office: Office, second: Officer) -> None:
    auditor = office._hire(Role.INSPECTORATE, city.triage_agency().id)
    public_id = office.sealed()
    assert given_to(auditor) == [], "nobody has decided it yet"
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    assert given_to(auditor) == [public_id]
    assert given_to(office.inspector) == given_to(second) == given_to(office.desk) == []
    with pytest.raises(NotFound):
        learning.open_for_check(second.actor, public_id)


def test_a_case_sealed_later_leaves_the_desk_s_queue(office: Office, second: Officer) -> None:
    public_id = office.report()
    desk.send_to_inspectorate(office.desk.actor, public_id, version_of(public_id), "Nêu tên cán bộ")
    assert given_to(second) == []


def test_opening_a_sealed_case_is_written_down_and_an_open_one_is_not(office: Office, second: Officer, auditor: Officer) -> None:
    sealed, other = office.sealed(), office.forwarded()
    desk.take_up(office.inspector.actor, sealed, version_of(sealed))
    learning.open_for_check(auditor.actor, sealed)
    learning.open_for_check(second.actor, other)
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.opened_sealed")).all()
    assert [(row.subject_id, row.actor_user_id) for row in rows] == [(sealed, auditor.actor.user_id)]


def test_a_check_is_kept_with_what_the_machine_had_said_and_no_text(office: Office, second: Officer) -> None:
    public_id = office.forwarded(office.report("Rác đầy hẻm 12, gọi 0900000123."))
    assert learning.check(second.actor, public_id, Finding("public_order", urgent=True)) is False
    (row,) = kept(public_id)
    assert (row.way, row.model_version, row.suggested_category_code, row.category_code) == (
        Way.CHECK,
        "test-1",
        "urban_environment",
        "public_order",
    )
    assert (row.misconduct, row.urgent, row.spam, row.insult) == (False, True, False, False)
    assert (row.suggested_misconduct, row.suggested_urgent, row.abstained) == (False, False, False)
    assert row.alternatives == [["public_order", 0.05]]
    assert row.decided_by_id == second.actor.user_id
    assert row.text_mark == text_mark(learning.key(), case_of(public_id).text)
    assert not any("hẻm" in str(value) for value in vars(row).values())
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.checked")).one()
    assert (entry.subject_id, entry.facts) == (public_id, {})


def test_a_case_is_checked_once(office: Office, second: Officer) -> None:
    third = office._hire(Role.FRONT_DESK, city.desk_agency().id)
    public_id = office.forwarded()
    learning.check(second.actor, public_id, RUBBISH)
    assert given_to(third) == []
    with pytest.raises(NotFound):
        learning.check(third.actor, public_id, RUBBISH)
    assert len(kept(public_id)) == 1


def test_conduct_is_misconduct_whatever_was_ticked_and_an_open_case_of_it_is_told(office: Office, second: Officer) -> None:
    public_id = office.forwarded()
    assert learning.check(second.actor, public_id, Finding("staff_conduct", spam=True)) is True
    (row,) = kept(public_id)
    assert (row.misconduct, row.spam) == (True, True)
    assert learning.reference_of_checked(second.actor, public_id) == case_of(public_id).reference
    with pytest.raises(NotFound):
        learning.reference_of_checked(office.desk.actor, public_id)


def test_the_inspectorate_is_not_told_of_its_own_case(office: Office, auditor: Officer) -> None:
    public_id = office.sealed()
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    assert learning.check(auditor.actor, public_id, Finding("staff_conduct")) is False


def test_only_a_decision_against_the_suggestion_is_kept(office: Office) -> None:
    same, other = office.report(), office.report()
    send_on(office, same, "urban_environment")
    send_on(office, other, "civil_status")
    assert kept(same) == []
    (row,) = kept(other)
    assert (row.way, row.suggested_category_code, row.category_code) == (Way.FORWARD, "urban_environment", "civil_status")
    assert (row.misconduct, row.urgent, row.spam, row.insult) == (False, None, None, None)


def test_the_same_correction_is_kept_once_and_another_one_beside_it(office: Office) -> None:
    from feedback.cases import transfers

    public_id = office.report()
    for category in ("civil_status", "civil_status", "health"):
        send_on(office, public_id, category)
        transfers.recall(office.desk.actor, public_id, version_of(public_id), "Nhầm")
    assert [row.category_code for row in kept(public_id)] == ["civil_status", "health"]


def test_misconduct_seen_or_cleared_by_people_is_kept(office: Office) -> None:
    missed, cleared, confirmed = office.report(), office.sealed(), office.sealed()
    desk.send_to_inspectorate(office.desk.actor, missed, version_of(missed), "Nêu tên cán bộ")
    desk.release(office.inspector.actor, cleared, version_of(cleared), "civil_status", "Không nói ai")
    desk.take_up(office.inspector.actor, confirmed, version_of(confirmed))
    assert [(row.way, row.suggested_misconduct, row.misconduct) for row in kept(missed)] == [(Way.SEAL, False, True)]
    assert [(row.way, row.suggested_misconduct, row.misconduct) for row in kept(cleared)] == [(Way.RELEASE, True, False)]
    assert kept(confirmed) == []
    send_on(office, cleared, "civil_status")
    assert len(kept(cleared)) == 1, "the desk followed the inspectorate"


def test_what_was_corrected_is_looked_at_again_for_sixty_days(office: Office, second: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "is_drawn", lambda _key, _public_id: False)
    same, other = office.report(), office.report()
    send_on(office, same, "urban_environment")
    send_on(office, other, "civil_status")
    assert db.session.scalars(select(CheckDraw.why)).all() == [Why.CORRECTED]
    assert given_to(second) == [other]
    monkeypatch.setattr(learning, "CORRECTED_WAITS", learning.CORRECTED_WAITS * 0)
    assert given_to(second) == []
    assert learning.count_waiting(second.actor) == 0


def test_a_random_case_stays_random_when_it_is_corrected(office: Office) -> None:
    public_id = office.report()
    send_on(office, public_id, "civil_status")
    assert db.session.scalars(select(CheckDraw.why)).all() == [Why.RANDOM]


def test_corrections_cannot_be_changed(office: Office, second: Officer) -> None:
    learning.check(second.actor, office.forwarded(), RUBBISH)
    for statement in ("UPDATE correction SET category_code = 'other'", "DELETE FROM correction"):
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_page_shows_the_masked_text_and_nothing_that_could_be_followed(office: Office, second: Officer) -> None:
    public_id = office.forwarded(office.report("Rác đầy hẻm 12, gọi 0900000123."))
    page = office.browser(second).get(f"{QUEUE}/{public_id}")
    assert page.status_code == 200
    assert "Rác đầy hẻm ••, gọi ••••••••••." in page.text
    assert case_of(public_id).reference not in page.text
    assert "checked" not in page.text.partition("<main")[2].partition("</main>")[0]
    listed = office.browser(second).get(QUEUE)
    assert "Rác" not in text_of(listed)
    assert f"{QUEUE}/{public_id}" in listed.text


@pytest.mark.parametrize("redactor", [None, Leaks(), Breaks()])
def test_a_text_that_cannot_be_masked_is_not_shown(office: Office, second: Officer, redactor: object) -> None:
    public_id = office.forwarded()
    office.app.extensions["redactor"] = redactor
    page = office.browser(second).get(f"{QUEUE}/{public_id}")
    assert page.status_code == 503
    assert TEXT not in page.text
    assert "Xin chọn hồ sơ khác" in page.text


def test_an_officer_works_through_the_queue(office: Office, second: Officer) -> None:
    first, other = office.forwarded(), office.forwarded()
    browser = office.browser(second)
    empty = send(browser, f"{QUEUE}/{first}", f"{QUEUE}/{first}")
    assert empty.status_code == 422
    assert "Xin chọn một lĩnh vực." in text_of(empty)
    assert send(browser, f"{QUEUE}/{first}", f"{QUEUE}/{first}", category="nonsense").status_code == 422
    saved = send(browser, f"{QUEUE}/{first}", f"{QUEUE}/{first}", category="urban_environment", spam="y")
    assert saved.headers["Location"].endswith(other)
    assert "Đã ghi nhận. Còn 1 hồ sơ chờ kiểm tra." in text_of(browser.get(f"{QUEUE}/{other}"))
    last = send(browser, f"{QUEUE}/{other}", f"{QUEUE}/{other}", category="other")
    assert last.headers["Location"].endswith(QUEUE)
    assert "Không có hồ sơ nào chờ kiểm tra" in text_of(browser.get(QUEUE))
    assert [row.spam for row in (*kept(first), *kept(other))] == [True, False]


def test_whoever_comes_too_late_is_told_so(office: Office, second: Officer) -> None:
    one, other = office.forwarded(), office.forwarded()
    learning.check(second.actor, one, RUBBISH)
    late = send(office.browser(second), f"{QUEUE}/{one}", f"{QUEUE}/{other}", category="other")
    assert late.headers["Location"].endswith(QUEUE)
    assert len(kept(one)) == 1


def test_signs_of_misconduct_in_an_open_case_lead_to_the_page_that_says_whom_to_tell(office: Office, second: Officer) -> None:
    public_id = office.forwarded()
    browser = office.browser(second)
    saved = send(browser, f"{QUEUE}/{public_id}", f"{QUEUE}/{public_id}", category="staff_conduct")
    page = browser.get(saved.headers["Location"])
    assert case_of(public_id).reference in text_of(page)
    assert "Thanh tra" in text_of(page)
    assert office.browser(office.desk).get(saved.headers["Location"]).status_code == 404


def test_few_queries_however_many_wait(office: Office, second: Officer) -> None:
    for _ in range(5):
        office.forwarded()
    browser = office.browser(second)
    browser.get(QUEUE)
    with counted() as seen:
        browser.get(QUEUE)
    assert len(seen) <= 6, seen
    public_id = given_to(second)[0]
    with counted() as seen:
        browser.get(f"{QUEUE}/{public_id}")
    assert len(seen) <= 10, seen


def test_an_answered_case_of_the_inspectorate_can_still_be_checked(office: Office, auditor: Officer) -> None:
    public_id = office.report(BRIBE)
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    handling.submit_answer(office.inspector.actor, public_id, version_of(public_id), Outcome.SOLVED, ANSWER)
    handling.approve(office.inspector.actor, public_id, version_of(public_id))
    assert given_to(auditor) == [public_id]
