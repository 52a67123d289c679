"""Requests prepared beforehand for `tests.bench.scaling`: whole, with cookie and token, as a browser or another system would send them.

Each report comes from an address of its own, named by a proxy that the server trusts: limits are counted as always and stop nobody.
"""

from __future__ import annotations

import json
import random
from contextvars import Context
from urllib.parse import urlencode

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text as sql

from analytics.classify.corpus import load_examples
from feedback.codes import new_code
from feedback.crypto import derive, seal
from feedback.db import db, now, transaction
from feedback.intake import drafts
from feedback.intake.models import ReportDraft
from feedback.localtime import local_day
from feedback.open311.models import ApiKey
from feedback.open311.queries import hmac_of
from tests.feedback.officers import session_key

#: Reports a minute that one key of another system may hand in, with room to spare.
A_KEY = 100
_dice = random.Random(3)
#: Shorter ones are sent back by the doors for programs.
_texts = [one.text for one in load_examples() if len(one.text) >= 20]


def some_texts(many: int) -> list[str]:
    """What people write, of the labelled texts."""
    return [_dice.choice(_texts) for _ in range(many)]


def http(method: str, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded", **headers: str) -> bytes:
    """One request as bytes."""
    source = ".".join(str(_dice.randrange(1, 255)) for _ in range(4))
    more = [f"{name}: {value}" for name, value in headers.items()]
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"X-Forwarded-For: {source}", *more]
    if method == "POST":
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def cookie(app: Flask, **values: str) -> tuple[str, str]:
    """A browser's session with these values, as the cookie, and the token its forms carry; made outside every other request."""
    return Context().run(_cookie, app, values)


def _cookie(app: Flask, values: dict[str, str]) -> tuple[str, str]:
    with app.test_request_context():
        session.update(values)
        token = generate_csrf()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        return f"phien={signer.dumps(dict(session))}", token


def last_steps(app: Flask, many: int) -> tuple[list[bytes], list[str]]:
    """So many drafts that want nothing but sending; the requests that send them, and their codes."""
    wards = db.session.scalars(sql("SELECT id FROM area WHERE kind = 'ward' AND unit_set = '2025'")).all()
    codes = [new_code() for _ in range(many)]
    with transaction():
        rows = [ReportDraft(code_hmac=drafts.hmac_of(code), sealed=b"", started_on=local_day(now())) for code in codes]
        db.session.add_all(rows)
        db.session.flush()
        for row, code in zip(rows, codes, strict=True):
            answers = {
                "started": now().timestamp() - 60,
                "text": _dice.choice(_texts),
                "area": str(_dice.choice(wards)),
                "place": "12 Lê Lợi",
                "named": "no",
                "public": "yes",
                "name": "",
                "phone": "",
                "email": "",
                "steps": ["bang-chung", "dia-diem", "lien-he", "su-viec"],
            }
            row.sealed = seal(json.dumps(answers), derive(code, "draft"), f"report_draft|{row.id}|sealed")
    requests = []
    for code in codes:
        held, token = cookie(app, code=code)
        requests.append(http("POST", "/phan-anh/kiem-tra", urlencode({"csrf_token": token, "category": ""}).encode(), Cookie=held))
    return requests, codes


def api_posts(many: int) -> list[bytes]:
    """Reports by the JSON API."""
    bodies = [json.dumps({"text": _dice.choice(_texts), "public": True}).encode() for _ in range(many)]
    return [http("POST", "/api/v1/reports", body, "application/json") for body in bodies]


def open311_posts(many: int, maker_id: int) -> list[bytes]:
    """Reports by GeoReport, each system within its limit."""
    secrets = [new_code() for _ in range(many // A_KEY + 1)]
    made = {"name": "bench", "made_at": now(), "made_by_id": maker_id}
    with transaction():
        db.session.add_all(ApiKey(key_hmac=hmac_of(secret, "key"), **made, approved_at=made["made_at"]) for secret in secrets)
    known = {"service_code": "urban_environment", "address_string": "12 Lê Lợi"}
    bodies = [{"api_key": secrets[n // A_KEY], "description": _dice.choice(_texts), **known} for n in range(many)]
    return [http("POST", "/open311/v2/requests.json", urlencode(body).encode()) for body in bodies]


def trackings(app: Flask, codes: list[str], many: int) -> list[bytes]:
    """The tracking page, by browsers that have given their code."""
    held = [http("GET", "/tra-cuu/ho-so", Cookie=cookie(app, tracked=code)[0]) for code in codes]
    return [_dice.choice(held) for _ in range(many)]


def officer_pages(app: Flask, user_id: int, path: str, many: int) -> list[bytes]:
    """A page for somebody who has signed in."""
    held, _token = cookie(app, _user_id=session_key(user_id))
    return [http("GET", path, Cookie=held)] * many
