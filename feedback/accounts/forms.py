"""Forms of sign-in and of the administrator's list of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from feedback.accounts.models import Role
from feedback.page_form import PageForm

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
ROLE_NAMES = {
    Role.FRONT_DESK: _l("Bộ phận tiếp nhận"),
    Role.HANDLER: _l("Chuyên viên xử lý"),
    Role.AGENCY_HEAD: _l("Thủ trưởng cơ quan"),
    Role.INSPECTORATE: _l("Thanh tra"),
    Role.LEADERSHIP: _l("Lãnh đạo Thành phố"),
    Role.ADMINISTRATOR: _l("Quản trị hệ thống"),
}


class SignInForm(PageForm):
    """Name and password."""

    name = StringField(_l("Tên đăng nhập"), [InputRequired(_l("Xin nhập tên đăng nhập."))], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Mật khẩu"), [InputRequired(_l("Xin nhập mật khẩu."))], render_kw={"autocomplete": "current-password"})


class CodeForm(PageForm):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(
        _l("Mã xác thực"),
        [InputRequired(_l("Xin nhập mã xác thực."))],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class PasswordForm(PageForm):
    """The officer's password once more, before something that a stranger at his screen must not do."""

    password = PasswordField(
        _l("Mật khẩu hiện tại"), [InputRequired(_l("Xin nhập mật khẩu hiện tại."))], render_kw={"autocomplete": "current-password"}
    )


class ChangePasswordForm(PageForm):
    """The officer's own change of password."""

    old = PasswordField(
        _l("Mật khẩu hiện tại"), [InputRequired(_l("Xin nhập mật khẩu hiện tại."))], render_kw={"autocomplete": "current-password"}
    )
    new = PasswordField(_l("Mật khẩu mới"), [InputRequired(_l("Xin nhập mật khẩu mới."))], render_kw={"autocomplete": "new-password"})


class NewUserForm(PageForm):
    """A new account."""

    full_name = StringField(
        _l("Họ và tên"), [InputRequired(_l("Xin nhập họ và tên.")), Length(max=120, message=_l("Họ và tên dài tối đa 120 ký tự."))]
    )
    sign_in_name = StringField(
        _l("Tên đăng nhập"),
        [InputRequired(_l("Xin nhập tên đăng nhập.")), Length(max=60, message=_l("Tên đăng nhập dài tối đa 60 ký tự."))],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(_l("Thư điện tử"), [Optional(), Regexp(EMAIL, message=_l("Địa chỉ thư điện tử chưa đúng, ví dụ: ten@co-quan.vn."))])
    role = SelectField(
        _l("Vai trò"),
        choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()],
        invalid_choice_message=_l("Xin chọn một vai trò trong danh sách."),
    )
    agency = SelectField(
        _l("Cơ quan"),
        coerce=int,
        invalid_value_message=_l("Xin chọn một cơ quan trong danh sách."),
        invalid_choice_message=_l("Xin chọn một cơ quan trong danh sách."),
    )


class RoleForm(PageForm):
    """What somebody is to do, and where, what he is called and where he is written to."""

    role, agency = NewUserForm.role, NewUserForm.agency
    full_name = StringField(_l("Họ và tên"), [Length(max=120, message=_l("Họ và tên dài tối đa 120 ký tự."))])
    email = NewUserForm.email
