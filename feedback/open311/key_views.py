"""The administrator's page of connections: which systems may hand in reports, new keys, and keys that end."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from feedback.accounts.models import Role
from feedback.cases.access import Actor
from feedback.errors import Invalid
from feedback.open311 import queries, services
from feedback.open311.forms import KeyForm
from feedback.web import roles

blueprint = Blueprint("connections", __name__, url_prefix="/can-bo/quan-tri/ket-noi")


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def list_keys() -> str:
    """Every system with a key, and how many reports came in under it. At most 3 queries."""
    return _page(KeyForm(formdata=None))


def _page(form: KeyForm) -> str:
    address = url_for("open311.discovery", form="json", _external=True)
    return render_template("staff/open311/keys.html", form=form, rows=queries.keys(), address=address)


@blueprint.post("")
@roles(Role.ADMINISTRATOR)
def make_key() -> str | tuple[str, int]:
    """A new key, shown on this page only."""
    form = KeyForm()
    form.validate_on_submit()
    try:
        secret = services.make_key(Actor.of(current_user), form.name.data or "")
    except Invalid as error:
        form.name.errors = [error.message]
        return _page(form), error.status
    return render_template("staff/open311/key_once.html", name=form.name.data, secret=secret)


@blueprint.post("/<int:key_id>/ngung")
@roles(Role.ADMINISTRATOR)
def end_key(key_id: int) -> Response:
    """Stop a key at once; what came in under it stays."""
    name = services.end_key(Actor.of(current_user), key_id)
    flash(_("Khóa của %(name)s không còn dùng được nữa.", name=name))
    return redirect(url_for("connections.list_keys"))
