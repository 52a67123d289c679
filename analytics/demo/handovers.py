"""What the moves of a hand-over change: mirrors `feedback.cases.desk.forward`, `.transfers` and `.partners`, one function each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from analytics.demo.acts import Act
from analytics.demo.chaining import Row
from analytics.demo.rows import Fold
from analytics.demo.stories import PARTNER_DAYS
from feedback.cases.deadlines import LAST_SECOND
from feedback.cases.handover_models import Partner, PartnerState, ReturnReason, Transfer, TransferState
from feedback.cases.models import Suggestion
from feedback.cases.workflow import Move
from feedback.localtime import CITY_TIME, local_day

#: What demo agencies tick when they return a case.
RETURN_CODE = ReturnReason.OTHER_FIELD


def forward(fold: Fold, act: Act) -> None:
    """`forward`."""
    fold.set_category(act.category_code, act.at)
    fold.case.update(procedure_id=act.procedure_id, forwarded_at=act.at, to_agency_id=act.other_agency_id)
    _send(fold, act, fold.case["agency_id"], act.other_agency_id)
    fold.rows[Suggestion][0].update(
        decided_category_code=act.category_code,
        decided_agency_id=act.other_agency_id,
        decided_by_id=act.actor.user_id,
        decided_at=act.at,
    )


def _send(fold: Fold, act: Act, from_agency_id: int, to_agency_id: int | None, note: str = "") -> Row:
    """`send`."""
    fold.case["hops"] += 1
    return fold.add(
        Transfer,
        case_id=fold.case["id"],
        hop=fold.case["hops"],
        state=TransferState.SENT,
        from_agency_id=from_agency_id,
        to_agency_id=to_agency_id,
        from_desk=act.move is Move.FORWARD,
        binding=act.move is Move.DECIDE,
        note=note,
        sent_at=act.at,
        sent_by_id=act.actor.user_id,
        seen_at=None,
        ended_at=None,
        ended_by_id=None,
        return_reason=None,
        end_note="",
        working_minutes=None,
        reminders=0,
    )


def _end(fold: Fold, act: Act, state: TransferState, **values: Any) -> None:
    """`end`."""
    hop = fold.rows[Transfer][-1]
    spent = fold.office.calendar.working_time_between(hop["sent_at"], act.at)
    minutes = int(spent / timedelta(minutes=1))
    hop.update(state=state, ended_at=act.at, ended_by_id=act.actor.user_id, working_minutes=minutes, **values)


def accept(fold: Fold, act: Act) -> None:
    """`accept`."""
    _end(fold, act, TransferState.ACCEPTED)
    fold.case.update(accepted_at=fold.case["accepted_at"] or act.at, handler_id=act.actor.user_id)


def give_back(fold: Fold, act: Act) -> None:
    """`give_back`."""
    fold.case["returns"] += 1
    fold.case["forwarded_at"] = None
    _end(fold, act, TransferState.RETURNED, return_reason=RETURN_CODE, end_note=act.reason)


def decide(fold: Fold, act: Act) -> None:
    """`decide`."""
    _send(fold, act, fold.case["agency_id"], act.to_agency_id, act.reason)
    _end(fold, act, TransferState.ACCEPTED)
    for name in ("forwarded_at", "accepted_at"):
        fold.case[name] = fold.case[name] or act.at


def part_due_on(asked_at: datetime) -> date:
    """The day by which a demo agency wants another one's part."""
    return local_day(asked_at) + timedelta(days=PARTNER_DAYS)


def ask_partner(fold: Fold, act: Act) -> None:
    """`ask_partner`."""
    fold.add(
        Partner,
        case_id=fold.case["id"],
        agency_id=act.other_agency_id,
        state=PartnerState.ASKED,
        request=act.reason,
        asked_at=act.at,
        asked_by_id=act.actor.user_id,
        due_at=datetime.combine(part_due_on(act.at), LAST_SECOND, CITY_TIME),
        accepted_at=None,
        ended_at=None,
        ended_by_id=None,
        report="",
    )


def accept_part(fold: Fold, act: Act) -> None:
    """`accept_part`."""
    fold.rows[Partner][-1].update(state=PartnerState.ACCEPTED, accepted_at=act.at)


def report_part(fold: Fold, act: Act) -> None:
    """`report_part`."""
    ended = {"ended_at": act.at, "ended_by_id": act.actor.user_id, "report": act.reason}
    fold.rows[Partner][-1].update(state=PartnerState.REPORTED, **ended)
