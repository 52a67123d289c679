"""Adding audit rows, and linking them into their chains just before they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import BigInteger, BindParameter, Select, column, event, func, inspect, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, UOWTransaction

from feedback.audit.chain import SEALED, START, check_facts, mac_of
from feedback.audit.models import AuditEntry
from feedback.db import db, now
from feedback.signing import RecordKeys

_TIPS = text(
    "SELECT chain.kind, chain.id, tip.number, tip.mac, tip.seqs "
    "FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS text[]), CAST(:wanted AS integer[])) AS chain(kind, id, wanted), "
    "LATERAL audit_tip(chain.kind, chain.id, chain.wanted) AS tip"
)


class Doer(Protocol):
    """Whoever acts; `feedback.cases.access.Actor` is one."""

    @property
    def who(self) -> str:
        """Role, or "citizen", or "system"."""
        ...

    @property
    def user_id(self) -> int | None:
        """Key of the officer, None for citizens and the system."""
        ...


def record(action: str, *, actor: Doer, subject_kind: str, subject_id: str, at: datetime | None = None, **facts: Any) -> None:
    """Add an audit row to the caller's transaction: the act and its row happen together or not at all.

    Raises TypeError for facts that are not text, whole numbers, truth values or lists of them.
    """
    db.session.add(entry_of(action, actor=actor, subject_kind=subject_kind, subject_id=subject_id, at=at, **facts))


def entry_of(action: str, *, actor: Doer, subject_kind: str, subject_id: str, at: datetime | None = None, **facts: Any) -> AuditEntry:
    """An audit row that still has no place in its chain. Raises TypeError as `record` does."""
    check_facts(facts)
    return AuditEntry(
        at=at or now(),
        actor_user_id=actor.user_id,
        actor_role=str(actor.who),
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        facts=facts,
    )


def place_of_first(subject_kind: str, subject_id: str | BindParameter[str]) -> Select[int]:
    """The `seq` of the first row about something that is being made, drawn under the lock of its chain."""
    tip = func.audit_tip(subject_kind, subject_id, 1).table_valued(column("seqs", ARRAY(BigInteger)))
    return select(tip.c.seqs[1])


def link(entry: AuditEntry, seq: int, number: int = 0, previous: bytes = START) -> None:
    """Give a row its place behind the one that has this number and mac; by itself, as the first of its chain."""
    entry.seq, entry.number, entry.previous = seq, number + 1, previous
    entry.mac = mac_of(record_keys().chain[0], {name: getattr(entry, name) for name in SEALED})


def record_keys() -> RecordKeys:
    """The keys of the current application."""
    keys: RecordKeys = current_app.extensions["record_keys"]
    return keys


@event.listens_for(db.session, "before_flush")
def _link(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    """Give new rows their places in their chains. Only now: the shorter a chain is locked, the less anybody waits."""
    entries = sorted((row for row in session.new if isinstance(row, AuditEntry)), key=_came)
    ends, seqs = _lock_chains(session, entries)
    for seq, entry in zip(seqs, entries, strict=True):
        link(entry, seq, *ends[entry.subject_kind, entry.subject_id])
        ends[entry.subject_kind, entry.subject_id] = entry.number, entry.mac


def _lock_chains(session: Session, entries: Sequence[AuditEntry]) -> tuple[dict[tuple[str, str], tuple[int, bytes]], list[int]]:
    """Lock the chains of these rows until the commit; gives number and mac of each one's last row, and a `seq` for every new row.

    Chains are taken in the order of their names, so that two acts on the same things do not wait for each other in a circle.
    """
    wanted = sorted(Counter((entry.subject_kind, entry.subject_id) for entry in entries).items())
    if not wanted:
        return {}, []
    chains = {"kinds": [kind for (kind, _id), _n in wanted], "ids": [one for (_kind, one), _n in wanted], "wanted": [n for _c, n in wanted]}
    tips = session.execute(_TIPS, chains).all()
    ends = {(tip.kind, tip.id): (tip.number or 0, tip.mac or START) for tip in tips}
    return ends, sorted(seq for tip in tips for seq in tip.seqs)


def _came(entry: AuditEntry) -> int:
    """The place of a row among those that wait to be written."""
    return inspect(entry).insert_order or 0
