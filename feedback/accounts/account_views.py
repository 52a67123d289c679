"""An officer's own account: password, second factor, recovery codes, and where he is signed in."""

from __future__ import annotations

import base64

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from feedback.accounts import second_factor, services, sessions, totp
from feedback.accounts.forms import ChangePasswordForm, CodeForm, PasswordForm
from feedback.accounts.models import Device, User
from feedback.accounts.pages import EVERYBODY, blueprint, keep_key, key_here, officer_here
from feedback.accounts.throttle import TooManyAttempts
from feedback.db import now
from feedback.documents.qr import qr_data_uri
from feedback.errors import Invalid
from feedback.web import Page, roles

DEVICES = {Device.PHONE: _l("Điện thoại"), Device.COMPUTER: _l("Máy tính")}
#: Where the browser's session keeps a new secret, sealed, until the app has shown a code for it; for so many seconds.
FRESH, FRESH_LIFE = "fresh_factor", 600


@blueprint.get("/tai-khoan")
@roles(*EVERYBODY)
def account_page() -> str:
    """Everything an officer may do to his own account. At most 3 queries."""
    user = officer_here()
    return render_template(
        "staff/accounts/account.html",
        factor=user.second_factor,
        required=second_factor.is_required(user),
        codes_left=second_factor.codes_left(user) if user.second_factor else 0,
        sessions=sessions.sessions_of(user),
        here=sessions.hash_of(key_here()),
        devices=DEVICES,
    )


@blueprint.route("/doi-mat-khau", methods=["GET", "POST"])
@roles(*EVERYBODY)
def change_password_page() -> Page:
    """Change one's own password; this session goes on, all others end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            keep_key(services.change_password(officer_here(), form.old.data, form.new.data, key_here()))
        except (services.WrongPassword, TooManyAttempts) as error:
            form.old.errors = [error.message]
        except Invalid as error:
            form.new.errors = [error.message]
        else:
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của Ông/Bà đã kết thúc."))
            return redirect(url_for("accounts.home"))
    return render_template("staff/accounts/change_password.html", form=form), 422 if form.errors else 200


def _password_is_right(form: PasswordForm) -> bool:
    """Whether the form came with the officer's password; says at the field what is wrong with it."""
    if not form.validate_on_submit():
        return False
    try:
        services.confirm_password(officer_here(), form.password.data)
    except (services.WrongPassword, TooManyAttempts) as error:
        form.password.errors = [error.message]
        return False
    return True


@blueprint.route("/tai-khoan/ma-xac-thuc", methods=["GET", "POST"])
@roles(*EVERYBODY)
def begin_second_factor() -> Page:
    """Set up a second factor or move it to another telephone: first the password."""
    form, user = PasswordForm(), officer_here()
    if _password_is_right(form):
        sealed = second_factor.seal(user, totp.new_secret(), FRESH)
        session[FRESH] = {"sealed": base64.b64encode(sealed).decode(), "at": now().timestamp()}
        return redirect(url_for("accounts.scan_second_factor"))
    required = second_factor.is_required(user)
    return render_template("staff/accounts/begin_second_factor.html", form=form, required=required), 422 if form.errors else 200


@blueprint.route("/tai-khoan/ma-xac-thuc/quet", methods=["GET", "POST"])
@roles(*EVERYBODY)
def scan_second_factor() -> Page:
    """Take the secret over into the app and show that it works; then the recovery codes, once."""
    form, user = CodeForm(), officer_here()
    secret = _fresh_secret(user)
    if secret is None:
        return redirect(url_for("accounts.begin_second_factor"))
    if form.validate_on_submit():
        try:
            codes, key = second_factor.set_up(user, secret, form.code.data, key_here())
        except second_factor.WrongCode as error:
            form.code.errors = [error.message]
        else:
            del session[FRESH]
            keep_key(key)
            return render_template("staff/accounts/recovery_codes.html", codes=codes, last_step=True)
    qr = qr_data_uri(totp.address(secret, user.sign_in_name))
    page = render_template("staff/accounts/scan_second_factor.html", form=form, qr=qr, secret=totp.shown(secret))
    return page, 422 if form.errors else 200


def _fresh_secret(user: User) -> bytes | None:
    fresh = session.get(FRESH, {})
    if now().timestamp() - fresh.get("at", 0) > FRESH_LIFE:
        return None
    return second_factor.unseal(user, base64.b64decode(fresh["sealed"]), FRESH)


@blueprint.route("/tai-khoan/ma-du-phong", methods=["GET", "POST"])
@roles(*EVERYBODY)
def renew_recovery_codes() -> Page:
    """New recovery codes in place of the old ones, shown once."""
    form, user = PasswordForm(), officer_here()
    if user.second_factor is None:
        return redirect(url_for("accounts.begin_second_factor"))
    if _password_is_right(form):
        codes, key = second_factor.renew_codes(user, key_here())
        keep_key(key)
        return render_template("staff/accounts/recovery_codes.html", codes=codes)
    return render_template("staff/accounts/renew_recovery_codes.html", form=form), 422 if form.errors else 200


@blueprint.route("/tai-khoan/ma-xac-thuc/tat", methods=["GET", "POST"])
@roles(*EVERYBODY)
def switch_off_second_factor() -> Page:
    """Go without a second factor, where the role may."""
    form = PasswordForm()
    if _password_is_right(form):
        keep_key(second_factor.switch_off(officer_here(), key_here()))
        flash(_("Đã tắt mã xác thực. Từ lần sau chỉ cần mật khẩu để đăng nhập."))
        return redirect(url_for("accounts.account_page"))
    return render_template("staff/accounts/switch_off_second_factor.html", form=form), 422 if form.errors else 200


@blueprint.post("/tai-khoan/phien/<public_id>/ket-thuc")
@roles(*EVERYBODY)
def end_session(public_id: str) -> Response:
    """End one of the officer's sessions."""
    sessions.end_one(officer_here(), public_id)
    flash(_("Đã kết thúc phiên đăng nhập đó."))
    return redirect(url_for("accounts.account_page"))


@blueprint.post("/tai-khoan/phien/ket-thuc")
@roles(*EVERYBODY)
def end_other_sessions() -> Response:
    """End all of the officer's sessions but this one."""
    sessions.end_others(officer_here(), key_here())
    flash(_("Đã kết thúc mọi phiên đăng nhập khác."))
    return redirect(url_for("accounts.account_page"))
