"""Pages of access tokens: an officer's own, made and ended by him, and the administrator's list of all."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from feedback.accounts import services
from feedback.accounts.models import Role
from feedback.accounts.pages import officer_here
from feedback.accounts.throttle import TooManyAttempts
from feedback.api import tokens
from feedback.api.forms import SCOPES, TokenForm
from feedback.api.models import Scope
from feedback.errors import Invalid
from feedback.web import Page, roles

blueprint = Blueprint("access_tokens", __name__, url_prefix="/can-bo")
PAGE_SIZE = 50


@blueprint.get("/tai-khoan/ma-truy-cap")
@roles(*tokens.HOLDERS)
def own_tokens() -> Page:
    """The officer's tokens, and the form for another. At most 3 queries."""
    return _page(TokenForm(formdata=None, scopes="read", days="90"))


def _page(form: TokenForm, status: int = 200) -> Page:
    return render_template("staff/api/tokens.html", form=form, rows=tokens.of_officer(officer_here()), act=Scope.ACT), status


@blueprint.post("/tai-khoan/ma-truy-cap")
@roles(*tokens.HOLDERS)
def make_token() -> Page:
    """A new token, shown on this page only."""
    form, officer = TokenForm(), officer_here()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        services.confirm_password(officer, form.password.data)
        secret = tokens.make(officer, form.name.data or "", SCOPES[form.scopes.data], int(form.days.data))
    except (services.WrongPassword, TooManyAttempts) as error:
        form.password.errors = [error.message]
        return _page(form, error.status)
    except Invalid as error:
        form.name.errors = [error.message]
        return _page(form, error.status)
    return render_template("staff/api/token_once.html", name=form.name.data, secret=secret, cases=url_for("api.list_cases", _external=True))


@blueprint.post("/tai-khoan/ma-truy-cap/<int:token_id>/ngung")
@roles(*tokens.HOLDERS)
def end_token(token_id: int) -> Response:
    """Stop a token at once."""
    return _end(token_id, "access_tokens.own_tokens")


@blueprint.get("/quan-tri/ma-truy-cap")
@roles(Role.ADMINISTRATOR)
def all_tokens() -> str:
    """Every token in use, by age. At most 2 queries."""
    typed = request.args.get("sau", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
    rows = tokens.of_everybody(after, PAGE_SIZE + 1)
    following = url_for("access_tokens.all_tokens", sau=rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    start = url_for("access_tokens.all_tokens") if after else None
    return render_template("staff/api/all_tokens.html", rows=rows[:PAGE_SIZE], act=Scope.ACT, start_url=start, next_url=following)


@blueprint.post("/quan-tri/ma-truy-cap/<int:token_id>/ngung")
@roles(Role.ADMINISTRATOR)
def end_any_token(token_id: int) -> Response:
    """Stop somebody's token at once."""
    return _end(token_id, "access_tokens.all_tokens")


def _end(token_id: int, back: str) -> Response:
    name = tokens.end(officer_here(), token_id)
    flash(_("Mã truy cập “%(name)s” không còn dùng được nữa.", name=name))
    return redirect(url_for(back))
