"""The night's work on a real office: who is warned, what goes and what stays, and what may never be lost by it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Text, func, select, text, update

from feedback.accounts.models import User
from feedback.answers import publishing
from feedback.attachments.services import attach
from feedback.audit.models import AuditEntry
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import contacts, desk, dialogue, ending, handling, queries
from feedback.cases.access import CITIZEN, Actor
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case, Outcome, Refusal, Solved
from feedback.cases.rating import rate
from feedback.cases.sorting import classify_case
from feedback.cases.writing import lock_by_id
from feedback.codes import new_code
from feedback.db import Base, db, now
from feedback.intake import drafts
from feedback.localtime import local_day
from feedback.notices.models import Notice, NoticeKind
from feedback.operations import programs
from feedback.retention import erasing, services
from feedback.retention.models import Keeping, RetentionPeriod
from feedback.retention.nightly import anonymise, nightly
from feedback.retention.periods import Kind
from feedback.retention.queries import day_of
from feedback.sealing import CaseKey
from feedback.text import fold
from tests.feedback.attachments.samples import picture, saved
from tests.feedback.citizen import BRIBE
from tests.feedback.officers import Office, case_by_key, case_of, version_of

MARK = "qxdấuvết77"
Clock = Callable[[datetime], None]


@pytest.fixture
def office(app: Flask, clock: Clock) -> Office:
    """An office whose people have addresses, at a standing clock: Monday, 2 March 2026."""
    clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    office = Office(app)
    db.session.execute(update(User).values(email=User.sign_in_name + "@agency.example"))
    db.session.commit()
    return office


def full_life(office: Office) -> tuple[str, Case]:
    """A named report with a mark in every word anybody can write about it, answered, rated and public: its code, and the case."""
    code = new_code()
    draft = drafts.start(code)
    attach(draft.id, f"{MARK}.png", saved(picture((8, 8)), "PNG"))
    contact = ReportContact(name=f"Nguyễn {MARK}", phone="0900000123")
    sent = Report(text=f"Rác ở hẻm. {MARK}", place=MARK, contact=contact, wants_public=True)
    case_id = submit_report(sent, drafts.hmac_of(code), CITIZEN, draft_id=draft.id).case_id
    classify_case(case_id)
    public_id = office.accepted(case_by_key(case_id).public_id)
    handler, head = office.handler.actor, office.head.actor
    dialogue.report_progress(handler, public_id, version_of(public_id), MARK, local_day(now()) + timedelta(days=1))
    dialogue.ask(handler, public_id, version_of(public_id), MARK)
    dialogue.supplement(case_id, MARK)
    for act in (handling.send_back, None):
        handling.submit_answer(handler, public_id, version_of(public_id), Outcome.SOLVED, f"Đã gom. {MARK}")
        if act is not None:
            act(head, public_id, version_of(public_id), MARK)
    handling.approve(head, public_id, version_of(public_id))
    rate(case_id, Solved.YES, 5, MARK)
    seen = publishing.seal_of(MARK, MARK)
    publishing.publish(office.app.extensions["redactor"], handler, public_id, version_of(public_id), MARK, MARK, seen)
    return code, case_of(public_id)


def answered(office: Office) -> Case:
    """An answered case whose sender has said nothing more."""
    public_id = office.submitted()
    handling.approve(office.head.actor, public_id, version_of(public_id))
    return case_of(public_id)


def pass_nights(clock: Clock, day: date, *offsets: int) -> None:
    """Let the night's work run so many days from a day on."""
    for offset in offsets:
        clock(datetime(day.year, day.month, day.day, 12).astimezone() + timedelta(days=offset))
        nightly()


def gone(case: Case) -> bool:
    db.session.expire_all()
    return db.session.scalar(select(Keeping.anonymised_on).where(Keeping.case_id == case.id)) is not None


def due(case: Case) -> date:
    found = day_of(case.id)
    assert found is not None
    return found[1]


def told(kind: NoticeKind = NoticeKind.RETENTION_SOON) -> list[int | None]:
    return list(db.session.scalars(select(Notice.user_id).where(Notice.kind == kind).order_by(Notice.id)))


def test_warned_thirty_and_seven_days_before_and_gone_on_the_day(office: Office, clock: Clock) -> None:
    case = answered(office)
    day = due(case)
    assert day == local_day(case.answered_at or now()).replace(year=local_day(now()).year + 3), "three years for an answered report"
    pass_nights(clock, day, -31)
    assert told() == []
    pass_nights(clock, day, -30, -29, -8)
    assert told() == [office.head.actor.user_id], "once, to the head of the agency that holds it"
    pass_nights(clock, day, -7, -6, -1)
    assert told() == [office.head.actor.user_id] * 2
    assert not gone(case)
    pass_nights(clock, day, 0)
    assert gone(case)


def test_nothing_anybody_wrote_is_left_and_figures_are(app: Flask, office: Office, clock: Clock) -> None:
    code, case = full_life(office)
    store = app.extensions["config"].var / "attachments"
    kept = {
        name: getattr(case, name) for name in ("category_code", "area_id", "received_at", "answered_at", "closed_at", "due_at", "state")
    }
    assert len(list(store.glob("*/*"))) == 1
    assert MARK in dump(app)
    assert due(case) == local_day(case.closed_at or now()).replace(year=local_day(now()).year + 3) + timedelta(days=30), "he wrote again"
    pass_nights(clock, due(case), -7, 0)
    assert gone(case)
    left = dump(app)
    assert MARK not in left
    assert fold(MARK) not in left
    assert list(store.glob("*/*")) == []
    assert queries.case_of_code(drafts.hmac_of(code)) is None, "the code opens nothing"
    assert contacts.opened(case.id) == {}
    assert {name: getattr(case_of(case.public_id), name) for name in kept} == kept
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.anonymised")).one()
    assert (entry.subject_id, entry.facts) == (case.public_id, {"kind": "feedback", "files": 1, "asked": False})
    assert verify(record_keys()).whole
    reader = office.browser(office.head)
    assert reader.get(f"/can-bo/ho-so/{case.public_id}").status_code == 200, "officers can still open what is left"


def test_of_a_sealed_case_the_keys_go_and_with_them_every_word(app: Flask, office: Office) -> None:
    public_id = office.report(BRIBE, contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123"))
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    dialogue.ask(office.inspector.actor, public_id, version_of(public_id), "Xin cho biết ngày.")
    case = case_of(public_id)
    assert (case.sealed, case.text) == (True, BRIBE)
    services.place_hold(office.inspector.actor, public_id, MARK)
    assert MARK not in dump(app), "what is written about a sealed case is sealed with it"
    erasing.erase(lock_by_id(case.id))
    db.session.commit()
    case = case_of(public_id)
    assert (case.sealed, case.text, case.words_sealed, case.anonymous) == (True, "", None, True)
    assert contacts.opened(case.id) == {}
    key = db.session.get(CaseKey, case.id)
    assert key is not None
    assert key.wrapped is None
    assert office.browser(office.inspector).get(f"/can-bo/ho-so/{public_id}").status_code == 200


def dump(app: Flask) -> str:
    """Every row of every table."""
    url = programs.url_of(app.extensions["config"])
    order = [programs._program("pg_dump"), "--data-only", f"--dbname={url.database}"]
    return subprocess.run(order, env=programs._environment(url), capture_output=True, check=True, cwd="/", text=True).stdout


def test_every_text_about_a_case_is_thought_of() -> None:
    """A new column for words about a case must be emptied too: whoever adds one comes by here."""
    about = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if "case_id" in table.c
        for column in table.c
        if isinstance(column.type, Text)
    }
    emptied = {
        *("case_event.reason", "case_pause.reason", "case_extension.reason", "case_transfer.note", "case_transfer.end_note"),
        *("case_partner.request", "case_partner.report", "case_answer.text", "case_answer.comment", "case_rating.comment"),
        *("case_suggestion.routing_reason", "case_hold.reason", "deletion_request.plea", "deletion_request.answer"),
        *("conduct_verification.text", "conduct_verification.report"),
        *("case_message.text", "case_publication.text", "case_publication.text_folded", "case_publication.answer"),
    }
    assert about == emptied


def test_running_twice_or_at_once_does_it_once(office: Office, clock: Clock) -> None:
    case = answered(office)
    day = due(case)
    pass_nights(clock, day, -7, 0, 0)
    assert anonymise(case.id, day) is False
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "case.anonymised")) == 1


def test_a_night_that_breaks_off_is_finished_by_the_next(office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = answered(office), answered(office)
    day = due(one)
    pass_nights(clock, day, -7)
    real = erasing.destroy_key

    def fails_for_two(case: Case, actor: Actor) -> None:
        if case.id == two.id:
            raise RuntimeError("the machine was switched off")
        real(case, actor)

    monkeypatch.setattr(erasing, "destroy_key", fails_for_two)
    with pytest.raises(RuntimeError):
        pass_nights(clock, day, 0)
    assert (gone(one), gone(two)) == (True, False)
    assert case_of(two.public_id).text != erasing.GONE, "half an anonymising is none"
    monkeypatch.undo()
    pass_nights(clock, day, 1)
    assert gone(two)


def test_what_is_held_stays_and_is_warned_of_anew(office: Office, clock: Clock) -> None:
    case = answered(office)
    day = due(case)
    pass_nights(clock, day, -30, -7)
    services.place_hold(office.head.actor, case.public_id, "Tòa án đang xem xét.")
    pass_nights(clock, day, 0, 400)
    assert not gone(case)
    services.lift_hold(office.head.actor, case.public_id)
    pass_nights(clock, day, 401)
    assert not gone(case), "those responsible hear of it once more"
    pass_nights(clock, day, 408)
    assert gone(case)


def test_a_shorter_period_surprises_nobody(office: Office, clock: Clock) -> None:
    case = answered(office)
    ended = local_day(case.answered_at or now())
    pass_nights(clock, ended, 200)
    services.change_period(office.admin.actor, "feedback", 1, "Thử.")
    pass_nights(clock, ended, 201)
    assert not gone(case)
    assert len(told()) == 1
    pass_nights(clock, ended, 207)
    assert not gone(case)
    pass_nights(clock, ended, 208)
    assert gone(case)


def test_who_waits_for_a_case_keeps_it(office: Office, clock: Clock) -> None:
    """The report whose part is still worked on, and the case that follows an open one."""
    whole = office.accepted(office.report())
    ending.refuse(office.head.actor, whole, version_of(whole), Refusal.SPAM, "Thử.")
    lead, follower = office.accepted(), office.accepted()
    ending.merge(office.handler.actor, follower, version_of(follower), lead)
    assert day_of(case_of(follower).id) is None
    assert day_of(case_of(whole).id) is not None
    db.session.execute(update(Case).where(Case.public_id == lead).values(split_from_id=case_of(whole).id))
    db.session.commit()
    assert day_of(case_of(whole).id) is None


#: A sealed case keeps no plain words.
SEALED = "sealed = true, reference = NULL, text = '', text_folded = '', place = '', guidance = ''"
ENDS = {
    "spam": "state = 'refused', refusal = 'spam', guidance = 'x'",
    "refused": "state = 'refused', refusal = 'court', guidance = 'x', track = 'complaint'",
    "withdrawn": f"state = 'withdrawn', {SEALED}",
    "denunciation": f"state = 'closed', answered_at = now(), track = 'denunciation', {SEALED}",
    "complaint": "state = 'closed', answered_at = now(), track = 'complaint'",
    "conduct": f"state = 'closed', answered_at = now(), {SEALED}",
    "feedback": "state = 'closed', answered_at = now(), track = 'service_desk'",
}


def test_every_kind_has_its_period(office: Office) -> None:
    case_id = case_of(office.accepted()).id
    months = dict(db.session.execute(select(RetentionPeriod.code, RetentionPeriod.months)).all())
    assert set(ENDS) == {kind.value for kind in Kind} == {kind.value for kind in months}
    for kind, change in ENDS.items():
        db.session.execute(
            text("UPDATE cases SET refusal = NULL, answered_at = NULL, track = 'feedback', state = 'in_progress', closed_at = NULL")
        )
        db.session.execute(text(f"UPDATE cases SET closed_at = '2026-01-31 18:00+00', {change}"))
        found = day_of(case_id)
        assert found is not None
        year, month = divmod(1 + months[Kind(kind)], 12)
        assert (found[0].value, found[1]) == (kind, date(2026 + year, month + 1, 1)), "the day in the city is the first of February"
        db.session.rollback()


def test_the_migration_goes_back_with_rows_in_its_tables(app: Flask, office: Office, clock: Clock) -> None:
    case = answered(office)
    services.place_hold(office.head.actor, case.public_id, "Tòa án đang xem xét.")
    case_id = case.id
    services.ask_deletion([case_id], "Tôi muốn xoá.")
    assert told(NoticeKind.DELETION_ASKED)
    migrations = app.extensions["migrate"].migrate.get_config()
    before = ScriptDirectory.from_config(migrations).get_revision("0011").down_revision
    db.session.remove()
    command.downgrade(migrations, str(before))
    assert db.session.scalar(text("SELECT count(*) FROM notice")) == db.session.scalar(
        text("SELECT count(*) FROM notice WHERE kind NOT IN ('retention_soon', 'deletion_asked')")
    )
    db.session.remove()
    command.upgrade(migrations, "head")
    assert day_of(case_id) is not None
