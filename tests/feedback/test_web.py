"""What every page has in common: headers and cookies as whole strings, the guard as a table, errors without insides."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from flask import Flask
from flask import request as asked
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from feedback.accounts.models import Role
from feedback.assets import asset_url
from feedback.config import Config
from feedback.db import db
from feedback.errors import Busy, Conflict, Invalid, NotAllowed, NotFound
from feedback.web import is_local_path, public, roles
from tests.feedback.accounts.people import SIGN_IN, sign_in, token, with_officer
from tests.feedback.bare import app as plain_app  # noqa: F401 — fixture: requests share nothing but the cookie
from wsgi import create_app

EVERY_ANSWER = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SECRET_WORDS = "ông Trần Văn Bí Mật, 0903 000 111"
ERRORS = {"not-found": NotFound, "not-allowed": NotAllowed, "conflict": Conflict, "invalid": Invalid, "busy": Busy}


@pytest.fixture
def app(plain_app: Flask) -> Flask:  # noqa: F811
    """The application with a page of every kind of guard, and pages that fail."""

    @public
    def open_page() -> str:
        return "open"

    @roles(Role.INSPECTORATE, Role.LEADERSHIP)
    def closed_page() -> str:
        return "closed"

    def forgotten_page() -> str:
        return "forgotten"

    @public
    def failing_page() -> str:
        raise RuntimeError(f"SELECT * FROM case WHERE text = {SECRET_WORDS!r}")

    @public
    def refusing_page(kind: str) -> str:
        raise ERRORS[kind]("Một câu cho người đọc.")

    for name, view, rule in (
        ("open", open_page, "/thu/mo"),
        ("closed", closed_page, "/thu/dong"),
        ("forgotten", forgotten_page, "/thu/quen"),
        ("failing", failing_page, "/thu/hong"),
        ("refusing", refusing_page, "/thu/tu-choi/<kind>"),
    ):
        plain_app.add_url_rule(rule, name, view, methods=["GET", "POST"])
    return plain_app


def titled(answer: TestResponse) -> str:
    found = re.search(r"<h1>([^<]*)</h1>", answer.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/", "/thu/mo", "/thu/dong", "/thu/hong", "/khong-co", SIGN_IN, "/can-bo/"])
def test_headers_as_whole_strings(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.getlist(name) for name in EVERY_ANSWER} == {name: [value] for name, value in EVERY_ANSWER.items()}
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers


def test_an_address_with_nul_in_it_is_none(client: FlaskClient) -> None:
    """The database fails on it, wherever it is asked for such a thing."""
    answers = [client.get(path) for path in ("/cong-khai/%00", "/cong-khai?tim=%00", "/cong-khai?tim=r%C3%A1c")]
    assert [answer.status_code for answer in answers] == [404, 400, 200]


@pytest.mark.settings(https=True)
def test_over_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    answer = client.get("/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def cookie_of(app: Flask, base: str) -> list[str]:
    with_officer(app, role=Role.HANDLER)
    client = app.test_client()
    page = client.get(SIGN_IN, base_url=base)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    headers = {"Referer": base + SIGN_IN}
    form = {"csrf_token": found[1], "name": "nguyen.an", "password": "một câu dài dễ nhớ hôm nay"}
    answer = client.post(SIGN_IN, base_url=base, data=form, headers=headers)
    assert answer.status_code == 302
    return [re.sub(r"=[^;]+", "=VALUE", line, count=1) for line in answer.headers.getlist("Set-Cookie")]


@pytest.mark.settings(https=True)
def test_the_cookie_as_a_whole_string(app: Flask) -> None:
    assert cookie_of(app, "https://localhost") == ["__Host-phien=VALUE; Secure; HttpOnly; Path=/; SameSite=Lax"]


def test_the_cookie_of_a_trial_without_https(app: Flask) -> None:
    assert cookie_of(app, "http://localhost") == ["phien=VALUE; HttpOnly; Path=/; SameSite=Lax"]


#: Who asks (None: a stranger), for what, how -> status, and where he is sent.
GUARD = [
    (None, "/thu/mo", "GET", 200, None),
    (None, "/thu/dong", "GET", 302, f"{SIGN_IN}?next=/thu/dong"),
    (None, "/thu/dong?a=1", "GET", 302, f"{SIGN_IN}?next=/thu/dong?a%3D1"),
    (None, "/thu/dong", "POST", 404, None),
    (None, "/thu/quen", "GET", 404, None),
    (None, "/thu/quen", "POST", 404, None),
    (None, "/khong-co", "GET", 404, None),
    (Role.LEADERSHIP, "/thu/dong", "GET", 200, None),
    (Role.INSPECTORATE, "/thu/dong", "POST", 200, None),
    (Role.ADMINISTRATOR, "/thu/dong", "GET", 404, None),
    (Role.HANDLER, "/thu/dong", "POST", 404, None),
    (Role.FRONT_DESK, "/thu/dong", "GET", 404, None),
    (Role.AGENCY_HEAD, "/thu/dong", "GET", 404, None),
    *[(role, "/thu/quen", "GET", 404, None) for role in Role],
]


@pytest.mark.parametrize(("role", "path", "method", "status", "location"), GUARD)
def test_the_guard(app: Flask, client: FlaskClient, role: Role | None, path: str, method: str, status: int, location: str | None) -> None:
    page = SIGN_IN
    if role is not None:
        with_officer(app, role=role)
        sign_in(client)
        page = "/can-bo/doi-mat-khau"
    form = {"csrf_token": token(client, page)} if method == "POST" else None
    answer = client.open(path, method=method, data=form)
    assert (answer.status_code, answer.location) == (status, location)


def test_a_page_for_others_looks_like_no_page(app: Flask, client: FlaskClient) -> None:
    with_officer(app, role=Role.HANDLER)
    sign_in(client)
    hidden, missing = client.get("/thu/dong"), client.get("/thu/gong")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace("dong", "gong") == missing.text
    same = {name for name in dict(hidden.headers) if name not in ("Set-Cookie", "Date")}
    assert {name: hidden.headers[name] for name in same} == {name: missing.headers[name] for name in same}


@pytest.mark.parametrize(("kind", "status"), [("not-found", 404), ("not-allowed", 403), ("conflict", 409), ("invalid", 422), ("busy", 503)])
def test_our_own_errors_become_pages_with_their_sentence(client: FlaskClient, kind: str, status: int) -> None:
    answer = client.get(f"/thu/tu-choi/{kind}")
    assert answer.status_code == status
    assert "Một câu cho người đọc." in answer.text
    assert titled(answer)


def test_an_unexpected_error_shows_and_logs_nothing_of_its_inside(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    answer = client.get("/thu/hong")
    logged = "".join(capfd.readouterr())
    assert answer.status_code == 500
    assert titled(answer) == "Hệ thống gặp lỗi"
    for inside in ("SELECT", "Bí Mật", "RuntimeError", "Traceback", ".py"):
        assert inside not in answer.text
    assert "Bí Mật" not in logged
    assert "SELECT" not in logged
    error_id = re.search(r"<strong>([0-9a-f]{8})</strong>", answer.text)
    assert error_id is not None
    assert error_id[1] in logged


def test_an_error_page_that_fails_still_answers(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> str:
        raise OSError(SECRET_WORDS)

    monkeypatch.setattr("feedback.error_views.render_template", broken)
    answer = client.get("/thu/hong")
    assert answer.status_code == 500
    assert re.fullmatch(r"Hệ thống gặp lỗi \([0-9a-f]{8}\)", answer.text)


def test_a_dead_database_is_a_page(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with_officer(app)
    sign_in(client)
    monkeypatch.setattr(db.session, "execute", lambda *_args: (_ for _ in ()).throw(OSError("the server is gone")))
    answer = client.get("/can-bo/")
    assert answer.status_code == 500
    assert titled(answer) == "Hệ thống gặp lỗi"


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/thu/mo").status_code == 400
    assert client.post("/thu/mo", data={"csrf_token": "forged"}).status_code == 400


BIG = 25 * 1024 * 1024 + 1
FORM = "application/x-www-form-urlencoded"


def test_more_than_fits_is_413(client: FlaskClient) -> None:
    many, much = {f"field{number}": "x" for number in range(51)}, {"text": "x" * (200 * 1024 + 1)}
    page = client.post("/thu/mo", data=many, content_type="multipart/form-data")
    assert page.status_code == 413
    assert titled(page) == "Tệp hoặc nội dung quá lớn"
    assert client.post("/thu/mo", data=much, content_type="multipart/form-data").status_code == 413
    assert client.post("/thu/mo", data=b"a=" + b"x" * 200 * 1024, content_type=FORM).status_code == 413
    announced = {"CONTENT_LENGTH": str(BIG)}
    assert client.post("/thu/mo", content_type="multipart/form-data; boundary=b", environ_overrides=announced).status_code == 413


@pytest.mark.parametrize("size", [1, 300_000])
def test_a_body_of_unknown_length_is_not_read(client: FlaskClient, size: int) -> None:
    body = io.BytesIO(b"a=" + b"x" * size)
    terminated = {"wsgi.input_terminated": True}
    headers = {"Transfer-Encoding": "chunked"}
    answer = client.post("/thu/mo", input_stream=body, content_type=FORM, headers=headers, environ_overrides=terminated)
    assert answer.status_code == 413
    assert body.tell() == 0


def test_other_host_names_are_refused(client: FlaskClient) -> None:
    assert client.get("/thu/mo", headers={"Host": "localhost"}).status_code == 200
    assert client.get("/thu/mo", headers={"Host": "evil.example"}).status_code == 400
    assert "evil.example" not in client.get("/thu/mo", headers={"Host": "evil.example"}).text


def test_under_another_name_one_is_told_the_right_one(client: FlaskClient, config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.get("/", headers={"Host": "203.0.113.7"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert answer.text == f"Đây không phải địa chỉ của hệ thống. Xin mở: {config.public_url}"
    assert capsys.readouterr().err == "", "every scanner of the internet comes by; that is no fault of the server's"


def test_a_program_is_told_so_as_of_every_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/categories", headers={"Host": "203.0.113.7"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_whoever_watches_asks_by_number(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Host": "172.18.0.3:8000"}).status_code == 200


@pytest.mark.parametrize("target", ["/", "/can-bo/", "/tra-cuu?a=//b"])
def test_local_paths(target: str) -> None:
    assert is_local_path(target)


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "evil",
        "//evil",
        "\\\\evil",
        "/\\evil",
        "https:evil",
        "https://evil",
        "/\tevil",
        "\t//evil",
        "/a\r\nSet-Cookie: b",
        "javascript:a",
    ],
)
def test_paths_elsewhere(target: str | None) -> None:
    assert not is_local_path(target)


@given(st.text(max_size=20))
def test_a_local_path_has_one_slash_in_front_and_nothing_hidden(target: str) -> None:
    if is_local_path(target):
        assert target[0] == "/"
        assert not target.startswith(("//", "/\\"))
        assert "\n" not in target


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_only_our_own_proxies_are_believed(plain_app: Flask, proxies: int, seen: str) -> None:  # noqa: F811
    app = create_app(dataclasses.replace(plain_app.extensions["config"], proxies=proxies))

    @public
    def who() -> str:
        return str(asked.remote_addr)

    app.add_url_rule("/thu/ai", "who", who)
    assert app.test_client().get("/thu/ai", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}).text == seen


def test_public_pages_leave_no_trace_of_the_reader(app: Flask, client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    """Security, control 5: neither address nor browser nor what was asked for reaches a log or the cookie."""
    headers = {"User-Agent": "sentinel-browser", "Referer": "http://sentinel-page/", "X-Forwarded-For": "203.0.113.99"}
    client.get("/?q=sentinel-query", headers=headers, environ_overrides={"REMOTE_ADDR": "203.0.113.99"})
    client.get("/thu/hong?q=sentinel-query", headers=headers, environ_overrides={"REMOTE_ADDR": "203.0.113.99"})
    logged = "".join(capfd.readouterr())
    assert "sentinel" not in logged
    assert "203.0.113" not in logged
    with client.session_transaction() as session:
        assert set(session) <= {"csrf_token"}


def test_static_files_say_their_type_and_belong_to_us(client: FlaskClient) -> None:
    with client.get(asset_url("favicon.svg")) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in answer.headers
