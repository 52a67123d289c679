"""The administrator's pages on notices: what became of them, sending again what got stuck, and how each one reads."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from feedback.accounts.models import Role
from feedback.cases.pages import actor_here
from feedback.db import now
from feedback.notices import mail, queries, services
from feedback.notices.models import Notice, NoticeChannel, NoticeKind, NoticeState
from feedback.notices.words import CHANNELS, CITIZEN, DIGEST, KINDS, STATES
from feedback.web import looked_for, roles

blueprint = Blueprint("notices", __name__, url_prefix="/can-bo/quan-tri/thong-bao")
PAGE_SIZE = 50
#: What the address of the list says of what is looked for, and of the page.
LOOKED_FOR = ("trang-thai", "loai", "sau")
#: No id has more digits; what is longer was not made by this page.
LONGEST_ID = 18


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def list_notices() -> str:
    """Notices by state and kind, the newest first. At most 4 queries."""
    state, kind = request.args.get("trang-thai", ""), request.args.get("loai", "")
    after = request.args.get("sau", "")
    rows = queries.notices(
        NoticeState(state) if state in set(NoticeState) else None,
        NoticeKind(kind) if kind in set(NoticeKind) else None,
        int(after) if after.isdecimal() and len(after) <= LONGEST_ID else None,
        PAGE_SIZE + 1,
    )
    chosen: dict[str, Any] = {"trang-thai": state or None, "loai": kind or None}
    more = rows[PAGE_SIZE - 1][0].id if len(rows) > PAGE_SIZE else None
    return render_template(
        "staff/notices/list.html",
        rows=rows[:PAGE_SIZE],
        counts=queries.counts(),
        state=state,
        kind=kind,
        looked_for=looked_for(*LOOKED_FOR),
        kinds=KINDS,
        states=STATES,
        channels=CHANNELS,
        start_url=url_for("notices.list_notices", **chosen) if after else None,
        next_url=url_for("notices.list_notices", **chosen, sau=more) if more else None,
    )


@blueprint.post("/<int:notice_id>/gui-lai")
@roles(Role.ADMINISTRATOR)
def send_again(notice_id: int) -> Response:
    """Have one notice tried again; a second click finds it waiting and does no harm."""
    waits = services.send_again(actor_here(), notice_id)
    flash(_("Đã xếp hàng để gửi lại.") if waits else _("Thông báo này đã được gửi trước đó."))
    return redirect(url_for("notices.list_notices", **looked_for(*LOOKED_FOR)))


@blueprint.get("/mau")
@roles(Role.ADMINISTRATOR)
def preview() -> str:
    """Every kind of notice as its reader gets it, in both languages, with figures made up for the digest."""
    return render_template("staff/notices/preview.html", kinds=KINDS, samples={kind: _samples(kind) for kind in NoticeKind})


def _samples(kind: NoticeKind) -> list[dict[str, str]]:
    config = current_app.extensions["config"]
    facts = {name: number for number, name in enumerate(DIGEST, 1)} if kind is NoticeKind.DIGEST else {}
    notice = Notice(id=0, kind=kind, case_public_id="…", facts=facts, created_at=now(), channel=NoticeChannel.MAIL)
    samples = []
    # Officers are written to in Vietnamese, the office's language; senders in the one they reported in.
    for language in ("vi", "en") if kind in CITIZEN else ("vi",):
        with force_locale(language):
            samples.append({"language": language, "subject": mail.subject(kind), "body": mail.body(config, notice)})
    return samples
