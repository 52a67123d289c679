"""The sentences of templates. A page asks for some forty of them, and the general way there takes a tenth of its time."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask_babel import get_locale, get_translations


@cache
def _catalogue(_locale: Locale | None) -> NullTranslations:
    """The translations into the reader's language, looked for once."""
    found: NullTranslations = get_translations()
    return found


def phrase(message: str) -> str:
    """A sentence in the reader's language; Jinja fills it and escapes what it is filled with."""
    return _catalogue(get_locale()).gettext(message)


def phrases(one: str, many: str, number: int) -> str:
    """The same for a number of things."""
    return _catalogue(get_locale()).ngettext(one, many, number)


def init_phrases(app: Flask) -> None:
    """Let templates find their sentences here, `_("…")` straight away; after Flask-Babel has said where it finds them."""
    app.jinja_env.install_gettext_callables(phrase, phrases, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
