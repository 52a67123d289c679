"""Filters of the inbox: read from an address, kept under a name, shown to the colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from flask_babel import gettext as _
from sqlalchemy import or_, select

from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.cases.models import Channel
from feedback.cases.queries import Filter
from feedback.city.kinds import Track
from feedback.city.order import vietnamese
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.inbox.models import SavedFilter
from feedback.text import clean

#: What may stand in an address besides the tab: field, ward, handler, track, channel, urgent only, words.
NAMES = ("linh-vuc", "phuong", "nguoi", "loai", "kenh", "khan", "tim")
TAB = "the"
NAME_LIMIT = 60
QUERY_LIMIT = 500
#: So many filters of one's own are more than anybody can keep apart.
MOST = 30


def chosen_in(values: dict[str, str]) -> dict[str, str]:
    """The conditions in an address, without empty and unknown ones."""
    return {name: value for name in NAMES if (value := clean(values.get(name, ""), 200))}


def narrowed(wanted: Filter, chosen: dict[str, str]) -> Filter:
    """A tab's filter with the conditions of an address; one somebody has edited counts as none."""
    return replace(
        wanted,
        category_code=chosen.get("linh-vuc", ""),
        area_id=_key(chosen.get("phuong", "")),
        handler_id=_key(chosen.get("nguoi", "")),
        track=next((track for track in Track if track.value == chosen.get("loai")), None),
        channel=next((channel for channel in Channel if channel.value == chosen.get("kenh")), None),
        urgent=True if chosen.get("khan") else None,
        words=chosen.get("tim", ""),
    )


def _key(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def saved(actor: Actor) -> Sequence[SavedFilter]:
    """The officer's own filters and those his agency shares, in Vietnamese order."""
    shared = SavedFilter.shared.is_(True) & (SavedFilter.agency_id == actor.agency_id)
    found = db.session.scalars(select(SavedFilter).where(or_(SavedFilter.user_id == actor.user_id, shared)))
    return sorted(found, key=lambda row: (vietnamese(row.name), row.id))


@atomic
def save(actor: Actor, name: str, query: str) -> None:
    """Keep the conditions of an address under a name; the same name once more replaces what it held. Raises Invalid."""
    if actor.user_id is None or actor.agency_id is None:
        raise NotFound
    words, kept = _name(name), _tidy(query)
    if not kept:
        raise Invalid(_("Xin chọn ít nhất một điều kiện lọc trước khi lưu."))
    mine = db.session.scalars(select(SavedFilter).where(SavedFilter.user_id == actor.user_id)).all()
    same = next((row for row in mine if row.name == words), None)
    if same is not None:
        same.query = kept
        return
    if len(mine) >= MOST:
        raise Invalid(_("Ông/Bà đã lưu %(count)s bộ lọc. Xin xóa bớt trước khi lưu thêm.", count=MOST))
    db.session.add(SavedFilter(user_id=actor.user_id, agency_id=actor.agency_id, name=words, query=kept, shared=False, made_at=now()))


@atomic
def rename(actor: Actor, filter_id: int, name: str) -> None:
    """Give one's own filter another name. Raises NotFound for another's, Invalid for a name that is taken."""
    found, words = _own(actor, filter_id), _name(name)
    taken = select(SavedFilter.id).where(SavedFilter.user_id == actor.user_id, SavedFilter.name == words, SavedFilter.id != found.id)
    if db.session.scalar(taken) is not None:
        raise Invalid(_("Ông/Bà đã có một bộ lọc tên này."))
    found.name = words


@atomic
def share(actor: Actor, filter_id: int, *, shared: bool) -> None:
    """Offer one's own filter to everybody at the agency, or stop doing so. Raises NotFound for another's."""
    found = _own(actor, filter_id)
    found.shared, found.agency_id = shared, actor.agency_id or found.agency_id
    record("inbox.share_filter", actor=actor, subject_kind="saved_filter", subject_id=str(found.id), shared=shared)


@atomic
def delete(actor: Actor, filter_id: int) -> None:
    """Forget one's own filter; deleting it twice is deleting it."""
    found = db.session.get(SavedFilter, filter_id)
    if found is not None and found.user_id == actor.user_id:
        db.session.delete(found)


def _own(actor: Actor, filter_id: int) -> SavedFilter:
    found = db.session.get(SavedFilter, filter_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound
    return found


def _name(name: str) -> str:
    words = " ".join(clean(name, NAME_LIMIT).split())
    if not words:
        raise Invalid(_("Xin đặt tên cho bộ lọc."))
    return words


def _tidy(query: str) -> str:
    """An address' query with nothing in it but tab and conditions: what is saved is only ever read as a filter."""
    values = dict(parse_qsl(query))
    kept = ({TAB: values[TAB][:20]} if values.get(TAB) else {}) | chosen_in(values)
    return urlencode(kept)[:QUERY_LIMIT]
