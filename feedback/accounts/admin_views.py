"""The administrator's pages: accounts, their roles, and what is proposed for them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from feedback.accounts import grants, second_factor, services
from feedback.accounts.forms import NewUserForm, RoleForm
from feedback.accounts.models import Role
from feedback.accounts.pages import blueprint, officer_here
from feedback.accounts.services import NewUser
from feedback.city import queries as city
from feedback.errors import Invalid
from feedback.web import Page, looked_for, roles

PAGE_SIZE = 25
#: What the address of the list says of what is looked for, and of the page.
LOOKED_FOR = ("tim", "vai-tro", "sau")


@blueprint.get("/quan-tri/tai-khoan")
@roles(Role.ADMINISTRATOR)
def users() -> str:
    """Accounts by name, searched and filtered. At most 3 queries."""
    words, after = request.args.get("tim", "").strip(), request.args.get("sau", "")
    role = Role(request.args["vai-tro"]) if request.args.get("vai-tro") in set(Role) else None
    found = services.find_users(words, role, after, PAGE_SIZE + 1)
    more = found[PAGE_SIZE - 1].sign_in_name if len(found) > PAGE_SIZE else None
    chosen: dict[str, Any] = {"tim": words or None, "vai-tro": role}
    return render_template(
        "staff/accounts/users.html",
        users=found[:PAGE_SIZE],
        waiting=grants.waiting_for(found),
        words=words,
        role=role,
        looked_for=looked_for(*LOOKED_FOR),
        start_url=url_for("accounts.users", **chosen) if after else None,
        next_url=url_for("accounts.users", **chosen, sau=more) if more else None,
    )


@blueprint.route("/quan-tri/tai-khoan/moi", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def new_user() -> Page:
    """Make an account; its first password is shown once, to be handed over in person."""
    form = NewUserForm()
    form.agency.choices = _agencies()
    if form.validate_on_submit():
        password = services.first_password()
        try:
            user = services.create_user(_new_user(form), password, by=officer_here())
        except Invalid as error:
            form.sign_in_name.errors = [error.message]
        else:
            return _password_once(user.public_id, password)
    return render_template("staff/accounts/new_user.html", form=form), 422 if form.errors else 200


def _the_list() -> Response:
    """Back to the list as it was: each act brings along what was looked for."""
    return redirect(url_for("accounts.users", **looked_for(*LOOKED_FOR)))


def _agencies() -> list[SelectChoice]:
    return [SelectChoice(agency.id, agency.name) for agency in city.agencies()]


def _new_user(form: NewUserForm) -> NewUser:
    return NewUser(
        sign_in_name=form.sign_in_name.data,
        full_name=form.full_name.data,
        role=Role(form.role.data),
        agency_id=form.agency.data,
        email=form.email.data or None,
        handed_over=True,
    )


def _password_once(public_id: str, password: str) -> str:
    return render_template(
        "staff/accounts/password_once.html", user=services.user_of(public_id), password=password, can_be_decided=grants.can_be_decided()
    )


@blueprint.post("/quan-tri/tai-khoan/<public_id>/dat-lai-mat-khau")
@roles(Role.ADMINISTRATOR)
def reset_password(public_id: str) -> str:
    """A new one-time password, shown once."""
    return _password_once(public_id, services.reset_password(officer_here(), public_id))


@blueprint.post("/quan-tri/tai-khoan/<public_id>/bo-ma-xac-thuc")
@roles(Role.ADMINISTRATOR)
def reset_second_factor(public_id: str) -> Response:
    """Take somebody's lost second factor away; his sessions end at once."""
    second_factor.reset_for(officer_here(), public_id)
    flash(_("Đã bỏ mã xác thực của tài khoản này. Nếu vai trò bắt buộc, lần đăng nhập tới người dùng phải cài lại."))
    return _the_list()


@blueprint.post("/quan-tri/tai-khoan/<public_id>/khoa")
@roles(Role.ADMINISTRATOR)
def lock_user(public_id: str) -> Response:
    """Lock an account; its sessions end at once."""
    services.lock(officer_here(), public_id)
    flash(_("Đã khóa tài khoản. Mọi phiên đăng nhập của tài khoản này đã kết thúc."))
    return _the_list()


@blueprint.post("/quan-tri/tai-khoan/<public_id>/mo-khoa")
@roles(Role.ADMINISTRATOR)
def unlock_user(public_id: str) -> Response:
    """Open a locked account again, or propose it to another administrator where it takes two."""
    if services.open_again(officer_here(), public_id):
        flash(_("Đã mở lại tài khoản."))
        return _the_list()
    flash(_("Đã đề nghị mở tài khoản. Một quản trị viên khác cần duyệt."))
    return redirect(url_for("accounts.role_grants"))


@blueprint.route("/quan-tri/tai-khoan/<public_id>/vai-tro", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def propose_role(public_id: str) -> Page:
    """Propose another role, agency, name or address for somebody; he keeps what he has until another administrator approves."""
    user = services.user_of(public_id)
    form = RoleForm(role=user.role.value, agency=user.agency_id, full_name=user.full_name, email=user.email)
    form.agency.choices = _agencies()
    if form.validate_on_submit():
        try:
            details = form.full_name.data or "", form.email.data or ""
            grants.propose(officer_here(), public_id, Role(form.role.data), form.agency.data, *details)
        except Invalid as error:
            form.role.errors = [error.message]
        else:
            flash(_("Đã đề nghị. Tài khoản chỉ thay đổi khi một quản trị viên khác duyệt."))
            return redirect(url_for("accounts.role_grants"))
    return render_template("staff/accounts/propose_role.html", form=form, user=user), 422 if form.errors else 200


@blueprint.get("/quan-tri/phan-quyen")
@roles(Role.ADMINISTRATOR)
def role_grants() -> str:
    """What is proposed, with what was decided lately. At most 4 queries."""
    return _grants_page()


def _grants_page(error: str = "") -> str:
    return render_template(
        "staff/accounts/role_grants.html",
        waiting=grants.waiting(),
        past=grants.past(),
        can_be_decided=grants.can_be_decided(),
        error=error,
    )


@blueprint.post("/quan-tri/phan-quyen")
@roles(Role.ADMINISTRATOR)
def decide_role_grants() -> Page:
    """Approve or refuse the proposals that are ticked."""
    chosen, approve = request.form.getlist("chosen"), request.form.get("decision") == "approve"
    if not chosen:
        return _grants_page(_("Xin đánh dấu ít nhất một đề nghị.")), 422
    count = grants.decide(officer_here(), chosen, approve=approve)
    if approve:
        flash(_n("Đã duyệt %(num)s đề nghị.", "Đã duyệt %(num)s đề nghị.", count))
    else:
        flash(_n("Đã từ chối %(num)s đề nghị.", "Đã từ chối %(num)s đề nghị.", count))
    return redirect(url_for("accounts.role_grants"))
