"""Signing in, in one step or two, and out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from feedback.accounts import account_views, admin_views, second_factor, services, sessions  # noqa: F401 - their pages belong to the blueprint
from feedback.accounts.forms import CodeForm, SignInForm
from feedback.accounts.models import User
from feedback.accounts.pages import EVERYBODY, begin_clean, blueprint, device_here, key_here, officer_here, pages_here
from feedback.accounts.throttle import TooManyAttempts
from feedback.db import now
from feedback.limits import source_key
from feedback.web import Page, clear_session, is_local_path, public, roles

#: Where the browser's session keeps that the password was right, and for how many seconds the code may follow.
HALF, HALF_LIFE = "half", 300


@blueprint.get("/")
@roles(*EVERYBODY)
def home() -> Response:
    """Every role has its own first page; one whose pages this application lacks gets the page that all officers have."""
    first = next((endpoint for endpoint, _label in pages_here()), "accounts.account_page")
    return redirect(url_for(first))


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@public
def sign_in_page() -> Page:
    """The first step: name and password. Then the page asked for or the role's first page, after a second step where there is one."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = services.sign_in(form.name.data, form.password.data, source_key())
        except (services.WrongSignIn, TooManyAttempts) as error:
            form.name.errors = [error.message]
            return render_template("staff/accounts/sign_in.html", form=form), error.status
        wanted = request.args.get("next")
        target = wanted if wanted is not None and is_local_path(wanted) else url_for("accounts.home")
        if user.second_factor is None:
            return _enter(user, target)
        clear_session()
        session[HALF] = {"who": user.public_id, "epoch": user.session_epoch, "at": now().timestamp(), "next": target}
        return redirect(url_for("accounts.second_step"))
    return render_template("staff/accounts/sign_in.html", form=form), 422 if form.errors else 200


@blueprint.route("/dang-nhap/ma", methods=["GET", "POST"])
@public
def second_step() -> Page:
    """The second step: a code of the app or a recovery code. The password's being right is remembered for five minutes."""
    half: dict[str, Any] = session.get(HALF, {})
    if now().timestamp() - half.get("at", 0) > HALF_LIFE:
        return redirect(url_for("accounts.sign_in_page"))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            user = second_factor.prove(half["who"], half["epoch"], form.code.data, source_key())
        except (second_factor.WrongCode, TooManyAttempts) as error:
            form.code.errors = [error.message]
            return render_template("staff/accounts/second_step.html", form=form), error.status
        except second_factor.SignInOver as error:
            clear_session()
            flash(error.message)
            return redirect(url_for("accounts.sign_in_page"))
        return _enter(user, half["next"])
    return render_template("staff/accounts/second_step.html", form=form), 422 if form.errors else 200


def _enter(user: User, target: str) -> Response:
    begin_clean(sessions.enter(user, device_here()))
    return redirect(target)


@blueprint.post("/dang-xuat")
@roles(*EVERYBODY)
def sign_out_now() -> Response:
    """Sign out here: copies of this cookie stop working too."""
    sessions.sign_out(officer_here(), key_here())
    clear_session()
    return redirect(url_for("accounts.sign_in_page"))
