"""The doctor finds each thing that can be wrong, says how it is mended, and has nothing to say of a sound installation."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError

from feedback import jobs
from feedback.attachments.models import Attachment
from feedback.attachments.services import attach
from feedback.attachments.storage import ORPHAN_AFTER_SECONDS, Store
from feedback.audit.heads import close_day
from feedback.city.models import CitySetting
from feedback.codes import new_code
from feedback.config import Config
from feedback.db import db, now, transaction
from feedback.intake import drafts
from feedback.localtime import local_day
from feedback.operations import readiness
from feedback.operations.backup import BACKUP_MADE, make, note
from feedback.operations.doctor import examine
from tests.feedback.attachments.samples import picture, saved
from tests.feedback.officers import Office

KEY = "a key for backups, forty characters long"
pytestmark = pytest.mark.settings(backup_key=KEY)


@pytest.fixture
def office(app: Flask) -> Office:
    """An office with one report and one file, backed up today: nothing is wrong."""
    office = Office(app)
    office.accepted()
    draft = drafts.start(new_code())
    attach(draft.id, "a.png", saved(picture((8, 8)), "PNG"))
    note("liemchinh-now", BACKUP_MADE)
    return office


def sql(words: str, **values: object) -> None:
    with transaction():
        db.session.execute(text(words), values)


def store(app: Flask) -> Store:
    return Store(app.extensions["config"].var / "attachments")


def lose_a_file(app: Flask) -> None:
    store(app).delete(db.session.query(Attachment.stored_name).scalar())


def cut_a_file(app: Flask) -> None:
    next(store(app).folder.glob("*/*")).write_bytes(b"x")


def leave_an_orphan(app: Flask) -> None:
    path = store(app).folder / "ab" / ("ab" * 16)
    path.parent.mkdir()
    path.write_bytes(b"x")
    os.utime(path, (0, time.time() - ORPHAN_AFTER_SECONDS - 60))


def fail_a_job(app: Flask) -> None:
    sql("UPDATE procrastinate_jobs SET status = 'doing'")
    sql("UPDATE procrastinate_jobs SET status = 'failed'")


def let_a_job_wait(app: Flask) -> None:
    with transaction():
        jobs.defer("cases.classify", case_id=1)
    sql("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 hour'")


def seal_under_a_lost_key(app: Flask) -> None:
    sql("INSERT INTO case_key SELECT id, '\\x0102030405' FROM cases ON CONFLICT (case_id) DO UPDATE SET wrapped = excluded.wrapped")


def lose_a_pause(app: Flask) -> None:
    sql("UPDATE cases SET state = 'awaiting_supplement'")


WRONG: dict[str, tuple[Callable[[Flask], None], str, str]] = {
    "a file was cut": (cut_a_file, "files", "1 files are gone or changed"),
    "an orphan": (leave_an_orphan, "files", "1 files belong to no case"),
    "nobody works": (let_a_job_wait, "jobs", "jobs wait longer than they should"),
    "a job failed": (fail_a_job, "jobs", "«cases.classify» failed for good"),
    "a key is lost": (seal_under_a_lost_key, "keys", "sealed under a key that is not set"),
    "a pause is lost": (lose_a_pause, "clocks", "stand still without a pause"),
    "a rule is lost": (lambda _app: sql("UPDATE cases SET rule_code = 'NONE'"), "clocks", "a deadline rule that is not in the table"),
    "a history is lost": (lambda _app: sql("DELETE FROM case_event"), "clocks", "have no beginning"),
    "no key for backups": (
        lambda app: object.__setattr__(app.extensions["config"], "backup_key", ""),
        "keys",
        "BACKUP_KEY is not set",
    ),
    "a migration lacks": (lambda _app: sql("UPDATE alembic_version SET version_num = '0001'"), "migrations", "lacks migrations"),
}


def test_each_thing_is_found_with_its_mend(app: Flask, office: Office) -> None:
    """One after the other, so that no finding hides another; the schema comes last, for what is old is not looked into."""
    assert examine() == []
    for what, (breaks, check, words) in WRONG.items():
        breaks(app)
        db.session.rollback()
        found = examine()
        assert [each for each in found if each.check == check and words in each.what], what
        assert all(each.mend for each in found), what


def test_an_unread_report_is_found(office: Office, clock: Callable[..., None]) -> None:
    blank = "sealed = true, reference = NULL, text = '', text_folded = '', place = ''"
    sql(f"UPDATE cases SET state = 'received', {blank}, at_desk = true, received_at = now() - interval '1 hour'")
    assert [found.check for found in examine()] == ["unread"]


def test_a_clock_that_went_back_and_a_record_nobody_closes(app: Flask, office: Office, clock: Callable[..., None]) -> None:
    today = now()
    clock(today - timedelta(hours=2))
    whats = [found.what for found in examine() if found.check == "clock"]
    assert len(whats) == 2
    assert "clocks of this machine and of the database differ" in whats[0]
    assert "still to come" in whats[1]
    clock(today + timedelta(days=4))
    assert "record" in [found.check for found in examine()]
    close_day(local_day(today) + timedelta(days=3))
    assert "record" not in [found.check for found in examine()]


def test_the_command_says_it_in_json_and_by_its_exit_code(app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    @contextmanager
    def running(_config: Config) -> Iterator[bool]:
        yield True
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]

    monkeypatch.setattr("feedback.operations.cli.postgres.running", running)
    sound = app.test_cli_runner().invoke(args=["doctor"])
    assert (sound.exit_code, json.loads(sound.stdout)) == (0, {"ok": True, "findings": []})
    assert held == [0], "it lets go of a server it started before that is stopped"
    leave_an_orphan(app)
    assert app.test_cli_runner().invoke(args=["doctor"]).exit_code == 0, "what may be meant so is no failure"
    lose_a_file(app)
    ill = app.test_cli_runner().invoke(args=["doctor"])
    found = json.loads(ill.stdout)
    assert (ill.exit_code, found["ok"], [each["level"] for each in found["findings"]]) == (1, False, ["notice", "wrong"])
    assert "fetch them from a backup" in ill.stderr


def test_a_broken_model_is_found(app: Flask, office: Office) -> None:
    models: Path = app.extensions["config"].var / "models"
    (models / "bad").mkdir(parents=True)
    (models / "in-use.json").write_text('["bad"]')
    assert [found.check for found in examine()] == ["model"]


def test_those_who_watch_learn_whether_it_lives_and_works(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").json == {"ok": True}
    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (200, {"ok": True, "wrong": []})
    monkeypatch.setattr(Store, "has_room", lambda _store: False)
    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (503, {"ok": False, "wrong": ["disk"]})
    monkeypatch.setattr(readiness, "is_behind", lambda: True)
    assert client.get("/readyz").json == {"ok": False, "wrong": ["migrations", "disk"]}

    def gone() -> bool:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(readiness, "is_behind", gone)
    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (503, {"ok": False, "wrong": ["database"]})
    assert client.get("/healthz").status_code == 200


def test_without_a_city_no_report_can_be_taken_in(app: Flask, client: FlaskClient) -> None:
    db.session.execute(delete(CitySetting))
    db.session.commit()
    assert ("city", "wrong", "run: flask city load --units 2025") in [(found.check, found.level, found.mend) for found in examine()]
    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (503, {"ok": False, "wrong": ["city"]})


def test_a_backup_counts_wherever_it_lies_until_it_is_old(app: Flask, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    assert [(found.check, found.what) for found in examine()] == [("backups", "no backup was ever made")]
    make(tmp_path / "elsewhere")
    assert examine() == []
    clock(now() + timedelta(hours=27))
    assert next(found.what for found in examine() if found.check == "backups").startswith("the newest backup is of ")
