"""The administrator's pages of connections: which systems may hand in reports; keys proposed, approved and ended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from feedback.accounts.grants import can_be_decided
from feedback.accounts.models import Role
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.errors import Conflict, Invalid, NotAllowed
from feedback.language import locale_here
from feedback.open311 import keys
from feedback.open311.forms import KeyForm
from feedback.open311.spec import READS_A_MINUTE, REPORTS_A_MINUTE
from feedback.open311.words import KEY_STATES
from feedback.web import Page, roles

blueprint = Blueprint("connections", __name__, url_prefix="/can-bo/quan-tri/ket-noi")


def _good_for() -> dict[str, Any]:
    """What every key is good for, as the door has it now."""
    locale = locale_here()
    services = [row.name(locale) for row in city.categories() if row.active]
    return {"services": services, "reports": REPORTS_A_MINUTE, "reads": READS_A_MINUTE}


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def list_keys() -> str:
    """Every system with a key, and how many reports came in under it. At most 4 queries."""
    return _list(KeyForm(formdata=None))


def _list(form: KeyForm) -> str:
    address, rows = url_for("open311.discovery", form="json", _external=True), keys.listed()
    parts = {"open": [row for row in rows if row[0].ended_at is None], "ended": [row for row in rows if row[0].ended_at is not None]}
    decided = can_be_decided()
    return render_template("staff/open311/keys.html", form=form, address=address, states=KEY_STATES, can_be_decided=decided, **parts)


@blueprint.post("")
@roles(Role.ADMINISTRATOR)
def propose_key() -> Page:
    """A new key: first what it would be good for, then the proposal; the key is shown on that page only."""
    form = KeyForm()
    form.validate_on_submit()
    try:
        name = keys.check_name(form.name.data or "")
        if not request.form.get("luu"):
            return render_template("staff/open311/preview.html", name=name, can_be_decided=can_be_decided(), good_for=_good_for())
        key, secret = keys.propose(actor_here(), name)
    except Invalid as error:
        form.name.errors = [error.message]
        return _list(form), error.status
    return render_template("staff/open311/key_once.html", key=key, secret=secret)


@blueprint.get("/<int:key_id>")
@roles(Role.ADMINISTRATOR)
def one_key(key_id: int) -> str:
    """One key: who decided what about it, and what it is good for. At most 3 queries."""
    return _one(key_id)


def _one(key_id: int, message: str = "") -> str:
    key, number = keys.one(key_id)
    facts = {"key": key, "number": number, "own": key.made_by_id == current_user.id, "message": message}
    return render_template("staff/open311/key.html", states=KEY_STATES, good_for=_good_for(), **facts)


@blueprint.post("/<int:key_id>/duyet")
@roles(Role.ADMINISTRATOR)
def approve_key(key_id: int) -> Page:
    """The second administrator agrees."""
    try:
        keys.approve(actor_here(), key_id)
    except (Conflict, NotAllowed) as error:
        return _one(key_id, error.message), error.status
    flash(_("Đã duyệt. Từ bây giờ hệ thống này gửi được phản ánh."))
    return redirect(url_for("connections.one_key", key_id=key_id))


@blueprint.post("/<int:key_id>/ngung")
@roles(Role.ADMINISTRATOR)
def end_key(key_id: int) -> Response:
    """Stop a key at once, or refuse one that waits; what came in under it stays."""
    name = keys.end(actor_here(), key_id)
    flash(_("Khóa của %(name)s không còn dùng được nữa.", name=name))
    return redirect(url_for("connections.list_keys"))
