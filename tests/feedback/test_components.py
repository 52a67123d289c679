"""Macros and layouts: what assistive technology is told, and how they stand in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template, request
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser
from wtforms import BooleanField, MultipleFileField, RadioField, SelectField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from feedback.accounts.models import Role
from feedback.config import Config
from feedback.web import public
from tests.browsers import follow, served, violations, wider_than_the_screen
from tests.databases import SECRET
from wsgi import create_app

PAGES = Path(__file__).parent / "look"
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
FIGURE = {
    "data": [{"type": "scatter", "x": ["2026-09-01", "2026-10-01", "2026-11-01"], "y": [1200, 1350, 1280], "name": "Tiếp nhận </script>'"}],
    "layout": {"height": 320, "xaxis": {"type": "date", "tickformat": "%m/%Y"}},
}


class Sample(FlaskForm):
    """One field of each kind."""

    text = TextAreaField("Việc gì đã xảy ra?", [InputRequired("Xin cho biết việc gì đã xảy ra.")])
    area = SelectField(
        "Phường, xã", [InputRequired("Xin chọn phường, xã.")], choices=[SelectChoice("", "Chọn phường, xã"), SelectChoice("1", "Tân Định")]
    )
    phone = TelField("Số điện thoại")
    files = MultipleFileField("Ảnh, tài liệu")
    named = RadioField(
        "Để lại liên hệ?",
        [InputRequired("Xin chọn có hoặc không.")],
        choices=[SelectChoice("yes", "Có"), SelectChoice("no", "Không")],
    )
    agree = BooleanField("Tôi đồng ý công khai", [InputRequired("Xin đánh dấu để đồng ý.")])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The real application with two more pages that show every macro; no database behind it."""
    config = Config(
        database_url="postgresql+psycopg://nobody@/nothing?host=/nonexistent",
        secret_key=SECRET,
        var=tmp_path_factory.mktemp("var"),
        https=False,
        demo=True,
        limits_url="memory://",
        testing=True,
    )
    app = create_app(config)
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, FileSystemLoader(PAGES)])  # type: ignore[list-item]

    @public
    def citizen() -> str:
        form = Sample()
        form.validate_on_submit()
        return render_template("citizen.html", form=form, now=NOON, **dates())

    @public
    def officer() -> str:
        agency = SimpleNamespace(name="Ủy ban nhân dân phường Tân Sơn Nhì")
        user = SimpleNamespace(full_name="Nguyễn Thị Minh Khai Hoàng", role=Role.AGENCY_HEAD, agency=agency)
        return render_template("officer.html", current_user=user, staff_nav=nav, now=NOON, figure=FIGURE, **dates())

    app.add_url_rule("/mau/nguoi-dan", "citizen", citizen, methods=["GET", "POST"])
    app.add_url_rule("/mau/can-bo", "officer", officer)
    return app


def dates() -> dict[str, datetime]:
    return {"soon": NOON + timedelta(hours=50), "late": NOON - timedelta(days=2, hours=3), "later": NOON + timedelta(days=12, hours=5)}


def nav() -> list[dict[str, Any]]:
    active = request.path
    return [
        {"label": "Hồ sơ", "url": "/mau/can-bo", "active": active == "/mau/can-bo" and "page", "count": 12},
        {"label": "Duyệt trả lời", "url": "#duyet", "active": False, "count": 0},
    ]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def rejected(client: FlaskClient) -> str:
    """The page after an empty form was sent."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/mau/nguoi-dan").text)
    assert token is not None
    return client.post("/mau/nguoi-dan", data={"csrf_token": token.group(1)}).text


def tag_of(html: str, identity: str) -> str:
    found = re.search(rf'<[^>]*\bid="{identity}"[^>]*>', html)
    assert found is not None, identity
    return found.group()


def test_a_field_without_error_points_to_its_hint_only(client: FlaskClient) -> None:
    html = client.get("/mau/nguoi-dan").text
    assert 'aria-describedby="text-hint"' in tag_of(html, "text")
    assert "aria-invalid" not in html
    assert "aria-describedby" not in tag_of(html, "area")
    assert "<title>Mẫu trang người dân – Liêm Chính</title>" in html
    assert "data-error-summary" not in html


def test_optional_fields_say_so_and_required_ones_say_nothing(client: FlaskClient) -> None:
    html = client.get("/mau/nguoi-dan").text
    assert 'for="phone">Số điện thoại (không bắt buộc)</label>' in html
    assert 'for="area">Phường, xã</label>' in html
    assert "*</label>" not in html


def test_an_error_is_said_in_the_title_on_top_and_at_the_field(client: FlaskClient) -> None:
    html = rejected(client)
    assert "<title>Lỗi: Mẫu trang người dân – Liêm Chính</title>" in html
    assert "Có 4 mục cần sửa" in html
    assert 'aria-describedby="text-hint text-error"' in tag_of(html, "text")
    assert 'aria-invalid="true"' in tag_of(html, "text")
    assert html.count("Xin cho biết việc gì đã xảy ra.") == 2
    assert 'aria-describedby="agree-hint agree-error"' in tag_of(html, "agree")


def test_the_summary_leads_to_something_that_takes_the_focus(client: FlaskClient) -> None:
    html = rejected(client)
    targets = re.findall(r'<li><a href="#([^"]+)">', html.partition("data-error-summary")[2].partition("</ul>")[0])
    assert targets == ["text", "area", "named-0", "agree"]
    for target in targets:
        assert re.match(r"<(input|textarea|select)\b", tag_of(html, target)), target


def test_radio_buttons_stand_in_a_fieldset_with_a_legend(client: FlaskClient) -> None:
    html = rejected(client)
    assert tag_of(html, "named").startswith("<fieldset")
    assert 'aria-describedby="named-error"' in tag_of(html, "named")
    assert "<legend>Để lại liên hệ?</legend>" in html
    assert "<small>Chúng tôi không thể gọi hỏi thêm.</small>" in html


def test_due_dates_say_in_words_how_much_time_is_left(client: FlaskClient) -> None:
    html = client.get("/mau/nguoi-dan").text
    assert '<span class="lc-tag is-amber">Còn 2 ngày 2 giờ</span>' in html
    assert '<span class="lc-tag is-red">Quá hạn 2 ngày 3 giờ</span>' in html
    assert '<span class="lc-tag is-blue">Còn 12 ngày</span>' in html
    assert '<span class="lc-tag is-green">Trả lời đúng hạn</span>' in html
    assert '<span class="lc-tag is-amber">Trả lời trễ 2 ngày 3 giờ</span>' in html


def test_rows_without_a_value_are_left_out(client: FlaskClient) -> None:
    html = client.get("/mau/nguoi-dan").text
    assert "<dt>Phường, xã</dt>" in html
    assert "<dt>Địa điểm</dt>" not in html
    assert '<a href="/sua">Sửa<span class="visually-hidden"> Sự việc</span></a>' in html


def test_the_last_entry_of_a_timeline_is_where_it_stands(client: FlaskClient) -> None:
    entries = re.findall(r"<li( class=\"is-now\" aria-current=\"step\")?><time", client.get("/mau/nguoi-dan").text)
    assert [bool(entry) for entry in entries] == [False, True]


def test_counts_and_missing_figures(client: FlaskClient) -> None:
    html = client.get("/mau/can-bo").text
    assert '<a href="#1" aria-current="page">Quá hạn <span class="lc-count is-red">3</span></a>' in html
    assert 'Hôm nay <span class="lc-count">0</span>' in html, "nothing urgent is not red"
    assert 'Ba ngày tới <span class="lc-count">1.234</span>' in html
    assert '<a href="#4">Tất cả</a>' in html
    assert '<progress max="1" value="0.7600" aria-label="Quận 1"></progress><span>76,0%</span>' in html
    assert '<progress max="1" value="" ' not in html


def test_a_chart_cannot_break_out_of_its_attribute(client: FlaskClient) -> None:
    figure = re.search(r"data-figure='([^']*)'", client.get("/mau/can-bo").text)
    assert figure is not None
    assert "</script>" not in figure.group(1)


def test_the_address_of_each_other_language_leads_back_here(client: FlaskClient) -> None:
    assert 'href="/ngon-ngu/en?ve=/mau/nguoi-dan?a%3D1"' in client.get("/mau/nguoi-dan?a=1").text


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["/mau/nguoi-dan", "/mau/can-bo"])
@pytest.mark.parametrize(("language", "width"), [("vi", 1280), ("vi", 320), ("en", 390)])
def test_everybody_can_use_every_part(app: Flask, browser: Browser, path: str, language: str, width: int) -> None:
    """axe-core on all parts, with errors shown; nobody has to scroll sideways."""
    with served(app) as address, browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{address}/ngon-ngu/{language}?ve={path}")
        if path == "/mau/nguoi-dan":
            follow(page, "main button[type=submit]")
            page.wait_for_selector("[data-error-summary]:focus")
        else:
            page.locator("[data-figure]").scroll_into_view_if_needed()
            page.wait_for_selector("[data-figure] svg.main-svg")
        assert violations(page) == []
        assert not wider_than_the_screen(page)


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["/mau/nguoi-dan", "/mau/can-bo"])
def test_the_security_policy_refuses_nothing_of_ours(app: Flask, browser: Browser, path: str) -> None:
    complaints: list[str] = []
    with served(app) as address, browser.new_context(viewport={"width": 1280, "height": 2000}) as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        assert bool(page.locator("[data-figure] svg.main-svg").count()) is (path == "/mau/can-bo")
        assert complaints == []


@pytest.mark.browser
@pytest.mark.enable_socket
def test_keys_walk_the_list(app: Flask, browser: Browser) -> None:
    with served(app) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/mau/can-bo")
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#h1"
        page.keyboard.press("k")
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#h0"
        page.keyboard.press("?")
        assert page.is_visible("[data-keys]")
        page.keyboard.press("Escape")
        assert not page.is_visible("[data-keys]")
        page.keyboard.press("/")
        page.keyboard.type("j/đèn")
        assert page.input_value("#tim") == "j/đèn"
