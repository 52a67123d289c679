"""Several cases in one go: a look at what will happen, the sending, and taking it back."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.cases import queries
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.words import TRANSFER_STATES
from feedback.codes import new_public_id
from feedback.db import now
from feedback.desk import queries as lists
from feedback.desk import services
from feedback.desk.forms import BulkForm
from feedback.desk.pages import blueprint, chosen_in
from feedback.errors import Conflict, Invalid
from feedback.language import locale_here
from feedback.web import Page, roles

#: One chosen case: its public id and the version that was looked at.
CHOSEN = re.compile(r"([0-9a-z]{1,16})\.(\d{1,9})")


@blueprint.get("/tiep-nhan/chuyen-nhieu")
@roles(Role.FRONT_DESK)
def bulk_look() -> Page:
    """What will happen to each chosen case, before it happens. At most 8 queries, however many are chosen."""
    chosen = chosen_in(request.args)
    rows = lists.chosen_cases(actor_here(), request.args.getlist("hs")[: queries.PAGE_SIZE])
    if not rows:
        flash(_("Xin chọn ít nhất một hồ sơ trong danh sách."))
        return redirect(url_for("desk.queue", **chosen))
    judged = [(row, services.doubt(row.case, row.thought)) for row in rows]
    return render_template(
        "staff/desk/bulk_look.html",
        going=[row for row, reason in judged if not reason],
        staying=[(row, reason) for row, reason in judged if reason],
        bulk_id=new_public_id(),
        locale=locale_here(),
        chosen=chosen,
    )


@blueprint.post("/tiep-nhan/chuyen-nhieu")
@roles(Role.FRONT_DESK)
def bulk_send() -> Page:
    """Forward the cases as one bulk; the same bulk sent twice does nothing the second time."""
    form, actor = BulkForm(), actor_here()
    chosen = [(found[1], int(found[2])) for one in request.form.getlist("hs") if (found := CHOSEN.fullmatch(one))]
    if not form.validate_on_submit() or not chosen:
        raise Invalid
    services.send_many(actor, form.bulk_id.data, chosen[: queries.PAGE_SIZE])
    reload_officer()
    sent = {one.public_id for one in lists.sent_in(actor, form.bulk_id.data)}
    left_out = [public_id for public_id, _version in chosen if public_id not in sent]
    if left_out:
        flash(_("Không chuyển %(count)s hồ sơ vì vừa có người khác cập nhật. Xin xem lại từng hồ sơ.", count=len(left_out)))
    if not sent:
        return redirect(url_for("desk.queue"))
    return redirect(url_for("desk.bulk", bulk_id=form.bulk_id.data))


@blueprint.get("/tiep-nhan/dot-chuyen/<bulk_id>")
@roles(Role.FRONT_DESK)
def bulk(bulk_id: str) -> Page:
    """Where each case of a bulk stands, with the way back for ten minutes. At most 6 queries."""
    sent = lists.bulk(actor_here(), bulk_id)
    return render_template(
        "staff/desk/bulk.html",
        bulk_id=bulk_id,
        sent=sent,
        states=TRANSFER_STATES,
        undo_until=lists.sent_at(sent) + services.UNDO if lists.may_undo(sent, now(), services.UNDO) else None,
    )


@blueprint.post("/tiep-nhan/dot-chuyen/<bulk_id>/thu-hoi")
@roles(Role.FRONT_DESK)
def bulk_undo(bulk_id: str) -> Page:
    """Take back what is still under way; what an agency has accepted stays there and is named."""
    try:
        undone = services.undo(actor_here(), bulk_id)
    except Conflict as error:
        reload_officer()
        flash(error.message)
        return redirect(url_for("desk.bulk", bulk_id=bulk_id))
    reload_officer()
    if undone.recalled:
        flash(_("Đã thu hồi %(count)s hồ sơ; các hồ sơ này trở lại hàng chờ phân loại.", count=len(undone.recalled)))
    if undone.left:
        flash(_("Giữ nguyên %(references)s vì không còn trên đường chuyển.", references=", ".join(undone.left)))
    return redirect(url_for("desk.bulk", bulk_id=bulk_id))
