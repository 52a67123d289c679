"""The list behind every number of transit: the hops it counts, each with its case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from analytics.dashboard.hop_list import KEY_DIGITS, hop_page
from analytics.dashboard.periods import chosen
from analytics.hops import HOP_COUNTS, Hops
from analytics.rollup.names import names
from analytics.rollup.scope import Group
from feedback.accounts.models import Role
from feedback.cases.pages import actor_here
from feedback.cases.words import TRANSFER_STATES
from feedback.db import now
from feedback.errors import NotFound
from feedback.localtime import local_day
from feedback.web import roles

blueprint = Blueprint("hops", __name__, url_prefix="/dieu-hanh/luan-chuyen/luot")
#: Sender and receiver in an address.
FROM, TO = "tu-co-quan", "den-co-quan"


@blueprint.get("/<luot>")
@roles(Role.LEADERSHIP)
def hop_list(luot: str) -> str:
    """The hops behind one number, the newest first. At most 8 queries."""
    if luot not in set(Hops):
        raise NotFound
    moment = now()
    span, understood = chosen(request.args.get("tu", ""), request.args.get("den", ""), local_day(moment))
    sender, receiver = _agency(FROM), _agency(TO)
    page = hop_page(actor_here(), span.at(moment), Hops(luot), (sender, receiver), request.args.get("sau"))
    ends = {name: key for name, key in ((FROM, sender), (TO, receiver)) if key is not None}
    here: dict[str, Any] = {"luot": luot, "tu": span.first, "den": span.last, **ends}
    return render_template(
        "leadership/hop_list.html",
        counted=HOP_COUNTS[Hops(luot)],
        title=_title(sender, receiver),
        at=moment,
        span=span,
        understood=understood,
        page=page,
        states=TRANSFER_STATES,
        start_url=url_for("hops.hop_list", **here) if request.args.get("sau") else None,
        next_url=url_for("hops.hop_list", **here, sau=page.next_cursor) if page.next_cursor else None,
        back_url=url_for("dashboard.transit", tu=span.first, den=span.last),
    )


def _agency(name: str) -> int | None:
    """An agency of the address. Raises NotFound for what is none."""
    text = request.args.get(name, "")
    if not text:
        return None
    key = int(text) if text.isascii() and text.isdigit() and len(text) < KEY_DIGITS else 0
    if not key or key not in names(Group.AGENCY):
        raise NotFound
    return key


def _title(sender: int | None, receiver: int | None) -> str:
    called = names(Group.AGENCY)
    if sender is None and receiver is None:
        return str(_("Toàn Thành phố"))
    return " → ".join(_("mọi cơ quan") if key is None else called[key] for key in (sender, receiver))
