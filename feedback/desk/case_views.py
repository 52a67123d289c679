"""One case at the desk: the machine's suggestion, likely duplicates, and the acts open to the officer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from feedback.accounts.models import Role
from feedback.attachments.services import of_case
from feedback.cases import asking, desk, queries, records
from feedback.cases.access import Actor, open_moves
from feedback.cases.message_models import MessageKind
from feedback.cases.models import Case, Suggestion
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.queries import Filter
from feedback.cases.sorting import CONDUCT, propose_agency
from feedback.cases.story import SPEAKING, had
from feedback.cases.words import CHANNELS, MOVES, REFUSALS, RETURN_REASONS, STATES, TRACKS, TRANSFER_STATES
from feedback.cases.workflow import Move, State
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.models import Area, Procedure
from feedback.db import now
from feedback.desk import proposals
from feedback.desk import queries as lists
from feedback.desk.forms import AskForm, PetitionForm, ReasonForm, SealForm, SortForm
from feedback.desk.marks import pieces
from feedback.desk.pages import blueprint, chosen_in
from feedback.desk.services import doubt
from feedback.errors import Conflict, Invalid, NotFound
from feedback.language import locale_here
from feedback.page_form import PageForm
from feedback.web import Page, roles

#: How many of the newest moves the officer reads whose form was made for an older case.
NEWEST = 3
SPEAKERS = {
    MessageKind.QUESTION: _l("Cơ quan hỏi"),
    MessageKind.SUPPLEMENT: _l("Người gửi bổ sung"),
    MessageKind.ADDED: _l("Người gửi gửi thêm"),
    MessageKind.PROGRESS: _l("Cơ quan báo tiến độ"),
    MessageKind.OBJECTION: _l("Người gửi yêu cầu xem xét lại"),
}
F = TypeVar("F", bound=PageForm)


@blueprint.get("/tiep-nhan/<public_id>")
@roles(Role.FRONT_DESK)
def case(public_id: str) -> Page:
    """One case with the machine's suggestion and likely duplicates. At most 20 queries, however many cases wait."""
    return case_page(public_id)


@held()
def case_page(public_id: str, rejected: PageForm | None = None, *, again: bool = False, status: int = 200, message: str = "") -> Page:
    """The page of a case at the desk, with a rejected form as it was typed. Raises NotFound."""
    actor = actor_here()
    found = queries.visible_case(actor, public_id)
    thought, events = queries.suggestion(found.id), queries.events(found.id)
    forms = _forms(rejected)
    sort = forms["sort"]
    procedures = fill(sort)
    where = proposals.where_of(found)
    transfer = lists.last_transfers([public_id]).get(public_id)
    reason = _propose(sort, found, thought, None if where.others else where.area, fresh=rejected is not sort, again=again)
    procedure = proposals.procedure_of(found, sort.category.data or "", procedures)
    if procedure is not None and procedure.wanted and rejected is not sort:
        sort.procedure.data = str(procedure.procedure.id)
    if rejected is not sort and transfer is not None and transfer.return_reason and sort.agency.data == str(transfer.to_agency_id):
        sort.agency.data, reason = "", _("Cơ quan thường xử lý việc này vừa trả lại hồ sơ. Xin chọn theo lý do trả lại.")
    moves = frozenset(open_moves(actor, found))
    page = render_template(
        "staff/desk/case.html",
        case=found,
        form=rejected,
        forms=forms,
        moves=moves,
        message=message,
        chosen=chosen_in(request.args),
        pieces=pieces(found.text, [str(word) for word in thought.reasons] if thought else []),
        thought=thought,
        sure=Move.FORWARD in moves and rejected is None and not doubt(found, thought),
        top=proposals.top_fields(thought),
        names={row.code: row.name(locale_here()) for row in city.categories()},
        routing_reason=reason,
        where=where,
        procedure=procedure,
        danger=asking.why_urgent(found.text) if found.urgent else "",
        files=of_case(found.id),
        duplicates=lists.duplicates(actor, found) if Move.MERGE in moves else [],
        kin=lists.kin(actor, found),
        transfer=transfer,
        messages=records.messages(found.id) if had(events, *SPEAKING) else [],
        may_be_petition=desk.may_be_petition(found) if found.state is State.SORTING else False,
        events=events,
        words=_words(),
        steps=[step.render(_) for step in records.clock_of(found, events, now())[0].steps],
    )
    return page, status


def _words() -> dict[str, Any]:
    return {
        "moves": MOVES,
        "states": STATES,
        "tracks": TRACKS,
        "channels": CHANNELS,
        "refusals": REFUSALS,
        "transfers": TRANSFER_STATES,
        "returns": RETURN_REASONS,
        "speakers": SPEAKERS,
    }


def _forms(rejected: PageForm | None) -> dict[str, Any]:
    """The forms of the page by name, the rejected one with what was typed."""
    kinds: dict[str, type[PageForm]] = {"sort": SortForm, "seal": SealForm, "ask": AskForm, "reason": ReasonForm, "petition": PetitionForm}
    return {name: rejected if type(rejected) is kind else kind(formdata=None) for name, kind in kinds.items()}


def fill(form: SortForm) -> Sequence[Procedure]:
    """Offer the fields and agencies a case may be forwarded to: all but the inspectorate and its field. Gives the procedures offered."""
    procedures = city.procedures()
    form.offer([row for row in city.categories() if row.code != CONDUCT], procedures, locale_here())
    return procedures


def _propose(form: SortForm, found: Case, thought: Suggestion | None, read: Area | None, *, fresh: bool, again: bool) -> str:
    """Preselect field, ward and agency, the ward as read in the text when its sender named none; gives the routing's reason in words."""
    unsure = thought is None or thought.abstain
    if fresh:
        form.category.data = "" if unsure and not found.citizen_category_code else found.category_code
        form.procedure.data = str(found.procedure_id or "")
        form.area.data = str(found.area_id or (read.id if read else ""))
    if not (fresh or again) or not form.category.data:
        return ""
    routing = propose_agency(form.category.data, chosen_area(form))
    agency = str(city.agency_id_of(routing.agency_code))
    form.agency.data = agency if agency in {choice.value for choice in form.agency.choices} else ""
    return routing.reason


def chosen_area(form: SortForm) -> int | None:
    """The ward that is chosen; None where it is not known or not one of the list."""
    return int(form.area.data) if form.area.data and form.area.data in {choice.value for choice in form.area.choices} else None


def act_on(
    public_id: str,
    form: F,
    move: Move,
    act: Callable[[Actor, F, int], object],
    done: str,
    *,
    words: str | None = None,
    agency_id: int | None = None,
    page: Callable[..., Page] = case_page,
) -> Page:
    """One act of the desk: check, do, say so, and back to the queue or on to the next case.

    `words` and `agency_id` tell a second press of the same button from another officer's act: the former changes nothing, the
    latter is answered with both texts. What was typed survives every refusal.
    """
    actor = actor_here()
    try:
        queries.visible_case(actor, public_id)
        if not form.validate_on_submit():
            return page(public_id, form, status=422)
        act(actor, form, int(form["version"].data or 0))
    except Invalid as error:
        reload_officer()
        return page(public_id, form, status=error.status, message=error.message)
    except (Conflict, NotFound) as error:
        reload_officer()
        if not lists.sent_before(actor, public_id, move, words, agency_id):
            return _both_texts(actor, public_id, form, move, error)
        done = _("Thao tác này đã được thực hiện trước đó; không có gì thay đổi thêm.")
    reload_officer()
    flash(done)
    return go_on()


def go_on() -> Response:
    """Back to the queue as it was narrowed, or to the case that is first in it now."""
    actor, chosen = actor_here(), chosen_in(request.args)
    if request.form.get("act") == "next":
        extra = (*lists.TABS[lists.FIRST], *lists.narrowed(actor, chosen))
        lines = queries.case_lines(actor, Filter(), size=1, extra=extra, urgent_first=True).lines
        if lines:
            return redirect(url_for("desk.case", public_id=lines[0].public_id, **chosen))
    return redirect(url_for("desk.queue", **chosen))


def _both_texts(actor: Actor, public_id: str, form: PageForm, move: Move, error: Conflict | NotFound) -> Page:
    """What the officer has typed beside what the case has become; without the case where he does not see it any more.

    A case that is hidden from him and one that never was give the same page.
    """
    mine = [(field.label.text, _shown(field)) for field in form if field.type not in ("HiddenField", "CSRFTokenField") and field.data]
    try:
        found = queries.visible_case(actor, public_id)
    except NotFound:
        return render_template("staff/desk/gone.html", mine=mine), 404
    page = render_template(
        "staff/desk/conflict.html",
        case=found,
        message=error.message,
        mine=mine,
        typed=[pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "version")],
        again=request.full_path.rstrip("?") if move in open_moves(actor, found) else None,
        move=MOVES[move],
        transfer=lists.last_transfers([public_id]).get(public_id),
        category=found.category.name(locale_here()),
        newest=list(queries.events(found.id))[-NEWEST:][::-1],
        words=_words(),
    )
    return page, 409


def _shown(field: Any) -> str:
    """What stands in a field, in words."""
    choices = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", None) or []}
    return choices.get(str(field.data), str(field.data))
