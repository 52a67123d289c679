"""What the tests of the citizen's pages share: a stand-in for the classifier, browsers, and a walk through the questions."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from feedback.cases.ports import Labels
from feedback.config import Config
from feedback.db import db

TEXT = "Rác ở đầu hẻm Hoa Sữa ba ngày nay chưa có ai thu gom, mùi rất khó chịu."
BRIBE = "Cán bộ ở quầy số 3 vòi tiền năm trăm nghìn mới chịu nhận hồ sơ khai sinh."
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
GROUPS = re.compile(r'<p class="lc-code"[^>]*>((?:<span>[0-9A-Z]{5}</span>)+)</p>')


class PlainClassifier:
    """Knows rubbish and bribes, nothing else."""

    def classify(self, text: str) -> Labels:
        bribe = "vòi tiền" in text
        category = "staff_conduct" if bribe else "urban_environment"
        return Labels(category, 0.9, (("public_order", 0.05),), bribe, 0.9, False, False, False, False, ("rác",), "test-1")


def picture_bytes() -> bytes:
    """A small picture."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    return data.getvalue()


class BrokenClassifier:
    """Fails on every text."""

    def classify(self, text: str) -> Labels:
        raise RuntimeError(text)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application with a classifier and without a context, so that requests share nothing but the cookie."""
    from wsgi import create_app

    app = create_app(config)
    app.extensions["classifier"] = PlainClassifier()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


def token(client: FlaskClient, path: str) -> str:
    """The anti-forgery token of the page at `path`."""
    found = TOKEN.search(client.get(path).text)
    assert found is not None, path
    return found[1]


def post(client: FlaskClient, path: str, page: str | None = None, **fields: object) -> TestResponse:
    """Send a form as a browser does: with the token of the page that shows it."""
    return client.post(path, data={"csrf_token": token(client, page or path), **fields})


def first_ward(client: FlaskClient) -> str:
    """The first ward that may be chosen."""
    return re.findall(r'<option value="(\d+)"', client.get("/phan-anh/dia-diem").text)[0]


def text_of(answer: TestResponse) -> str:
    """What a reader sees between head and foot of the page, on one line."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def answer_all(client: FlaskClient, text: str = TEXT, **contact: str) -> None:
    """Start a report and answer every question up to the last look."""
    answer_until(client, "/phan-anh/lien-he", text)
    post(client, "/phan-anh/lien-he", **{"named": "no", "public": "no", **contact})


def answer_until(client: FlaskClient, address: str, text: str = TEXT) -> None:
    """Start a report and answer the questions before the one at `address`."""
    post(client, "/phan-anh")
    if address == "/phan-anh/su-viec":
        return
    post(client, "/phan-anh/su-viec", text=text)
    if address == "/phan-anh/dia-diem":
        return
    post(client, "/phan-anh/dia-diem", area=first_ward(client), place="12 Hoa Sữa")
    post(client, "/phan-anh/bang-chung", choice="next")
    if address == "/phan-anh/kiem-tra":
        post(client, "/phan-anh/lien-he", named="no", public="no")


def send(client: FlaskClient, **fields: str) -> TestResponse:
    """Send from the last look; a test fills in faster than a person, so it is asked once to look again."""
    sent = post(client, "/phan-anh/kiem-tra", **fields)
    return sent if sent.status_code == 302 else post(client, "/phan-anh/kiem-tra", **fields)


def shown_code(client: FlaskClient) -> str:
    """The code on the last page, in groups."""
    found = GROUPS.search(client.get("/phan-anh/xong").text)
    assert found is not None
    return "-".join(re.findall(r"[0-9A-Z]{5}", found[1]))


def follow(client: FlaskClient, code: str) -> TestResponse:
    """Open a case by its code."""
    return post(client, "/tra-cuu", code=code)
