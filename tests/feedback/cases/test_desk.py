"""From the save to the agency: reading, sorting, sealing, releasing."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from feedback.audit.models import AuditEntry
from feedback.cases import desk
from feedback.cases.models import Case, CaseEvent
from feedback.cases.ports import Labels
from feedback.cases.sorting import classify_case
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.city.models import Track
from feedback.db import db
from feedback.errors import Conflict, Invalid, NotFound
from tests.feedback.citizen import BRIBE, BrokenClassifier, PlainClassifier
from tests.feedback.officers import Office, case_by_key, case_of, version_of


class SlowClassifier(PlainClassifier):
    """Never comes back in time."""

    def classify(self, text: str) -> Labels:
        time.sleep(0.3)
        return super().classify(text)


@pytest.mark.parametrize("classifier", [None, BrokenClassifier(), SlowClassifier()], ids=["missing", "raises", "hangs"])
def test_what_the_machine_could_not_read_goes_to_triage(office: Office, classifier: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.cases.sorting.READ_SECONDS", 0.05)
    office.app.extensions["classifier"] = classifier
    case = case_of(office.report())
    assert (case.state, case.sealed, case.agency_id) == (State.TRIAGE, True, city.triage_agency().id)


def test_misconduct_never_passes_the_desk(office: Office) -> None:
    """At no step of its life was it open, and no reference number was spent on it."""
    case = case_of(office.report(BRIBE))
    path = db.session.scalars(select(CaseEvent.to_state).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)).all()
    assert path == ["received", "triage"]
    assert (case.track, case.reference) == (Track.CONDUCT, None)
    assert case_of(office.report()).reference == f"PA-{case.received_at.year}-000001"


def test_a_citizen_who_says_conduct_is_believed(office: Office) -> None:
    assert case_of(office.report(category_code="staff_conduct")).state is State.TRIAGE


def test_reading_twice_changes_nothing(office: Office) -> None:
    case = case_of(office.report())
    before = case.version
    classify_case(case.id)
    assert case_by_key(case.id).version == before


def test_forwarding_counts_the_deadline_from_receipt(office: Office) -> None:
    public_id = office.report()
    case = case_of(public_id)
    received = case.received_at
    desk.forward(office.desk.actor, public_id, case.version, desk.Decision("health", office.agency, note="Gấp"))
    case = case_of(public_id)
    assert (case.state, case.to_agency_id, case.received_at) == (State.FORWARDED, office.agency, received)
    assert case.agency_id == office.desk.actor.agency_id, "the sender is responsible until the receiver accepts"
    assert case.rule_code == city.category("health").rule_code
    last = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc())).first()
    assert last is not None
    assert (last.move, last.reason, last.other_agency_id) == ("forward", "Gấp", office.agency)


@pytest.mark.parametrize("agency", ["triage", "unknown"])
def test_only_agencies_in_force_get_cases(office: Office, agency: str) -> None:
    public_id = office.report()
    target = city.triage_agency().id if agency == "triage" else 999_999
    with pytest.raises(Invalid):
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("health", target))


def test_conduct_is_not_forwarded_even_by_a_forged_form(office: Office) -> None:
    public_id = office.report()
    with pytest.raises(Invalid):
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("staff_conduct", office.agency))
    assert case_of(public_id).state is State.SORTING


def test_sealing_withdraws_the_case_from_the_desk(office: Office) -> None:
    public_id = office.report()
    desk.send_to_inspectorate(office.desk.actor, public_id, version_of(public_id), "Nói về cán bộ")
    case = case_of(public_id)
    assert (case.state, case.sealed, case.reference, case.track) == (State.TRIAGE, True, None, Track.CONDUCT)
    with pytest.raises(NotFound):
        desk.send_to_inspectorate(office.desk.actor, public_id, case.version, "Lần nữa")


def test_release_opens_the_case_under_another_field(office: Office) -> None:
    public_id = office.sealed()
    with pytest.raises(Invalid):
        desk.release(office.inspector.actor, public_id, version_of(public_id), "staff_conduct", "Không phải hành vi")
    with pytest.raises(Invalid):
        desk.release(office.inspector.actor, public_id, version_of(public_id), "other", " ")
    desk.release(office.inspector.actor, public_id, version_of(public_id), "other", "Không phải hành vi")
    case = case_of(public_id)
    assert (case.state, case.sealed, case.track) == (State.SORTING, False, city.category("other").track)
    assert case.reference is not None


def test_an_old_version_is_a_conflict(office: Office) -> None:
    public_id = office.report()
    with pytest.raises(Conflict):
        desk.forward(office.desk.actor, public_id, version_of(public_id) - 1, desk.Decision("health", office.agency))


def test_the_act_and_its_trace_stand_or_fall_together(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """When telling the agency fails, neither the move nor its event nor its audit row is left."""
    public_id = office.report()
    before = rows()

    def broken(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("feedback.cases.transfers.notify_agency", broken)
    with pytest.raises(RuntimeError):
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("health", office.agency))
    assert case_of(public_id).state is State.SORTING
    assert rows() == before


def rows() -> tuple[int, ...]:
    """How many cases, events and audit rows there are."""
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Case, CaseEvent, AuditEntry))
