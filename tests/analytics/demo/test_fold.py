"""The demo city's rows are those the services write: stories are played through the services, act by act, and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from analytics.demo import numbering, services
from analytics.demo.acts import Act, Story
from analytics.demo.chaining import Row
from analytics.demo.effects import EFFECTS, REFUSAL, rows_of
from analytics.demo.handovers import RETURN_CODE, part_due_on
from analytics.demo.rows import Office, Rows, account
from analytics.demo.sealing import seal_all
from analytics.demo.talk import GROUND
from feedback.accounts.models import Role, User
from feedback.accounts.services import NewUser, create_user
from feedback.answers import publishing
from feedback.audit.models import AuditEntry
from feedback.cases import (
    desk,
    dialogue,
    ending,
    extending,
    handling,
    intake,
    learning,
    learning_rules,
    partners,
    rating,
    transfers,
    verifying,
)
from feedback.cases.intake import submit_report
from feedback.cases.models import Case, CaseEvent, Contact
from feedback.cases.sealed import tables_of_a_case
from feedback.cases.sorting import classify_case
from feedback.cases.workflow import Move
from feedback.city import queries as city
from feedback.db import Base, db, now
from feedback.intake.drafts import hmac_of
from feedback.notices import services as notices
from feedback.notices.models import Notice
from feedback.sealing import CaseKey
from tests.analytics.demo.wobbly import WobblyClassifier, quiet

#: Stories to choose from, and how many of each turn are played.
TOLD, OF_EACH = 900, 3
#: A day when the bodies of 2025 have been there for the whole length of the stories, so that the services find them.
IN_FORCE_THROUGHOUT = datetime.fromisoformat("2027-11-24T10:30:00+07:00")
#: Tables that hold no trace of a case.
BESIDE = {"category", "area", "agency", "procedure", "holiday", "deadline_rule", "routing_rule", "city_setting", "staff_user"}
#: Not told but given: periods that come with the migration, and the queue of the figures, which the database fills itself.
BESIDE |= {"retention_period", "measure_touched", "measure_batch", "city_edition"}


class Stage:
    """Plays acts through the services at the instants they happened."""

    def __init__(self, stories: Sequence[Story], clock: Callable[[datetime], None]) -> None:
        self.stories, self.clock = stories, clock
        self.keys: dict[int, int] = {}

    def play_all(self) -> None:
        """Every act of every story in the order of time."""
        instants = [(act.at, n, k) for n, told in enumerate(self.stories) for k, act in enumerate(told.acts)]
        looks = [(told.look.at, n, len(told.acts)) for n, told in enumerate(self.stories) if told.look is not None]
        out = [(told.published.at, n, len(told.acts) + 1) for n, told in enumerate(self.stories) if told.published is not None]
        found = [(told.concluded.at, n, len(told.acts) + 2) for n, told in enumerate(self.stories) if told.concluded is not None]
        for at, story, place in sorted(instants + looks + out + found):
            self.clock(at)
            told = self.stories[story]
            if place > len(told.acts) + 1:
                assert told.concluded is not None
                verifying.record_finding(told.concluded.actor, *self._page(story), told.concluded.verdict)
            elif place > len(told.acts):
                self.publish(story)
            elif place == len(told.acts):
                assert told.look is not None
                learning.check(told.look.actor, self._page(story)[0], told.look.found)
            else:
                PLAYS[told.acts[place].move](self, story, told.acts[place])
            db.session.expunge_all()
        for notice_id in db.session.scalars(select(Notice.id)).all():
            notices.send(notice_id)

    def publish(self, story: int) -> None:
        out = self.stories[story].published
        assert out is not None
        redactor = current_app.extensions["redactor"]
        publishing.publish(redactor, out.actor, *self._page(story), out.text, out.answer, publishing.seal_of(out.text, out.answer))

    def refuse(self, story: int, act: Act) -> None:
        ending.refuse(act.actor, *self._page(story), REFUSAL, act.reason)

    def withdraw(self, story: int, act: Act) -> None:
        ending.withdraw(self.keys[story], act.reason)

    def report_progress(self, story: int, act: Act) -> None:
        dialogue.report_progress(act.actor, *self._page(story), act.reason, None)

    def ask_partner(self, story: int, act: Act) -> None:
        assert act.other_agency_id is not None
        partners.ask_partner(act.actor, *self._page(story), act.other_agency_id, act.reason, part_due_on(act.at))

    def accept_part(self, story: int, act: Act) -> None:
        partners.accept_part(act.actor, *self._page(story))

    def report_part(self, story: int, act: Act) -> None:
        partners.report_part(act.actor, *self._page(story), act.reason)

    def submit(self, story: int, act: Act) -> None:
        opening = self.stories[story].opening
        with pytest.MonkeyPatch.context() as patched:  # the id decides whether the case is drawn for a blind check
            patched.setattr(intake, "new_public_id", lambda: opening.public_id)
            self.keys[story] = submit_report(opening.report, hmac_of(f"code {story}"), act.actor).case_id

    def read(self, story: int, _act: Act) -> None:
        classify_case(self.keys[story])

    def seal(self, story: int, act: Act) -> None:
        if act.actor.user_id is None:
            self.read(story, act)
        else:
            desk.send_to_inspectorate(act.actor, *self._page(story), act.reason)

    def release(self, story: int, act: Act) -> None:
        desk.release(act.actor, *self._page(story), act.category_code, act.reason)

    def take_up(self, story: int, act: Act) -> None:
        desk.take_up(act.actor, *self._page(story))

    def forward(self, story: int, act: Act) -> None:
        assert act.other_agency_id is not None
        desk.forward(act.actor, *self._page(story), desk.Decision(act.category_code, act.other_agency_id, act.procedure_id))

    def accept(self, story: int, act: Act) -> None:
        transfers.accept(act.actor, *self._page(story))

    def give_back(self, story: int, act: Act) -> None:
        transfers.give_back(act.actor, *self._page(story), RETURN_CODE, act.reason)

    def decide(self, story: int, act: Act) -> None:
        assert act.to_agency_id is not None
        transfers.decide(act.actor, *self._page(story), act.to_agency_id, act.reason)

    def ask(self, story: int, act: Act) -> None:
        dialogue.ask(act.actor, *self._page(story), act.reason)

    def supplement(self, story: int, act: Act) -> None:
        dialogue.supplement(self.keys[story], act.reason)

    def extend(self, story: int, act: Act) -> None:
        case = db.session.get(Case, self.keys[story])
        assert case is not None
        extending.extend(act.actor, case.public_id, case.version, f"{case.rule_code}-EXT", GROUND, act.reason)

    def reopen(self, story: int, act: Act) -> None:
        ending.reopen(self.keys[story], act.reason)

    def submit_answer(self, story: int, act: Act) -> None:
        assert act.reply is not None
        handling.submit_answer(act.actor, *self._page(story), act.reply.outcome, act.reply.text)

    def send_back(self, story: int, act: Act) -> None:
        handling.send_back(act.actor, *self._page(story), act.reason)

    def approve(self, story: int, act: Act) -> None:
        handling.approve(act.actor, *self._page(story))

    def rate(self, story: int, act: Act) -> None:
        assert act.verdict is not None
        rating.rate(self.keys[story], act.verdict.solved, act.verdict.satisfaction, act.verdict.comment)

    def _page(self, story: int) -> tuple[str, int]:
        """What the form of the case's page carries: its public id and version."""
        case = db.session.get(Case, self.keys[story])
        assert case is not None
        return case.public_id, case.version


PLAYS: dict[Move, Callable[[Stage, int, Act], None]] = {
    Move.SUBMIT: Stage.submit,
    Move.SORT: Stage.read,
    Move.SEAL: Stage.seal,
    Move.RELEASE: Stage.release,
    Move.TAKE_UP: Stage.take_up,
    Move.FORWARD: Stage.forward,
    Move.ACCEPT: Stage.accept,
    Move.RETURN: Stage.give_back,
    Move.DECIDE: Stage.decide,
    Move.ASK: Stage.ask,
    Move.SUPPLEMENT: Stage.supplement,
    Move.EXTEND: Stage.extend,
    Move.REOPEN: Stage.reopen,
    Move.REFUSE: Stage.refuse,
    Move.WITHDRAW: Stage.withdraw,
    Move.UPDATE: Stage.report_progress,
    Move.ASK_PARTNER: Stage.ask_partner,
    Move.PARTNER_ACCEPT: Stage.accept_part,
    Move.PARTNER_REPORT: Stage.report_part,
    Move.SUBMIT_ANSWER: Stage.submit_answer,
    Move.SEND_BACK: Stage.send_back,
    Move.APPROVE: Stage.approve,
    Move.RATE: Stage.rate,
}


@pytest.fixture
def played(app: Flask, wobbly: WobblyClassifier, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch) -> Rows:
    """The rows that folding gives, after the same stories have been played through the services; every other case is drawn."""
    monkeypatch.setattr(learning_rules, "SHARE", 0.5)
    clock(IN_FORCE_THROUGHOUT)
    stories, office = services.tell_city(TOLD, 7, quiet)
    db.session.commit()
    chosen = [stories[n] for n in sorted(various(stories))]
    folded = fold_all(chosen, office)
    Stage(chosen, clock).play_all()
    return folded


def various(stories: Sequence[Story]) -> set[int]:
    """A few stories of each turn: the moves in them, and who seals."""
    by_turn: dict[object, list[int]] = defaultdict(list)
    for place, story in enumerate(stories):
        for act in story.acts:
            by_turn[act.move, act.actor.who].append(place)
        by_turn["stands", story.acts[-1].move].append(place)
        by_turn["category", story.opening.report.category_code].append(place)
        by_turn["looked at", story.look is not None and story.look.actor.who].append(place)
    return {place for places in by_turn.values() for place in places[:OF_EACH]}


def fold_all(stories: Sequence[Story], office: Office) -> Rows:
    """The rows of all stories; the tables are left as if no number had been drawn."""
    rows: Rows = defaultdict(list)
    start = numbering.next_free()
    for story, numbers in zip(stories, numbering.number(stories, start), strict=True):
        for table, own in rows_of(story, office, numbers).items():
            rows[table] += own
    seal_all(rows)
    numbering.go_on([], start)
    db.session.commit()
    return rows


def written(table: type[Base], columns: Sequence[str]) -> list[Row]:
    found = db.session.execute(select(*(table.__table__.c[name] for name in columns)))
    return [dict(row._mapping) for row in found]


def in_order(rows: Sequence[Row], names: dict[str, str]) -> list[str]:
    """Rows as sorted text; instants in UTC, random ids replaced by what they stand for."""

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat()
        if isinstance(value, dict):
            return sorted(value.items())
        return names.get(value, value) if isinstance(value, str) else value

    return sorted(str({column: plain(value) for column, value in row.items()}) for row in rows)


def names_of(cases: Sequence[Row]) -> dict[str, str]:
    return {row["public_id"]: f"case {row['id']}" for row in cases}


#: What is random (codes, ciphertexts) or hashes what is, and the number of writes, which counts flushes.
FREE = {
    Case: {"code_hmac", "version"},
    Contact: {"name_sealed", "phone_sealed", "email_sealed"},
    CaseKey: {"wrapped"},
    AuditEntry: {"previous", "mac"},
    # Numbered in the order of copying.
    **{table: {"id"} for table in tables_of_a_case() if table is not CaseEvent},
}


def _told(row: Row, columns: Sequence[str]) -> Row:
    """What can be compared: of sealed words whether there are any."""
    return {name: row[name] is not None if name == "words_sealed" else row[name] for name in columns}


@pytest.mark.slow
def test_folding_gives_the_rows_that_the_services_write(played: Rows) -> None:
    """Ids, references, audit numbers and all instants included."""
    ours, theirs = names_of(played[Case]), names_of(written(Case, ["id", "public_id"]))
    for table, rows in played.items():
        columns = [name for name in rows[0] if name not in FREE.get(table, ())]
        kept = [_told(row, columns) for row in rows]
        found = [_told(row, columns) for row in written(table, columns)]
        if table is AuditEntry:
            found = [row for row in found if row["subject_kind"] == "case"]
        assert len(kept) == len(found), table.__tablename__
        for own, real in zip(in_order(kept, ours), in_order(found, theirs), strict=True):
            assert own == real, table.__tablename__
    filled = {table.name for table in Base.metadata.sorted_tables if db.session.scalar(select(func.count()).select_from(table))}
    assert filled - BESIDE == {table.__tablename__ for table in played}, "folding leaves a table out that the services write to"
    assert set(played) == set(services.TABLES)


def test_every_move_that_is_told_can_be_folded_and_played(app: Flask, wobbly: WobblyClassifier) -> None:
    stories, _office = services.tell_city(TOLD, 7, quiet)
    told = {act.move for story in stories for act in story.acts}
    assert told == set(EFFECTS) == set(PLAYS)


def test_a_demo_officer_is_made_like_any_other(app: Flask) -> None:
    new = NewUser("chuyenvien1.so-xd", "Lê Minh An", Role.HANDLER, city.agency_by_code("SO-XD").id)
    user, entry = account(new, "a hash", now())
    real = create_user(new, "sáo diều chiều quê")
    free = {"id", "public_id", "password_hash", "session_epoch", "created_at"}
    columns = [column.name for column in User.__table__.columns if column.name not in free]
    db.session.add_all([entry])
    db.session.flush()
    ours, theirs = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()))
    assert [getattr(real, name) for name in columns] == [getattr(user, name) for name in columns]
    assert (ours.subject_id, theirs.subject_id) == (user.public_id, real.public_id)
    for name in ("actor_user_id", "actor_role", "action", "subject_kind", "facts"):
        assert getattr(ours, name) == getattr(theirs, name), name
