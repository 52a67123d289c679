"""The hops behind a number of transit: how many, as the number counts them, and each one that the reader's own access rules let him see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from analytics.counts import Period
from analytics.hops import Hops, hop_condition
from analytics.rollup.transit import count_hops, sent_in
from feedback.cases.access import Actor, visible_cases
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.models import Case
from feedback.city.models import Agency
from feedback.db import db

PAGE_SIZE = 25
#: No key has more digits.
KEY_DIGITS = 18


@dataclass(frozen=True)
class HopLine:
    """One hop as a row of the list."""

    key: int
    public_id: str
    reference: str | None
    sender: str
    receiver: str
    state: TransferState
    sent_at: datetime
    ended_at: datetime | None
    #: Office time from sent to ended.
    minutes: int | None


@dataclass(frozen=True)
class HopPage:
    """A page of the list, the newest hops first, and how many there are."""

    total: int
    lines: Sequence[HopLine]
    next_cursor: str | None


def hop_page(actor: Actor, period: Period, which: Hops, ends: tuple[int | None, int | None], cursor: str | None) -> HopPage:
    """The hops a number counts, from and to the agencies named in `ends`, None for all. Two queries."""
    conditions = [*sent_in(period), hop_condition(which), *_between(*ends)]
    found = visible_cases(actor).join(Transfer, Transfer.case_id == Case.id).where(*conditions)
    sender, receiver = aliased(Agency), aliased(Agency)
    page = (
        found.join(sender, sender.id == Transfer.from_agency_id)
        .join(receiver, receiver.id == Transfer.to_agency_id)
        .with_only_columns(
            Transfer.id, Case.public_id, Case.reference, sender.name, receiver.name, Transfer.state, Transfer.sent_at, Transfer.ended_at,
            Transfer.working_minutes,
        )
        .order_by(Transfer.id.desc())
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    behind = cursor or ""
    if behind.isascii() and behind.isdigit() and len(behind) <= KEY_DIGITS:
        page = page.where(Transfer.id < int(behind))
    rows = [HopLine(*row) for row in db.session.execute(page)]
    return HopPage(count_hops(*conditions), rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].key) if len(rows) > PAGE_SIZE else None)


def _between(sender: int | None, receiver: int | None) -> list[ColumnElement[bool]]:
    ends = ((Transfer.from_agency_id, sender), (Transfer.to_agency_id, receiver))
    return [column == key for column, key in ends if key is not None]
