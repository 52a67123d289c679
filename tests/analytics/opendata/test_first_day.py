"""Before the first month is over there is nothing to show, and the pages say so."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from analytics.opendata import services
from feedback.acting import as_system


def test_nothing_is_published_yet(app: Flask, client: FlaskClient) -> None:
    with as_system("test"):
        assert services.freeze_closed() == []
    for path in ("/cong-khai/so-lieu", "/du-lieu-mo"):
        assert "Chưa có tháng nào được công bố" in client.get(path).text
    assert client.get("/du-lieu-mo/khu-vuc.csv").status_code == 404
    assert client.get("/du-lieu-mo/cac-ban.json").get_json() == []
