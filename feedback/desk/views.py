"""The front desk's queue, reports keyed in by hand, and the inspectorate's triage."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l

from feedback.accounts.models import Role
from feedback.cases import asking, queries
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Channel
from feedback.cases.pages import actor_here
from feedback.cases.queries import Filter
from feedback.cases.sorting import CONDUCT, classify_case
from feedback.cases.words import CHANNELS, RETURN_REASONS, STATES, TRANSFER_STATES
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.codes import new_code, show_code
from feedback.desk import act_views, bulk_views, case_views, check_views  # noqa: F401 - their pages belong to the blueprint
from feedback.desk import queries as lists
from feedback.desk.forms import KeyInForm
from feedback.desk.pages import blueprint, chosen_in
from feedback.desk.proposals import top_fields
from feedback.intake.drafts import hmac_of
from feedback.intake.people import tidy_phone
from feedback.language import locale_here
from feedback.web import Page, roles

SORTING = Filter(states=frozenset({State.SORTING}))
TRIAGE = Filter(states=frozenset({State.TRIAGE}))
TAB_NAMES = {
    lists.FIRST: _l("Chờ phân loại"),
    "tra-lai": _l("Bị trả lại"),
    "dang-chuyen": _l("Đang chuyển"),
    "cho-bo-sung": _l("Chờ bổ sung"),
    "da-ket-thuc": _l("Đã kết thúc"),
}


def waiting() -> int:
    """How many cases wait at the desk."""
    return queries.count(actor_here(), SORTING)


def to_triage() -> int:
    """How many cases wait for the inspectorate's first look."""
    return queries.count(actor_here(), TRIAGE)


@blueprint.record
def _count_in_navigation(state: object) -> None:
    counts = state.app.extensions.setdefault("nav_counts", {})  # type: ignore[attr-defined]
    counts.update({"desk.queue": waiting, "desk.triage": to_triage})


@blueprint.get("/tiep-nhan")
@roles(Role.FRONT_DESK)
@held()
def queue() -> Page:
    """What lies at the desk, by tab: danger first, then what is due first. At most 11 queries."""
    actor, chosen, cursor = actor_here(), chosen_in(request.args), request.args.get("sau")
    tab = request.args.get("the", lists.FIRST)
    tab = tab if tab in lists.TABS else lists.FIRST
    narrow = lists.narrowed(actor, chosen)
    page = queries.case_lines(actor, Filter(), cursor, extra=(*lists.TABS[tab], *narrow), urgent_first=True)
    shown, counted = [line.public_id for line in page.lines], lists.counts(actor, narrow)
    here: dict[str, Any] = chosen if tab == lists.FIRST else {"the": tab, **chosen}
    return render_template(
        "staff/desk/queue.html",
        page=page,
        tab=tab,
        tabs=[_tab(name, tab, counted[name], chosen) for name in lists.TABS],
        chosen=chosen,
        proposals=queries.suggestions(shown) if tab == lists.FIRST else {},
        transfers=lists.last_transfers(shown),
        top_fields=top_fields,
        dangers={public_id: asking.why_urgent(text) for public_id, text in lists.urgent_texts(actor, page.lines).items()},
        states=STATES,
        transfer_states=TRANSFER_STATES,
        return_reasons=RETURN_REASONS,
        categories=[row for row in city.categories() if row.code != CONDUCT],
        names={row.code: row.name(locale_here()) for row in city.categories()},
        wards=city.ward_names(),
        channels=CHANNELS,
        start_url=url_for("desk.queue", **here) if cursor else None,
        next_url=url_for("desk.queue", **here, sau=page.next_cursor) if page.next_cursor else None,
    )


def _tab(name: str, current: str, number: int, chosen: dict[str, Any]) -> tuple[Any, ...]:
    return TAB_NAMES[name], url_for("desk.queue", the=name, **chosen), name == current, number, name == "tra-lai"


@blueprint.route("/tiep-nhan/nhap", methods=["GET", "POST"])
@roles(Role.FRONT_DESK)
def key_in() -> Page:
    """Take down a report for a citizen; the code exists before the submit, so that a double click makes one case."""
    form = KeyInForm()
    form.offer()
    code = session.setdefault("keyed_code", new_code())
    if not form.validate_on_submit():
        return render_template("staff/desk/key_in.html", form=form), 422 if form.errors else 200
    report = Report(
        text=form.text.data,
        area_id=int(form.area.data) if form.area.data else None,
        place=form.place.data or "",
        contact=ReportContact((form.name.data or "").strip(), tidy_phone(form.phone.data or ""), (form.email.data or "").strip()),
        channel=Channel(form.channel.data),
    )
    submitted = submit_report(report, hmac_of(code), actor_here())
    classify_case(submitted.case_id)
    return redirect(url_for("desk.slip"))


@blueprint.get("/tiep-nhan/phieu")
@roles(Role.FRONT_DESK)
def slip() -> Page:
    """The code for the citizen, shown this once; the system keeps only its digest."""
    code = session.pop("keyed_code", None)
    found = queries.case_of_code(hmac_of(code)) if code else None
    if code is None or found is None:
        return redirect(url_for("desk.key_in"))
    return render_template("staff/desk/slip.html", code=show_code(code), received_at=found.received_at)


@blueprint.get("/thanh-tra")
@roles(Role.INSPECTORATE)
def triage() -> Page:
    """Sealed reports that wait for a first look, without their texts: every reading is an opening. At most 8 queries."""
    cursor = request.args.get("sau")
    page = queries.case_lines(actor_here(), TRIAGE, cursor, urgent_first=True)
    return render_template(
        "staff/desk/triage.html",
        page=page,
        start_url=url_for("desk.triage") if cursor else None,
        next_url=url_for("desk.triage", sau=page.next_cursor) if page.next_cursor else None,
    )
