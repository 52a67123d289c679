"""What all forms of the pages have in common."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from markupsafe import escape
from wtforms.widgets import Select


class _List(Select):  # type: ignore[misc]
    """The list of a field to choose from, as the library writes it, in a quarter of its time: hundreds of agencies stand on some pages."""

    @classmethod
    def render_option(cls, choice: Any, **more: Any) -> str:
        """One line of it, escaped as all of them are."""
        if more or choice.render_kw:
            return str(super().render_option(choice, **more))
        selected = "selected " if choice.selected else ""
        return f'<option {selected}value="{escape(choice.value)}">{escape(choice.label or choice.value)}</option>'


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
