"""One act on several cases of the list: a page that names them and what will be refused, then what became of each."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from feedback.cases import queries
from feedback.cases.clock_models import Ground
from feedback.cases.pages import actor_here, reload_officer
from feedback.db import now
from feedback.errors import NotFound
from feedback.inbox import bulk
from feedback.inbox.bulk import BulkAct, Order
from feedback.inbox.bulk_forms import AssignManyForm, ExtendManyForm, ManyForm
from feedback.inbox.pages import AGENCY, blueprint
from feedback.web import Page, roles

#: One chosen case: its public id and the version that was looked at.
CHOSEN = re.compile(r"([0-9a-z]{1,16})\.(\d{1,9})")
FORMS: dict[BulkAct, type[ManyForm]] = {BulkAct.ASSIGN: AssignManyForm, BulkAct.EXTEND: ExtendManyForm, BulkAct.REMIND: ManyForm}


def _act() -> BulkAct:
    try:
        return BulkAct(request.values.get("viec", ""))
    except ValueError:
        raise NotFound from None


def _form(act: BulkAct) -> ManyForm:
    form = FORMS[act]()
    if isinstance(form, AssignManyForm):
        form.handler.choices = [SelectChoice(str(key), name) for key, name in queries.handlers(actor_here().agency_id)]
    return form


@blueprint.get("/nhieu-ho-so")
@roles(*AGENCY)
def bulk_look() -> Page:
    """What will happen to each chosen case, before it happens."""
    act = _act()
    return _look(act, _form(act), request.args.getlist("hs"))


def _look(act: BulkAct, form: ManyForm, public_ids: list[str], status: int = 200) -> Page:
    actor = actor_here()
    chosen = bulk.cases(actor, public_ids[: queries.PAGE_SIZE])
    if not chosen:
        flash(_("Xin chọn ít nhất một hồ sơ trong danh sách."))
        return redirect(url_for("inbox.list_cases"))
    judged = bulk.outlook(actor, act, chosen, now())
    going = [one.case for one in judged if not one.why_not]
    return render_template(
        "staff/inbox/bulk.html", act=act.value, form=form, going=going, staying=[one for one in judged if one.why_not]
    ), status


@blueprint.post("/nhieu-ho-so")
@roles(*AGENCY)
def bulk_do() -> Page:
    """Do it, and say what became of each case."""
    act = _act()
    form, chosen = _form(act), [(found[1], int(found[2])) for one in request.form.getlist("hs") if (found := CHOSEN.fullmatch(one))]
    if not form.validate_on_submit():
        return _look(act, form, [public_id for public_id, _version in chosen], 422)
    actor = actor_here()
    results = bulk.carry_out(actor, _order(act, form), chosen[: queries.PAGE_SIZE])
    reload_officer()
    names = {case.public_id: case.reference for case in bulk.cases(actor, [public_id for public_id, _why in results])}
    return render_template(
        "staff/inbox/bulk_done.html",
        act=act.value,
        done=[(public_id, names[public_id]) for public_id, why_not in results if not why_not and public_id in names],
        refused=[(public_id, names[public_id], why_not) for public_id, why_not in results if why_not and public_id in names],
    )


def _order(act: BulkAct, form: ManyForm) -> Order:
    if isinstance(form, AssignManyForm):
        return Order(act, handler_id=int(form.handler.data))
    if isinstance(form, ExtendManyForm):
        return Order(act, ground=Ground(form.ground.data), reason=form.extension_reason.data or "")
    return Order(act)
