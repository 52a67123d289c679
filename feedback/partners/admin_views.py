"""The administrator's pages of partner systems: which there are, what became of the messages to and from them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from feedback.accounts.models import Role
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.errors import Conflict, NotFound, OfficeError
from feedback.partners import queries, services
from feedback.partners.forms import SystemForm
from feedback.partners.models import DeliveryState, PartnerSystem
from feedback.partners.services import Wanted, WrongField
from feedback.partners.words import ACTS, DELIVERY_STATES, FAULTS, KINDS, SYSTEM_STATES
from feedback.web import Page, roles

blueprint = Blueprint("partners", __name__, url_prefix="/can-bo/quan-tri/doi-tac")
WORDS = {"states": SYSTEM_STATES, "deliveries": DELIVERY_STATES, "kinds": KINDS, "acts": ACTS, "faults": FAULTS}


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def list_systems() -> str:
    """Every partner system, with what waits for it and what was given up. At most 6 queries."""
    return _list(SystemForm(formdata=None))


def _list(form: SystemForm) -> str:
    bodies = [SelectChoice(agency.id, agency.name) for agency in city.agencies() if not agency.is_triage]
    form.agency.choices = [SelectChoice(0, _("Chọn cơ quan")), *bodies]
    waiting, given_up = (queries.counts(state) for state in (DeliveryState.WAITING, DeliveryState.GIVEN_UP))
    facts = {"form": form, "rows": queries.systems(), "waiting": waiting, "given_up": given_up, "words": WORDS}
    return render_template("staff/partners/list.html", **facts)


@blueprint.post("")
@roles(Role.ADMINISTRATOR)
def propose() -> Page:
    """Propose a system; its secret is shown on this page only."""
    form = SystemForm()
    form.validate_on_submit()
    wanted = Wanted(form.name.data or "", form.agency.data or 0, form.address.data or "", form.kinds.data or ())
    try:
        system, secret = services.propose(actor_here(), wanted)
    except WrongField as error:
        form[error.field_name].errors = [error.message]
        return _list(form), error.status
    return _secret_once(system, secret)


def _secret_once(system: PartnerSystem, secret: str) -> str:
    return render_template("staff/partners/secret_once.html", system=system, secret=secret)


@blueprint.get("/<system_id>")
@roles(Role.ADMINISTRATOR)
def one_system(system_id: str) -> str:
    """One system and the last messages to and from it. At most 6 queries."""
    return _one(system_id)


def _one(system_id: str, message: str = "") -> str:
    system = services.one(system_id)
    address = url_for("partner_door.receive", system_id=system.public_id, _external=True)
    rows = {"rows": queries.deliveries(system), "incoming": queries.incoming(system)}
    own = system.made_by_id == current_user.id
    return render_template("staff/partners/system.html", system=system, address=address, own=own, message=message, words=WORDS, **rows)


@blueprint.post("/<system_id>/duyet")
@roles(Role.ADMINISTRATOR)
def approve(system_id: str) -> Page:
    """The second administrator agrees."""
    return _act(
        system_id, lambda: services.approve(actor_here(), system_id), _("Đã duyệt. Từ bây giờ hệ thống được báo về hồ sơ của cơ quan.")
    )


@blueprint.post("/<system_id>/tam-dung")
@roles(Role.ADMINISTRATOR)
def pause(system_id: str) -> Page:
    """Stop for a while."""
    return _act(system_id, lambda: services.pause(actor_here(), system_id), _("Đã tạm dừng. Thông điệp mới sẽ chờ ở đây."))


@blueprint.post("/<system_id>/tiep-tuc")
@roles(Role.ADMINISTRATOR)
def resume(system_id: str) -> Page:
    """Go on."""
    return _act(system_id, lambda: services.resume(actor_here(), system_id), _("Đã tiếp tục. Thông điệp đang chờ được gửi ngay."))


@blueprint.post("/<system_id>/ngung")
@roles(Role.ADMINISTRATOR)
def end(system_id: str) -> Page:
    """Stop for good."""
    return _act(system_id, lambda: services.end(actor_here(), system_id), _("Đã ngừng hẳn hệ thống này."))


@blueprint.post("/<system_id>/doi-khoa")
@roles(Role.ADMINISTRATOR)
def change_secret(system_id: str) -> Page:
    """A new secret, shown on this page only."""
    try:
        return _secret_once(*services.change_secret(actor_here(), system_id))
    except Conflict as error:
        return _one(system_id, error.message), error.status


@blueprint.post("/<system_id>/bo-khoa-cu")
@roles(Role.ADMINISTRATOR)
def drop_older_secret(system_id: str) -> Page:
    """End the former secret now."""
    return _act(system_id, lambda: services.drop_older_secret(actor_here(), system_id), _("Khóa cũ không còn dùng được nữa."))


@blueprint.post("/<system_id>/goi-thu")
@roles(Role.ADMINISTRATOR)
def try_out(system_id: str) -> Page:
    """Queue a message without content."""
    done = _("Đã xếp hàng lời gọi thử. Xin tải lại trang sau ít giây để xem kết quả.")
    return _act(system_id, lambda: services.try_out(actor_here(), system_id), done)


@blueprint.post("/<system_id>/gui-lai/<int:delivery_id>")
@roles(Role.ADMINISTRATOR)
def send_again(system_id: str, delivery_id: int) -> Page:
    """Have one message tried again."""
    return _act(system_id, lambda: services.send_again(actor_here(), system_id, delivery_id), _("Đã xếp hàng để gửi lại."))


def _act(system_id: str, act: Callable[[], object], done: str) -> Page:
    try:
        act()
    except NotFound:
        raise
    except OfficeError as error:
        return _one(system_id, error.message), error.status
    flash(done)
    return redirect(url_for("partners.one_system", system_id=system_id))
