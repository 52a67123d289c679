"""An officer's own work by an access token: his agency's lists, one case, and the acts of handing over and answering.

The services are those of the pages, and so are the errors. Sealed cases are out of reach: no role that sees one can have a token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from feedback.api import case_schemas as schemas
from feedback.api.models import Scope
from feedback.api.pages import ACTS, READS, actor_here, answers, blueprint, done_once, for_officers, limited
from feedback.api.problems import Wrong
from feedback.api.shapes import unknown_code
from feedback.cases import handling, queries, records, transfers
from feedback.cases.access import Actor, open_moves
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import Case, Outcome
from feedback.cases.workflow import Move
from feedback.city import queries as city
from feedback.db import now
from feedback.errors import NotFound
from feedback.inbox import services
from feedback.inbox.lists import tabs
from feedback.inbox.stand import Stand, shown_answers, stand_of
from feedback.text import clean

Content = Mapping[str, Any]
#: What can be done here, by the end of its address.
MOVES = {Move.ACCEPT: "accept", Move.RETURN: "return", Move.HAND_ON: "hand-on", Move.SUBMIT_ANSWER: "answer"}


@blueprint.route("/cases", tags=["officers"])
@for_officers(Scope.READ)
@limited(READS)
@answers(401, 403, 404, 422)
@blueprint.arguments(schemas.CasesAsked, location="query")
@blueprint.response(200, schemas.CaseLines)
def list_cases(asked: Content) -> Content:
    """One of the lists of the officer's agency, page by page. At most 6 queries."""
    actor = actor_here()
    wanted = tabs(now(), actor.who, referee=True)[schemas.LISTS[asked["list"]]]
    page = queries.case_lines(actor, wanted, asked["cursor"] or None, asked["size"])
    return {"items": [_line(line) for line in page.lines], "next_cursor": page.next_cursor}


def _line(line: queries.CaseLine) -> Content:
    same = ("reference", "excerpt", "urgent", "received_at", "due_at", "answered_at")
    return {
        **{name: getattr(line, name) for name in same},
        "id": line.public_id,
        "category": line.category.code,
        "area": line.area_name,
        "agency": line.agency_name,
        "handler": line.handler_name,
        "state": line.state.value,
    }


@blueprint.route("/cases/<public_id>", tags=["officers"])
@for_officers(Scope.READ)
@limited(READS)
@answers(401, 403, 404)
@blueprint.response(200, schemas.OfficeCase)
def one_case(public_id: str) -> Content:
    """One case. The sender of a transfer sees that it has been opened, as when its page is. At most 14 queries."""
    actor = actor_here()
    services.note_opening(actor, public_id)
    return _case(actor, queries.visible_case(actor, public_id))


def _case(actor: Actor, case: Case) -> Content:
    same = ("version", "reference", "text", "place", "urgent", "anonymous", "received_at", "due_at", "answered_at")
    answered = shown_answers(actor, case, queries.answers(case.id))
    return {
        **{name: getattr(case, name) for name in same},
        "id": case.public_id,
        "state": case.state.value,
        "area": case.area.name if case.area else None,
        "category": case.category.code,
        "track": case.track.value,
        "channel": case.channel.value,
        "agency": case.agency.name,
        "handler": case.handler.full_name if case.handler else None,
        "transfer": _transfer(actor, case),
        "answers": [
            {"state": row.state.value, "outcome": row.outcome.value, "text": row.text, "written_at": row.written_at} for row in answered
        ],
        "acts": [MOVES[move] for move in open_moves(actor, case) if move in MOVES],
    }


def _transfer(actor: Actor, case: Case) -> Content | None:
    """What is under way, for its two ends."""
    hops = [] if stand_of(actor, case) is Stand.PARTNER else records.transfers(case.id)
    if not hops or hops[-1].ended_at is not None:
        return None
    hop = hops[-1]
    return {"sender": hop.from_agency.name, "receiver": hop.to_agency.name, "note": hop.note, "sent_at": hop.sent_at}


def _act(public_id: str, do: Callable[[Actor], object]) -> Content:
    """Do it, and tell where the case stands; whoever does not see it any more is not told."""
    actor = actor_here()
    do(actor)
    try:
        case = queries.visible_case(actor, public_id)
    except NotFound:
        return {"id": public_id, "state": None, "version": None}
    return {"id": public_id, "state": case.state.value, "version": case.version}


def act(name: str, schema: type[schemas.Act]) -> Callable[[Callable[[Content, str], Content]], Any]:
    """The address of an act on one case: who may, how often, what is sent, and what may be answered."""

    def mark(view: Callable[[Content, str], Content]) -> Any:
        marked: Any = blueprint.response(200, schemas.Acted)(view)
        marked = blueprint.arguments(schema)(done_once(marked))
        marked = limited(ACTS)(answers(401, 403, 404, 409, 413, 422)(marked))
        return blueprint.route(f"/cases/<public_id>/{name}", methods=["POST"], tags=["officers"])(for_officers(Scope.ACT)(marked))

    return mark


@act("accept", schemas.Act)
def accept(given: Content, public_id: str) -> Content:
    """Thụ lý: take on a case that was sent to the agency; the officer becomes its handler."""
    return _act(public_id, lambda actor: transfers.accept(actor, public_id, given["version"]))


@act("return", schemas.Return)
def give_back(given: Content, public_id: str) -> Content:
    """Trả lại: back to whoever sent it, or to the referee the second time."""
    code, reason = ReturnReason(given["code"]), clean(given["reason"])
    return _act(public_id, lambda actor: transfers.give_back(actor, public_id, given["version"], code, reason))


@act("hand-on", schemas.HandOn)
def hand_on(given: Content, public_id: str) -> Content:
    """Chuyển tiếp: another agency is competent; this one stays responsible until that one accepts."""
    queries.visible_case(actor_here(), public_id)  # whoever may not know of the case learns nothing of agencies either
    agency_id, reason = _agency(given["agency"]), clean(given["reason"])
    return _act(public_id, lambda actor: transfers.hand_on(actor, public_id, given["version"], agency_id, reason))


def _agency(code: str) -> int:
    try:
        return city.agency_by_code(clean(code)).id
    except NotFound as unknown:
        raise Wrong("/agency", unknown_code()) from unknown


@act("answer", schemas.Answer)
def answer(given: Content, public_id: str) -> Content:
    """Trình: hand an answer in for approval. The citizen reads it when the head has approved it on his page."""
    outcome, text = Outcome(given["outcome"]), clean(given["text"])
    return _act(public_id, lambda actor: handling.submit_answer(actor, public_id, given["version"], outcome, text))
