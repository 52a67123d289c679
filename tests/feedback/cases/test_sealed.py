"""What is said in a sealed case lies in no table and no file in the clear, opens for who may read it, and is gone with its key."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Enum, String, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from feedback.accounts import second_factor
from feedback.accounts.models import SecondFactor
from feedback.attachments import services as attachments
from feedback.attachments.models import Attachment
from feedback.audit.models import AuditEntry
from feedback.cases import contacts, desk, dialogue, ending, handling, queries
from feedback.cases.access import CITIZEN, SYSTEM
from feedback.cases.clock_models import Pause
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.message_models import Message
from feedback.cases.models import Answer, Case, CaseEvent, Outcome, Suggestion
from feedback.cases.ports import Labels
from feedback.cases.sealed import destroy_key, keys_to_rewrap, rewrap_keys
from feedback.cases.sorting import classify_case
from feedback.codes import new_code
from feedback.config import Config
from feedback.crypto import SealBroken
from feedback.db import db, now, transaction
from feedback.errors import Conflict, NotFound
from feedback.intake import drafts
from feedback.intake.drafts import hmac_of
from feedback.partners import services as partners
from feedback.partners.rules import ABOUT_CASES
from feedback.partners.secret import secrets_of
from feedback.sealing import Sealable
from tests.databases import SECRET
from tests.feedback.citizen import BRIBE, picture_bytes
from tests.feedback.officers import Office, case_by_key, case_of, version_of

#: A word that stands in everything a reporter, the machine or an inspector says about one sealed case.
MARK = "Zxqvhoasua"
NEW = "the secret after the change, forty letters"


class TellingClassifier:
    """Gives the writer's own words as reasons."""

    def classify(self, text: str) -> Labels:
        return Labels("staff_conduct", 0.9, (), True, 0.9, False, False, False, False, tuple(text.split()), "test-1")


def everything() -> str:
    """Every row of every table, the queue's included."""
    tables = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    return "\n".join(row for table in tables for row in db.session.scalars(text(f'SELECT t::text FROM "{table}" t')))


def told(office: Office) -> str:
    """A sealed case in which everybody has said the word; gives its public id."""
    office.app.extensions["classifier"] = TellingClassifier()
    code = new_code()
    draft = drafts.start(code)
    attachments.attach(draft.id, f"{MARK}.png", picture_bytes())
    contact = ReportContact(f"Bà {MARK}", "0900000123", f"{MARK}@example.vn")
    report = Report(f"Cán bộ {MARK} vòi tiền.", place=f"Quầy 3 {MARK}", contact=contact)
    case_id = submit_report(report, hmac_of(code), CITIZEN, draft_id=draft.id).case_id
    assert MARK.lower() not in everything().lower(), "before the machine has read it"
    classify_case(case_id)
    public_id, inspector = case_by_key(case_id).public_id, office.inspector.actor
    dialogue.add(case_id, f"Thêm về {MARK}.")
    desk.take_up(inspector, public_id, version_of(public_id))
    dialogue.ask(inspector, public_id, version_of(public_id), f"Ai là {MARK}?")
    dialogue.supplement(case_id, f"{MARK} ở quầy số 3.")
    dialogue.report_progress(inspector, public_id, version_of(public_id), f"Đang xác minh {MARK}.", None)
    handling.submit_answer(inspector, public_id, version_of(public_id), Outcome.SOLVED, f"Đã mời {MARK} làm việc.")
    handling.send_back(inspector, public_id, version_of(public_id), f"Xin bớt tên {MARK}.")
    handling.submit_answer(inspector, public_id, version_of(public_id), Outcome.SOLVED, f"Đã làm việc với {MARK}.")
    handling.approve(inspector, public_id, version_of(public_id))
    ending.reopen(case_id, f"Còn {MARK} thì sao?")
    db.session.remove()
    return public_id


def test_a_sealed_case_leaves_no_word_in_any_table_or_file(office: Office, app: Flask) -> None:
    """Threat 5: a dump, an index, a backup of the folder of files. Everybody who may read still reads all of it."""
    public_id = told(office)
    assert MARK.lower() not in everything().lower()
    files = [path.read_bytes() for path in (app.extensions["config"].var / "attachments").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert not any(MARK.encode() in data or b"PNG" in data for data in files)
    case = case_of(public_id)
    assert (case.text, case.place) == (f"Cán bộ {MARK} vòi tiền.", f"Quầy 3 {MARK}")
    said = [message.text for message in db.session.scalars(select(Message).order_by(Message.id))]
    assert said[:2] == [f"Thêm về {MARK}.", f"Ai là {MARK}?"]
    assert [answer.text for answer in db.session.scalars(select(Answer).order_by(Answer.id))] == [
        f"Đã mời {MARK} làm việc.",
        f"Đã làm việc với {MARK}.",
    ]
    assert db.session.scalars(select(Pause)).one().reason == f"Ai là {MARK}?"
    assert MARK in db.session.get_one(Suggestion, case.id).reasons
    assert f"Xin bớt tên {MARK}." in [move.reason for move in db.session.scalars(select(CaseEvent))]
    (file,) = attachments.of_case(case.id)
    assert file.shown_name == f"{MARK}.png"
    assert attachments.bytes_of(file).startswith(b"\x89PNG")
    assert contacts.opened(case.id)["name"] == f"Bà {MARK}"


def test_every_column_with_free_text_of_a_case_can_be_sealed() -> None:
    """A new column with words must be named among them, or here with why it holds none."""
    without = {"public_id", "reference", "language", "rule_code", "stored_name", "move", "from_state", "to_state", "bulk_id"}
    without |= {"category_code", "citizen_category_code", "decided_category_code", "model_version"}
    without |= {"alternatives", "routing_reason"}  # field codes and figures; a sentence of the routing table
    for table in Sealable.__subclasses__():
        columns: Any = table.__table__.columns  # type: ignore[attr-defined]
        free = {column.name for column in columns if isinstance(column.type, (String, JSONB)) and not isinstance(column.type, Enum)}
        assert free - without == set(table.WORDS), table


def test_the_database_refuses_a_plain_word_in_a_sealed_case(office: Office) -> None:
    case_id = case_of(office.sealed()).id
    with pytest.raises(IntegrityError, match="sealed_case_has_no_plain_words"):
        db.session.execute(text("UPDATE cases SET place = 'Quầy 3' WHERE id = :id"), {"id": case_id})
    db.session.rollback()


def test_released_it_is_open_again_and_found_by_its_words(office: Office) -> None:
    public_id = office.sealed()
    desk.release(office.inspector.actor, public_id, version_of(public_id), "civil_status", "Không nói về cán bộ.")
    found = queries.case_lines(office.desk.actor, queries.Filter(words="vòi tiền")).lines
    assert [(line.public_id, line.excerpt) for line in found] == [(public_id, BRIBE)]
    assert {row.words_sealed for table in (Case, CaseEvent, Suggestion) for row in db.session.scalars(select(table))} == {None}
    assert db.session.scalar(select(CaseEvent.reason).where(CaseEvent.move == "release")) == "Không nói về cán bộ."


def test_an_accusation_noticed_at_the_desk_takes_every_word_along(office: Office) -> None:
    public_id = office.report(f"Rác ở đầu hẻm, hỏi thì ông {MARK} đòi quà.")
    dialogue.add(case_of(public_id).id, f"Ông {MARK} nói vậy.")
    assert everything().count(MARK) == 3  # text, message, the move's words
    desk.send_to_inspectorate(office.desk.actor, public_id, version_of(public_id), f"{MARK} đòi quà.")
    assert MARK.lower() not in everything().lower()
    assert MARK in case_of(public_id).text
    assert queries.case_lines(office.inspector.actor, queries.Filter()).lines[0].excerpt == "", "no list shows a sealed word"


def test_a_part_about_an_official_takes_the_whole_report_out_of_the_open_history(office: Office) -> None:
    public_id = office.report(f"Rác ở đầu hẻm ba ngày nay. Ông {MARK} vòi tiền.".replace("vòi tiền", "hạch sách"))
    first, accused = "Rác ở đầu hẻm ba ngày nay chưa gom.", f"Ông {MARK} vòi tiền bà con trong hẻm."
    (part,) = ending.split(office.desk.actor, public_id, version_of(public_id), [first, accused])
    part_id = part.id
    classify_case(part_id)
    assert MARK.lower() not in everything().lower()
    kept = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == part_id).order_by(CaseEvent.id)).first()
    assert kept is not None
    assert f"Ông {MARK} hạch sách" in kept.reason


def test_the_same_words_twice_are_still_one_message(office: Office) -> None:
    case_id = case_of(office.sealed()).id
    for _press in range(2):
        dialogue.add(case_id, "Tôi có ghi âm.")
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_sealed_value_moved_to_another_row_does_not_open(office: Office) -> None:
    one, other = case_of(office.sealed()).id, case_of(office.sealed()).id
    words = db.session.scalar(select(Case.words_sealed).where(Case.id == one))
    db.session.execute(text("UPDATE cases SET words_sealed = :words WHERE id = :id"), {"words": words, "id": other})
    db.session.commit()
    with pytest.raises(SealBroken):
        _ = case_by_key(other).text
    assert case_by_key(one).text == BRIBE


def test_a_destroyed_key_leaves_the_row_and_not_a_word(office: Office) -> None:
    public_id = told(office)
    for _again in range(2):
        with transaction():
            destroy_key(case_of(public_id), SYSTEM)
    case = case_of(public_id)
    assert (case.text, case.place, contacts.opened(case.id)) == ("", "", {})
    assert {message.text for message in db.session.scalars(select(Message))} == {""}
    with pytest.raises(NotFound):
        attachments.bytes_of(attachments.of_case(case.id)[0])
    with pytest.raises(Conflict, match="đã được xóa"):
        dialogue.add(case.id, "Còn nữa.")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "case.key_destroyed")) == 1


def test_a_new_secret_wraps_every_key_anew_and_can_be_broken_off(office: Office, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    from wsgi import create_app

    public_id = told(office)
    for _more in range(3):
        office.named()
    system, _shown = partners.propose(
        office.admin.actor, partners.Wanted("Một cửa", office.agency, "https://peer.example/hook", ABOUT_CASES)
    )
    partners.change_secret(office.admin.actor, system_id := system.public_id)
    secrets = secrets_of(system, now())
    assert len(secrets) == 2
    db.session.commit()
    db.session.remove()
    with other_app(create_app(dataclasses.replace(config, secret_key=NEW, older_secrets=(SECRET,)))) as both:
        assert keys_to_rewrap() == 10
        monkeypatch.setattr("feedback.cases.keys_cli.rewrap_keys", lambda: itertools.islice(rewrap_keys(2), 1))
        assert both.test_cli_runner().invoke(args=["keys", "rewrap"]).output == "2 / 10\n2 keys wrapped anew.\n"
        monkeypatch.undo()
        lines = both.test_cli_runner().invoke(args=["keys", "rewrap"]).output.splitlines()
        assert (lines[0], lines[-1]) == ("2 / 8", "8 keys wrapped anew.")
        assert keys_to_rewrap() == 0
    with other_app(create_app(dataclasses.replace(config, secret_key=NEW))):
        assert MARK in case_of(public_id).text
        assert attachments.bytes_of(db.session.scalars(select(Attachment)).one())
        assert secrets_of(partners.one(system_id), now()) == secrets
        factors = db.session.scalars(select(SecondFactor)).all()
        assert {second_factor.unseal(factor.user, factor.sealed) for factor in factors} == {b"a secret nobody asks for"}
    with other_app(create_app(dataclasses.replace(config, secret_key=NEW + NEW))) as lost:
        outcome = lost.test_cli_runner().invoke(args=["keys", "rewrap"])
        assert outcome.exit_code == 1
        assert "OLDER_SECRET_KEYS" in outcome.output


@contextmanager
def other_app(app: Flask) -> Iterator[Flask]:
    """The application with other settings, on the same database."""
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_every_stored_row_looks_alike_however_long_the_report(office: Office) -> None:
    """Threat 6: two sealed reports of different length are told apart by a few sizes only."""
    for words in ("vòi tiền", "vòi tiền " + "ở quầy " * 5):
        office.report(words)
    lengths = set(db.session.scalars(select(func.length(Case.words_sealed))))
    assert len(lengths) <= 2
    assert all((length - 29) & (length - 30) == 0 for length in lengths), "a power of two, nonce, tag and version"


def test_of_an_anonymous_report_about_an_official_only_the_day_is_kept(office: Office, clock: Callable[[datetime], None]) -> None:
    """D9, threat 6: neither when it came, nor when more was said."""
    clock(datetime.fromisoformat("2026-11-24T09:17:23+07:00"))
    case_id = case_of(office.sealed()).id
    at_desk = office.report()
    clock(datetime.fromisoformat("2026-11-24T09:38:23+07:00"))
    dialogue.add(case_id, "Tôi có ghi âm.")
    desk.send_to_inspectorate(office.desk.actor, at_desk, version_of(at_desk), "Nói về cán bộ.")
    for public_id in (case_of(at_desk).public_id, case_by_key(case_id).public_id):
        assert case_of(public_id).received_at.isoformat() == "2026-11-23T17:00:00+00:00"
    citizen = "SELECT at FROM case_event WHERE who IN ('citizen', 'system') UNION SELECT at FROM audit_entry WHERE actor_user_id IS NULL"
    rest = "UNION SELECT at FROM case_suggestion WHERE case_id = :id UNION SELECT drawn_at FROM check_draw WHERE case_id = :id"
    found = db.session.scalars(text(f"{citizen} {rest}"), {"id": case_id}).all()
    assert {str(instant.astimezone(UTC)) for instant in found} == {"2026-11-23 17:00:00+00:00"}
    named = case_of(office.report(BRIBE, contact=ReportContact(phone="0900000123")))
    assert named.received_at.isoformat() == "2026-11-24T02:38:23+00:00", "who gives his name is answered by the hour"


def test_rows_from_before_are_sealed_by_the_migration_and_come_back(office: Office, app: Flask) -> None:
    public_id = told(office)
    named = office.named()
    before = {name: case_of(name).text for name in (public_id, named)}
    db.session.remove()
    config: Any = app.extensions["migrate"].migrate.get_config()
    command.downgrade(config, "0007")
    assert everything().count(MARK) > 10
    assert db.session.scalar(text("SELECT count(*) FROM case_contact WHERE wrapped_key IS NULL")) == 0
    db.session.remove()
    command.upgrade(config, "head")
    assert MARK.lower() not in everything().lower()
    assert {name: case_of(name).text for name in (public_id, named)} == before
    assert contacts.opened(case_of(named).id)["phone"] == "0900000123"
    assert attachments.bytes_of(db.session.scalars(select(Attachment)).one()).startswith(b"\x89PNG")
    db.session.remove()
