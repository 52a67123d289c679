"""Files in a bucket: the same promises as in the folder, kept against a server that speaks S3."""

from __future__ import annotations

import logging
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from moto.server import ThreadedMotoServer

from feedback.attachments import bucket
from feedback.attachments.bucket import Bucket
from feedback.attachments.models import Attachment
from feedback.attachments.services import attach, bytes_of
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, submit_report
from feedback.codes import new_code
from feedback.config import Config, ConfigError
from feedback.db import db, now
from feedback.intake import drafts
from feedback.operations.backup import make
from feedback.operations.checking import restore
from feedback.operations.doctor import examine
from feedback.operations.generations import newest
from tests.feedback.attachments.samples import picture, saved
from tests.feedback.citizen import TEXT

ADDRESS = "s3://ho-so/anh"
pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.settings(files_url=ADDRESS, backup_key="k" * 40)]


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    """Address of a server that speaks S3."""
    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    logging.getLogger("werkzeug").disabled = False


@pytest.fixture(autouse=True)
def reached(peer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty bucket under ADDRESS, found by the settings an operator would give."""
    names = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "ap-southeast-1", "ENDPOINT_URL": peer}
    for name, value in names.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    bucket._objects.cache_clear()
    urllib.request.urlopen(urllib.request.Request(f"{peer}/moto-api/reset", method="POST")).read()
    urllib.request.urlopen(urllib.request.Request(f"{peer}/ho-so", method="PUT", data=b"")).read()
    yield
    bucket._objects.cache_clear()


def test_what_is_put_can_be_got_and_forgotten_twice() -> None:
    store = Bucket(ADDRESS)
    one, two = store.put(b"one"), store.put(b"two!")
    assert (store.get(one), store.get(two), store.size(two)) == (b"one", b"two!", 4)
    store.delete(one)
    store.delete(one)
    assert store.size(one) is None
    with pytest.raises(FileNotFoundError):
        store.get(one)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 32, "0" * 31 + "/"])
def test_a_name_that_is_not_ours_is_never_asked_for(name: str) -> None:
    store = Bucket(ADDRESS)
    assert store.size(name) is None
    for ask in (store.get, store.delete):
        with pytest.raises(FileNotFoundError):
            ask(name)


def test_only_old_files_that_no_row_knows_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Bucket(ADDRESS)
    known, lost = store.put(b"known"), store.put(b"lost")
    assert store.sweep({known}) == 0, "its row may still be on the way"
    later = now() + timedelta(hours=2)
    monkeypatch.setattr(bucket, "now", lambda: later)
    assert store.sweep({known}) == 1
    assert (store.size(known), store.size(lost)) == (5, None)


def report() -> str:
    """An open report with a photo; the name the photo is kept under."""
    code = new_code()
    draft = drafts.start(code)
    attach(draft.id, "rác.png", saved(picture((8, 8)), "PNG"))
    submit_report(Report(text=TEXT), drafts.hmac_of(code), CITIZEN, draft_id=draft.id)
    db.session.commit()
    name = db.session.query(Attachment.stored_name).scalar()
    assert isinstance(name, str)
    return name


def test_a_photo_lies_there_sealed_and_comes_back(app: Flask) -> None:
    name = report()
    kept = Bucket(ADDRESS).get(name)
    assert b"PNG" not in kept
    assert bytes_of(db.session.query(Attachment).one())[:4] == b"\x89PNG"
    assert not (app.extensions["config"].var / "attachments").exists()
    assert [found for found in examine() if found.check == "files"] == []
    Bucket(ADDRESS).delete(name)
    assert [found.level for found in examine() if found.check == "files"] == ["wrong"]


def test_a_backup_holds_them_and_brings_back_the_lost_ones(app: Flask, tmp_path: Path) -> None:
    name = report()
    kept = Bucket(ADDRESS).get(name)
    made = make(tmp_path)
    Bucket(ADDRESS).delete(name)
    newer = Bucket(ADDRESS).put(b"taken in since")
    restore(newest(tmp_path), replace=True)
    assert made.files == 1
    assert Bucket(ADDRESS).get(name) == kept
    assert Bucket(ADDRESS).get(newer) == b"taken in since"
    assert not list(app.extensions["config"].var.glob("attachments*"))


def test_a_bucket_out_of_reach_closes_the_intake_and_says_so(client: FlaskClient, peer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    bucket._objects.cache_clear()
    assert client.get("/readyz").json == {"ok": False, "wrong": ["disk"]}


def test_an_address_of_something_else_is_refused() -> None:
    with pytest.raises(ConfigError, match="FILES_URL must be s3://"):
        Config.from_environment({"FILES_URL": "https://example.vn/files"})
    assert Config.from_environment({"FILES_URL": ADDRESS}).files_url == ADDRESS
