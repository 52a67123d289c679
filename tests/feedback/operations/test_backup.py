"""A backup that can be restored, is refused when a byte was changed, and never takes the last good one's place half done."""

from __future__ import annotations

import errno
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from feedback.attachments.services import attach
from feedback.attachments.storage import Store
from feedback.audit.models import AuditEntry
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import contacts, queries
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case
from feedback.codes import new_code
from feedback.db import db
from feedback.intake import drafts
from feedback.operations import generations, programs
from feedback.operations.backup import make
from feedback.operations.checking import check, restore
from feedback.operations.generations import Generation
from feedback.operations.sealing import BackupBroken, SealedWriter
from feedback.postgres_cluster import version
from tests.feedback.attachments.samples import picture, saved

KEY = "a key for backups, forty characters long"
WORDS = "Đèn đường trước nhà số 7 hỏng ba đêm nay."
pytestmark = pytest.mark.settings(backup_key=KEY)


def report(code: str) -> int:
    """A named report with a photo, under this code; its key."""
    draft = drafts.start(code)
    attach(draft.id, "đèn.png", saved(picture((8, 8)), "PNG"))
    sent = Report(text=WORDS, contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123"))
    return submit_report(sent, drafts.hmac_of(code), CITIZEN, draft_id=draft.id).case_id


@pytest.fixture
def places(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder for backups; databases that a restore has set aside go at the end."""
    yield tmp_path / "kept"
    db.session.remove()
    config = app.extensions["config"]
    with programs.admin(config) as connection:
        asides = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{programs.url_of(config).database}\\_%"])
        for (name,) in asides.fetchall():
            programs.drop_database(config, name)


def databases(app: Flask) -> list[str]:
    config = app.extensions["config"]
    with programs.admin(config) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{programs.url_of(config).database}%"])
        return [name for (name,) in found.fetchall()]


def run(app: Flask, *words: str) -> tuple[int, dict[str, object]]:
    """A command as a script calls it: exit code and the one JSON object."""
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, json.loads(result.stdout)


def test_a_backup_is_made_checked_and_restored_by_commands(app: Flask, places: Path) -> None:
    code = new_code()
    report(code)
    db.session.commit()
    status, made = run(app, "backup", str(places))
    assert (status, made["ok"], made["cases"], made["files"]) == (0, True, 1, 1)
    status, found = run(app, "backup", "verify", str(places))
    assert (status, found["ok"], found["cases"], found["files"], found["wrong"]) == (0, True, 1, 1, [])
    assert found["audit"]["ok"], "the record in it is whole"  # type: ignore[index]
    assert databases(app) == [programs.url_of(app.extensions["config"]).database], "the scratch database is gone"
    status, refused = run(app, "restore", str(places))
    assert (status, refused["ok"]) == (1, False)
    assert "--replace" in str(refused["wrong"])
    later = new_code()
    report(later)
    status, restored = run(app, "restore", str(places), "--replace")
    assert (status, restored["ok"]) == (0, True)
    assert restored["set_aside"]["database"] in databases(app), "what was there can still be looked at"  # type: ignore[index]
    assert queries.case_of_code(drafts.hmac_of(later)) is None
    case = queries.case_of_code(drafts.hmac_of(code))
    assert case is not None
    assert case.text == WORDS, "the restored application serves the code"
    assert contacts.opened(case.id)["phone"] == "0900000123"
    names = list(db.session.scalars(text("SELECT stored_name FROM attachment")))
    assert [Store(app.extensions["config"].var / "attachments").size(name) is not None for name in names] == [True]
    assert verify(record_keys()).whole
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "backup.restored")) == 1


@pytest.mark.skipif(version() < programs.WITH_STATISTICS, reason="pg_dump before 18 leaves the planner's statistics out")
def test_a_restored_city_is_planned_for_at_once(app: Flask, places: Path) -> None:
    """Without figures of what is in them the first questions to the large tables would be answered the long way."""
    report(new_code())
    db.session.execute(text("ANALYZE cases, audit_entry"))
    db.session.commit()
    known = text("SELECT tablename, attname, n_distinct FROM pg_stats WHERE tablename IN ('cases', 'audit_entry') ORDER BY 1, 2")
    before = db.session.execute(known).all()
    make(places)
    restore(generations.newest(places), replace=True)
    assert before
    assert db.session.execute(known).all() == before


def test_nothing_can_be_read_in_it_and_nobody_else_may_look(app: Flask, places: Path) -> None:
    report(new_code())
    made = make(places)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    for part in made.path.iterdir():
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        data = part.read_bytes()
        assert not [sign for sign in (WORDS.encode(), b"cases", b"PGDMP", b"stored_name", b"\x89PNG\r\n") if sign in data]


def test_one_changed_byte_is_refused_and_changes_nothing(app: Flask, places: Path) -> None:
    report(new_code())
    path = make(places).path
    for part in ("database", "files", "manifest"):
        whole = (path / part).read_bytes()
        (path / part).write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
        with pytest.raises(BackupBroken):
            restore(Generation(path), replace=True)
        (path / part).write_bytes(whole)
    assert len(databases(app)) == 1
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_parts_of_two_nights_do_not_pass_for_one(app: Flask, places: Path) -> None:
    report(new_code())
    first, second = make(places), make(places)
    (second.path / "files").write_bytes((first.path / "files").read_bytes())
    with pytest.raises(BackupBroken, match="not the one"):
        check(Generation(second.path))


def test_a_disk_that_fills_half_way_leaves_the_last_good_one(app: Flask, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report(new_code())
    good = make(places).path
    real, room = SealedWriter._put, [2]

    def until_full(writer: SealedWriter, data: bytes) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(writer, data)

    monkeypatch.setattr(SealedWriter, "_put", until_full)
    status, made = run(app, "backup", str(places), "--keep", "1")
    assert (status, made["ok"]) == (1, False)
    assert "No space left" in str(made["wrong"])
    monkeypatch.undo()
    assert [path.name for path in places.glob("liemchinh*")] == [good.name]
    assert check(Generation(good)).wrong == []


def test_generations_are_kept_and_a_killed_one_is_swept(app: Flask, places: Path) -> None:
    made = [make(places, keep=2).path for _n in range(2)]
    (places / "liemchinh-20260101T000000000000Z.half").mkdir()
    assert [each.path for each in generations.generations(places)] == [made[1], made[0]]
    last = make(places, keep=2)
    assert last.removed == 1
    assert not list(places.glob("*.half"))
    assert generations.newest(places).path == generations.newest(last.path).path == last.path


def test_a_file_that_is_lost_is_said_and_the_rest_is_kept(app: Flask, places: Path) -> None:
    report(new_code())
    store = Store(app.extensions["config"].var / "attachments")
    name = db.session.scalars(text("SELECT stored_name FROM attachment")).one()
    store.delete(name)
    db.session.commit()
    status, made = run(app, "backup", str(places))
    assert (status, made["ok"], made["files"]) == (1, False, 0)
    assert name in str(made["wrong"])
    assert any(name in each for each in check(generations.newest(places)).wrong)


def test_without_a_key_no_backup_is_made(app: Flask, places: Path) -> None:
    object.__setattr__(app.extensions["config"], "backup_key", "")
    status, made = run(app, "backup", str(places))
    assert (status, "BACKUP_KEY is not set" in str(made["wrong"])) == (1, True)
    assert not list(places.glob("*"))


def test_a_record_that_was_changed_makes_a_backup_worthless(app: Flask, places: Path) -> None:
    report(new_code())
    db.session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_insert_only"))
    db.session.execute(text("GRANT UPDATE ON audit_entry TO CURRENT_USER"))
    db.session.execute(text("UPDATE audit_entry SET actor_role = 'handler'"))
    db.session.commit()
    status, found = (make(places), run(app, "backup", "verify", str(places)))[1]
    assert (status, found["audit"]["ok"]) == (1, False)  # type: ignore[index]
