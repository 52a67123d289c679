"""The sentences of templates. A page says dozens of them, and would ask for each anew at every view.

So a template is compiled once for each language. What is not filled with anything stands in it from then on, beside the markup.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask.sansio.app import App
from flask.templating import Environment
from flask_babel import get_locale, get_translations
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from feedback.language import locale_here


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


class _Saying(NodeTransformer):
    """Puts a sentence into the template where it asks for one, in the reader's language; what must be filled is left to be asked."""

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 — the library's own name
        """A call, of `_("…")` or of anything else."""
        self.generic_visit(node)
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(message))], kwargs=[]) if "%(" not in message:
                return nodes.MarkSafeIfAutoescape(nodes.Const(phrase(message) % {}), lineno=node.lineno)
        return node


class Speaking(Environment):
    """Templates in the language of whoever reads: behind the environment that the application knows stands one for each."""

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        #: The language all its templates are in; None: each in the reader's.
        self.language: str | None = None
        self._spoken: dict[str, Speaking] = {}

    def get_template(self, name: str | Template, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 — as above
        """A template in the reader's language, compiled when it is first asked for."""
        if self.language is None:
            return self._in(locale_here()).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def _in(self, language: str) -> Speaking:
        if language not in self._spoken:
            speaking = self.overlay()
            speaking.language = language
            self._spoken[language] = speaking
        return self._spoken[language]

    def _generate(self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False) -> str:
        if self.language is not None:
            source = _Saying().visit(source)
        return super()._generate(source, name, filename, defer_init)


def init_phrases(app: Flask) -> None:
    """Let templates find their sentences here, `_("…")` straight away; after Flask-Babel has said where it finds them."""
    app.jinja_env.install_gettext_callables(phrase, phrases, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
