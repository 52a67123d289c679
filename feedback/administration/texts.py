"""Names of areas, and prepared answers for every agency of the city, from a day on."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.administration.changes import Draft, Values, When, applies, check_map, check_seen, differing, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.answers.places import torn
from feedback.cases.access import Actor
from feedback.cases.template_models import AnswerTemplate
from feedback.city import queries as city
from feedback.city.models import Area
from feedback.db import atomic, db
from feedback.errors import Invalid, NotFound
from feedback.text import clean, fold

TEXT_LIMIT = 4000


def areas() -> Sequence[Area]:
    """Wards and districts in force, wards first, each in Vietnamese order."""
    return [*city.wards(), *city.districts()]


def area_of(key: int) -> Area:
    """An area in force. Raises NotFound."""
    found = next((row for row in areas() if row.id == key), None)
    if found is None:
        raise NotFound
    return found


def area_values(key: int) -> Values:
    """What of an area can be changed, as it stands. Raises NotFound."""
    row = area_of(key)
    return {"name": row.name, "kind_label": row.kind_label}


def draft_area(key: int, typed: Values) -> Draft:
    """Another name for an area. Raises NotFound, Invalid."""
    check_map()
    wanted = _named(key, typed)
    before, after = differing(area_values(key), wanted)
    return Draft(ChangeKind.AREA, (f"area:{key}",), area_of(key).name, before, after)


def _named(key: int, typed: Values) -> Values:
    wanted = {"name": clean(typed["name"], 120), "kind_label": clean(typed["kind_label"], 30)}
    if not all(wanted.values()):
        raise Invalid(_("Xin nhập tên và loại của địa bàn."))
    # In the map of today a name stands once; the former districts carry a mark of their own.
    if fold(wanted["name"]) in {row.name_folded for row in areas() if row.id != key and row.name == wanted["name"]}:
        raise Invalid(_("Đã có một địa bàn mang tên này."))
    return wanted


@atomic
def save_area(actor: Actor, key: int, typed: Values, when: When) -> Change:
    """Plan it. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    check_seen(area_values(key), when.seen)
    return plan(actor, draft_area(key, typed), when)


@applies(ChangeKind.AREA)
def _apply_area(change: Change) -> None:
    key = int(change.subjects[0].partition(":")[2])
    wanted = _named(key, {**area_values(key), **change.after})
    row = db.session.get_one(Area, key, with_for_update={"key_share": True}, populate_existing=True)
    row.name, row.kind_label, row.name_folded = wanted["name"], wanted["kind_label"], fold(wanted["name"])
    db.session.flush()


def templates() -> Sequence[AnswerTemplate]:
    """Every prepared answer, those for one category together."""
    order = AnswerTemplate.category_code.nulls_first(), AnswerTemplate.position, AnswerTemplate.id
    return db.session.scalars(select(AnswerTemplate).order_by(*order)).all()


def text_of(code: str) -> AnswerTemplate:
    """One prepared answer. Raises NotFound."""
    found = db.session.scalar(select(AnswerTemplate).where(AnswerTemplate.code == code))
    if found is None:
        raise NotFound
    return found


def text_values(code: str) -> Values:
    """A prepared answer as it stands. Raises NotFound."""
    row = text_of(code)
    return {name: getattr(row, name) for name in ("title", "text", "legal_reference", "position", "active")}


def draft_text(code: str, typed: Values) -> Draft:
    """Other words for a prepared answer; its places to fill in keep their brackets. Raises NotFound, Invalid."""
    wanted = {**typed, "title": clean(typed["title"], 160), "text": clean(typed["text"], TEXT_LIMIT)}
    wanted["legal_reference"] = clean(typed["legal_reference"] or "", 300)
    if not wanted["title"] or not wanted["text"]:
        raise Invalid(_("Xin nhập tên và nội dung của văn bản mẫu."))
    if torn(wanted["text"]):
        raise Invalid(_("Có dấu ngoặc chưa đóng hoặc chưa mở. Xin viết mỗi chỗ cần điền như [[ngày kiểm tra]]."))
    before, after = differing(text_values(code), wanted)
    return Draft(ChangeKind.TEXT, (f"text:{code}",), text_of(code).title, before, after)


@atomic
def save_text(actor: Actor, code: str, typed: Values, when: When) -> Change:
    """Plan it. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    check_seen(text_values(code), when.seen)
    return plan(actor, draft_text(code, typed), when)


@applies(ChangeKind.TEXT)
def _apply_text(change: Change) -> None:
    row = text_of(change.subjects[0].partition(":")[2])
    for name, value in change.after.items():
        setattr(row, name, value)
    db.session.flush()
