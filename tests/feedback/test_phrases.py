"""The sentences of templates: translated, filled and escaped as the template wants it."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

NAMED = '{{ _("Hồ sơ %(reference)s", reference=value) }}'


def test_each_reader_has_his_language_in_one_process(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string('{{ _("Tra cứu") }}') == "Tra cứu"
        with force_locale("en"):
            assert render_template_string('{{ _("Tra cứu") }}') == "Track"
        assert render_template_string('{{ _("Tra cứu") }}') == "Tra cứu"


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
