"""The scenario of `make load` asks for pages that exist, and reads forms as a browser would; without locust."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.load.pages import PATHS, code_of, form_of, keys_of

KEY = "a1b2c3d4e5f60718"


def test_every_page_of_the_scenario_exists(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    for method, path in PATHS.values():
        endpoint, _values = addresses.match(path.format(key=KEY), method)
        assert endpoint in app.view_functions


def test_a_report_is_sent_by_what_its_forms_hold(client: FlaskClient) -> None:
    page = client.get("/phan-anh").get_data(as_text=True)
    steps = (
        {},
        {"text": "Rác ở đầu hẻm chưa ai thu gom."},
        {"area": "?", "place": "12 Lê Lợi"},
        {},
        {"named": "no", "public": "yes"},
        {},
        {},
    )
    names = ("start", "what", "where", "evidence", "contact", "check", "check")
    for name, values in zip(names, steps, strict=True):
        form = form_of(page, "", PATHS[name][1])
        assert form is not None
        page = client.post(PATHS[name][1], data={**form.values, **values}, follow_redirects=True).get_data(as_text=True)
    code = code_of(page)
    assert code is not None
    form = form_of(client.get("/tra-cuu").get_data(as_text=True), "", PATHS["code"][1])
    assert form is not None
    assert client.post("/tra-cuu", data={**form.values, "code": code}).location == "/tra-cuu/ho-so"


def test_lists_and_forms_are_read_as_they_stand() -> None:
    page = (
        f'<a href="/can-bo/ho-so/{KEY}">x</a><form action="/a?b=c"><input type="hidden" name="version" value="3">'
        '<textarea name="note">Đã xem</textarea><input type="radio" name="way" value="1"><input type="radio" name="way" value="2" checked>'
        '<input type="checkbox" name="no"><select name="agency"><option value="">?</option><option value="7" selected>Sở A</option>'
        '<option value="8">Sở B</option></select></form>'
    )
    form = form_of(page, "/a")
    assert form is not None
    assert form.values == {"version": "3", "note": "Đã xem", "way": "2", "agency": "7"}
    assert form.options == {"agency": [("", "?"), ("7", "Sở A"), ("8", "Sở B")]}
    assert (form_of(page), keys_of(page, "/can-bo/ho-so/"), code_of(page)) == (None, [KEY], None)
