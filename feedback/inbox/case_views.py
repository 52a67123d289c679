"""The case page, with the acts open to the officer who reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.answers.parts import answer_parts
from feedback.attachments import services as attachments
from feedback.cases import queries, records
from feedback.cases.access import Actor, open_moves
from feedback.cases.models import Answer, AnswerState, Case, CaseEvent
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.story import SPEAKING, had
from feedback.cases.words import (
    ANSWER_STATES,
    CHANNELS,
    GROUNDS,
    MOVES,
    OUTCOMES,
    PARTNER_STATES,
    REFUSALS,
    RETURN_REASONS,
    SOLVED,
    TRACKS,
    TRANSFER_STATES,
)
from feedback.cases.workflow import OPEN_STATES, Move
from feedback.city.holding import held
from feedback.db import now
from feedback.errors import Conflict, Invalid, NotFound
from feedback.inbox import services, timing
from feedback.inbox.choices import Lists, rule_label
from feedback.inbox.forms import VersionForm
from feedback.inbox.offer import may_ask_extension, offered
from feedback.inbox.pages import ANSWERING, blueprint, open_case
from feedback.inbox.stand import Stand, shown_answers, stand_of
from feedback.inbox.words import CAUSES, MESSAGES, OFFICE_STATES
from feedback.language import locale_here
from feedback.web import Page, roles

F = TypeVar("F", bound=VersionForm)
WORDS = {
    "moves": MOVES,
    "outcomes": OUTCOMES,
    "states": OFFICE_STATES,
    "solved": SOLVED,
    "answers": ANSWER_STATES,
    "transfers": TRANSFER_STATES,
    "returns": RETURN_REASONS,
    "partners": PARTNER_STATES,
    "refusals": REFUSALS,
    "grounds": GROUNDS,
    "causes": CAUSES,
    "messages": MESSAGES,
}


@blueprint.get("/<public_id>")
@roles(*ANSWERING, Role.LEADERSHIP)
def case(public_id: str) -> Page:
    """One case, everything on one screen. At most 15 queries for one just accepted, one more for each kind of thing its story tells of."""
    return case_page(public_id)


def case_page(
    public_id: str, form: VersionForm | None = None, *, status: int = 200, message: str = "", contact: dict[str, str] | None = None
) -> Page:
    """The page of a case the officer sees, with a rejected form as it was typed. Raises NotFound."""
    found = open_case(public_id)
    with held():
        facts = _facts(actor_here(), found, form, now()) | {"message": message, "stale": status == 409, "contact": contact}
        return render_template("staff/inbox/case.html", **facts), status


def _facts(actor: Actor, found: Case, form: VersionForm | None, at: datetime) -> dict[str, Any]:
    moves = frozenset(open_moves(actor, found))
    events = queries.events(found.id)
    lists = Lists(found, locale_here(), asked_partners=had(events, Move.ASK_PARTNER))
    written = queries.answers(found.id)
    waiting = _waiting(moves, actor, found, lists, at)
    return {
        "case": found,
        "stand": stand_of(actor, found),
        "locale": locale_here(),
        "words": WORDS,
        "form": form,
        "moves": moves,
        **waiting,
        "forms": offered(moves, form, lists, _last_draft(written), asks=waiting["asks_extension"]),
        **_answers(actor, found, written),
        "rating": queries.rating(found) if had(events, Move.RATE) else None,
        **answer_parts(actor, found, written, moves, at),
        **_report(actor, found, events),
        **_times(found, events, at),
        **_others(actor, found, lists, at),
        **_merging(actor, moves),
    }


def _last_draft(written: Any) -> Answer | None:
    return written[-1] if written else None


def _answers(actor: Actor, found: Case, written: Any) -> dict[str, Any]:
    """Every version for the agency that answers, for others what the citizen was told."""
    own_agency = stand_of(actor, found) is Stand.HOLDER
    current = next((row for row in written if row.state in (AnswerState.DRAFT, AnswerState.SUBMITTED)), None)
    return {
        "answers": shown_answers(actor, found, written),
        "current": current if own_agency else None,
        "own": own_agency and current is not None and current.author_id == actor.user_id,
    }


def _report(actor: Actor, found: Case, events: Sequence[CaseEvent]) -> dict[str, Any]:
    """The report, what was said about it, and its story; a co-agency reads the report and of the story only its own part."""
    stand = stand_of(actor, found)
    helps = stand is Stand.PARTNER
    return {
        "channel": CHANNELS[found.channel],
        "track": TRACKS[found.track],
        "events": [row for row in events if row.other_agency_id == actor.agency_id] if helps else events,
        "messages": records.messages(found.id) if had(events, *SPEAKING) and not helps else [],
        "files": [] if stand is Stand.LEADER else attachments.of_case(found.id),
        "may_read_contact": services.may_read_contact(actor, found) and not found.anonymous,
        "reads_contact": stand is Stand.HOLDER,
    }


def _times(found: Case, events: Sequence[CaseEvent], at: datetime) -> dict[str, Any]:
    deadline, pauses = records.clock_of(found, events, at)
    return {
        "steps": [step.render(_) for step in deadline.steps],
        "stages": timing.stage_lines(found, pauses, at),
        "changes": records.due_changes(found.id),
        "pause": records.open_pause(pauses),
        "still_open": found.state in OPEN_STATES,
    }


def _others(actor: Actor, found: Case, lists: Lists, at: datetime) -> dict[str, Any]:
    """Other agencies and other cases that have to do with this one."""
    helps = stand_of(actor, found) is Stand.PARTNER
    parts = [part for part in lists.partners if not helps or part.agency_id == actor.agency_id]
    lead, followers = (None, []) if helps else records.kin(actor, found)
    return {
        "hops": [] if helps else list(timing.hops(records.transfers(found.id), at)),
        "parts": parts,
        "mine": parts[-1] if helps and parts else None,
        "lead": lead,
        "followers": followers,
    }


def _waiting(moves: frozenset[Move], actor: Actor, found: Case, lists: Lists, at: datetime) -> dict[str, Any]:
    """What stands open: an extension asked for, ways to extend, the day to propose to a co-agency."""
    requests = records.extensions(found.id) if stand_of(actor, found) is Stand.HOLDER else []
    request_open = next(((row, name) for row, name in requests if row.decided_at is None), None)
    asks = request_open is None and may_ask_extension(actor, found, at)
    return {
        "requests": requests,
        "request_open": request_open,
        "asks_extension": asks and bool(lists.extensions),
        "decides_extension": request_open is not None and Move.EXTEND in moves,
        "rule_label": rule_label,
        "proposed_day": timing.proposed_day(found, at) if Move.ASK_PARTNER in moves else None,
        "may_suspend": Move.SUSPEND in moves,
    }


def _merging(actor: Actor, moves: frozenset[Move]) -> dict[str, Any]:
    """The lead case somebody looked up by its reference, for him to read before he merges."""
    sought = request.args.get("nhap", "").strip()[:20] if Move.MERGE in moves else ""
    return {"sought": sought, "sought_case": records.by_reference(actor, sought) if sought else None}


def act_on(public_id: str, form: F, act: Callable[[Actor, F, int], object], done: str, *, leaves: str = "") -> Page:
    """One act of the page: check, do, say so. What was typed survives a refusal; a double click changes nothing."""
    actor = actor_here()
    try:
        form.offer(Lists(queries.visible_case(actor, public_id), locale_here()))
        if not form.validate_on_submit():
            return case_page(public_id, form, status=422)
        act(actor, form, int(form.version.data or 0))
    except Conflict as error:
        reload_officer()
        return case_page(public_id, form, status=409, message=error.message or _("Hồ sơ đã thay đổi nên thao tác chưa được thực hiện."))
    except Invalid as error:
        reload_officer()
        return case_page(public_id, form, status=422, message=error.message)
    except NotFound:
        if not queries.has_acted(actor, public_id):
            raise
        reload_officer()
        done, leaves = _("Thao tác này đã được thực hiện trước đó; không có gì thay đổi thêm."), leaves or "inbox.list_cases"
    flash(done)
    return redirect(url_for(leaves) if leaves else url_for("inbox.case", public_id=public_id))


@blueprint.post("/<public_id>/lien-he")
@roles(*ANSWERING)
def contact(public_id: str) -> Page:
    """The sender's contact data, after the reading has been written down."""
    opened = services.read_contact(actor_here(), public_id)
    return case_page(public_id, contact=opened)


@blueprint.get("/<public_id>/tep/<file_id>")
@roles(*ANSWERING, Role.FRONT_DESK)
def file(public_id: str, file_id: str) -> Page:
    """A file of the case, to be saved."""
    return attachments.download(services.open_file(actor_here(), public_id, file_id))
