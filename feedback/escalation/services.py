"""The jobs of the clock: the ladder, reminders of transfers nobody accepts, the duty to report progress, the morning digest."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert

from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.cases.access import Actor, visible_cases
from feedback.cases.clock import due_of
from feedback.cases.handover_models import Transfer
from feedback.cases.message_models import Message, MessageKind
from feedback.cases.models import Case
from feedback.cases.stages import UPDATE_RULE
from feedback.cases.workflow import RUNNING_STATES, State, Who
from feedback.city import queries as city
from feedback.city.models import Agency
from feedback.db import atomic, db, now
from feedback.escalation.ladder import LONGEST_DELAY, Step, crossed
from feedback.escalation.models import Escalation, EscalationStep, Rung
from feedback.localtime import local, local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency, notify_officer, notify_role, queue_digest
from feedback.workdays import Calendar

LADDER = Path(__file__).parent / "data" / "ladder.csv"
#: Due dates further away than this cross no step: the table allows 60 working days, which holidays stretch to four months.
FURTHEST = timedelta(days=130)
#: How many cases one transaction takes.
BATCH = 500
ACCEPT_RULE = "SL-ACCEPT"
MOST_REMINDERS = 3


@atomic
def load_ladder() -> None:
    """Put the ladder of the project's file into the table; steps the city has changed since keep their days and people."""
    with LADDER.open(encoding="utf-8", newline="") as source:
        rows = [
            {"code": row["code"], "working_days": int(row["working_days"]), "rung": Rung(row["rung"]), "active": True}
            for row in csv.DictReader(source)
        ]
    db.session.execute(insert(EscalationStep).on_conflict_do_nothing(index_elements=["code"]), rows)


@jobs.task("escalation.climb", cron="*/15 * * * *")
def climb() -> None:
    """Take every step of the ladder that a due date has crossed. Outside working days nobody is told anything."""
    at, calendar = now(), city.calendar()
    if not calendar.is_working_day(local_day(at)):
        return
    steps = {row.id: row for row in db.session.scalars(select(EscalationStep).where(EscalationStep.active))}
    db.session.rollback()
    for batch in _batches(at, [Step(row.id, row.working_days) for row in steps.values()]):
        _take(batch, steps, at, calendar)


def _batches(at: datetime, steps: Sequence[Step]) -> Iterator[Sequence[Row[int, datetime]]]:
    """Keys and due dates of the open cases whose due date lies where a step may be crossed, some at a time."""
    if not steps:
        return
    earliest = at - FURTHEST - LONGEST_DELAY if max(step.working_days for step in steps) > 0 else at - LONGEST_DELAY
    latest = at + FURTHEST if min(step.working_days for step in steps) < 0 else at + timedelta(days=30)
    last: tuple[datetime, int] | None = None
    while True:
        found = select(Case.id, Case.due_at).where(
            Case.state.in_(RUNNING_STATES), Case.sealed.is_(False), Case.due_at >= earliest, Case.due_at <= latest
        )
        if last is not None:
            found = found.where((Case.due_at > last[0]) | ((Case.due_at == last[0]) & (Case.id > last[1])))
        batch = db.session.execute(found.order_by(Case.due_at, Case.id).limit(BATCH)).all()
        db.session.rollback()
        if not batch:
            return
        yield batch
        last = batch[-1].due_at, batch[-1].id


@atomic
def _take(batch: Sequence[Row[int, datetime]], steps: dict[int, EscalationStep], at: datetime, calendar: Calendar) -> None:
    """Take the crossed steps of some cases; a step somebody else has taken is left to him."""
    rungs = [Step(key, row.working_days) for key, row in steps.items()]
    wanted = [
        {"case_id": case_id, "step_id": step.step_id, "due_at": due_at, "at": at}
        for case_id, due_at in batch
        for step in crossed(rungs, local_day(due_at), local_day(at), calendar)
    ]
    if not wanted:
        return
    taken = insert(Escalation).on_conflict_do_nothing(index_elements=["case_id", "step_id", "due_at"])
    for case_id, step_id in db.session.execute(taken.returning(Escalation.case_id, Escalation.step_id), wanted).all():
        _tell(db.session.get_one(Case, case_id), steps[step_id])


def _tell(case: Case, step: EscalationStep) -> None:
    kind = NoticeKind.DUE_SOON if step.working_days <= 0 else NoticeKind.OVERDUE
    match step.rung:
        case Rung.HANDLER:
            if case.handler_id is not None:
                notify_officer(case.handler_id, kind, case.public_id)
            else:
                notify_role(case.agency_id, Role.FRONT_DESK if case.at_desk else Role.HANDLER, kind, case.public_id)
        case Rung.HEAD:
            notify_role(case.agency_id, Role.AGENCY_HEAD, kind, case.public_id)
        case Rung.SUPERIOR:
            superior = db.session.scalar(select(Agency.superior_id).where(Agency.id == case.agency_id))
            if superior is not None:
                notify_role(superior, Role.AGENCY_HEAD, kind, case.public_id)
        case Rung.LEADERSHIP:
            for user_id in db.session.scalars(select(User.id).where(User.role == Role.LEADERSHIP, User.active, User.email.is_not(None))):
                notify_officer(user_id, kind, case.public_id)


@jobs.task("escalation.remind", cron="5,35 * * * *")
@atomic
def remind() -> None:
    """Transfers that nobody has accepted within the limit remind the receiver's head, once a working day and three times at most."""
    at, calendar = now(), city.calendar()
    if not calendar.is_working_day(local_day(at)):
        return
    waiting = (
        select(Transfer, Case.public_id)
        .join(Case, Case.id == Transfer.case_id)
        .where(Transfer.ended_at.is_(None), Transfer.reminders < MOST_REMINDERS)
        .with_for_update(of=Transfer, skip_locked=True)
    )
    for transfer, public_id in db.session.execute(waiting).all():
        since = transfer.reminded_at
        if due_of(ACCEPT_RULE, transfer.sent_at).due < at and (since is None or local_day(since) < local_day(at)):
            transfer.reminders, transfer.reminded_at = transfer.reminders + 1, at
            notify_agency(transfer.to_agency_id, NoticeKind.TRANSFER_REMINDER, public_id)


@jobs.task("escalation.progress", cron="20 1 * * *")
@atomic
def ask_for_progress() -> None:
    """Late cases tell their senders how they stand every seven days (QĐ 574/QĐ-TTg 2017): the handler is told when it is time again."""
    at = now()
    today, every = local_day(at), city.rule(UPDATE_RULE, local_day(at)).amount or 1
    progress = select(Message.case_id, func.max(Message.on).label("day")).where(Message.kind == MessageKind.PROGRESS)
    said = progress.group_by(Message.case_id).subquery()
    late = (
        select(Case.handler_id, Case.public_id, Case.due_at, said.c.day)
        .outerjoin(said, said.c.case_id == Case.id)
        .where(Case.state.in_(RUNNING_STATES), Case.sealed.is_(False), Case.due_at < at, Case.handler_id.is_not(None))
    )
    for handler_id, public_id, due_at, day in db.session.execute(late).all():
        silent = (today - max(local_day(due_at), day or local_day(due_at))).days
        if silent and silent % every == 0:
            notify_officer(handler_id, NoticeKind.PROGRESS_DUE, public_id)


@jobs.task("escalation.digest", cron="0 0 * * *")
@atomic
def send_digests() -> None:
    """At seven in the morning of a working day: each officer with an address reads what is late and due at his agency."""
    at = now()
    if not city.calendar().is_working_day(local_day(at)):
        return
    readers: dict[tuple[Who, int], list[int]] = defaultdict(list)
    roles = (Role.HANDLER, Role.AGENCY_HEAD, Role.FRONT_DESK, Role.INSPECTORATE)
    for user in db.session.scalars(select(User).where(User.active, User.email.is_not(None), User.role.in_(roles))):
        readers[Who(user.role.value), user.agency_id].append(user.id)
    for (who, agency_id), users in readers.items():
        numbers = digest_numbers(Actor(who, None, agency_id), at)
        if any(numbers.values()):
            for user_id in users:
                queue_digest(user_id, local_day(at), numbers)


def digest_numbers(actor: Actor, at: datetime) -> dict[str, int]:
    """What waits at an agency, counted over the cases its officers may see."""
    tonight = local(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    running, own = Case.state.in_(RUNNING_STATES), Case.agency_id == actor.agency_id
    wanted = {
        "overdue": own & running & (Case.due_at < at),
        "today": own & running & (Case.due_at >= at) & (Case.due_at < tonight),
        "soon": own & running & (Case.due_at >= tonight) & (Case.due_at < tonight + timedelta(days=3)),
        "to_accept": Case.to_agency_id == actor.agency_id,
        "to_approve": own & (Case.state == State.AWAITING_APPROVAL),
    }
    row = db.session.execute(visible_cases(actor).with_only_columns(*(func.count().filter(part) for part in wanted.values()))).one()
    return dict(zip(wanted, row, strict=True))
