"""Two languages: the choice, the way figures read, and a catalogue without holes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from feedback import language as lang
from feedback import translate
from feedback.inbox.words import office_time
from tests.feedback.test_components import app, client  # noqa: F401 — fixtures: the application without a database

PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.fixture(params=["vi", "en"])
def locale(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:  # noqa: F811
    with app.test_request_context(), force_locale(request.param):
        yield request.param


@pytest.fixture
def vietnamese(app: Flask) -> Iterator[None]:  # noqa: F811
    with app.test_request_context():
        yield


def test_vietnamese_comes_first_whatever_the_browser_says(client: FlaskClient) -> None:  # noqa: F811
    html = client.get("/mau/nguoi-dan", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert '<html lang="vi">' in html
    assert '<strong lang="vi">Tiếng Việt</strong>' in html
    assert ">Gửi phản ánh</a>" in html


def test_the_choice_is_remembered_and_leads_back(client: FlaskClient) -> None:  # noqa: F811
    answer = client.get("/ngon-ngu/en?ve=/mau/nguoi-dan?a%3D1")
    assert (answer.status_code, answer.location) == (302, "/mau/nguoi-dan?a=1")
    html = client.get("/mau/nguoi-dan").text
    assert '<html lang="en">' in html
    assert ">Report a problem</a>" in html
    assert '<strong lang="en">English</strong>' in html
    client.get("/ngon-ngu/vi?ve=/")
    assert '<html lang="vi">' in client.get("/mau/nguoi-dan").text


@pytest.mark.parametrize(
    "target", ["", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leaves_this_site(client: FlaskClient, target: str) -> None:  # noqa: F811
    assert client.get("/ngon-ngu/en", query_string={"ve": target}).location == "/"


def test_other_languages_do_not_exist(client: FlaskClient) -> None:  # noqa: F811
    assert client.get("/ngon-ngu/fr").status_code == 404
    with client.session_transaction() as session:
        assert "lang" not in session


def test_a_page_that_answers_forms_only_is_not_come_back_to(app: Flask) -> None:  # noqa: F811
    with app.test_request_context("/mau/nguoi-dan?x=1", method="POST"):
        assert lang._this_page() == "/mau/nguoi-dan?x=1"
    with app.test_request_context("/can-bo/dang-xuat", method="POST"):
        assert lang._this_page() == "/"


def test_a_forgotten_choice_is_vietnamese(app: Flask) -> None:  # noqa: F811
    assert lang.chosen_language() == "vi"
    with app.test_request_context() as context:
        context.session["lang"] = "xx"
        assert lang.chosen_language() == "vi"


def test_numbers_read_as_each_language_writes_them(locale: str) -> None:
    assert lang.show_number(1234.5, 1) == {"vi": "1.234,5", "en": "1,234.5"}[locale]
    assert lang.show_number(1234567) == {"vi": "1.234.567", "en": "1,234,567"}[locale]
    assert lang.show_number(None) == "–"
    assert lang.show_percent(0.9137) == {"vi": "91,4%", "en": "91.4%"}[locale]
    assert lang.show_percent(1, 0) == "100%"
    assert lang.show_percent(None) == "–"
    assert lang.show_certainty(0.914) == "91%"
    assert lang.show_certainty(0.99) == "99%"
    assert lang.show_certainty(0.9999) == {"vi": "trên 99%", "en": "above 99%"}[locale]


def test_days_are_the_citys_days(vietnamese: None) -> None:
    evening = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    assert lang.show_date(evening) == "25/11/2026"
    assert lang.show_datetime(evening) == "25/11/2026 00:30"
    assert lang.show_date(date(2026, 1, 2)) == "02/01/2026"
    assert lang.show_date(None) == lang.show_datetime(None) == ""


@pytest.mark.parametrize(
    ("span", "in_vietnamese", "in_english"),
    [
        (timedelta(days=2, hours=3, minutes=59), "2 ngày 3 giờ", "2 days 3 hours"),
        (timedelta(days=1), "1 ngày", "1 day"),
        (timedelta(days=10, hours=23), "10 ngày", "10 days"),
        (timedelta(hours=5, minutes=20), "5 giờ 20 phút", "5 hours 20 minutes"),
        (timedelta(minutes=1, seconds=59), "1 phút", "1 minute"),
        (timedelta(seconds=59), "chưa đến một phút", "less than a minute"),
        (-timedelta(days=2, hours=3), "2 ngày 3 giờ", "2 days 3 hours"),
    ],
)
def test_spans_name_the_units_that_matter(locale: str, span: timedelta, in_vietnamese: str, in_english: str) -> None:
    assert lang.show_span(span) == {"vi": in_vietnamese, "en": in_english}[locale]


@pytest.mark.parametrize(
    ("minutes", "in_vietnamese", "in_english"),
    [
        (59, "59 phút làm việc", "59 working minutes"),
        (60, "1 giờ làm việc", "1 working hour"),
        (72, "1 giờ làm việc 12 phút", "1 working hour 12 minutes"),
        (9 * 60 + 1, "9 giờ làm việc 1 phút", "9 working hours 1 minute"),
        (10 * 60 + 1, "10 giờ làm việc", "10 working hours"),
    ],
)
def test_office_time_names_minutes_while_hours_are_few(locale: str, minutes: int, in_vietnamese: str, in_english: str) -> None:
    assert office_time(minutes) == {"vi": in_vietnamese, "en": in_english}[locale]


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=3000)))
def test_a_span_never_says_more_than_there_is(span: timedelta) -> None:
    words = lang.show_span(span).split()
    minutes = {"ngày": 1440, "giờ": 60, "phút": 1}
    said = sum(int(number) * minutes[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    assert 0 <= span.total_seconds() / 60 - said < (1440 if span >= timedelta(days=10) else 60)


def test_days_of_the_week(locale: str) -> None:
    assert lang.weekday(date(2026, 11, 24)) == {"vi": "Thứ Ba", "en": "Tuesday"}[locale]
    assert lang.weekday(date(2026, 11, 29)) == {"vi": "Chủ Nhật", "en": "Sunday"}[locale]


def english() -> list[Message]:
    return [message for message in translate._catalogue() if message.id]


def test_every_sentence_has_its_english_and_no_more() -> None:
    assert translate.untranslated() == []
    assert translate.unused() == []


def test_translations_keep_the_values_they_stand_around() -> None:
    def values(text: str, message: Message) -> list[str]:
        """A singular may say the number in a word."""
        return sorted(value for value in PLACEHOLDER.findall(text) if not (message.pluralizable and value == "%(num)s"))

    odd = [
        message.id
        for message in english()
        for text in translate.texts(message)
        if values(text, message) != values(message.id[0] if message.pluralizable else message.id, message)
    ]
    assert odd == []


def test_english_is_not_left_vietnamese() -> None:
    """Names of streets and of this system apart, no Vietnamese letter stands in an English sentence."""
    names = re.compile(r"Liêm Chính|Hoa Sữa|QĐ-TTg|QĐ-UBND|NĐ-CP|[Mm]ột cửa")
    letters = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
    texts = [text for message in english() for text in translate.texts(message)]
    assert [text for text in texts if letters.search(names.sub("", text))] == []


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one template, with a catalogue of its own."""
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "page.html"
    page.write_text('{{ _("Xin chào") }} {{ _n("%(num)s việc", "%(num)s việc", 2) }}')
    monkeypatch.setattr(translate, "ROOT", tmp_path)
    monkeypatch.setattr(translate, "CATALOGUE", tmp_path / "en" / "messages.po")
    return page


def test_updating_brings_new_sentences_in_and_takes_dead_ones_out(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert translate.untranslated() == ["Xin chào", "%(num)s việc"]
    assert translate.main(["update"]) == 0
    assert translate.main(["check"]) == 1
    assert "no English: Xin chào" in capsys.readouterr().err
    catalogue = translate._catalogue()
    catalogue["Xin chào"].string = "Hello"
    catalogue["%(num)s việc"].string = ("%(num)s thing", "%(num)s things")
    translate.save(catalogue)
    assert translate.main(["check"]) == 0
    assert capsys.readouterr().err == ""
    first = translate.CATALOGUE.read_text()
    translate.update()
    assert translate.CATALOGUE.read_text() == first, "nothing changed, so nothing is written differently"
    small.write_text('{{ _("Tạm biệt") }}')
    assert translate.main(["check"]) == 1
    assert capsys.readouterr().err == "no English: Tạm biệt\nnot in use: %(num)s việc\nnot in use: Xin chào\n"
    translate.update()
    assert translate.unused() == []
    assert translate.main(["compile"]) == 0
    assert translate.CATALOGUE.with_suffix(".mo").exists()
    assert translate.main([]) == 2
