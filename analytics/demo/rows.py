"""A story told as table rows: what the services write, without a round trip per move.

The one path by which every move is written (`apply`, `leave_trace`, `recompute`) is here, what each move changes besides in `effects.py`;
together they are the only place that mirrors the services, and a test plays stories through the services and compares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from analytics.demo.acts import Act, Story
from analytics.demo.chaining import Row, linked
from feedback.accounts.models import User
from feedback.accounts.services import NewUser
from feedback.audit.models import AuditEntry
from feedback.cases.access import SYSTEM, Actor
from feedback.cases.clock_models import DueCause, DueChange, Extension, Pause
from feedback.cases.deadlines import Pause as Span
from feedback.cases.handling import OWN_ANSWER
from feedback.cases.handover import held_state, state_after_return
from feedback.cases.models import Answer, CaseEvent
from feedback.cases.workflow import MOVES, Move, State
from feedback.cases.writing import AT_AGENCY, UNSEEN
from feedback.city.models import Category, Track
from feedback.codes import new_public_id
from feedback.db import Base
from feedback.localtime import day_start
from feedback.workdays import Calendar

Rows = dict[type[Base], list[Row]]
#: Moves that open a case and so draw a reference.
OPENING_MOVES = frozenset({Move.SORT, Move.RELEASE})


class DueFinder(Protocol):
    """When a limit ends by rule, start, pauses and extensions."""

    def __call__(self, code: str, start: datetime, pauses: Sequence[Span] = (), extensions: Sequence[str] = (), /) -> datetime:
        """The due instant."""
        ...


@dataclass(frozen=True)
class Office:
    """What writing rows needs to know: the fields, when a matter is due by its rule and receipt, and the application's secrets."""

    categories: Mapping[str, Category]
    due: DueFinder
    calendar: Calendar
    secret: str
    #: Of the audit rows' macs.
    chain_key: bytes
    #: Of the draws for a blind check.
    learning_key: bytes
    #: The district area of each ward.
    districts: Mapping[int | None, int]


@dataclass(frozen=True)
class Numbers:
    """Running numbers of one story: of the case, of each act's event and audit row, and of the references it draws."""

    case_id: int
    event_ids: Iterator[int]
    audit_seqs: Iterator[int]
    references: Iterator[int]


def account(new: NewUser, password_hash: str, at: datetime) -> tuple[User, AuditEntry]:
    """A new officer and the audit row of it, as `create_user` makes them when nobody is signed in."""
    user = User(
        is_service=False,
        public_id=new_public_id(),
        sign_in_name=new.sign_in_name,
        full_name=new.full_name,
        email=new.email,
        role=new.role,
        agency_id=new.agency_id,
        password_hash=password_hash,
        active=True,
        must_change_password=new.handed_over,
        created_at=at,
    )
    entry = AuditEntry(
        at=at,
        actor_user_id=None,
        actor_role=SYSTEM.who.value,
        action="account.created",
        subject_kind="user",
        subject_id=user.public_id,
        facts={"role": new.role.value, "agency": new.agency_id},
    )
    return user, entry


class Fold:
    """Folds one story into rows."""

    def __init__(self, story: Story, office: Office, numbers: Numbers) -> None:
        self.story, self.office, self.numbers = story, office, numbers
        self.rows: Rows = defaultdict(list)
        self.case: Row = {}

    def all(self, effects: Mapping[Move, Callable[[Fold, Act], None]], besides: Sequence[tuple[datetime, Callable[[Fold], None]]]) -> Rows:
        """Every row of the story, by table; `effects` says what each move changes besides state and holder.

        `besides` are things that are no moves of the case, with their instants in order.
        """
        waiting = list(besides)
        for act in self.story.acts:
            while waiting and waiting[0][0] < act.at:
                waiting.pop(0)[1](self)
            before, holder = self.case.get("state"), self.case.get("agency_id")
            effects[act.move](self, act)
            self.case.update(state=self._target(act, before), agency_id=act.to_agency_id or holder)
            self._place()
            self.case["version"] += 1
            self._trace(act, before, holder)
        for _at, happen in waiting:
            happen(self)
        return self.rows

    def _target(self, act: Act, before: State | None) -> State:
        """Where a move leads: as the table says, or back to whoever had the case."""
        row, desk = MOVES[act.move], bool(self.case["at_desk"])
        if act.move is Move.RETURN:
            return state_after_return(self.case["returns"], from_desk=True)
        if not row.targets:
            assert before is not None
            return before
        return row.target or held_state(at_desk=desk)

    def _place(self) -> None:
        """`apply`: who holds the case in its new state."""
        if self.case["state"] is not State.FORWARDED:
            self.case["to_agency_id"] = None
        if self.case["state"] is State.SORTING:
            self.case["at_desk"] = True
        elif self.case["state"] in AT_AGENCY:
            self.case["at_desk"] = False

    def add(self, table: type[Base], **values: Any) -> Row:
        """One more row of a table."""
        self.rows[table].append(values)
        return values

    def set_category(self, code: str, at: datetime) -> None:
        """`set_category`."""
        category = self.office.categories[code]
        if self.case["track"] is not Track.CONDUCT:
            self.case["track"] = category.track
        self.case.update(category_code=code, rule_code=category.rule_code)
        self.recompute(at, DueCause.CATEGORY)

    def recompute(self, at: datetime, cause: DueCause) -> None:
        """`recompute`."""
        since, extensions = (
            self.case["clock_from"],
            [row["rule_code"] for row in self.rows[Extension] if row["clock_from"] == self.case["clock_from"]],
        )
        pauses = [(row["began_at"], row["ended_at"] or at) for row in self.rows[Pause] if row["began_at"] >= since]
        before, after = self.case.get("due_at"), self.office.due(self.case["rule_code"], since, pauses, extensions)
        self.case["due_at"] = after
        if before is not None and before != after:
            self.add(DueChange, case_id=self.case["id"], at=at, cause=cause, before=before, after=after)

    def _reason(self, act: Act) -> str:
        own = act.move is Move.APPROVE and self.rows[Answer][-1]["author_id"] == act.actor.user_id
        return OWN_ANSWER if own else act.reason

    def _trace(self, act: Act, before: State | None, holder: int | None) -> None:
        """`leave_trace`."""
        case, actor = self.case, act.actor
        unnamed = case["anonymous"] and actor.who in UNSEEN
        day = day_start(act.at)
        states = {"from_state": before.value if before else None, "to_state": case["state"].value}
        self.add(
            CaseEvent,
            id=next(self.numbers.event_ids),
            case_id=case["id"],
            at=day if unnamed and case["track"] is Track.CONDUCT else act.at,
            move=act.move.value,
            **states,
            who=actor.who,
            actor_id=actor.user_id,
            from_agency_id=holder,
            to_agency_id=case["agency_id"],
            other_agency_id=act.other_agency_id,
            reason=self._reason(act),
        )
        self.audit(f"case.{act.move.value}", day if unnamed else act.at, actor, **states, from_agency=holder, to_agency=case["agency_id"])

    def audit(self, action: str, at: datetime, actor: Actor, **facts: Any) -> None:
        """`record`, about the case."""
        row = {
            "seq": next(self.numbers.audit_seqs),
            "at": at,
            "actor_user_id": actor.user_id,
            "actor_role": actor.who.value,
            "action": action,
            "subject_kind": "case",
            "subject_id": self.case["public_id"],
            "facts": facts,
        }
        self.add(AuditEntry, **linked(row, self.rows[AuditEntry], self.office.chain_key))
