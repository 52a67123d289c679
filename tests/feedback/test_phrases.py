"""The sentences of templates: translated, filled and escaped as the template wants it."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from jinja2 import DictLoader

from feedback import phrases
from feedback.phrases import Speaking, init_phrases

NAMED = '{{ _("Hồ sơ %(reference)s", reference=value) }}'


def test_each_reader_has_his_language_in_one_process(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string('{{ _("Tra cứu") }}') == "Tra cứu"
        with force_locale("en"):
            assert render_template_string('{{ _("Tra cứu") }}') == "Track"
        assert render_template_string('{{ _("Tra cứu") }}') == "Tra cứu"


@pytest.fixture
def pages(app: Flask) -> Speaking:
    """Templates by their names, in an environment as the application's."""
    templates = {
        "page": '{% extends "frame" %}{% block content %}{{ _("Tra cứu") }} {{ _("Hồ sơ %(reference)s", reference=value) }}{% endblock %}',
        "frame": '<title>{{ _("Gửi phản ánh") }}</title>{% block content %}{% endblock %}{% include "foot" %}',
        "foot": '{{ _("Hết 100%% & <i>xong</i>") }}{% if _("Tra cứu") == "Track" %} (en){% endif %}',
        "letter": '{% autoescape false %}{{ _("A & B") ~ value }}{% endautoescape %}{{ _("A & B") ~ value }}',
        "wrong": '{{ _("%(message)s") }}',
    }
    app.jinja_env = Speaking(app, loader=DictLoader(templates), autoescape=True, extensions=["jinja2.ext.i18n"])
    init_phrases(app)
    return app.jinja_env


VIETNAMESE = "<title>Gửi phản ánh</title>Tra cứu Hồ sơ &lt;b&gt;Hết 100% & <i>xong</i>"
ENGLISH = "<title>Report a problem</title>Track Case &lt;b&gt;Hết 100% & <i>xong</i> (en)"


def test_a_template_speaks_the_readers_language_with_all_it_is_made_of(app: Flask, pages: Speaking) -> None:
    with app.test_request_context():
        for _turn in range(2):
            assert pages.get_template("page").render(value="<b>") == VIETNAMESE
            with force_locale("en"):
                assert pages.get_template("page").render(value="<b>") == ENGLISH


def test_what_is_not_filled_is_looked_up_once_for_each_language(app: Flask, pages: Speaking, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(phrases, "phrase", lambda message: asked.append(message) or message)
    with app.test_request_context():
        for _turn in range(3):
            pages.get_template("foot").render(value="")
    assert asked == ["Hết 100%% & <i>xong</i>", "Tra cứu"]


def test_a_sentence_is_markup_in_pages_and_text_in_letters(app: Flask, pages: Speaking) -> None:
    with app.test_request_context():
        assert pages.get_template("letter").render(value="<b>") == "A & B<b>A & B&lt;b&gt;"


def test_a_sentence_that_wants_a_value_and_gets_none_is_an_error(app: Flask, pages: Speaking) -> None:
    with app.test_request_context(), pytest.raises(KeyError):
        pages.get_template("wrong").render()


def test_values_are_escaped_and_sentences_are_not(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string(NAMED, value="<b>") == "Hồ sơ &lt;b&gt;"
        assert render_template_string('{{ _("Hết 100%% & <i>xong</i>") }}') == "Hết 100% & <i>xong</i>"


def test_nothing_is_escaped_in_plain_text(app: Flask) -> None:
    with app.test_request_context():
        assert app.jinja_env.from_string("{% autoescape false %}" + NAMED + "{% endautoescape %}").render(value="<b>") == "Hồ sơ <b>"


def test_a_sentence_may_name_its_value_as_it_likes(app: Flask) -> None:
    with app.test_request_context():
        with pytest.raises(KeyError):
            render_template_string('{{ _("%(message)s") }}')
        assert render_template_string('{{ _("%(message)s", message="ô") }}') == "ô"
