"""Signing in and out, changing the password, and the administrator's list of accounts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from feedback.accounts import services
from feedback.accounts.forms import ROLE_NAMES, ChangePasswordForm, NewUserForm, SignInForm
from feedback.accounts.models import Role
from feedback.accounts.services import NewUser
from feedback.city import queries as city
from feedback.errors import Invalid
from feedback.limits import source_key
from feedback.web import begin_session, is_local_path, public, roles

blueprint = Blueprint("accounts", __name__, url_prefix="/can-bo")
EVERYBODY = tuple(Role)
#: The pages of each role, the one to begin with first.
PAGES: dict[Role, tuple[tuple[str, object], ...]] = {
    Role.FRONT_DESK: (
        ("desk.queue", _l("Hồ sơ chờ phân loại")),
        ("desk.key_in", _l("Nhập phản ánh")),
        ("desk.check_queue", _l("Kiểm tra mẫu")),
    ),
    Role.HANDLER: (("inbox.list_cases", _l("Hồ sơ của cơ quan")), ("conduct.to_verify", _l("Giao xác minh"))),
    Role.AGENCY_HEAD: (("inbox.list_cases", _l("Hồ sơ của cơ quan")), ("conduct.to_verify", _l("Giao xác minh"))),
    Role.INSPECTORATE: (
        ("desk.triage", _l("Hồ sơ chờ thanh tra")),
        ("inbox.list_cases", _l("Hồ sơ đã thụ lý")),
        ("conduct.cases", _l("Bị phản ánh, kết quả")),
        ("desk.check_queue", _l("Kiểm tra mẫu")),
    ),
    Role.LEADERSHIP: (
        ("dashboard.overview", _l("Tình hình Thành phố")),
        ("dashboard.transit", _l("Luân chuyển hồ sơ")),
        ("conduct.cases", _l("Hành vi cán bộ")),
    ),
    Role.ADMINISTRATOR: (
        ("accounts.users", _l("Tài khoản cán bộ")),
        ("timetable.calendar", _l("Lịch làm việc")),
        ("notices.list_notices", _l("Thông báo")),
        ("learning.overview", _l("Mô hình phân loại")),
    ),
}
PAGE_SIZE = 50


@blueprint.app_context_processor
def names_of_roles() -> dict[str, object]:
    """Every page of an officer names his role and leads to the role's pages."""
    return {"role_names": ROLE_NAMES, "staff_nav": staff_nav}


def _pages() -> list[tuple[str, object]]:
    """The pages of the officer's role that this application has."""
    return [page for page in PAGES[current_user.role] if page[0] in current_app.view_functions]


def staff_nav() -> list[dict[str, Any]]:
    """The officer's pages for the head of the page, with the number of cases that wait there where the page's blueprint counts them."""
    counts = current_app.extensions.get("nav_counts", {})
    return [
        {
            "label": label,
            "url": url_for(endpoint),
            "active": request.endpoint == endpoint,
            "count": counts[endpoint]() if endpoint in counts else None,
        }
        for endpoint, label in _pages()
    ]


@blueprint.get("/")
@roles(*EVERYBODY)
def home() -> Response:
    """Every role has its own first page; one whose pages this application lacks gets the page that all officers have."""
    first = next((endpoint for endpoint, _label in _pages()), "accounts.change_password_page")
    return redirect(url_for(first))


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@public
def sign_in_page() -> str | Response | tuple[str, int]:
    """Sign in, then go on to the page asked for or to the role's first page."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = services.sign_in(form.name.data, form.password.data, source_key())
        except (services.WrongSignIn, services.TooManyAttempts) as error:
            form.name.errors = [error.message]
            return render_template("staff/accounts/sign_in.html", form=form), error.status
        language = session.get("lang")
        session.clear()
        login_user(user)
        begin_session()
        if language:
            session["lang"] = language
        wanted = request.args.get("next")
        return redirect(wanted if wanted is not None and is_local_path(wanted) else url_for("accounts.home"))
    return render_template("staff/accounts/sign_in.html", form=form), 422 if form.errors else 200


@blueprint.post("/dang-xuat")
@roles(*EVERYBODY)
def sign_out_now() -> Response:
    """Sign out everywhere: copied cookies stop working too."""
    services.sign_out(current_user._get_current_object())
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in_page"))


@blueprint.route("/doi-mat-khau", methods=["GET", "POST"])
@roles(*EVERYBODY)
def change_password_page() -> str | Response | tuple[str, int]:
    """Change one's own password; this session goes on, all others end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        user = current_user._get_current_object()
        try:
            services.change_password(user, form.old.data, form.new.data)
        except services.WrongPassword as error:
            form.old.errors = [error.message]
        except Invalid as error:
            form.new.errors = [error.message]
        else:
            login_user(user)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của Ông/Bà đã kết thúc."))
            return redirect(url_for("accounts.home"))
    return render_template("staff/accounts/change_password.html", form=form), 422 if form.errors else 200


@blueprint.get("/quan-tri/tai-khoan")
@roles(Role.ADMINISTRATOR)
def users() -> str:
    """Accounts by name, searched and filtered. At most 4 queries."""
    words, after = request.args.get("tim", "").strip(), request.args.get("sau", "")
    role = Role(request.args["vai-tro"]) if request.args.get("vai-tro") in set(Role) else None
    found = services.find_users(words, role, after, PAGE_SIZE + 1)
    more = found[PAGE_SIZE - 1].sign_in_name if len(found) > PAGE_SIZE else None
    chosen: dict[str, Any] = {"tim": words or None, "vai-tro": role}
    return render_template(
        "staff/accounts/users.html",
        users=found[:PAGE_SIZE],
        words=words,
        role=role,
        start_url=url_for("accounts.users", **chosen) if after else None,
        next_url=url_for("accounts.users", **chosen, sau=more) if more else None,
    )


@blueprint.route("/quan-tri/tai-khoan/moi", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def new_user() -> str | Response | tuple[str, int]:
    """Make an account; its first password is shown once, to be handed over in person."""
    form = NewUserForm()
    form.agency.choices = [SelectChoice(agency.id, agency.name) for agency in city.agencies()]
    if form.validate_on_submit():
        password = services.first_password()
        try:
            user = services.create_user(_new_user(form), password, by=current_user._get_current_object())
        except Invalid as error:
            form.sign_in_name.errors = [error.message]
        else:
            return render_template("staff/accounts/password_once.html", user=user, password=password)
    return render_template("staff/accounts/new_user.html", form=form), 422 if form.errors else 200


def _new_user(form: NewUserForm) -> NewUser:
    return NewUser(
        sign_in_name=form.sign_in_name.data,
        full_name=form.full_name.data,
        role=Role(form.role.data),
        agency_id=form.agency.data,
        email=form.email.data or None,
        handed_over=True,
    )


@blueprint.post("/quan-tri/tai-khoan/<public_id>/dat-lai-mat-khau")
@roles(Role.ADMINISTRATOR)
def reset_password(public_id: str) -> str:
    """A new one-time password, shown once."""
    admin = current_user._get_current_object()
    password = services.reset_password(admin, public_id)
    return render_template("staff/accounts/password_once.html", user=services.user_of(public_id), password=password)


@blueprint.post("/quan-tri/tai-khoan/<public_id>/khoa")
@roles(Role.ADMINISTRATOR)
def lock_user(public_id: str) -> Response:
    """Lock an account; its sessions end at once."""
    services.set_active(current_user._get_current_object(), public_id, active=False)
    flash(_("Đã khóa tài khoản. Mọi phiên đăng nhập của tài khoản này đã kết thúc."))
    return redirect(url_for("accounts.users"))


@blueprint.post("/quan-tri/tai-khoan/<public_id>/mo-khoa")
@roles(Role.ADMINISTRATOR)
def unlock_user(public_id: str) -> Response:
    """Open a locked account again."""
    services.set_active(current_user._get_current_object(), public_id, active=True)
    flash(_("Đã mở lại tài khoản."))
    return redirect(url_for("accounts.users"))
