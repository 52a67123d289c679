"""What all forms of the pages have in common."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms.widgets import Select


class _List(Select):  # type: ignore[misc]
    """The list of a field to choose from, as the library writes it, in a quarter of its time: a page with three lists of two hundred agencies shows it."""

    @classmethod
    def render_option(cls, choice: Any, **more: Any) -> Markup:
        """One line of it."""
        if more or choice.render_kw:
            rendered: Markup = super().render_option(choice, **more)
            return rendered
        selected = "selected " if choice.selected else ""
        return Markup(f'<option {selected}value="{escape(choice.value)}">{escape(choice.label or choice.value)}</option>')  # noqa: S704 — all of it escaped


_LIST = _List()


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form of a page, filled from the request.

    It has no token of its own: that of the page is checked before any view is called (`feedback.extensions.csrf`, security, control 12).
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms builds it."""

        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Give a field its place in the form."""
            field = super().bind_field(form, unbound_field, options)
            if type(field.widget) is Select and not field.widget.multiple:
                field.widget = _LIST
            return field
