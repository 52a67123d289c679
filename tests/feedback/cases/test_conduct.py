"""Who handles a report about an official: never the accused, never who knows him; the leaders when the inspectorate is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from feedback.accounts.models import Role, User
from feedback.audit.models import AuditEntry
from feedback.cases import conduct, desk, dialogue, handing_up, queries, verifying
from feedback.cases.access import Actor, open_moves, sealed_cases
from feedback.cases.accused import Competent
from feedback.cases.conduct_models import ConductFinding, Verdict
from feedback.cases.handover_models import PARTNER_OPEN, Partner
from feedback.cases.intake import ReportContact
from feedback.cases.message_models import Publication
from feedback.cases.models import Case
from feedback.cases.partners import ask_partner
from feedback.cases.queries import Filter
from feedback.cases.workflow import Move, State
from feedback.city import queries as city
from feedback.codes import new_code
from feedback.crypto import SealBroken
from feedback.db import db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.localtime import local_day
from tests.feedback.citizen import BRIBE
from tests.feedback.officers import Office, Officer, case_of, version_of


def name(office: Office, public_id: str, *agencies: int, users: tuple[int, ...] = ()) -> Competent:
    return conduct.name_accused(office.inspector.actor, public_id, version_of(public_id), agencies, users).competent


def sees(officer: Officer, public_id: str) -> bool:
    return db.session.scalar(sealed_cases(officer.actor).where(Case.public_id == public_id)) is not None


def second_inspector(office: Office) -> Officer:
    return office._hire(Role.INSPECTORATE, city.triage_agency().id)


def audited(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_the_accused_agency_can_never_become_responsible(office: Office) -> None:
    """Control 3: neither by a service nor by a statement behind its back."""
    public_id = office.sealed()
    assert name(office, public_id, office.agency) is Competent.INSPECTORATE
    for change in ("agency_id = :agency", "to_agency_id = :agency, state = 'forwarded', sealed = false, reference = 'PA-1'"):
        with pytest.raises(IntegrityError):
            db.session.execute(text(f"UPDATE cases SET {change} WHERE public_id = :id"), {"agency": office.agency, "id": public_id})
        db.session.rollback()
    assert audited("case.accused_named") == 1


def test_a_report_against_the_inspectorate_goes_to_the_leaders_and_leaves_every_inspector(office: Office) -> None:
    public_id = office.sealed()
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    assert not sees(office.leader, public_id)
    assert name(office, public_id, city.triage_agency().id) is Competent.LEADERSHIP
    case = case_of(public_id)
    assert (case.agency_id, case.state, case.handler_id) == (city.desk_agency().id, State.TRIAGE, None)
    assert sees(office.leader, public_id)
    assert not sees(office.inspector, public_id)
    assert queries.count(office.leader.actor, Filter()) == 0, "no list of open cases and no figure tells of it"
    assert not any(queries.count(one.actor, Filter()) for one in (office.desk, office.admin, office.inspector))
    with pytest.raises(NotFound):
        conduct.recuse(office.inspector.actor, public_id)


def test_the_leaders_conclude_what_accuses_the_inspectorate(office: Office) -> None:
    public_id = office.sealed()
    name(office, public_id, city.triage_agency().id)
    with pytest.raises(Invalid):
        verifying.conclude(office.leader.actor, public_id, version_of(public_id), Verdict.SUBSTANTIATED, " ")
    db.session.rollback()
    verifying.conclude(office.leader.actor, public_id, version_of(public_id), Verdict.SUBSTANTIATED, "Đã xử lý cán bộ vi phạm.")
    case = case_of(public_id)
    answer = queries.published_answer(case.id)
    assert answer is not None
    assert (case.state, answer.text) == (State.ANSWERED, "Đã xử lý cán bộ vi phạm.")
    assert db.session.get_one(ConductFinding, case.id).verdict is Verdict.SUBSTANTIATED


def test_a_report_against_the_leaders_is_handed_up_once_in_a_sealed_file(office: Office) -> None:
    public_id, code = office.report(BRIBE, contact=ReportContact(phone="0900000123"), place="Quầy 3"), new_code()
    with pytest.raises(Conflict, match="Lãnh đạo"):
        handing_up.hand_up(office.inspector.actor, public_id, version_of(public_id), code)
    db.session.rollback()
    assert name(office, public_id, city.agency_by_code("UBND-TP").id) is Competent.HIGHER
    with pytest.raises(Conflict, match="cấp trên"):
        verifying.ask_verifier(office.inspector.actor, public_id, version_of(public_id), 1, "Có người vòi tiền.", confirmed=True)
    db.session.rollback()
    assert open_moves(office.inspector.actor, case_of(public_id)) == [Move.REROUTE], "only to name somebody else"
    with pytest.raises(NotAllowed):
        desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    db.session.rollback()
    file = handing_up.hand_up(office.inspector.actor, public_id, version_of(public_id), code)
    assert BRIBE.encode() not in file
    found = handing_up.open_file(file, code)
    assert (found["text"], found["contact"], found["manifest"]["case"]) == (BRIBE, {"phone": "0900000123"}, public_id)
    assert sorted(found["manifest"]["sha256"]) == ["contact", "files", "messages", "place", "text"]
    with pytest.raises(Conflict, match="một lần"):
        handing_up.hand_up(office.inspector.actor, public_id, version_of(public_id), code)
    db.session.rollback()
    assert audited("case.handed_up") == audited("case.contact_read") == 1
    for broken in (file[:-1], b"x" + file, file.replace(b"1\n", b"2\n", 1)):
        with pytest.raises(SealBroken):
            handing_up.open_file(broken, code)
    with pytest.raises(SealBroken):
        handing_up.open_file(file, new_code())


def test_nobody_is_left_when_both_are_accused(office: Office) -> None:
    public_id = office.sealed()
    with pytest.raises(Invalid, match="xuất tệp niêm phong"):
        name(office, public_id, city.triage_agency().id, city.agency_by_code("UBND-TP").id)
    db.session.rollback()
    assert case_of(public_id).accused_agency_ids == []


def test_who_knows_somebody_in_it_steps_back_and_a_colleague_goes_on(office: Office) -> None:
    """Control 4: at once, in a session that was open before, too."""
    public_id, other = office.sealed(), second_inspector(office)
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    session = office.browser(office.inspector)
    address = f"/can-bo/ho-so/{public_id}"
    assert session.get(address).status_code == 200
    conduct.recuse(office.inspector.actor, public_id)
    unknown = session.get("/can-bo/ho-so/0000000000000000")
    for answer in (session.get(address), session.get(f"/can-bo/niem-phong/{public_id}")):
        assert answer.status_code == 404
        assert answer.text == unknown.text
    assert queries.count(office.inspector.actor, Filter()) == 0
    assert case_of(public_id).handler_id == other.actor.user_id
    assert sees(other, public_id)
    assert not queries.has_acted(office.inspector.actor, public_id), "his own acts do not bring it back"
    assert audited("case.recused") == audited("case.handed_to_colleague") == 1


def test_without_a_colleague_the_leaders_take_over(office: Office) -> None:
    public_id = office.sealed()
    conduct.recuse(office.inspector.actor, public_id)
    assert case_of(public_id).agency_id == city.desk_agency().id
    assert sees(office.leader, public_id)


def test_a_named_officer_never_sees_it_wherever_he_is_employed(office: Office) -> None:
    public_id = office.sealed()
    accused = db.session.get_one(User, office.handler.actor.user_id)
    name(office, public_id, users=(accused.id,))
    accused.role, accused.agency_id = Role.INSPECTORATE, city.triage_agency().id
    db.session.commit()
    moved = replace(office.handler, actor=Actor.of(db.session.get_one(User, accused.id)))
    assert not sees(moved, public_id)
    assert sees(office.inspector, public_id)
    name(office, public_id)
    assert sees(moved, public_id), "who is not named any more may see it like any inspector"


def test_an_inspector_who_is_named_loses_the_case_to_a_colleague(office: Office) -> None:
    public_id, other = office.sealed(), second_inspector(office)
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    conduct.name_accused(other.actor, public_id, version_of(public_id), [], [office.inspector.actor.user_id or 0])
    assert case_of(public_id).handler_id == other.actor.user_id
    assert not sees(office.inspector, public_id)


def test_a_later_accusation_of_the_present_agency_revokes_in_the_same_transaction(office: Office) -> None:
    """Control 3, and what the blind check leads to: the agency had the case, helped by another, and the report was public."""
    public_id = office.accepted(office.named())
    reference = case_of(public_id).reference or ""
    ask_partner(office.handler.actor, public_id, version_of(public_id), office.other, "Xin ý kiến.", local_day(now()))
    dialogue.ask(office.handler.actor, public_id, version_of(public_id), "Nhà số mấy?")
    db.session.add(Publication(case_id=case_of(public_id).id, text="a", text_folded="a", answer="b", published_at=now(), published_by_id=1))
    db.session.commit()
    for wrong in ("PA-2026-999999", "", reference[:-1]):
        with pytest.raises(NotFound):
            conduct.pull(office.inspector.actor, wrong, [office.agency], "Nói về cán bộ.")
        db.session.rollback()
    with pytest.raises(NotFound):
        conduct.pull(office.head.actor, reference, [], "Không phải việc của tôi.")
    db.session.rollback()
    assert conduct.pull(office.inspector.actor, reference.lower(), [office.agency], "Nói về cán bộ.") == public_id
    for officer in (office.handler, office.head, office.stranger, office.leader, office.desk):
        assert queries.count(officer.actor, Filter()) == 0
        assert office.browser(officer).get(f"/can-bo/ho-so/{public_id}").status_code == 404
    case = case_of(public_id)
    assert (case.state, case.reference, case.excluded_agency_ids) == (State.TRIAGE, None, [office.agency])
    assert db.session.scalar(select(func.count()).select_from(Publication)) == 0
    assert db.session.scalar(select(func.count()).where(Partner.state.in_(PARTNER_OPEN))) == 0
    assert "Nhà số mấy?" not in str(db.session.execute(text("SELECT * FROM case_message")).all())


def test_a_verifier_reads_the_redacted_text_and_nothing_else(office: Office) -> None:
    public_id = office.sealed()
    inspector, verifier = office.inspector.actor, office.stranger
    ask = {"user_id": verifier.actor.user_id or 0, "text": "Có người vòi tiền tại quầy."}
    phone = {**ask, "text": "Bà Nguyễn Thị Thử, 0903 123 456, bị vòi tiền."}
    with pytest.raises(Invalid, match="thông tin cá nhân"):
        verifying.ask_verifier(inspector, public_id, version_of(public_id), confirmed=False, **phone)
    db.session.rollback()
    with pytest.raises(Invalid, match="Xin viết"):
        verifying.ask_verifier(inspector, public_id, version_of(public_id), confirmed=True, **{**ask, "text": " "})
    db.session.rollback()
    verifying.ask_verifier(inspector, public_id, version_of(public_id), confirmed=False, **ask)
    with pytest.raises(Conflict):
        verifying.ask_verifier(inspector, public_id, version_of(public_id), confirmed=False, **ask)
    db.session.rollback()
    (asked,) = verifying.waiting_for(verifier.actor)
    with pytest.raises(NotFound):
        verifying.open_verification(office.strange_head.actor, asked.public_id)
    db.session.rollback()
    assert verifying.open_verification(verifier.actor, asked.public_id).text == ask["text"]
    assert audited("case.redacted_read") == 1
    assert queries.count(verifier.actor, Filter()) == 0, "the case itself stays unknown to him"
    verifying.report_back(verifier.actor, asked.public_id, "Camera cho thấy có nhận tiền.")
    with pytest.raises(NotFound):
        verifying.open_verification(verifier.actor, asked.public_id)
    db.session.rollback()
    assert [one.report for one in verifying.verifications(case_of(public_id))] == ["Camera cho thấy có nhận tiền."]
    stored = str(db.session.execute(text("SELECT * FROM conduct_verification")).all())
    assert "vòi tiền" not in stored
    assert "nhận tiền" not in stored


def test_no_verifier_comes_from_the_accused_agency_and_one_who_turns_out_concerned_loses_the_text(office: Office) -> None:
    public_id = office.sealed()
    name(office, public_id, office.agency)
    inspector, words = office.inspector.actor, "Có người vòi tiền tại quầy."
    for officer in (office.handler, office.head, office.desk, office.inspector):
        with pytest.raises(Invalid, match="không được giao"):
            verifying.ask_verifier(inspector, public_id, version_of(public_id), officer.actor.user_id or 0, words, confirmed=True)
        db.session.rollback()
    verifying.ask_verifier(inspector, public_id, version_of(public_id), office.stranger.actor.user_id or 0, words, confirmed=True)
    name(office, public_id, office.other)
    assert verifying.waiting_for(office.stranger.actor) == []
    assert verifying.verifications(case_of(public_id))[0].ended_on is not None


def test_findings_name_nobody_and_small_numbers_stay_hidden_from_leadership(office: Office) -> None:
    """Control 31."""
    for number in range(6):
        public_id = office.sealed()
        with pytest.raises(Conflict, match="thụ lý"):
            verifying.record_finding(office.inspector.actor, public_id, version_of(public_id), Verdict.POLICE)
        db.session.rollback()
        desk.take_up(office.inspector.actor, public_id, version_of(public_id))
        verdict = Verdict.SUBSTANTIATED if number else Verdict.POLICE
        verifying.record_finding(office.inspector.actor, public_id, version_of(public_id), Verdict.NOT_SUBSTANTIATED)
        verifying.record_finding(office.inspector.actor, public_id, version_of(public_id), verdict)
    year = local_day(now()).year
    whole = {Verdict.SUBSTANTIATED: 5, Verdict.NOT_SUBSTANTIATED: 0, Verdict.POLICE: 1}
    assert verifying.findings(office.inspector.actor, year).numbers == whole
    assert verifying.findings(office.leader.actor, year).numbers == {**whole, Verdict.NOT_SUBSTANTIATED: None, Verdict.POLICE: None}
    assert verifying.findings(office.inspector.actor, year - 1).numbers == dict.fromkeys(Verdict, 0)
    columns = {column.name for column in ConductFinding.__table__.columns}
    assert columns == {"case_id", "verdict", "found_on", "category_code", "district_id"}


def test_released_it_accuses_nobody_any_more(office: Office) -> None:
    public_id = office.sealed()
    name(office, public_id, office.agency)
    desk.release(office.inspector.actor, public_id, version_of(public_id), "civil_status", "Không nói về cán bộ.")
    assert (case_of(public_id).accused_agency_ids, case_of(public_id).excluded_agency_ids) == ([], [])
    office.forwarded(public_id)
