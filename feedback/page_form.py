"""What all forms of the pages have in common."""

from __future__ import annotations

from flask_wtf import FlaskForm


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form of a page, filled from the request.

    It has no token of its own: that of the page is checked before any view is called (`feedback.extensions.csrf`, security, control 12).
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms builds it."""

        csrf = False
