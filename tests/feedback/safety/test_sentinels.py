"""The sentinel sweep (security, control 5): what could tell who sent an anonymous report is nowhere afterwards.

A report goes in through the real form with marks in everything a browser and a camera give away. Then every table, every file, every
line of the logs and the opened backup are searched for each mark, as it is and in the forms in which a dump hides bytes.
"""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from feedback.db import db
from feedback.operations import programs
from feedback.operations.backup import make
from feedback.operations.checking import check
from feedback.operations.generations import DATABASE, FILES, Generation
from tests.feedback.attachments.samples import MARK, telling_jpeg, telling_pdf
from tests.feedback.citizen import BRIBE, answer_all, follow, post, send, shown_code
from tests.feedback.citizen import app as app  # noqa: PLC0414 — fixture: requests share nothing but the cookie
from tests.feedback.citizen import client as client  # noqa: PLC0414 — fixture

KEY = "a key for backups, forty characters long"
pytestmark = pytest.mark.settings(backup_key=KEY, limits_url="database://", proxies=1)
ADDRESS, BROWSER, PAGE, FILE = "203.0.113.77", "Qxbrowser/9.77", "qxreferrer.example", "qxnguyenthithu"
NAME, PHONE, MAIL = "Qxnguyen Thi Thu", "0987650077", "qxthu@example.com"
MARKS = {"address": ADDRESS, "browser": BROWSER, "page before": PAGE, "file name": FILE, "picture": MARK, "name": NAME, "mail": MAIL}
MARKS |= {"telephone": PHONE, "language": "qx-QX"}
#: Searched for to see that the search would find something.
THERE = "quầy số 3"


def forms(mark: str) -> set[bytes]:
    """A mark as bytes, in the letters of a dump, and packed as binary columns and cookies are."""
    plain = mark.encode()
    return {plain, plain.lower(), plain.hex().encode(), base64.b64encode(plain)[:-4], mark.encode("utf-16-le")}


def hits(where: dict[str, bytes]) -> list[str]:
    """Which mark was found where."""
    return [
        f"{what} in {place}" for place, data in where.items() for what, mark in MARKS.items() if any(form in data for form in forms(mark))
    ]


def dumped(app: Flask) -> bytes:
    """Every row of every table as text."""
    url = programs.url_of(app.extensions["config"])
    order = [programs._program("pg_dump"), "--data-only", f"--dbname={url.database}"]
    return subprocess.run(order, env=programs._environment(url), capture_output=True, check=True, cwd="/").stdout


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def opened_backup(path: Path) -> dict[str, bytes]:
    """What a thief with the key would read: the dump turned into text, and the files."""
    generation = Generation(path)
    with generation.part(DATABASE, KEY) as source:
        rows = subprocess.run([programs._program("pg_restore"), "-f", "-"], input=source.read(), capture_output=True, check=True).stdout
    with generation.part(FILES, KEY) as source:
        return {"rows": rows, "files": source.read()}


@pytest.fixture
def gives_away(client: FlaskClient) -> FlaskClient:
    """A browser that tells all it can."""
    client.environ_base |= {
        "REMOTE_ADDR": ADDRESS,
        "HTTP_X_FORWARDED_FOR": ADDRESS,
        "HTTP_USER_AGENT": BROWSER,
        "HTTP_REFERER": f"http://{PAGE}/trang",
        "HTTP_ACCEPT_LANGUAGE": "qx-QX",
    }
    return client


def test_nothing_of_an_anonymous_sender_is_anywhere(app: Flask, gives_away: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    client = gives_away
    # He first fills in who he is, then thinks better of it.
    answer_all(client, BRIBE, named="yes", name=NAME, phone=PHONE, email=MAIL)
    for name, data in ((f"{FILE}.jpg", telling_jpeg()), (f"{FILE}.pdf", telling_pdf())):
        assert post(client, "/phan-anh/bang-chung", files=(io.BytesIO(data), name), choice="add").status_code == 302
    post(client, "/phan-anh/lien-he", named="no", public="no", name=NAME, phone=PHONE, email=MAIL)
    assert send(client).location == "/phan-anh/xong"
    assert follow(client, shown_code(client)).status_code == 302
    config = app.extensions["config"]
    with app.app_context():
        made = make(config.var / "backups")
        assert check(Generation(made.path)).wrong == []
        assert db.session.scalar(text("SELECT count(*) FROM attachment WHERE case_id IS NOT NULL")) == 2
        case = str(db.session.scalar(text("SELECT public_id FROM cases")))
        assert db.session.scalar(text("SELECT count(*) FROM rate_limit")), "limits were counted through the database"
    logged = "".join(capfd.readouterr()).encode()
    backup = {f"backup {part}": data for part, data in opened_backup(made.path).items()}
    where = {"tables": dumped(app), "logs": logged, **files_under(config.var), **backup}
    assert case.encode() in where["tables"]
    assert case.encode() in where["backup rows"]
    assert not any(THERE.encode() in data for data in where.values()), "what he wrote about is sealed"
    assert len(where) >= 9
    assert hits(where) == []


def test_the_sweep_finds_what_is_there() -> None:
    for what, mark in MARKS.items():
        for form in forms(mark):
            assert hits({"a place": b"before " + form + b" after"}) == [f"{what} in a place"]
